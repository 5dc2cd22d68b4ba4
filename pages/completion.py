"""What is offered while one writes, after "@": people. Emoji are the picker's, commands stand in `commands.py`."""
from collections.abc import Iterable

from markupsafe import Markup

import names
from chat.naming import Named
from models import User

from .html import html, joined

COMPLETION = html('<ul id="completion" class="completion" role="listbox" aria-live="off"></ul>')
CHIP = html('<button class="chip" type="button" data-call="dropPerson"><bdi></bdi></button>')
'''Somebody who is chosen in a field for people.'''
OUTSIDE = 'not in this room'


def row(key: str, label: str, text: str, note: str = '', does: Markup | str = '') -> Markup:
    """Render a row of a list to choose from: `key` is what is searched in, `text` what is written when it is chosen."""
    return html('<li role="option" data-key="{key}" data-text="{text}"{does}>'
                '<bdi class="label">{label}</bdi><span>{note}</span></li>',
                key=key, text=text, does=does, label=label, note=note)


def people(found: Named) -> Markup:
    """Render whom one can name in a room, in three lists: its members, others, and everyone."""
    words = '\n'.join(sorted(names.EVERYONE))
    calls = row(words, 'everyone', '@everyone ', f'all {found.everyone} members') if found.everyone else ''
    return html('<ul>{members}</ul><ul>{others}</ul><ul>{everyone}</ul>', members=_rows(found.members),
                others=_rows(found.others, OUTSIDE), everyone=calls)


def _rows(users: Iterable[User], note: str = '') -> Markup:
    return joined(row(names.fold(user.username), user.username, f'@{user.username} ', note,
                      html(' data-user="{id}" data-kind="direct"', id=user.id)) for user in users)

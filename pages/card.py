"""The card of a person, which opens at their name wherever it stands."""
from typing import Any

from markupsafe import Markup

from chat.text import render
from hub.presence import State
from models import User

from .html import attributes, html

CARD = html('<div class="person-card" id="card" popover="auto" role="dialog" aria-labelledby="card-name"></div>')
STATES = html('<span class="online">Online</span><span class="away">Away</span><span class="offline">Offline</span>')
'''CSS shows the one that is so, also when that changes.'''
EVERYBODY = html('<div class="who" tabindex="-1" autofocus><div><bdi class="label" id="card-name">everyone</bdi>'
                 '<span class="presence">All members of the room</span></div></div>')


def of(person: User, state: State, *, is_me: bool) -> dict[str, Any]:
    """What a page puts in place: who this is, and, unless it is the reader, the way to write to them."""
    name = person.username
    does = attributes(call='writeTo', with_={'members': [name]})
    message = html('<button class="solid" type="button" autofocus popovertarget="card"{does}>Message</button>',
                   does=does)
    return put(html('<div class="who" data-person="{id}" data-state="{state}"{focus}>{avatar}<div>'
                    '<bdi class="label" id="card-name">{name}</bdi>'
                    '<span class="presence">{states}{you}</span></div></div>{message}',
                    id=person.id, state=state, name=name, states=STATES,
                    avatar=Markup(render.avatar(person.id, name)),  # noqa: S704
                    focus=Markup(' tabindex="-1" autofocus') if is_me else '', you=' (you)' if is_me else '',
                    message='' if is_me else message))


def put(card: Markup) -> dict[str, Any]:
    """Put a card in its place."""
    return {'html': {'.person-card': card}}

"""The buttons and the menu of a message, and the reactions under it."""
from markupsafe import Markup

from chat.text import render

from .html import attributes, html, joined
from .icons import button

USUAL = ('👍', '❤️', '😂', '🎉', '👀', '✅')
'''With which one reacts at first.'''
RECENT = html('<button type="button" class="icon" data-call="react" data-never="archived system"></button>')
TOOLS = html('<div class="tools"><span class="recent">{three}</span>{buttons}</div>', three=RECENT * 3, buttons=joined([
    button('smile', 'React', data_call='pickReaction', data_never='archived system'),
    button('reply', 'Reply', data_call='reply', data_never='archived system'),
    button('edit', 'Edit', data_call='edit', data_only='mine', data_never='archived'),
    button('link', 'Copy link', data_call='copyLink'),
    button('dots', 'More', data_call='openMenu', aria_haspopup='menu')]))
COPY = html('<button type="button" class="copy" data-call="copyCode">Copy</button>')


def _entry(label: str, *, only: str = '', never: str = '', **does: object) -> Markup:
    return html('<button type="button" role="menuitem" data-only="{only}" data-never="{never}"{does}>{label}</button>',
                only=only, never=never, does=attributes(**does), label=label)


MENU = html('<div class="menu" role="menu" popover="auto">{entries}</div>', entries=joined([
    _entry('Save for me', never='saved system', ask='save', with_={'on': True}, durable=True, say='Saved for you.'),
    _entry('Remove from saved', only='saved', ask='save', with_={'on': False}, durable=True, say='Removed from saved.'),
    _entry('Pin to this room', never='pinned archived system', ask='pin', with_={'on': True}, durable=True,
           say='Pinned.'),
    _entry('Unpin', only='pinned', never='archived', ask='pin', with_={'on': False}, durable=True, say='Unpinned.'),
    _entry('Copy text', call='copyText'),
    _entry('Mark as unread from here', never='system', ask='mark_unread'),
    _entry('Show each', only='several', call='showEach'),
    _entry('Delete', only='mine', never='archived', call='delete'),
    _entry('Delete', only='other', never='archived', act='delete'),
]))
'''All entries. `data-is` of tools and menu says what the message is to its viewer ("other": of somebody else, to an
administrator; "system": it says what happened), and CSS shows those that fit, as also the room is archived or not; the
server checks again.'''
NAMES = html('<div class="names" role="tooltip" popover="manual"></div>')
REACTIONS = html('<div class="reactions">{nobodys}</div>', nobodys=Markup(render.reaction('', [])))  # noqa: S704
'''A reaction that nobody has yet.'''

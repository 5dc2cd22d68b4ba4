"""The user's rooms and conversations: one element; small packets make the browser update its unread marks."""
from collections.abc import Sequence

from markupsafe import Markup

import names
from chat.rooms import MOST_COUNTED, RoomInfo
from elements.passing import PassingHtml

from .html import html, joined
from .icons import button, icon

PANELS = (('search', 'search', 'Search'), ('mentions', 'at', 'Mentions'), ('saved', 'save', 'Saved'))
TOP = html('<div class="top"><input id="filter" type="search" placeholder="Filter" aria-label="Filter rooms" '
           'autocomplete="off"></div>{panels}', panels=joined(
               html('<button class="entry-line" type="button" data-call="panel" data-panel="{panel}">{icon} {label}'
                    '</button>', panel=panel, icon=icon(name), label=label) for panel, name, label in PANELS))
HEADINGS = {
    'rooms': html('Rooms{browse}{new}', browse=button('browse', 'Browse rooms', data_act='browse'),
                  new=button('plus', 'New room', data_act='new')),
    'direct': html('Direct messages{new}', new=button('plus', 'New direct message', data_act='direct')),
}
HERE = html(' aria-current="page"')
LINK = ('<a href="/chat/{id}" data-room="{id}" data-kind="{kind}" data-key="{key}"{person}{state}{here}{hidden}>'
        '<bdi class="label">{name}</bdi><span class="badge">{count}</span></a>')
ROOM = html('<template class="room">{link}</template>', link=html(
    LINK, id='', kind='', key='', name='', count='', person='', state='', here='', hidden=''))
'''What a room that comes later is shown by.'''


class Sidebar(PassingHtml):
    """Links to rooms. The browser applies all later changes by itself."""

    def __init__(self, rooms: Sequence[RoomInfo], shown: RoomInfo, username: str) -> None:
        parts = {'rooms': [room for room in rooms if room.kind != 'direct'],
                 'direct': [room for room in rooms if room.kind == 'direct']}
        self.username = username
        super().__init__(html('{top}<div class="lists">{sections}</div>{foot}', top=TOP, foot=_foot(username),
                              sections=joined(_section(name, listed, shown) for name, listed in parts.items())), 'nav')
        self.classes('sidebar').props('aria-label=Rooms')

    def texts(self) -> list[str]:
        """Return what stands at its foot."""
        return ['Log out', self.username]


def _section(name: str, rooms: Sequence[RoomInfo], shown: RoomInfo) -> Markup:
    return html('<section data-kind="{kind}"><h2>{heading}</h2>{links}</section>', kind=name, heading=HEADINGS[name],
                links=joined(_link(room, shown) for room in rooms))


def _link(room: RoomInfo, shown: RoomInfo) -> Markup:
    is_shown = room.id == shown.id
    is_hidden = room.level == 'hidden' and not is_shown and not (room.kind == 'direct' and room.unread)
    classes = [name for name, is_so in (('unread', _is_unread(room)), ('archived', room.is_archived)) if is_so]
    return html(LINK, id=room.id, kind=room.kind, key=names.fold(room.name), name=room.name, count=count(calls(room)),
                person=html(' data-person="{id}"', id=room.people[0]) if len(room.people) == 1 else '',
                state=html(' class="{names}"', names=' '.join(classes)) if classes else '',
                here=HERE if is_shown else '', hidden=' hidden' if is_hidden else '')


def calls(room: RoomInfo) -> int:
    """Return the number on a room's badge: unread mentions, or all unread messages of a direct conversation."""
    if room.level == 'nothing' or (room.level == 'hidden' and room.kind != 'direct'):
        return 0
    return room.unread if room.kind == 'direct' and room.level != 'mentions' else room.mentions


def _is_unread(room: RoomInfo) -> bool:
    return calls(room) > 0 or (room.level == 'all' and room.unread > 0)


def count(number: int) -> str:
    """Return a number as a badge shows it: '' for 0, "99+" for more than 99."""
    return '' if not number else f'{number}' if number < MOST_COUNTED else f'{MOST_COUNTED - 1}+'


BELL = button('bell', 'Notifications', id='bell', data_call='switchBell')
SOUND = button('sound', 'Sound', id='sound', data_call='switchSound')


def _foot(username: str) -> Markup:
    return html('<div class="foot"><bdi class="me">{username}</bdi>{bell}{sound}'
                '<button id="leave" class="quiet" type="button">Log out</button></div>', username=username,
                bell=BELL, sound=SOUND)

"""The user's rooms and conversations: one element; small packets make the browser update its unread marks."""
from collections.abc import Iterable, Sequence

from markupsafe import Markup

from chat.rooms import MOST_COUNTED, RoomInfo, Section
from elements.passing import PassingHtml

from .html import html, joined
from .icons import button, icon


def count(number: int) -> str:
    """Return a number as a badge shows it: '' for 0, "99+" for more than 99."""
    return '' if not number else f'{number}' if number < MOST_COUNTED else f'{MOST_COUNTED - 1}+'


def calls(number: int = 0) -> Markup:
    """Render how much calls the user: a badge, and the words that are spoken after it unless it is empty."""
    return html('<span class="badge">{count}</span><span class="spoken"> for you</span>', count=count(number))


PANELS = (('search', 'search', 'Search', ''), ('mentions', 'at', 'Mentions', '{calls}'), ('saved', 'save', 'Saved', ''))
TOP = html('<div class="top"><input id="filter" type="search" placeholder="Filter" aria-label="Filter rooms" '
           'autocomplete="off" data-filter=".sidebar [data-key]"><style></style></div>{panels}', panels=joined(
               html('<button class="entry-line" type="button" aria-expanded="false" data-call="panel" '
                    'data-panel="{panel}">{icon} <span class="label">{label}</span> {badge}</button>',
                    panel=panel, icon=icon(name), label=label, badge=badge) for panel, name, label, badge in PANELS))
EDGES = joined(html('<button class="edge" type="button" data-edge="{edge}" data-call="toUnread" hidden>Unread {edge} '
                    '{calls}</button>', edge=edge, calls=calls()) for edge in ('above', 'below'))
'''What leads to unread rooms that are out of sight.'''
ASKED = html('<i hidden data-ask="rooms" data-then="putRooms" data-fresh="connect gone"></i>'
             '<i hidden data-ask="here" data-then="learnStates" data-fresh="connect"></i>'
             '<i hidden data-ask="usual" data-then="learnUsual" data-fresh="connect"></i>')
'''What a page asks for by itself.'''
SECTIONS: dict[Section, str] = {'favourites': 'Favourites', 'rooms': 'Rooms', 'direct': 'Direct messages'}
BUTTONS = {
    'favourites': html(''),
    'rooms': joined([button('browse', 'Browse rooms', data_act='browse'), button('plus', 'New room', data_act='new')]),
    'direct': button('plus', 'New direct message', data_act='direct'),
}
OLDEST = 2 * 10 ** 15
'''Minus a message's number: a direct room's place.'''
HERE, UNREAD = html(' aria-current="page"'), html(' class="unread"')
LINK = ('<a href="/chat/{room}" data-room="{room}" data-kind="{kind}" data-key="{key}" data-level="{level}" '
        'data-archived="{archived}" data-order="{order}" data-with="{with}" data-call="goTo" '
        'data-ask="counts" data-then="putRoom"{who}{classes}{here}>'
        '<bdi class="label">{name}</bdi><i class="draft" role="img" aria-label="draft" title="Draft" hidden></i>'
        '<span class="badge">{count}</span></a>')
FIELDS = ('room', 'kind', 'key', 'level', 'archived', 'order', 'with', 'who', 'classes', 'here', 'name', 'count')
TWIN = '<span>{name}</span><span class="maker">{by}</span>'
ROOM = html('<template class="room">{link}</template>', link=html(LINK, **dict.fromkeys(FIELDS, '')))
'''What a room that comes later is shown by.'''


class Sidebar(PassingHtml):
    """Links to rooms. The browser applies all later changes by itself."""

    def __init__(self, rooms: Sequence[RoomInfo], shown: RoomInfo, username: str) -> None:
        self.username = username
        sections = joined(_section(name, [room for room in rooms if room.section == name], shown) for name in SECTIONS)
        super().__init__(html('{asked}{top}<div class="rows"><div class="lists">{sections}</div>{edges}</div>{foot}',
                              asked=ASKED, top=html(TOP, calls=calls(calling(rooms))), edges=EDGES, sections=sections,
                              foot=_foot(username)), 'nav')
        self.classes('sidebar').props('id=sidebar aria-label=Rooms popover=auto')

    def texts(self) -> list[str]:
        """Return what stands at its foot."""
        return ['Log out', self.username]


def _section(name: Section, rooms: Sequence[RoomInfo], shown: RoomInfo) -> Markup:
    listed = sorted(rooms, key=lambda room: room.favourite or 0)
    return html('<section data-kind="{name}"><h2><button class="fold" type="button" name="{name}.folded" '
                'value="off" data-call="flip" aria-expanded="true">{icon}{label}</button>{buttons}</h2>{links}'
                '</section>', name=name, icon=icon('fold'), label=SECTIONS[name], buttons=BUTTONS[name],
                links=joined(_link(room, shown) for room in listed))


def calling(rooms: Iterable[RoomInfo]) -> int:
    """Return how much calls the user in these rooms."""
    return sum(room.counted(room.calls) for room in rooms)


def label(room: RoomInfo) -> Markup | str:
    """Render the name of a room, and who made it where another one has this name: that part is never cut off."""
    return html(TWIN, name=room.name, by=room.told_by) if room.told_by else room.name


def _link(room: RoomInfo, shown: RoomInfo) -> Markup:
    return html(LINK, **room.says, name=label(room), count=count(room.counted(room.calls)),
                order=OLDEST - room.newest_id if room.order is None else room.order,
                who=html(' data-person="{id}"', id=room.person) if room.person else '',
                classes=UNREAD if room.counted(room.marks) else '', here=HERE if room.id == shown.id else '')


BLOCKED = 'This browser blocks notifications of this site: allow them in its settings.'
BELL = button('bell', 'Notifications', id='bell', name='notify', value='on', data_call='flip',
              data_says='Notifications are', data_blocked=BLOCKED)
SOUND = button('sound', 'Sound', id='sound', name='sound', value='off', data_call='flip', data_says='Sound is')


def _foot(username: str) -> Markup:
    return html('<div class="foot"><bdi class="me">{username}</bdi>{bell}{sound}'
                '<button id="leave" class="quiet" type="button">Log out</button></div>', username=username,
                bell=BELL, sound=SOUND)

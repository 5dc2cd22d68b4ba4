"""Lists of messages in the panel: mentions of the user, saved messages, pinned messages, and search results."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from chat.entries import Entry
from chat.rooms import RoomInfo
from chat.search.query import zone_named
from chat.text import render

from .html import attributes, html, joined
from .icons import icon
from .sidebar import calls

EXCERPT = 300
'''Characters of a message that a list shows at the most.'''
FIELD = html('<input type="search" name="query" required pattern=".*\\S.*" placeholder="Search messages" '
             'autocomplete="off" aria-label="Search messages"><p class="hint">{hint}</p>',
             hint='words, "a phrase", from:ann, in:lobby, before:2026-01-31, after:2026-01-31, has:link')
VIEW = ('<template data-panel="{name}"><form novalidate{does}><h2 id="shown">{icon} {label}</h2>{field}'
        '<div class="calling"></div><p class="none" role="status"></p><div class="results"></div>'
        '<div class="older"></div></form></template>')
RESULTS, NONE, OLDER = '.panel .results', '.panel .none', '.panel .older'
CALLING = '.panel .calling'
NOBODY, NOTHING_FOUND = 'Nobody has named you yet.', 'Nothing found.'
NOTHING_SAVED = 'Nothing saved yet: the menu of a message has "Save for me".'
NOTHING_PINNED = 'Nothing is pinned here yet: the menu of a message has "Pin to this room".'


def _view(name: str, image: str, label: str, *, field: Markup | str = '', on: str = '', **does: str) -> Markup:
    return html(VIEW, name=name, label=label, does=attributes(on=on, **does), icon=icon(image), field=field)


LISTS = joined([
    _view('mentions', 'at', 'Mentions', ask='mentions', fresh='connect named called'),
    _view('saved', 'save', 'Saved', ask='saved_list', fresh='connect saved'),
    _view('pinned', 'pin', 'Pinned', ask='pinned_list', fresh='connect opened pins_changed:here'),
    _view('search', 'search', 'Search', ask='find', on='input submit', wait='150', fresh='connect clock', field=FIELD),
])
'''The lists without their rows, each with what it asks for these, and what makes it another list.'''


@dataclass(frozen=True, slots=True)
class Row:
    """A message in a list, with an excerpt (`text`) if it is not simply its beginning; what an edit makes it `ask`."""

    entry: Entry
    text: Markup | None = None
    note: str = ''
    ask: str = 'excerpt'


def answer(rows: Markup, none: str, older: Markup | str = '', *, is_further: bool = False) -> dict[str, Any]:
    """What a page puts in place: another list, or `none` of one without rows; `is_further`: one more page of it."""
    if is_further:
        return {'more': {RESULTS: rows}, 'html': {OLDER: older}}
    return {'html': {RESULTS: rows, NONE: '' if rows else none, OLDER: older}}


def older(event: str, **asked: object) -> Markup:
    """Render the button for one more page of a list."""
    return html('<button class="quiet more" type="button"{does}>Older ones</button>',
                does=attributes(ask=event, with_=asked))


def found(rows: Iterable[Row], titles: Mapping[int, RoomInfo], zone: str | None = None) -> Markup:
    """Render messages as links to their places, those of rooms in `titles`; with `zone`, by days in this time zone."""
    parts: list[Markup] = []
    day = ''
    for row in rows:
        if row.entry.room_id not in titles:
            continue
        if zone is not None and day != (day := f'{row.entry.created_at.astimezone(zone_named(zone)):%Y-%m-%d}'):
            parts.append(html('<h3 class="day" data-key="{day}"><time datetime="{at}" data-as="day"></time></h3>',
                              day=day, at=render.timestamp(row.entry.created_at)))
        parts.append(_link(row, inside(row, titles[row.entry.room_id], 'short' if zone is None else 'time')))
    return joined(parts)


def _sign(room: RoomInfo) -> str:
    """What stands before the name of a room, but not before those of people."""
    return '' if room.kind == 'direct' else '# '


def calling(rooms: Iterable[RoomInfo]) -> Markup:
    """Render the rooms in which something unread calls the user, as links to them."""
    return joined(html('<a href="/chat/{id}" data-key="room {id}"{does}><span class="label">{sign}<bdi>{name}</bdi>'
                       '</span> {calls}</a>', id=room.id, name=room.name, sign=_sign(room), calls=calls(number),
                       does=attributes(call='showFound', with_={'room': room.id}))
                  for room in rooms if (number := room.counted(room.calls)))


def _link(row: Row, content: Markup) -> Markup:
    number, room = row.entry.id, row.entry.room_id
    does = attributes(call='showFound', with_={'room': room, 'id': number}, ask=row.ask, fresh=f'edited:{number}',
                      gone=f'deleted:{number} gone:{room}')
    return html('<a class="found" href="/chat/{room}?at={id}" data-key="{id}"{does}>{content}</a>', room=room,
                id=number, does=does, content=content)


def cited(entry: Entry, room: RoomInfo) -> Markup:
    """Render a message that is linked to: room, author and start, as a link to its place."""
    return html('<a class="cited" href="/chat/{room}?at={id}" data-cited="{id}"><span class="where">{sign}'
                '<bdi>{name}</bdi></span> <bdi class="name">{author}</bdi> '
                '<span class="start" dir="auto">{text}</span></a>', room=room.id, id=entry.id,
                sign=_sign(room), name=room.name, author='' if entry.system else entry.author,
                text=render.start(entry.text, render.QUOTED))


def inside(row: Row, room: RoomInfo, time: str) -> Markup:
    """Render what a row shows; the browser writes the time in this form ("short": with the day)."""
    entry = row.entry
    return html('<span class="where" dir="auto">{sign}<span data-called="{room}">{name}</span></span>'
                '<span class="by"><bdi class="name" role="button" tabindex="0">{author}</bdi> '
                '<time datetime="{at}" data-as="{time}"></time></span>'
                '<span class="text" dir="auto">{text}</span>{note}',
                sign=_sign(room), room=room.id, name=room.name, author=entry.author,
                at=render.timestamp(entry.created_at), time=time,
                text=render.start(entry.text, EXCERPT) if row.text is None else row.text,
                note=html('<span class="role">{note}</span>', note=row.note) if row.note else '')

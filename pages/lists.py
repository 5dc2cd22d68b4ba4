"""Lists of messages in the panel: mentions of the user, saved messages, pinned messages, and search results."""
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup, escape

from chat.entries import Entry
from chat.rooms import RoomInfo
from chat.search import days
from chat.search.query import zone_named
from chat.text import render

from . import completion
from .html import attributes, html, joined
from .icons import icon
from .sidebar import calls

EXCERPT = 300
'''Characters of a message that a list shows at the most.'''
FILTERS = {'from:': 'From whom', 'in:': 'In which room', 'on:': 'On a day', 'before:': 'Before a day',
           'after:': 'After a day', 'has:link': 'With a link'}
OPTIONS = html('<template class="filters">{rows}</template>', rows=joined(
    completion.row(option, option, f'{option} ') for option in (
        'from:me', 'has:link', *(f'{name}:{day}' for name in ('on', 'before', 'after') for day in days.AGO))))
'''What filters take that is the same for everybody; people and rooms a page has by itself.'''
FIELD = html('<div class="sought"><input type="search" name="query" required pattern=".*\\S.*" '
             'placeholder="Search messages" autocomplete="off" aria-label="Search messages" aria-controls="completion" '
             'aria-autocomplete="list"></div><p class="chips">{filters}'
             '<button type="button" data-call="pickDay">Go to a date</button></p><p class="hint">{hint}</p>',
             hint='words, "a phrase", -without, this OR that; days are 2026-01-31, today or yesterday',
             filters=joined(html('<button type="button" title="{title}" data-call="addFilter">{name}</button>',
                                 title=title, name=name) for name, title in FILTERS.items()))
VIEW = ('<template data-panel="{name}"><form novalidate{does}>'
        '<div class="head"><h2 id="shown">{icon} {label}</h2>{field}</div>'
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
    """A message in a list, with an excerpt (`text`) if it is not simply its beginning; what an edit makes it `ask`.

    `is_placed`: it says in which room it is.
    """

    entry: Entry
    text: Markup | None = None
    note: Markup | str = ''
    ask: str = 'excerpt'
    is_placed: bool = True


def answer(rows: Markup, none: str, older: Markup | str = '', *, note: str = '',
           is_further: bool = False) -> dict[str, Any]:
    """What a page puts in place: another list, or `none` of one without rows; `is_further`: one more page of it.

    A `note` is said of a list with or without rows.
    """
    if is_further:
        return {'more': {RESULTS: rows}, 'html': {OLDER: older}}
    return {'html': {RESULTS: rows, NONE: escape(note) if note else '' if rows else none, OLDER: older}}


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
    return joined(html('<a href="/chat/{id}" data-key="room {id}" data-archived="{archived}"{does}>'
                       '<span class="label">{sign}<bdi>{name}</bdi></span> {calls}</a>', id=room.id, name=room.title,
                       sign=_sign(room), calls=calls(number), archived=room.says['archived'],
                       does=attributes(call='showFound', with_={'room': room.id}))
                  for room in rooms if (number := room.counted(room.calls)))


def _person(name: str) -> Markup:
    return Markup(render.opening(name))  # noqa: S704


def pinned(entry: Entry, username: str) -> Row:
    """A message in the list of pinned ones, which says who pinned it."""
    return Row(entry, note=html('Pinned by {name}', name=_person(username)), ask='pinned_list', is_placed=False)


def _link(row: Row, content: Markup) -> Markup:
    number, room = row.entry.id, row.entry.room_id
    does = attributes(call='showFound', with_={'room': room, 'id': number}, ask=row.ask, fresh=f'edited:{number}',
                      gone=f'deleted:{number} gone:{room}')
    return html('<a class="found" href="/chat/{room}?at={id}" data-key="{id}"{does}>{content}</a>', room=room,
                id=number, does=does, content=content)


def cited(entry: Entry, room: RoomInfo) -> Markup:
    """Render a message that is linked to: room, author and start, as a link to its place."""
    return html('<a class="cited" href="/chat/{room}?at={id}" data-cited="{id}"><span class="where">{sign}'
                '<bdi data-called="{room}">{name}</bdi></span> {author} '
                '<span class="start" dir="auto">{text}</span></a>', room=room.id, id=entry.id,
                sign=_sign(room), name=room.title, author='' if entry.system else _person(entry.author),
                text=render.start(entry.text, render.QUOTED))


def inside(row: Row, room: RoomInfo, time: str) -> Markup:
    """Render what a row shows; the browser writes the time in this form ("short": with the day)."""
    entry = row.entry
    where = html('<span class="where" dir="auto">{sign}<span data-called="{room}">{name}</span></span>',
                 sign=_sign(room), room=room.id, name=room.title) if row.is_placed else ''
    return html('{where}<span class="by">{author} '
                '<time datetime="{at}" data-as="{time}"></time></span>'
                '<span class="text" dir="auto">{text}</span>{note}',
                where=where, author=_person(entry.author), at=render.timestamp(entry.created_at), time=time,
                text=render.start(entry.text, EXCERPT) if row.text is None else row.text,
                note=html('<span class="role">{note}</span>', note=row.note) if row.note else '')

"""What our pages' scripts ask for besides what programs may: mostly the same, as HTML."""
from collections.abc import Sequence
from typing import Annotated

from pydantic import Field

from chat import history, keeping, live, rooms, search
from chat.entries import Entry
from chat.query import parse
from chat.snippets import snippet
from events import Answer, Arguments, Events, Id, InRoom, Nothing
from events.of_messages import Since, Window, window
from hub import Socket, hub

from . import lists, panel

MOST_NEW = 150
'''Unread messages with which a room is opened at the most, in place of half a page.'''


class Resume(Since):
    """`resume`"""

    epoch: str


class Open(InRoom):
    """`open`"""

    at: Id | None = None


class Before(Arguments):
    """`mentions`"""

    before: Annotated[int, Field(ge=0, lt=2**63)] | None = None


class Find(Before):
    """`find`"""

    query: str
    zone: str = 'UTC'


class Excerpt(Arguments):
    """`excerpt`"""

    id: Id
    query: str | None = None


class Attend(Arguments):
    """`attend`"""

    in_view: bool
    active: bool


async def open_room(user: Socket, arguments: Open) -> Answer:
    """Hear a room from now on, and show it: around a message, or from what is unread on, or else its end.

    The membership is looked up after the page, so that nobody who was put out meanwhile gets what was said since.
    """
    await live.show(user.user_id, user.sid, arguments.room)
    newest = await live.newest_page(arguments.room)
    room = await rooms.get(user.user_id, arguments.room)
    place = arguments.at if arguments.at is not None else room.last_read_id if room.unread else None
    if place is None or newest.reaches(place):
        found = {'html': newest.html, 'revision': newest.revision, 'epoch': newest.epoch, 'more': newest.has_more,
                 'newer': False}
    else:
        newer = MOST_NEW if arguments.at is None else history.PAGE // 2
        page = await history.around(user.user_id, arguments.room, place, newer)
        found = {'html': _html(page.entries), 'revision': page.revision, 'epoch': page.epoch, 'more': page.has_more,
                 'newer': page.has_newer}
    if user.shown != arguments.room:  # put out after the last look
        raise rooms.no_room()
    return {'room': room.to_page(), **found}


async def counts(user: Socket, arguments: InRoom) -> Answer:
    """A room as it is now: what was unread there may have been deleted."""
    return {'room': (await rooms.get(user.user_id, arguments.room)).to_page()}


async def resume(user: Socket, arguments: Resume) -> Answer:
    """Hear a room again, and what was missed; or, when that is too much or another history, the newest page afresh."""
    if user.shown != arguments.room:
        await live.show(user.user_id, user.sid, arguments.room)
    found = await history.changes(user.user_id, arguments.room, arguments.since)
    if found.is_complete and found.epoch == arguments.epoch and found.revision >= arguments.since:
        return {'html': _html(found.entries), 'revision': found.revision, 'fresh': False}
    page = await live.newest_page(arguments.room)
    await rooms.check(user.user_id, arguments.room)
    return {'html': page.html, 'revision': page.revision, 'epoch': page.epoch, 'more': page.has_more, 'fresh': True}


async def scroll(user: Socket, arguments: Window) -> Answer:
    """Older messages, or newer ones."""
    found = await window(user, arguments)
    return {'html': _html(found.entries), 'more': found.has_more, 'revision': found.revision}


async def mentions(user: Socket, arguments: Before) -> Answer:
    """What names me, in all my rooms; `more` is before what the next page is, if there is one."""
    found = await history.mentioning(user.user_id, arguments.before)
    return {'html': lists.all_found(found), 'more': found[-1].id if len(found) == history.PAGE else None}


async def saved_list(user: Socket, _: Nothing) -> Answer:
    """What I saved."""
    return {'html': lists.all_found(await keeping.saved(user.user_id))}


async def saved_ids(user: Socket, _: Nothing) -> Answer:
    """Which messages these are."""
    return {'ids': await keeping.saved_ids(user.user_id)}


async def find(user: Socket, arguments: Find) -> Answer:
    """What a query finds, in pages as well."""
    found = await search.search(user.user_id, arguments.query, arguments.before, arguments.zone)
    return {'html': ''.join(lists.found(entry, text=snippet) for entry, snippet in found.results),
            'more': found.results[-1][0].id if found.has_more and found.results else None}


async def excerpt(user: Socket, arguments: Excerpt) -> Answer:
    """A message as it stands in a list now, or among what a query finds; of that the words count, not the days."""
    entry = await history.one(user.user_id, arguments.id)
    text = None if arguments.query is None else snippet(entry.text, parse(arguments.query, 'UTC').terms)
    return {'html': lists.found(entry, text=text)}


async def pinned_list(user: Socket, arguments: InRoom) -> Answer:
    """What is pinned to a room."""
    return {'html': ''.join(lists.found(entry, note=f'Pinned by {username}')
                            for entry, username in await keeping.pinned(user.user_id, arguments.room))}


async def people(user: Socket, arguments: InRoom) -> Answer:
    """Who is in a room, for its panel."""
    room = await rooms.get(user.user_id, arguments.room)
    found = await rooms.members(user.user_id, arguments.room)
    return {'html': panel.people(room, user.user_id, found, hub.states())}


async def here(user: Socket, _: Nothing) -> Answer:
    """Who is not offline, by their ids; what changes afterwards is told."""
    hub.hear_presence(user.sid)
    return {'states': {str(user_id): state for user_id, state in hub.states().items()}}


async def attend(user: Socket, arguments: Attend) -> Answer:
    """Somebody looks at this page, or away from it; does something, or has done nothing for long."""
    hub.attend(user.sid, is_in_view=arguments.in_view, is_active=arguments.active)
    return {}


def _html(entries: Sequence[Entry]) -> str:
    return ''.join(map(live.html, entries))


EVENTS: Events = {
    'open': (Open, open_room),
    'counts': (InRoom, counts),
    'resume': (Resume, resume),
    'scroll': (Window, scroll),
    'mentions': (Before, mentions),
    'saved_list': (Nothing, saved_list),
    'saved_ids': (Nothing, saved_ids),
    'find': (Find, find),
    'excerpt': (Excerpt, excerpt),
    'pinned_list': (InRoom, pinned_list),
    'people': (InRoom, people),
    'here': (Nothing, here),
    'attend': (Attend, attend),
}

"""Reading stored messages: changes since a revision, older and newer ones, and those that mention the user."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from peewee import ModelSelect, fn

import database
from accounts.actor import Actor
from models import Membership, Mention, Message, Room, epoch, messages_of
from models import messages as all_messages

from .entries import Entry, entries, visible
from .messages import LENGTH
from .rooms import require

MOST_CHANGES = 200
MOST = 200
PAGE = 50
CLOCK_ERROR = timedelta(days=1)
'''How far the clock may have been set back, so that a message with a higher id has an earlier time.'''
LARGEST = PAGE * LENGTH
'''Characters of texts after which a response is cut off, so that building it does not hold up other requests.'''


@dataclass(frozen=True, slots=True)
class Changes:
    """Messages changed since a revision; `revision` is the latest one covered: the room's own if `is_complete`."""

    revision: int
    epoch: str
    is_complete: bool
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class History:
    """Entries by ascending id, as of the room's `revision`; `has_more` refers to the direction that was asked for."""

    revision: int
    epoch: str
    has_more: bool
    entries: Sequence[Entry]
    has_newer: bool = False


async def changes(actor: Actor, room_id: int, since: int) -> Changes:
    """The messages of a room that changed after the revision `since`, each once in its latest form."""
    def query() -> Changes:
        room = require(actor.user_id, room_id)
        rows, has_more = _fitting(messages_of(actor.user_id, room_id).where(Message.revision > since)
                                  .order_by(Message.revision), MOST_CHANGES)
        found = entries(rows)
        return Changes(found[-1].revision if has_more else room.revision, epoch(), not has_more, found)

    return await database.read(query)


async def history(actor: Actor, room_id: int, *, before: int | None = None, after: int | None = None,
                  limit: int = PAGE) -> History:
    """Messages that are not deleted: the oldest ones with ids above `after`, or else the newest ones below `before`."""
    def query() -> History:
        room = require(actor.user_id, room_id)
        rows, has_more = _fitting(_window(messages_of(actor.user_id, room_id), before, after), limit)
        return History(room.revision, epoch(), has_more, sorted(entries(rows), key=lambda entry: entry.id))

    return await database.read(query)


async def around(actor: Actor, room_id: int, message_id: int, newer: int = PAGE // 2) -> History:
    """Half a page up to this message (it may be gone), and up to `newer` later ones. Raises Refused('not_found')."""
    def query() -> History:
        room = require(actor.user_id, room_id)
        mine = messages_of(actor.user_id, room_id)
        before, has_more = _fitting(_window(mine, message_id + 1, None), PAGE // 2)
        after, has_newer = _fitting(_window(mine, None, message_id), newer)
        return History(room.revision, epoch(), has_more, entries([*reversed(before), *after]), has_newer)

    return await database.read(query)


async def mentioning(actor: Actor, before: int | None = None) -> list[Entry]:
    """The newest messages that mention this user, in rooms that they are a member of, newest first."""
    def query() -> list[Entry]:
        mine = Membership.select(Membership.room).where(Membership.user == actor.user_id)
        naming = Mention.select(Mention.message).where(Mention.user == actor.user_id, Mention.room.in_(mine))
        found = all_messages().where(Message.id.in_(naming), Message.room.in_(mine))
        return entries(_window(found, before, None).limit(PAGE))

    return await database.read(query)


async def one(actor: Actor, message_id: int) -> Entry:
    """One message in its current form. Raises Refused('not_found')."""
    return await database.read(lambda: entries([visible(actor.user_id, message_id)])[0])


async def first_on(actor: Actor, room_id: int, start: datetime) -> Entry | None:
    """The first message of a room from a time on, or else the last one before; None if there is none.

    Raises Refused('not_found').
    """
    def query() -> Entry | None:
        require(actor.user_id, room_id)
        mine = messages_of(actor.user_id, room_id)
        later = _window(mine, None, first_since(moved(start, -CLOCK_ERROR)) - 1).where(Message.created_at >= start)
        found = later.first() or _window(mine, None, None).first()
        return entries([found])[0] if found else None

    return await database.read_aside(query)


def first_since(moment: datetime) -> int:
    """Binary search for the id that divides messages before this time from later ones, but for CLOCK_ERROR."""
    low, high = 0, (Message.select(fn.MAX(Message.id)).scalar() or -1) + 1
    while low < high:
        middle = (low + high) // 2
        found = Message.select(Message.id, Message.created_at).where(Message.id >= middle).order_by(Message.id).get()
        if found.created_at < moment:
            low = found.id + 1
        else:
            high = middle
    return low


def moved(moment: datetime, by: timedelta) -> datetime:
    """A later or earlier time, as far as there is one."""
    try:
        return moment + by
    except OverflowError:
        return moment


def by_id(message_ids: Sequence[int]) -> list[Entry]:
    """These messages, newest first; permissions must have been checked, and it runs in a database thread."""
    return entries(all_messages().where(Message.id.in_(message_ids)).order_by(Message.id.desc()))


def newest(room_id: int) -> History:
    """The newest page of a room, the same for all its members; runs in a reader thread."""
    room = Room.get_by_id(room_id)
    rows, has_more = _fitting(_window(all_messages().where(Message.room == room_id), None, None), PAGE)
    return History(room.revision, epoch(), has_more, entries(reversed(rows)))


def _fitting(query: 'ModelSelect[Message]', limit: int) -> tuple[list[Message], bool]:
    """The rows that fit into one response, and whether there are more."""
    found: list[Message] = []
    size = 0
    for row in query.limit(limit + 1).iterator():
        if len(found) == limit or size >= LARGEST:
            return found, True
        found.append(row)
        size += len(row.body)
    return found, False


def _window(query: 'ModelSelect[Message]', before: int | None, after: int | None) -> 'ModelSelect[Message]':
    query = query.where(Message.deleted_at.is_null())
    if before is not None:
        query = query.where(Message.id < before)
    if after is not None:
        query = query.where(Message.id > after)
    return query.order_by(Message.id if after is not None else Message.id.desc())

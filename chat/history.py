"""Reading messages again: what has changed, older and newer ones, what names me."""
from collections.abc import Sequence
from dataclasses import dataclass

from peewee import ModelSelect

import database
from models import Membership, Mention, Message, Room, epoch, messages_of
from models import messages as all_messages

from .entries import Entry, entries, visible
from .rooms import require

MOST_CHANGES = 200
MOST = 200
PAGE = 50


@dataclass(frozen=True, slots=True)
class Changes:
    """What has changed since a revision; `revision` is how far this goes, the room's own if it is complete."""

    revision: int
    epoch: str
    is_complete: bool
    entries: Sequence[Entry]


@dataclass(frozen=True, slots=True)
class History:
    """Entries by id upwards, as they were at the room's `revision`; `has_more` in the direction that was asked for."""

    revision: int
    epoch: str
    has_more: bool
    entries: Sequence[Entry]
    has_newer: bool = False


async def changes(user_id: int, room_id: int, since: int) -> Changes:
    """What has changed in a room after the revision `since`, each message once in its latest form."""
    def query() -> Changes:
        room = require(user_id, room_id)
        rows = list(messages_of(user_id, room_id).where(Message.revision > since)
                    .order_by(Message.revision).limit(MOST_CHANGES + 1))
        found = entries(rows[:MOST_CHANGES])
        is_complete = len(rows) <= MOST_CHANGES
        return Changes(room.revision if is_complete else found[-1].revision, epoch(), is_complete, found)

    return await database.read(query)


async def history(user_id: int, room_id: int, *, before: int | None = None, after: int | None = None,
                  limit: int = PAGE) -> History:
    """The messages that are not deleted: the oldest ones after `after`, or else the newest ones before `before`."""
    def query() -> History:
        room = require(user_id, room_id)
        rows = _window(messages_of(user_id, room_id), before, after, limit + 1)
        found = sorted(entries(rows[:limit]), key=lambda entry: entry.id)
        return History(room.revision, epoch(), len(rows) > limit, found)

    return await database.read(query)


async def around(user_id: int, room_id: int, message_id: int, newer: int = PAGE // 2) -> History:
    """Half a page up to this message, or where it would be, and up to `newer` later ones. Raises 'not_found'."""
    def query() -> History:
        room = require(user_id, room_id)
        mine = messages_of(user_id, room_id)
        before = _window(mine, message_id + 1, None, PAGE // 2 + 1)
        after = _window(mine, None, message_id, newer + 1)
        rows = [*reversed(before[:PAGE // 2]), *after[:newer]]
        return History(room.revision, epoch(), len(before) > PAGE // 2, entries(rows), len(after) > newer)

    return await database.read(query)


async def mentioning(user_id: int, before: int | None = None) -> list[Entry]:
    """The newest messages that name this user, in rooms that they are in, newest first."""
    def query() -> list[Entry]:
        mine = Membership.select(Membership.room).where(Membership.user == user_id)
        naming = Mention.select(Mention.message).where(Mention.user == user_id, Mention.room.in_(mine))
        found = all_messages().where(Message.id.in_(naming), Message.room.in_(mine))
        return entries(_window(found, before, None, PAGE))

    return await database.read(query)


async def one(user_id: int, message_id: int) -> Entry:
    """As it is now. Raises Refused('not_found')."""
    return await database.read(lambda: entries([visible(user_id, message_id)])[0])


def by_id(message_ids: Sequence[int]) -> list[Entry]:
    """These messages, newest first, for somebody who may see them; a query."""
    return entries(all_messages().where(Message.id.in_(message_ids)).order_by(Message.id.desc()))


def newest(room_id: int) -> History:
    """The newest page of a room, for everybody who may see it; a query, to be run in a reader."""
    room = Room.get_by_id(room_id)
    rows = _window(all_messages().where(Message.room == room_id), None, None, PAGE + 1)
    return History(room.revision, epoch(), len(rows) > PAGE, entries(rows[PAGE - 1::-1]))


def _window(query: 'ModelSelect[Message]', before: int | None, after: int | None, limit: int) -> list[Message]:
    query = query.where(Message.deleted_at.is_null())
    if before is not None:
        query = query.where(Message.id < before)
    if after is not None:
        query = query.where(Message.id > after)
    return list(query.order_by(Message.id if after is not None else Message.id.desc()).limit(limit))

"""Posting, editing and deleting messages, and reading them again."""
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from math import ceil
from typing import Any

from peewee import ModelSelect
from throttled import RateLimiterType, Throttled, rate_limiter, store

import database
import settings
from database import Written, db
from errors import Refused
from models import Membership, Mention, Message, Room, epoch, iso, messages_of, now
from models import messages as all_messages
from names import is_text, is_visible

from . import mentions
from .mentions import Person
from .rooms import is_archived, member, no_room, require

LENGTH = 4_000
'''Characters of a message at the most.'''
MOST_CHANGES = 200
MOST_HISTORY = 200
PAGE = 50
AUTHOR = '''
    SELECT u.username, r.kind = 'direct' FROM memberships m JOIN users u ON u.id = m.user JOIN rooms r ON r.id = m.room
    WHERE m.user = ? AND m.room = ?'''
NEXT_REVISION = 'UPDATE rooms SET revision = revision + 1 WHERE id = ? AND archived_at IS NULL RETURNING revision'
INSERT = 'INSERT INTO messages (room, author, body, created_at, revision, client_id) VALUES (?, ?, ?, ?, ?, ?)'
BURST, PER_SECOND = 10, 5
'''Messages that a person may send at once, and then in each second.'''


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as it is now."""

    id: int
    room_id: int
    revision: int
    author_id: int
    author: str
    text: str
    created_at: datetime
    edited_at: datetime | None
    is_deleted: bool
    mentions: Sequence[Person] = ()

    def to_dict(self) -> dict[str, Any]:
        """The form that programs get."""
        return {
            'id': self.id,
            'room': self.room_id,
            'revision': self.revision,
            'username': self.author,
            'message': self.text,
            'created_at': iso(self.created_at),
            'edited_at': iso(self.edited_at) if self.edited_at else None,
            'deleted': self.is_deleted,
        }


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that is to be published, and who wants to be called to it."""

    entry: Entry
    is_new: bool
    notified: Sequence[int] = ()


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


async def post(user_id: int, room_id: int, text: str, client_id: str | None = None) -> Entry:
    """Store a message and publish it.

    A `client_id` that this author has used before is answered with its first result, before any other check.
    Raises Refused: 'invalid', 'too_fast', 'not_found', 'unavailable'.
    """
    is_counted = False

    def operation() -> Written[Entry]:
        nonlocal is_counted
        if client_id is not None:
            earlier = _mine(user_id).where(Message.client_id == client_id).first()
            if earlier:
                return Written(_entries([earlier])[0])
        body = check_text(text)
        if not is_counted:  # the writer may run this again after a failure
            _check_rate(user_id)
            is_counted = True
        return _inserted(user_id, room_id, body, client_id)

    return await database.write(operation)


async def edit(user_id: int, message_id: int, text: str) -> Entry:
    """Give one's own message another text. Raises Refused: 'invalid', 'not_found', 'unavailable'."""
    def operation() -> Written[Entry]:
        message = _require_mine(user_id, message_id)
        message.body = check_text(text)
        message.edited_at = now()
        return _stored(message)

    return await database.write(operation)


async def delete(user_id: int, message_id: int) -> Entry:
    """Remove the text of one's own message for good; its row stays, so that pages that were away learn of it.

    Raises Refused: 'not_found', 'unavailable'.
    """
    def operation() -> Written[Entry]:
        message = _require_mine(user_id, message_id)
        message.body = ''
        message.deleted_at = now()
        return _stored(message)

    return await database.write(operation)


async def changes(user_id: int, room_id: int, since: int) -> Changes:
    """What has changed in a room after the revision `since`, each message once in its latest form."""
    def query() -> Changes:
        room = require(user_id, room_id)
        rows = list(messages_of(user_id, room_id).where(Message.revision > since)
                    .order_by(Message.revision).limit(MOST_CHANGES + 1))
        entries = _entries(rows[:MOST_CHANGES])
        is_complete = len(rows) <= MOST_CHANGES
        return Changes(room.revision if is_complete else entries[-1].revision, epoch(), is_complete, entries)

    return await database.read(query)


async def history(user_id: int, room_id: int, *, before: int | None = None, after: int | None = None,
                  limit: int = PAGE) -> History:
    """The messages that are not deleted: the oldest ones after `after`, or else the newest ones before `before`."""
    def query() -> History:
        room = require(user_id, room_id)
        rows = _window(messages_of(user_id, room_id), before, after, limit + 1)
        entries = sorted(_entries(rows[:limit]), key=lambda entry: entry.id)
        return History(room.revision, epoch(), len(rows) > limit, entries)

    return await database.read(query)


async def around(user_id: int, room_id: int, message_id: int, newer: int = PAGE // 2) -> History:
    """Half a page up to this message, or where it would be, and up to `newer` later ones. Raises 'not_found'."""
    def query() -> History:
        room = require(user_id, room_id)
        mine = messages_of(user_id, room_id)
        before = _window(mine, message_id + 1, None, PAGE // 2 + 1)
        after = _window(mine, None, message_id, newer + 1)
        rows = [*reversed(before[:PAGE // 2]), *after[:newer]]
        return History(room.revision, epoch(), len(before) > PAGE // 2, _entries(rows), len(after) > newer)

    return await database.read(query)


async def mentioning(user_id: int, before: int | None = None) -> list[Entry]:
    """The newest messages that name this user, in rooms that they are in, newest first."""
    def query() -> list[Entry]:
        mine = Membership.select(Membership.room).where(Membership.user == user_id)
        naming = Mention.select(Mention.message).where(Mention.user == user_id, Mention.room.in_(mine))
        found = all_messages().where(Message.id.in_(naming), Message.room.in_(mine))
        return _entries(_window(found, before, None, PAGE))

    return await database.read(query)


def newest(room_id: int) -> History:
    """The newest page of a room, for everybody who may see it; a query, to be run in a reader."""
    room = Room.get_by_id(room_id)
    rows = _window(all_messages().where(Message.room == room_id), None, None, PAGE + 1)
    return History(room.revision, epoch(), len(rows) > PAGE, _entries(rows[PAGE - 1::-1]))


def check_text(text: str) -> str:
    """The text as it is stored, without outer white space. Raises Refused('invalid')."""
    body = text.strip()
    if len(body) > LENGTH:
        raise Refused('invalid', f'The message has {len(body):,} characters, {LENGTH:,} are the most: shorten it.')
    if '\0' in body or not is_text(body):
        raise Refused('invalid', "The message contains characters that can't be stored: remove them.")
    if not any(map(is_visible, body)):
        raise Refused('invalid', 'The message is empty: write something.')
    return body


def _check_rate(user_id: int) -> None:
    if settings.current().rate_limits == 'off':
        return
    result = _limiter().limit(str(user_id))
    if result.limited:
        raise Refused('too_fast', 'You are sending too fast: wait a moment.',
                      retry_after=max(1, ceil(result.state.retry_after)))


@cache
def _limiter() -> Throttled:
    return Throttled(using=RateLimiterType.GCRA.value, quota=rate_limiter.per_sec(PER_SECOND, burst=BURST),
                     store=store.MemoryStore(options={'MAX_SIZE': 100_000}))


def forget_rates() -> None:
    """Start counting afresh."""
    _limiter.cache_clear()


def _mine(user_id: int) -> 'ModelSelect[Message]':
    return all_messages().where(Message.author == user_id)


def _require_mine(user_id: int, message_id: int) -> Message:
    message: Message | None = _mine(user_id).where(Message.id == message_id, Message.deleted_at.is_null()).first()
    if message is None:
        raise Refused('not_found', 'There is no such message.')
    message.room = member(user_id, message.room_id).room
    return message


def _inserted(user_id: int, room_id: int, body: str, client_id: str | None) -> Written[Entry]:
    """Three statements as SQL, since building them anew by Peewee takes three times as long as running them."""
    author = db.execute_sql(AUTHOR, (user_id, room_id)).fetchone()
    if author is None:
        raise no_room()
    created_at, people = now(), mentions.found(user_id, room_id, body)
    revision = _next_revision(room_id)
    cursor = db.execute_sql(INSERT, (room_id, user_id, body, iso(created_at), revision, client_id))
    number, (username, is_direct) = cursor.lastrowid, author
    if people:
        mentions.store(number, room_id, user_id, people)
    notified = mentions.to_notify(number, room_id, user_id) if people or is_direct else []
    entry = Entry(number, room_id, revision, user_id, username, body, created_at, None, is_deleted=False,
                  mentions=people)
    return Written(entry, [Change(entry, is_new=True, notified=notified)])


def _next_revision(room_id: int) -> int:
    """Raises Refused('forbidden') for an archived room."""
    found = db.execute_sql(NEXT_REVISION, (room_id,)).fetchall()
    if not found:
        raise is_archived()
    revision: int = found[0][0]
    return revision


def _stored(message: Message) -> Written[Entry]:
    """Save with the next revision of its room: nobody else writes in this transaction."""
    people = mentions.found(message.author_id, message.room_id, message.body)
    mentions.store(message.id, message.room_id, message.author_id, people)
    message.revision = _next_revision(message.room_id)
    message.save()
    entry = _entry(message, people)
    return Written(entry, [Change(entry, is_new=False)])


def _window(query: 'ModelSelect[Message]', before: int | None, after: int | None, limit: int) -> list[Message]:
    query = query.where(Message.deleted_at.is_null())
    if before is not None:
        query = query.where(Message.id < before)
    if after is not None:
        query = query.where(Message.id > after)
    return list(query.order_by(Message.id if after is not None else Message.id.desc()).limit(limit))


def _entries(rows: Sequence[Message]) -> list[Entry]:
    """With whom they name; a query."""
    named = mentions.of((row.id, row.body) for row in rows)
    return [_entry(row, named.get(row.id, ())) for row in rows]


def _entry(row: Message, people: Sequence[Person]) -> Entry:
    return Entry(row.id, row.room_id, row.revision, row.author_id, row.author.username, row.body, row.created_at,
                 row.edited_at, row.deleted_at is not None, people)

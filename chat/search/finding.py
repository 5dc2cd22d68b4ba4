"""Searches messages in the rooms that a user is a member of.

The query to the index names these rooms, for speed; joining its results with the memberships enforces the permission.
"""
import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TypeVar
from weakref import WeakValueDictionary

from markupsafe import Markup
from peewee import fn

import database
import limits
from accounts.actor import Actor
from chat import history, rooms
from chat.entries import Entry, entries, visible
from database import db
from errors import Refused
from models import Message, iso, user_named

from . import index
from .query import Query, Term, parse
from .snippets import snippet

T = TypeVar('T')

PAGE = 25
CLOCK_ERROR = timedelta(days=1)
'''How far the clock may have been set back, so that a message with a higher id has an earlier time.'''
END = 2**63 - 1
'''Higher than the id of any message.'''
FOUND = f'''
    SELECT m.id FROM search s CROSS JOIN messages m ON m.id = s.rowid
    CROSS JOIN memberships i ON i.room = m.room AND i.user = :user
    WHERE s.search MATCH :match AND s.rowid >= :first AND s.rowid < :end AND m.deleted_at IS NULL
    AND m.created_at >= :start_time AND m.created_at < :end_time
    ORDER BY s.rowid DESC LIMIT {PAGE + 1}'''  # noqa: S608
MOST_AT_ONCE = 32
'''Maximum searches that run or wait at once, one per user; as many ordinary ones take a quarter of a second.'''

_turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
_under_way: set[int] = set()
'''Ids of the users whose search runs or waits for the reader thread.'''


@dataclass(frozen=True, slots=True)
class Found:
    """Messages with their snippets (HTML), newest first."""

    results: Sequence[tuple[Entry, Markup]]
    has_more: bool


async def search(actor: Actor, query: str, before: int | None = None, zone: str = 'UTC') -> Found:
    """The newest messages that match a query, with ids below `before`; days are those of the time zone `zone`.

    Raises Refused: 'too_fast', also if too many others are searching, 'unavailable' if it takes too long.
    """
    limits.check_search(actor.user_id)
    return await _in_turn(actor.user_id, lambda: _found(actor.user_id, query, END if before is None else before, zone))


async def one(actor: Actor, message_id: int, query: str) -> tuple[Entry, Markup]:
    """A message in its current form, with its snippet for the words of a query; filters of the query are ignored.

    Raises Refused: 'not_found', 'too_fast', 'unavailable'.
    """
    def found() -> tuple[Entry, Markup]:
        entry = entries([visible(actor.user_id, message_id)])[0]
        return entry, snippet(entry.text, parse(query, 'UTC').terms)

    return await _in_turn(actor.user_id, found)


async def _in_turn(user_id: int, look: Callable[[], T]) -> T:
    """Run in the thread for long queries, one search per user at a time: more requests don't take others' turns."""
    async with _turns.setdefault(user_id, asyncio.Lock()):
        if len(_under_way) >= MOST_AT_ONCE:
            raise Refused('too_fast', 'Many people are searching right now: try again in a moment.', retry_after=1)
        _under_way.add(user_id)
        try:
            return await database.read_aside(look)
        finally:
            _under_way.discard(user_id)


def _found(user_id: int, text: str, end: int, zone: str) -> Found:
    query = parse(text.encode(errors='ignore').decode(), zone)
    match = _match(user_id, query)
    if match is None:
        return Found([], has_more=False)
    first = _first_since(query.start - CLOCK_ERROR) if query.start else 0
    end = min(end, _first_since(query.end + CLOCK_ERROR)) if query.end else end
    ids = [row[0] for row in db.execute_sql(FOUND, {
        'user': user_id, 'match': match, 'first': first, 'end': end,
        'start_time': iso(query.start) if query.start else '', 'end_time': iso(query.end) if query.end else '~'})]
    results = [(entry, snippet(entry.text, query.terms)) for entry in history.by_id(ids[:PAGE])]
    return Found(results, len(ids) > PAGE)


def _match(user_id: int, query: Query) -> str | None:
    """The query in FTS5's syntax; None if it can't match, alike for names that don't exist and that are not visible."""
    if not query:
        return None
    room_ids = rooms.called(user_id, _without('#', query.rooms)) if query.rooms else rooms.ids(user_id)
    author_ids = [found for name in query.authors if (found := _author(user_id, name))]
    if not room_ids or (query.authors and not author_ids):
        return None
    links = [index.HAS_LINK] if query.has_link else []
    scopes = [links, map(index.author, author_ids), map(index.room, room_ids)]
    return ' AND '.join([*map(_spelled_out, query.terms), *filter(None, map(_any, scopes))])


def _spelled_out(term: Term) -> str:
    """A term in FTS5's syntax, its prefix replaced by the words that begin with it, if they are few."""
    found = index.words_with(term.tokens[-1]) if term.is_prefix else None
    if found is None:
        return term.to_fts()
    whole = [replace(term, tokens=(*term.tokens[:-1], word), is_prefix=False) for word in found or term.tokens[-1:]]
    return f'({" OR ".join(each.to_fts() for each in whole)})'


def _any(tokens: Iterable[str]) -> str:
    found = ' OR '.join(f'"{token}"' for token in tokens)
    return f'({found})' if found else ''


def _without(sign: str, given: Iterable[str]) -> list[str]:
    """Each name with and without the sign at its beginning, since both may be meant."""
    return [name for each in given for name in (each, each.removeprefix(sign))]


def _author(user_id: int, name: str) -> int | None:
    if name.lower() == 'me':
        return user_id
    user = user_named(name) or user_named(name.removeprefix('@'))
    return user.id if user else None


def _first_since(moment: datetime) -> int:
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

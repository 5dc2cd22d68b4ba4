"""Finding messages in the rooms that somebody is in.

The rooms stand in the query to the index, for speed, and the memberships are joined to what it finds, for truth.
"""
import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from weakref import WeakValueDictionary

import database
from database import db
from models import iso, user_named

from . import history, index, rates, rooms
from .entries import Entry
from .query import Query, Term, parse
from .snippets import snippet

PAGE = 25
CLOCK_ERROR = timedelta(days=1)
'''By so much the clock may have been set back, so that a later message has an earlier time.'''
END = 2**63 - 1
'''No message has so high a number.'''
FOUND = f'''
    SELECT m.id FROM search s CROSS JOIN messages m ON m.id = s.rowid
    CROSS JOIN memberships i ON i.room = m.room AND i.user = :user
    WHERE s.search MATCH :match AND s.rowid >= :first AND s.rowid < :end AND m.deleted_at IS NULL
    AND m.created_at >= :start_time AND m.created_at < :end_time
    ORDER BY s.rowid DESC LIMIT {PAGE + 1}'''  # noqa: S608

_turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()

FROM_NUMBER = 'SELECT id, created_at FROM messages WHERE id >= ? ORDER BY id LIMIT 1'


@dataclass(frozen=True, slots=True)
class Found:
    """Messages with their snippets (HTML), newest first."""

    results: Sequence[tuple[Entry, str]]
    has_more: bool


async def search(user_id: int, query: str, before: int | None = None, zone: str = 'UTC') -> Found:
    """The newest messages that a query finds, before the message `before`. Raises Refused('too_fast').

    One at a time for each person, since the snippets of long texts take long, and others want to read, too.
    """
    rates.check_search(user_id)
    turn = _turns.setdefault(user_id, asyncio.Lock())
    async with turn:
        return await database.read(lambda: _found(user_id, query, END if before is None else before, zone))


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
    entries = history.by_id(ids[:PAGE])
    return Found([(entry, snippet(entry.text, query.terms)) for entry in entries], len(ids) > PAGE)


def _match(user_id: int, query: Query) -> str | None:
    """In FTS5's language; None for what can find nothing, alike for names that nobody has and those that are hidden."""
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
    """A beginning as the words that begin so, if they are few."""
    found = index.words_with(term.tokens[-1]) if term.is_prefix else None
    if found is None:
        return term.to_fts()
    whole = [replace(term, tokens=(*term.tokens[:-1], word), is_prefix=False) for word in found or term.tokens[-1:]]
    return f'({" OR ".join(each.to_fts() for each in whole)})'


def _any(tokens: Iterable[str]) -> str:
    found = ' OR '.join(f'"{token}"' for token in tokens)
    return f'({found})' if found else ''


def _without(sign: str, given: Iterable[str]) -> list[str]:
    """The names with and without a sign at the beginning, since both may be meant."""
    return [name for each in given for name in (each, each.removeprefix(sign))]


def _author(user_id: int, name: str) -> int | None:
    if name.lower() == 'me':
        return user_id
    user = user_named(name) or user_named(name.removeprefix('@'))
    return user.id if user else None


def _first_since(moment: datetime) -> int:
    """A number that parts the earlier messages from the later ones, but for the error of the clock; found by halves."""
    text = iso(moment)
    low, high = 0, (db.execute_sql('SELECT MAX(id) FROM messages').fetchone()[0] or -1) + 1
    while low < high:
        middle = (low + high) // 2
        number, created_at = db.execute_sql(FROM_NUMBER, (middle,)).fetchone()
        if created_at < text:
            low = number + 1
        else:
            high = middle
    return low

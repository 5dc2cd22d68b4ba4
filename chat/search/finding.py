"""Searches messages in the rooms that a user is a member of.

The query to the index names these rooms, for speed; joining its results with the memberships enforces the permission.
"""
import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar
from weakref import WeakValueDictionary

from markupsafe import Markup

import database
import limits
from accounts.actor import Actor
from chat import history, naming, rooms
from chat.entries import Entry, entries, visible
from chat.text import render
from database import db
from errors import Refused
from models import iso, user_named

from . import index
from .query import Condition, Query, Scope, Term, other_filter, parse
from .snippets import snippet

T = TypeVar('T')

PAGE = 25
END = 2**63 - 1
'''Higher than the id of any message.'''
FOUND = f'''
    SELECT m.id FROM search s CROSS JOIN messages m ON m.id = s.rowid
    CROSS JOIN memberships i ON i.room = m.room AND i.user = :user
    WHERE s.search MATCH :match AND s.rowid >= :first AND s.rowid < :end AND m.deleted_at IS NULL
    AND m.created_at >= :start_time AND m.created_at < :end_time {{days}}
    ORDER BY s.rowid DESC LIMIT {PAGE + 1}'''  # noqa: S608
LAST = '''
    SELECT m.id FROM search s CROSS JOIN messages m ON m.id = s.rowid
    WHERE s.search MATCH :match AND m.deleted_at IS NULL ORDER BY s.rowid DESC LIMIT 1'''
IN_DAY = '(m.created_at >= :{0}_start AND m.created_at < :{0}_end)'
MOST_NAMED = 40
'''Characters of a name that nobody has, as it is told.'''
MOST_AT_ONCE = 32
'''Maximum searches that run or wait at once, one per user; as many ordinary ones take a quarter of a second.'''

_turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
_under_way: set[int] = set()
'''Ids of the users whose search runs or waits for the reader thread.'''


@dataclass(frozen=True, slots=True)
class Found:
    """Messages with their snippets (HTML), newest first; and what is to be said of the query (`note`), if anything."""

    results: Sequence[tuple[Entry, Markup]]
    has_more: bool
    note: str = ''


async def search(actor: Actor, query: str, before: int | None = None, zone: str = 'UTC') -> Found:
    """The newest messages that match a query, with ids below `before`; days are those of the time zone `zone`.

    Raises Refused: 'too_fast', also if too many others are searching, 'unavailable' if it takes too long, 'invalid' for
    a filter that takes no such value.
    """
    limits.check_search(actor.user_id)
    return await _in_turn(actor.user_id, lambda: _found(actor.user_id, query, END if before is None else before, zone))


async def one(actor: Actor, message_id: int, query: str) -> tuple[Entry, Markup]:
    """A message in its current form, with its snippet for the words of a query; filters of the query are ignored.

    Raises Refused: 'not_found', 'too_fast', 'unavailable', 'invalid'.
    """
    def found() -> tuple[Entry, Markup]:
        entry = entries([visible(actor.user_id, message_id)])[0]
        return entry, snippet(render.whole(entry.text), parse(query, 'UTC').terms)

    return await _in_turn(actor.user_id, found)


async def last_of(actor: Actor, room_id: int) -> int | None:
    """The id of what the actor wrote last in a room. Raises Refused: 'not_found', 'unavailable'."""
    def query() -> int | None:
        rooms.require(actor.user_id, room_id)
        match = f'{_any([index.room(room_id)])} AND {_any([index.author(actor.user_id)])}'
        row = db.execute_sql(LAST, {'match': match}).fetchone()
        return row[0] if row else None

    return await database.read_aside(query)


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
    query, is_first = parse(text.encode(errors='ignore').decode(), zone), end == END
    names = _Names(user_id)
    match = _match(query, names)
    if match is None:
        return Found([], has_more=False, note=names.note)
    start, last = _bounds(query)
    first = history.first_since(history.moved(start, -history.CLOCK_ERROR)) if start else 0
    end = min(end, history.first_since(history.moved(last, history.CLOCK_ERROR))) if last else end
    days, moments = _days(query)
    ids = [row[0] for row in db.execute_sql(FOUND.format(days=days), {
        'user': user_id, 'match': match, 'first': first, 'end': end, **moments,
        'start_time': iso(query.start) if query.start else '', 'end_time': iso(query.end) if query.end else '~'})]
    terms = query.terms
    results = [(entry, snippet(render.whole(entry.text), terms)) for entry in history.by_id(ids[:PAGE])]
    return Found(results, len(ids) > PAGE, names.note or ('' if results or not is_first else _no_filter(text)))


def _no_filter(text: str) -> str:
    """A sentence on what only other searches filter by; '' if there is nothing of the kind."""
    name = other_filter(text)
    return f'There is no filter "{name}:"; there are from:, in:, has:, on:, before: and after:.' if name else ''


def _bounds(query: Query) -> tuple[datetime | None, datetime | None]:
    """The times between which messages are found, by all filters together."""
    starts = [query.start, min((start for start, _ in query.on), default=None)]
    ends = [query.end, max((end for _, end in query.on), default=None)]
    return max(filter(None, starts), default=None), min(filter(None, ends), default=None)


def _days(query: Query) -> tuple[str, dict[str, str]]:
    """The condition for the days on which messages were written, or not, and its parameters."""
    of = {f'{kind}{number}': span for kind, spans in (('on', query.on), ('off', query.not_on))
          for number, span in enumerate(spans)}
    on, off = (' OR '.join(IN_DAY.format(name) for name in of if name.startswith(kind)) for kind in ('on', 'off'))
    parts = [f'AND ({on})' if on else '', f'AND NOT ({off})' if off else '']
    return ' '.join(parts), {f'{name}_{edge}': iso(moment) for name, span in of.items()
                             for edge, moment in zip(('start', 'end'), span, strict=True)}


class _Names:
    """Whom and which rooms the names in a query mean to a user; those that mean nothing are kept."""

    def __init__(self, user_id: int) -> None:
        self.user_id = user_id
        self.nobody: list[str] = []
        self.nowhere: list[str] = []

    @property
    def note(self) -> str:
        """A sentence on the names that mean nothing; '' if there are none."""
        return ' '.join([*(f'There is nobody called "{_short(name)}".' for name in dict.fromkeys(self.nobody)),
                         *(f'You are in no room called "{_short(name)}".' for name in dict.fromkeys(self.nowhere))])

    def authors(self, names: Iterable[str]) -> list[str]:
        """The tokens of the authors with these names."""
        found = {name: _authors(self.user_id, name) for name in names}
        self.nobody += [name for name, ids in found.items() if not ids]
        return [index.author(number) for ids in found.values() for number in ids]

    def rooms(self, names: Iterable[str]) -> list[str]:
        """The tokens of the user's rooms with these names."""
        found = {name: rooms.called(self.user_id, _without('#', [name])) for name in names}
        self.nowhere += [name for name, ids in found.items() if not ids]
        return [index.room(number) for ids in found.values() for number in ids]

    def tokens(self, scope: Scope) -> list[str]:
        """The tokens that a filter stands for."""
        if scope.kind == 'has':
            return [index.HAS_LINK]
        return self.authors([scope.value]) if scope.kind == 'from' else self.rooms([scope.value])


def _short(name: str) -> str:
    return name if len(name) <= MOST_NAMED else f'{name[:MOST_NAMED]}…'


def _match(query: Query, names: _Names) -> str | None:
    """The query in FTS5's syntax; None if it can't match, alike for names that don't exist and that are not visible."""
    if not query:
        return None
    authors = names.authors(query.authors)
    places = names.rooms(query.rooms) if query.rooms else [index.room(number) for number in rooms.ids(names.user_id)]
    scope = _any(places)
    unwanted = [_one_of([only], names, scope) for only, *others in query.groups if not others and only.is_not]
    wanted = [_one_of(group, names, scope) for group in query.groups if len(group) > 1 or not group[0].is_not]
    if not scope or (query.authors and not authors) or not all(wanted):
        return None
    found = ' AND '.join([*wanted, *filter(None, [_any(authors)]), scope])
    unwanted = list(filter(None, unwanted))
    return f'({found}) NOT ({" OR ".join(unwanted)})' if unwanted else found


def _one_of(group: Sequence[Condition], names: _Names, scope: str) -> str:
    """The messages that fulfil a condition of a group; what a condition forbids, if it is the only one; '' for none."""
    found = [(condition, _any_term(condition.terms) if condition.scope is None else _any(names.tokens(condition.scope)))
             for condition in group]
    if len(found) == 1:
        return found[0][1]
    alternatives = [(f'({scope} NOT {match})' if match else scope) if condition.is_not else match
                    for condition, match in found]
    return _either(filter(None, alternatives))


def _any_term(terms: Iterable[Term]) -> str:
    return _either(map(_spelled_out, terms))


def _either(matches: Iterable[str]) -> str:
    found = list(dict.fromkeys(matches))
    return f'({" OR ".join(found)})' if len(found) > 1 else ''.join(found)


def _spelled_out(term: Term) -> str:
    """A term in FTS5's syntax, its prefix replaced by the words that begin with it, if they are few."""
    found = index.words_with(term.tokens[-1]) if term.is_prefix else None
    if found is None:
        return term.to_fts()
    whole = [replace(term, tokens=(*term.tokens[:-1], word), is_prefix=False) for word in found or term.tokens[-1:]]
    return _either(each.to_fts() for each in whole)


def _any(tokens: Iterable[str]) -> str:
    return _either(f'"{token}"' for token in tokens)


def _without(sign: str, given: Iterable[str]) -> list[str]:
    """Each name with and without the sign at its beginning, since both may be meant."""
    return [name for each in given for name in (each, each.removeprefix(sign))]


def _authors(user_id: int, name: str) -> list[int]:
    """Who is called so; if nobody is, all who are but for accents."""
    if name.lower() == 'me':
        return [user_id]
    user = user_named(name) or user_named(name.removeprefix('@'))
    return [user.id] if user else naming.alike(name)

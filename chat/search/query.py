"""Parses search queries: words, "phrases" and filters.

Filters are `from:NAME`, `in:ROOM`, `before:2026-01-31`, `after:2026-01-31` and `has:link`. A filter with an invalid
value is searched for as text. No query is an error.
"""
import re
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from . import words

MOST_TERMS, MOST_TOKENS, MOST_NAMES, MOST_CHARACTERS = 32, 128, 32, 2_000
'''Maximum size of a query (names: per filter); whatever exceeds it is ignored.'''
PART = re.compile(r'(?P<name>from|in|before|after|has):(?:"(?P<quoted>[^"]*)"?|(?P<value>[^\s"]+))'
                  r'|"(?P<phrase>[^"]*)"?|[^\s"]+', re.IGNORECASE)
MOST_OF_ZONE = 64
'''Characters of a time zone's name that are read; the longest name has half as many.'''
DAY = re.compile('[12][0-9]{3}-[0-9]{2}-[0-9]{2}')


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that must be adjacent; if `is_prefix`, the last one is only the beginning of a word."""

    tokens: tuple[str, ...]
    is_prefix: bool

    def to_fts(self) -> str:
        """The term as a quoted string in FTS5's syntax; tokens contain no quotes."""
        return f'"{" ".join(self.tokens)}"{" *" if self.is_prefix else ""}'


@dataclass(slots=True)
class Query:
    """A parsed query; times are from `start` (inclusive) to `end` (exclusive)."""

    terms: list[Term] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    start: datetime | None = None
    end: datetime | None = None
    has_link: bool = False

    def __bool__(self) -> bool:
        return any((self.terms, self.authors, self.rooms, self.start, self.end, self.has_link))


def parse(text: str, name_of_zone: str) -> Query:
    """Parse a query; its days are those of this time zone (an IANA name), or of UTC if there is no such zone."""
    query, zone = Query(), zone_named(name_of_zone)
    for part in PART.finditer(text[:MOST_CHARACTERS]):
        if not (part['name'] and _restrict(query, part['name'].lower(), part['quoted'] or part['value'] or '', zone)):
            _add_term(query, part)
    query.terms = list(dict.fromkeys([*map(_finished, query.terms[:-1]), *query.terms[-1:]]))
    return query


def _finished(term: Term) -> Term:
    """A single letter is a prefix only in the last term, still being typed: with so many words it takes 20 ms."""
    return Term(term.tokens, is_prefix=term.is_prefix and len(term.tokens[-1]) > 1)


def _restrict(query: Query, name: str, value: str, zone: tzinfo) -> bool:
    """Add a filter to the query; False if its value is invalid."""
    if name == 'has':
        query.has_link |= value.lower() == 'link'
        return value.lower() == 'link'
    if name in {'from', 'in'}:
        found = query.authors if name == 'from' else query.rooms
        if value.strip() and len(found) < MOST_NAMES:
            found.append(value.strip())
        return bool(value.strip())
    day = _day(value)
    if day is None:
        return False
    if name == 'before':
        query.end = min(_midnight(day, zone), query.end or datetime.max.replace(tzinfo=UTC))
    else:
        query.start = max(_midnight(day + timedelta(days=1), zone), query.start or datetime.min.replace(tzinfo=UTC))
    return True


def _day(value: str) -> datetime | None:
    try:
        return datetime.strptime(value, '%Y-%m-%d') if DAY.fullmatch(value) else None
    except ValueError:
        return None


def _midnight(day: datetime, zone: tzinfo) -> datetime:
    return day.replace(tzinfo=zone).astimezone(UTC)


def zone_named(name: str) -> tzinfo:
    """Return a time zone (an IANA name), or UTC if there is no such one."""
    try:
        return ZoneInfo(name[:MOST_OF_ZONE])
    except (ZoneInfoNotFoundError, ValueError, OSError):  # also if it is no valid file name, or that of a folder
        return UTC


def _add_term(query: Query, part: 're.Match[str]') -> None:
    left = MOST_TOKENS - sum(len(term.tokens) for term in query.terms)
    if left <= 0 or len(query.terms) >= MOST_TERMS:
        return
    if found := words.split(part[0]):
        query.terms.append(Term(tuple(found[:left]), is_prefix=part['phrase'] is None and len(found) <= left))

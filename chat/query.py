"""What people type into the search: words, "phrases", and where to look for them.

`from:NAME`, `in:ROOM`, `before:2026-01-31`, `after:2026-01-31`, `has:link`. What looks like one of these and isn't is
searched for as it stands. Nothing is an error.
"""
import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from . import words

MOST_TERMS, MOST_TOKENS, MOST_NAMES, MOST_CHARACTERS = 32, 128, 32, 10_000
'''Of a query; what comes after them does not count.'''
PART = re.compile(r'(?P<name>from|in|before|after|has):(?:"(?P<quoted>[^"]*)"?|(?P<value>[^\s"]+))'
                  r'|"(?P<phrase>[^"]*)"?|[^\s"]+', re.IGNORECASE)
DAY = re.compile('[12][0-9]{3}-[0-9]{2}-[0-9]{2}')


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that stand side by side; of the last one of a prefix only the beginning is given."""

    tokens: tuple[str, ...]
    is_prefix: bool

    def is_at(self, tokens: Sequence[str], place: int) -> bool:
        """Whether it stands at this place of a text."""
        end = place + len(self.tokens)
        if end > len(tokens) or tuple(tokens[place:end - 1]) != self.tokens[:-1]:
            return False
        last = tokens[end - 1]
        return last.startswith(self.tokens[-1]) if self.is_prefix else last == self.tokens[-1]

    def to_fts(self) -> str:
        """As a quoted string in FTS5's language; tokens have no quotes in them."""
        return f'"{" ".join(self.tokens)}"{" *" if self.is_prefix else ""}'


@dataclass(slots=True)
class Query:
    """What is looked for; times from `start` on and until `end`."""

    terms: list[Term] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    start: datetime | None = None
    end: datetime | None = None
    has_link: bool = False

    def __bool__(self) -> bool:
        return any((self.terms, self.authors, self.rooms, self.start, self.end, self.has_link))


def parse(text: str, zone: str) -> Query:
    """Read a query; its days are those of this time zone, an IANA name, or of UTC if there is no such zone."""
    query = Query()
    for part in PART.finditer(text[:MOST_CHARACTERS]):
        if not (part['name'] and _restrict(query, part['name'].lower(), part['quoted'] or part['value'] or '', zone)):
            _add_term(query, part)
    query.terms = list(dict.fromkeys([*map(_finished, query.terms[:-1]), *query.terms[-1:]]))
    return query


def _finished(term: Term) -> Term:
    """A letter by itself is a beginning only while it is typed: each beginning that so many words share takes 20 ms."""
    return Term(term.tokens, is_prefix=term.is_prefix and len(term.tokens[-1]) > 1)


def _restrict(query: Query, name: str, value: str, zone: str) -> bool:
    """Whether it is an operator with a value that makes sense."""
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


def _midnight(day: datetime, zone: str) -> datetime:
    try:
        return day.replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    except (ZoneInfoNotFoundError, ValueError, OSError):  # also for what is no file's name, or a folder's
        return day.replace(tzinfo=UTC)


def _add_term(query: Query, part: 're.Match[str]') -> None:
    found = words.split(part[0])
    left = MOST_TOKENS - sum(len(term.tokens) for term in query.terms)
    if found and left > 0 and len(query.terms) < MOST_TERMS:
        query.terms.append(Term(tuple(found[:left]), is_prefix=part['phrase'] is None and len(found) <= left))

"""Parses search queries: words, "phrases" and filters, each also with a "-" before it, or an OR between two of them.

Filters are `from:NAME`, `in:ROOM`, `has:link`, and `before:`, `after:` and `on:` with a day. What other searches
understand is not taken for the opposite here: AND, NOT and "|", other quotes and dashes, a "+", brackets.
"""
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

import names
from errors import Refused

from . import days, forms

MOST_TERMS, MOST_TOKENS, MOST_NAMES, MOST_CHARACTERS = 32, 128, 32, 2_000
'''Maximum size of a query (names: all filters by name, room and day); whatever exceeds it is ignored.'''
NAMES, DAYS, OPTIONS = frozenset({'from', 'in'}), frozenset({'before', 'after', 'on'}), ('link',)
QUOTES = dict.fromkeys(map(ord, names.QUOTES), '"')
SINGLE = re.compile(r'(?<![^\s(:-])[‘‚‛](?=\S)([^‘‚‛"]+?)[’‘](?!\w)')
'''A phrase in single quotes; as its end may look like an apostrophe, no letter follows it.'''
DASHES = r'\-−–﹣－'
FILTER = r'(?:from|in|before|after|on|has)[:：]'
OR = frozenset({'OR', '|', '||'})
OPERATORS = OR | {'AND', 'NOT'}
OTHER = re.compile(r'(?<![^\s(])[-−]?(?P<name>to|is|during|since|until|mentions|author|user|with|channel|room|'
                   r'date|type|file|filename|subject|label|pinned)[:：](?=[^\s/])', re.IGNORECASE)
'''What filters are called in other searches: here these are words, which may find nothing.'''
PART = re.compile(
    rf'(?P<minus>(?<![^\s(])[{DASHES}](?=[^\s{DASHES}=>_.,;!?)|]))?+(?:'
    r'(?P<name>from|in|before|after|on|has)[:：]'
    rf'(?:\s*+(?:"(?P<quoted>[^"]*)"?|(?!(?<=\s)[{DASHES}]|[{DASHES}]?{FILTER}|(?:OR|AND|NOT)(?!\S))(?P<value>[^\s"]+)))?'
    r'|"(?P<phrase>[^"]*)"?|(?P<number>\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?![^\s.,;!?)]))'
    r'|(?(minus)(?P<group>\([^()]*\)?)|(?!))|(?P<word>[^\s"(][^\s"]*))', re.IGNORECASE)
MOST_OF_ZONE = 64
'''Characters of a time zone's name that are read; the longest name has half as many.'''


@dataclass(frozen=True, slots=True)
class Term:
    """Tokens that must be adjacent; if `is_prefix`, the last one is only the beginning of a word."""

    tokens: tuple[str, ...]
    is_prefix: bool

    def to_fts(self) -> str:
        """The term as a quoted string in FTS5's syntax; tokens contain no quotes."""
        return f'"{" ".join(self.tokens)}"{" *" if self.is_prefix else ""}'


@dataclass(frozen=True, slots=True)
class Scope:
    """A filter that is a token of its own in the index: `kind` is 'from', 'in' or 'has'."""

    kind: str
    value: str


@dataclass(frozen=True, slots=True)
class Condition:
    """What a message must have, or, if `is_not`, must not have: one of some terms, or what a filter says."""

    terms: tuple[Term, ...] = ()
    scope: Scope | None = None
    is_not: bool = False


@dataclass(slots=True)
class Query:
    """A parsed query. Of each group a message fulfils a condition; it has one of the authors, and one of the rooms.

    Times are from `start` (inclusive) to `end` (exclusive), `on` one of these days, and `not_on` one of those.
    """

    groups: list[tuple[Condition, ...]] = field(default_factory=list)
    authors: list[str] = field(default_factory=list)
    rooms: list[str] = field(default_factory=list)
    start: datetime | None = None
    end: datetime | None = None
    on: list[days.Span] = field(default_factory=list)
    not_on: list[days.Span] = field(default_factory=list)

    def __bool__(self) -> bool:
        return any((self.groups, self.authors, self.rooms, self.start, self.end, self.on, self.not_on))

    @property
    def terms(self) -> list[Term]:
        """The terms that messages are found by."""
        wanted = [condition for group in self.groups for condition in group if not condition.is_not]
        return list(dict.fromkeys(term for condition in wanted for term in condition.terms))


@dataclass(slots=True)
class Part:
    """A word, phrase or filter as it stands in a query, and whether it was joined with the one before by OR."""

    match: 're.Match[str]'
    is_not: bool
    is_joined: bool = False

    @property
    def name(self) -> str:
        """The name of the filter, or ''."""
        return (self.match['name'] or '').lower()

    @property
    def value(self) -> str:
        """The value of the filter."""
        value = (self.match['quoted'] or self.match['value'] or '').strip()
        return value if '(' in value or self.match['quoted'] else value.rstrip(')')


def parse(text: str, name_of_zone: str) -> Query:
    """Parse a query; its days are those of this time zone (an IANA name), or of UTC if there is no such zone.

    Raises Refused('invalid') for a filter that takes no such value.
    """
    query, zone, left = Query(), zone_named(name_of_zone), _Left()
    text = text[:MOST_CHARACTERS]
    if not text.isascii():
        text = SINGLE.sub(r'"\1"', text.translate(QUOTES))
    parts = _joined(list(PART.finditer(text)))
    last = max((number for number, part in enumerate(parts) if not part.name and not part.is_not), default=None)
    is_open = False
    for number, part in enumerate(parts):
        following = parts[number + 1] if number + 1 < len(parts) else None
        if following and following.is_joined and {part.name, following.name} & DAYS:
            _check_days(part, following)
        if part.name in DAYS:
            _add_day(query, part, zone, left)
            is_open = False
        elif found := _condition(part, left, is_last=number == last):
            is_joined = part.is_joined and is_open
            is_open = bool(following and following.is_joined)
            _add(query, found, is_joined=is_joined, is_alone=not is_joined and not is_open)
    return query


def _check_days(one: Part, other: Part) -> None:
    """Raise Refused('invalid') unless both of these, which OR joins, are a day on which something was said."""
    if any(part.name != 'on' or part.is_not for part in (one, other)):
        raise Refused('invalid', 'OR joins words, "phrases", from:, in: and has:, or days that have on: before them.')


@dataclass(slots=True)
class _Left:
    """How much of a query still counts."""

    terms: int = MOST_TERMS
    tokens: int = MOST_TOKENS
    names: int = MOST_NAMES


def _joined(matches: Sequence['re.Match[str]']) -> list[Part]:
    """The parts without operators, where there is something that these can join; or else they are words."""
    parts: list[Part] = []
    is_or = is_not = False
    for number, match in enumerate(matches):
        has_next = number + 1 < len(matches)
        if match[0] == 'NOT' and (has_next or parts):
            is_not = has_next
        elif match[0] in OPERATORS and parts:
            is_or = match[0] in OR and has_next
        else:
            for inner in _within(match):
                parts.append(Part(inner, is_not != bool(match['minus'] or inner['minus']), is_or))
                is_or = False
            is_not = False
    return parts


def _within(match: 're.Match[str]') -> Iterator['re.Match[str]']:
    """A part, or those that stand in brackets: before these a "-" is meant for each."""
    if not match['group']:
        yield match
    else:
        yield from (inner for inner in PART.finditer(match['group'].strip('()')) if inner[0] not in OPERATORS)


def _condition(part: Part, left: _Left, *, is_last: bool) -> Condition | None:
    """The condition that a part is, if it is any: a filter may have no value yet, and marks are no words."""
    if not part.name:
        terms = tuple(_terms(part, left, is_last=is_last))
        return Condition(terms, is_not=part.is_not) if terms else None
    if not part.value or left.names <= 0:
        return None
    left.names -= 1
    if part.name == 'has' and part.value.lower() not in OPTIONS:
        raise Refused('invalid', f'"has:" takes {" or ".join(OPTIONS)}, as in has:link.')
    return Condition(scope=Scope(part.name, part.value), is_not=part.is_not)


def _terms(part: Part, left: _Left, *, is_last: bool) -> Iterator[Term]:
    """The spellings of a word or phrase.

    A single letter is a prefix only in the last word, still being typed: with so many words it takes 20 ms.
    """
    match = part.match
    if left.terms <= 0:
        return
    left.terms -= 1
    text = match[0].removeprefix(match['minus'] or '')
    if text[0] == '+' and text[1:2].isalpha():
        text = text[1:]
    for tokens in forms.spellings(text):
        some = tokens[:left.tokens]
        if some:
            left.tokens -= len(some)
            may_begin = len(some[-1]) > 1 or (is_last and not part.is_not)
            yield Term(tuple(some), is_prefix=match['phrase'] is None and may_begin and len(some) == len(tokens))


def _add(query: Query, found: Condition, *, is_joined: bool, is_alone: bool) -> None:
    scope = found.scope
    if is_joined:
        query.groups[-1] = (*query.groups[-1], found)
    elif is_alone and scope and scope.kind in NAMES and not found.is_not:
        (query.authors if scope.kind == 'from' else query.rooms).append(scope.value)
    elif not is_alone or (found,) not in query.groups:
        query.groups.append((found,))


def _add_day(query: Query, part: Part, zone: tzinfo, left: _Left) -> None:
    """Add a filter by a day. Raises Refused('invalid')."""
    if not part.value or left.names <= 0:
        return
    left.names -= 1
    start, end = days.span(part.name, part.value, zone)
    if part.name == 'on':
        (query.not_on if part.is_not else query.on).append((start, end))
    elif (part.name == 'before') != part.is_not:
        last = start if part.name == 'before' else end
        query.end = min(last, query.end or last)
    else:
        first = end if part.name == 'after' else start
        query.start = max(first, query.start or first)


def other_filter(text: str) -> str:
    """The first name in a query by which other searches filter, and this one does not; '' if there is none."""
    found = OTHER.search(text[:MOST_CHARACTERS])
    return found['name'].lower() if found else ''


def zone_named(name: str) -> tzinfo:
    """Return a time zone (an IANA name), or UTC if there is no such one."""
    try:
        return ZoneInfo(name[:MOST_OF_ZONE])
    except (ZoneInfoNotFoundError, ValueError, OSError):  # also if it is no valid file name, or that of a folder
        return UTC

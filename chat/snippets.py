"""What of a message is shown where it is found: safe HTML, with the hits marked."""
import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import chain, repeat, takewhile

from . import words
from .query import Term

LENGTH, LEAD = 160, 40
'''Characters in all, and before the first hit.'''
SPACE = re.compile(r'\s+')
JOINER = '\u200d'

Span = tuple[int, int]


def snippet(text: str, terms: Sequence[Term]) -> str:
    """The surroundings of the first hit, cut between words where there are any; or the beginning."""
    hits = _apart(_near(_hits(text, terms)))
    first, last = _window(text, *(hits[0] if hits else (0, 0)))
    parts: list[str] = []
    done = first
    for start, end in ((max(start, first), min(end, last)) for start, end in hits):
        if start < end:
            parts += [_html(text[done:start]), f'<mark>{_html(text[start:end])}</mark>']
            done = end
    return ''.join(['…' if first else '', *parts, _html(text[done:last]), '…' if last < len(text) else ''])


def _hits(text: str, terms: Sequence[Term]) -> Iterator[Span]:
    """Whole words, in order; no more of a long text is looked at than is asked for."""
    beginnings = tuple(term.tokens[0] for term in terms if term.is_prefix and len(term.tokens) == 1)
    others = defaultdict(list)
    for term in terms:
        others[term.tokens[0]].append(term)
    ahead = max((len(term.tokens) for term in terms), default=1) - 1
    found: list[words.Word] = []
    tokens: list[str] = []
    for place, coming in enumerate(chain(words.places(text) if terms else (), repeat(None, ahead)), -ahead):
        if coming:
            found.append(coming)
            tokens.append(coming.token)
        if not 0 <= place < len(found):
            continue
        token, start, end = found[place]
        if token.startswith(beginnings):
            yield start, end
        for term in others.get(token, ()):
            if term.is_at(tokens, place):
                yield start, found[place + len(term.tokens) - 1].end


def _near(spans: Iterator[Span]) -> Iterator[Span]:
    """Those that may be shown together with the first one."""
    first = next(spans, None)
    if first:
        yield first
        yield from takewhile(lambda span: span[0] < first[0] + LENGTH, spans)


def _apart(spans: Iterable[Span]) -> list[Span]:
    found: list[Span] = []
    for start, end in spans:
        if found and start < found[-1][1]:
            found[-1] = found[-1][0], max(end, found[-1][1])
        else:
            found.append((start, end))
    return found


def _window(text: str, start: int, end: int) -> Span:
    first = max(0, start - LEAD)
    if first:
        space = SPACE.search(text, first - 1, start)
        first = space.end() if space else _whole(text, first)
    last = min(len(text), first + LENGTH)
    if last < len(text):
        spaces = [space.start() for space in SPACE.finditer(text, end, last + 1)]
        last = spaces[-1] if spaces else _whole(text, last)
    return first, last


def _whole(text: str, place: int) -> int:
    """This place, or the next one where no character is parted from its marks."""
    while place < len(text) and (unicodedata.category(text[place])[0] == 'M' or JOINER in text[place - 1:place + 1]):
        place += 1
    return place


def _html(text: str) -> str:
    return escape(SPACE.sub(' ', text))

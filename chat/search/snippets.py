"""Snippets of found messages: safe HTML, with the hits marked."""
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from html import escape
from itertools import accumulate, islice

from markupsafe import Markup

from . import forms, words
from .query import MOST_TOKENS, Term

LENGTH, LEAD = 160, 40
'''Characters of a snippet in all, and before its first hit.'''
SPACE = re.compile(r'\s+')
JOINER = '\u200d'

Span = tuple[int, int]


def snippet(text: str, terms: Sequence[Term]) -> Markup:
    """The text around the first hit, cut at white space if there is any; without a hit, the beginning of the text."""
    hits = _apart(sorted(_all_hits(text, terms)))
    first, last = _window(text, *(hits[0] if hits else (0, 0)))
    html, done = '…' if first else '', first
    for start, end in ((max(start, first), min(end, last)) for start, end in hits):
        if start < end:
            html += f'{_html(text[done:start])}<mark>{_html(text[start:end])}</mark>'
            done = end
    return Markup(html + _html(text[done:last]) + ('…' if last < len(text) else ''))  # noqa: S704


def _all_hits(text: str, terms: Sequence[Term]) -> list[Span]:
    """The spans of terms in a text; those that are not in it as it is written are looked for in its other forms."""
    hits = list(_hits(_from_first_hit(text, terms), terms))
    there = {term for _, term in hits}
    if missing := [term for term in terms if term not in there]:
        hits += [hit for form in forms.forms(text) for hit in _hits(form, missing)]
    return list({span for span, _ in hits})


def _from_first_hit(text: str, terms: Sequence[Term]) -> list[words.Word]:
    """The words from the first hit on that a snippet may show, and the rest of hits that begin among them.

    The index does not store where in a message a token stands. So a text is split piece by piece until there is a hit,
    which is fast, and only then the positions of its words are found, which is slow.
    """
    looked_for = [_spelled(term) for term in terms]
    reach = max(map(len, looked_for), default=0)
    seen, begun = ' ', list[tuple[int, int]]()
    for start, tokens in words.pieces(text) if terms else ():
        begun.append((seen.count(' ') - 1, start))
        since = max(0, len(seen) - reach)
        seen += ''.join(f'{token} ' for token in tokens)
        hit = min((at for each in looked_for if (at := seen.find(each, since)) >= 0), default=-1)
        if hit >= 0:
            return _some_from(text, begun, seen.count(' ', 0, hit))
        if len(seen) > 2 * words.MOST_DECOMPOSED:
            break
    return []


def _some_from(text: str, begun: Sequence[tuple[int, int]], number: int) -> list[words.Word]:
    """The words from token `number` on; `begun` has the first token's number and the position of each piece."""
    passed, start = next(piece for piece in reversed(begun) if piece[0] <= number)
    found = islice(words.places(text[start:]), number - passed, number - passed + LENGTH + MOST_TOKENS)
    return [words.Word(token, start + begin, start + end) for token, begin, end in found]


def _hits(found: Sequence[words.Word], terms: Sequence[Term]) -> Iterator[tuple[Span, Term]]:
    """The spans of terms that begin within LENGTH characters of the first word, and which term each is."""
    text = ''.join([' ', *(f'{word.token} ' for word in found)])
    numbers = {at: number for number, at in enumerate(accumulate((len(word.token) + 1 for word in found), initial=0))}
    for term in terms:
        at = text.find(_spelled(term))
        while at >= 0 and found[numbers[at]].start < found[0].start + LENGTH:
            yield (found[numbers[at]].start, found[numbers[at] + len(term.tokens) - 1].end), term
            at = text.find(_spelled(term), at + 1)


def _spelled(term: Term) -> str:
    """A term as it appears in tokens joined by spaces; no space follows a prefix, since the word goes on."""
    return f' {" ".join(term.tokens)}{"" if term.is_prefix else " "}'


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
    """This position, or the next one that does not separate a character from its marks or its zero-width joiner."""
    while place < len(text) and (unicodedata.category(text[place])[0] == 'M' or JOINER in text[place - 1:place + 1]):
        place += 1
    return place


def _html(text: str) -> str:
    """Escape with html.escape, as programs have always received it: markupsafe writes quotes as other references."""
    return escape(SPACE.sub(' ', text))

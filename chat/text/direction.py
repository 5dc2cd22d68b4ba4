"""Keeps words from left to right together in texts from right to left, where "--help" would be read as "help--".

What begins and ends with letters keeps its order by itself, so only what begins or ends with a sign is set apart; with
the words around it, since `git commit --amend` is read from left to right as a whole.
"""
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from markdown_it.token import Token

from .addresses import closed
from .scripts import RTL

_IS_RTL = re.compile(f'[{RTL}]')
_RUN = re.compile(rf'[^\s{RTL}]++(?:[ \t]++[^\s{RTL}]++)*+')
_WORD = re.compile(r'\S++')
_AROUND = re.compile(r'(?:[^\w\s]{,8}+[ \t]++|["\'(\[{])*+')
'''What stands before words and is none of them.'''
_NEEDS = re.compile(r'(?=.*[A-Za-z])(?:[^\w\s]|.*[^\w\s]\Z)|[+\u2212-]\d')
'''What begins or ends with a sign, and has Latin letters or is a number.'''
_PREFIXED = re.compile(rf'(?<=[{RTL}])(?:[.,:;!?/]|-(?!-))')
'''The hyphen of a word such as "ב-C++", or the end of a sentence.'''


def is_rtl(text: str) -> bool:
    """Whether a text has letters of a script that is written from right to left."""
    return not text.isascii() and bool(_IS_RTL.search(text))


def apart(pieces: Sequence[Token]) -> Iterator[Token]:
    """The tokens of a paragraph, with such words as tokens of their own, of the type 'ltr'."""
    for is_text, found in groupby(pieces, lambda piece: piece.type == 'text'):
        if is_text:
            yield from _words_apart(''.join(piece.content for piece in found))
        else:
            yield from found


def _words_apart(text: str) -> Iterator[Token]:
    done = 0
    for start, end in _cores(text):
        if _NEEDS.match(text[start:end]):
            yield Token('text', '', 0, content=text[done:start])
            yield Token('ltr', 'bdi', 0, content=text[start:end])
            done = end
    yield Token('text', '', 0, content=text[done:])


def _cores(text: str) -> Iterator[tuple[int, int]]:
    """The positions of words in sequence from left to right, without the punctuation and brackets around them."""
    for begin, end in _runs(text):
        stop = begin
        while stop < end:
            start = min(_AROUND.match(text, stop, end).end(), end - 1)  # type: ignore[union-attr]  # it matches '', too
            stop = max(closed(text, start, end), start + 1)
            yield start, start + len(_ended(text[start:stop]))


def _runs(text: str) -> Iterator[tuple[int, int]]:
    """Sequences of words from left to right; at the beginning of a line each word, since they decide its direction."""
    for run in _RUN.finditer(text):
        start, end = run.span()
        start += bool(_PREFIXED.match(text, start))
        end -= bool(text[end - 1] == '-' and _IS_RTL.match(text, end))
        is_first = not text[text.rfind('\n', 0, start) + 1:start].strip()
        yield from (word.span() for word in _WORD.finditer(text, start, end)) if is_first else [(start, end)]


def _ended(words: str) -> str:
    """Words without punctuation at their end."""
    words = words.rstrip('"\'.,:;!? \t')
    while ' ' in words and not re.search(r'\w', last := words.rpartition(' ')[2]):
        words = words[:-len(last)].rstrip('"\'.,:;!? \t')
    return words

"""Keeps words from left to right together in texts from right to left, where "--help" would be read as "help--"."""
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from markdown_it.token import Token

from .scripts import RTL

IS_RTL = re.compile(f'[{RTL}]')
_SIGNED = rf'[^\w\s"\'(){RTL}]+[^\s{RTL}]*?\w'
_ENDING = rf'[A-Za-z][^\s{RTL}]*?[+#)}}\]>=*/$%-]+'
_WORD = re.compile(rf'(?<![^\s(\["\'])(?=[^\s{RTL}]*[A-Za-z])(?:{_SIGNED}|{_ENDING})(?=[\])"\'.,:;!?]*(?:\s|\Z))')
'''A word with Latin letters that begins or ends with a sign, such as "--help" or "C++".'''


def apart(pieces: Sequence[Token]) -> Iterator[Token]:
    """The tokens of a paragraph, with such words as tokens of their own, of the type 'ltr'."""
    for is_text, found in groupby(pieces, lambda piece: piece.type == 'text'):
        if is_text:
            yield from _words_apart(''.join(piece.content for piece in found))
        else:
            yield from found


def _words_apart(text: str) -> Iterator[Token]:
    done = 0
    for word in _WORD.finditer(text):
        yield Token('text', '', 0, content=text[done:word.start()])
        yield Token('ltr', 'bdi', 0, content=word[0])
        done = word.end()
    yield Token('text', '', 0, content=text[done:])

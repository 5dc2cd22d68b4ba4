"""Splits texts and queries into the tokens that search compares.

Words are runs of letters, digits and their marks. In scripts that are written without spaces each character is a token,
so that a query of several characters is a phrase, which finds any part of a text. Symbols are tokens, too, so that
"c++" and an emoji can be found. All other characters, and those of Markdown, only separate tokens.
"""
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby, islice
from typing import NamedTuple

import names
from chat.text.scripts import UNSPACED

VERSION = f'3 {unicodedata.unidata_version}'
'''Version of these rules: under another one, or another version of Unicode, a text may have other tokens.'''
MARKDOWN = '*_`~'
SIGNS = '#@'
'''Punctuation whose characters are tokens, as symbols are.'''
OPTIONAL = ((0x300, 0x36f), (0x591, 0x5bd), (0x5bf, 0x5bf), (0x5c1, 0x5c2), (0x5c4, 0x5c5), (0x5c7, 0x5c7),
            (0x610, 0x61a), (0x640, 0x640), (0x64b, 0x65f), (0x670, 0x670), (0x6d6, 0x6dc), (0x6df, 0x6e8),
            (0x6ea, 0x6ed), (0xad, 0xad), (0x200c, 0x200f), (0x2060, 0x2064), (0xfeff, 0xfeff), *names.INVISIBLE)
'''Optional in writing, so folding removes them: accents, Hebrew points, Arabic vowels and long bars, the invisible.'''


SAME = {0x64a: '\u06cc', 0x649: '\u06cc', 0x643: '\u06a9', 0x6aa: '\u06a9'}
'''Letters that are one for who reads them, and two for keyboards: Persian and Arabic yeh and kaf.'''
MODIFIERS = '\u02bb\u02bc'
'''Apostrophes that Unicode counts among letters; keyboards in Kyiv and Honolulu have others.'''
FOLDED_AT_ONCE, APART_FROM_ALL = 256, '\n'
'''Words folded in one call, since a call costs more than its work, and the separator between them.'''
PIECE = 256
'''Minimum characters of a piece of text that is split at once, where only the beginning may be needed.'''
MOST_DECOMPOSED = 12_000
'''Maximum characters of a decomposed text: 4,000 in Korean become so many. Only a text made to be long has more ("ﷺ"
becomes 18); what exceeds the limit is not found.'''
MOST_MARKS = 30
'''Maximum marks on one letter, as in Unicode's Stream-Safe Text Format (UAX 15, section 13): sorting more is slow.'''


class Word(NamedTuple):
    """A token, and its position in the text."""

    token: str
    start: int
    end: int


def split(text: str) -> list[str]:
    """The tokens of a text, folded, so that case and accents make no difference."""
    if text.isascii():
        return ASCII.findall(text.lower())
    return TOKEN.findall(_folded(text))


def places(text: str) -> Iterator[Word]:
    """The tokens with their positions; the tokens of one character, as of "½", have the same position."""
    if text.isascii():
        yield from (Word(match[0], *match.span()) for match in ASCII.finditer(text.lower()))
        return
    matches = TOKEN.finditer(text)
    while some := list(islice(matches, FOLDED_AT_ONCE)):
        folded = _folded(APART_FROM_ALL.join(match[0] for match in some)).split(APART_FROM_ALL)
        for match, each in zip(some, folded, strict=False):
            yield from (Word(token, *match.span()) for token in TOKEN.findall(each))


def pieces(text: str) -> Iterator[tuple[int, list[str]]]:
    """Split a text piece by piece: where each piece begins, and its tokens; together they are those of the text."""
    start = 0
    while start < len(text):
        beginning = BEGINNING.search(text, start + PIECE)
        end = beginning.start() if beginning else len(text)
        yield start, split(text[start:end])
        start = end


def _folded(text: str) -> str:
    """Case folding and NFKD (Unicode, section 3.13), without OPTIONAL characters.

    Decomposed, so that a Korean syllable is found while its last letters are still missing; but "ga" is not "ka" in
    Japanese, where a mark makes another letter, so these pairs are composed again.
    """
    plain = MANY_MARKS.sub(r'\1', text)
    if APART.search(plain):
        plain = plain.translate(SET_APART)
    plain = _decomposed(plain)[:MOST_DECOMPOSED]
    plain = _decomposed(plain.casefold())
    plain = OPTIONAL_ONES.sub(lambda match: names.PLAIN.get(match[0], ''), plain)
    plain = SAME_ONES.sub(lambda match: SAME_OR_DIGIT[ord(match[0])], plain)
    return VOICED.sub(lambda match: _voiced(match[0]), plain)


@cache
def _voiced(pair: str) -> str:
    return unicodedata.normalize('NFC', pair)


def _decomposed(text: str) -> str:
    return unicodedata.normalize('NFKD', text)


def _is_symbol(code: int) -> bool:
    """Whether it is a symbol, or newer than this Python's Unicode tables (category Cn)."""
    return chr(code) not in MARKDOWN and unicodedata.category(chr(code)) in {'Sc', 'Sk', 'Sm', 'So', 'Cn'}


def _is_apart(code: int) -> bool:
    letter = chr(code)
    return (unicodedata.decomposition(letter) != '' and _is_symbol(code)
            and any(map(str.isalnum, _decomposed(letter))))


def _ranges(belongs: Callable[[int], bool], codes: range) -> Iterator[tuple[int, int]]:
    for is_one, group in groupby(codes, belongs):
        found = list(group)
        if is_one:
            yield found[0], found[-1]


def _inside(ranges: Iterable[tuple[int, int]]) -> str:
    """The ranges as the inside of a regular expression's brackets."""
    return ''.join(f'{re.escape(chr(first))}-{re.escape(chr(last))}' for first, last in ranges)


UNSPACED_ONES = _inside(UNSPACED)
LETTER = rf'[^\W_{MODIFIERS}{UNSPACED_ONES}]'
MARK = f'[{names.MARKS}{_inside(OPTIONAL)}\u0e33\u0eb3\uff9e\uff9f]'
'''Combining marks, OPTIONAL characters, and four letters that fold to a mark and something else.'''
SYMBOL = f'[{SIGNS}{_inside(_ranges(_is_symbol, range(0x10000)))}\U00010000-\U0001fbff]'
'''From U+10000 on the whole range, since TOKEN tries letters first, and a long list of ranges is slow to match.'''
TOKEN = re.compile(rf'[{UNSPACED_ONES}]{MARK}*+|{LETTER}++(?:{MARK}++{LETTER}*+)*+|{SYMBOL}')
BEGINNING = re.compile(rf'[\s{UNSPACED_ONES}](?<!{MARK})|{SYMBOL}(?<!\w)(?<!{MARK})')
'''A position where no token continues, whatever precedes it.'''
MANY_MARKS = re.compile(f'({MARK}{{{MOST_MARKS}}}){MARK}++')
ASCII = re.compile(r'[a-z0-9]+|[#@$+<=>^|]')
'''The same tokens as TOKEN for an ASCII text in lower case, and faster.'''
SET_APART = {code: f' {chr(code)} ' for code in range(0x1fc00) if _is_apart(code)}
'''Puts spaces around symbols that fold to letters, as "™" does, and would join the word beside them.'''
APART = re.compile(f"[{''.join(map(chr, SET_APART))}]")
OPTIONAL_ONES = re.compile(f"[{_inside(OPTIONAL)}{''.join(names.PLAIN)}]")
SAME_OR_DIGIT = SAME | {
    code: str(unicodedata.digit(chr(code))) for code in range(0x600, 0x10000)
    if unicodedata.category(chr(code)) == 'Nd' and not any(first <= code <= last for first, last in UNSPACED)}
'''Digits of all scripts are one, but for those of scripts whose characters are tokens by themselves.'''
SAME_ONES = re.compile(f"[{''.join(map(chr, SAME_OR_DIGIT))}]")
VOICED = re.compile('[\u3041-\u30ff][\u3099\u309a]')

"""How texts and queries are split into what search compares.

Words are runs of letters, digits and their marks. Scripts that are written without spaces have no such runs: each of
their characters stands alone, so that a query of several is a phrase, which finds any part of a text. Symbols stand
alone, too, so that "c++" and an emoji can be found. Everything else only separates, as does what Markdown is made of.
"""
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from itertools import groupby, islice
from typing import NamedTuple

import names

VERSION = f'1 {unicodedata.unidata_version}'
'''Of these rules: texts may be split otherwise under another one, also by another version of Unicode.'''
MARKDOWN = '*_`~'
SIGNS = '#@'
'''Punctuation that stands for itself, as symbols do.'''
UNSPACED = ((0xe01, 0xe3a), (0xe40, 0xe4e), (0xe81, 0xece), (0xedc, 0xedf), (0x1000, 0x1049), (0x1050, 0x109d),
            (0x1780, 0x17d3), (0x1950, 0x19df), (0x1a20, 0x1aad), (0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x3035),
            (0x3041, 0x309f), (0x30a1, 0x30fa), (0x30fc, 0x30ff), (0x3105, 0x312f), (0x31a0, 0x31bf), (0x31f0, 0x31ff),
            (0x3400, 0x4dbf), (0x4e00, 0x9fff), (0xa9e0, 0xa9fe), (0xaa60, 0xaadd), (0xf900, 0xfaff), (0xff66, 0xff9d),
            (0x1aff0, 0x1b16f), (0x20000, 0x3ffff))
'''Thai, Lao, Burmese, Khmer, Tai; Japanese and Chinese.'''
OPTIONAL = ((0x300, 0x36f), (0x591, 0x5bd), (0x5bf, 0x5bf), (0x5c1, 0x5c2), (0x5c4, 0x5c5), (0x5c7, 0x5c7),
            (0x610, 0x61a), (0x640, 0x640), (0x64b, 0x65f), (0x670, 0x670), (0x6d6, 0x6dc), (0x6df, 0x6e8),
            (0x6ea, 0x6ed), (0xad, 0xad), (0x200c, 0x200f), (0x2060, 0x2064), (0xfeff, 0xfeff), *names.INVISIBLE)
'''What people write or leave out: accents, Hebrew points, Arabic vowels and long bars, and what is not seen.'''
PLAIN = {'ø': 'o', 'đ': 'd', 'ł': 'l', 'ħ': 'h', 'ı': 'i', 'æ': 'ae', 'œ': 'oe'}
'''Letters whose stroke is no mark of its own.'''


FOLDED_AT_ONCE, APART_FROM_ALL = 256, '\n'
'''Words, since folding takes longer to begin than to do.'''


class Word(NamedTuple):
    """A token, and where in the text it stands."""

    token: str
    start: int
    end: int


def split(text: str) -> list[str]:
    """The tokens of a text: folded, so that neither case nor accents count."""
    if text.isascii():
        return ASCII.findall(text.lower())
    return TOKEN.findall(_folded(text))


def places(text: str) -> Iterator[Word]:
    """The tokens with their places; what folds to several, as "½" does, has one place for all of them."""
    if text.isascii():
        yield from (Word(match[0], *match.span()) for match in ASCII.finditer(text.lower()))
        return
    matches = TOKEN.finditer(text)
    while some := list(islice(matches, FOLDED_AT_ONCE)):
        folded = _folded(APART_FROM_ALL.join(match[0] for match in some)).split(APART_FROM_ALL)
        for match, each in zip(some, folded, strict=True):
            yield from (Word(token, *match.span()) for token in TOKEN.findall(each))


def _folded(text: str) -> str:
    """Case folding and NFKD (Unicode, section 3.13) without what is optional.

    Decomposed, so that a Korean syllable is found while its last letters are still missing; but "ga" is not "ka" in
    Japanese, where a mark makes another letter.
    """
    plain = _decomposed(_decomposed(APART.sub(r' \g<0> ', text)).casefold())
    plain = OPTIONAL_ONES.sub(lambda match: PLAIN.get(match[0], ''), plain)
    return VOICED.sub(lambda match: unicodedata.normalize('NFC', match[0]), plain)


def _decomposed(text: str) -> str:
    return unicodedata.normalize('NFKD', text)


def _is_symbol(code: int) -> bool:
    """Also what is newer than this Python's tables."""
    return chr(code) not in MARKDOWN and unicodedata.category(chr(code)) in {'Sc', 'Sk', 'Sm', 'So', 'Cn'}


def _is_apart(code: int) -> bool:
    return _is_symbol(code) and any(map(str.isalnum, _decomposed(chr(code))))


def _ranges(belongs: Callable[[int], bool], codes: range) -> Iterator[tuple[int, int]]:
    for is_one, group in groupby(codes, belongs):
        found = list(group)
        if is_one:
            yield found[0], found[-1]


def _inside(ranges: Iterable[tuple[int, int]]) -> str:
    """The inside of a regular expression's brackets."""
    return ''.join(f'{re.escape(chr(first))}-{re.escape(chr(last))}' for first, last in ranges)


UNSPACED_ONES = _inside(UNSPACED)
LETTER = rf'[^\W_{UNSPACED_ONES}]'
MARK = f'[{names.MARKS}{_inside(OPTIONAL)}\u0e33\u0eb3\uff9e\uff9f]'
'''Also four letters that fold to a mark and something else.'''
SYMBOL = f'[{SIGNS}{_inside(_ranges(_is_symbol, range(0x10000)))}\U00010000-\U0001fbff]'
'''Beyond the first 65,536 all that is no letter, for a long list is looked through slowly.'''
TOKEN = re.compile(rf'[{UNSPACED_ONES}]{MARK}*+|{LETTER}++(?:{MARK}++{LETTER}*+)*+|{SYMBOL}')
ASCII = re.compile(r'[a-z0-9]+|[#@$+<=>^|]')
'''The same for lower case, and faster.'''
APART = re.compile(f'[{_inside(_ranges(_is_apart, range(0x1fc00)))}]')
'''Symbols that would fold to letters, as "™" does, and stick to the word beside them.'''
OPTIONAL_ONES = re.compile(f"[{_inside(OPTIONAL)}{''.join(PLAIN)}]")
VOICED = re.compile('[\u3041-\u30ff][\u3099\u309a]')

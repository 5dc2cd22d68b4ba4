"""Adds the search index, with a copy of the rules for splitting words of that version."""
import re
import sqlite3
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from itertools import groupby

SCHEMA = '''
CREATE VIRTUAL TABLE search
USING fts5(tokens, content="", prefix="1 2 3", tokenize="ascii tokenchars '#@$+<=>^|'");
CREATE VIRTUAL TABLE search_words USING fts5vocab(search, instance)
'''
'''The text that is indexed is already split into tokens, so FTS5's tokenizer only has to split it at spaces.'''
VERSION = f'1 2 {unicodedata.unidata_version}'
'''Version of the tokens; a server that needs another one rebuilds the index when it starts.'''
SCOPE = '\ue000'
LINK = re.compile(r'https?://[^\s/]', re.IGNORECASE)
MARKDOWN, SIGNS = '*_`~', '#@'
UNSPACED = ((0xe01, 0xe3a), (0xe40, 0xe4e), (0xe81, 0xece), (0xedc, 0xedf), (0x1000, 0x1049), (0x1050, 0x109d),
            (0x1780, 0x17d3), (0x1950, 0x19df), (0x1a20, 0x1aad), (0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x3035),
            (0x3041, 0x309f), (0x30a1, 0x30fa), (0x30fc, 0x30ff), (0x3105, 0x312f), (0x31a0, 0x31bf), (0x31f0, 0x31ff),
            (0x3400, 0x4dbf), (0x4e00, 0x9fff), (0xa9e0, 0xa9fe), (0xaa60, 0xaadd), (0xf900, 0xfaff), (0xff66, 0xff9d),
            (0x1aff0, 0x1b16f), (0x20000, 0x3ffff))
OPTIONAL = ((0x300, 0x36f), (0x591, 0x5bd), (0x5bf, 0x5bf), (0x5c1, 0x5c2), (0x5c4, 0x5c5), (0x5c7, 0x5c7),
            (0x610, 0x61a), (0x640, 0x640), (0x64b, 0x65f), (0x670, 0x670), (0x6d6, 0x6dc), (0x6df, 0x6e8),
            (0x6ea, 0x6ed), (0xad, 0xad), (0x200c, 0x200f), (0x2060, 0x2064), (0xfeff, 0xfeff), (0x34f, 0x34f),
            (0x115f, 0x1160), (0x17b4, 0x17b5), (0x180b, 0x180f), (0x2065, 0x2065), (0x2800, 0x2800), (0x3164, 0x3164),
            (0xfe00, 0xfe0f), (0xffa0, 0xffa0), (0xfff0, 0xfff8), (0x1d159, 0x1d159), (0xe0000, 0xe0fff))
PLAIN = {'ø': 'o', 'đ': 'd', 'ł': 'l', 'ħ': 'h', 'ı': 'i', 'æ': 'ae', 'œ': 'oe'}
MOST_DECOMPOSED, MOST_MARKS = 12_000, 30


def up(connection: sqlite3.Connection) -> None:
    """Create the index, and add the tokens of all existing messages."""
    for statement in SCHEMA.split(';'):
        connection.execute(statement)
    found = connection.execute('SELECT id, room, author, body FROM messages WHERE deleted_at IS NULL')
    connection.executemany('INSERT INTO search (rowid, tokens) VALUES (:id, :tokens)',
                           ({'id': row[0], 'tokens': _tokens(*row[1:])} for row in found))
    connection.execute("INSERT INTO search (search) VALUES ('optimize')")
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('search', :version)", {'version': VERSION})


def _tokens(room_id: int, author_id: int, body: str) -> str:
    links = [f'{SCOPE}l'] if LINK.search(body) else []
    return ' '.join([f'{SCOPE}r{room_id}', f'{SCOPE}a{author_id}', *links, *_split(body)])


def _split(text: str) -> list[str]:
    return ASCII.findall(text.lower()) if text.isascii() else TOKEN.findall(_folded(text))


def _folded(text: str) -> str:
    plain = MANY_MARKS.sub(r'\1', text)
    if APART.search(plain):
        plain = plain.translate(SET_APART)
    plain = _decomposed(plain)[:MOST_DECOMPOSED]
    plain = _decomposed(plain.casefold())
    plain = OPTIONAL_ONES.sub(lambda match: PLAIN.get(match[0], ''), plain)
    return VOICED.sub(lambda match: _voiced(match[0]), plain)


@cache
def _voiced(pair: str) -> str:
    return unicodedata.normalize('NFC', pair)


def _decomposed(text: str) -> str:
    return unicodedata.normalize('NFKD', text)


def _marks() -> Iterator[tuple[int, int]]:
    return _ranges(lambda code: unicodedata.category(chr(code))[0] == 'M', range(0x300, 0x1f000))


def _is_symbol(code: int) -> bool:
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
    return ''.join(f'{re.escape(chr(first))}-{re.escape(chr(last))}' for first, last in ranges)


UNSPACED_ONES = _inside(UNSPACED)
LETTER = rf'[^\W_{UNSPACED_ONES}]'
MARK = f'[{_inside(_marks())}{_inside(OPTIONAL)}\u0e33\u0eb3\uff9e\uff9f]'
SYMBOL = f'[{SIGNS}{_inside(_ranges(_is_symbol, range(0x10000)))}\U00010000-\U0001fbff]'
TOKEN = re.compile(rf'[{UNSPACED_ONES}]{MARK}*+|{LETTER}++(?:{MARK}++{LETTER}*+)*+|{SYMBOL}')
MANY_MARKS = re.compile(f'({MARK}{{{MOST_MARKS}}}){MARK}++')
ASCII = re.compile(r'[a-z0-9]+|[#@$+<=>^|]')
SET_APART = {code: f' {chr(code)} ' for code in range(0x1fc00) if _is_apart(code)}
APART = re.compile(f"[{''.join(map(chr, SET_APART))}]")
OPTIONAL_ONES = re.compile(f"[{_inside(OPTIONAL)}{''.join(PLAIN)}]")
VOICED = re.compile('[\u3041-\u30ff][\u3099\u309a]')

"""What a character is to the syntax of messages: part of a word, and of a script that is written without spaces."""
import re
import unicodedata

UNSPACED = ((0xe01, 0xe3a), (0xe40, 0xe4e), (0xe81, 0xece), (0xedc, 0xedf), (0x1000, 0x1049), (0x1050, 0x109d),
            (0x1780, 0x17d3), (0x1950, 0x19df), (0x1a20, 0x1aad), (0x3005, 0x3007), (0x3021, 0x3029), (0x3031, 0x3035),
            (0x3041, 0x309f), (0x30a1, 0x30fa), (0x30fc, 0x30ff), (0x3105, 0x312f), (0x31a0, 0x31bf), (0x31f0, 0x31ff),
            (0x3400, 0x4dbf), (0x4e00, 0x9fff), (0xa9e0, 0xa9fe), (0xaa60, 0xaadd), (0xf900, 0xfaff), (0xff66, 0xff9d),
            (0x1aff0, 0x1b16f), (0x20000, 0x3ffff))
'''Code points of scripts written without spaces: Thai, Lao, Burmese, Khmer, Tai; Japanese and Chinese.'''
HANGUL = ((0x1100, 0x11ff), (0x3131, 0x318e), (0xac00, 0xd7a3))
'''Korean has spaces, but what belongs to a word follows it without one.'''
JOINED = ''.join(f'{chr(first)}-{chr(last)}' for first, last in (*UNSPACED, *HANGUL))
'''Scripts in which a word may follow another without a space, as ranges for a regular expression's brackets.'''
WIDE = ('\u3000-\u3004\u3008-\u3020\u3030\u303d\u30fb\ufe30-\ufe4f\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40'
        '\uff5b-\uff65')
'''Punctuation of scripts without spaces, as ranges for a regular expression's brackets.'''
RTL = '\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff'
'''Scripts that are written from right to left, as ranges for a regular expression's brackets.'''

_JOINED = re.compile(f'[{JOINED}{WIDE}]')


def is_word(character: str) -> bool:
    """Whether a character is a letter, a digit or a mark on one."""
    return character.isalnum() or unicodedata.category(character)[0] == 'M'


def is_joined(character: str) -> bool:
    """Whether words may follow this character without a space, as they do in such a script, and its punctuation."""
    return bool(_JOINED.match(character))

"""Rules for names: valid usernames, when two names are equal or look alike, and how room names are sorted."""
import re
import unicodedata
from functools import lru_cache

import skeletons
from errors import Refused

LENGTH = 32
LONGEST_COMPARED = 1_000
'''Characters up to which a name is normalized, which takes quadratic time for misordered marks. No name is longer.'''
EVERYONE = frozenset({'everyone', 'all', 'channel', 'here'})
'''Words that call everyone, most of them by the habits of other chats.'''
RESERVED = EVERYONE | {'me', 'admin', 'administrator', 'system', 'chatroom', 'deleted'}
'''Names that no new account may have: each is taken for all, for nobody, or for who runs the chat.'''
SURROGATE = re.compile('[\ud800-\udfff]')
INVISIBLE = [(0x34f, 0x34f), (0x115f, 0x1160), (0x17b4, 0x17b5), (0x180b, 0x180f), (0x2065, 0x2065), (0x2800, 0x2800),
             (0x3164, 0x3164), (0xfe00, 0xfe0f), (0xffa0, 0xffa0), (0xfff0, 0xfff8), (0x1d159, 0x1d159),
             (0xe0000, 0xe0fff)]
'''Ranges of letters, marks and symbols that show nothing (most are Unicode's Default_Ignorable_Code_Point): with them
one name could pass for another.'''

BLANK = {'Zs', 'Zl', 'Zp', 'Cc', 'Cf', 'Cs'}
'''Unicode categories of characters that show nothing by themselves.'''
TURNING = [0x61c, 0x200e, 0x200f, *range(0x202a, 0x202f), *range(0x2066, 0x206a)]
'''Unicode's Bidi_Control characters, which would also change the direction of the text after a name.'''
CONTROLS = {code: None for code in [*range(0x20), *range(0x7f, 0xa0), *TURNING] if not chr(code).isspace()}


PLAIN = {'ø': 'o', 'đ': 'd', 'ł': 'l', 'ħ': 'h', 'ı': 'i', 'æ': 'ae', 'œ': 'oe'}
'''Replacements for letters that NFKD does not decompose, such as those with a stroke.'''
ALIKE = {letter: plain for letter, _, plain in (pair.partition(':') for pair in (
    'ß:ss ς:σ ð:d þ:th ŋ:n ŧ:t ƀ:b ɓ:b ɗ:d ǥ:g ɨ:i ƙ:k ƚ:l ƶ:z ƴ:y ґ:г ’:\' ‘:\' ʼ:\' “:" ”:" „:" ‐:- –:- —:- −:- '
    'ک:ك ی:ي ى:ي ە:ه ة:ه ھ:ه ہ:ه ـ: ٠:0 ١:1 ٢:2 ٣:3 ٤:4 ٥:5 ٦:6 ٧:7 ٨:8 ٩:9 ۰:0 ۱:1 ۲:2 ۳:3 ۴:4 ۵:5 ۶:6 ۷:7 ۸:8 ۹:9 '
    'ᆨ:ᄀ ᆩ:ᄁ ᆪ:ᄀᄉ ᆫ:ᄂ ᆬ:ᄂᄌ ᆭ:ᄂᄒ ᆮ:ᄃ ᆯ:ᄅ ᆰ:ᄅᄀ ᆱ:ᄅᄆ ᆲ:ᄅᄇ ᆳ:ᄅᄉ ᆴ:ᄅᄐ ᆵ:ᄅᄑ ᆶ:ᄅᄒ ᆷ:ᄆ ᆸ:ᄇ ᆹ:ᄇᄉ ᆺ:ᄉ ᆻ:ᄊ ᆼ:ᄋ '
    'ᆽ:ᄌ ᆾ:ᄎ ᆿ:ᄏ ᇀ:ᄐ ᇁ:ᄑ ᇂ:ᄒ ᅪ:ᅩᅡ ᅫ:ᅩᅢ ᅬ:ᅩᅵ ᅯ:ᅮᅥ ᅰ:ᅮᅦ ᅱ:ᅮᅵ ᅴ:ᅳᅵ').split())}
'''What more is alike to who looks for a name: letters that others have no key for, quotes, dashes, the forms of letters
and digits in Arabic, Persian and Urdu; and Hangul by its keys, so that half a syllable begins the whole one.'''
FOUND_AS = PLAIN | ALIKE
QUOTES = '"“”„‟«»‹›「」『』《》〈〉⟨⟩｢｣〝〞〟＂'
'''Quotes that stand around phrases, and around names of several words, where something is looked for.'''
ACCENTS = re.compile('[\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a'
                     '\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u0711\u0730-\u074a'
                     '\u08d3-\u08e1\u08e3-\u08ff\u1ab0-\u1abe\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f]')
'''Marks without which a word is found, too: accents, and the vowel points of Hebrew and Arabic. In other scripts, as
Devanagari, Thai and Japanese, marks are vowels and sounds that nobody leaves out: they stay.'''
SIGNS = re.compile('(^| )[#@ ]+')
'''The signs that we show before names: at the beginning of words.'''
NUMBER = re.compile(r'\d+')
KEYS_KEPT, FOLDED_KEPT = 4_096, 32_768
'''Room names whose keys are cached, as each list of rooms is sorted by them; names that are cached folded, as all
people of a large server are looked through for what is typed.'''


def _marks() -> str:
    """Return all combining marks as ranges for a regular expression's brackets, since "\\w" does not match them."""
    marks = [code for code in range(0x300, 0x1f000) if unicodedata.category(chr(code))[0] == 'M']
    starts = [code for code in marks if unicodedata.category(chr(code - 1))[0] != 'M']
    ends = [code for code in marks if unicodedata.category(chr(code + 1))[0] != 'M']
    return ''.join(f'{chr(start)}-{chr(end)}' for start, end in zip(starts, ends, strict=True))


MARKS = _marks()
MARKED = re.compile(f'[{MARKS}]+$')
WITHIN = '._-'
'''What a username may have besides letters and digits, but neither begin nor end with, for there a sentence does.'''


def key(name: str) -> str:
    """Return a key that equal names share: NFKC and case folding (Unicode, section 3.13, NFKC_Casefold)."""
    if len(name) > LONGEST_COMPARED:
        return name
    return unicodedata.normalize('NFKC', unicodedata.normalize('NFKC', name).casefold())


@lru_cache(KEYS_KEPT)
def look_key(name: str) -> str:
    """Return a key that room names share if they look alike: joiners and variation selectors are left out.

    What they stood between may then be one character, or one space.
    """
    shown = ''.join(character for character in key(name) if character == ' ' or is_visible(character))
    return ' '.join(key(shown).split())


@lru_cache(KEYS_KEPT)
def order(name: str) -> str:
    """Return the sort key of a room name, to be compared by UTF-16 code units, as browsers compare texts.

    It ignores case and accents and compares digits as numbers: "Room 2" comes before "Room 10".
    """
    known = look_key(name[:LONGEST_COMPARED])
    letters = (PLAIN.get(character, character) for character in unicodedata.normalize('NFKD', known))
    folded = ''.join(letter for letter in letters if unicodedata.category(letter[0]) != 'Mn')
    return NUMBER.sub(lambda digits: _number(str(int(digits[0]))), folded)


def _number(digits: str) -> str:
    """Put the count of digits before a number, so that longer numbers sort after shorter ones."""
    return f'{len(digits):03}{digits}'


@lru_cache(FOLDED_KEPT)
def fold(text: str) -> str:
    """Return a text as names are found by it; so does `fold` in `elements/dom.js`.

    Without case, accents and what shows nothing, and without the signs that are shown before names (`#lobby`, `@bob`).
    """
    text = text[:LONGEST_COMPARED]
    return SIGNS.sub(r'\1', text.lower() if text.isascii() else _bare(text)).strip(' ')


def _bare(text: str) -> str:
    known = unicodedata.normalize('NFKD', text)
    shown = ''.join(letter for letter in known if unicodedata.category(letter) != 'Cf' and not is_invisible(letter))
    return ''.join(FOUND_AS.get(letter, letter) for letter in ACCENTS.sub('', shown.lower()))


def one_line(text: str) -> str:
    """Put a name or topic on one line: collapse spaces, remove control characters, also those of text direction."""
    return ' '.join(text.translate(CONTROLS).split())


def check(name: str) -> None:
    """Raise Refused('invalid') unless a new account may have this name."""
    if not 1 <= len(name) <= LENGTH:
        raise Refused('invalid', f'A username has 1 to {LENGTH} characters.', field='username')
    shown = unicodedata.normalize('NFKC', name)
    if not all(map(_is_allowed, name + shown)) or unicodedata.category(name[0])[0] == 'M':
        raise Refused('invalid', 'A username has only letters, digits, ".", "_" and "-", and no spaces.',
                      field='username')
    ends = MARKED.sub('', shown)
    if ends[:1] in WITHIN or ends[-1:] in WITHIN:  # "" is in it, too
        raise Refused('invalid', 'A username begins and ends with a letter or a digit.', field='username')
    if key(name) in RESERVED or any(skeletons.are_mistaken(name, word) for word in RESERVED):
        raise Refused('invalid', f'The username "{name}" is reserved, choose another one.', field='username')


def _is_allowed(character: str) -> bool:
    if character in WITHIN:
        return True
    category = unicodedata.category(character)
    return (category[0] in 'LM' or category == 'Nd') and not is_invisible(character)


def is_visible(character: str) -> bool:
    """Whether a character shows something; also one newer than this Python's Unicode tables (Cn), as new emoji are."""
    return unicodedata.category(character) not in BLANK and not is_invisible(character)


def is_text(text: str) -> bool:
    """Whether a text can be stored and sent, which half of a surrogate pair (no character in UTF-8) can't."""
    return not SURROGATE.search(text)


def is_invisible(character: str) -> bool:
    """Whether a letter, mark or symbol is one of those that show nothing."""
    return any(low <= ord(character) <= high for low, high in INVISIBLE)

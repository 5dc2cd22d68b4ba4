"""The other forms in which people look for what stands in a text: parts of `getUserName`, `1000` for "1,000".

A text is indexed as it is written (`words.py`), and in these forms besides, which most texts have none of. A query is
looked for in all its spellings (`spellings`), so that of two ways to write something each finds the other, while only
one of them has tokens of its own in the index.
"""
import re
from collections.abc import Iterator, Sequence

from chat.text import shortcodes

from . import words
from .words import LETTER, MARK, Word

APOSTROPHES = "'\u2019\u2018\u201b\u02bb\u02bc\u2032\u00b4\uff07\u05f3\u05f4"
HYPHENS = '_\u2010\u2011\ufe63\uff0d-'
MOST_PARTS, LONGEST = 4, 64
'''Parts and characters of a word up to which it has other forms: what is longer is a path, a key or a number.'''
THOUSANDS = ",.'\u2019\u066c \u00a0\u2009\u202f"
'''What stands between groups of digits.'''

ONLY_CODES = frozenset('''bangbang facepalm facepunch heartpulse interrobang moyai rofl shrug smiley tada thumbdown
    thumbsdown thumbsup thumbup yum'''.split())
'''Shortcodes that are no words, so that they find their emoji without colons, too. "ok", "fire" and "date" are words,
and who looks for these does not mean every 🆗, 🔥 and 📅.'''
_UNDERSCORED = re.compile('[a-z0-9]+(?:_[a-z0-9]+)+', re.IGNORECASE)

_WORD = rf'(?:{LETTER}{MARK}*+)++'
_BEGIN = rf'(?<!{LETTER})(?<!{MARK})'
_END = rf'(?!{LETTER})'
_JOINED = re.compile(rf'{_BEGIN}{_WORD}(?:[{APOSTROPHES}{HYPHENS}]{_WORD})++')
'''Words joined by apostrophes and hyphens: "don't", "e-mail", `user_name`.'''
_APOSTROPHE, _HYPHEN, _JOINER = (re.compile(f'[{signs}]') for signs in (
    APOSTROPHES, HYPHENS, APOSTROPHES + HYPHENS))
_NUMBER = re.compile(rf'(?<!\d)(?<!\d[.,])\d{{1,3}}(?P<sign>[{THOUSANDS}])(?:\d{{2,3}}(?P=sign))*\d{{3}}(?!\d)'
                     r'(?P<rest>[.,\u066b]\d++)?')
_THOUSANDS = re.compile(f'[{THOUSANDS}]')
_VERSION = re.compile(rf'{_BEGIN}(?P<name>[^\W\d_]++)(?P<number>\d++(?:\.\d++)*+){_END}')
'''A number at the end of a word: "v1.2.30", "python3.12".'''
_UNIT = re.compile(rf'{_BEGIN}(?P<number>\d++)(?P<unit>[^\W\d_]{{1,4}}){_END}')
_LETTERS = re.compile(r'[^\W\d_]{2,}')
_HUMPED = re.compile(rf'{_BEGIN}(?:{LETTER}{MARK}*+){{2,{LONGEST}}}+{_END}')
'''A word that may have capital letters within it.'''
_MAY_JOIN = re.compile(rf'[{APOSTROPHES}{HYPHENS}](?=[^\W_])')
_MAY_COUNT = re.compile(rf'[{THOUSANDS}](?=\d\d)')
_MAY_NUMBER = re.compile(r'\d(?:(?<=[^\W\d_]\d)|(?=[^\W\d_]))')
_MAY_RISE = re.compile('[A-Z](?:(?<=[a-z0-9][A-Z])|(?<=[A-Z][A-Z])(?=[a-z]))')
_OTHER_LETTER = re.compile(r'[^\W\d_\0-\x7f]')
_PLAIN = re.compile(r'[a-z]++|"[a-z ]++"')
_MAY_BE_EMOJI = re.compile(':[^\\s:`]{1,60}:')
'''Without these a text has no forms of a kind, which is found in a hundredth of the time.'''
_PREFIX = 'v'
'''What stands before the number of a version, and is left out as well.'''

Part = tuple[str, int, int]
'''A part of a text, with its place.'''


def forms(text: str) -> Iterator[list[Word]]:
    """The other forms of words in a text, each as tokens that follow each other, with their places."""
    for parts in _parts(text):
        if found := [Word(token, start, end) for part, start, end in parts for token in words.split(part)]:
            yield found


def spellings(text: str) -> list[list[str]]:
    """The tokens of what is looked for, as it is written and in each other way to write it."""
    found = [words.split(text)]
    if _PLAIN.fullmatch(text) and text not in ONLY_CODES:
        return found
    for other in (_united(text), _apart(text), _without_prefix(text), _as_emoji(text)):
        if other != text and (tokens := words.split(other)) and tokens not in found:
            found.append(tokens)
    return found


def _parts(text: str) -> Iterator[Sequence[Part]]:
    if _MAY_JOIN.search(text):
        for match in _JOINED.finditer(text):
            yield from _of_joined(match[0], match.start())
    if _MAY_COUNT.search(text):
        for match in _NUMBER.finditer(text):
            yield _of_number(match)
    if _MAY_NUMBER.search(text):
        yield from ([(match['number'], *match.span('number'))] for match in _VERSION.finditer(text))
        yield from ([(match['number'], *match.span('number')), (match['unit'], *match.span('unit'))]
                    for match in _UNIT.finditer(text))
    if _may_rise(text):
        for match in _HUMPED.finditer(text):
            yield from _of_humps(match[0], match.start())
    if _MAY_BE_EMOJI.search(text):
        yield from ([(shown, *match.span())] for match in shortcodes.SHORTCODES.finditer(text)
                    if (shown := shortcodes.written(match[0])) != match[0])


def _of_number(match: 're.Match[str]') -> Sequence[Part]:
    """A number without what stands between its thousands, and what follows a decimal point."""
    middle = match.start('rest') if match['rest'] else match.end()
    whole = match.string[match.start():middle]
    return [(_THOUSANDS.sub('', whole), match.start(), middle), (match['rest'] or '', middle, match.end())]


def _of_joined(word: str, at: int) -> Iterator[Sequence[Part]]:
    """What is joined as one word, from each of its parts on: "username" is found in `get_user_name`."""
    starts = [0, *(sign.end() for sign in _HYPHEN.finditer(word))]
    if len(starts) > MOST_PARTS or len(word) > LONGEST:
        return
    for start in starts[:1] if _JOINER.sub('', word).isdigit() else starts:
        if _JOINER.search(word, start):
            yield [(_JOINER.sub('', word[start:]), at + start, at + len(word))]
    for start, end in zip(starts, [*(start - 1 for start in starts[1:]), len(word)], strict=True):
        if len(starts) > 1 and _APOSTROPHE.search(word, start, end):
            yield [(_APOSTROPHE.sub('', word[start:end]), at + start, at + end)]


def _of_humps(word: str, at: int) -> Iterator[Sequence[Part]]:
    """The parts of `getUserName`, and all from the second on as one word, and so on: "username"."""
    parts = [(part, at + start, at + end) for part, start, end in _humps(word)] if _has_capital(word) else []
    if not 2 <= len(parts) <= MOST_PARTS:
        return
    yield parts
    for number in range(1, len(parts) - 1):
        yield [(''.join(part for part, _, _ in parts[number:]), parts[number][1], parts[-1][2])]


def _may_rise(text: str) -> bool:
    if text.isascii() or not _OTHER_LETTER.search(text):
        return bool(_MAY_RISE.search(text))
    return any(map(_has_capital, _LETTERS.findall(text)))


def _has_capital(word: str) -> bool:
    return word[1:] != word[1:].lower()


def _humps(word: str) -> list[Part]:
    """The parts of a word that begin with a capital letter, or with the last of several before a small one.

    The "s" of "PDFs" belongs to what is before it.
    """
    found = [0]
    for at in range(1, len(word)):
        before, here, after = word[at - 1], word[at], word[at + 1:at + 2]
        is_last_capital = before.isupper() and after.islower() and word[at + 1:] != 's'
        if here.isupper() and (not before.isupper() or is_last_capital):
            found.append(at)
    return [(word[start:end], start, end) for start, end in zip(found, [*found[1:], len(word)], strict=True)]


def _united(text: str) -> str:
    """A text whose joined words are one word each, and whose numbers have no separators."""
    text = _JOINED.sub(lambda match: _JOINER.sub('', match[0]), text)
    return _NUMBER.sub(lambda match: ''.join(part for part, _, _ in _of_number(match)), text)


def _apart(text: str) -> str:
    """A text whose words with parts in them are several words."""
    text = _HUMPED.sub(lambda match: ' '.join(part for part, _, _ in _humps(match[0])), text)
    return _UNIT.sub(r'\g<number> \g<unit>', _VERSION.sub(r'\g<name> \g<number>', text))


def _without_prefix(text: str) -> str:
    """A text whose versions, "v1.2.30", are only numbers; but one number alone could be anything."""
    return _VERSION.sub(lambda match: match['number'] if match['name'].lower() == _PREFIX and '.' in match['number']
                        else match[0], text)


def _as_emoji(text: str) -> str:
    """A text whose shortcodes are emoji, also one that is still being typed, without its last colon, or, if it can't be
    anything else, without both.
    """
    text = shortcodes.SHORTCODES.sub(lambda match: shortcodes.written(match[0]), text)
    begun = text.startswith(':') and text.count(':') == 1
    is_bare = text.lower() in ONLY_CODES or _UNDERSCORED.fullmatch(text)
    shown = shortcodes.named(text.removeprefix(':')) if begun or is_bare else None
    return shown or text

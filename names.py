"""What a username may be, and when two of them are the same person's."""
import unicodedata

from errors import Refused

LENGTH = 32
RESERVED = {'everyone', 'here'}
INVISIBLE = [(0x34f, 0x34f), (0x115f, 0x1160), (0x17b4, 0x17b5), (0x180b, 0x180f), (0x3164, 0x3164), (0xfe00, 0xfe0f),
             (0xffa0, 0xffa0), (0xe0100, 0xe01ef)]
'''Letters and marks that show nothing (Unicode's Default_Ignorable_Code_Point): with them one name could pass for
another.'''

BLANK = {'Zs', 'Zl', 'Zp', 'Cc', 'Cf', 'Cs'}
'''Categories of characters that show nothing by themselves.'''


def _marks() -> str:
    """Combining marks as the inside of a regular expression's brackets, for "\\w" leaves them out."""
    marks = [code for code in range(0x300, 0x1f000) if unicodedata.category(chr(code))[0] == 'M']
    starts = [code for code in marks if unicodedata.category(chr(code - 1))[0] != 'M']
    ends = [code for code in marks if unicodedata.category(chr(code + 1))[0] != 'M']
    return ''.join(f'{chr(start)}-{chr(end)}' for start, end in zip(starts, ends, strict=True))


MARKS = _marks()


def key(name: str) -> str:
    """Two names with the same key are one name: NFKC and case folding (Unicode, section 3.13, NFKC_Casefold)."""
    return unicodedata.normalize('NFKC', unicodedata.normalize('NFKC', name).casefold())


def check(name: str) -> None:
    """Raise Refused('invalid') unless a new account may have this name."""
    if not 1 <= len(name) <= LENGTH:
        raise Refused('invalid', f'A username has 1 to {LENGTH} characters.', field='username')
    if not all(map(_is_allowed, name)) or unicodedata.category(name[0])[0] == 'M':
        raise Refused('invalid', 'A username has only letters, digits, ".", "_" and "-", and no spaces.',
                      field='username')
    if key(name) in RESERVED:
        raise Refused('invalid', f'The username "{name}" is reserved, choose another one.', field='username')


def _is_allowed(character: str) -> bool:
    if character in '._-':
        return True
    category = unicodedata.category(character)
    return (category[0] in 'LM' or category == 'Nd') and not is_invisible(character)


def is_visible(character: str) -> bool:
    """Whether it shows something; also what is newer than this Python's tables (Cn), as emoji are every year."""
    return unicodedata.category(character) not in BLANK and not is_invisible(character) and character != '\u2800'


def is_text(text: str) -> bool:
    """Whether it can be stored and sent at all: half of a surrogate pair is no character."""
    return not any('\ud800' <= character <= '\udfff' for character in text)


def is_invisible(character: str) -> bool:
    """Whether a letter or a mark shows nothing."""
    return any(low <= ord(character) <= high for low, high in INVISIBLE)

"""How a password is spelled: keyboards send "é" as one character or as two, and it is the same password."""
import unicodedata

from names import LONGEST_COMPARED

from .hashing import PASSWORD_BYTES


def composed(password: str) -> str:
    """The password in NFC, of which hashes are made; unless it is so long that this takes time, for it is nobody's."""
    return unicodedata.normalize('NFC', password) if len(password) <= LONGEST_COMPARED else password


def spellings(password: str) -> list[str]:
    """What a stored hash may have been made of, two spellings at the most, since each is hashed: NFC; or, before that
    was the rule, NFD or what was typed, which is that or NFC but for few keyboards.
    """
    normal = composed(password)
    if password != normal or len(password) > LONGEST_COMPARED:
        return [*dict.fromkeys((normal, password))]
    return [*dict.fromkeys((normal, unicodedata.normalize('NFD', password)))]


def fits(password: str) -> bool:
    """Whether bcrypt uses all of it."""
    return len(password.encode()) <= PASSWORD_BYTES


def lasting(spelling: str) -> str:
    """What to hash anew for somebody who came in by this spelling: NFC, unless bcrypt would cut that."""
    return composed(spelling) if fits(composed(spelling)) else spelling

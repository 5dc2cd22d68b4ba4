"""Decoy hashes, so that a login attempt takes as long for an unknown name as for some existing one.

Stored hashes differ in cost once `CHATROOM_BCRYPT_ROUNDS` has changed, and timing would reveal which names exist. So
an unknown name gets the cost of one user's hash, always of the same user, who is chosen with a secret key.
"""
import hmac

from peewee import fn

import names
from models import User, secret

from .hashing import cost, nobodys

BITS_64 = 2**64 - 1


def stored_for(username: str) -> str:
    """Return a hash that no password matches, for a name without an account."""
    newest = User.select(fn.MAX(User.id)).scalar() or 0
    number = hmac.digest(secret(), names.key(username).encode(), 'sha256')
    place = _place(int.from_bytes(number[:8]), newest)
    return nobodys(cost(User.select(User.password).where(User.id > place).order_by(User.id).limit(1).scalar() or ''))


def _place(number: int, places: int) -> int:
    """Jump consistent hash (Lamping and Veach, https://arxiv.org/abs/1406.2294): returns 0 to `places - 1`.

    Each new user changes the place of a few names only: a name whose cost changes with every registration would
    reveal that it has no account.
    """
    place = following = 0
    while following < places:
        place = following
        number = (number * 2862933555777941757 + 1) & BITS_64
        following = int((place + 1) * (2**31 / ((number >> 33) + 1)))
    return place

"""Whom one can name in a room, or write to: what completion and the switcher choose from."""
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from peewee import ModelSelect, fn

import database
import names
from accounts.actor import Actor
from database import db
from errors import Refused
from models import LOBBY, Membership, Message, User, user_named

from . import mentions
from .rooms import count_of, people_of, require

MOST_SENT = 500
'''A list of more people is not sent: of these, those are asked for who match what is typed.'''
MOST_FOUND = 50
RECENT = 150
'''Messages whose authors come first among those who match.'''
LONGEST_TYPED, LONGEST_NAME = 100, 200


@dataclass(frozen=True, slots=True)
class Named:
    """The other members of a room, and everybody else, who can be named, but does not see it.

    `everyone`: how many `@everyone` calls, 0 if this user may not do that; `is_all`: nobody was left out as too many.
    """

    members: Sequence[User]
    others: Sequence[User]
    everyone: int
    is_all: bool = True


async def people(actor: Actor, room_id: int, typed: str | None = None) -> Named:
    """Return whom a user can name in a room, by name; or, if too many, only those who match what was `typed`.

    Without `typed`, a list of too many is left out. Raises Refused('not_found').
    """
    def query() -> Named:
        room = require(actor.user_id, room_id)
        here = User.id.in_(people_of(room))
        count = count_of(room)
        among = User.select(User.id, User.username).where(User.id != actor.user_id, User.id.in_(_ids(LOBBY)) | here)
        everyone = count if mentions.may_call_everyone(actor.user_id, room_id) else 0
        parts = among.where(here), among.where(~here)
        if typed is not None:
            members, others = (_matching(part, room_id, typed) for part in parts)
            return Named(members, others, everyone)
        members, others = (list(part.limit(MOST_SENT + 1)) for part in parts)
        return Named(_by_name(members), _by_name(others), everyone, max(len(members), len(others)) <= MOST_SENT)

    return await database.read(query)


async def person(username: str) -> User | None:
    """Whoever has this name, or None for a word that calls everyone. Raises Refused('not_found')."""
    known = None
    if len(username) <= LONGEST_NAME and names.is_text(username):
        known = await database.read(lambda: user_named(username))
    if known is None and names.key(username) not in names.EVERYONE:
        raise Refused('not_found', f'There is nobody named "{username[:names.LENGTH]}".')
    return known


def alike(name: str) -> list[int]:
    """The ids of those whose names differ at most in case and accents; runs in a database thread."""
    folded = names.fold(name)
    found = User.select(User.id).where(fn.FOLD(User.username) == folded).limit(MOST_FOUND) if folded else ()
    return [user.id for user in found]


@db.func('FOLD', 1, deterministic=True)
def _folded(username: str | None) -> str:
    """The name as it is found by, in SQL."""
    return names.fold(username or '')


def _ids(room_id: int) -> 'ModelSelect[Membership]':
    return Membership.select(Membership.user).where(Membership.room == room_id)


def _by_name(people: Sequence[User]) -> list[User]:
    """Sort people by name; too many are left out."""
    return sorted(people, key=lambda user: names.key(user.username)) if len(people) <= MOST_SENT else []


def _matching(among: 'ModelSelect[User]', room_id: int, typed: str) -> list[User]:
    """Those whose names have the letters typed, in this order: first those with all at once, and who wrote lately.

    Of several with one name but for accents the one comes first that is typed.
    """
    name: Any = fn.FOLD(User.username)
    typed = typed.strip()[:LONGEST_TYPED]
    text = names.fold(typed)
    place = fn.INSTR(name, text)
    letters = ''.join(f'*[{letter}]' if letter in '*?[' else f'*{letter}' for letter in text)
    lately = (Message.select(Message.author).where(Message.room == room_id, Message.system.is_null())
              .order_by(Message.id.desc()).limit(RECENT))
    return list(among.where(name % f'{letters}*')
                .order_by(place == 0, fn.COALESCE(User.name_key, '') != names.key(typed.lstrip('@＠')),
                          User.id.in_(lately).desc(), place != 1, name).limit(MOST_FOUND))

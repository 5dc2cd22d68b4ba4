"""Messages pinned to a room for all its members, and messages that users saved for themselves."""
from dataclasses import dataclass

import database
import limits
from accounts.actor import Actor
from database import Written
from errors import Refused
from models import Membership, Message, Pin, Save, User
from models import messages as all_messages

from .entries import Entry, changed, entries, written
from .rooms import require

MOST_PINNED, MOST_SAVED = 100, 500
'''Maximum pins per room, and saved messages per user: these lists are shown without paging.'''


@dataclass(frozen=True, slots=True)
class Saved:
    """A user saved a message (`is_on`) or removed it from the saved ones; published to this user's pages."""

    user_id: int
    message_id: int
    is_on: bool


@dataclass(frozen=True, slots=True)
class Pinned:
    """Which messages are pinned to a room has changed; published to the pages that show it."""

    room_id: int


async def pin(actor: Actor, message_id: int, *, on: bool) -> None:
    """Pin a message to its room, for all members, or unpin it.

    Raises Refused: 'not_found', 'forbidden' in an archived room, 'conflict' for one pin too many, 'too_fast',
    'unavailable'.
    """
    limits.check_change(actor.user_id)

    def operation() -> Written[None]:
        message = written(actor.user_id, message_id)
        if on == Pin.select().where(Pin.message == message_id).exists():
            return Written(None)
        if on:
            if Pin.select().where(Pin.room == message.room_id).count() >= MOST_PINNED:
                raise Refused('conflict', f'A room has {MOST_PINNED} pinned messages at the most: unpin one first.')
            Pin.create(message=message_id, room=message.room_id, user=actor.user_id)
        else:
            Pin.delete().where(Pin.message == message_id).execute()
        return Written(None, [*changed(message).changes, Pinned(message.room_id)])

    await database.write(operation)


async def save(actor: Actor, message_id: int, *, on: bool) -> None:
    """Add a message to the user's own saved messages, or remove it.

    Raises Refused: 'not_found', 'conflict' for one saved message too many, 'too_fast', 'unavailable'.
    """
    limits.check_change(actor.user_id)

    def operation() -> Written[None]:
        written(actor.user_id, message_id)
        mine = (Save.user == actor.user_id) & (Save.message == message_id)
        if on == Save.select().where(mine).exists():
            return Written(None)
        if on:
            if len(_saved(actor.user_id)) >= MOST_SAVED:
                raise Refused('conflict', f'{MOST_SAVED} saved messages are the most: remove one first.')
            Save.create(user=actor.user_id, message=message_id)
        else:
            Save.delete().where(mine).execute()
        return Written(None, [Saved(actor.user_id, message_id, on)])

    await database.write(operation)


async def pinned(actor: Actor, room_id: int) -> list[tuple[Entry, str]]:
    """The messages pinned to a room, latest pin first, and the name of who pinned each. Raises Refused('not_found')."""
    def query() -> list[tuple[Entry, str]]:
        require(actor.user_id, room_id)
        by = {pin.message_id: pin.user.username for pin in Pin.select(Pin.message, User.username).join(User)
              .where(Pin.room == room_id).order_by(Pin.id.desc())}
        return [(entry, by[entry.id]) for entry in _in_order(list(by))]

    return await database.read(query)


async def saved(actor: Actor) -> list[Entry]:
    """The messages that this user saved, in rooms that they are a member of, last saved first."""
    return await database.read_aside(lambda: _in_order(_saved(actor.user_id)))


async def saved_ids(actor: Actor) -> list[int]:
    """The ids of the messages that `saved` returns, in the same order."""
    return await database.read(lambda: _saved(actor.user_id))


def _saved(user_id: int) -> list[int]:
    mine = Membership.select(Membership.room).where(Membership.user == user_id)
    found = (Save.select(Save.message).join(Message).where(Save.user == user_id, Message.room.in_(mine))
             .order_by(Save.id.desc()))
    return [save.message_id for save in found]


def _in_order(message_ids: list[int]) -> list[Entry]:
    found = {entry.id: entry for entry in entries(all_messages().where(Message.id.in_(message_ids)))}
    return [found[message_id] for message_id in message_ids]

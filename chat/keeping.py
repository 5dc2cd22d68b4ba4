"""What is worth coming back to: messages pinned to a room, and those that somebody saved for themselves."""
from dataclasses import dataclass

import database
from database import Written
from errors import Refused
from models import Membership, Message, Pin, Save, User
from models import messages as all_messages

from . import rates
from .entries import Entry, changed, entries, visible
from .rooms import require

MOST_PINNED, MOST_SAVED = 100, 500
'''Lists that are shown whole.'''


@dataclass(frozen=True, slots=True)
class Saved:
    """Somebody saved a message, or no longer: to be told to their other pages."""

    user_id: int
    message_id: int
    is_on: bool


async def pin(user_id: int, message_id: int, *, on: bool) -> None:
    """Pin a message to its room, for everybody, or unpin it.

    Raises Refused: 'not_found', 'forbidden' in an archived room, 'conflict' for one too many, 'too_fast',
    'unavailable'.
    """
    rates.check_change(user_id)

    def operation() -> Written[None]:
        message = visible(user_id, message_id)
        if on == Pin.select().where(Pin.message == message_id).exists():
            return Written(None)
        if on:
            if Pin.select().where(Pin.room == message.room_id).count() >= MOST_PINNED:
                raise Refused('conflict', f'A room has {MOST_PINNED} pinned messages at the most: unpin one first.')
            Pin.create(message=message_id, room=message.room_id, user=user_id)
        else:
            Pin.delete().where(Pin.message == message_id).execute()
        return Written(None, changed(message).changes)

    await database.write(operation)


async def save(user_id: int, message_id: int, *, on: bool) -> None:
    """Keep a message in one's own list, or no longer.

    Raises Refused: 'not_found', 'conflict' for one too many, 'too_fast', 'unavailable'.
    """
    rates.check_change(user_id)

    def operation() -> Written[None]:
        visible(user_id, message_id)
        mine = (Save.user == user_id) & (Save.message == message_id)
        if on == Save.select().where(mine).exists():
            return Written(None)
        if on:
            if len(_saved(user_id)) >= MOST_SAVED:
                raise Refused('conflict', f'{MOST_SAVED} saved messages are the most: remove one first.')
            Save.create(user=user_id, message=message_id)
        else:
            Save.delete().where(mine).execute()
        return Written(None, [Saved(user_id, message_id, on)])

    await database.write(operation)


async def pinned(user_id: int, room_id: int) -> list[tuple[Entry, str]]:
    """What is pinned to a room, the latest pin first, and by whom. Raises Refused('not_found')."""
    def query() -> list[tuple[Entry, str]]:
        require(user_id, room_id)
        by = {pin.message_id: pin.user.username for pin in Pin.select(Pin.message, User.username).join(User)
              .where(Pin.room == room_id).order_by(Pin.id.desc())}
        return [(entry, by[entry.id]) for entry in _in_order(list(by))]

    return await database.read(query)


async def saved(user_id: int) -> list[Entry]:
    """What this user saved in rooms that they are in, the latest first."""
    return await database.read(lambda: _in_order(_saved(user_id)))


async def saved_ids(user_id: int) -> list[int]:
    """Of the same messages."""
    return await database.read(lambda: _saved(user_id))


def _saved(user_id: int) -> list[int]:
    mine = Membership.select(Membership.room).where(Membership.user == user_id)
    found = (Save.select(Save.message).join(Message).where(Save.user == user_id, Message.room.in_(mine))
             .order_by(Save.id.desc()))
    return [save.message_id for save in found]


def _in_order(message_ids: list[int]) -> list[Entry]:
    found = {entry.id: entry for entry in entries(all_messages().where(Message.id.in_(message_ids)))}
    return [found[message_id] for message_id in message_ids]

"""Rooms and conversations that users put on top of their sidebars, in an order of their own."""
from collections.abc import Mapping

import database
import limits
from accounts.actor import Actor
from database import Written
from errors import Refused
from models import Membership

from .rooms import RoomChange, require

MOST = 100
'''Maximum favourites of one user.'''


async def favourite(actor: Actor, room_id: int, *, on: bool) -> None:
    """Put a room below the user's other favourites, or take it away from these; what is so already stays where it is.

    Raises Refused: 'not_found', 'conflict' for one favourite too many, 'too_fast', 'unavailable'.
    """
    limits.check_change(actor.user_id)

    def operation() -> Written[None]:
        require(actor.user_id, room_id)
        places = _places(actor.user_id)
        if on == (room_id in places):
            return Written(None)
        if on and len(places) >= MOST:
            raise Refused('conflict', f'{MOST} favourites are the most: take one away first.')
        return Written(None, _arrange(actor.user_id, {room_id: max(places.values(), default=0) + 1 if on else None}))

    await database.write(operation)


async def move(actor: Actor, room_id: int, before: int | None) -> list[int]:
    """Put a favourite before another one, or (None) below all; returns the ids of all favourites in their order.

    Raises Refused: 'not_found' also for a room that is none of the favourites, 'too_fast', 'unavailable'.
    """
    limits.check_change(actor.user_id)

    def operation() -> Written[list[int]]:
        places = _places(actor.user_id)
        if room_id not in places or (before is not None and before not in places):
            raise Refused('not_found', 'This room is none of your favourites.')
        order = [other for other in places if other != room_id or before == room_id]
        if before != room_id:
            order.insert(len(order) if before is None else order.index(before), room_id)
        moved = {each: place for place, each in enumerate(order, 1) if places[each] != place}
        return Written(order, _arrange(actor.user_id, moved))

    return await database.write(operation)


def _places(user_id: int) -> dict[int, int]:
    """The places of the user's favourites by their ids, in their order."""
    mine = (Membership.select(Membership.room, Membership.favourite)
            .where(Membership.user == user_id, Membership.favourite.is_null(False))
            .order_by(Membership.favourite, Membership.room))
    return {membership.room_id: membership.favourite or 0 for membership in mine}


def _arrange(user_id: int, places: Mapping[int, int | None]) -> list[RoomChange]:
    """Store the places of these rooms; all pages and programs of the user are told."""
    for room_id, place in places.items():
        Membership.update(favourite=place).where(Membership.user == user_id, Membership.room == room_id).execute()
    return [RoomChange(room_id, told=frozenset([user_id])) for room_id in places]

"""The rooms that a person is in."""
from dataclasses import dataclass

import database
from errors import Refused
from models import LOBBY, Membership, Room, User, rooms_of

__all__ = ['LOBBY', 'RoomInfo', 'get', 'get_all', 'member', 'require']


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """A room as one of its members sees it."""

    id: int
    name: str
    revision: int


async def get_all(user_id: int) -> list[RoomInfo]:
    """The rooms of this user."""
    return await database.read(lambda: [_info(room) for room in rooms_of(user_id)])


async def get(user_id: int, room_id: int) -> RoomInfo:
    """One room of this user. Raises Refused('not_found')."""
    return await database.read(lambda: _info(require(user_id, room_id)))


def require(user_id: int, room_id: int) -> Room:
    """The room, inside a query. Raises Refused('not_found')."""
    room: Room | None = rooms_of(user_id).where(Room.id == room_id).first()
    if room is None:
        raise no_room()
    return room


def member(user_id: int, room_id: int) -> Membership:
    """The membership with its room and its user, inside an operation. Raises Refused('not_found')."""
    found: Membership | None = (
        Membership.select(Membership, Room, User).join(Room).switch(Membership).join(User)
        .where(Membership.user == user_id, Membership.room == room_id).first())
    if found is None:
        raise no_room()
    return found


def no_room() -> Refused:
    """The same for a room that is hidden and for one that does not exist."""
    return Refused('not_found', 'There is no such room.')


def _info(room: Room) -> RoomInfo:
    return RoomInfo(room.id, room.name, room.revision)

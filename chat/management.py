"""Making rooms and changing them, coming and going."""
from collections.abc import Iterable, Sequence

import database
import names
from database import Written, db
from errors import Refused
from models import LOBBY, Membership, Room, User, newest_id, now, rooms_of, user_named

from .rooms import RoomChange, RoomInfo, info, member, no_room, require

NAME_LENGTH, TOPIC_LENGTH = 80, 250
MOST_IN_DIRECT = 20
'''People besides oneself.'''
LONGEST_NAME = 1_000
'''Characters that anybody's name may have; the original app had no limit.'''


# Making and changing ----------------------------------------------------------------------------------------------

async def create(user_id: int, name: str, kind: str, usernames: Sequence[str] = ()) -> RoomInfo:
    """Make a room: an open one has everyone as its members, a closed one its creator and who is named.

    Raises Refused: 'invalid', 'not_found' for a name that nobody has, 'unavailable'.
    """
    def operation() -> Written[RoomInfo]:
        check_kind(kind)
        people = set(users_named(usernames))
        room = Room.create(name=check_name(name), kind=kind, creator=user_id)
        came = _add(room.id, [user_id, *people] if kind == 'closed' else None)
        return Written(info(user_id, room.id), [RoomChange(room.id, came=came)])

    return await database.write(operation)


async def open_direct(user_id: int, usernames: Sequence[str]) -> RoomInfo:
    """The conversation of exactly these people and oneself, which is made if there was none.

    Raises Refused: 'invalid', 'not_found' for a name that nobody has, 'unavailable'.
    """
    def operation() -> Written[RoomInfo]:
        others = set(users_named(usernames)) - {user_id}
        if not 1 <= len(others) <= MOST_IN_DIRECT:
            raise Refused('invalid', f'Name 1 to {MOST_IN_DIRECT} people besides yourself.')
        everybody = sorted({user_id, *others})
        people = ','.join(map(str, everybody))
        room = Room.get_or_none(Room.people == people)
        if room:
            return Written(info(user_id, room.id))
        room = Room.create(name='', kind='direct', creator=user_id, people=people)
        came = _add(room.id, everybody)
        return Written(info(user_id, room.id), [RoomChange(room.id, came=came)])

    return await database.write(operation)


async def update(user_id: int, room_id: int, *, name: str | None = None, topic: str | None = None,
                 kind: str | None = None, archived: bool | None = None) -> RoomInfo:
    """Change what is given. Raises Refused: 'invalid', 'not_found', 'forbidden', 'unavailable'."""
    def operation() -> Written[RoomInfo]:
        room = _managed(user_id, room_id)
        if room.kind == 'direct':
            raise Refused('forbidden', 'A direct conversation stays as it is.')
        if room.id == LOBBY and (archived or kind == 'closed'):
            raise Refused('forbidden', 'The Lobby stays open.')
        came = _convert(room, kind) if kind is not None else frozenset[int]()
        room.name = room.name if name is None else check_name(name)
        room.topic = room.topic if topic is None else check_topic(topic)
        if archived is not None:
            room.archived_at = now() if archived else None
        room.save(only=[Room.name, Room.topic, Room.kind, Room.archived_at])  # never the revision
        return Written(info(user_id, room_id), [RoomChange(room_id, came=came)])

    return await database.write(operation)


def _convert(room: Room, kind: str) -> frozenset[int]:
    """Who comes by it. A closed room that is opened shows its history to everyone; a closed one keeps who is there."""
    check_kind(kind)
    was_closed, room.kind = room.kind == 'closed', kind
    return _add(room.id, None) if was_closed and kind == 'open' else frozenset()


def _managed(user_id: int, room_id: int) -> Room:
    """A room that this user may change. Raises Refused: 'not_found', 'forbidden'."""
    found = member(user_id, room_id)
    if found.room.creator_id != user_id and not found.user.is_admin and found.room.kind != 'direct':
        raise Refused('forbidden', 'Only who made this room and administrators may do that.')
    room: Room = found.room
    return room


# Coming and going -------------------------------------------------------------------------------------------------

async def join(user_id: int, room_id: int) -> None:
    """Come back to an open room. Raises Refused: 'not_found', 'unavailable'."""
    def operation() -> Written[None]:
        if rooms_of(user_id).where(Room.id == room_id).exists():
            return Written(None)
        if not Room.select().where(Room.id == room_id, Room.kind == 'open').exists():
            raise no_room()
        return Written(None, [RoomChange(room_id, came=_add(room_id, [user_id]), told=frozenset([user_id]))])

    await database.write(operation)


async def leave(user_id: int, room_id: int) -> None:
    """Raises Refused: 'not_found', 'forbidden', 'unavailable'."""
    await database.write(lambda: _removed(user_id, _leavable(require(user_id, room_id))))


async def invite(user_id: int, room_id: int, username: str) -> None:
    """Bring somebody in. Raises Refused: 'not_found', 'forbidden', 'unavailable'."""
    def operation() -> Written[None]:
        room = _managed(user_id, room_id)
        if room.kind == 'direct':
            raise Refused('forbidden', 'A direct conversation keeps its people: start another one.')
        came = _add(room_id, users_named([username]))
        return Written(None, [RoomChange(room_id, came=came, told=came)] if came else [])

    await database.write(operation)


async def remove(user_id: int, room_id: int, username: str) -> None:
    """Put somebody out. Raises Refused: 'not_found', 'forbidden', 'unavailable'."""
    def operation() -> Written[None]:
        room = _leavable(_managed(user_id, room_id))
        (person,) = users_named([username])
        if not rooms_of(person).where(Room.id == room_id).exists():
            raise Refused('not_found', f'"{username}" is not in this room.')
        return _removed(person, room)

    await database.write(operation)


def _leavable(room: Room) -> Room:
    if room.id == LOBBY:
        raise Refused('forbidden', 'Everyone stays in the Lobby.')
    if room.kind == 'direct':
        raise Refused('forbidden', 'A direct conversation keeps its people: hide it instead.')
    return room


def _removed(user_id: int, room: Room) -> Written[None]:
    Membership.delete().where(Membership.room == room.id, Membership.user == user_id).execute()
    return Written(None, [RoomChange(room.id, gone=frozenset([user_id]), told=frozenset())])


def _add(room_id: int, user_ids: Iterable[int] | None) -> frozenset[int]:
    """Make these people members, or everyone (None), with all that is there read; returns who was not there yet."""
    known = {row.user_id for row in Membership.select(Membership.user).where(Membership.room == room_id)}
    came = frozenset(user_ids if user_ids is not None else (user.id for user in User.select(User.id))) - known
    newest = newest_id(room_id)
    for user_id in came:
        db.execute_sql('INSERT INTO memberships (room, user, last_read_id) VALUES (?, ?, ?)',
                       (room_id, user_id, newest))
    return came


# What is written --------------------------------------------------------------------------------------------------

def check_kind(kind: str) -> None:
    """Raise Refused('invalid') unless a room can be made, or made into, such a one."""
    if kind not in {'open', 'closed'}:
        raise Refused('invalid', 'A room is "open" or "closed".')


def check_name(name: str) -> str:
    """A room's name as it is stored. Raises Refused('invalid')."""
    name = ' '.join(_checked(name, NAME_LENGTH, "room's name").split())
    if not any(map(names.is_visible, name)):
        raise Refused('invalid', 'The room has no name: give it one.')
    return name


def check_topic(topic: str) -> str:
    """A topic as it is stored. Raises Refused('invalid')."""
    return ' '.join(_checked(topic, TOPIC_LENGTH, 'topic').split())


def _checked(text: str, length: int, what: str) -> str:
    if len(text) > length:
        raise Refused('invalid', f'A {what} has at most {length} characters: shorten it.')
    if '\0' in text or not names.is_text(text):
        raise Refused('invalid', f"The {what} contains characters that can't be stored: remove them.")
    return text


def users_named(usernames: Sequence[str]) -> list[int]:
    """Their ids; an exact name wins over one that differs in case. Raises Refused('not_found')."""
    return [_user_named(username) for username in dict.fromkeys(usernames)]


def _user_named(username: str) -> int:
    found = user_named(username) if len(username) <= LONGEST_NAME and names.is_text(username) else None
    if found is None:
        raise Refused('not_found', f'There is nobody named "{username[:names.LENGTH]}".')
    user_id: int = found.id
    return user_id

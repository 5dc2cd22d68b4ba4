"""Rooms: making and changing them, coming and going."""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import database
import names
from database import Written, db
from errors import Refused
from models import LOBBY, Membership, Room, User, newest_id, now, rooms_of, user_named

__all__ = ['LOBBY', 'RoomInfo', 'get_all', 'member', 'no_room', 'require']

NAME_LENGTH, TOPIC_LENGTH = 80, 250
MOST_IN_DIRECT = 20
'''People besides oneself.'''
MOST_COUNTED = 100
'''Counting what is unread stops here, so that it costs the same after a long absence.'''
MOST_LOOKED_AT = 1_000
INFO = f'''
    SELECT r.id, r.name, r.kind, r.topic, r.revision, r.archived_at, r.creator, m.last_read_id, m.level,
        (SELECT COUNT(*) FROM (SELECT 1 FROM (
            SELECT author FROM messages WHERE room = r.id AND id > m.last_read_id AND deleted_at IS NULL
            ORDER BY id DESC LIMIT {MOST_LOOKED_AT}) WHERE author <> m.user LIMIT {MOST_COUNTED})),
        (SELECT COUNT(*) FROM (
            SELECT 1 FROM mentions WHERE user = m.user AND room = r.id AND message > m.last_read_id
            LIMIT {MOST_COUNTED})),
        (SELECT id FROM messages WHERE room = r.id ORDER BY id DESC LIMIT 1)
    FROM memberships m JOIN rooms r ON r.id = m.room WHERE m.user = ?'''  # noqa: S608


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """A room as one of its members sees it; one who left it sees it as read."""

    id: int
    name: str
    revision: int
    kind: str = 'open'
    topic: str = ''
    is_archived: bool = False
    creator_id: int | None = None
    unread: int = 0
    mentions: int = 0
    last_read_id: int = 0
    level: str = 'all'

    def to_dict(self) -> dict[str, Any]:
        """The form that programs get."""
        return {
            'id': self.id,
            'name': self.name,
            'kind': self.kind,
            'topic': self.topic,
            'revision': self.revision,
            'archived': self.is_archived,
            'unread': self.unread,
            'mentions': self.mentions,
            'last_read_id': self.last_read_id,
        }


@dataclass(frozen=True, slots=True)
class RoomChange:
    """What is to be told about a room: who has come and gone, and who should see it anew (None: all its members).

    Who has read something knows it already, in the page that said so.
    """

    room_id: int
    came: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    told: frozenset[int] | None = None
    is_reading: bool = False


# Looking ----------------------------------------------------------------------------------------------------------

async def get_all(user_id: int) -> list[RoomInfo]:
    """The rooms of this user: by name with the Lobby first, then the direct ones by latest activity."""
    return await database.read(lambda: infos(user_id))


async def check(user_id: int, room_id: int) -> None:
    """Raise Refused('not_found') unless this user is in the room."""
    await database.read(lambda: require(user_id, room_id))


async def browse(user_id: int) -> list[RoomInfo]:
    """The open rooms that this user has left, by name."""
    def query() -> list[RoomInfo]:
        mine = Membership.select(Membership.room).where(Membership.user == user_id)
        left = Room.select().where(Room.kind == 'open', Room.id.not_in(mine))
        return sorted((RoomInfo(room.id, room.name, room.revision, room.kind, room.topic, bool(room.archived_at),
                                room.creator_id, last_read_id=newest_id(room.id)) for room in left), key=_by_name)

    return await database.read(query)


async def members(user_id: int, room_id: int) -> list[User]:
    """Who is in a room of this user, by name. Raises Refused('not_found')."""
    def query() -> list[User]:
        require(user_id, room_id)
        found = User.select(User.id, User.username).join(Membership).where(Membership.room == room_id)
        return sorted(found, key=lambda user: names.key(user.username))

    return await database.read(query)


def infos(user_id: int, room_id: int | None = None) -> list[RoomInfo]:
    """All rooms of a user, or one of them; a query."""
    only, arguments = ('', [user_id]) if room_id is None else (' AND r.id = ?', [user_id, room_id])
    rows = db.execute_sql(INFO + only, arguments).fetchall()
    names_of = _people_besides(user_id, [row[0] for row in rows if row[2] == 'direct'])
    activity = {row[0]: row[11] or 0 for row in rows}
    found = [RoomInfo(id_, names_of.get(id_, name), revision, kind, topic, archived is not None, creator, unread,
                      mentions, last_read_id, level)
             for id_, name, kind, topic, revision, archived, creator, last_read_id, level, unread, mentions, _
             in rows]
    return sorted(found, key=lambda room: (room.kind == 'direct', room.id != LOBBY,
                                           -activity[room.id] if room.kind == 'direct' else 0, *_by_name(room)))


def _by_name(room: RoomInfo) -> tuple[str, int]:
    return names.key(room.name), room.id


def _info(user_id: int, room_id: int) -> RoomInfo:
    for found in infos(user_id, room_id):
        return found
    raise no_room()


def _people_besides(user_id: int, room_ids: Sequence[int]) -> dict[int, str]:
    """What a direct room is called by one of its people: the others' names."""
    called: dict[int, list[str]] = {room_id: [] for room_id in room_ids}
    for person in (Membership.select(Membership.room, User.username).join(User)
                   .where(Membership.room.in_(room_ids), Membership.user != user_id)):
        called[person.room_id].append(person.user.username)
    return {room_id: ', '.join(sorted(people, key=names.key)) for room_id, people in called.items()}


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
        return Written(_info(user_id, room.id), [RoomChange(room.id, came=came)])

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
            return Written(_info(user_id, room.id))
        room = Room.create(name='', kind='direct', creator=user_id, people=people)
        came = _add(room.id, everybody)
        return Written(_info(user_id, room.id), [RoomChange(room.id, came=came)])

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
        return Written(_info(user_id, room_id), [RoomChange(room_id, came=came)])

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
    return [_user_named(username) for username in usernames]


def _user_named(username: str) -> int:
    found = user_named(username) if names.is_text(username) else None
    if found is None:
        raise Refused('not_found', f'There is nobody named "{username[:names.LENGTH]}".')
    user_id: int = found.id
    return user_id

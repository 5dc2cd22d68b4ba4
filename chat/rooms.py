"""Rooms, as their members see them."""
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import database
import names
from database import db
from errors import Refused
from models import LOBBY, Membership, Room, User, newest_id, rooms_of

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
        (SELECT id FROM messages WHERE room = r.id ORDER BY id DESC LIMIT 1), u.is_admin
    FROM memberships m JOIN rooms r ON r.id = m.room JOIN users u ON u.id = m.user WHERE m.user = ?'''  # noqa: S608


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """A room as one of its members sees it; one who left it sees it as read.

    `is_managed`: by this member; `people`: the others in a direct one.
    """

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
    newest_id: int = 0
    is_managed: bool = False
    people: Sequence[int] = ()

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

    def to_page(self) -> dict[str, Any]:
        """The form that pages get."""
        return {**self.to_dict(), 'level': self.level, 'newest': self.newest_id, 'managed': self.is_managed,
                'people': list(self.people)}


@dataclass(frozen=True, slots=True)
class RoomChange:
    """What is to be told about a room: who has come and gone, and who should see it anew (None: all its members).

    `reader` is the socket of the page that has read something, and knows it; marking as unread is for all pages.
    """

    room_id: int
    came: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    told: frozenset[int] | None = None
    reader: str | None = None
    is_marking: bool = False


async def get_all(user_id: int) -> list[RoomInfo]:
    """The rooms of this user: by name with the Lobby first, then the direct ones by latest activity."""
    return await database.read(lambda: infos(user_id))


async def get(user_id: int, room_id: int) -> RoomInfo:
    """One room of this user. Raises Refused('not_found')."""
    return await database.read(lambda: info(user_id, room_id))


async def last(user_id: int) -> int:
    """The room that this user looked at last, if they are still in it; or else the Lobby."""
    def query() -> int:
        room = rooms_of(user_id).join(User, on=User.last_room_id == Room.id).where(User.id == user_id).first()
        return room.id if room else LOBBY

    return await database.read(query)


def among(mine: Sequence[RoomInfo], room_id: int) -> RoomInfo:
    """One of these rooms. Raises Refused('not_found')."""
    for room in mine:
        if room.id == room_id:
            return room
    raise no_room()


async def check(user_id: int, room_id: int, *, is_written_to: bool = False) -> None:
    """Raise Refused('not_found') unless this user is in the room; 'forbidden' to write to an archived one."""
    room = await database.read(lambda: require(user_id, room_id))
    if is_written_to and room.archived_at:
        raise is_archived()


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
    others = _people_besides(user_id, [row[0] for row in rows if row[2] == 'direct'])
    found = [RoomInfo(id_, _called(others[id_]) if id_ in others else name, revision,
                      kind, topic, archived is not None, creator, unread, mentions, last_read_id, level, newest or 0,
                      bool(is_admin) or creator == user_id, [person.id for person in others.get(id_, ())])
             for id_, name, kind, topic, revision, archived, creator, last_read_id, level, unread, mentions, newest,
             is_admin in rows]
    return sorted(found, key=lambda room: (room.kind == 'direct', room.id != LOBBY,
                                           -room.newest_id if room.kind == 'direct' else 0, *_by_name(room)))


def _by_name(room: RoomInfo) -> tuple[str, int]:
    return names.key(room.name), room.id


def info(user_id: int, room_id: int) -> RoomInfo:
    """One room of a user; a query. Raises Refused('not_found')."""
    for found in infos(user_id, room_id):
        return found
    raise no_room()


def ids(user_id: int) -> list[int]:
    """The rooms of a user; a query."""
    return [room_id for (room_id,) in db.execute_sql('SELECT room FROM memberships WHERE user = ?', (user_id,))]


def called(user_id: int, wanted: Iterable[str]) -> list[int]:
    """The rooms of a user that have one of these names, as this user sees them; a query."""
    mine = list(rooms_of(user_id))
    others = _people_besides(user_id, [room.id for room in mine if room.kind == 'direct'])
    keys = {names.key(' '.join(name.split())) for name in wanted}
    return [room.id for room in mine if names.key(_called(others[room.id]) if room.id in others else room.name) in keys]


def _called(people: Iterable[User]) -> str:
    """A direct room has the names of the others."""
    return ', '.join(person.username for person in people)


def _people_besides(user_id: int, room_ids: Sequence[int]) -> dict[int, list[User]]:
    """The others in direct rooms, after whom their people call them."""
    others: dict[int, list[User]] = {room_id: [] for room_id in room_ids}
    for person in (Membership.select(Membership.room, User.id, User.username).join(User)
                   .where(Membership.room.in_(room_ids), Membership.user != user_id)):
        others[person.room_id].append(person.user)
    return {room_id: sorted(people, key=lambda person: names.key(person.username))
            for room_id, people in others.items()}


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


def is_archived() -> Refused:
    """Of all that would change what is said in a room."""
    return Refused('forbidden', 'This room is archived: it can be read, not written to.')


def no_room() -> Refused:
    """The same for a room that is hidden and for one that does not exist."""
    return Refused('not_found', 'There is no such room.')

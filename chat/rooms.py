"""Reading rooms as each member sees them: name, unread messages, members."""
import json
from collections import Counter
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Literal

import database
import names
from accounts.actor import Actor
from database import db
from errors import Refused
from hub import sockets
from models import LOBBY, Membership, Room, User, iso, listed, rooms_of

from .system import COUNTED
from .text import markdown

MOST_COUNTED = 100
'''Unread messages and mentions are counted up to this number, so that the query costs the same after a long absence.'''
MOST_LOOKED_AT = 1_000
Count = Literal['unread', 'mentions', '']
Section = Literal['favourites', 'rooms', 'direct']
UNQUOTED = dict.fromkeys(map(ord, names.QUOTES))
MOST_BROWSED = 200
'''Rooms in the list of open rooms that a user may join.'''
OPEN = '''
    SELECT *, (SELECT COUNT(*) FROM memberships WHERE room = found.id),
        (SELECT created_at FROM messages WHERE id = found.newest) FROM (
            SELECT r.id, r.name, r.kind, r.topic, r.revision, r.archived_at, r.creator, c.username, m.level,
                (SELECT COALESCE(MAX(id), 0) FROM messages WHERE room = r.id AND system IS NULL) AS newest
            FROM rooms r LEFT JOIN memberships m ON m.room = r.id AND m.user = :user
                LEFT JOIN users c ON c.id = r.creator
            WHERE r.kind = 'open' AND (:all OR m.user IS NULL) ORDER BY newest DESC LIMIT :most) found'''
MOST_OPEN = 1_000
'''Open rooms that are listed to somebody who looks for one among all.'''
INFO = f'''
    SELECT r.id, r.name, r.kind, r.topic, r.revision, r.archived_at, r.creator, m.last_read_id, m.level, m.favourite,
        (SELECT COUNT(*) FROM (SELECT 1 FROM (
            SELECT author, system, about FROM messages
            WHERE room = r.id AND id > m.last_read_id AND deleted_at IS NULL
            ORDER BY id DESC LIMIT {MOST_LOOKED_AT}) latest
            WHERE author <> m.user AND {COUNTED} LIMIT {MOST_COUNTED}) counted),
        (SELECT COUNT(*) FROM (
            SELECT 1 FROM mentions n WHERE n.user = m.user AND n.room = r.id AND n.message > m.last_read_id
            LIMIT {MOST_COUNTED}) calls),
        (SELECT id FROM messages WHERE room = r.id ORDER BY id DESC LIMIT 1), u.is_admin, r.people, c.username
    FROM memberships m JOIN rooms r ON r.id = m.room JOIN users u ON u.id = m.user LEFT JOIN users c ON c.id = r.creator
    WHERE m.user = :user'''  # noqa: S608


TITLES = '''
    SELECT r.id, r.name, r.kind, r.revision, r.people, c.username FROM memberships m JOIN rooms r ON r.id = m.room
    LEFT JOIN users c ON c.id = r.creator WHERE m.user = :user'''


@dataclass(frozen=True, slots=True)
class RoomInfo:
    """A room as one user sees it; for a user who is not a member all its messages count as read.

    `is_managed`: this user may change it; `people`: ids of the other members of a direct room; `maker`: the username
    of its creator; `is_twin`: another room of this user has the same name, so that it is shown with its maker;
    `favourite`: its place among the user's favourites.
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
    maker: str | None = None
    is_twin: bool = False
    favourite: int | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that programs receive (PROGRAMS.md)."""
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
            'favourite': self.favourite is not None,
        }

    def to_page(self) -> dict[str, Any]:
        """The JSON object that pages receive."""
        return {**self.to_dict(), 'about': markdown.line(self.topic), 'newest': self.newest_id,
                'managed': self.is_managed, 'order': self.order, 'calls': self.calls, 'marks': self.marks,
                'section': self.section, 'says': self.says, 'look': self.look, 'maker': self.maker}

    @property
    def says(self) -> dict[str, Any]:
        """What the `data-` attributes of the room's row in the sidebar say, as far as a page does not count it."""
        of_person = {'person': self.person, 'state': sockets.state(self.person)} if self.person else {}
        return {'room': self.id, 'kind': self.kind, 'key': names.fold(self.name), 'level': self.level,
                'archived': 'yes' if self.is_archived else 'no', 'with': json.dumps({'room': self.id}), **of_person}

    @property
    def title(self) -> str:
        """Its name, with what tells it from another room of this user that has this name."""
        return self.name + self.told_by

    @property
    def told_by(self) -> str:
        """Who made it, if another room of this user has its name; a page does the same (`makerOf`)."""
        return f' (by {self.maker})' if self.is_twin and self.maker else ''

    @property
    def look(self) -> str:
        """What its name has in common with those that look alike; '' for a direct room."""
        return '' if self.kind == 'direct' else names.look_key(self.name)

    @property
    def calls(self) -> Count:
        """Which count calls the user, and stands on the badge: mentions, or all that is unread in a direct room."""
        if self.level == 'nothing' or (self.level == 'hidden' and self.kind != 'direct'):
            return ''
        return 'unread' if self.kind == 'direct' and self.level != 'mentions' else 'mentions'

    @property
    def marks(self) -> Count:
        """Which count marks the room as unread."""
        return 'unread' if self.level == 'all' else self.calls

    def counted(self, count: Count) -> int:
        """How many messages this count has."""
        return {'unread': self.unread, 'mentions': self.mentions, '': 0}[count]

    @property
    def person(self) -> int | None:
        """The other member of a direct room of two."""
        return self.people[0] if len(self.people) == 1 else None

    @property
    def section(self) -> Section:
        """In which part of the sidebar the room stands."""
        return 'favourites' if self.favourite is not None else 'direct' if self.kind == 'direct' else 'rooms'

    @property
    def order(self) -> str | None:
        """Where the room stands in its section, to be compared by UTF-16 code units; direct ones are by the newest."""
        if self.favourite is not None:
            return f'{self.favourite:06}'
        if self.kind == 'direct':
            return None
        return '' if self.id == LOBBY else f'{names.order(self.name)}\t{self.id:019}'


@dataclass(frozen=True, slots=True)
class Listed:
    """A room in the list of open ones: how many are in it, when somebody last wrote there, if the user is in it."""

    room: RoomInfo
    members: int
    last_at: datetime | None
    is_mine: bool

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that programs receive (PROGRAMS.md)."""
        return {**self.room.to_dict(), 'members': self.members, 'last_at': iso(self.last_at) if self.last_at else None}


@dataclass(frozen=True, slots=True)
class RoomChange:
    """A change of a room to publish: who joined, who left, and who gets its new info (`told`; None: all its members).

    `reader`: socket of the page that marked messages as read, and is not told; `is_marking`: marked as unread, told to
    all pages.
    """

    room_id: int
    came: frozenset[int] = frozenset()
    gone: frozenset[int] = frozenset()
    told: frozenset[int] | None = None
    reader: str | None = None
    is_marking: bool = False


async def get_all(actor: Actor) -> list[RoomInfo]:
    """The rooms of this user: the Lobby, the others by name, then the direct ones by latest activity."""
    return await database.read(lambda: infos(actor.user_id))


async def get(actor: Actor, room_id: int) -> RoomInfo:
    """One room of this user. Raises Refused('not_found')."""
    return await database.read(lambda: info(actor.user_id, room_id))


async def last(actor: Actor) -> int:
    """The id of the room that this user opened last, if they are still a member, or else of the Lobby."""
    def query() -> int:
        mine = rooms_of(actor.user_id).join(User, on=User.last_room_id == Room.id)
        room = mine.where(User.id == actor.user_id).first()
        return room.id if room else LOBBY

    return await database.read(query)


def among(mine: Sequence[RoomInfo], room_id: int) -> RoomInfo:
    """The room with this id among those given. Raises Refused('not_found')."""
    for room in mine:
        if room.id == room_id:
            return room
    raise no_room_error()


async def check(actor: Actor, room_id: int, *, is_written_to: bool = False) -> None:
    """Raise Refused('not_found') unless this user is a member; 'forbidden' for writing to an archived room."""
    room = await database.read(lambda: require(actor.user_id, room_id))
    if is_written_to and room.archived_at:
        raise archived_error()


async def browse(actor: Actor) -> list[Listed]:
    """The open rooms that this user is not in, by name; above MOST_BROWSED, those with the latest messages."""
    return await database.read(lambda: _open(actor.user_id, MOST_BROWSED, with_mine=False))


async def browse_all(actor: Actor) -> list[Listed]:
    """All open rooms, by name; above MOST_OPEN, those with the latest messages."""
    return await database.read_aside(lambda: _open(actor.user_id, MOST_OPEN, with_mine=True))


def _open(user_id: int, most: int, *, with_mine: bool) -> list[Listed]:
    rows = db.execute_sql(OPEN, {'user': user_id, 'all': with_mine, 'most': most})
    found = [Listed(RoomInfo(number, name, revision, kind, topic, archived is not None, creator, last_read_id=newest,
                             level=level or 'all', maker=maker), members,
                    datetime.fromisoformat(last_at) if last_at else None, is_mine=level is not None)
             for number, name, kind, topic, revision, archived, creator, maker, level, newest, members, last_at
             in rows]
    return sorted(found, key=lambda each: _by_name(each.room))


def told_apart(found: Sequence[RoomInfo]) -> list[RoomInfo]:
    """Mark those of one name as twins."""
    looks = Counter(room.look for room in found)
    return [replace(room, is_twin=True) if room.look and looks[room.look] > 1 else room for room in found]


async def members(actor: Actor, room_id: int) -> list[User]:
    """The members of a room of this user, sorted by name. Raises Refused('not_found')."""
    def query() -> list[User]:
        room = require(actor.user_id, room_id)
        found = User.select(User.id, User.username).where(User.id.in_(people_of(room)))
        return sorted(found, key=lambda user: names.key(user.username))

    return await database.read(query)


def people_of(room: Room) -> Any:
    """The ids of a room's members, for `in_`; those of a direct room are its people, also before they see it."""
    if room.people:
        return listed(_ids_in(room.people))
    return Membership.select(Membership.user).where(Membership.room == room.id)


def count_of(room: Room) -> int:
    """How many members a room has, or people, if it is a direct one."""
    if room.people:
        return len(_ids_in(room.people))
    count: int = Membership.select().where(Membership.room == room.id).count()
    return count


def _ids_in(people: str | None) -> list[int]:
    return [int(number) for number in (people or '').split(',') if number]


async def titles(actor: Actor, room_ids: Iterable[int]) -> dict[int, RoomInfo]:
    """By id, the names and kinds of those of these rooms that are this user's, as they see them; without counts."""
    wanted = {*room_ids}
    return {room.id: room for room in await database.read(lambda: _named(actor.user_id, wanted)) if room.id in wanted}


def _named(user_id: int, wanted: Container[int] | None = None) -> list[RoomInfo]:
    """All rooms of a user with what they are called; if only some are `wanted`, other direct ones have no names."""
    rows = db.execute_sql(TITLES, {'user': user_id}).fetchall()
    directs = {row[0]: row[4] for row in rows if row[2] == 'direct' and (wanted is None or row[0] in wanted)}
    others = _people_besides(user_id, directs)
    return told_apart([RoomInfo(id_, _called(others[id_]) if id_ in others else name, revision, kind, maker=maker)
                       for id_, name, kind, revision, _, maker in rows])


def infos(user_id: int, room_id: int | None = None) -> list[RoomInfo]:
    """All rooms of a user, or only the one with `room_id`; runs in a database thread."""
    only = '' if room_id is None else ' AND r.id = :room'
    rows = db.execute_sql(INFO + only, {'user': user_id, 'room': room_id}).fetchall()
    others = _people_besides(user_id, {row[0]: row[-2] for row in rows if row[2] == 'direct'})
    found = [RoomInfo(id_, _called(others[id_]) if id_ in others else name, revision,
                      kind, topic, archived is not None, creator, unread, mentions, last_read_id, level, newest or 0,
                      bool(is_admin) or creator == user_id, [person.id for person in others.get(id_, ())], maker,
                      favourite=favourite)
             for id_, name, kind, topic, revision, archived, creator, last_read_id, level, favourite, unread, mentions,
             newest, is_admin, _, maker in rows]
    return sorted(told_apart(found), key=lambda room: (room.kind == 'direct', room.id != LOBBY,
                                           -room.newest_id if room.kind == 'direct' else 0, *_by_name(room)))


def _by_name(room: RoomInfo) -> tuple[bytes, int]:
    return names.order(room.name).encode('utf-16-be'), room.id


def info(user_id: int, room_id: int) -> RoomInfo:
    """One room of a user; runs in a database thread. Raises Refused('not_found')."""
    for found in infos(user_id, room_id):
        return found
    raise no_room_error()


def ids(user_id: int) -> list[int]:
    """The ids of a user's rooms; runs in a database thread."""
    return [membership.room_id for membership in Membership.select(Membership.room).where(Membership.user == user_id)]


def called(user_id: int, wanted: Iterable[str]) -> list[int]:
    """The ids of a user's rooms that have one of these names as this user sees them; runs in a database thread.

    Quotes in them do not count, as a name stands in quotes itself where it is searched in; nor do accents, if no room
    has one otherwise. One of several of one name is also found by that with its maker.
    """
    keys, mine = {_unquoted(names.one_line(name)) for name in wanted}, _named(user_id)
    found = [room.id for room in mine if not keys.isdisjoint((_unquoted(room.name), _unquoted(room.title)))]
    folded = {*map(names.fold, keys)} - {''}
    return found or [room.id for room in mine if names.fold(_unquoted(room.name)) in folded]


def _unquoted(name: str) -> str:
    key = names.look_key(name)
    return key.translate(UNQUOTED).strip() or key


def _called(people: Iterable[User]) -> str:
    """The name of a direct room: the usernames of its other members."""
    return ', '.join(person.username for person in people)


def _people_besides(user_id: int, people: Mapping[int, str | None]) -> dict[int, list[User]]:
    """By room id, the others in direct rooms, of which `Room.people` is given, sorted by name.

    They are not looked up as members, which they become with the first message.
    """
    others = {room_id: [number for number in _ids_in(text) if number != user_id] for room_id, text in people.items()}
    wanted = {number for numbers in others.values() for number in numbers}
    found = User.select(User.id, User.username).where(User.id.in_(listed(wanted))) if wanted else ()
    known = {user.id: user for user in found}
    return {room_id: sorted((known[number] for number in numbers if number in known),
                            key=lambda person: names.key(person.username)) for room_id, numbers in others.items()}


def reach(room_id: int) -> RoomChange:
    """Make all people of a direct room its members, before its first message; runs in a write operation."""
    people = _ids_in(Room.get_by_id(room_id).people)
    added = (Membership.insert_many([(room_id, number) for number in people], [Membership.room, Membership.user])
             .on_conflict_ignore().returning(Membership.user).tuples())
    came = frozenset(number for (number,) in added.execute())
    return RoomChange(room_id, came=came, told=came)


def require(user_id: int, room_id: int) -> Room:
    """A room that this user is a member of; runs in a database thread. Raises Refused('not_found')."""
    room: Room | None = rooms_of(user_id).where(Room.id == room_id).first()
    if room is None:
        raise no_room_error()
    return room


def member(user_id: int, room_id: int) -> Membership:
    """A user's membership, joined with its room and user; runs in a write operation. Raises Refused('not_found')."""
    found: Membership | None = (
        Membership.select(Membership, Room, User).join(Room).switch(Membership).join(User)
        .where(Membership.user == user_id, Membership.room == room_id).first())
    if found is None:
        raise no_room_error()
    return found


def archived_error() -> Refused:
    """The error for changing the messages of an archived room."""
    return Refused('forbidden', 'This room is archived: it can be read, not written to.')


def no_room_error() -> Refused:
    """The error for a room that does not exist, and for one that the user may not see: they must look the same."""
    return Refused('not_found', 'There is no such room.')

"""Creating and changing rooms; joining and leaving them, inviting and removing members."""
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from peewee import SQL, Value, fn

import database
import limits
import names
from accounts.actor import Actor
from database import Written
from errors import Refused
from models import LOBBY, MOST_ROOMS, Membership, Room, User, newest_id, now, rooms_of

from .entries import Change, happened
from .rooms import RoomChange, RoomInfo, info, member, no_room_error, require

NAME_LENGTH, TOPIC_LENGTH = 80, 250
MOST_IN_DIRECT = 20
'''Maximum members of a direct conversation, besides the one who opens it.'''
LONGEST_NAME = 200
'''Maximum characters of a username that is looked up; the original app had no limit.'''
MOST_NAMED = 1_000
'''Maximum usernames in one request.'''
NAMED_PER_UNIT = 40
'''Usernames in one request that cost one more unit of the rate limit, as much as one room or one change of it.'''
MOST_MADE, MOST_BEGUN = 100, 500
'''Rooms that are not archived, and direct conversations, that one user may have created.'''


# Creating and changing --------------------------------------------------------------------------------------------

async def create(actor: Actor, name: str, kind: str, usernames: Sequence[str] = ()) -> RoomInfo:
    """Create a room: an open one has all users as its members, a closed one its creator and the users named.

    Raises Refused: 'invalid', 'not_found' for an unknown username, 'conflict' for one room too many, and for the name
    of a room that the actor can see, 'too_fast', 'unavailable'.
    """
    limits.check_make(actor.user_id, _cost(usernames))
    people = await users_named(usernames)

    def operation() -> Written[RoomInfo]:
        check_kind(kind)
        _check_made(actor.user_id)
        room = Room.create(name=_free(actor.user_id, check_name(name)), kind=kind, creator=actor.user_id)
        came = _everyone(room) if kind == 'open' else frozenset[int]()
        named = people if kind == 'closed' else []
        came |= _add(room, [actor.user_id, *named])
        lines = [*happened(room.id, actor.user_id, 'opened', value=room.name),
                 *_added(actor, room, [person for person in named if person != actor.user_id])]
        return Written(info(actor.user_id, room.id), [RoomChange(room.id, came=came, told=came), *lines])

    return await database.write(operation)


def _added(actor: Actor, room: Room, people: Sequence[int]) -> list[Change]:
    """Tell that these were added; for each of them it counts as unread."""
    return happened(room.id, actor.user_id, 'added', people=people)


async def open_direct(actor: Actor, usernames: Sequence[str]) -> RoomInfo:
    """Return the direct conversation of exactly these users and the actor; create it if there is none.

    Whoever opens it sees it; the others do with its first message (`rooms.reach`).

    Raises Refused: 'invalid', 'not_found' for an unknown username, 'conflict' for one conversation too many,
    'too_fast', 'unavailable'.
    """
    limits.check_look(actor.user_id)
    others = {*await users_named(usernames)} - {actor.user_id}
    if not 1 <= len(others) <= MOST_IN_DIRECT:
        raise Refused('invalid', f'Name 1 to {MOST_IN_DIRECT} people besides yourself.')
    everybody = sorted({actor.user_id, *others})
    people = ','.join(map(str, everybody))

    def operation() -> Written[RoomInfo]:
        room = Room.get_or_none(Room.people == people) or _begin(actor.user_id, people)
        came = _let_in(room, [actor.user_id])
        return Written(info(actor.user_id, room.id), [RoomChange(room.id, came=came, told=came)] if came else [])

    return await database.write(operation)


def _begin(user_id: int, people: str) -> Room:
    limits.check_make(user_id)
    _check_begun(user_id)
    return Room.create(name='', kind='direct', creator=user_id, people=people)


def _check_made(user_id: int) -> None:
    """Raise Refused('conflict') if this user has created MOST_MADE rooms that are not archived."""
    made = Room.select().where(Room.creator == user_id, Room.kind != 'direct', Room.archived_at.is_null())
    if limits.are_on() and made.count() >= MOST_MADE:
        raise Refused('conflict', f'{MOST_MADE} rooms of one person are the most: archive one that is not needed.')


def _check_begun(user_id: int) -> None:
    """Raise Refused('conflict') if this user has begun MOST_BEGUN direct conversations."""
    if limits.are_on() and Room.select().where(Room.creator == user_id, Room.kind == 'direct').count() >= MOST_BEGUN:
        raise Refused('conflict', f'{MOST_BEGUN} conversations that one person began are the most: '
                                  'write in one of those that you have.')


async def update(actor: Actor, room_id: int, *, name: str | None = None, topic: str | None = None,
                 kind: str | None = None, archived: bool | None = None) -> RoomInfo:
    """Change those properties of a room that are not None.

    Raises Refused: 'invalid', 'not_found', 'forbidden', 'conflict' if its creator has too many rooms to unarchive it,
    and for a new name that a room has which the actor can see, 'too_fast', 'unavailable'.
    """
    limits.check_manage(actor.user_id)

    def operation() -> Written[RoomInfo]:
        room = _managed(actor.user_id, room_id)
        if room.kind == 'direct':
            raise Refused('forbidden', 'A direct conversation stays as it is.')
        if room.id == LOBBY and (archived or kind == 'closed'):
            raise Refused('forbidden', 'The Lobby stays open.')
        was = dict(room.__data__)
        came = _convert(room, kind) if kind is not None else frozenset[int]()
        room.name = room.name if name is None else _renamed(actor.user_id, room, check_name(name))
        room.topic = room.topic if topic is None else check_topic(topic)
        if archived is False and room.archived_at and room.creator_id:
            _check_made(room.creator_id)
        if archived is not None:
            room.archived_at = now() if archived else None
        room.save(only=[Room.name, Room.topic, Room.kind, Room.archived_at])  # not the revision: only messages raise it
        lines = [line for what, value in _changes(was, room)
                 for line in happened(room_id, actor.user_id, what, value=value)]
        told = None if room.kind == 'open' else _members(room_id)
        return Written(info(actor.user_id, room_id), [RoomChange(room_id, came=came, told=told), *lines])

    return await database.write(operation)


def _changes(was: Mapping[str, Any], room: Room) -> Iterator[tuple[str, str]]:
    """What is no longer as it was, by the kinds of system messages, with what was set."""
    if room.name != was['name']:
        yield 'renamed', room.name
    if room.topic != was['topic']:
        yield 'topic', room.topic
    if room.kind != was['kind']:
        yield 'opened' if room.kind == 'open' else 'closed', ''
    if bool(room.archived_at) != bool(was['archived_at']):
        yield 'archived' if room.archived_at else 'unarchived', ''


def _convert(room: Room, kind: str) -> frozenset[int]:
    """Set the kind, return the new members: opening shows the history to everyone, closing keeps the members."""
    check_kind(kind)
    was_closed, room.kind = room.kind == 'closed', kind
    return _everyone(room) if was_closed and kind == 'open' else frozenset()


def _managed(user_id: int, room_id: int) -> Room:
    """A room that this user may change, or a direct one they are in. Raises Refused: 'not_found', 'forbidden'."""
    found = member(user_id, room_id)
    if found.room.creator_id != user_id and not found.user.is_admin and found.room.kind != 'direct':
        raise Refused('forbidden', 'Only who made this room and administrators may do that.')
    room: Room = found.room
    return room


# Joining and leaving ----------------------------------------------------------------------------------------------

async def join(actor: Actor, room_id: int) -> None:
    """Join an open room; does nothing for a member.

    Raises Refused: 'not_found', 'conflict' for one room too many, 'too_fast', 'unavailable'.
    """
    limits.check_manage(actor.user_id)

    def operation() -> Written[None]:
        if rooms_of(actor.user_id).where(Room.id == room_id).exists():
            return Written(None)
        room = Room.get_or_none(Room.id == room_id, Room.kind == 'open')
        if room is None:
            raise no_room_error()
        came = _add(room, [actor.user_id])
        lines = happened(room_id, actor.user_id, 'joined', people=came)
        return Written(None, [RoomChange(room_id, came=came, told=frozenset([actor.user_id])), *lines])

    await database.write(operation)


async def leave(actor: Actor, room_id: int) -> None:
    """Leave a room. Raises Refused: 'not_found', 'forbidden', 'too_fast', 'unavailable'."""
    limits.check_manage(actor.user_id)
    await database.write(lambda: _gone(actor, 'left', actor.user_id, _leavable(require(actor.user_id, room_id))))


async def invite(actor: Actor, room_id: int, usernames: Sequence[str]) -> None:
    """Make these users members of a room.

    Raises Refused: 'invalid', 'not_found', 'forbidden', 'conflict' for a user who is in too many rooms, 'too_fast',
    'unavailable'.
    """
    limits.check_manage(actor.user_id, _cost(usernames))
    people = await users_named(usernames)

    def operation() -> Written[None]:
        room = _managed(actor.user_id, room_id)
        if room.kind == 'direct':
            raise Refused('forbidden', 'A direct conversation keeps its people: start another one.')
        came = _add(room, people)
        lines = _added(actor, room, [person for person in people if person in came])
        return Written(None, [RoomChange(room_id, came=came, told=came), *lines] if came else [])

    await database.write(operation)


async def remove(actor: Actor, room_id: int, username: str) -> None:
    """Remove a member from a room. Raises Refused: 'not_found', 'forbidden', 'too_fast', 'unavailable'."""
    limits.check_manage(actor.user_id)
    (person,) = await users_named([username])

    def operation() -> Written[None]:
        room = _leavable(_managed(actor.user_id, room_id))
        if not rooms_of(person).where(Room.id == room_id).exists():
            raise Refused('not_found', f'"{username}" is not in this room.')
        return _gone(actor, 'left' if person == actor.user_id else 'removed', person, room)

    await database.write(operation)


def _leavable(room: Room) -> Room:
    if room.id == LOBBY:
        raise Refused('forbidden', 'Everyone stays in the Lobby.')
    if room.kind == 'direct':
        raise Refused('forbidden', 'A direct conversation keeps its people: hide it instead.')
    return room


def _gone(actor: Actor, what: str, user_id: int, room: Room) -> Written[None]:
    Membership.delete().where(Membership.room == room.id, Membership.user == user_id).execute()
    lines = happened(room.id, actor.user_id, what, people=[user_id])
    return Written(None, [RoomChange(room.id, gone=frozenset([user_id]), told=frozenset()), *lines])


def _everyone(room: Room) -> frozenset[int]:
    """Make all users members of an open room, unless MOST_ROOMS others are open: then users find it by browsing."""
    is_one_of_many = Room.select().where(Room.kind == 'open', Room.id != room.id).count() >= MOST_ROOMS
    return frozenset() if is_one_of_many else _let_in(room, None)


def _add(room: Room, user_ids: Sequence[int]) -> frozenset[int]:
    """Make these users members; returns those who were none before. Raises Refused('conflict')."""
    if limits.are_on():
        _check_place(room, user_ids)
    return _let_in(room, user_ids)


def _check_place(room: Room, user_ids: Sequence[int]) -> None:
    """Raise Refused('conflict') if a user who would join is already in MOST_ROOMS rooms of this kind."""
    full = (User.select(User.username).join(Membership).join(Room)
            .where(User.id.in_({*user_ids} - _members(room.id)), Room.kind == room.kind)
            .group_by(User.id).having(fn.COUNT(SQL('*')) >= MOST_ROOMS).first())
    if full:
        raise Refused('conflict', f'{full.username} is in {MOST_ROOMS} {room.kind} rooms, which is the most, '
                                  'and would have to leave one first.')


def _let_in(room: Room, user_ids: Sequence[int] | None) -> frozenset[int]:
    """Insert memberships of these users, or of all (None), in one statement; existing messages count as read."""
    people = User.select(Value(room.id), User.id, Value(newest_id(room.id)))
    if user_ids is not None:
        people = people.where(User.id.in_(user_ids))
    columns = [Membership.room, Membership.user, Membership.last_read_id]
    came = Membership.insert_from(people, columns).on_conflict_ignore().returning(Membership.user).tuples()
    return frozenset(user_id for (user_id,) in came.execute())


def _members(room_id: int) -> frozenset[int]:
    found = Membership.select(Membership.user).where(Membership.room == room_id)
    return frozenset(membership.user_id for membership in found)


# Checks of names and topics ---------------------------------------------------------------------------------------

def check_kind(kind: str) -> None:
    """Raise Refused('invalid') for any kind but 'open' and 'closed', which alone can be chosen."""
    if kind not in {'open', 'closed'}:
        raise Refused('invalid', 'A room is "open" or "closed".')


def check_name(name: str) -> str:
    """A room's name as it is stored. Raises Refused('invalid')."""
    name = _checked(name, NAME_LENGTH, "room's name")
    if not any(map(names.is_visible, name)):
        raise Refused('invalid', 'The room has no name: give it one.')
    return name


def _renamed(user_id: int, room: Room, name: str) -> str:
    """A room's new name. Its present one may stay, though others have it from before. Raises Refused('conflict')."""
    return name if name == room.name else _free(user_id, name, but=room.id)


def _free(user_id: int, name: str, but: int = 0) -> str:
    """A name that no room has which this user can see, archived or not, besides `but`. Raises Refused('conflict').

    Closed rooms of others say nothing here: whether they are there must not be known.
    """
    mine = Membership.select(Membership.room).where(Membership.user == user_id)
    seen = Room.select(Room.name, Room.archived_at).where(
        Room.kind != 'direct', Room.id != but, (Room.kind == 'open') | Room.id.in_(mine))
    look = names.look_key(name)
    for room in seen:
        if names.look_key(room.name) == look:
            raise Refused('conflict', _taken(room))
    return name


def _taken(room: Room) -> str:
    if room.archived_at:
        return f'An archived room is named "{room.name}": choose another name, or have that one brought back.'
    return f'There is a room named "{room.name}" already: choose another name.'


def check_topic(topic: str) -> str:
    """A topic as it is stored. Raises Refused('invalid')."""
    return _checked(topic, TOPIC_LENGTH, 'topic')


def _checked(text: str, length: int, what: str) -> str:
    if len(text) > length:
        raise Refused('invalid', f'A {what} has at most {length} characters: shorten it.')
    if not names.is_text(text):
        raise Refused('invalid', f"The {what} contains characters that can't be stored: remove them.")
    return names.one_line(text)


async def users_named(usernames: Sequence[str]) -> list[int]:
    """The ids of these users; an exact name wins over one that differs in case. Raises Refused: 'invalid', 'not_found'.

    Runs in a reader thread, before the write: usernames never change.
    """
    wanted = list(dict.fromkeys(usernames))
    if len(wanted) > MOST_NAMED:
        raise Refused('invalid', f'Name {MOST_NAMED:,} people at the most.')
    return await database.read(lambda: _users_named(wanted))


def _users_named(usernames: Sequence[str]) -> list[int]:
    keys = {username: names.key(username) for username in usernames
            if len(username) <= LONGEST_NAME and names.is_text(username)}
    found = list(User.select(User.id, User.username, User.name_key)
                 .where(User.username.in_(list(keys)) | User.name_key.in_(list(keys.values()))))
    exact = {user.username: user.id for user in found}
    by_key = {user.name_key: user.id for user in found}
    return [_known(username, exact.get(username) or by_key.get(keys.get(username, ''))) for username in usernames]


def _cost(usernames: Sequence[str]) -> int:
    """Units of the rate limit for these usernames: MOST_NAMED of them cost most of what one user may spend at once."""
    return 1 + min(len(usernames), MOST_NAMED) // NAMED_PER_UNIT


def _known(username: str, user_id: int | None) -> int:
    if user_id is None:
        raise Refused('not_found', f'There is nobody named "{username[:names.LENGTH]}".')
    return user_id

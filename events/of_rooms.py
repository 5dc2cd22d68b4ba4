"""What can be asked for about rooms and the people in them."""
from typing import Annotated, Literal

from pydantic import Field

from chat import management, reading, rooms
from hub import Socket, hub

from . import Answer, Arguments, Events, Id, InRoom, Nothing

Usernames = Annotated[list[str], Field(max_length=1_000)]


class CreateRoom(Arguments):
    """`create_room`"""

    name: str
    kind: Literal['open', 'closed']
    members: Usernames = Field(default_factory=list)


class OpenDirect(Arguments):
    """`open_direct`"""

    members: Usernames


class UpdateRoom(InRoom):
    """`update_room`"""

    name: str | None = None
    topic: str | None = None
    kind: Literal['open', 'closed'] | None = None
    archived: bool | None = None


class Person(InRoom):
    """`invite`, `remove`"""

    username: str


class UpTo(InRoom):
    """`read`, `mark_unread`"""

    id: Id


class Notify(InRoom):
    """`notify`"""

    level: Literal['all', 'mentions', 'nothing', 'hidden']


async def get_rooms(user: Socket, _: Nothing) -> Answer:
    """All of mine."""
    return {'rooms': [shown_to(user, room) for room in await rooms.get_all(user.user_id)]}


def shown_to(user: Socket, room: rooms.RoomInfo) -> Answer:
    """Pages get to know more of a room."""
    return room.to_page() if user.kind == 'page' else room.to_dict()


async def browse(user: Socket, _: Nothing) -> Answer:
    """Open ones that I have left."""
    return {'rooms': [room.to_dict() for room in await rooms.browse(user.user_id)]}


async def create_room(user: Socket, arguments: CreateRoom) -> Answer:
    """A new one."""
    room = await management.create(user.user_id, arguments.name, arguments.kind, arguments.members)
    return {'room': shown_to(user, room)}


async def open_direct(user: Socket, arguments: OpenDirect) -> Answer:
    """A conversation."""
    return {'room': shown_to(user, await management.open_direct(user.user_id, arguments.members))}


async def update_room(user: Socket, arguments: UpdateRoom) -> Answer:
    """Another name, topic or kind, or into the archive."""
    room = await management.update(user.user_id, arguments.room, name=arguments.name, topic=arguments.topic,
                              kind=arguments.kind, archived=arguments.archived)
    return {'room': shown_to(user, room)}


async def join(user: Socket, arguments: InRoom) -> Answer:
    """Come back."""
    await management.join(user.user_id, arguments.room)
    return {'room': arguments.room}


async def leave(user: Socket, arguments: InRoom) -> Answer:
    """Go."""
    await management.leave(user.user_id, arguments.room)
    return {'room': arguments.room}


async def invite(user: Socket, arguments: Person) -> Answer:
    """Bring somebody in."""
    await management.invite(user.user_id, arguments.room, arguments.username)
    return {'room': arguments.room}


async def remove(user: Socket, arguments: Person) -> Answer:
    """Put somebody out."""
    await management.remove(user.user_id, arguments.room, arguments.username)
    return {'room': arguments.room}


async def members(user: Socket, arguments: InRoom) -> Answer:
    """Who is in a room, and here."""
    found = await rooms.members(user.user_id, arguments.room)
    return {'members': [{'username': person.username, 'state': hub.state(person.id)} for person in found]}


async def typing(user: Socket, arguments: InRoom) -> Answer:
    """Writing."""
    await rooms.check(user.user_id, arguments.room, is_written_to=True)
    hub.typing(arguments.room, user.user_id, user.username)
    return {}


async def read(user: Socket, arguments: UpTo) -> Answer:
    """Up to here."""
    reader = user.sid if user.kind == 'page' else None
    return {'room': arguments.room,
            'last_read_id': await reading.read(user.user_id, arguments.room, arguments.id, reader)}


async def mark_unread(user: Socket, arguments: UpTo) -> Answer:
    """From here on."""
    return {'room': arguments.room,
            'last_read_id': await reading.mark_unread(user.user_id, arguments.room, arguments.id)}


async def notify(user: Socket, arguments: Notify) -> Answer:
    """What counts."""
    await reading.notify(user.user_id, arguments.room, arguments.level)
    return {'room': arguments.room, 'level': arguments.level}


EVENTS: Events = {
    'rooms': (Nothing, get_rooms),
    'browse': (Nothing, browse),
    'create_room': (CreateRoom, create_room),
    'open_direct': (OpenDirect, open_direct),
    'update_room': (UpdateRoom, update_room),
    'join': (InRoom, join),
    'leave': (InRoom, leave),
    'invite': (Person, invite),
    'remove': (Person, remove),
    'members': (InRoom, members),
    'typing': (InRoom, typing),
    'read': (UpTo, read),
    'mark_unread': (UpTo, mark_unread),
    'notify': (Notify, notify),
}

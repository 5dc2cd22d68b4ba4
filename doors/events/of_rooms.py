"""Events about rooms and their members."""
from typing import Annotated, Literal

from pydantic import Field

from accounts.actor import Actor
from chat import favourites, management, reading, rooms
from hub import sockets

from . import Answer, Events, Id, counted_there, look, signal

Usernames = Annotated[list[str], Field(max_length=management.MOST_NAMED)]
NOBODY: list[str] = []
Kind = Literal['open', 'closed']
Level = Literal['all', 'mentions', 'nothing', 'hidden']

events = Events()


@events.on('rooms', look(3))
async def get_rooms(actor: Actor) -> Answer:
    """Return all rooms that the actor is a member of."""
    return {'rooms': [shown_to(actor, room) for room in await rooms.get_all(actor)]}


def shown_to(actor: Actor, room: rooms.RoomInfo) -> Answer:
    """Return a room in the form for this actor: pages get more fields than programs."""
    return room.to_page() if actor.kind == 'page' else room.to_dict()


@events.on('browse', look(3))
async def browse(actor: Actor) -> Answer:
    """Return the open rooms that the actor is not a member of, with how many are in each, and when one last wrote."""
    return {'rooms': [room.to_dict() for room in await rooms.browse(actor)]}


@events.on('create_room', counted_there)
async def create_room(actor: Actor, name: str, kind: Kind, members: Usernames = NOBODY) -> Answer:
    """Create an open room for everybody, or a closed one for the actor and `members`."""
    return {'room': shown_to(actor, await management.create(actor, name, kind, members))}


@events.on('open_direct', counted_there)
async def open_direct(actor: Actor, members: Usernames) -> Answer:
    """Return the direct conversation with these people; create it if there is none."""
    return {'room': shown_to(actor, await management.open_direct(actor, members))}


@events.on('update_room', counted_there)
async def update_room(actor: Actor, room: Id, name: str | None = None, topic: str | None = None,
                      kind: Kind | None = None, archived: bool | None = None) -> Answer:
    """Change the given properties of a room; None leaves one as it is."""
    info = await management.update(actor, room, name=name, topic=topic, kind=kind, archived=archived)
    return {'room': shown_to(actor, info)}


@events.on('join', counted_there)
async def join(actor: Actor, room: Id) -> Answer:
    """Become a member of an open room, for example after leaving it."""
    await management.join(actor, room)
    return {'room': room}


@events.on('leave', counted_there)
async def leave(actor: Actor, room: Id) -> Answer:
    """Leave a room; the Lobby and direct conversations can't be left."""
    await management.leave(actor, room)
    return {'room': room}


@events.on('invite', counted_there)
async def invite(actor: Actor, room: Id, username: str) -> Answer:
    """Add a user to a room that the actor manages; direct conversations can't be changed."""
    await management.invite(actor, room, [username])
    return {'room': room}


@events.on('remove', counted_there)
async def remove(actor: Actor, room: Id, username: str) -> Answer:
    """Remove a user from a room that the actor manages; the Lobby and direct conversations can't be changed."""
    await management.remove(actor, room, username)
    return {'room': room}


@events.on('favourite', counted_there)
async def favourite(actor: Actor, room: Id, on: bool) -> Answer:
    """Put a room or a conversation among the actor's favourites, or take it away from these."""
    await favourites.favourite(actor, room, on=on)
    return {'room': room, 'on': on}


@events.on('move_favourite', counted_there)
async def move_favourite(actor: Actor, room: Id, before: Id | None = None) -> Answer:
    """Put a favourite before another one, or below all."""
    return {'rooms': await favourites.move(actor, room, before)}


@events.on('members', look(5))
async def members(actor: Actor, room: Id) -> Answer:
    """Return the members of a room, each with their presence."""
    return {'members': [{'username': person.username, 'state': sockets.state(person.id)}
                        for person in await rooms.members(actor, room)]}


@events.on('typing', signal)
async def typing(actor: Actor, room: Id) -> Answer:
    """Tell the other members of a room that the actor is typing."""
    await rooms.check(actor, room, is_written_to=True)
    sockets.typing(room, actor.user_id, actor.username)
    return {}


@events.on('read', signal)
async def read(actor: Actor, room: Id, id: Id) -> Answer:
    """Mark all messages up to this one as read."""
    return {'room': room, 'last_read_id': await reading.read(actor, room, id)}


@events.on('mark_unread', signal)
async def mark_unread(actor: Actor, room: Id, id: Id) -> Answer:
    """Mark this message and all later ones as unread."""
    return {'room': room, 'last_read_id': await reading.mark_unread(actor, room, id)}


@events.on('notify', signal)
async def notify(actor: Actor, room: Id, level: Level) -> Answer:
    """Choose which messages of a room count as unread and notify the actor."""
    await reading.notify(actor, room, level)
    return {'room': room, 'level': level}

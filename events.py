"""What can be asked for at a socket, by programs and by pages' scripts alike. Each event is answered, and calls the
function in `chat/` that stands behind the page's button, too. What pages alone ask for is in `pages/events.py`.
"""
import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Literal, TypeVar

from nicegui import core
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import guard
from chat import management, messages, reading, rooms
from errors import Refused
from hub import Socket, hub
from models import LOBBY

log = logging.getLogger('chatroom')

IN_FLIGHT = 256
'''Events of one socket that may be under way at once.'''

Id = Annotated[int, Field(ge=0, lt=2**63)]
Usernames = Annotated[list[str], Field(max_length=1_000)]
M = TypeVar('M', bound=BaseModel)


class Arguments(BaseModel):
    """What an event takes: unknown keys are ignored, missing and wrong ones are not."""

    model_config = ConfigDict(strict=True, extra='ignore')


class SendMessage(Arguments):
    """`send_message`"""

    message: str
    room: Id | None = None
    client_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class Since(Arguments):
    """`changes`"""

    room: Id
    since: Id


class Window(Arguments):
    """`history`"""

    room: Id
    before: Id | None = None
    after: Id | None = None
    limit: Annotated[int, Field(ge=1, le=messages.MOST_HISTORY)] = messages.PAGE


Answer = dict[str, Any]


class InRoom(Arguments):
    """`join`, `leave`, `members`, `typing`"""

    room: Id


class CreateRoom(Arguments):
    """`create_room`"""

    name: str
    kind: Literal['open', 'closed']
    members: Usernames = []


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


class Nothing(Arguments):
    """`rooms`, `browse`, `here`"""


async def send_message(user: Socket, arguments: SendMessage) -> Answer:
    """Say something."""
    room_id = LOBBY if arguments.room is None else arguments.room
    entry = await messages.post(user.user_id, room_id, arguments.message, arguments.client_id)
    answer = entry.to_dict()
    return {key: answer[key] for key in ('id', 'room', 'revision', 'created_at')}


async def changes(user: Socket, arguments: Since) -> Answer:
    """What has changed since a revision."""
    found = await messages.changes(user.user_id, arguments.room, arguments.since)
    return {'room': arguments.room, 'revision': found.revision, 'epoch': found.epoch, 'complete': found.is_complete,
            'changes': [entry.to_dict() for entry in found.entries]}


async def history(user: Socket, arguments: Window) -> Answer:
    """Older messages, or newer ones."""
    found = await window(user, arguments)
    return {'messages': [entry.to_dict() for entry in found.entries], 'more': found.has_more}


async def window(user: Socket, arguments: Window) -> messages.History:
    """What is asked for."""
    return await messages.history(user.user_id, arguments.room, before=arguments.before, after=arguments.after,
                                  limit=arguments.limit)


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


Events = dict[str, tuple[type[Arguments], Callable[[Socket, Any], Awaitable[Answer]]]]
EVENTS: Events = {
    'send_message': (SendMessage, send_message),
    'changes': (Since, changes),
    'history': (Window, history),
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


def install(more: Events) -> None:
    """Let Socket.IO call these events, and `more`. Installing again changes nothing."""
    core.sio.on('*', unknown)
    for name, (model, handler) in (EVENTS | more).items():
        core.sio.on(name, _event(model, handler))


def _event(model: type[Arguments], handler: Callable[[Socket, Any], Awaitable[Answer]]) -> Callable[..., Any]:
    """Every event is answered: with its result, or with an error."""
    async def answer(sid: str, *args: Any) -> Answer:
        user = hub.socket(sid)
        if user is None:
            return Refused('not_logged_in', 'Log in first.').to_dict()
        if user.in_flight >= IN_FLIGHT:
            return Refused('too_fast', 'Wait for the answers to what you sent before.', retry_after=1).to_dict()
        user.in_flight += 1
        try:
            async with user.turn:
                await hub.drained(sid)
                if hub.socket(sid) is not user:  # the session has ended while this waited
                    raise Refused('not_logged_in', 'Log in first.')
                return await handler(user, _parsed(model, args))
        except Refused as error:
            return error.to_dict()
        except Exception:  # a mistake of ours
            log.exception('An event failed')
            return Refused('unavailable', 'Something went wrong on the server.', retry_after=2).to_dict()
        finally:
            user.in_flight -= 1

    return answer


async def unknown(event: str, *_: Any) -> Answer:
    """Answer an event that nobody here knows."""
    return guard.unknown_event(event)


def _parsed(model: type[M], args: tuple[Any, ...]) -> M:
    """The one argument of an event, which is not needed where all of it has defaults. Raises Refused('invalid')."""
    if not args and model is Nothing:
        args = ({},)
    if len(args) != 1:
        raise Refused('invalid', f'Send one argument, not {len(args)}.')
    value = {'message': args[0]} if model is SendMessage and isinstance(args[0], str) else args[0]
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = f'"{first["loc"][0]}": ' if first['loc'] else ''
        raise Refused('invalid', f'{where}{first["msg"]}.') from None

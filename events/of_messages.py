"""What can be asked for about messages."""
from typing import Annotated, Any

from pydantic import Field, model_validator

from chat import history, keeping, messages, reactions, search
from chat.entries import Entry
from hub import Socket
from models import LOBBY

from . import Answer, Arguments, Events, Id, InRoom, Nothing


class SendMessage(Arguments):
    """`send_message`, of which the text may be all"""

    message: str
    room: Id | None = None
    client_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    reply_to: Id | None = None

    @model_validator(mode='before')
    @classmethod
    def of_text(cls, value: Any) -> Any:
        """As the original app sent it."""
        return {'message': value} if isinstance(value, str) else value


class Since(Arguments):
    """`changes`"""

    room: Id
    since: Id


class Window(Arguments):
    """`history`"""

    room: Id
    before: Id | None = None
    after: Id | None = None
    limit: Annotated[int, Field(ge=1, le=history.MOST)] = history.PAGE


class OfMessage(Arguments):
    """`delete_message`"""

    id: Id


class EditMessage(OfMessage):
    """`edit_message`"""

    message: str


class React(OfMessage):
    """`react`"""

    emoji: str
    on: bool


class Keep(OfMessage):
    """`pin`, `save`"""

    on: bool


class Search(Arguments):
    """`search`"""

    query: str
    before: Id | None = None


async def send_message(user: Socket, arguments: SendMessage) -> Answer:
    """Say something."""
    room_id = LOBBY if arguments.room is None else arguments.room
    entry = await messages.post(user.user_id, room_id, arguments.message, arguments.client_id,
                                arguments.reply_to)
    return _some(entry, 'id', 'room', 'revision', 'created_at')


def _some(entry: Entry, *keys: str) -> Answer:
    answer = entry.to_dict()
    return {key: answer[key] for key in keys}


async def changes(user: Socket, arguments: Since) -> Answer:
    """What has changed since a revision."""
    found = await history.changes(user.user_id, arguments.room, arguments.since)
    return {'room': arguments.room, 'revision': found.revision, 'epoch': found.epoch, 'complete': found.is_complete,
            'changes': [entry.to_dict() for entry in found.entries]}


async def get_history(user: Socket, arguments: Window) -> Answer:
    """Older messages, or newer ones."""
    found = await window(user, arguments)
    return {'messages': [entry.to_dict() for entry in found.entries], 'more': found.has_more}


async def window(user: Socket, arguments: Window) -> history.History:
    """What is asked for."""
    return await history.history(user.user_id, arguments.room, before=arguments.before, after=arguments.after,
                                 limit=arguments.limit)


async def edit_message(user: Socket, arguments: EditMessage) -> Answer:
    """Say it better."""
    entry = await messages.edit(user.user_id, arguments.id, arguments.message)
    return _some(entry, 'id', 'room', 'revision', 'edited_at')


async def delete_message(user: Socket, arguments: OfMessage) -> Answer:
    """Say no more."""
    return _some(await messages.delete(user.user_id, arguments.id), 'id', 'room', 'revision')


async def react(user: Socket, arguments: React) -> Answer:
    """Answer by an emoji."""
    entry = await reactions.react(user.user_id, arguments.id, arguments.emoji, on=arguments.on)
    return _some(entry, 'id', 'room', 'revision')


async def pin(user: Socket, arguments: Keep) -> Answer:
    """For the room."""
    await keeping.pin(user.user_id, arguments.id, on=arguments.on)
    return {'id': arguments.id}


async def save(user: Socket, arguments: Keep) -> Answer:
    """For oneself."""
    await keeping.save(user.user_id, arguments.id, on=arguments.on)
    return {'id': arguments.id}


async def pinned(user: Socket, arguments: InRoom) -> Answer:
    """In a room."""
    return {'messages': [entry.to_dict() for entry, _ in await keeping.pinned(user.user_id, arguments.room)]}


async def saved(user: Socket, _: Nothing) -> Answer:
    """By me."""
    return {'messages': [entry.to_dict() for entry in await keeping.saved(user.user_id)]}


async def find(user: Socket, arguments: Search) -> Answer:
    """By words and by where they were said."""
    found = await search.search(user.user_id, arguments.query, arguments.before)
    return {'results': [{**entry.to_dict(), 'snippet': snippet} for entry, snippet in found.results],
            'more': found.has_more}


EVENTS: Events = {
    'send_message': (SendMessage, send_message),
    'changes': (Since, changes),
    'history': (Window, get_history),
    'edit_message': (EditMessage, edit_message),
    'delete_message': (OfMessage, delete_message),
    'react': (React, react),
    'pin': (Keep, pin),
    'save': (Keep, save),
    'pinned': (InRoom, pinned),
    'saved': (Nothing, saved),
    'search': (Search, find),
}

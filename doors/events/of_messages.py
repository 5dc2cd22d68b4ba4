"""Events about messages."""
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import Field

import limits
from accounts.actor import Actor
from chat import history, keeping, messages, reactions
from chat.entries import Entry
from chat.search import finding
from models import LOBBY

from . import Answer, Events, Id, counted_there, look

ClientId = Annotated[str, Field(min_length=1, max_length=64)]
Limit = Annotated[int, Field(ge=1, le=history.MOST)]

events = Events()


@events.on('send_message', counted_there, text='message')
async def send_message(actor: Actor, message: str, room: Id | None = None, client_id: ClientId | None = None,
                       reply_to: Id | None = None) -> Answer:
    """Post a message; in the Lobby if no room is given, as in the original app."""
    entry = await messages.post(actor, LOBBY if room is None else room, message, client_id, reply_to)
    return _some(entry, 'id', 'room', 'revision', 'created_at')


def _some(entry: Entry, *keys: str) -> Answer:
    answer = entry.to_dict()
    return {key: answer[key] for key in keys}


@events.on('changes', look(5))
async def changes(actor: Actor, room: Id, since: Id) -> Answer:
    """Return the messages of a room that have changed after the revision `since`."""
    found = await history.changes(actor, room, since)
    return {'room': room, 'revision': found.revision, 'epoch': found.epoch, 'complete': found.is_complete,
            'changes': [entry.to_dict() for entry in found.entries]}


def look_at_window(actor: Actor, arguments: Mapping[str, Any]) -> None:
    """Limit the rate of `history`: one unit, and one more for every 50 messages."""
    limits.check_look(actor.user_id, 1 + arguments['limit'] // 50)


@events.on('history', look_at_window)
async def window(actor: Actor, room: Id, before: Id | None = None, after: Id | None = None,
                 limit: Limit = history.PAGE) -> Answer:
    """Return the newest messages of a room, or those next to the message `before` or `after`."""
    found = await history.history(actor, room, before=before, after=after, limit=limit)
    return {'messages': [entry.to_dict() for entry in found.entries], 'more': found.has_more}


@events.on('edit_message', counted_there)
async def edit_message(actor: Actor, id: Id, message: str) -> Answer:
    """Replace the text of the actor's own message."""
    return _some(await messages.edit(actor, id, message), 'id', 'room', 'revision', 'edited_at')


@events.on('delete_message', counted_there)
async def delete_message(actor: Actor, id: Id) -> Answer:
    """Remove the text of a message permanently."""
    return _some(await messages.delete(actor, id), 'id', 'room', 'revision')


@events.on('react', counted_there)
async def react(actor: Actor, id: Id, emoji: str, on: bool) -> Answer:
    """Add the actor's reaction to a message, or remove it."""
    return _some(await reactions.react(actor, id, emoji, on=on), 'id', 'room', 'revision')


@events.on('pin', counted_there)
async def pin(actor: Actor, id: Id, on: bool) -> Answer:
    """Pin a message to its room, or unpin it."""
    await keeping.pin(actor, id, on=on)
    return {'id': id}


@events.on('save', counted_there)
async def save(actor: Actor, id: Id, on: bool) -> Answer:
    """Add a message to the actor's saved messages, or remove it."""
    await keeping.save(actor, id, on=on)
    return {'id': id}


@events.on('pinned', look(5))
async def pinned(actor: Actor, room: Id) -> Answer:
    """Return the messages that are pinned to a room, the latest pin first."""
    return {'messages': [entry.to_dict() for entry, _ in await keeping.pinned(actor, room)]}


@events.on('saved', look(10))
async def saved(actor: Actor) -> Answer:
    """Return the actor's saved messages, the latest first."""
    return {'messages': [entry.to_dict() for entry in await keeping.saved(actor)]}


@events.on('search', counted_there)
async def search(actor: Actor, query: str, before: Id | None = None) -> Answer:
    """Return the messages that match a query, with snippets, and a `note` on names that nobody has."""
    found = await finding.search(actor, query, before)
    note = {'note': found.note} if found.note else {}
    return {'results': [{**entry.to_dict(), 'snippet': snippet} for entry, snippet in found.results],
            'more': found.has_more, **note}

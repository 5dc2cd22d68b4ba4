"""The events that programs and pages can send.

Each event is one function, whose signature declares its arguments. It gets the actor, and calls the function in `chat/`
that does the work. Events that only pages send are in `pages/events.py`.
"""
import inspect
import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from nicegui import core
from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

import limits
from accounts.actor import Actor
from doors import packets
from errors import Refused
from hub import Socket, sockets

log = logging.getLogger('chatroom')

IN_FLIGHT = 256
'''Most events of one socket that may be in progress at once.'''
FORM = ConfigDict(strict=True, extra='ignore')
'''How the object that a client sends is validated: unknown keys are ignored, missing and wrong ones are refused.'''

Id = Annotated[int, Field(ge=0, lt=2**63)]
Answer = dict[str, Any]
Handler = Callable[..., Awaitable[Answer]]
'''Takes an Actor, and the event's arguments by their names.'''
Rate = Callable[[Actor, Mapping[str, Any]], None]
'''A rate limit: takes the actor and the event's arguments. Raises Refused('too_fast').'''


def look(cost: int) -> Rate:
    """Make a rate limit for an event that only reads; `cost` in units of `limits.check_look`."""
    return lambda actor, _: limits.check_look(actor.user_id, cost)


def signal(actor: Actor, _: Mapping[str, Any]) -> None:
    """Limit the rate of what pages report by themselves: typing, reading, presence."""
    limits.check_signal(actor.user_id)


def counted_there(_: Actor, __: Mapping[str, Any]) -> None:
    """Limit nothing here: the function in `chat/` has the rate limit, since dialogs call that function, too."""


@dataclass(frozen=True, slots=True)
class Event:
    """The handler of an event, its rate limit, and the model of its arguments."""

    handler: Handler
    rate: Rate
    form: type[BaseModel]
    '''Validates the one object that is sent; made from the handler's signature.'''
    text: str
    '''Name of the argument that may be sent alone, as a string, in place of the object; '' for none.'''

    def arguments(self, sent: tuple[Any, ...]) -> dict[str, Any]:
        """Validate and return the handler's arguments; without any, nothing need be sent. Raises Refused('invalid')."""
        if not sent and not self.form.model_fields:
            return {}
        if len(sent) != 1:
            raise Refused('invalid', f'Send one argument, not {len(sent)}.')
        value = {self.text: sent[0]} if self.text and isinstance(sent[0], str) else sent[0]
        try:
            return dict(self.form.model_validate(value))
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            if not first['loc']:
                raise Refused('invalid', 'Send an object with what the event needs.') from None
            raise Refused('invalid', f'"{first["loc"][0]}": {first["msg"]}.') from None


class Events(dict[str, Event]):
    """A table of events by their names."""

    def on(self, name: str, rate: Rate, *, text: str = '') -> Callable[[Handler], Handler]:
        """Register the decorated function as the handler of this event."""
        def add(handler: Handler) -> Handler:
            self[name] = Event(handler, rate, _form(name, handler), text)
            return handler

        return add


def _form(name: str, handler: Handler) -> type[BaseModel]:
    _, *parameters = inspect.signature(handler, eval_str=True).parameters.values()
    fields: dict[str, Any] = {each.name: (each.annotation, ... if each.default is each.empty else each.default)
                              for each in parameters}
    return create_model(name, __config__=FORM, **fields)


known = Events()
'''All events that are installed, by their names.'''


def install(*events: Events) -> None:
    """Handle these events when sockets send them. Installing again changes nothing."""
    for each in events:
        known.update(each)
    core.sio.on('*', _asked)


async def perform(actor: Actor, name: str, *sent: Any) -> Answer:
    """Check and handle one event of an actor, whatever it came through. Raises Refused."""
    event = known.get(name)
    if event is None:
        raise packets.no_event(name)
    arguments = event.arguments(sent)
    event.rate(actor, arguments)
    return await event.handler(actor, **arguments)


async def _asked(name: str, sid: str, *sent: Any) -> Answer:
    """Called by Socket.IO for an event. Every event is answered: with its result, or with an error."""
    socket = sockets.socket(sid)
    if name not in known:
        return packets.unknown_event(name)
    if socket is None:
        return Refused('not_logged_in', 'Log in first.').to_dict()
    if socket.in_flight >= IN_FLIGHT:
        return Refused('too_fast', 'Wait for the answers to what you sent before.', retry_after=1).to_dict()
    socket.in_flight += 1
    try:
        return await _in_turn(socket, name, sent)
    except Refused as error:
        return error.to_dict()
    except Exception:  # a bug of this server
        log.exception('An event failed')
        return Refused('unavailable', 'Something went wrong on the server.', retry_after=2).to_dict()
    finally:
        socket.in_flight -= 1


async def _in_turn(socket: Socket, name: str, sent: tuple[Any, ...]) -> Answer:
    async with socket.turn, sockets.answering(socket):
        if sockets.socket(socket.sid) is not socket:
            raise Refused('not_logged_in', 'Log in first.')  # the session has ended while this waited
        return await perform(actor_at(socket), name, *sent)


def actor_at(socket: Socket) -> Actor:
    """Return the actor of a socket."""
    return Actor(socket.user_id, socket.username, socket.session_id, socket.kind, socket.sid)

"""What can be asked for at a socket, by programs and by pages' scripts alike. Each event is answered, and calls the
function in `chat/` that stands behind the page's button, too. What pages alone ask for is in `pages/events.py`.
"""
import logging
from collections.abc import Awaitable, Callable
from typing import Annotated, Any, TypeVar

from nicegui import core
from pydantic import BaseModel, ConfigDict, Field, ValidationError

import guard
from errors import Refused
from hub import Socket, hub

log = logging.getLogger('chatroom')

IN_FLIGHT = 256
'''Events of one socket that may be under way at once.'''

Id = Annotated[int, Field(ge=0, lt=2**63)]
Answer = dict[str, Any]
M = TypeVar('M', bound=BaseModel)


class Arguments(BaseModel):
    """What an event takes: unknown keys are ignored, missing and wrong ones are not."""

    model_config = ConfigDict(strict=True, extra='ignore')


class InRoom(Arguments):
    """`join`, `leave`, `members`, `typing`, `pinned`, `people`"""

    room: Id


class Nothing(Arguments):
    """`rooms`, `browse`, `saved`, `here`"""


Events = dict[str, tuple[type[Arguments], Callable[[Socket, Any], Awaitable[Answer]]]]


def install(events: Events) -> None:
    """Let Socket.IO call these events. Installing again changes nothing."""
    core.sio.on('*', unknown)
    for name, (model, handler) in events.items():
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
    try:
        return model.model_validate(args[0])
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        if not first['loc']:
            raise Refused('invalid', 'Send an object with what the event needs.') from None
        raise Refused('invalid', f'"{first["loc"][0]}": {first["msg"]}.') from None

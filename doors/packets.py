"""Checks that every packet of a socket passes first: only well-formed ones reach Socket.IO's handlers."""
import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, Hashable
from functools import wraps
from math import inf
from typing import Any
from urllib.parse import parse_qs

from nicegui import Client, core
from nicegui import json as fast_json
from socketio.packet import ACK, BINARY_ACK, BINARY_EVENT, EVENT
from socketio.packet import Packet as SocketIoPacket

from errors import Refused
from hub import sockets
from hub.wire import hang_up
from ties import socketio
from ties.nicegui import EVENTS as EVENTS_OF_NICEGUI
from ties.nicegui import shook_hands

from . import owners, turns
from .guard import is_own_socket

log = logging.getLogger('chatroom')

MOST_DIGITS = 1_000

RESERVED = {'connect', 'disconnect', '__disconnect_final', '*', ''}
'''Event names with a meaning to the server itself, which clients may not use.'''

EVENTS = (str(EVENT), str(BINARY_EVENT))
LARGE = 4_096
'''Characters of an event beyond which the connection's next packet is read only when this event is handled.'''
LENIENT = 20_000
'''Most characters that the slow JSON parser may read; it takes a second for two million.'''
MOST_PARTS = 20_000
'''Most values in a packet of more than LENIENT characters. The fast parser takes 0.1 s for 300,000 empty lists.'''
MOST_OF_ELEMENT = 64_000
'''Most characters that an element of a page tells: NiceGUI keeps the value of each field, and none needs more than the
names of 1,000 people.'''
UNREADABLE = 'unreadable'
'''Name of the event that takes the place of a packet that is too complex to parse.'''

_under_way: set[asyncio.Task[None]] = set()


class LenientJson:
    """Parses what clients may send although the fast parser refuses it, so that it gets an answer.

    This is NaN, half a surrogate pair, numbers of thousands of digits, and deeply nested lists.
    """

    dumps = staticmethod(fast_json.dumps)

    @staticmethod
    def loads(text: str) -> Any:
        """Parse JSON; return [UNREADABLE] if it is too complex. Raises ValueError for malformed JSON.

        A large packet may contain long strings, but not many values.
        """
        if len(text) > LENIENT and sum(map(text.count, '[{,')) > MOST_PARTS:
            return [UNREADABLE]
        try:
            return fast_json.loads(text)
        except ValueError:
            if len(text) > LENIENT:
                return [UNREADABLE]
            try:
                return json.loads(text, parse_int=_number)
            except RecursionError:
                return [UNREADABLE]


def _number(digits: str) -> int | float:
    """Parse an integer; MOST_DIGITS digits or more give infinity, since Python parses 4,300 digits at the most."""
    return int(digits) if len(digits) < MOST_DIGITS else inf


class TamePacket(SocketIoPacket):  # type: ignore[misc]
    """Decodes odd events to ones that get an answer, since a client that asked for an acknowledgement waits for it."""

    json = LenientJson
    packet_type: int
    data: Any

    def decode(self, encoded_packet: str) -> int:
        """Decode without waiting for binary attachments, whose placeholders stay. Raises ValueError if malformed."""
        super().decode(encoded_packet)
        if self.packet_type in {BINARY_EVENT, BINARY_ACK}:
            self.packet_type = EVENT if self.packet_type == BINARY_EVENT else ACK
        if self.packet_type == EVENT:
            name, *arguments = self.data if isinstance(self.data, list) and self.data else ['']
            self.data = [name if isinstance(name, str) and name not in RESERVED else f'reserved: {name!r}', *arguments]
        elif self.packet_type == ACK and not isinstance(self.data, list):
            raise ValueError('an answer is a list')
        return 0


Handler = Callable[..., Awaitable[Any]]


def is_page(environ: dict[str, Any]) -> bool:
    """Whether one of our pages opened this socket, possibly a page that an earlier server process delivered."""
    query = parse_qs(environ.get('QUERY_STRING', ''))
    return 'true' in query.get('implicit_handshake', []) or 'client_id' in query


def for_pages(name: str, handler: Callable[..., Any]) -> Handler:
    """Wrap a handler of NiceGUI's own events: unknown to programs, and malformed data from a page gets an error."""
    @wraps(handler)
    async def guarded(sid: str, *args: Any) -> Any:
        try:
            if not is_page(core.sio.get_environ(sid) or {}):
                return unknown_event(name)
            if not _is_for_its_page(name, sid, *args):
                return Refused('forbidden', 'This is not your page.').to_dict()
            if name == 'event' and _length(*args) > MOST_OF_ELEMENT:
                return Refused('invalid', f'A field has at most {MOST_OF_ELEMENT:,} characters.').to_dict()
            result = handler(sid, *args)
            return await result if hasattr(result, '__await__') else result
        except Exception as error:  # noqa: BLE001
            log.info('A malformed "%s" was ignored: %s', name, type(error).__name__)
            return Refused('invalid', 'This is malformed.').to_dict()

    return guarded


def _is_for_its_page(name: str, sid: str, message: dict[str, Any]) -> bool:
    """Whether an event comes from the socket of the page that it names; for a handshake, from the page's owner."""
    client = Client.instances.get(message['client_id'])
    if client is None:
        return name == 'handshake'  # the handshake fails without a client, so that the page reloads
    return owners.is_owner(client, sid) and (name == 'handshake' or shook_hands(client, sid))


def _length(message: dict[str, Any]) -> int:
    """Return the characters of what an element tells: its arguments, each of which is JSON."""
    return sum(len(argument) for argument in message.get('args', ()) if argument is not None)


def unknown_event(name: str) -> dict[str, Any]:
    """Return the answer to an event with an unknown name."""
    return no_event(name).to_dict()


def no_event(name: str) -> Refused:
    """Return the error for an unknown event name, or for UNREADABLE."""
    if name == UNREADABLE:
        return Refused('invalid', 'This has too many parts, or parts too deep in others: send less.')
    return Refused('invalid', f'There is no event {name[:64]!a}.')


def _on_log(_: str, message: dict[str, Any]) -> None:
    """Log what a page reports, on one line of at most 200 characters."""
    log.info('A browser says: %r', str(message['message'])[:200])


def install() -> None:
    """Put these checks in front of NiceGUI's Socket.IO server. Installing again changes nothing."""
    sio, eio = core.sio, core.sio.eio
    eio.cors_allowed_origins = is_own_socket
    sio.packet_class = TamePacket
    sio.async_handlers = False  # _on_message decides whether to wait until an event is handled
    for name, handler in (EVENTS_OF_NICEGUI | {'log': _on_log}).items():
        sio.on(name, for_pages(name, handler))
    eio.on('connect', _on_connect)
    eio.on('message', _on_message)
    for logger in ('engineio.server', 'socketio.server'):
        # these would only report malformed packets: errors in our own handlers are logged where they are caught
        logging.getLogger(logger).setLevel(logging.CRITICAL)


async def _on_connect(eio_sid: str, environ: dict[str, Any]) -> None:
    """Called by Engine.IO. Drop the body reader: its class, made per request, is a cycle that the socket would keep."""
    environ.pop('wsgi.input', None)
    await socketio.opened(eio_sid, environ)


async def _on_message(eio_sid: str, data: str | bytes) -> None:
    """Called by Engine.IO, which reads this connection's next packet when this returns.

    Events in progress are held in memory, so after a large one nothing more is read until it is handled.
    """
    if isinstance(data, bytes):
        return  # an attachment of a binary event, which is answered without its attachments
    await turns.lanes.take(_lane(eio_sid))
    if data[:1] not in EVENTS or len(data) > LARGE:
        await _handle(eio_sid, data)
    else:
        task = asyncio.ensure_future(_handle(eio_sid, data))
        _under_way.add(task)
        task.add_done_callback(_under_way.discard)


def _lane(eio_sid: str) -> Hashable:
    """Return whose turn a packet takes: the user's, shared by all their sockets, or the connection's if it has none."""
    socket = sockets.socket(core.sio.manager.sid_from_eio_sid(eio_sid, '/') or '')
    return socket.user_id if socket else eio_sid


async def _handle(eio_sid: str, data: str) -> None:
    try:
        await socketio.received(eio_sid, data)
    except Exception as error:  # noqa: BLE001
        log.info('A socket sent something else than Socket.IO: %s', type(error).__name__)
        await hang_up(eio_sid)

"""Checks that every request and every WebSocket of Socket.IO passes before its packets are read."""
import logging
from http import HTTPStatus
from typing import Any
from urllib.parse import parse_qs

import socketio
from nicegui import app, core
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from hub import sockets
from hub.wire import hang_up
from ties.uvicorn import KNOWN_BYTES, STRANGERS_BYTES, recognise

from . import bodies, cookies
from .bodies import BodyRefused

log = logging.getLogger('chatroom')

PATHS = ('/_nicegui_ws/socket.io', '/socket.io')
'''Paths of Socket.IO: for pages, and for programs.'''
QUERY_BYTES = 1_000
'''Most bytes of a socket's query string: NiceGUI keeps parts of it in memory.'''
BODY_SECONDS = 30.0
JSONP = b'd='
'''The beginning of bodies that old browsers sent as forms: no client does so now, and Engine.IO takes half a second to
unquote a megabyte of "%".'''
MOST_STRANGERS = 200
'''Most polling connections without a session: they outlive their requests by 36 s. The oldest are closed.'''

ATTACHED = 'chatroom.attached'
'''Key in a socket's environ: the socket was attached to a session.'''
CLOSE = '1'
'''The packet by which an Engine.IO client closes its connection.'''


def install() -> None:
    """Mount NiceGUI's Socket.IO server at its own path and at the default path of Socket.IO clients, both guarded.

    NiceGUI mounts it one path level higher, where a WebSocket to any other path ends in an error.
    """
    for route in list(app.routes):
        if getattr(route, 'path', None) in {'/_nicegui_ws', *PATHS}:
            app.routes.remove(route)
    for path in PATHS:
        app.mount(path, SocketGuard(socketio.ASGIApp(core.sio, socketio_path='')))


class SocketGuard:
    """Wraps Socket.IO's endpoint: a frame that is not an Engine.IO packet closes its own connection and no other."""

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or one request of the polling transport."""
        has_started = False

        async def watched(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            checked = await _checked(scope, receive)
            await self.inner(scope, _saying_goodbye(checked), watched)
        except BodyRefused as refusal:
            await _refuse(scope, receive, send, refusal.response())
        except Exception as error:  # noqa: BLE001
            log.info('A socket was closed: %s', type(error).__name__)
            if scope['type'] == 'http' and not has_started:
                await _refuse(scope, receive, send, _no_request().response())


async def _checked(scope: Scope, receive: Receive) -> Receive:
    """Check a request or WebSocket, and return the `receive` to read it from. Raises BodyRefused."""
    if len(scope['query_string']) > QUERY_BYTES:
        raise _no_request()
    eio_sid = parse_qs(scope['query_string'].decode('ascii', 'replace')).get('sid', [None])[0]
    is_known = eio_sid is not None and _is_known(eio_sid)
    if eio_sid is None:
        await _make_room()
    elif eio_sid in core.sio.environ:
        _check_browser(scope, core.sio.environ[eio_sid], is_known=is_known)
    if is_known:
        recognise(scope)
    if scope['type'] != 'http' or scope['method'] != 'POST':
        return receive
    most = KNOWN_BYTES if is_known else STRANGERS_BYTES
    bodies.check_length(scope['headers'], most)
    body = await bodies.read(receive, most, BODY_SECONDS)
    if body.startswith(JSONP):
        raise _no_request()
    return bodies.replay(body, receive)


def _check_browser(scope: Scope, opened: dict[str, Any], *, is_known: bool) -> None:
    """Refuse a request with other cookies than the one that opened its connection, or whose session has ended.

    The connection's id alone does not prove identity. Raises BodyRefused.
    """
    is_other = cookies.identity(cookies.of_scope(scope)) != cookies.identity(cookies.of_socket(opened))
    if is_other or (ATTACHED in opened and not is_known):
        raise BodyRefused(HTTPStatus.FORBIDDEN, 'This connection belongs to another session: connect again.')


def _is_known(eio_sid: str) -> bool:
    sid = core.sio.manager.sid_from_eio_sid(eio_sid, '/')
    return sid is not None and sockets.socket(sid) is not None


async def _make_room() -> None:
    """Close the oldest polling connections without a session, so that a new one makes MOST_STRANGERS at the most."""
    strangers = [eio_sid for eio_sid, socket in core.sio.eio.sockets.items()
                 if not socket.upgraded and not socket.closed and not _is_known(eio_sid)]
    for eio_sid in strangers[:max(0, len(strangers) - MOST_STRANGERS + 1)]:
        await hang_up(eio_sid)
        core.sio.eio.sockets.pop(eio_sid, None)  # Engine.IO would keep it until it looks it up again


def _no_request() -> BodyRefused:
    return BodyRefused(HTTPStatus.BAD_REQUEST, 'This is no Socket.IO request.')


async def _refuse(scope: Scope, receive: Receive, send: Send, response: JSONResponse) -> None:
    if scope['type'] == 'http':
        await response(scope, receive, send)
    else:
        await send({'type': 'websocket.close'})


def _saying_goodbye(receive: Receive) -> Receive:
    """Report a lost connection as an Engine.IO close packet first, and only then as a disconnect.

    On a disconnect Engine.IO raises an exception in a task that may be old, and the two refer to each other: a cycle
    that only a full garbage collection finds. After the packet it waits in a new task.
    """
    lost: Message | None = None

    async def received() -> Message:
        nonlocal lost
        if lost:
            return lost
        message = await receive()
        if message['type'] != 'websocket.disconnect':
            return message
        lost = message
        return {'type': 'websocket.receive', 'text': CLOSE}

    return received

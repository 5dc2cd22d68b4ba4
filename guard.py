"""What every request and every packet passes first.

Foreign pages, cookies and headers for HTTP; for Socket.IO, everything that is not a well-formed packet.
"""
import json
import logging
import secrets
from collections.abc import Awaitable, Callable
from functools import wraps
from http.cookies import SimpleCookie
from math import inf
from typing import Any
from urllib.parse import parse_qs, urlsplit

import socketio
from fastapi import Request
from nicegui import app, core
from nicegui import json as fast_json
from nicegui import nicegui as events_of_nicegui
from socketio.packet import ACK, BINARY_ACK, BINARY_EVENT, EVENT
from socketio.packet import Packet as SocketIoPacket
from starlette.datastructures import MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import settings
from errors import Refused
from sockets import hang_up

log = logging.getLogger('chatroom')

SESSION_COOKIE = 'chatroom_session'
NONCE_COOKIE = 'chatroom_nonce'
DAY = 24 * 60 * 60

CLIENT_CLOSED_REQUEST = 499
'''As nginx calls it: nobody gets this answer.'''

QUERY_BYTES = 1_000
'''Of a socket: NiceGUI remembers parts of it.'''

MOST_DIGITS = 1_000

RESERVED = {'connect', 'disconnect', '__disconnect_final', '*', ''}
'''Names of events that mean something to the server itself.'''

CLOSE = '1'
'''The packet by which an Engine.IO client leaves.'''

SAFE_METHODS = {'GET', 'HEAD', 'OPTIONS'}

HEADERS = {
    'Content-Security-Policy': "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
                               "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
                               "connect-src 'self' ws: wss:; object-src 'none'; base-uri 'none'; form-action 'self'; "
                               "frame-ancestors 'none'",
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
}
'''NiceGUI's pages need inline scripts and eval; all else comes from here, and nobody may frame us.'''


# HTTP -------------------------------------------------------------------------------------------------------------

def is_same_origin(request: Request) -> bool:
    """Whether a request that changes something comes from our own pages, or from no page at all.

    Filippo Valsorda's algorithm (https://words.filippo.io/csrf, also Go's net/http.CrossOriginProtection): trust
    Sec-Fetch-Site where the browser sends it; else compare Origin with Host; who sends neither is no browser.
    """
    site = request.headers.get('sec-fetch-site')
    if site is not None:
        return site in {'same-origin', 'none'}
    origin = request.headers.get('origin')
    try:
        return origin is None or urlsplit(origin).netloc == request.headers.get('host')
    except ValueError:  # no address at all
        return False


def set_cookie(request: Request, name: str, value: str, days: int | None = None) -> None:
    """Send a cookie with the response to this request, even where NiceGUI builds that response."""
    cookie: SimpleCookie = SimpleCookie({name: value})
    cookie[name]['path'] = '/'
    cookie[name]['httponly'] = True
    cookie[name]['samesite'] = 'Lax'
    cookie[name]['secure'] = request.url.scheme == 'https'
    if days is not None:
        cookie[name]['max-age'] = days * DAY
    request.scope.setdefault('chatroom.cookies', []).append(cookie[name].OutputString())


def set_session_cookie(request: Request, token: str) -> None:
    """The cookie lives as long as its session would without being used."""
    set_cookie(request, SESSION_COOKIE, token, settings.current().session_days)


def clear_session_cookie(request: Request) -> None:
    """The browser may forget its session."""
    set_cookie(request, SESSION_COOKIE, '', 0)


def nonce_of(request: Request) -> str:
    """The nonce of this browser, which gets one now if it had none."""
    nonce = request.cookies.get(NONCE_COOKIE)
    if not nonce:
        nonce = secrets.token_urlsafe(16)
        set_cookie(request, NONCE_COOKIE, nonce)
    return nonce


class HttpGuard:
    """Refuses what foreign pages send, and adds our headers and cookies to every response."""

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope['type'] != 'http':
            await self.inner(scope, receive, send)
            return

        last: Message = {'type': 'none yet'}

        async def send_with_headers(message: Message) -> None:
            nonlocal last
            last = message
            if message['type'] == 'http.response.start':
                headers = MutableHeaders(scope=message)
                for name, value in HEADERS.items():
                    headers.setdefault(name, value)
                for cookie in scope.get('chatroom.cookies', []):
                    headers.append('Set-Cookie', cookie)
            await send(message)

        inner = self.inner
        if scope['method'] not in SAFE_METHODS and not is_same_origin(Request(scope)):
            inner = JSONResponse({'error': 'This request came from another site and was refused.'}, 403)
        await inner(scope, receive, send_with_headers)
        # Starlette ends a file whose reader has left anywhere, and its middleware calls a missing answer an error.
        if last['type'] == 'none yet':
            await Response(status_code=CLIENT_CLOSED_REQUEST)(scope, receive, send)
        elif last['type'] == 'http.response.start' or last.get('more_body'):
            await send({'type': 'http.response.body'})


# Socket.IO --------------------------------------------------------------------------------------------------------

class LenientJson:
    """Reads what clients may write and the fast parser refuses, so that it is answered.

    That is NaN, half a surrogate pair, numbers of thousands of digits, and lists in lists in lists.
    """

    dumps = staticmethod(fast_json.dumps)

    @staticmethod
    def loads(text: str) -> Any:
        """Raise ValueError for what is no JSON."""
        try:
            return fast_json.loads(text)
        except ValueError:
            try:
                return json.loads(text, parse_int=_number)
            except RecursionError:
                return ['nested too deeply']


def _number(digits: str) -> int | float:
    """Python reads 4,300 digits at the most; what is longer is as good as endless."""
    return int(digits) if len(digits) < MOST_DIGITS else inf


class TamePacket(SocketIoPacket):  # type: ignore[misc]
    """Turns odd events into ones that get an answer, since a client that asks for one waits for it."""

    json = LenientJson
    packet_type: int
    data: Any

    def decode(self, encoded_packet: str) -> int:
        """Raise ValueError for what is no packet. Binary data is not waited for: a mark stands in its place."""
        super().decode(encoded_packet)
        if self.packet_type in {BINARY_EVENT, BINARY_ACK}:
            self.packet_type = EVENT if self.packet_type == BINARY_EVENT else ACK
        if self.packet_type == EVENT:
            name, *arguments = self.data if isinstance(self.data, list) and self.data else ['']
            self.data = [name if isinstance(name, str) and name not in RESERVED else f'reserved: {name!r}', *arguments]
        elif self.packet_type == ACK and not isinstance(self.data, list):
            raise ValueError('an answer is a list')
        return 0


class SocketGuard:
    """Wraps Socket.IO's endpoint: a frame that is no Engine.IO packet ends its connection, and nothing else."""

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection, or one request of the polling transport."""
        has_started = False
        if len(scope.get('query_string', b'')) > QUERY_BYTES:
            await _refuse(scope, receive, send)
            return

        async def watched(message: Message) -> None:
            nonlocal has_started
            has_started = True
            await send(message)

        try:
            await self.inner(scope, _saying_goodbye(receive), watched)
        except Exception as error:  # noqa: BLE001
            log.info('A socket was closed: %s', type(error).__name__)
            if scope['type'] == 'http' and not has_started:
                await _refuse(scope, receive, send)


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    if scope['type'] == 'http':
        await JSONResponse({'error': 'This is no Socket.IO request.'}, 400)(scope, receive, send)
    else:
        await send({'type': 'websocket.close'})


def _saying_goodbye(receive: Receive) -> Receive:
    """Let a lost connection seem to be closed by an Engine.IO packet first.

    Engine.IO meets the loss with an exception in a task that may be old, and both hold each other: garbage that only a
    full collection finds. After the packet it waits in a new task.
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


Handler = Callable[..., Awaitable[Any]]


def is_page(environ: dict[str, Any]) -> bool:
    """Whether one of our pages opened this socket, maybe under a server that ran here before."""
    query = parse_qs(environ.get('QUERY_STRING', ''))
    return 'true' in query.get('implicit_handshake', []) or 'client_id' in query


def for_pages(name: str, handler: Callable[..., Any]) -> Handler:
    """Wrap a handler of NiceGUI's own events: there is none for programs, and garbage from a page is an error."""
    @wraps(handler)
    async def guarded(sid: str, *args: Any) -> Any:
        try:
            if not is_page(core.sio.get_environ(sid) or {}):
                return unknown_event(name)
            result = handler(sid, *args)
            return await result if hasattr(result, '__await__') else result
        except Exception as error:  # noqa: BLE001
            log.info('A malformed "%s" was ignored: %s', name, type(error).__name__)
            return Refused('invalid', 'This is malformed.').to_dict()

    return guarded


def unknown_event(name: str) -> dict[str, Any]:
    """The answer to an event that nobody here knows."""
    return Refused('invalid', f'There is no event {name[:64]!a}.').to_dict()


def _on_log(_: str, message: dict[str, Any]) -> None:
    """Browsers may report to the log, in one short line each."""
    log.info('A browser says: %r', str(message['message'])[:200])


def install() -> None:
    """Put the guards around NiceGUI's server. Installing again changes nothing."""
    app.add_middleware(HttpGuard)
    sio, eio = core.sio, core.sio.eio
    eio.cors_allowed_origins = None  # our own origin, or none
    sio.packet_class = TamePacket
    for name in ('event', 'ack', 'handshake', 'javascript_response'):
        sio.on(name, for_pages(name, getattr(events_of_nicegui, f'_on_{name}')))
    sio.on('log', for_pages('log', _on_log))
    eio.on('message', _on_message)
    for logger in ('engineio.server', 'socketio.server'):
        # what these still report is garbage on the wire: errors in our own handlers are logged where they are caught
        logging.getLogger(logger).setLevel(logging.CRITICAL)
    _mount()


def _mount() -> None:
    """NiceGUI's own server, also at the path that every Socket.IO client uses by default, both under guard."""
    for route in list(app.routes):
        if getattr(route, 'path', None) in {'/_nicegui_ws', '/socket.io'}:
            app.routes.remove(route)
    app.mount('/_nicegui_ws/', SocketGuard(events_of_nicegui.sio_app))
    app.mount('/socket.io', SocketGuard(socketio.ASGIApp(core.sio, socketio_path='')))


async def _on_message(eio_sid: str, data: Any) -> None:
    if isinstance(data, bytes):
        return  # what belongs to a binary event, which was answered without it
    try:
        await core.sio._handle_eio_message(eio_sid, data)  # noqa: SLF001
    except Exception as error:  # noqa: BLE001
        log.info('A socket sent something else than Socket.IO: %s', type(error).__name__)
        await hang_up(eio_sid)

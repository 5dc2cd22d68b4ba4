"""Middleware behind the gate: refuses changes that pages of other sites request, takes turns, and sets our cookies."""
from collections.abc import Hashable
from contextlib import suppress
from typing import Any

from fastapi import Request
from nicegui import app
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import addresses
from errors import Refused
from ties.uvicorn import is_stranger, recognise

from . import cookies, sessions, turns
from .leaving import CLIENT_CLOSED_REQUEST

SAFE_METHODS = {'GET', 'HEAD', 'OPTIONS'}

PORTS = {'http': ':80', 'https': ':443'}
'''Default ports, which an origin leaves out.'''


def install() -> None:
    """Add the guard as middleware in front of all routes. Installing again changes nothing."""
    app.add_middleware(HttpGuard)


def is_same_origin(request: Request) -> bool:
    """Whether a request that changes something comes from our own pages, or from no page at all.

    Filippo Valsorda's algorithm (https://words.filippo.io/csrf, also Go's net/http.CrossOriginProtection): trust
    Sec-Fetch-Site where the browser sends it; else compare Origin with Host; a client that sends neither is no browser.
    """
    site = request.headers.get('sec-fetch-site')
    if site is not None:
        return site in {'same-origin', 'none'}
    origin = request.headers.get('origin')
    return origin is None or is_own_origin(origin, request.scope)


def is_own_origin(origin: str, scope: Scope) -> bool:
    """Whether an origin has the same scheme, host name and port as this request."""
    scheme = scope['scheme'].replace('ws', 'http')
    host = Headers(scope=scope).get('host', '').lower()
    return origin == f'{scheme}://{host.removesuffix(PORTS[scheme])}'


def is_own_socket(origin: str | None, environ: dict[str, Any]) -> bool:
    """Check the origin of a socket for Engine.IO, whose own check trusts any forwarded header and knows no scheme."""
    return origin is None or is_own_origin(origin, environ['asgi.scope'])


class HttpGuard:
    """Refuses changes that pages of other sites request, and adds our cookies to every response."""

    def __init__(self, inner: ASGIApp) -> None:
        self.inner = inner

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket when it is its lane's turn."""
        if scope['type'] != 'lifespan':
            await turns.lanes.take(lane_of(scope))
        if scope['type'] != 'http':
            await self.inner(scope, receive, send)
            return

        await _recognise(scope)
        last: Message = {'type': 'none yet'}

        async def send_with_cookies(message: Message) -> None:
            nonlocal last
            last = message
            if message['type'] == 'http.response.start':
                headers = MutableHeaders(scope=message)
                for cookie in scope.get('chatroom.cookies', []):
                    headers.append('Set-Cookie', cookie)
            await send(message)

        inner = self.inner
        if scope['method'] not in SAFE_METHODS and not is_same_origin(Request(scope)):
            inner = JSONResponse({'error': 'This request came from another site and was refused.'}, 403)
        await inner(scope, receive, send_with_cookies)
        # Starlette stops a file anywhere if the client disconnects, and its middleware raises if there is no response.
        if last['type'] == 'none yet':
            await Response(status_code=CLIENT_CLOSED_REQUEST)(scope, receive, send)
        elif last['type'] == 'http.response.start' or last.get('more_body'):
            await send({'type': 'http.response.body'})


def lane_of(scope: Scope) -> Hashable:
    """Return whose turn a request or a piece of its answer takes: that of its session token, or of its network.

    The network counts while its connection has shown no session. Of clients that share an address, those that send a
    token do not wait for those that send none.
    """
    token = next(iter(cookies.session_tokens(cookies.of_scope(scope))), '')
    address, _ = scope['client'] or ('', 0)
    return (addresses.network(address), bool(token)) if is_stranger(scope) else token


async def _recognise(scope: Scope) -> None:
    """Mark a logged-in user's connection, even one that only requests files, so that it is not dropped for new ones."""
    if is_stranger(scope):
        with suppress(Refused):
            if await sessions.find(cookies.of_scope(scope)):
                recognise(scope)

"""The outermost middleware: checks the host, proxy headers and cookies of requests; adds headers to responses."""
import re
from collections.abc import Callable

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

import settings
from ties import nicegui, uvicorn

from . import cookies, turns
from .guard import lane_of
from .hosts import Hosts
from .proxies import Proxies

HEADERS = {
    'Content-Security-Policy': "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval'; "
                               "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
                               "connect-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
                               "frame-ancestors 'none'",
    'X-Frame-Options': 'DENY',
    'X-Content-Type-Options': 'nosniff',
    'Referrer-Policy': 'same-origin',
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin',
    'Permissions-Policy': 'camera=(self), microphone=(self), clipboard-read=(self), clipboard-write=(self), '
                          'accelerometer=(), display-capture=(), geolocation=(), gyroscope=(), hid=(), '
                          'idle-detection=(), local-fonts=(), magnetometer=(), midi=(), payment=(), serial=(), usb=(), '
                          'window-management=(), xr-spatial-tracking=()',
}
'''Security headers of every response. NiceGUI's pages need inline scripts and eval; everything else is loaded from this
server, and no site may show our pages in a frame. 'self' also covers our WebSockets, but not in Safari before 15.4.'''

ENCODED = [(name.lower().encode(), value.encode()) for name, value in HEADERS.items()]

CACHEABLE = {200, 206, 304}
'''Statuses of responses that may be cached. Errors and redirects are not: the next request may find content there.'''

COOKIE = re.compile(rb'([a-z0-9_]+)=([A-Za-z0-9_-]*)')
PIECE = 65_536
'''Bytes of a response that are sent at once: the server then waits until the client has read most of them, and for the
next turn. Of a larger piece each connection would hold what its client does not read.'''
ANSWERS = {'http.response.start', 'websocket.http.response.start'}

Pairs = list[tuple[bytes, bytes]]
Refusal = Callable[[int, str], Response]


def install(refusal: Refusal) -> None:
    """Install the gate as the outermost middleware. Installing again changes nothing.

    `refusal` builds the error page for a status and a sentence.
    """
    uvicorn.Http.headers_of_refusals = HEADERS
    chosen = settings.current()
    hosts, proxies = Hosts(chosen.allowed_hosts), Proxies(chosen.trusted_proxies)
    nicegui.wrap(lambda inner: Gate(inner, hosts, proxies, refusal))


class Gate:
    """Passes on requests to our host names, without untrusted proxy headers and without cookies that are not ours."""

    def __init__(self, inner: ASGIApp, hosts: Hosts, proxies: Proxies, refusal: Refusal) -> None:
        self.inner = inner
        self.hosts = hosts
        self.proxies = proxies
        self.refusal = refusal

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request or one WebSocket."""
        if scope['type'] not in {'http', 'websocket'}:
            await self.inner(scope, receive, send)
            return
        self.proxies.settle(scope)
        inner = self._misdirected(scope) or self.inner
        scope['headers'] = _with_our_cookies(scope['headers'])
        await inner(scope, receive, _dressed(scope, send))

    def _misdirected(self, scope: Scope) -> Response | None:
        hosts = Headers(scope=scope).getlist('host')
        if len(hosts) > 1 or (not hosts and scope['http_version'] != '1.0'):
            return self.refusal(400, 'A request says once to whom it is sent, in a header "Host".')
        if hosts and not self.hosts.know(hosts[0]):
            return self.refusal(421, 'This chat does not answer to this name. If the name is right, whoever runs the '
                                     'chat has to add it to the setting CHATROOM_ALLOWED_HOSTS.')
        return None


def _with_our_cookies(headers: Pairs) -> Pairs:
    """Keep only our own cookies, the first of each name, so that later code does not unquote values of other cookies.

    Python before 3.11.10 and 3.12.6 takes quadratic time to unquote a value (CVE-2024-7592).
    """
    found: dict[bytes, bytes] = {}
    ours = {name.encode() for name in cookies.ours()}
    for name, value in headers:
        for cookie in value.split(b';') if name == b'cookie' else ():
            if (known := COOKIE.fullmatch(cookie.strip())) and known[1] in ours:
                found.setdefault(known[1], known[2])
    rest = [pair for pair in headers if pair[0] != b'cookie']
    return [*rest, (b'cookie', b'; '.join(b'='.join(pair) for pair in found.items()))] if found else rest


def _dressed(scope: Scope, send: Send) -> Send:
    """Wrap `send` to add our headers, forbid caching of errors and redirects, and put the proxy's prefix on these."""
    path, prefix = scope['path'], Headers(scope=scope).get('x-forwarded-prefix', '')

    async def send_dressed(message: Message) -> None:
        if message['type'] in ANSWERS:
            headers = MutableHeaders(raw=[*message['headers'], *ENCODED])
            caching = nicegui.caching(path) if message['status'] in CACHEABLE else 'no-store'
            if caching:
                headers['Cache-Control'] = caching
            if headers.get('location', '').startswith('/'):
                headers['Location'] = prefix + headers['Location']
            message['headers'] = headers.raw
        body, sent = message.get('body', b''), 0
        while len(body) - sent > PIECE:
            await send({**message, 'body': body[sent:sent + PIECE], 'more_body': True})
            sent += PIECE
            await turns.lanes.take(lane_of(scope))
        await send({**message, 'body': body[sent:]} if sent else message)

    return send_dressed

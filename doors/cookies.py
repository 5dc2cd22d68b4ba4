"""Our cookies: the session, a nonce for browsers that are not logged in, and a token that marks a known browser.

A browser sends the cookies of one port of a host to all of its ports, where another server would replace them. So a
session has two cookies with the same token: that which programs know, and one of this server's own, with its port; and
the token of a known browser has one of its own. A nonce may be shared: whoever finds one, keeps it.
"""
import secrets
from collections.abc import Mapping
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from fastapi import Request
from starlette.requests import HTTPConnection, cookie_parser
from starlette.types import Scope

import settings
from accounts import browsers

SESSION_COOKIE = 'chatroom_session'
NONCE_COOKIE = 'chatroom_nonce'
KNOWN_COOKIE = 'chatroom_known'
SHARED = (SESSION_COOKIE, NONCE_COOKIE, KNOWN_COOKIE)


def _own(name: str) -> str:
    """Return the name of the cookie that only this server of a host sets."""
    return f'{name}_{settings.current().port}'


def own_session_cookie() -> str:
    """Return the name of this server's own session cookie."""
    return _own(SESSION_COOKIE)


def ours() -> tuple[str, ...]:
    """Return the only cookies that the gate passes on; their values consist of letters, digits, "_" and "-"."""
    return (own_session_cookie(), _own(KNOWN_COOKIE), *SHARED)


def set_cookie(request: Request, name: str, value: str, lives: timedelta | None = None) -> None:
    """Send a cookie with the response to this request, even where NiceGUI builds that response."""
    cookie: SimpleCookie = SimpleCookie({name: value})
    cookie[name]['path'] = '/'
    cookie[name]['httponly'] = True
    cookie[name]['samesite'] = 'Lax'
    cookie[name]['secure'] = request.url.scheme == 'https'
    if lives is not None:
        cookie[name]['max-age'] = int(lives.total_seconds())
    request.scope.setdefault('chatroom.cookies', []).append(cookie[name].OutputString())


def set_session_cookies(request: Request, token: str, lifetime: timedelta) -> None:
    """Set both session cookies; they expire when the session would if it were not used again."""
    for name in (SESSION_COOKIE, own_session_cookie()):
        set_cookie(request, name, token, lifetime)


def renew_session_cookies(request: Request, token: str, lifetime: timedelta) -> None:
    """Set the session cookies again that have this token: the shared one may be another server's now."""
    for name in _session_cookies_with(request, token):
        set_cookie(request, name, token, lifetime)


def clear_session_cookies(request: Request, token: str | None) -> None:
    """Make the browser delete our own session cookie, and the shared one if it has the same token, or this one."""
    own = own_session_cookie()
    for name in {own, *_session_cookies_with(request, token, request.cookies.get(own))}:
        set_cookie(request, name, '', timedelta())


def _session_cookies_with(request: Request, *tokens: str | None) -> list[str]:
    return [name for name in (SESSION_COOKIE, own_session_cookie()) if request.cookies.get(name, '') in tokens]


def session_tokens(jar: Mapping[str, str]) -> list[str]:
    """Return the session tokens among these cookies, of which the first counts that has an open session: our own first.
    """
    shown = (jar.get(name) for name in (own_session_cookie(), SESSION_COOKIE))
    return [*dict.fromkeys(token for token in shown if token)]


def identity(jar: Mapping[str, str]) -> tuple[str, ...]:
    """Return by what a connection is known: what it shows of sessions, and its nonce."""
    return (*session_tokens(jar), jar.get(NONCE_COOKIE, ''))


def set_known_cookie(request: Request, token: str) -> None:
    """Set the cookie by which this browser is recognised after its user has logged out."""
    set_cookie(request, _own(KNOWN_COOKIE), token, browsers.KNOWN_FOR)


def known_token(request: Request) -> str | None:
    """Return the token by which this browser is recognised; None if nobody has logged in with it.

    Before servers had cookies of their own for it, it was in one that they shared.
    """
    return request.cookies.get(_own(KNOWN_COOKIE)) or request.cookies.get(KNOWN_COOKIE)


def nonce_of(request: Request) -> str:
    """Return the nonce of this browser; set a new one if it has none."""
    nonce = request.cookies.get(NONCE_COOKIE)
    if not nonce:
        nonce = secrets.token_urlsafe(16)
        set_cookie(request, NONCE_COOKIE, nonce)
    return nonce


def of_scope(scope: Scope) -> Mapping[str, str]:
    """Return the cookies of a request or a WebSocket."""
    return HTTPConnection(scope).cookies


def of_socket(environ: dict[str, Any]) -> Mapping[str, str]:
    """Return the cookies of the request that opened a socket, parsed as leniently as for requests."""
    return cookie_parser(environ.get('HTTP_COOKIE', ''))

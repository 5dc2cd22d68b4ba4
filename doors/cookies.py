"""Our cookies: the session, a nonce for browsers that are not logged in, and a token that marks a known browser."""
import secrets
from datetime import timedelta
from http.cookies import SimpleCookie
from typing import Any

from fastapi import Request
from starlette.requests import HTTPConnection, cookie_parser
from starlette.types import Scope

from accounts import browsers

SESSION_COOKIE = 'chatroom_session'
NONCE_COOKIE = 'chatroom_nonce'
KNOWN_COOKIE = 'chatroom_known'
OURS = (SESSION_COOKIE, NONCE_COOKIE, KNOWN_COOKIE)
'''The only cookies that the gate passes on; their values consist of letters, digits, "_" and "-".'''


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


def set_session_cookie(request: Request, token: str, lifetime: timedelta) -> None:
    """Set the session cookie; it expires when the session would if it were not used again."""
    set_cookie(request, SESSION_COOKIE, token, lifetime)


def clear_session_cookie(request: Request) -> None:
    """Make the browser delete its session cookie."""
    set_cookie(request, SESSION_COOKIE, '', timedelta())


def set_known_cookie(request: Request, token: str) -> None:
    """Set the cookie by which this browser is recognised after its user has logged out."""
    set_cookie(request, KNOWN_COOKIE, token, browsers.KNOWN_FOR)


def nonce_of(request: Request) -> str:
    """Return the nonce of this browser; set a new one if it has none."""
    nonce = request.cookies.get(NONCE_COOKIE)
    if not nonce:
        nonce = secrets.token_urlsafe(16)
        set_cookie(request, NONCE_COOKIE, nonce)
    return nonce


def of_scope(scope: Scope, name: str) -> str:
    """Return a cookie of a request or a WebSocket, "" if there is none."""
    return HTTPConnection(scope).cookies.get(name, '')


def of_socket(environ: dict[str, Any], name: str) -> str:
    """Return a cookie of the request that opened a socket, "" if there is none; parsed as leniently as for requests."""
    return cookie_parser(environ.get('HTTP_COOKIE', '')).get(name, '')

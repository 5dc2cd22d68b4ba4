"""The form routes: register, log in, log out, delete (for a page that goes), and a page's ticket for a cookie."""
import re
from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request
from nicegui import app
from starlette.datastructures import FormData
from starlette.responses import JSONResponse, RedirectResponse, Response

import auth
from chat import arriving, messages
from errors import HTTP_STATUS, Refused
from models import now

from . import bodies, cookies, places, sessions
from .bodies import BodyRefused
from .events import Id
from .leaving import CLIENT_CLOSED_REQUEST, Left, hung_up, unless

FORM_BYTES = 16_384
FORM_SECONDS = 15
'''Time within which a whole form must arrive.'''
MOST_FIELDS = 8
TYPE_BYTES = 256
FORM_TYPE = re.compile(r'application/x-www-form-urlencoded\b|multipart/form-data; *boundary=("[^"]{1,70}"|[^";]{1,70})',
                       re.IGNORECASE)
'''Accepted content types. Further parameters are ignored: the character set is UTF-8, as others can be decoded in
quadratic time only.'''

Check = Callable[[str, str], Coroutine[Any, Any, int]]


def install() -> None:
    """Add the routes, and the response to Refused. Installing again changes nothing."""
    for path, endpoint in (('/register', register), ('/login', login), ('/logout', logout)):
        app.post(path, include_in_schema=False)(endpoint)
    app.post('/delete/{number}', include_in_schema=False, response_class=Response)(delete)
    app.get('/session/{ticket}', include_in_schema=False)(redeem)
    app.add_exception_handler(Refused, lambda _, error: _refusal(error))


async def register(request: Request) -> Response:
    """Create an account and log in."""
    return await _enter(request, arriving.register)


async def login(request: Request) -> Response:
    """Log in with a username and password; failures count by name, address and known browser."""
    async def check(username: str, password: str) -> int:
        return await auth.login(username, password, address_of(request), cookies.known_token(request))

    return await _enter(request, check)


async def logout(request: Request) -> Response:
    """End the session of this browser, if it has one."""
    shown = await sessions.find(request.cookies)
    if shown:
        await auth.end(shown.login.session_id)
    cookies.clear_session_cookies(request, shown.token if shown else None)
    return RedirectResponse('/', 303)


async def delete(request: Request, number: Id, by: Id | None = None) -> Response:
    """Delete a message, like the event: what a page sends over its socket while it goes may be lost with it.

    `by` is whose page that is, for somebody else may have logged in meanwhile.
    """
    session = await session_of(request)
    if session is None or by not in (None, session.user_id):
        raise Refused('not_logged_in', 'Log in first.')
    await messages.delete(session.actor(), number)
    return Response(status_code=204)


async def redeem(request: Request, ticket: str) -> Response:
    """Exchange a page's ticket for a session cookie; an invalid ticket redirects to the entry page, on the same way."""
    user_id = auth.redeem_ticket(ticket, request.cookies.get(cookies.NONCE_COOKIE))
    if user_id is None:
        return RedirectResponse(f'/{places.wanted(request).query}', 303)
    return await _logged_in(request, user_id)


async def session_of(request: Request) -> auth.Login | None:
    """Return the login that this request's session cookies stand for; None if it has no open session."""
    shown = await sessions.find(request.cookies)
    return shown.login if shown else None


def address_of(request: Request) -> str:
    """Return the network address of the client, "" if the server does not know it."""
    return request.client.host if request.client else ''


async def _enter(request: Request, check: Check) -> Response:
    """Log in the user of a form; stop if the client disconnects, so that no one waits for work nobody needs."""
    try:
        username, password = await _form(request)
        user_id = await unless(hung_up(request.receive), check(username, password))
        return await _logged_in(request, user_id)
    except BodyRefused as refusal:
        return refusal.response()
    except Left:
        return Response(status_code=CLIENT_CLOSED_REQUEST)


async def _logged_in(request: Request, user_id: int) -> Response:
    shown = await sessions.find(request.cookies)
    token, browser = await auth.open_session(user_id, shown.token if shown else None, cookies.known_token(request))
    cookies.set_session_cookies(request, token, auth.lifetime(now()))
    cookies.set_known_cookie(request, browser)
    return RedirectResponse(places.wanted(request).path, 303)


def _refusal(error: Refused) -> Response:
    headers = {} if error.retry_after is None else {'Retry-After': str(error.retry_after)}
    return JSONResponse({'error': error.sentence}, HTTP_STATUS[error.code], headers)


async def _form(request: Request) -> tuple[str, str]:
    """Return the fields `username` and `password` of a form within FORM_BYTES and FORM_SECONDS.

    Raises Refused('invalid'), BodyRefused.
    """
    bodies.check_length(request.scope['headers'], FORM_BYTES)
    form = await _parsed(request, await bodies.read(request.receive, FORM_BYTES, FORM_SECONDS))
    username, password = form.get('username'), form.get('password')
    if not isinstance(username, str) or not isinstance(password, str):
        raise Refused('invalid', 'Send a form with the fields "username" and "password".')
    return username, password


async def _parsed(request: Request, content: bytes) -> FormData:
    """Parse a form; one that is malformed, has files, or has more than MOST_FIELDS fields counts as empty."""
    kind = request.headers.get('content-type', '')
    found = FORM_TYPE.match(kind) if len(kind) <= TYPE_BYTES else None
    headers = [(b'content-type', found[0].encode('latin-1'))] if found else []
    replay = bodies.replay(content, request.receive)
    try:
        return await Request({**request.scope, 'headers': headers}, replay).form(max_files=0, max_fields=MOST_FIELDS)
    except Exception:  # noqa: BLE001  # the form parsers raise various exceptions for malformed data
        return FormData()

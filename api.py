"""Who comes in: the form routes, and the sockets of programs and pages."""
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from fastapi import Request
from nicegui import Client, app, core
from nicegui import nicegui as events_of_nicegui
from socketio.exceptions import ConnectionRefusedError as SocketRefused
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Message, Scope

import auth
import events
import guard
from chat import live
from errors import HTTP_STATUS, Refused
from events import of_messages, of_rooms
from hub import hub

FORM_BYTES = 16_384


# Form routes ------------------------------------------------------------------------------------------------------

Revive = Callable[[auth.Login, dict[str, str], Scope], Awaitable[None]]


def install(revive: Revive, more_events: events.Events) -> None:
    """Open the doors. Installing again changes nothing.

    `revive` makes the client again of a page that outlived it; it may raise anything for a page that can't have one.
    `more_events` is what only pages ask for.
    """
    for path, endpoint in (('/register', register), ('/login', login), ('/logout', logout)):
        app.post(path, include_in_schema=False)(endpoint)
    app.get('/session/{ticket}', include_in_schema=False)(redeem)
    app.add_exception_handler(Refused, lambda _, error: _refusal(error))
    core.sio.on('connect', partial(connect, revive))
    core.sio.on('disconnect', disconnect)
    events.install(of_messages.EVENTS | of_rooms.EVENTS | more_events)


async def register(request: Request) -> Response:
    """Make an account and log in."""
    async def user_id() -> int:
        return await auth.register(*await _form(request))

    return await _logged_in(request, user_id)


async def login(request: Request) -> Response:
    """Log in."""
    async def user_id() -> int:
        return await auth.login(*await _form(request), address_of(request))

    return await _logged_in(request, user_id)


async def logout(request: Request) -> Response:
    """End the session of this browser, if it has one."""
    try:
        if session := await session_of(request):
            await auth.end(session.session_id)
    except Refused as error:
        return _refusal(error)
    guard.clear_session_cookie(request)
    return RedirectResponse('/', 303)


async def redeem(request: Request, ticket: str) -> Response:
    """Turn a page's ticket into a cookie."""
    user_id = auth.redeem_ticket(ticket, request.cookies.get(guard.NONCE_COOKIE))
    if user_id is None:
        return RedirectResponse('/', 303)

    async def found() -> int:
        return user_id

    return await _logged_in(request, found)


async def session_of(request: Request) -> auth.Login | None:
    """Who makes this request."""
    return await auth.find(request.cookies.get(guard.SESSION_COOKIE))


def address_of(request: Request) -> str:
    """Where this request comes from, as far as the server knows."""
    return request.client.host if request.client else ''


async def _logged_in(request: Request, user_id: Callable[[], Awaitable[int]]) -> Response:
    try:
        token = await auth.open_session(await user_id())
    except Refused as error:
        return _refusal(error)
    guard.set_session_cookie(request, token)
    return RedirectResponse('/chat', 303)


def _refusal(error: Refused) -> Response:
    headers = {} if error.retry_after is None else {'Retry-After': str(error.retry_after)}
    return JSONResponse({'error': error.sentence}, HTTP_STATUS[error.code], headers)


async def _form(request: Request) -> tuple[str, str]:
    """The fields `username` and `password` of a form of a sensible size. Raises Refused('invalid')."""
    content = b''
    with suppress(ClientDisconnect):
        async for chunk in request.stream():
            content += chunk
            if len(content) > FORM_BYTES:
                raise Refused('invalid', 'The form is too large: send only a username and a password.')

    async def replay() -> Message:
        return {'type': 'http.request', 'body': content}

    try:
        form = await Request(request.scope, replay).form()
        username, password = form.get('username'), form.get('password')
    except Exception:  # noqa: BLE001  # whatever the parsers of form data raise for what is none
        username = password = None
    if not isinstance(username, str) or not isinstance(password, str):
        raise Refused('invalid', 'Send a form with the fields "username" and "password".')
    return username, password


# Who is at a socket ------------------------------------------------------------------------------------------------

async def connect(revive: Revive, sid: str, environ: dict[str, Any], _: Any = None) -> None:
    """Let in our own pages, and programs that are logged in."""
    environ.pop('wsgi.input', None)  # of a class made for this request: a cycle that would live as long as the socket
    try:
        session = await auth.find(_cookie(environ))
        if session:
            hub.attach(sid, session.session_id, session.user_id, session.username,
                       'page' if guard.is_page(environ) else 'program')
        if guard.is_page(environ):
            await _connect_page(revive, sid, environ, session)
        elif session:
            await _connect_program(sid, session)
        else:
            raise SocketRefused('Log in first.')
    except Refused:  # who is refused does not come back, who is cut off does
        hub.detach(sid)
        await core.sio.manager.disconnect(sid, '/')
        raise


async def _connect_page(revive: Revive, sid: str, environ: dict[str, Any], session: auth.Login | None) -> None:
    try:
        query = {name: values[0] for name, values in parse_qs(environ.get('QUERY_STRING', '')).items()}
        if session and query['client_id'] not in Client.instances:
            await revive(session, query, environ['asgi.scope'])
        await events_of_nicegui._on_connect(sid, environ)  # noqa: SLF001
    except Exception as error:  # garbage in the query, or a page that must be loaded anew
        if isinstance(error, Refused) and error.code == 'unavailable':
            raise
        hub.detach(sid)
        raise SocketRefused('Implicit handshake failed') from None


async def _connect_program(sid: str, session: auth.Login) -> None:
    """Hear the rooms first, and look again then: a session that ended meanwhile hears nothing."""
    await live.listen(session.user_id, sid)
    if not await auth.is_open(session.session_id):
        await hub.cut(sid)
        raise SocketRefused('Log in first.')
    hub.hear_presence(sid)


def disconnect(sid: str, *_: Any) -> None:
    """Forget a socket."""
    events_of_nicegui._on_disconnect(sid)  # noqa: SLF001
    hub.detach(sid)


def _cookie(environ: dict[str, Any]) -> str | None:
    """Read as leniently as for requests: other programs on this host set cookies, too."""
    return cookie_parser(environ.get('HTTP_COOKIE', '')).get(guard.SESSION_COOKIE)

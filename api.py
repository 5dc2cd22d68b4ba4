"""Doors for programs: the form routes, and the Socket.IO events. Pages' scripts use the same events, and two of their
own that answer with HTML.
"""
import logging
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from functools import partial
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qs

from fastapi import Request
from nicegui import Client, app, core
from nicegui import nicegui as events_of_nicegui
from pydantic import BaseModel, ConfigDict, Field, ValidationError
from socketio.exceptions import ConnectionRefusedError as SocketRefused
from starlette.requests import ClientDisconnect, cookie_parser
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.types import Message, Scope

import auth
import guard
from chat import live, messages, rooms
from errors import HTTP_STATUS, Refused
from hub import Socket, hub

log = logging.getLogger('chatroom')

FORM_BYTES = 16_384
IN_FLIGHT = 256
'''Events of one socket that may be under way at once.'''


# Form routes ------------------------------------------------------------------------------------------------------

Revive = Callable[[auth.Login, dict[str, str], Scope], Awaitable[None]]


def install(revive: Revive) -> None:
    """Open the doors. Installing again changes nothing.

    `revive` makes the client again of a page that outlived it; it may raise anything for a page that can't have one.
    """
    for path, endpoint in (('/register', register), ('/login', login), ('/logout', logout)):
        app.post(path, include_in_schema=False)(endpoint)
    app.get('/session/{ticket}', include_in_schema=False)(redeem)
    app.add_exception_handler(Refused, lambda _, error: _refusal(error))
    core.sio.on('connect', partial(connect, revive))
    core.sio.on('disconnect', disconnect)
    core.sio.on('*', unknown)
    for name, (model, handler) in EVENTS.items():
        core.sio.on(name, _event(model, handler))


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
            hub.attach(sid, session.session_id, session.user_id, session.username)
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
    for room in await rooms.get_all(session.user_id):
        await hub.join(room.id, sid, 'program')
    if not await auth.is_open(session.session_id):
        await hub.cut(sid)
        raise SocketRefused('Log in first.')


def disconnect(sid: str, *_: Any) -> None:
    """Forget a socket."""
    events_of_nicegui._on_disconnect(sid)  # noqa: SLF001
    hub.detach(sid)


def _cookie(environ: dict[str, Any]) -> str | None:
    """Read as leniently as for requests: other programs on this host set cookies, too."""
    return cookie_parser(environ.get('HTTP_COOKIE', '')).get(guard.SESSION_COOKIE)


# What can be asked for at a socket ---------------------------------------------------------------------------------

Id = Annotated[int, Field(ge=0, lt=2**63)]
M = TypeVar('M', bound=BaseModel)


class Arguments(BaseModel):
    """What an event takes: unknown keys are ignored, missing and wrong ones are not."""

    model_config = ConfigDict(strict=True, extra='ignore')


class SendMessage(Arguments):
    """`send_message`"""

    message: str
    room: Id | None = None
    client_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None


class Since(Arguments):
    """`changes`"""

    room: Id
    since: Id


class Window(Arguments):
    """`history`"""

    room: Id
    before: Id | None = None
    after: Id | None = None
    limit: Annotated[int, Field(ge=1, le=messages.MOST_HISTORY)] = messages.PAGE


class Resume(Since):
    """`resume`"""

    epoch: str


Answer = dict[str, Any]


async def send_message(user: Socket, arguments: SendMessage) -> Answer:
    """Say something."""
    room_id = rooms.LOBBY if arguments.room is None else arguments.room
    entry = await messages.post(user.user_id, room_id, arguments.message, arguments.client_id)
    answer = entry.to_dict()
    return {key: answer[key] for key in ('id', 'room', 'revision', 'created_at')}


async def changes(user: Socket, arguments: Since) -> Answer:
    """What has changed since a revision."""
    found = await messages.changes(user.user_id, arguments.room, arguments.since)
    return {'room': arguments.room, 'revision': found.revision, 'epoch': found.epoch, 'complete': found.is_complete,
            'changes': [entry.to_dict() for entry in found.entries]}


async def history(user: Socket, arguments: Window) -> Answer:
    """Older messages, or newer ones."""
    found = await _window(user, arguments)
    return {'messages': [entry.to_dict() for entry in found.entries], 'more': found.has_more}


async def scroll(user: Socket, arguments: Window) -> Answer:
    """The same for a page."""
    found = await _window(user, arguments)
    return {'html': _html(found.entries), 'more': found.has_more, 'revision': found.revision}


async def _window(user: Socket, arguments: Window) -> messages.History:
    return await messages.history(user.user_id, arguments.room, before=arguments.before, after=arguments.after,
                                  limit=arguments.limit)


async def resume(user: Socket, arguments: Resume) -> Answer:
    """What a page has missed; or, when that is too much or another history, the newest page afresh."""
    found = await messages.changes(user.user_id, arguments.room, arguments.since)
    if found.is_complete and found.epoch == arguments.epoch and found.revision >= arguments.since:
        return {'html': _html(found.entries), 'revision': found.revision, 'fresh': False}
    page = await live.newest_page(arguments.room)
    return {'html': page.html, 'revision': page.revision, 'epoch': page.epoch, 'more': page.has_more, 'fresh': True}


def _html(entries: Sequence[messages.Entry]) -> str:
    return ''.join(map(live.html, entries))


EVENTS: dict[str, tuple[type[Arguments], Callable[[Socket, Any], Awaitable[Answer]]]] = {
    'send_message': (SendMessage, send_message),
    'changes': (Since, changes),
    'history': (Window, history),
    'scroll': (Window, scroll),
    'resume': (Resume, resume),
}


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
    """The one argument of an event. Raises Refused('invalid')."""
    if len(args) != 1:
        raise Refused('invalid', f'Send one argument, not {len(args)}.')
    value = {'message': args[0]} if model is SendMessage and isinstance(args[0], str) else args[0]
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False)[0]
        where = f'"{first["loc"][0]}": ' if first['loc'] else ''
        raise Refused('invalid', f'{where}{first["msg"]}.') from None

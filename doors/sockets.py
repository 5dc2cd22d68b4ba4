"""Accepting sockets of our pages and of logged-in programs, and closing those whose session has ended."""
import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from nicegui import Client, core
from socketio.exceptions import ConnectionRefusedError as SocketRefused
from starlette.types import Scope

import auth
from chat import live
from errors import Refused
from hub import Kind, sockets
from ties import nicegui
from ties.uvicorn import recognise

from . import cookies, events, owners, packets, sessions
from .events import of_messages, of_rooms
from .transports import ATTACHED

ROUND_SECONDS = 30.0

Revive = Callable[[auth.Login, dict[str, str], Scope], Awaitable[None]]


_rounds: set[asyncio.Task[None]] = set()


def install(revive: Revive, of_pages: events.Events) -> None:
    """Register the handlers of sockets and events. Installing again changes nothing.

    `revive` rebuilds the client of a page that outlived it; it may raise any exception for a page that can't have one.
    `of_pages` are the events that only pages send.
    """
    core.sio.on('connect', partial(connect, revive))
    core.sio.on('disconnect', disconnect)
    events.install(of_messages.events, of_rooms.events, of_pages)


async def connect(revive: Revive, sid: str, environ: dict[str, Any], _: Any = None) -> None:
    """Accept our own pages, and programs that are logged in. Raises SocketRefused, Refused."""
    is_page = packets.is_page(environ)
    try:
        shown = await sessions.find(cookies.of_socket(environ))
        session = shown.login if shown else None
        if session:
            await _attach(sid, environ, session, 'page' if is_page else 'program')
        if is_page:
            await _connect_page(revive, sid, environ, session)
        elif session:
            await live.listen(session.actor('program', sid))
            sockets.hear_presence(sid)
        else:
            raise SocketRefused('Log in first.')
    except Refused as error:  # clients do not reconnect after a refusal, but do after a disconnect
        sockets.detach(sid)
        if error.code == 'too_fast':
            raise SocketRefused(error.sentence, error.to_dict()) from None
        await core.sio.manager.disconnect(sid, '/')
        raise


async def _attach(sid: str, environ: dict[str, Any], session: auth.Login, kind: Kind) -> None:
    """Attach a socket to a session; only this function does so. Raises SocketRefused if the session has ended.

    The session is checked again after attaching: when it ends from then on, its sockets are found and closed.
    """
    page_id = _query(environ).get('client_id', '')
    sockets.attach(sid, session.session_id, session.user_id, session.username, kind, page_id)
    if not await auth.is_open(session.session_id):
        sockets.detach(sid)
        raise SocketRefused('Log in first.')
    environ[ATTACHED] = True
    recognise(environ['asgi.scope'])


async def _connect_page(revive: Revive, sid: str, environ: dict[str, Any], session: auth.Login | None) -> None:
    try:
        query = _query(environ)
        if session:
            await _find_page(revive, sid, environ, query, session)
        client = Client.instances.get(query['client_id'])
        if client and not owners.is_owner(client, sid):
            raise SocketRefused('Implicit handshake failed')
        await nicegui.connected(sid, environ)
    except Exception as error:  # a malformed query, or a page that must reload
        if isinstance(error, Refused) and error.code in {'too_fast', 'unavailable'}:
            raise
        sockets.detach(sid)
        raise SocketRefused('Implicit handshake failed') from None


async def _find_page(revive: Revive, sid: str, environ: dict[str, Any], query: dict[str, str],
                     session: auth.Login) -> None:
    """Rebuild the client of a page if it is gone, or if it belongs to another session of the same user."""
    client = Client.instances.get(query['client_id'])
    if client and not owners.is_owner(client, sid) and owners.is_of_user(client, session.user_id):
        if client.has_socket_connection:
            return
        nicegui.end(client)
        client = None
    if client is None:
        await revive(session, query, environ['asgi.scope'])


def disconnect(sid: str, *_: Any) -> None:
    """Called by Socket.IO: remove a socket that has disconnected from NiceGUI and from the hub."""
    nicegui.disconnected(sid)
    sockets.detach(sid)


def _query(environ: dict[str, Any]) -> dict[str, str]:
    return {name: values[0] for name, values in parse_qs(environ.get('QUERY_STRING', '')).items()}


# Sockets whose session has ended -----------------------------------------------------------------------------------

def start() -> None:
    """Start checking every ROUND_SECONDS for sockets whose session has ended."""
    _rounds.add(asyncio.get_running_loop().create_task(_go_round()))


def stop() -> None:
    """Stop checking for sockets whose session has ended."""
    for task in _rounds:
        task.cancel()
    _rounds.clear()


async def _go_round() -> None:
    """Close sockets whose session has ended: whatever failed, a socket outlives it for ROUND_SECONDS at the most."""
    while True:
        await asyncio.sleep(ROUND_SECONDS)
        with suppress(Refused):
            for session_id in await auth.ended(sockets.sessions()):
                await sockets.close(session_id)

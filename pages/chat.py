"""The chat page: the room's name, its transcript, the composer, and who I am."""
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Annotated

from fastapi import Depends, HTTPException, Request
from nicegui import Client, core, ui
from starlette.types import Scope

import api
import auth
import guard
from chat import live, rooms
from errors import Refused
from hub import hub

from . import clients, composer, revival, sidebar, theme, transcript
from .assets import serve


@dataclass(frozen=True, slots=True)
class Opened:
    """What a page needs to know: who, all rooms of theirs, and the one that is shown."""

    session: auth.Login
    mine: Sequence[rooms.RoomInfo]
    room: rooms.RoomInfo


async def member(request: Request) -> Opened:
    """Let in who is logged in, with a room whose newest messages are at hand."""
    session = await api.session_of(request)
    if session is None:
        raise HTTPException(303, headers={'Location': '/'})
    number = request.path_params.get('room', str(rooms.LOBBY))
    try:
        opened = await find(session, int(number) if number.isdecimal() else 0)
    except Refused as error:
        if error.code != 'not_found':
            raise
        raise HTTPException(303, headers={'Location': '/chat'}) from None
    guard.set_session_cookie(request, request.cookies[guard.SESSION_COOKIE])
    return opened


async def find(session: auth.Login, room_id: int) -> Opened:
    """Raises Refused: 'not_found', 'unavailable'."""
    mine = await rooms.get_all(session.user_id)
    for room in mine:
        if room.id == room_id:
            await live.newest_page(room_id)
            return Opened(session, mine, room)
    raise rooms.no_room()


HEADER = '''<button id="rooms" class="quiet" type="button" aria-label="Rooms">☰</button>
<h1 data-kind="{kind}">{room}</h1><p class="topic">{topic}</p>
<bdi class="me">{me}</bdi><button id="leave" class="quiet" type="button">Log out</button>
<div id="connection" class="connection" role="status" hidden>Reconnecting ...</div>'''

PAGE = ui.page('/chat', title=theme.TITLE)


@ui.page('/chat/{room}', title=theme.TITLE)
@PAGE
def chat(client: Client, opened: Annotated[Opened, Depends(member)]) -> None:
    """One room."""
    build(client, opened)
    revival.number_listeners(client)


async def revive(session: auth.Login, query: dict[str, str], scope: Scope) -> None:
    """Build the client of a page again whose socket comes back, if this is still its server and its user.

    Raises Refused: 'not_found', 'unavailable'; KeyError or ValueError for a page that has to be loaded anew.
    """
    if (query['build'], query['me'], query['name']) != (revival.BUILD, str(session.user_id), session.username):
        raise ValueError('another version, or another user')
    opened = await find(session, int(query['room']))
    revival.revive(PAGE, query, scope, lambda client: build(client, opened))


def build(client: Client, opened: Opened) -> None:
    """What the page consists of: few elements, since each costs the server some 3 KB for each browser."""
    session, room = opened.session, opened.room
    ui.add_head_html(f'<script defer src="{SCRIPT}"></script>')
    ui.page_title(f'{room.name} - {theme.TITLE}')
    client.content.classes('chat')
    sidebar.Sidebar(opened.mine, room)
    shown = {'kind': room.kind, 'room': escape(room.name), 'topic': escape(room.topic), 'me': escape(session.username)}
    ui.html(HEADER.format(**shown), sanitize=False, tag='header').on(
        'click', lambda: leave(session), js_handler='(e) => { if (e.target.id === "leave") chatroom.leave(); }')
    transcript.Transcript(room.id, session)
    composer.build(room.id, session)
    client.on_connect(lambda client: enter(client, session, room))  # its own client would be kept by a cycle
    clients.slim(client)


async def leave(session: auth.Login) -> None:
    """Log out: this page, and all others of the session."""
    try:
        await auth.end(session.session_id)
    except Refused as error:
        ui.notify(error.sentence)
    else:
        ui.navigate.to('/')


async def enter(client: Client, session: auth.Login, room: rooms.RoomInfo) -> None:
    """Hear the room first, and look again then, so that nobody who lost the right meanwhile stays."""
    sids = [sid for sid, _ in core.sio.manager.get_participants('/', client.id)]
    try:
        for sid in sids:
            await live.listen(session.user_id, sid, room.id)
        is_open = await auth.is_open(session.session_id)
    except Refused:  # nobody can say: the browser comes back and asks again
        for sid in sids:
            await hub.drop(sid)
        return
    for sid in sids:
        socket = hub.socket(sid)
        if not is_open or socket is None:
            await hub.cut(sid)
        elif socket.session_id != session.session_id:  # somebody logged in again: come back, as who it is now
            if not client.is_deleted:
                client.delete()
            await hub.drop(sid)


SCRIPT = serve(transcript.SCRIPT + composer.SCRIPT + sidebar.SCRIPT, 'js')

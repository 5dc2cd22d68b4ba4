"""The chat page: my rooms, the name of the one that is shown, its transcript, the composer."""
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, HTTPException, Request
from nicegui import Client, core, ui
from starlette.types import Scope

import api
import auth
import guard
from chat import live, rooms
from errors import Refused
from hub import hub

from . import (
    attention,
    clients,
    commands,
    completion,
    composer,
    connection,
    deleting,
    editing,
    lists,
    managing,
    panel,
    pasting,
    people,
    picker,
    replying,
    revival,
    shared,
    sidebar,
    switcher,
    theme,
    tools,
    transcript,
)
from .assets import serve
from .icons import button

MOST_DIGITS = 19
'''Of the numbers in addresses; SQLite's have 63 bits.'''


@dataclass(frozen=True, slots=True)
class Opened:
    """What a page needs to know: who, all rooms of theirs, and the one that is shown, at which message.

    `page` is what stands in it, if the browser does not have it already.
    """

    session: auth.Login
    mine: Sequence[rooms.RoomInfo]
    room: rooms.RoomInfo
    page: live.Page | None = None
    at: int = 0


async def member(request: Request) -> Opened:
    """Let in who is logged in, with the room of the address or else their last one."""
    session = await api.session_of(request)
    if session is None:
        raise HTTPException(303, headers={'Location': '/'})
    mine = await rooms.get_all(session.user_id)
    wanted = request.path_params.get('room')
    number = await rooms.last(session.user_id) if wanted is None else _number(wanted)
    try:
        room = rooms.among(mine, number)
        page = await live.newest_page(room.id)
        await rooms.check(session.user_id, room.id)  # after the page: who was put out meanwhile gets nothing
    except Refused as error:
        if error.code != 'not_found':
            raise
        raise HTTPException(303, headers={'Location': '/chat'}) from None
    guard.set_session_cookie(request, request.cookies[guard.SESSION_COOKIE])
    return Opened(session, mine, room, page, _number(request.query_params.get('at', '')))


def _number(text: str) -> int:
    """Of what stands in an address; 0 is nothing's number."""
    return int(text) if text.isascii() and text.isdecimal() and len(text) < MOST_DIGITS else 0


HEADER = f'''{button('menu', 'Rooms', id='rooms', data_do='drawer')}
<h1 data-kind="{{kind}}" dir="auto">{{room}}</h1><p class="topic" dir="auto">{{topic}}</p>
{button('pin', 'Pinned messages', id='pins', data_panel='pinned')}
{button('people', 'Members', id='members', data_panel='people')}
{button('dots', 'Room settings', id='settings', data_act='settings')}
<div id="connection" class="connection" role="status" hidden>Reconnecting ...</div>'''

PAGE = ui.page('/chat', title=theme.TITLE)


@ui.page('/chat/{room}', title=theme.TITLE)
@PAGE
def chat(client: Client, opened: Annotated[Opened, Depends(member)]) -> None:
    """One room at a time; the browser changes rooms without another page."""
    build(client, opened)
    revival.number_listeners(client)


async def revive(session: auth.Login, query: dict[str, str], scope: Scope) -> None:
    """Build the client of a page again whose socket comes back, if this is still its server and its user.

    Raises Refused: 'not_found', 'unavailable'; KeyError or ValueError for a page that has to be loaded anew.
    """
    if (query['build'], query['me'], query['name']) != (revival.BUILD, str(session.user_id), session.username):
        raise ValueError('another version, or another user')
    mine = await rooms.get_all(session.user_id)
    opened = Opened(session, mine, rooms.among(mine, int(query['room'])))
    revival.revive(PAGE, query, scope, lambda client: build(client, opened))


def build(client: Client, opened: Opened) -> None:
    """What the page consists of: few elements, since each costs the server some 3 KB for each browser."""
    session, room = opened.session, opened.room
    ui.add_head_html(f'<script defer src="{SCRIPT}"></script>')
    ui.page_title(f'{room.name} - {theme.TITLE}')
    client.content.classes('chat')
    sidebar.Sidebar(opened.mine, room, session.username).on(
        'click', lambda: leave(session), js_handler='(e) => { if (e.target.id === "leave") chatroom.leave(); }')
    shown = {'kind': room.kind, 'room': escape(room.name), 'topic': escape(room.topic)}
    ui.html(HEADER.format(**shown), sanitize=False, tag='header')
    transcript.Transcript(session, room, opened.page, opened.at)
    composer.build(room, session)
    managed = managing.Page(client, session)
    ui.on('act', lambda event: managed.act(event.args))
    client.on_connect(lambda client: enter(client, session, room.id))  # its own client would be kept by a cycle
    clients.slim(client)


async def leave(session: auth.Login) -> None:
    """Log out: this page, and all others of the session."""
    try:
        await auth.end(session.session_id)
    except Refused as error:
        ui.notify(error.sentence)
    else:
        ui.navigate.to('/')


async def enter(client: Client, session: auth.Login, room_id: int) -> None:
    """Hear the rooms first, and look again then, so that nobody who lost the right meanwhile stays.

    The browser tells which room it has opened since the page was built with `room_id`.
    """
    sids = [sid for sid, _ in core.sio.manager.get_participants('/', client.id)]
    try:
        for sid in sids:
            query = parse_qs((core.sio.get_environ(sid) or {}).get('QUERY_STRING', ''))  # it may have gone meanwhile
            await live.listen(session.user_id, sid, _number(query.get('room', [''])[0]) or room_id)
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


START = 'addEventListener("DOMContentLoaded", () => chatroom.begin());'
PARTS = (shared, transcript, connection, tools, composer, picker, replying, commands, pasting, completion, editing,
         deleting, people, panel, lists, sidebar, attention, switcher)
SCRIPT = serve(''.join(part.SCRIPT for part in PARTS) + START, 'js')

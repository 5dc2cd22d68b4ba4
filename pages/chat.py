"""The chat page: a sidebar with the user's rooms, the header and the transcript of one room, the composer."""
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import Depends, HTTPException, Request
from nicegui import Client, core, ui
from starlette.types import Scope

import auth
import limits
from chat import live, rooms
from doors import cookies, owners, places, sessions
from elements.transcript import Transcript
from errors import Refused
from hub import sockets
from ties.nicegui import number_listeners

from . import clients, composer, managing, revival, sidebar, theme
from .html import html, inline
from .icons import button, icon
from .views import SCRIPT

NO_ROOM = 'There is no such room, or you are not in it.'
'''The same for both: who is not in a room does not learn that there is one.'''


@dataclass(frozen=True, slots=True)
class Opened:
    """What the chat page is built from: the session, the user's rooms, the room to show, and the message to show first.

    `page` has the newest messages of the room, None if the browser has them already; `at` is 0 for no certain message;
    `note` is why it is not the room that was asked for.
    """

    session: auth.Login
    mine: Sequence[rooms.RoomInfo]
    room: rooms.RoomInfo
    page: live.NewestPage | None = None
    at: int = 0
    note: str = ''


async def member(request: Request) -> Opened:
    """Return what to show: the room in the URL, or else the user's last one, and a note if another was asked for.

    Raises HTTPException, which leads a stranger through the entry page to the same place, and Refused.
    """
    place = places.wanted(request)
    shown = await sessions.find(request.cookies)
    if shown is None:
        raise HTTPException(303, headers={'Location': f'/{place.query}'})
    session = shown.login
    limits.check_page(session.user_id)
    try:
        opened = await _look(session, place.room, place.at or 0)
    except Refused as error:
        if error.code != 'not_found':
            raise
        opened = replace(await _look(session), note=NO_ROOM)
    cookies.renew_session_cookies(request, shown.token, auth.lifetime(session.created_at))
    return opened


async def _look(session: auth.Login, number: int | None = None, at: int = 0) -> Opened:
    """Look at a room, or at the one where the user was last. Raises Refused('not_found')."""
    actor = session.actor()
    mine = await rooms.get_all(actor)
    room = rooms.among(mine, await rooms.last(actor) if number is None else number)
    page = await live.newest_page(room.id)
    await rooms.check(actor, room.id)  # after the page: a member removed meanwhile gets nothing
    return Opened(session, mine, room, page, at)


HEADER = '''<button id="rooms" class="icon" type="button" popovertarget="sidebar">{menu}\
<span class="spoken">Rooms</span> {calls}</button>
<h1 data-kind="{kind}" dir="auto">{name}</h1>
{star}
<p class="topic" tabindex="0"><span dir="auto" title="{topic}">{about}</span></p>
{pins}
{members}
{settings}
<div id="connection" class="connection" role="status" hidden>Reconnecting ...</div>'''
BUTTONS = {'menu': icon('menu'),
           'star': button('star', 'Favourite', id='star', data_ask='favourite'),
           'pins': button('pin', 'Pinned messages', id='pins', data_call='panel', data_panel='pinned',
                         aria_expanded='false'),
           'members': button('people', 'Members', id='members', data_call='panel', data_panel='people',
                            aria_expanded='false'),
           'settings': button('dots', 'Room settings', id='settings', data_act='settings')}

PAGE = ui.page('/chat', title=theme.TITLE)


@ui.page('/chat/{room}', title=theme.TITLE)
@PAGE
def chat(client: Client, opened: Annotated[Opened, Depends(member)]) -> None:
    """Build the chat page, which shows one room; the browser changes rooms without loading another page."""
    build(client, opened)
    number_listeners(client)


async def revive(session: auth.Login, query: dict[str, str], scope: Scope) -> None:
    """Rebuild the client of a page whose socket reconnects, if the server's version and the user are still the same.

    Raises Refused: 'not_found', 'too_fast', 'unavailable'; KeyError or ValueError for a page that must be reloaded.
    """
    if (query['build'], query['me'], query['name']) != (revival.BUILD, str(session.user_id), session.username):
        raise ValueError('another version, or another user')
    limits.check_page(session.user_id)
    mine = await rooms.get_all(session.actor())
    opened = Opened(session, mine, rooms.among(mine, int(query['room'])))
    revival.revive(PAGE, query, scope, lambda client: build(client, opened))


def build(client: Client, opened: Opened) -> None:
    """Add the elements of the page: few, since each costs the server some 3 KB per browser."""
    session, room = opened.session, opened.room
    theme.add_script(SCRIPT)
    ui.page_title(f'{room.title} - {theme.TITLE}')
    client.content.classes('chat')
    sidebar.Sidebar(opened.mine, room, session.username).on(
        'click', lambda: leave(session), js_handler='() => {}')  # in a browser `outbox.js` does it
    header = html(HEADER, kind=room.kind, name=sidebar.label(room), topic=room.topic, about=inline(room.topic),
                  calls=sidebar.calls(sidebar.calling(opened.mine)), **BUTTONS)
    ui.html(header, sanitize=False, tag='header')
    Transcript(session, room, opened.page, opened.at, revival.BUILD, opened.note)
    composer.build(room, session)
    dialogs = managing.Dialogs(client, session)
    ui.on('act', lambda event: dialogs.act(event.args))
    owners.give_to_session(client, session)
    client.on_connect(lambda client: enter(client, session, room.id))  # capturing `client` would make a cycle
    clients.slim(client)


async def leave(session: auth.Login) -> None:
    """End the session, which logs out all of its pages."""
    try:
        await auth.end(session.session_id)
    except Refused as error:
        ui.notify(error.sentence)
    else:
        ui.navigate.to('/')


async def enter(client: Client, session: auth.Login, room_id: int) -> None:
    """Subscribe the page's sockets to the user's rooms; the hub refuses a socket whose session has ended meanwhile.

    The page was built with `room_id`; the query of the socket names the room that the browser shows now.
    """
    for sid, _ in list(core.sio.manager.get_participants('/', client.id)):
        query = parse_qs((core.sio.get_environ(sid) or {}).get('QUERY_STRING', ''))  # None if the socket has closed
        try:
            await live.listen(session.actor('page', sid), places.number(query.get('room', [''])[0]) or room_id)
        except Refused:  # the database is unavailable: the browser reconnects
            await sockets.drop(sid)


"""Who is here, and telling them.

Sockets are grouped by room with Socket.IO's own rooms, so that a packet is encoded once for all. Pages get batches of
HTML fragments, programs get one event per message. What is sent comes here ready: this module knows no tables.
"""
import asyncio
from collections.abc import Awaitable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from nicegui import core

import sockets
from presence import Presence, State

Kind = Literal['page', 'program']

WINDOW = 0.05
'''Seconds between two packets to the pages of a room at the least.'''
FANOUT_SHARE = 3
'''The window is this many times as long as telling took, so that telling takes a third of the loop at the most.'''
TYPING_SECONDS = 2
PROGRAMS, PAGES = 'program:all', 'page:all'
LONGEST_QUEUE: dict[Kind, int] = {'page': 200, 'program': 1_000}
'''Packets that may wait for one socket (a page's carry many messages each); who is further behind is cut off, and
catches up when it comes back.'''


News = tuple[int, int, Sequence[int]]
'''Of a new message: its number, its author, and whom it names.'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A message after a change: `html` for pages, `event` with `data` for programs."""

    id: int
    revision: int
    html: str
    event: str
    data: dict[str, Any]
    news: News | None = None


@dataclass(slots=True)
class Socket:
    """A socket of somebody who is logged in. What it asks for is done in turn, in the order asked.

    A page shows one room, and may be in view.
    """

    sid: str
    session_id: int
    user_id: int
    username: str
    kind: Kind
    in_flight: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    shown: int | None = None
    is_in_view: bool = False


@dataclass(slots=True)
class _Room:
    """Changes that wait for the window, by message, in the order of revisions; `first` is the earliest of them."""

    waiting: dict[int, Change] = field(default_factory=dict)
    news: list[News] = field(default_factory=list)
    first: int = 0
    last: int = 0
    is_telling: bool = False

    def add(self, change: Change) -> None:
        if not self.waiting:
            self.first = change.revision
        self.last = change.revision
        self.waiting.pop(change.id, None)  # a message changed twice is sent once, in its latest form
        self.waiting[change.id] = change
        if change.news:
            self.news.append(change.news)

    def take(self) -> tuple[dict[str, Any], list[News]]:
        packet = {'from': self.first, 'to': self.last, 'html': ''.join(c.html for c in self.waiting.values())}
        news, self.waiting, self.news = self.news, {}, []
        return packet, news


class Hub:
    """The sockets of this process."""

    def __init__(self) -> None:
        self._sockets: dict[str, Socket] = {}
        self._of_user: dict[int, set[str]] = {}
        self._presence = Presence(self._tell_presence)
        self._typed_at: dict[tuple[int, int], float] = {}
        self._rooms: dict[int, _Room] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def attach(self, sid: str, session_id: int, user_id: int, username: str, kind: Kind) -> None:
        """A socket proved to belong to a session."""
        self._sockets[sid] = Socket(sid, session_id, user_id, username, kind)
        self._of_user.setdefault(user_id, set()).add(sid)
        self._presence.came(user_id, username, sid)

    def detach(self, sid: str) -> None:
        """A socket is gone, or has lost its session."""
        socket = self._sockets.pop(sid, None)
        if socket:
            self._presence.gone(socket.user_id, sid)
            self._of_user[socket.user_id].discard(sid)
            if not self._of_user[socket.user_id]:
                del self._of_user[socket.user_id]

    def socket(self, sid: str) -> Socket | None:
        """Who is behind a socket."""
        return self._sockets.get(sid)

    def sessions(self) -> list[int]:
        """The sessions that have a socket."""
        return list({socket.session_id for socket in self._sockets.values()})

    def state(self, user_id: int) -> State:
        """Whether somebody is here."""
        return self._presence.state(user_id)

    def states(self) -> dict[int, State]:
        """Of all who are here."""
        return self._presence.states()

    def users(self) -> set[int]:
        """Who has a socket."""
        return set(self._of_user)

    def has_others(self, user_id: int, sid: str) -> bool:
        """Whether this person has more than this socket."""
        return bool(self._of_user.get(user_id, set()) - {sid})

    async def drained(self, sid: str) -> None:
        """Wait until a socket has read most of what it was sent, or is gone."""
        await sockets.drained(core.sio.manager.eio_sid_from_sid(sid, '/'))

    def join(self, room_id: int, sid: str) -> None:
        """From now on a program hears the room, and a page hears that there is something new in it."""
        socket = self._sockets.get(sid)
        if socket:
            self._enter(sid, _name(room_id, 'program' if socket.kind == 'program' else 'aside'))

    def hear_presence(self, sid: str) -> None:
        """From now on a socket hears who comes and goes."""
        socket = self._sockets.get(sid)
        if socket:
            self._enter(sid, PROGRAMS if socket.kind == 'program' else PAGES)

    def show(self, room_id: int, sid: str) -> None:
        """From now on a page hears the room, and no longer the one that it has shown."""
        socket = self._sockets.get(sid)
        if socket and socket.kind == 'page':
            if socket.shown is not None:
                core.sio.manager.basic_leave_room(sid, '/', _name(socket.shown, 'page'))
            socket.shown = room_id
            self._enter(sid, _name(room_id, 'page'))

    def attend(self, sid: str, *, is_in_view: bool, is_active: bool) -> None:
        """Whether somebody sees a page, and has done something there lately."""
        socket = self._sockets.get(sid)
        if socket:
            socket.is_in_view = is_in_view
            self._presence.set_active(socket.user_id, sid, is_active=is_active)

    def admit(self, user_id: int, room_id: int) -> None:
        """A person is in a room from now on."""
        for sid in self._of_user.get(user_id, ()):
            self.join(room_id, sid)

    def expel(self, user_id: int, room_id: int) -> None:
        """From now on no socket of this person hears the room."""
        for sid in self._of_user.get(user_id, ()):
            for kind in ('page', 'aside', 'program'):
                core.sio.manager.basic_leave_room(sid, '/', _name(room_id, kind))
            if self._sockets[sid].shown == room_id:
                self._sockets[sid].shown = None

    def tell_pages(self, room_id: int, event: str, data: dict[str, Any]) -> None:
        """Tell the pages that show a room."""
        sockets.tell(_name(room_id, 'page'), event, data)

    def tell_aside(self, room_id: int, event: str, data: dict[str, Any]) -> None:
        """Tell the pages of all members of a room, whatever they show."""
        sockets.tell(_name(room_id, 'aside'), event, data)

    def tell_user(self, user_id: int, event: str, data: Mapping[Kind, dict[str, Any]], but: str | None = None) -> None:
        """Tell all sockets of one person (`but` this one), of the kinds that there is something for."""
        for sid in self._of_user.get(user_id, set()) - {but}:
            if of_kind := data.get(self._sockets[sid].kind):
                sockets.tell(sid, event, of_kind)

    def notify(self, user_id: int, room_id: int, notice: dict[str, Any]) -> None:
        """Call somebody to a message: by one page in each of their browsers, unless a page has the room in view."""
        pages = [self._sockets[sid] for sid in self._of_user.get(user_id, ()) if self._sockets[sid].kind == 'page']
        if not any(page.shown == room_id and page.is_in_view for page in pages):
            for sid in {page.session_id: page.sid for page in pages}.values():
                sockets.tell(sid, 'notice', notice)

    def _enter(self, sid: str, name: str) -> None:
        with suppress(ValueError, KeyError):  # it has gone meanwhile
            core.sio.manager.basic_enter_room(sid, '/', name)

    def typing(self, room_id: int, user_id: int, username: str) -> None:
        """Tell the others in a room that somebody is writing, every two seconds at the most."""
        now = asyncio.get_running_loop().time()
        if now - self._typed_at.get((user_id, room_id), float('-inf')) < TYPING_SECONDS:
            return
        self._typed_at = {key: at for key, at in self._typed_at.items() if now - at < TYPING_SECONDS}
        self._typed_at[user_id, room_id] = now
        for kind in ('program', 'page'):
            sockets.tell(_name(room_id, kind), 'typing', {'room': room_id, 'username': username},
                         but=self._of_user.get(user_id, ()))

    def publish(self, room_id: int, change: Change) -> None:
        """Tell the programs of a room at once, and its pages at once or with the next packet."""
        self._start(self._tell_programs(room_id, change))
        room = self._rooms.setdefault(room_id, _Room())
        room.add(change)
        if not room.is_telling:
            room.is_telling = True
            self._start(self._tell_pages(room_id, room))

    async def close(self, session_id: int) -> None:
        """Cut all sockets of a session: they hear nothing more from this moment on, and their pages are told to go."""
        for sid, socket in list(self._sockets.items()):
            if socket.session_id == session_id:
                await self.cut(sid)

    async def cut(self, sid: str) -> None:
        """End one socket."""
        self.detach(sid)
        for room in core.sio.rooms(sid):
            if room.startswith(_PREFIXES):
                await core.sio.leave_room(sid, room)
        await core.sio.emit('logged_out', to=sid)
        with suppress(KeyError):
            await core.sio.disconnect(sid)

    async def drop(self, sid: str) -> None:
        """Break one connection; its browser or program will come back."""
        self.detach(sid)
        await sockets.hang_up(core.sio.manager.eio_sid_from_sid(sid, '/'))

    async def stop(self) -> None:
        """Forget everybody."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._presence.stop()
        self._sockets.clear()
        self._of_user.clear()
        self._rooms.clear()

    def _tell_presence(self, news: dict[int, tuple[str, State]]) -> None:
        sockets.tell(PAGES, 'states', {str(user_id): state for user_id, (_, state) in news.items()})
        for username, state in news.values():
            sockets.tell(PROGRAMS, 'presence', {'username': username, 'state': state})

    def _start(self, telling: Awaitable[None]) -> None:
        task = asyncio.ensure_future(telling)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_programs(self, room_id: int, change: Change) -> None:
        sockets.tell(_name(room_id, 'program'), change.event, change.data)
        await sockets.drop_stuck(_name(room_id, 'program'), LONGEST_QUEUE['program'])

    async def _tell_pages(self, room_id: int, room: _Room) -> None:
        loop = asyncio.get_running_loop()
        try:
            while room.waiting:
                started = loop.time()
                packet, news = room.take()
                sockets.tell(_name(room_id, 'page'), 'changed', {'room': room_id, **packet})
                if news:
                    showing = {sid for sid, _ in core.sio.manager.get_participants('/', _name(room_id, 'page'))}
                    sockets.tell(_name(room_id, 'aside'), 'noticed', {'room': room_id, 'news': news}, but=showing)
                await asyncio.sleep(0)  # emitting has filled the queues only: let every socket's writer run
                await asyncio.sleep(0)
                took = loop.time() - started
                await sockets.drop_stuck(_name(room_id, 'page'), LONGEST_QUEUE['page'])
                await sockets.drop_stuck(_name(room_id, 'aside'), LONGEST_QUEUE['page'])
                await asyncio.sleep(max(WINDOW, FANOUT_SHARE * took))
        finally:
            room.is_telling = False


_PREFIXES = ('page:', 'aside:', 'program:')


def _name(room_id: int, kind: Kind | Literal['aside']) -> str:
    return f'{kind}:{room_id}'


hub = Hub()

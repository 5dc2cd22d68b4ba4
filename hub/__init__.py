"""The connected sockets, presence, and broadcasts to rooms.

Sockets are grouped by room with Socket.IO's own rooms, so that a packet is encoded once for all. Pages get batches of
HTML fragments, programs get one event per message. Payloads come ready to send: this module does not use the database.
"""
import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Literal
from weakref import WeakValueDictionary

import settings
from errors import Refused
from hub import wire

from .presence import Presence, State
from .telling import Update, Waiting

Kind = Literal['page', 'program']

WINDOW = 0.05
'''Least seconds between two packets to the pages of a room.'''
FANOUT_SHARE = 3
'''The window is this many times the duration of the last broadcast, so that these take at most a third of the loop.

Measured in CPU time of the thread: if others use the CPU for a second, a room does not wait for three more.'''
TYPING_SECONDS = 2
MOST_SOCKETS = 50
'''Most sockets of one user: those of tabs and programs.'''
MOST_HELD_BY_USER = 8_000_000
'''Bytes buffered for one user alone, at all their sockets, above which the user's next requests wait.'''
AT_ONCE = 2
'''Requests of one user, from all their sockets, that run at once: each may be answered with a megabyte.'''
PROGRAMS, PAGES = 'program:all', 'page:all'
LONGEST_QUEUE: dict[Kind, int] = {'page': 200, 'program': 1_000}
'''Packets that may be queued for one socket (a page's carry many messages each); a client further behind is
disconnected, and catches up when it reconnects.'''


@dataclass(slots=True)
class Socket:
    """A socket of a logged-in user. Its requests are handled one at a time, in order.

    `page` is the id that a page keeps when it reconnects, `shown` the id of the room that it shows.
    """

    sid: str
    session_id: int
    user_id: int
    username: str
    kind: Kind
    page: str = ''
    in_flight: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    shown: int | None = None
    is_in_view: bool = False


class Sockets:
    """The sockets of all logged-in users of this process, and the broadcasts to them."""

    def __init__(self) -> None:
        self._sockets: dict[str, Socket] = {}
        self._of_user: dict[int, set[str]] = {}
        self._gates: WeakValueDictionary[int, asyncio.Semaphore] = WeakValueDictionary()
        self._presence = Presence(self._tell_presence)
        self._typed_at: dict[tuple[int, int], float] = {}
        self._rooms: dict[int, Waiting] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def attach(self, sid: str, session_id: int, user_id: int, username: str, kind: Kind, page: str = '') -> None:
        """Register an authenticated socket. That of a page that reconnects replaces the page's earlier socket.

        Raises Refused('too_fast') when this user has too many sockets.
        """
        others = [self._sockets[other] for other in self._of_user.get(user_id, ())]
        earlier = [other for other in others if page and other.page == page]
        if not earlier and settings.current().rate_limits == 'on' and _are_full(others):
            raise Refused('too_fast', f'You have {MOST_SOCKETS} tabs of this chat open: close some.')
        for other in earlier:
            self._start(self.drop(other.sid))
        self._sockets[sid] = Socket(sid, session_id, user_id, username, kind, page)
        self._of_user.setdefault(user_id, set()).add(sid)
        self._presence.came(user_id, username, sid)

    def detach(self, sid: str) -> None:
        """Unregister a socket that is closed or has lost its session."""
        socket = self._sockets.pop(sid, None)
        if socket:
            self._presence.gone(socket.user_id, sid)
            self._of_user[socket.user_id].discard(sid)
            if not self._of_user[socket.user_id]:
                del self._of_user[socket.user_id]

    def socket(self, sid: str) -> Socket | None:
        """Return the registered socket with this id, if any."""
        return self._sockets.get(sid)

    def shown_at(self, sid: str) -> int | None:
        """Return the id of the room that a page shows, if any."""
        socket = self._sockets.get(sid)
        return socket.shown if socket else None

    def sessions(self) -> list[int]:
        """Return the ids of the sessions that have a socket."""
        return list({socket.session_id for socket in self._sockets.values()})

    def state(self, user_id: int) -> State:
        """Return the presence of a user."""
        return self._presence.state(user_id)

    def states(self) -> dict[int, State]:
        """Return the presence of all users who are not offline."""
        return self._presence.states()

    def users(self) -> set[int]:
        """Return the ids of the users who have a socket."""
        return set(self._of_user)

    def has_others(self, user_id: int, sid: str) -> bool:
        """Whether this user has another socket than this one."""
        return bool(self._of_user.get(user_id, set()) - {sid})

    @asynccontextmanager
    async def answering(self, socket: Socket) -> AsyncIterator[None]:
        """Delay a request until its socket and its user have read most of what they were sent, or it is closed."""
        while self._is_here(socket) and wire.is_behind(_connection(socket)):  # noqa: ASYNC110
            await asyncio.sleep(wire.LOOK_AGAIN_SECONDS)
        async with self._gates.setdefault(socket.user_id, asyncio.Semaphore(AT_ONCE)):
            while self._is_here(socket) and self.held(socket.user_id) > MOST_HELD_BY_USER:  # noqa: ASYNC110
                await asyncio.sleep(wire.LOOK_AGAIN_SECONDS)
            yield

    def held(self, user_id: int) -> int:
        """Return the bytes buffered for this user alone, at all their sockets."""
        return sum(wire.held(_connection(self._sockets[sid])) for sid in self._of_user.get(user_id, ()))

    def _is_here(self, socket: Socket) -> bool:
        return self._sockets.get(socket.sid) is socket

    def join(self, room_id: int, sid: str) -> None:
        """Subscribe a socket to a room: a program to its messages, a page only to notices that there are new ones."""
        socket = self._sockets.get(sid)
        if socket:
            self._enter(sid, _name(room_id, 'program' if socket.kind == 'program' else 'aside'))

    def hear_presence(self, sid: str) -> None:
        """Subscribe a socket to changes of presence."""
        socket = self._sockets.get(sid)
        if socket:
            self._enter(sid, PROGRAMS if socket.kind == 'program' else PAGES)

    def show(self, room_id: int, sid: str) -> None:
        """Subscribe a page to the messages of this room, instead of those of the room that it showed before."""
        socket = self._sockets.get(sid)
        if socket and socket.kind == 'page':
            if socket.shown is not None:
                wire.server.manager.basic_leave_room(sid, '/', _name(socket.shown, 'page'))
            socket.shown = room_id
            self._enter(sid, _name(room_id, 'page'))

    def attend(self, sid: str, *, is_in_view: bool, is_active: bool) -> None:
        """Store whether a page is in view, and whether its user was active there lately."""
        socket = self._sockets.get(sid)
        if socket:
            socket.is_in_view = is_in_view
            self._presence.set_active(socket.user_id, sid, is_active=is_active)

    def admit(self, user_id: int, room_id: int) -> None:
        """Subscribe all sockets of a user, who became a member, to a room."""
        for sid in self._of_user.get(user_id, ()):
            self.join(room_id, sid)

    def expel(self, user_id: int, room_id: int) -> None:
        """Unsubscribe all sockets of a user from a room."""
        for sid in self._of_user.get(user_id, ()):
            for kind in ('page', 'aside', 'program'):
                wire.server.manager.basic_leave_room(sid, '/', _name(room_id, kind))
            if self._sockets[sid].shown == room_id:
                self._sockets[sid].shown = None

    def tell_pages(self, room_id: int, event: str, data: dict[str, Any]) -> None:
        """Send an event to the pages that show a room."""
        wire.tell(_name(room_id, 'page'), event, data)

    def tell_aside(self, room_id: int, event: str, data: dict[str, Any]) -> None:
        """Send an event to the pages of all members of a room, whichever room they show."""
        wire.tell(_name(room_id, 'aside'), event, data)

    def tell_newcomer(self) -> None:
        """Tell all pages that there is one more person, who is in all open rooms."""
        if self._sockets:
            wire.tell(PAGES, 'newcomer', {})

    def tell_user(self, user_id: int, event: str, data: Mapping[Kind, dict[str, Any]], but: str | None = None) -> None:
        """Send an event to all sockets of one user (`but` this one) for whose kind there is data."""
        for sid in self._of_user.get(user_id, set()) - {but}:
            if of_kind := data.get(self._sockets[sid].kind):
                wire.tell(sid, event, of_kind)

    def notify(self, user_id: int, room_id: int, notice: dict[str, Any]) -> None:
        """Send a notice to one page in each of a user's sessions, unless one of their pages has the room in view."""
        pages = [self._sockets[sid] for sid in self._of_user.get(user_id, ()) if self._sockets[sid].kind == 'page']
        if not any(page.shown == room_id and page.is_in_view for page in pages):
            for sid in {page.session_id: page.sid for page in pages}.values():
                wire.tell(sid, 'notice', notice)

    def _enter(self, sid: str, name: str) -> None:
        with suppress(ValueError, KeyError):  # the socket was closed meanwhile
            wire.server.manager.basic_enter_room(sid, '/', name)

    def typing(self, room_id: int, user_id: int, username: str) -> None:
        """Tell the others in a room that a user is typing, at most every TYPING_SECONDS."""
        now = asyncio.get_running_loop().time()
        if now - self._typed_at.get((user_id, room_id), float('-inf')) < TYPING_SECONDS:
            return
        self._typed_at = {key: at for key, at in self._typed_at.items() if now - at < TYPING_SECONDS}
        self._typed_at[user_id, room_id] = now
        for kind in ('program', 'page'):
            wire.tell(_name(room_id, kind), 'typing', {'room': room_id, 'username': username},
                         but=self._of_user.get(user_id, ()))

    def publish(self, room_id: int, update: Update) -> None:
        """Send a change to a room's programs at once, and to its pages at once or with the next packet."""
        self._start(self._tell_programs(room_id, update))
        room = self._rooms.setdefault(room_id, Waiting())
        room.add(update)
        if not room.is_telling:
            room.is_telling = True
            self._start(self._tell_pages(room_id, room))

    async def close(self, session_id: int) -> None:
        """Close all sockets of a session: they get no further events, except that they are logged out."""
        for sid, socket in list(self._sockets.items()):
            if socket.session_id == session_id:
                await self.cut(sid)

    async def cut(self, sid: str) -> None:
        """Unsubscribe one socket from all rooms, tell it that it is logged out, and close it."""
        self.detach(sid)
        for room in wire.server.rooms(sid):
            if room.startswith(_PREFIXES):
                await wire.server.leave_room(sid, room)
        eio_sid = wire.server.manager.eio_sid_from_sid(sid, '/')
        await wire.server.emit('logged_out', to=sid)
        with suppress(KeyError):
            await wire.server.disconnect(sid)
        wire.close_when_read(eio_sid)

    async def drop(self, sid: str) -> None:
        """Break one connection; its browser or program will reconnect."""
        self.detach(sid)
        await wire.hang_up(wire.server.manager.eio_sid_from_sid(sid, '/'))

    async def stop(self) -> None:
        """Cancel all broadcasts and forget all sockets."""
        for task in list(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._presence.stop()
        self._sockets.clear()
        self._of_user.clear()
        self._rooms.clear()

    def _tell_presence(self, news: dict[int, tuple[str, State]]) -> None:
        wire.tell(PAGES, 'states', {str(user_id): state for user_id, (_, state) in news.items()})
        for username, state in news.values():
            wire.tell(PROGRAMS, 'presence', {'username': username, 'state': state})

    def _start(self, telling: Awaitable[None]) -> None:
        task = asyncio.ensure_future(telling)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _tell_programs(self, room_id: int, update: Update) -> None:
        wire.tell(_name(room_id, 'program'), update.event, update.data)
        await wire.drop_stuck(_name(room_id, 'program'), LONGEST_QUEUE['program'])

    async def _tell_pages(self, room_id: int, room: Waiting) -> None:
        try:
            while room.waiting:
                started = time.thread_time()
                packet, news = room.take()
                wire.tell(_name(room_id, 'page'), 'changed', {'room': room_id, **packet})
                if news:
                    showing = {sid for sid, _ in wire.server.manager.get_participants('/', _name(room_id, 'page'))}
                    wire.tell(_name(room_id, 'aside'), 'noticed', {'room': room_id, 'news': news}, but=showing)
                await asyncio.sleep(0)  # so far only queues were filled: let every socket's writer run
                await asyncio.sleep(0)
                took = time.thread_time() - started
                await wire.drop_stuck(_name(room_id, 'page'), LONGEST_QUEUE['page'])
                await wire.drop_stuck(_name(room_id, 'aside'), LONGEST_QUEUE['page'])
                await asyncio.sleep(max(WINDOW, FANOUT_SHARE * took))
        finally:
            room.is_telling = False


def _are_full(others: list[Socket]) -> bool:
    """Whether one user has too many sockets; silent ones, as of a suspended computer, are not counted."""
    return len(others) >= MOST_SOCKETS and sum(
        not wire.is_silent(_connection(other)) for other in others) >= MOST_SOCKETS


def _connection(socket: Socket) -> str | None:
    """Return Engine.IO's id of a socket."""
    found: str | None = wire.server.manager.eio_sid_from_sid(socket.sid, '/')
    return found


_PREFIXES = ('page:', 'aside:', 'program:')


def _name(room_id: int, kind: Kind | Literal['aside']) -> str:
    return f'{kind}:{room_id}'


sockets = Sockets()

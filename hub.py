"""Who is here, and telling them.

Sockets are grouped by room with Socket.IO's own rooms, so that a packet is encoded once for all. Pages get batches of
HTML fragments, programs get one event per message. What is sent comes here ready: this module knows no tables.
"""
import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any, Literal

from nicegui import core

import sockets

Kind = Literal['page', 'program']

WINDOW = 0.05
'''Seconds between two packets to the pages of a room at the least.'''
FANOUT_SHARE = 3
'''The window is this many times as long as telling took, so that telling takes a third of the loop at the most.'''
LONGEST_QUEUE: dict[Kind, int] = {'page': 200, 'program': 1_000}
'''Packets that may wait for one socket (a page's carry many messages each); who is further behind is cut off, and
catches up when it comes back.'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A message after a change: `html` for pages, `event` with `data` for programs."""

    id: int
    revision: int
    html: str
    event: str
    data: dict[str, Any]


@dataclass(slots=True)
class Socket:
    """A socket of somebody who is logged in. What it asks for is done in turn, in the order asked."""

    session_id: int
    user_id: int
    username: str
    in_flight: int = 0
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)


@dataclass(slots=True)
class _Room:
    """Changes that wait for the window, by message, in the order of revisions; `first` is the earliest of them."""

    waiting: dict[int, Change] = field(default_factory=dict)
    first: int = 0
    last: int = 0
    is_telling: bool = False

    def add(self, change: Change) -> None:
        if not self.waiting:
            self.first = change.revision
        self.last = change.revision
        self.waiting.pop(change.id, None)  # a message changed twice is sent once, in its latest form
        self.waiting[change.id] = change

    def take(self) -> dict[str, Any]:
        packet = {'from': self.first, 'to': self.last, 'html': ''.join(c.html for c in self.waiting.values())}
        self.waiting = {}
        return packet


class Hub:
    """The sockets of this process."""

    def __init__(self) -> None:
        self._sockets: dict[str, Socket] = {}
        self._rooms: dict[int, _Room] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def attach(self, sid: str, session_id: int, user_id: int, username: str) -> None:
        """A socket proved to belong to a session."""
        self._sockets[sid] = Socket(session_id, user_id, username)

    def detach(self, sid: str) -> None:
        """A socket is gone, or has lost its session."""
        self._sockets.pop(sid, None)

    def socket(self, sid: str) -> Socket | None:
        """Who is behind a socket."""
        return self._sockets.get(sid)

    def sessions(self) -> list[int]:
        """The sessions that have a socket."""
        return list({socket.session_id for socket in self._sockets.values()})

    async def drained(self, sid: str) -> None:
        """Wait until a socket has read most of what it was sent, or is gone."""
        await sockets.drained(core.sio.manager.eio_sid_from_sid(sid, '/'))

    async def join(self, room_id: int, sid: str, kind: Kind) -> None:
        """From now on the socket hears the room."""
        with suppress(ValueError):  # it has gone meanwhile
            await core.sio.enter_room(sid, _name(room_id, kind))

    async def leave(self, room_id: int, sid: str, kind: Kind) -> None:
        """From now on the socket does not hear the room."""
        await core.sio.leave_room(sid, _name(room_id, kind))

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
        self._sockets.clear()
        self._rooms.clear()

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
                sockets.tell(_name(room_id, 'page'), 'changed', {'room': room_id, **room.take()})
                await asyncio.sleep(0)  # emitting has filled the queues only: let every socket's writer run
                await asyncio.sleep(0)
                took = loop.time() - started
                await sockets.drop_stuck(_name(room_id, 'page'), LONGEST_QUEUE['page'])
                await asyncio.sleep(max(WINDOW, FANOUT_SHARE * took))
        finally:
            room.is_telling = False


_PREFIXES = ('page:', 'program:')


def _name(room_id: int, kind: Kind) -> str:
    return f'{kind}:{room_id}'


hub = Hub()

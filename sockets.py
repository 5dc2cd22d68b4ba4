"""The connections beneath the hub: telling many at once, what waits for a reader, and hanging up."""
import asyncio
from sys import getsizeof
from typing import Any, cast

from engineio import async_socket
from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from nicegui import core
from socketio.packet import EVENT

LARGEST_QUEUE = 4_000_000
'''Bytes that may wait for one socket; Engine.IO's writer may have as much in hand. What is told to a room is in memory
once for all its sockets.'''
LARGEST_ANSWERS = 1_000_000
'''Bytes that may wait for one socket before what it asks for has to wait.'''
LOOK_AGAIN_SECONDS = 0.05


class QuickSocket(async_socket.AsyncSocket):  # type: ignore[misc]
    """Waits for packets without a time limit, which costs a timer and, before Python 3.12, a task for each of them.

    A WebSocket needs none: whoever ends it puts the end into its queue.
    """

    async def poll(self) -> list[EnginePacket]:
        """The packets that wait, at least one; none when the socket is closed."""
        if not self.upgraded:
            return cast(list[EnginePacket], await super().poll())
        packets = [await self.queue.get()]
        while packets[-1] and not self.queue.empty():
            packets.append(self.queue.get_nowait())
        for _ in packets:
            self.queue.task_done()
        if packets[-1] is None and len(packets) > 1:
            self.queue.put_nowait(None)  # the end comes after what was said before
        return [packet for packet in packets if packet]


def install() -> None:
    """Let Engine.IO make such sockets. Installing again changes nothing."""
    async_socket.AsyncSocket = QuickSocket


def tell(room: str, event: str, data: dict[str, Any]) -> None:
    """Encode once, and put it into the queue of each socket; Socket.IO's own emit makes a task for each of them."""
    packet = EnginePacket(MESSAGE, core.sio.packet_class(EVENT, namespace='/', data=[event, data]).encode())
    for _, eio_sid in core.sio.manager.get_participants('/', room):
        engine = core.sio.eio.sockets.get(eio_sid)
        if engine and not engine.closed:
            engine.queue.put_nowait(packet)


async def drained(eio_sid: str | None) -> None:
    """Wait until a socket has read most of what it was sent, or is gone."""
    while (engine := core.sio.eio.sockets.get(eio_sid)) and _waiting(engine) > LARGEST_ANSWERS:  # noqa: ASYNC110
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


async def drop_stuck(room: str, longest_queue: int) -> None:
    """Hang up on those in a room who don't read."""
    for _, eio_sid in core.sio.manager.get_participants('/', room):
        engine = core.sio.eio.sockets.get(eio_sid)
        if engine and (engine.queue.qsize() > longest_queue or _waiting(engine) > LARGEST_QUEUE):
            while not engine.queue.empty():
                engine.queue.get_nowait()
            await hang_up(eio_sid)


async def hang_up(eio_sid: str | None) -> None:
    """Close a connection without waiting for the other side."""
    engine = core.sio.eio.sockets.get(eio_sid)
    if engine:
        await engine.close(wait=False, abort=True)
        engine.queue.put_nowait(None)  # so that its writer hangs up as soon as the reader has read what it holds


async def hang_up_all() -> None:
    """Close every connection, also those of strangers."""
    for eio_sid in list(core.sio.eio.sockets):
        await hang_up(eio_sid)


def _waiting(engine: Any) -> int:
    """Bytes in the queue of an Engine.IO socket."""
    return sum(getsizeof(packet.data) for packet in engine.queue._queue if packet)  # noqa: SLF001

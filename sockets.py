"""The connections beneath the hub: telling many at once, what waits for a reader, and hanging up."""
import asyncio
import weakref
from collections.abc import Collection
from sys import getsizeof
from typing import Any, cast

from engineio import async_socket
from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from nicegui import core
from socketio.packet import EVENT
from uvicorn.protocols.websockets import wsproto_impl
from wsproto.events import Request
from wsproto.frame_protocol import FrameProtocol

LARGEST_QUEUE = 4_000_000
'''Bytes that may wait for one socket; Engine.IO's writer may have as much in hand. What is told to a room is in memory
once for all its sockets.'''
LARGEST_ANSWERS = 1_000_000
'''Bytes that may wait for one socket before what it asks for has to wait.'''
LOOK_AGAIN_SECONDS = 0.05
WIRE = 'chatroom.wire'
'''In the scope of a WebSocket: a weak reference to its protocol.'''


class QuickSocket(async_socket.AsyncSocket):  # type: ignore[misc]
    """Waits for packets without a time limit, which costs a timer and, before Python 3.12, a task for each of them.

    A WebSocket needs none: whoever ends it puts the end into its queue.
    """

    has_sent_all = False
    '''Whether its writer waits for packets, and none is in its hand.'''

    async def poll(self) -> list[EnginePacket]:
        """The packets that wait, at least one; none when the socket is closed."""
        if not self.upgraded:
            return cast(list[EnginePacket], await super().poll())
        self.has_sent_all = self.queue.empty()
        packets = [await self.queue.get()]
        self.has_sent_all = False
        while packets[-1] and not self.queue.empty():
            packets.append(self.queue.get_nowait())
        for _ in packets:
            self.queue.task_done()
        if packets[-1] is None and len(packets) > 1:
            self.queue.put_nowait(None)  # the end comes after what was said before
        return [packet for packet in packets if packet]


class Wire(wsproto_impl.WSProtocol):
    """A WebSocket at uvicorn, which can be found from its scope."""

    def handle_connect(self, event: Request) -> None:
        """Called by uvicorn."""
        super().handle_connect(event)
        cast(dict[str, Any], self.scope)[WIRE] = weakref.ref(self)

    def write(self, frame: bytes) -> bool:
        """Whether the frame could be written at once: its reader keeps up, and nobody has hung up."""
        if not self.writable.is_set() or self.close_sent or self.disconnected or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True


def install() -> None:
    """Let Engine.IO and uvicorn make such sockets. Installing again changes nothing."""
    async_socket.AsyncSocket = QuickSocket
    wsproto_impl.WSProtocol = Wire  # type: ignore[misc]


def tell(room: str, event: str, data: dict[str, Any], *, but: Collection[str] = ()) -> None:
    """Encode and frame once, and write it to every socket (`but` those); the queue of who is behind takes it.

    Socket.IO's own emit makes a task for each socket, and each packet on its own way is encoded, framed and passed
    through the layers of three libraries.
    """
    packet = EnginePacket(MESSAGE, core.sio.packet_class(EVENT, namespace='/', data=[event, data]).encode())
    frame = bytes(FrameProtocol(client=False, extensions=[]).send_data(packet.encode()))
    for sid, eio_sid in core.sio.manager.get_participants('/', room):
        engine = core.sio.eio.sockets.get(eio_sid) if sid not in but else None
        if engine and not engine.closed and not _write(eio_sid, engine, frame):
            engine.queue.put_nowait(packet)


def _write(eio_sid: str, engine: QuickSocket, frame: bytes) -> bool:
    """Whether the frame is on its way."""
    wire = core.sio.environ[eio_sid]['asgi.scope'].get(WIRE) if engine.has_sent_all and engine.queue.empty() else None
    return bool(wire and (protocol := wire()) and protocol.write(frame))


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
    return 0 if engine.queue.empty() else sum(getsizeof(packet.data) for packet in engine.queue._queue if packet)  # noqa: SLF001

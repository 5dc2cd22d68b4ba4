"""Engine.IO's sockets, without a timer and a task for each packet, and with a count of the bytes that wait in them."""
import asyncio
import time
from collections.abc import Callable
from sys import getsizeof
from typing import Any, cast

from engineio import async_socket
from engineio.packet import MESSAGE, PING
from engineio.packet import Packet as EnginePacket
from starlette.types import Message, Send
from wsproto.frame_protocol import FrameProtocol

from .uvicorn import CONNECTION, Wire

MOST_WAITING = 1_000
'''Most packets in the queue of one socket, of whatever kind.'''
LARGEST_QUEUE = 4_000_000
'''Most bytes in the queue of one socket. A packet broadcast to a room is in memory once for all its sockets.'''
HANDFUL = 100_000
'''Bytes after which a writer takes no further packet from the queue at once.'''
LARGE = 4_096
'''Bytes of a packet above which its data is dropped as soon as it was sent.'''
SILENT_SECONDS = 5.0
'''A socket that has not answered a ping for this long counts as dead.'''


FRAMES = FrameProtocol(client=False, extensions=[])
'''Makes frames. One for all: it keeps nothing between whole messages, and each has a buffer for what it would read.'''


class Told(EnginePacket):  # type: ignore[misc]
    """A packet broadcast to several sockets, which is in memory once for all of them."""


def framed(packet: EnginePacket) -> bytes:
    """Return a packet as one WebSocket frame of a server's."""
    return bytes(FRAMES.send_data(packet.encode()))


class PacketQueue(asyncio.Queue[EnginePacket | None]):
    """Counts the `bytes` of all its packets, and the `own_bytes` of those for this socket alone."""

    bytes = own_bytes = 0

    def _put(self, item: EnginePacket | None) -> None:
        super()._put(item)
        self._count(item, 1)

    def _get(self) -> EnginePacket | None:
        packet = super()._get()
        self._count(packet, -1)
        return packet

    def _count(self, packet: EnginePacket | None, sign: int) -> None:
        self.bytes += sign * size(packet)
        self.own_bytes += sign * own_size(packet)

    def clear(self) -> None:
        """Discard all packets."""
        while not self.empty():
            self.get_nowait()


def size(packet: EnginePacket | None) -> int:
    """Return the bytes of memory that a packet's data takes; None, the end of a queue, takes 0."""
    return getsizeof(packet.data) if packet else 0


def own_size(packet: EnginePacket | None) -> int:
    """Return the bytes that a packet takes for one socket alone: 0 if it is broadcast."""
    return 0 if isinstance(packet, Told) else size(packet)


def _copied(packet: EnginePacket) -> EnginePacket:
    """Copy a large packet, so that its data can be dropped; several sockets may have the same packet."""
    return EnginePacket(packet.packet_type, packet.data) if own_size(packet) > LARGE else packet


class QuickSocket(async_socket.AsyncSocket):  # type: ignore[misc]
    """Waits for packets without a timeout, which would cost a timer and, before Python 3.12, a task for each packet.

    A WebSocket needs no timeout: closing it puts None, the end, into its queue.
    """

    has_sent_all = False
    '''Whether its writer has sent all packets that it took, and waits for new ones.'''
    in_hand = 0
    '''Bytes for this socket alone that were taken from the queue and are not sent yet.'''
    wire: Callable[[], Wire | None] | None = None
    '''A weak reference to the connection of a WebSocket; None while polling.'''
    last_ping: float | None
    next_ping: asyncio.TimerHandle | None = None

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.queue = PacketQueue()
        self._handed: list[EnginePacket] = []

    def schedule_ping(self) -> None:
        """Schedule the next ping by a timer, since Engine.IO's sleeping tasks outlive their sockets."""
        if self.last_ping:
            self.last_ping = None
            self.next_ping = asyncio.get_running_loop().call_later(self.server.ping_interval, self._ping)

    def _ping(self) -> None:
        self.last_ping = time.time()
        self.push(EnginePacket(PING))

    async def close(self, wait: bool = True, abort: bool = False, reason: str | None = None) -> None:
        """Cancel the next ping, and close the socket."""
        if self.next_ping:
            self.next_ping.cancel()
        await super().close(wait, abort, reason)

    async def poll(self) -> list[EnginePacket]:
        """Wait for packets and return them, at least one; none when the socket is closed."""
        if not self.upgraded:
            return cast(list[EnginePacket], await super().poll())
        self.has_sent_all = self.queue.empty()
        self._let_go()
        packets = [await self.queue.get()]
        self.has_sent_all = False
        taken = size(packets[0])
        while packets[-1] and not self.queue.empty() and taken < HANDFUL:
            packets.append(self.queue.get_nowait())
            taken += size(packets[-1])
        self.in_hand = sum(map(own_size, packets))
        for _ in packets:
            self.queue.task_done()
        if packets[-1] is None and len(packets) > 1:
            self.queue.put_nowait(None)  # return the packets before the end first
        self._handed = [_copied(packet) for packet in packets if packet]
        return self._handed

    def _let_go(self) -> None:
        """Drop the data of large packets: Engine.IO's writer has sent them, but refers to them until it gets others."""
        self.in_hand = 0
        for packet in self._handed:
            if own_size(packet) > LARGE:
                packet.data = packet.encode_cache = None
        self._handed = []

    async def handle_get_request(self, environ: dict[str, Any]) -> Any:
        """Upgrade to a WebSocket, or answer a poll, whose bytes count as `in_hand` until the client reads them."""
        scope = environ['asgi.scope']
        self.wire = scope.get(CONNECTION) if scope['type'] == 'websocket' else None
        packets = await super().handle_get_request(environ)
        if isinstance(packets, list):
            environ['asgi.send'] = self._counting(environ['asgi.send'])
        return packets

    def _counting(self, send: Send) -> Send:
        async def counted(message: Message) -> None:
            if message['type'] != 'http.response.body':
                await send(message)
                return
            length = len(message['body'])
            self.in_hand += length
            try:
                await send({**message, 'more_body': True})
                await send({'type': 'http.response.body'})  # returns when the client has read most of it
            finally:
                self.in_hand -= length

        return counted

    @property
    def is_idle(self) -> bool:
        """Whether nothing waits before what would be sent now."""
        return bool(self.wire) and self.has_sent_all and self.queue.empty()

    def write(self, frame: bytes) -> bool:
        """Write a frame at once if nothing waits before it; return whether it was written."""
        wire = self.wire() if self.wire and self.is_idle else None
        return bool(wire and wire.write(frame))

    @property
    def held(self) -> int:
        """Bytes that wait for this socket alone: in its queue, in its writer, and in its transport's buffer."""
        wire = self.wire() if self.wire else None
        unsent: int = wire.transport.get_write_buffer_size() if wire else 0
        return self.queue.own_bytes + self.in_hand + unsent

    async def send(self, pkt: EnginePacket) -> None:
        """Write a packet at once, or queue it, and close the connection if its queue is over the limits."""
        if self.is_idle and pkt.packet_type == MESSAGE and not self.closed and self.write(framed(pkt)):
            return
        await super().send(pkt)
        self.check()

    def push(self, packet: EnginePacket) -> None:
        """Queue a packet without awaiting, and close the connection if its queue is over the limits."""
        self.queue.put_nowait(packet)
        self.check()

    def check(self) -> None:
        """Close the connection if its queue is over the limits, since its client does not read."""
        waiting = self.queue.qsize()
        is_stuck = waiting > MOST_WAITING or (waiting > 1 and self.queue.bytes > LARGEST_QUEUE)
        if is_stuck and not self.closed and not self.closing:
            task = asyncio.get_running_loop().create_task(self.drop())
            _dropping.add(task)
            task.add_done_callback(_dropping.discard)

    async def drop(self) -> None:
        """Discard all queued packets, and close the connection."""
        self.queue.clear()
        await self.hang_up()

    async def hang_up(self) -> None:
        """Close the connection without waiting for the other side."""
        await self.close(wait=False, abort=True)
        self.queue.put_nowait(None)  # so that its writer ends, and closes the WebSocket
        wire = self.wire() if self.wire else None
        if wire and not wire.writable.is_set():
            wire.transport.abort()  # the writer waits for a client that reads nothing

    @property
    def is_silent(self) -> bool:
        """Whether it has not answered a ping for more than SILENT_SECONDS."""
        return bool(self.last_ping and time.time() - self.last_ping > SILENT_SECONDS)


_dropping: set[asyncio.Task[None]] = set()


def install() -> None:
    """Let Engine.IO make QuickSockets. Installing again changes nothing."""
    async_socket.AsyncSocket = QuickSocket

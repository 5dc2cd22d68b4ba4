"""The connections of the hub's sockets: broadcasting, bytes that are buffered, and closing."""
from collections.abc import Collection
from typing import Any

from engineio.packet import MESSAGE
from engineio.packet import Packet as EnginePacket
from socketio import AsyncServer
from socketio.packet import EVENT

from ties import engineio
from ties.engineio import LARGEST_QUEUE, QuickSocket, Told

MOST_HELD_BY_SOCKET = 1_000_000
'''Bytes buffered for one socket above which its next requests wait.'''
LOOK_AGAIN_SECONDS = 0.05

server: AsyncServer
'''The Socket.IO server of all sockets; set by `install`.'''


def install(of: AsyncServer) -> None:
    """Use the sockets of this server, and patch Engine.IO. Installing again changes nothing."""
    global server  # noqa: PLW0603
    server = of
    engineio.install()


def tell(room: str, event: str, data: dict[str, Any], *, but: Collection[str] = ()) -> None:
    """Encode and frame an event once, and write it to every socket of a room (`but` those), or to its queue if behind.

    Socket.IO's own emit makes a task for each socket, and encodes, frames and passes each packet separately through
    the layers of three libraries.
    """
    hearers = [eio_sid for sid, eio_sid in server.manager.get_participants('/', room) if sid not in but]
    engines = server.eio.sockets  # not by a function: this runs for each of a thousand browsers
    kind = Told if len(hearers) > 1 else EnginePacket
    packet = kind(MESSAGE, server.packet_class(EVENT, namespace='/', data=[event, data]).encode())
    frame = engineio.framed(packet)
    for eio_sid in hearers:
        engine = engines.get(eio_sid)
        if engine and not engine.closed and not engine.write(frame):
            engine.push(packet)


def held(eio_sid: str | None) -> int:
    """Return the bytes buffered for this socket alone."""
    engine = _engine(eio_sid)
    return engine.held if engine else 0


def is_behind(eio_sid: str | None) -> bool:
    """Whether a client must read buffered data before its next request is handled."""
    engine = _engine(eio_sid)
    return engine is not None and max(engine.queue.bytes, engine.held) > MOST_HELD_BY_SOCKET


def is_silent(eio_sid: str | None) -> bool:
    """Whether a socket is closed, or has not answered a ping in time."""
    engine = _engine(eio_sid)
    return engine is None or engine.is_silent


async def drop_stuck(room: str, longest_queue: int) -> None:
    """Close the connections of a room whose clients don't read, as their queues have become too long."""
    engines = server.eio.sockets
    for _, eio_sid in server.manager.get_participants('/', room):
        engine = engines.get(eio_sid)
        if engine and (engine.queue.qsize() > longest_queue or engine.queue.bytes > LARGEST_QUEUE):
            await engine.drop()


def close_when_read(eio_sid: str | None) -> None:
    """Close a WebSocket once its client has read what was sent so far."""
    engine = _engine(eio_sid)
    if engine and engine.upgraded:
        engine.queue.put_nowait(None)


async def hang_up(eio_sid: str | None) -> None:
    """Close a connection without waiting for the other side."""
    if engine := _engine(eio_sid):
        await engine.hang_up()


async def hang_up_all() -> None:
    """Close every connection, also those without a session."""
    for eio_sid in list(server.eio.sockets):
        await hang_up(eio_sid)


def _engine(eio_sid: str | None) -> QuickSocket | None:
    found: QuickSocket | None = server.eio.sockets.get(eio_sid)
    return found

"""Telling many at once must not overtake what each of them was sent before."""
import asyncio
from types import SimpleNamespace

import pytest
from engineio.packet import MESSAGE, Packet
from nicegui import core

import sockets


class Wire:
    """A connection that can be written to, or not."""

    def __init__(self):
        self.frames, self.is_free = [], True

    def write(self, frame):
        if self.is_free:
            self.frames.append(frame)
        return self.is_free


@pytest.fixture
def wire():
    return Wire()


@pytest.fixture
def reader(user, monkeypatch, wire):
    """The only socket in each room, connected by that wire."""
    socket = sockets.QuickSocket(core.sio.eio, 'eio')
    socket.upgraded = True
    monkeypatch.setattr(core.sio.manager, 'get_participants', lambda *_: [('sid', 'eio')])
    monkeypatch.setitem(core.sio.eio.sockets, 'eio', socket)
    monkeypatch.setitem(core.sio.environ, 'eio', {'asgi.scope': {sockets.WIRE: lambda: wire}})
    return SimpleNamespace(socket=socket, queued=lambda: [packet.data for packet in socket.queue._queue])


TOLD = '2["told",{"a":1}]'


def tell():
    sockets.tell('page:1', 'told', {'a': 1})


async def poll(reader):
    polling = asyncio.create_task(reader.socket.poll())
    await asyncio.sleep(0)
    return polling


async def test_who_waits_for_nothing_is_written_to_at_once(reader, wire):
    polling = await poll(reader)
    tell()
    assert wire.frames == [b'\x81' + bytes([len(TOLD) + 1]) + b'4' + TOLD.encode()]
    assert reader.queued() == []
    polling.cancel()


async def test_what_was_queued_and_not_taken_yet_goes_first(reader, wire):
    polling = await poll(reader)
    await reader.socket.send(Packet(MESSAGE, 'earlier'))
    tell()
    assert wire.frames == []
    assert [packet.data for packet in await polling] == ['earlier', TOLD]


async def test_what_is_in_the_hand_of_a_writer_goes_first(reader, wire):
    """Its queue is empty then, and the connection it waits for may just have become free again."""
    await reader.socket.send(Packet(MESSAGE, 'earlier'))
    assert [packet.data for packet in await reader.socket.poll()] == ['earlier']
    tell()
    assert wire.frames == []
    assert reader.queued() == [TOLD]


async def test_who_does_not_read_is_queued_for(reader, wire):
    polling = await poll(reader)
    wire.is_free = False
    tell()
    assert wire.frames == []
    assert [packet.data for packet in await polling] == [TOLD]


async def test_the_end_comes_after_what_was_said_before(reader):
    for number in range(3):
        await reader.socket.send(Packet(MESSAGE, str(number)))
    reader.socket.queue.put_nowait(None)
    assert [packet.data for packet in await reader.socket.poll()] == ['0', '1', '2']
    assert await reader.socket.poll() == []

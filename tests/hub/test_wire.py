"""Telling many at once must not overtake what each of them was sent before."""
import asyncio
import time
from types import SimpleNamespace

import pytest
from engineio.packet import MESSAGE, Packet
from nicegui import core

from hub import wire as sockets
from ties import engineio


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
    socket = engineio.QuickSocket(core.sio.eio, 'eio')
    socket.upgraded = True
    monkeypatch.setattr(core.sio.manager, 'get_participants', lambda *_: [('sid', 'eio')])
    monkeypatch.setitem(core.sio.eio.sockets, 'eio', socket)
    socket.wire = lambda: wire
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


async def test_an_answer_to_who_waits_for_nothing_is_written_at_once_and_to_others_after_what_waits(reader, wire):
    """One that was queued would make all that is told meanwhile wait for it, too."""
    polling = await poll(reader)
    await reader.socket.send(Packet(MESSAGE, 'answer'))
    assert wire.frames == [b'\x81\x074answer']
    reader.socket.push(Packet(MESSAGE, 'earlier'))
    await reader.socket.send(Packet(MESSAGE, 'later'))
    assert [packet.data for packet in await polling] == ['earlier', 'later']
    assert wire.frames == [b'\x81\x074answer']


async def test_what_was_queued_and_not_taken_yet_goes_first(reader, wire):
    polling = await poll(reader)
    reader.socket.push(Packet(MESSAGE, 'earlier'))
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


async def test_what_waits_for_one_alone_is_counted_until_it_is_sent(reader, wire):
    """What was told to many is in memory once for all."""
    await reader.socket.send(Packet(MESSAGE, 'x' * 1_000))
    await reader.socket.send(engineio.Told(MESSAGE, 'x' * 1_000))
    assert 1_000 < reader.socket.queue.own_bytes < 2_000 < reader.socket.queue.bytes
    wire.transport = SimpleNamespace(get_write_buffer_size=lambda: 500)
    assert 1_500 < reader.socket.held < 2_000
    await reader.socket.poll()
    assert 1_500 < reader.socket.held < 2_000, 'it is in the hand of the writer now'
    polling = await poll(reader)
    assert reader.socket.held == 500
    assert reader.socket.queue.bytes == 0
    polling.cancel()


async def test_a_writer_takes_no_more_than_a_handful(reader):
    for _ in range(5):
        await reader.socket.send(Packet(MESSAGE, 'x' * (engineio.HANDFUL // 2)))
    assert len(await reader.socket.poll()) == 2


async def test_who_owes_the_answer_to_a_ping_is_silent(reader):
    reader.socket.last_ping = None
    assert not sockets.is_silent('eio')
    reader.socket.last_ping = time.time()
    assert not sockets.is_silent('eio')
    reader.socket.last_ping = time.time() - engineio.SILENT_SECONDS - 1
    assert sockets.is_silent('eio')
    assert sockets.is_silent('gone')


async def test_what_a_poll_brings_is_in_hand_until_it_is_read(reader):
    """The poll empties the queue, and what it brought waits at the transport instead."""
    bodies, has_read = [], asyncio.Event()

    async def send(message):
        if bodies:
            await has_read.wait()  # as uvicorn does while too much is unsent
        bodies.append(message.get('body'))

    reader.socket.upgraded = False
    await reader.socket.send(Packet(MESSAGE, 'x' * 1_000))
    environ = {'asgi.scope': {'type': 'http'}, 'asgi.send': send}
    assert len(await reader.socket.handle_get_request(environ)) == 1
    answering = asyncio.create_task(environ['asgi.send']({'type': 'http.response.body', 'body': b'x' * 1_001}))
    await asyncio.sleep(0)
    assert reader.socket.held == 1_001
    has_read.set()
    await answering
    assert (reader.socket.held, bodies) == (0, [b'x' * 1_001, None])


async def test_what_was_sent_is_not_kept_and_others_keep_theirs(reader):
    """Engine.IO's writer names the packets that it has sent until it gets others: 2 MB for each socket that read a page."""
    shared = Packet(MESSAGE, 'x' * 100_000)
    await reader.socket.send(shared)
    (handed,) = await reader.socket.poll()
    assert handed.encode() == '4' + shared.data
    polling = await poll(reader)
    assert (handed.data, handed.encode_cache) == (None, None)
    assert shared.data == 'x' * 100_000
    polling.cancel()

"""What a WebSocket costs before anybody reads its messages is bounded, by bytes and by frames."""
import asyncio
import json
import struct
from contextlib import suppress
from types import SimpleNamespace

import pytest
from wsproto.connection import ConnectionState
from wsproto.events import Ping

from tests.running import Server
from ties.uvicorn import Wire, connections
from ties.uvicorn import wire as module
from ties.uvicorn.wire import CONTROL_BURST, KNOWN_BYTES, STRANGERS_BURST, STRANGERS_BYTES, UNFINISHED_BYTES, Message

TEXT, BINARY, MORE, PING, PONG, CLOSE = 1, 2, 0, 9, 10, 8
KEY = 'AAAAAAAAAAAAAAAAAAAAAA=='


@pytest.fixture(scope='module')
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp('server')) as running:
        yield running
        assert 'Traceback' not in running.log


def frame(opcode, payload=b'', *, is_last=True):
    """Masked by zeros, as nobody forbids."""
    length = len(payload)
    size = bytes([0x80 | length]) if length < 126 else b'\xfe' + struct.pack('!H', length) if length < 65_536 else (
        b'\xff' + struct.pack('!Q', length))
    return bytes([(0x80 if is_last else 0) | opcode]) + size + bytes(4) + payload


class Socket:
    """A WebSocket to Engine.IO, of which every byte is ours."""

    async def open(self, server, token=None):
        self.reader, self.writer = await asyncio.open_connection('127.0.0.1', server.port)
        cookie = f'Cookie: chatroom_session={token}\r\n' if token else ''
        self.send(f'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\n'
                  f'Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {KEY}\r\n{cookie}\r\n'.encode())
        assert b' 101 ' in await self.reader.readuntil(b'\r\n\r\n')
        assert (await self.receive())[1].startswith(b'0{')
        if token:
            self.send(frame(TEXT, b'40'))
            assert (await self.receive())[1].startswith(b'40')
        return self

    def send(self, data):
        self.writer.write(data)

    async def receive(self):
        first, length = await self.reader.readexactly(2)
        if length == 126:
            (length,) = struct.unpack('!H', await self.reader.readexactly(2))
        elif length == 127:
            (length,) = struct.unpack('!Q', await self.reader.readexactly(8))
        return first & 15, await self.reader.readexactly(length)

    async def leave(self):
        self.writer.close()
        with suppress(ConnectionError):
            await self.writer.wait_closed()

    async def closed(self):
        """The code with which the server closes, and how many pongs it sent before."""
        pongs = 0
        while True:
            opcode, payload = await asyncio.wait_for(self.receive(), 10)
            if opcode == CLOSE:
                return struct.unpack('!H', payload[:2])[0], pongs
            pongs += opcode == PONG

    async def answered(self, number):
        """The answer to an event."""
        while True:
            _, payload = await asyncio.wait_for(self.receive(), 10)
            if payload.startswith(b'43%d[' % number):
                return json.loads(payload[payload.index(b'['):])[0]


@pytest.fixture
async def stranger(server):
    socket = await Socket().open(server)
    yield socket
    await socket.leave()


@pytest.fixture
async def member(server):
    socket = await Socket().open(server, server.cookie('ann')['chatroom_session'])
    yield socket
    await socket.leave()


@pytest.mark.parametrize('opcode', [PING, PONG])
async def test_floods_of_control_frames_end_after_so_many_of_them(stranger, member, opcode):
    for socket in (stranger, member):
        socket.send(frame(opcode) * 100_000)
        code, pongs = await socket.closed()
        assert code == 1008
        assert pongs == (CONTROL_BURST if opcode == PING else 0)


async def test_pings_of_a_client_that_keeps_a_connection_alive_are_answered(member):
    for _ in range(CONTROL_BURST - 1):
        member.send(frame(PING, b'x'))
        assert await member.receive() == (PONG, b'x')


@pytest.mark.parametrize('data', [
    frame(TEXT, b'3'), frame(TEXT, b'2probe'), frame(TEXT, b'430[]'), frame(TEXT, b'42["x"]'), frame(BINARY, b''),
    frame(TEXT, b'3', is_last=False) + frame(MORE, is_last=False) * 2 + frame(MORE)])
async def test_floods_of_packets_and_fragments_of_strangers_end(stranger, data):
    stranger.send(data * 20 * STRANGERS_BURST)
    assert (await stranger.closed())[0] == 1008


async def test_fragments_without_content_end(stranger):
    stranger.send(frame(TEXT, is_last=False) + frame(MORE, is_last=False) * 3 * STRANGERS_BURST)
    assert (await stranger.closed())[0] == 1008


@pytest.mark.parametrize('data', [
    frame(TEXT, b'4' * (STRANGERS_BYTES + 1)), frame(BINARY, b'4' * (STRANGERS_BYTES + 1)),
    frame(TEXT, b'4' * STRANGERS_BYTES, is_last=False) + frame(MORE, b'4', is_last=False),
    frame(TEXT, 'ä'.encode() * (STRANGERS_BYTES // 2 + 1)), frame(TEXT, b'4' * 15_000_000)[:100_000]])
async def test_a_message_of_a_stranger_has_so_many_bytes(stranger, data):
    stranger.send(data)
    assert (await stranger.closed())[0] == 1009


async def test_one_of_a_member_has_more_and_gets_its_sentence(member):
    start = b'421["send_message","'
    member.send(frame(TEXT, start + b'x' * (KNOWN_BYTES - len(start) - 2) + b'"]'))
    assert 'characters, 4,000 are the most' in (await member.answered(1))['error']
    member.send(frame(TEXT, b'x' * (KNOWN_BYTES + 1)))
    assert (await member.closed())[0] == 1009


async def test_a_member_who_sends_much_at_once_is_answered_all_of_it(member):
    member.send(b''.join(frame(TEXT, b'42%d["rooms"]' % number) for number in range(200)))
    for number in range(200):
        assert 'rooms' in await member.answered(number)


async def test_unfinished_messages_of_all_together_have_so_many_bytes(server):
    """The message of the connection that would pass the bound is thrown away, and nobody else's."""
    token = server.cookie('ann')['chatroom_session']
    part = frame(TEXT, b'4' * (KNOWN_BYTES - 1_000), is_last=False)
    fitting = UNFINISHED_BYTES // KNOWN_BYTES
    members = [await Socket().open(server, token) for _ in range(fitting + 1)]
    for member in members[:fitting]:
        member.send(part + frame(PING))
        assert await member.receive() == (PONG, b'')
    members[-1].send(part)
    assert (await members[-1].closed())[0] == 1013
    for member in members[:fitting]:
        member.send(frame(PING))
        assert await member.receive() == (PONG, b'')
    for member in members:
        await member.leave()


def test_pieces_count_as_what_they_take():
    message = Message()
    for piece in ('', 'a', 'ä', '😀'):
        message.extend(piece)
    assert (message.length, connections.unfinished > 150) == (7, True)
    assert message.take() == 'aä😀'
    assert (message.length, connections.unfinished) == (0, 0)


@pytest.fixture
def wire(monkeypatch):
    """A connection whose other side reads nothing, or reads again."""
    wire = Wire.__new__(Wire)
    wire.written = []
    wire.writable = asyncio.Event()
    wire.transport = SimpleNamespace(write=wire.written.append)
    wire.conn = SimpleNamespace(send=lambda event: event)
    return wire


async def test_who_does_not_read_gets_no_more_pongs(wire):
    wire.handle_ping(Ping(b'1'))
    assert wire.written == []
    wire.writable.set()
    wire.handle_ping(Ping(b'2'))
    assert len(wire.written) == 1


async def test_others_have_their_turn_between_the_frames_of_one(member, server, monkeypatch):
    """As many frames as are read at once, and no more, in each turn of the loop."""
    turns = []
    wire = SimpleNamespace(_going_on=None, read_paused=False, _is_refused=False, loop=asyncio.get_running_loop(),
                           conn=SimpleNamespace(events=lambda: iter(range(10**9))), transport=SimpleNamespace(is_closing=lambda: False),
                           _handle=lambda event: turns.append(event) or 0.0, _pause_or_resume=lambda *, is_pause: None, _read=lambda: None, _check_announced=lambda: None)
    Wire._read(wire)
    assert len(turns) == module.FRAMES_AT_ONCE
    wire._going_on.cancel()


async def test_a_server_stops_although_a_client_has_just_closed_its_connection():
    """uvicorn would send it a close frame, which fails, and so would all that a stop has to do after that."""
    closed, wire = [], Wire.__new__(Wire)
    wire.conn, wire.transport = SimpleNamespace(state=ConnectionState.CLOSED), SimpleNamespace(close=lambda: closed.append(True))
    wire.handshake_complete, wire.close_sent, wire.stop_keepalive = True, False, lambda: None
    wire.shutdown()
    assert closed

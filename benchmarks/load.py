"""Clients so cheap that one core can simulate a thousand browsers and still measure times exactly.

A WebSocket reader on a bare asyncio protocol finds the numbered marks in the frames that arrive, records the time, and
checks that every number arrives once.
"""
import asyncio
import base64
import json
import os
import re
import time
from collections.abc import Callable, Sequence
from typing import Any
from urllib.parse import urlencode

MARK = re.compile(rb'~(\d{7})~')


def marked(number: int, size: int = 100) -> str:
    """Return a text of `size` characters that contains a number as MARK finds it."""
    return f'~{number:07}~ '.ljust(size, 'x')


class WebSocket(asyncio.Protocol):
    """A WebSocket client: it passes on text frames of any length, and answers pings."""

    def __init__(self, on_text: Callable[[bytes], None]) -> None:
        self.on_text = on_text
        self.buffer = bytearray()
        self.is_open: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self.closed: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Store the transport; called by asyncio."""
        assert isinstance(transport, asyncio.Transport)
        self.transport = transport

    def connection_lost(self, exc: Exception | None) -> None:
        """Resolve `closed`, and fail a handshake that is not done; called by asyncio."""
        if not self.is_open.done():
            self.is_open.set_exception(ConnectionError('the handshake failed'))
        if not self.closed.done():
            self.closed.set_result(None)

    def data_received(self, data: bytes) -> None:
        """Read the response to the handshake, then frames; called by asyncio."""
        self.buffer += data
        if not self.is_open.done():
            head, end, rest = bytes(self.buffer).partition(b'\r\n\r\n')
            if not end:
                return
            if b' 101 ' not in head[:20]:
                self.is_open.set_exception(ConnectionError(head[:200].decode()))
                return
            self.is_open.set_result(None)
            self.buffer = bytearray(rest)
        self._frames()

    def _frames(self) -> None:
        buffer, at = self.buffer, 0
        while len(buffer) - at >= 2:
            length, start = buffer[at + 1], at + 2
            if length == 126:
                length, start = int.from_bytes(buffer[at + 2:at + 4], 'big'), at + 4
            elif length == 127:
                length, start = int.from_bytes(buffer[at + 2:at + 10], 'big'), at + 10
            if len(buffer) < start + length:
                break
            if buffer[at] == 0x81:
                self.on_text(bytes(buffer[start:start + length]))
            elif buffer[at] == 0x89:
                self.transport.write(bytes([0x8A, 0x80 | length]) + b'\0\0\0\0' + buffer[start:start + length])
            elif buffer[at] == 0x88:
                self.transport.close()
            at = start + length
        del buffer[:at]

    def send(self, text: str) -> None:
        """Send a text of less than 64 KB in one frame, masked with zeros, which is a valid mask."""
        data = text.encode()
        size = len(data)
        head = bytes([0x81, 0x80 | size]) if size < 126 else bytes([0x81, 0xFE]) + size.to_bytes(2, 'big')
        self.transport.write(head + b'\0\0\0\0' + data)


async def connect(socket: WebSocket, port: int, path: str, cookie: str) -> WebSocket:
    """Connect a WebSocket and wait for its handshake. Raises ConnectionError when the server refuses."""
    await asyncio.get_running_loop().create_connection(lambda: socket, '127.0.0.1', port)
    key = base64.b64encode(os.urandom(16)).decode()
    socket.transport.write((f'GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nUpgrade: websocket\r\n'
                            f'Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\n'
                            f'Cookie: {cookie}\r\n\r\n').encode())
    await socket.is_open
    return socket


async def get(port: int, path: str, cookie: str) -> str:
    """Return the response to a GET, with its headers. Raises ConnectionError for any status but 200."""
    answer = await _answer(port, f'GET {path}', f'Cookie: {cookie}\r\n')
    if not answer.startswith('HTTP/1.1 200 '):
        raise ConnectionError(answer[:200])
    return answer


async def post(port: int, path: str, **form: str) -> str:
    """Post a form; return the cookies to send with the next request. Raises ConnectionError when it is refused."""
    body = urlencode(form)
    answer = await _answer(port, f'POST {path}', f'Content-Type: application/x-www-form-urlencoded\r\n'
                                                 f'Content-Length: {len(body)}\r\n', body)
    if not answer.startswith('HTTP/1.1 303 '):
        raise ConnectionError(answer[:200])
    return '; '.join(re.findall(r'\r\nset-cookie: ([^;\r]+)', answer.partition('\r\n\r\n')[0], re.IGNORECASE))


async def _answer(port: int, request: str, headers: str, body: str = '') -> str:
    reader, writer = await asyncio.open_connection('127.0.0.1', port)
    writer.write(f'{request} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{headers}Connection: close\r\n\r\n{body}'.encode())
    answer = await reader.read()
    writer.close()
    return answer.decode()


class Audience:
    """All readers of one room: which messages they received, and when.

    A frame to a room is the same for all its readers, so that each frame is parsed only once.
    """

    def __init__(self) -> None:
        self.sent: list[float] = []
        self.refused: set[int] = set()
        self.seen: list[int] = []
        self._heard: list[list[int]] = []
        self._frames: list[list[int]] = []
        self._last = b''
        self._times: list[tuple[float, int]] = []

    def join(self) -> int:
        """Add a reader; return its number."""
        self.seen.append(len(self.sent))
        self._heard.append([])
        return len(self.seen) - 1

    def next_text(self, size: int = 100) -> str:
        """Return the text of the next message, and record that it is sent now."""
        self.sent.append(time.perf_counter())
        return marked(len(self.sent) - 1, size)

    def hear(self, reader: int, text: bytes, *, repeats: bool = False) -> None:
        """Record that a reader received a frame; with `repeats`, frames contain earlier messages again."""
        if text != self._last or repeats:
            numbers = [int(number) for number in MARK.findall(text)]
            self._frames.append([number for number in numbers if number >= self.seen[reader]] if repeats else numbers)
            self._last = text
        if self._frames[-1]:
            self.seen[reader] += len(self._frames[-1])
            self._heard[reader].append(len(self._frames) - 1)
            self._times.append((time.perf_counter(), len(self._frames) - 1))

    def latencies(self) -> list[float]:
        """Return the seconds from sent to received, for each message and reader, since the last call."""
        times, self._times = self._times, []
        return [at - self.sent[number] for at, frame in times for number in self._frames[frame]]

    async def all_seen(self, seconds: float = 60) -> None:
        """Wait until every reader has every message that was not refused. Raises TimeoutError."""
        async with asyncio.timeout(seconds):
            while min(self.seen) < len(self.sent) - len(self.refused):
                await asyncio.sleep(0.002)

    def check(self) -> None:
        """Raise AssertionError unless every reader has received every message once."""
        for heard in {tuple(heard) for heard in self._heard}:
            numbers = sorted(number for frame in heard for number in self._frames[frame])
            if numbers != self.expected():
                raise AssertionError(f'a reader has {len(numbers)} of {len(self.expected())} messages')

    def expected(self) -> list[int]:
        """Return the numbers of the messages that were not refused."""
        return [number for number in range(len(self.sent)) if number not in self.refused]


class EngineSocket:
    """A Socket.IO client for one namespace: it emits events and answers pings; `on_event` gets received events."""

    def __init__(self, on_event: Callable[[bytes], None]) -> None:
        self.on_event = on_event
        self.calls: dict[int, asyncio.Future[Any]] = {}
        self.number = 0
        self.is_connected: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    async def connect(self, port: int, path: str, cookie: str) -> 'EngineSocket':
        """Connect, and join the namespace. Raises ConnectionError when the server refuses."""
        self.socket = WebSocket(self._take)
        await connect(self.socket, port, path, cookie)
        await self.is_connected
        return self

    def _take(self, text: bytes) -> None:
        if text.startswith(b'42'):
            self.on_event(text)
        elif text.startswith(b'43'):
            at = text.index(b'[')
            self.calls.pop(int(text[2:at])).set_result(json.loads(text[at:])[0])
        elif text == b'2':
            self.socket.send('3')
        elif text.startswith(b'0'):
            self.socket.send('40')
        elif text.startswith(b'40'):
            self.is_connected.set_result(None)
        elif text.startswith(b'44'):
            self.is_connected.set_exception(ConnectionError(text.decode()))

    def emit(self, event: str, *arguments: Any) -> None:
        """Send an event without asking for an answer."""
        self.socket.send('42' + json.dumps([event, *arguments]))

    async def call(self, event: str, *arguments: Any) -> Any:
        """Send an event and return its answer."""
        self.number += 1
        answer = self.calls[self.number] = asyncio.get_running_loop().create_future()
        self.socket.send(f'42{self.number}' + json.dumps([event, *arguments]))
        return await answer

    def close(self) -> None:
        """Close the connection."""
        self.socket.transport.close()


def percentile(values: Sequence[float], share: float) -> float:
    """Return the value below which this share (0 to 1) of the values lies."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]

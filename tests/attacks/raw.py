"""Bytes to a server's port, for what no polite client would send."""
import asyncio
import json
import re
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass
from typing import Any, ClassVar
from urllib.parse import urlencode

import httpx

CONTINUATION, TEXT, BINARY, CLOSE, PING, PONG = 0, 1, 2, 8, 9, 10
PROGRAM, PAGE = '/socket.io/', '/_nicegui_ws/socket.io/'
KEY = 'dGhlIHNhbXBsZSBub25jZQ=='
SECONDS = 10
'''For an answer.'''
PATIENCE = 40
'''To be hung up on by a server that waits for something first.'''
SEND_BUFFER = 65_536
'''Bytes that the system takes ahead of the server, so that what was sent says what was read.'''
ESCAPES = (('&#36;', '$'), ('&#96;', '`'), ('&gt;', '>'), ('&lt;', '<'), ('&quot;', '"'), ('&amp;', '&'))


def request(target: str = '/', *headers: str, method: str = 'GET', body: bytes = b'') -> bytes:
    """One HTTP request."""
    lines = [f'{method} {target} HTTP/1.1', 'Host: 127.0.0.1', *headers, *([f'Content-Length: {len(body)}'] if body else [])]
    return '\r\n'.join([*lines, '', '']).encode('latin-1') + body


def upgrade(target: str, *headers: str) -> bytes:
    """A request for a WebSocket."""
    return request(target, 'Upgrade: websocket', 'Connection: Upgrade', f'Sec-WebSocket-Key: {KEY}',
                   'Sec-WebSocket-Version: 13', *headers)


def frame(opcode: int, payload: bytes = b'', *, fin: bool = True, reserved: int = 0, length: int | None = None) -> bytes:
    """A WebSocket frame of a client, masked with zeros, which is a mask; it may promise another `length` than it has."""
    size = len(payload) if length is None else length
    kind = bytes([fin << 7 | reserved << 4 | opcode])
    if size < 126:
        return kind + bytes([0x80 | size]) + bytes(4) + payload
    wide = 2 if size < 65_536 else 8
    return kind + bytes([0x80 | (126 if wide == 2 else 127)]) + size.to_bytes(wide, 'big') + bytes(4) + payload


@dataclass(frozen=True)
class Answer:
    """An HTTP response."""

    status: int
    head: str
    body: bytes

    @property
    def error(self) -> str:
        """The sentence that says why not; raises for an answer that has none."""
        sentence = json.loads(self.body)['error']
        assert isinstance(sentence, str)
        assert sentence.endswith('.')
        return sentence


class Connection:
    """A TCP connection to a server, from any address of this machine."""

    opened: ClassVar[set['Connection']] = set()
    '''All of them, to be closed at the end of a test.'''

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer
        self.opened.add(self)

    @classmethod
    async def open(cls, port: int, source: str = '127.0.0.1') -> 'Connection':
        plain = socket.socket()
        plain.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER)
        plain.bind((source, 0))
        plain.setblocking(False)
        await asyncio.get_running_loop().sock_connect(plain, ('127.0.0.1', port))
        return cls(*await asyncio.open_connection(sock=plain, limit=2**24))

    async def send(self, data: bytes) -> None:
        """Whoever has hung up meanwhile takes nothing."""
        if self.writer.transport.is_closing():
            return
        with suppress(ConnectionError):
            self.writer.write(data)
            await self.writer.drain()

    async def pour(self, piece: bytes, most: int) -> int:
        """Send a piece again and again until the server says something or hangs up; how many bytes that were."""
        sent = 0
        with suppress(ConnectionError):
            while sent < most and not self.reader._buffer and not self.reader.at_eof():  # type: ignore[attr-defined]
                self.writer.write(piece)
                sent += len(piece)
                await self.writer.drain()
                await asyncio.sleep(0)
        return sent

    async def answer(self, seconds: float = SECONDS) -> Answer:
        """The next response. Raises ConnectionError when there is none."""
        try:
            async with asyncio.timeout(seconds):
                head = (await self.reader.readuntil(b'\r\n\r\n')).decode('latin-1')
                body = await self._body(head.lower())
        except asyncio.IncompleteReadError as error:
            raise ConnectionError(f'hung up after {error.partial[:200]!r}') from None
        return Answer(int(head.split()[1]), head, body)

    async def _body(self, head: str) -> bytes:
        if length := re.search(r'\r\ncontent-length: (\d+)', head):
            return await self.reader.readexactly(int(length[1]))
        if '\r\nconnection: close' in head and 'transfer-encoding' not in head:
            return await self.reader.read()
        body = b''
        while size := int(await self.reader.readuntil(b'\r\n'), 16) if 'transfer-encoding: chunked' in head else 0:
            body += (await self.reader.readexactly(size + 2))[:-2]
        return body

    async def frame(self) -> tuple[int, bytes]:
        """The next frame. Raises ConnectionError when there is none."""
        try:
            async with asyncio.timeout(SECONDS):
                kind, size = await self.reader.readexactly(2)
                if size > 125:
                    size = int.from_bytes(await self.reader.readexactly(2 if size == 126 else 8), 'big')
                return kind & 15, await self.reader.readexactly(size)
        except asyncio.IncompleteReadError:
            raise ConnectionError('hung up') from None

    async def frames(self) -> list[tuple[int, bytes]]:
        """All frames until the server hangs up, which it must do now."""
        found = []
        with suppress(ConnectionError):
            while True:
                found.append(await self.frame())
        return found

    async def hung_up(self, seconds: float = PATIENCE) -> bytes:
        """What still came until the server hung up. Raises TimeoutError when it does not."""
        rest = b''
        async with asyncio.timeout(seconds):
            with suppress(ConnectionError):
                while piece := await self.reader.read(65_536):
                    rest += piece
        return rest

    async def close(self) -> None:
        """Leave without a word."""
        self.opened.discard(self)
        self.writer.transport.abort()
        await asyncio.sleep(0)


@asynccontextmanager
async def connected(port: int, source: str = '127.0.0.1') -> AsyncIterator[Connection]:
    """A connection for a while."""
    connection = await Connection.open(port, source)
    try:
        yield connection
    finally:
        await connection.close()


async def asked(port: int, data: bytes, source: str = '127.0.0.1') -> Answer:
    """The answer to some bytes on a connection of their own."""
    async with connected(port, source) as connection:
        await connection.send(data)
        return await connection.answer()


def cookie_header(cookie: dict[str, str] | None) -> list[str]:
    """The header that shows these cookies."""
    return ['Cookie: ' + '; '.join(f'{name}={value}' for name, value in cookie.items())] if cookie else []


def polling(path: str, sid: str = '') -> str:
    """The address of a session of the polling transport, or of a new one."""
    return f'{path}{"&" if "?" in path else "?"}EIO=4&transport=polling' + (f'&sid={sid}' if sid else '')


async def opened_polling(port: int, path: str, cookie: dict[str, str] | None) -> str:
    """The number of a new session of the polling transport."""
    answer = await asked(port, request(polling(path), *cookie_header(cookie)))
    number: str = json.loads(answer.body[1:])['sid']
    return number


class SocketIo:
    """Socket.IO over a WebSocket of raw frames; pings are answered while something is waited for."""

    def __init__(self, connection: Connection) -> None:
        self.connection = connection
        self.heard: list[list[Any]] = []
        self.number = 0

    @classmethod
    async def open(cls, port: int, path: str = PROGRAM, cookie: dict[str, str] | None = None, source: str = '127.0.0.1',
                   **query: str) -> 'SocketIo':
        """Raises ConnectionError when it is refused."""
        connection = await Connection.open(port, source)
        target = f'{path}?{urlencode({"EIO": "4", "transport": "websocket", **query})}'
        await connection.send(upgrade(target, *cookie_header(cookie)))
        status = int((await connection.reader.readuntil(b'\r\n\r\n')).split()[1])
        if status != 101:
            raise ConnectionError(f'the upgrade was answered {status}')
        self = cls(connection)
        await self.say('40')
        while not (text := await self.hear()).startswith(('40', '44')):  # others may say something meanwhile
            pass
        if not text.startswith('40'):
            await connection.close()
            raise ConnectionError(text)
        return self

    async def say(self, text: str) -> None:
        """One packet of Engine.IO."""
        await self.connection.send(frame(TEXT, text.encode()))

    async def hear(self) -> str:
        """The next text; raises ConnectionError when the server has hung up."""
        while True:
            kind, payload = await self.connection.frame()
            if kind == CLOSE:
                raise ConnectionError('closed')
            text = payload.decode()
            if text.startswith('41'):
                raise ConnectionError('disconnected')
            if text == '2':
                await self.say('3')
            elif kind == TEXT:
                if text.startswith('42'):
                    self.heard.append(json.loads(text[2:]))
                return text

    async def emit(self, event: str, *arguments: Any) -> None:
        """Without an answer."""
        await self.say('42' + json.dumps([event, *arguments]))

    async def ask(self, event: str, *arguments: Any) -> Any:
        """With its answer; what is heard meanwhile is kept. Raises ConnectionError when the server hangs up instead."""
        self.number += 1
        await self.say(f'42{self.number}' + json.dumps([event, *arguments]))
        async with asyncio.timeout(SECONDS):
            while not (text := await self.hear()).startswith(f'43{self.number}['):
                pass
        answer = json.loads(text.removeprefix(f'43{self.number}'))
        return answer[0] if answer else None

    async def hear_of(self, *events: str) -> None:
        """Wait until one of these events has come."""
        async with asyncio.timeout(SECONDS):
            while not self.has_heard(*events):
                await self.hear()

    def has_heard(self, *events: str) -> bool:
        """Whether one of these events has come."""
        return any(name in events for name, *_ in self.heard)

    async def close(self) -> None:
        """Leave without a word."""
        await self.connection.close()


def elements_of(page: str) -> dict[str, Any]:
    """The elements of a page of NiceGUI, by number."""
    raw = page.split('String.raw`')[1].split('`', maxsplit=1)[0]
    for escaped, plain in ESCAPES:
        raw = raw.replace(escaped, plain)
    elements: dict[str, Any] = json.loads(raw)
    return elements


class LoadedPage:
    """A page as a browser got it, without its script: its number at the server, and all that listens on it."""

    def __init__(self, port: int, path: str = '/chat', cookie: dict[str, str] | None = None) -> None:
        answer = httpx.get(f'http://127.0.0.1:{port}{path}', cookies=cookie or {}, timeout=SECONDS)
        assert answer.status_code == 200, answer.text
        self.port, self.text = port, answer.text
        self.cookie = (cookie or {}) | dict(answer.cookies)
        found = re.search(r"'client_id': '([^']+)'", self.text)
        assert found
        self.client_id = found[1]
        self.listeners = [(int(number), listener) for number, element in elements_of(self.text).items()
                          for listener in element.get('events', [])]

    def query(self, **more: str) -> dict[str, str]:
        """What its script says when it connects."""
        return {'client_id': self.client_id, 'implicit_handshake': 'true', 'tab_id': self.client_id,
                'document_id': self.client_id, 'next_message_id': '0', **more}

    async def connect(self, **more: str) -> SocketIo:
        """Its own socket."""
        return await SocketIo.open(self.port, PAGE, self.cookie, **self.query(**more))

    def events(self, value: Any) -> list[dict[str, Any]]:
        """Each of its listeners with a value, as NiceGUI's script would tell it."""
        return [{'client_id': self.client_id, 'id': number, 'listener_id': listener['listener_id'], 'args': [json.dumps(value)]}
                for number, listener in self.listeners]

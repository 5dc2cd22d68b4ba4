"""Our app and its peers as real processes; clients receive messages like browsers, and send them like programs."""
import asyncio
import html
import json
import os
import re
import signal
import subprocess
import venv
from abc import ABC, abstractmethod
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Self

from tests.running import PASSWORD, Server

from .load import Audience, EngineSocket, WebSocket, connect, get, post

PEERS = Path(__file__).parent / 'peers'
PEERS_ENVIRONMENT = Path(__file__).parent / '.peers'
SERVER_CORE, LOAD_CORE = 0, 1
PROGRAM = '/socket.io/?EIO=4&transport=websocket'


def pin(core: int) -> None:
    """Pin this process, and those it starts, to one core, where the system can and has more than one."""
    if hasattr(os, 'sched_setaffinity') and (os.cpu_count() or 1) > 1:
        for thread in Path('/proc/self/task').iterdir():
            with suppress(ProcessLookupError):  # the thread has just ended
                os.sched_setaffinity(int(thread.name), {core})


class App(Server, ABC):
    """A server in its own folder, with a fresh database."""

    name: str
    stop_signal = signal.SIGTERM

    def command(self) -> list[str]:
        """Return the command line of the server."""
        return [str(python_of_peers()), str(PEERS / f'{self.name}.py'), str(self.port)]

    def start(self) -> Self:
        """Start the server on its own core: a process inherits the core of its parent."""
        pin(SERVER_CORE)
        try:
            return super().start()
        finally:
            pin(LOAD_CORE)

    def stop(self, signal_number: int | None = None) -> int:
        """Stop the server, by `stop_signal` unless another signal is given; return its exit status."""
        return super().stop(signal_number or self.stop_signal)

    def cpu_seconds(self) -> float:
        """Return the seconds of CPU time that the server has used so far."""
        assert self.process
        fields = Path(f'/proc/{self.process.pid}/stat').read_text().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    async def enter(self, username: str, door: str = '/register') -> str:
        """Register, or log in at the path `door`, and return the cookies. Raises ConnectionError for a refusal."""
        return await post(self.port, door, username=username, password=PASSWORD)

    @abstractmethod
    async def listen(self, audience: Audience, cookie: str) -> WebSocket:
        """Connect like a browser that has the chat open; `audience` records what it receives."""

    @abstractmethod
    async def speaker(self, username: str) -> 'Speaker':
        """Connect a program that sends messages, as a new user."""


class Speaker:
    """Sends messages as the clients of `original` do."""

    def __init__(self, socket: EngineSocket) -> None:
        self.socket = socket

    def send(self, text: str) -> None:
        """Send a message without asking for an answer."""
        self.socket.emit('send_message', {'message': text})


class AnsweredSpeaker(Speaker):
    """Sends messages that the server acknowledges; `waiting` has those whose answer was not looked at yet."""

    def __init__(self, socket: EngineSocket) -> None:
        super().__init__(socket)
        self.waiting: dict[asyncio.Task[dict[str, Any]], str] = {}

    def send(self, text: str) -> None:
        """Send a message; `refused` looks at its answer later."""
        self.waiting[asyncio.ensure_future(self.post(text))] = text

    async def post(self, text: str) -> dict[str, Any]:
        """Send a message and return the answer."""
        answer: dict[str, Any] = await self.socket.call('send_message', {'message': text})
        return answer

    async def refused(self) -> list[str]:
        """Wait for all answers; return the texts that the server has refused since the last call."""
        waiting, self.waiting = self.waiting, {}
        answers = await asyncio.gather(*waiting)
        return [text for text, answer in zip(waiting.values(), answers, strict=True) if 'error' in answer]


class Ours(App):
    """The chat in this repository."""

    name = 'chatroom'

    def command(self) -> list[str]:
        """Return the command line of the server."""
        return Server.command(self)

    async def open_page(self, cookie: str) -> str:
        """Return the HTML of the chat page. Raises AssertionError for another page, ConnectionError for an error."""
        text = await get(self.port, '/chat', cookie)
        assert 'data-revision' in text
        return text

    async def listen(self, audience: Audience, cookie: str) -> WebSocket:
        """GET the page, then connect as its script does."""
        text, reader = await self.open_page(cookie), audience.join()
        return await self.connect_page(text, cookie, lambda frame: audience.hear(reader, frame))

    async def connect_page(self, text: str, cookie: str, hear: Callable[[bytes], None]) -> WebSocket:
        """Connect the socket of the page with the HTML `text`; `hear` gets each event."""
        number = re.search(r"'client_id': '([^']+)'", text)
        assert number
        query = (f'EIO=4&transport=websocket&client_id={number[1]}&implicit_handshake=true&next_message_id=0'
                 f'&tab_id={number[1]}&document_id={number[1]}')
        return (await EngineSocket(hear).connect(self.port, f'/_nicegui_ws/socket.io/?{query}', cookie)).socket

    async def speaker(self, username: str) -> AnsweredSpeaker:
        """Connect a program at Socket.IO's default path, as a new user."""
        socket = EngineSocket(lambda _: None)
        return AnsweredSpeaker(await socket.connect(self.port, PROGRAM, await self.enter(username)))


class Original(App):
    """The chat that this project replaces, with Flask and Flask-SocketIO."""

    name = 'original'
    stop_signal = signal.SIGKILL  # by SIGTERM it would wait for its sockets

    async def listen(self, audience: Audience, cookie: str) -> WebSocket:
        """Connect as the page of `original` does."""
        reader = audience.join()
        socket = EngineSocket(lambda frame: audience.hear(reader, frame))
        return (await socket.connect(self.port, PROGRAM, cookie)).socket

    async def speaker(self, username: str) -> Speaker:
        """Connect a program, which also receives the messages that it sends."""
        socket = EngineSocket(lambda _: None)
        return Speaker(await socket.connect(self.port, PROGRAM, await self.enter(username)))


class Usual(App):
    """The usual NiceGUI chat, with a refreshable list and without accounts."""

    name = 'usual'

    async def enter(self, username: str, door: str = '/register') -> str:
        """Return no cookies: this app has no accounts."""
        return ''

    async def _page(self, on_event: Any) -> tuple[EngineSocket, str]:
        text = await get(self.port, '/', '')
        number = re.search(r"'client_id': '([^']+)'", text)
        assert number
        query = (f'EIO=4&transport=websocket&client_id={number[1]}&implicit_handshake=true&next_message_id=0'
                 f'&tab_id={number[1]}&document_id={number[1]}')
        socket = await EngineSocket(on_event).connect(self.port, f'/_nicegui_ws/socket.io/?{query}', '')
        return socket, text

    async def listen(self, audience: Audience, cookie: str) -> WebSocket:
        """Connect a page; each update repeats the last 50 messages."""
        reader = audience.join()
        socket, _ = await self._page(lambda frame: audience.hear(reader, frame, repeats=True))
        return socket.socket

    async def speaker(self, username: str) -> Speaker:
        """Connect a page, and send through its input field: this app has no interface for programs."""
        socket, text = await self._page(lambda _: None)
        number = re.search(r"'client_id': '([^']+)'", text)
        raw = re.search(r'String\.raw`(.*?)`', text, re.DOTALL)
        assert number
        assert raw
        elements = json.loads(html.unescape(raw[1]))
        element, events = next((int(key), value['events']) for key, value in elements.items()
                               if any(event['type'] == 'keydown' for event in value.get('events', [])))
        listener = next(event['listener_id'] for event in events if event['type'] == 'keydown')
        return FieldSpeaker(socket, number[1], element, listener)


class FieldSpeaker(Speaker):
    """Sends each message as an event of a NiceGUI input field."""

    def __init__(self, socket: EngineSocket, client_id: str, element: int, listener: str) -> None:
        super().__init__(socket)
        self.event = {'id': element, 'client_id': client_id, 'listener_id': listener}

    def send(self, text: str) -> None:
        """Send an event as NiceGUI's browser code does."""
        self.socket.emit('event', {**self.event, 'args': [json.dumps(text)]})


class Channels(App):
    """The tutorial chat of Django Channels, without accounts."""

    name = 'channels'

    def command(self) -> list[str]:
        """Return the command line of the server, which runs under uvicorn."""
        return [str(python_of_peers()), '-m', 'uvicorn', '--app-dir', str(PEERS), '--log-level', 'warning',
                '--port', str(self.port), 'tutorial:application']

    async def enter(self, username: str, door: str = '/register') -> str:
        """Return no cookies: this app has no accounts."""
        return ''

    async def listen(self, audience: Audience, cookie: str) -> WebSocket:
        """Connect a plain WebSocket."""
        reader = audience.join()
        return await connect(WebSocket(lambda frame: audience.hear(reader, frame)), self.port, '/ws/', '')

    async def speaker(self, username: str) -> Speaker:
        """Connect a plain WebSocket that sends messages."""
        return PlainSpeaker(await connect(WebSocket(lambda _: None), self.port, '/ws/', ''))


class PlainSpeaker(Speaker):
    """Sends messages as JSON, without Socket.IO."""

    def __init__(self, plain: WebSocket) -> None:
        self.plain = plain

    def send(self, text: str) -> None:
        """Send a message as one text frame."""
        self.plain.send(json.dumps({'message': text}))


def python_of_peers() -> Path:
    """Return the interpreter of the peers' virtual environment, which is created if it does not exist."""
    python = PEERS_ENVIRONMENT / 'bin' / 'python'
    if not python.exists():
        venv.create(PEERS_ENVIRONMENT, with_pip=True)
        subprocess.run([python, '-m', 'pip', 'install', '--quiet', '-r', PEERS / 'requirements.txt'], check=True)
    return python


def cookies_in(header: str) -> dict[str, str]:
    """Return what `enter` does by name: the session's cookie, and the browser's own."""
    return dict(cookie.split('=', 1) for cookie in header.split('; '))


async def gather(count: int, at_once: int, work: Any) -> list[Any]:
    """Return the results of `work(i)` for every `i` below `count`, with up to `at_once` of them running at a time."""
    turns = asyncio.Semaphore(at_once)

    async def one(i: int) -> Any:
        async with turns:
            return await work(i)

    return await asyncio.gather(*(one(i) for i in range(count)))

"""Our app and its peers as real processes, each with a way to listen like a browser and to speak like a program."""
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
from pathlib import Path
from typing import Any, Self

from tests.running import PASSWORD, Server

from .load import Audience, EngineSocket, WebSocket, connect, get, post

PEERS = Path(__file__).parent / 'peers'
PEERS_ENVIRONMENT = Path(__file__).parent / '.peers'
SERVER_CORE, LOAD_CORE = 0, 1
PROGRAM = '/socket.io/?EIO=4&transport=websocket'


def pin(core: int) -> None:
    """Keep this process, and those it starts, on one core, where the system can and has more than one."""
    if hasattr(os, 'sched_setaffinity') and (os.cpu_count() or 1) > 1:
        for thread in Path('/proc/self/task').iterdir():
            os.sched_setaffinity(int(thread.name), {core})


class App(Server, ABC):
    """A server in its own folder, with a fresh database."""

    name: str
    stop_signal = signal.SIGTERM

    def command(self) -> list[str]:
        """What to run."""
        return [str(python_of_peers()), str(PEERS / f'{self.name}.py'), str(self.port)]

    def start(self) -> Self:
        """On its own core: a process starts on the one of who starts it."""
        pin(SERVER_CORE)
        try:
            return super().start()
        finally:
            pin(LOAD_CORE)

    def stop(self, signal_number: int | None = None) -> int:
        """End it."""
        return super().stop(signal_number or self.stop_signal)

    def cpu_seconds(self) -> float:
        """Used by the server so far."""
        assert self.process
        fields = Path(f'/proc/{self.process.pid}/stat').read_text().rpartition(')')[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf('SC_CLK_TCK')

    async def enter(self, username: str, door: str = '/register') -> str:
        """The cookies of somebody who has just registered, or logged in; raises for a refusal."""
        return await post(self.port, door, username=username, password=PASSWORD)

    @abstractmethod
    async def listen(self, audience: Audience, cookie: str) -> WebSocket:
        """A browser with the chat open."""

    @abstractmethod
    async def speaker(self, username: str) -> 'Speaker':
        """A program."""


class Speaker:
    """Sends texts as the original's clients do."""

    def __init__(self, socket: EngineSocket) -> None:
        self.socket = socket

    def send(self, text: str) -> None:
        """Without an answer."""
        self.socket.emit('send_message', {'message': text})


class AnsweredSpeaker(Speaker):
    """Each message is acknowledged; `waiting` are those that are not yet."""

    def __init__(self, socket: EngineSocket) -> None:
        super().__init__(socket)
        self.waiting: dict[asyncio.Task[dict[str, Any]], str] = {}

    def send(self, text: str) -> None:
        """The answer is looked at later."""
        self.waiting[asyncio.ensure_future(self.post(text))] = text

    async def post(self, text: str) -> dict[str, Any]:
        """Return the answer."""
        answer: dict[str, Any] = await self.socket.call('send_message', {'message': text})
        return answer

    async def refused(self) -> list[str]:
        """The texts since this was asked before that the server refused."""
        waiting, self.waiting = self.waiting, {}
        answers = await asyncio.gather(*waiting)
        return [text for text, answer in zip(waiting.values(), answers, strict=True) if 'error' in answer]


class Ours(App):
    """Chatroom."""

    name = 'chatroom'

    def command(self) -> list[str]:
        """What to run."""
        return Server.command(self)

    async def open_page(self, cookie: str) -> str:
        """The HTML of the chat; raises when it is not that."""
        text = await get(self.port, '/chat', cookie)
        assert 'data-revision' in text
        return text

    async def listen(self, audience: Audience, cookie: str) -> WebSocket:
        """GET the page, then connect as its script does."""
        text, reader = await self.open_page(cookie), audience.join()
        return await self.connect_page(text, cookie, lambda frame: audience.hear(reader, frame))

    async def connect_page(self, text: str, cookie: str, hear: Callable[[bytes], None]) -> WebSocket:
        """Connect the socket of a page."""
        number = re.search(r"'client_id': '([^']+)'", text)
        assert number
        query = (f'EIO=4&transport=websocket&client_id={number[1]}&implicit_handshake=true&next_message_id=0'
                 f'&tab_id={number[1]}&document_id={number[1]}')
        return (await EngineSocket(hear).connect(self.port, f'/_nicegui_ws/socket.io/?{query}', cookie)).socket

    async def speaker(self, username: str) -> AnsweredSpeaker:
        """A program at the default path."""
        socket = EngineSocket(lambda _: None)
        return AnsweredSpeaker(await socket.connect(self.port, PROGRAM, await self.enter(username)))


class Original(App):
    """Flask and Flask-SocketIO."""

    name = 'original'
    stop_signal = signal.SIGKILL  # it waits for its sockets

    async def listen(self, audience: Audience, cookie: str) -> WebSocket:
        """As the original's page does."""
        reader = audience.join()
        socket = EngineSocket(lambda frame: audience.hear(reader, frame))
        return (await socket.connect(self.port, PROGRAM, cookie)).socket

    async def speaker(self, username: str) -> Speaker:
        """A program, which hears what it says."""
        socket = EngineSocket(lambda _: None)
        return Speaker(await socket.connect(self.port, PROGRAM, await self.enter(username)))


class Usual(App):
    """NiceGUI with a refreshable list; no accounts."""

    name = 'usual'

    async def enter(self, username: str, door: str = '/register') -> str:
        """Nobody logs in here."""
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
        """A page; each update has the last 50 messages."""
        reader = audience.join()
        socket, _ = await self._page(lambda frame: audience.hear(reader, frame, repeats=True))
        return socket.socket

    async def speaker(self, username: str) -> Speaker:
        """A page's field, since this app has no other door."""
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
    """Types into a NiceGUI field."""

    def __init__(self, socket: EngineSocket, client_id: str, element: int, listener: str) -> None:
        super().__init__(socket)
        self.event = {'id': element, 'client_id': client_id, 'listener_id': listener}

    def send(self, text: str) -> None:
        """As NiceGUI's browser code sends an event."""
        self.socket.emit('event', {**self.event, 'args': [json.dumps(text)]})


class Channels(App):
    """Django Channels; no accounts."""

    name = 'channels'

    def command(self) -> list[str]:
        """Under uvicorn."""
        return [str(python_of_peers()), '-m', 'uvicorn', '--app-dir', str(PEERS), '--log-level', 'warning',
                '--port', str(self.port), 'tutorial:application']

    async def enter(self, username: str, door: str = '/register') -> str:
        """Nobody logs in here."""
        return ''

    async def listen(self, audience: Audience, cookie: str) -> WebSocket:
        """A plain WebSocket."""
        reader = audience.join()
        return await connect(WebSocket(lambda frame: audience.hear(reader, frame)), self.port, '/ws/', '')

    async def speaker(self, username: str) -> Speaker:
        """A plain WebSocket, too."""
        return PlainSpeaker(await connect(WebSocket(lambda _: None), self.port, '/ws/', ''))


class PlainSpeaker(Speaker):
    """Sends JSON without Socket.IO."""

    def __init__(self, plain: WebSocket) -> None:
        self.plain = plain

    def send(self, text: str) -> None:
        """One frame."""
        self.plain.send(json.dumps({'message': text}))


def python_of_peers() -> Path:
    """The interpreter of the peers' virtual environment, which is made now if it is not there."""
    python = PEERS_ENVIRONMENT / 'bin' / 'python'
    if not python.exists():
        venv.create(PEERS_ENVIRONMENT, with_pip=True)
        subprocess.run([python, '-m', 'pip', 'install', '--quiet', '-r', PEERS / 'requirements.txt'], check=True)
    return python


async def gather(count: int, at_once: int, work: Any) -> list[Any]:
    """The results of `work(i)`, a few under way at a time."""
    turns = asyncio.Semaphore(at_once)

    async def one(i: int) -> Any:
        async with turns:
            return await work(i)

    return await asyncio.gather(*(one(i) for i in range(count)))

"""A real server in a process of its own, and real clients of it."""
import asyncio
import json
import os
import random
import re
import signal
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import aiohttp
import httpx
import socketio
from playwright.async_api import Browser as PlaywrightBrowser
from playwright.async_api import Playwright
from playwright.async_api import TimeoutError as PlaywrightTimeout

ROOT = Path(__file__).parent.parent
MAIN = ROOT / 'main.py'
WITH_DOORS = ROOT / 'tests' / 'with_doors.py'
WITH_LIMITS = ROOT / 'tests' / 'with_limits.py'
PASSWORD = 'correct horse 7'
START_SECONDS = 20
PATIENCE = 20
'''Seconds that a program waits to be let in, and for an answer: a busy machine needs some.'''
CHROMIUM = Path('/usr/bin/chromium')
SHELL = Path('/usr/bin/chromium-headless-shell')
HEADLESS = SHELL if SHELL.exists() else CHROMIUM
'''Where it is installed the same browser without windows: a page costs half as much there.'''
FLAGS = ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update',
         '--disable-sync', '--no-first-run']
STEADY = ['--headless', '--remote-debugging-port=0', '--hide-scrollbars', '--mute-audio', '--disable-extensions',
          '--disable-background-timer-throttling', '--disable-backgrounding-occluded-windows', '--disable-renderer-backgrounding',
          '--disable-back-forward-cache', '--disable-dev-shm-usage', '--disable-popup-blocking', '--disable-ipc-flooding-protection',
          '--force-color-profile=srgb', '--blink-settings=primaryHoverType=2,availableHoverTypes=2,primaryPointerType=4,availablePointerTypes=4']
'''What Playwright gives to a browser that it starts by itself.'''
QUIET = {'CHATROOM_BCRYPT_ROUNDS': '4', 'CHATROOM_RATE_LIMITS': 'off'}


def free_port() -> int:
    """A port that nothing listens on, and that no connection to elsewhere takes until a server does.

    The system gives each connection of a client a port of its own range; one chosen there was gone in one run of many.
    """
    lowest, highest = max(1024, _first_of_clients() - 10_000), _first_of_clients() - 1
    while True:
        with socket.socket() as probe, suppress(OSError):
            port = random.randint(lowest, highest)
            probe.bind(('127.0.0.1', port))
            return port


def _first_of_clients() -> int:
    return int(Path('/proc/sys/net/ipv4/ip_local_port_range').read_text().split()[0])


@contextmanager
def started_chromium(folder: Path) -> Iterator[tuple[str, int]]:
    """A browser that several tests may connect to: its address, and the number of its group of processes."""
    process = subprocess.Popen([HEADLESS, *FLAGS, *STEADY, f'--user-data-dir={folder}'], start_new_session=True,
                               stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        port = folder / 'DevToolsActivePort'
        while not port.exists() or not port.read_text():
            time.sleep(0.05)
        yield f'http://127.0.0.1:{port.read_text().split()[0]}', process.pid
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


async def connected(playwright: Playwright, address: str) -> PlaywrightBrowser:
    """Connect to a browser; one that has just started leaves the first who connects without an answer at times."""
    with suppress(PlaywrightTimeout):
        return await playwright.chromium.connect_over_cdp(address, timeout=10_000)
    return await playwright.chromium.connect_over_cdp(address, timeout=60_000)


def clean_environment(**settings: str) -> dict[str, str]:
    """The environment without anything that changes how a server runs."""
    return {**{name: value for name, value in os.environ.items()
               if not name.startswith(('CHATROOM_', 'NICEGUI_', 'PYTEST_'))}, **settings}


def run_main(folder: Path, *arguments: str, **settings: str) -> subprocess.CompletedProcess[str]:
    """Run `main.py` until it ends by itself; it must not end in a traceback."""
    done = subprocess.run([sys.executable, str(MAIN), *arguments], cwd=folder, env=clean_environment(**settings),
                          capture_output=True, text=True, timeout=30, check=False)
    assert 'Traceback' not in done.stderr, done.stderr
    return done


class Server:
    """Runs in `folder`, where its database and its log are, too."""

    def __init__(self, folder: Path, *, main: Path = MAIN, **settings: str) -> None:
        self.folder = folder
        self.main = main
        self.port = int(settings.pop('CHATROOM_PORT', 0)) or free_port()
        self.settings = {**QUIET, **settings, 'CHATROOM_PORT': str(self.port)}
        self.url = f'http://127.0.0.1:{self.port}'
        self.process: subprocess.Popen[bytes] | None = None

    def command(self) -> list[str]:
        return [sys.executable, str(self.main)]

    def start(self) -> Self:
        with (self.folder / 'log').open('ab') as log:
            self.process = subprocess.Popen(self.command(), cwd=self.folder, stdout=log, stderr=log,
                                            env=clean_environment(**self.settings))
        until = time.monotonic() + START_SECONDS
        while not self._answers():
            assert self.process.poll() is None, self.log
            assert time.monotonic() < until, self.log
            time.sleep(0.02)
        return self

    def stop(self, signal_number: int = signal.SIGTERM) -> int:
        assert self.process
        self.process.send_signal(signal_number)
        return self.process.wait(timeout=10)

    def __enter__(self) -> Self:
        return self.start()

    def __exit__(self, *_: object) -> None:
        if self.process and self.process.poll() is None:
            self.stop()

    @property
    def log(self) -> str:
        return (self.folder / 'log').read_text(errors='replace')

    @property
    def database(self) -> Path:
        return self.folder / 'chatroom.db'

    def memory(self) -> int:
        """Bytes that the process holds, and nobody else."""
        assert self.process
        rollup = Path(f'/proc/{self.process.pid}/smaps_rollup').read_text()
        return int(_find(r'Private_Dirty:\s+(\d+)', rollup)) * 1024

    def post(self, path: str, username: str = '', password: str = PASSWORD, **more: Any) -> httpx.Response:
        return httpx.post(self.url + path, data={'username': username, 'password': password}, timeout=30, **more)

    def cookie(self, username: str, password: str = PASSWORD) -> dict[str, str]:
        """Log in, after registering if needed."""
        response = self.post('/register', username, password)
        if response.status_code == 409:
            response = self.post('/login', username, password)
        assert response.status_code == 303, response.text
        return {'chatroom_session': response.cookies['chatroom_session']}

    @asynccontextmanager
    async def program(self, username: str, **options: Any) -> AsyncIterator['Program']:
        """A Socket.IO client that is logged in and keeps what it hears."""
        cookie = await asyncio.to_thread(self.cookie, username)
        program = Program()
        await program.connect(self, cookie['chatroom_session'], **options)
        try:
            yield program
        finally:
            await program.sio.disconnect()

    def _answers(self) -> bool:
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(('127.0.0.1', self.port)) == 0


def _find(pattern: str, text: str) -> str:
    found = re.search(pattern, text)
    assert found, text[:1000]
    return found[1]


class Program:
    """A Socket.IO client; `heard` is what people wrote, `lines` what happened in rooms."""

    def __init__(self, *, reconnection: bool = False) -> None:
        self.sio = socketio.AsyncClient(reconnection=reconnection, request_timeout=PATIENCE)
        self.heard: list[dict[str, Any]] = []
        self.lines: list[dict[str, Any]] = []
        self.sio.on('receive_message', lambda message: (self.lines if message['system'] else self.heard).append(message))
        self.told: list[tuple[str, dict[str, Any]]] = []
        for event in ('room_changed', 'message_changed', 'typing', 'presence'):
            self.sio.on(event, lambda data, event=event: self.told.append((event, data)))

    async def connect(self, server: Server, token: str | None, *, origin: str | None = None, **options: Any) -> None:
        headers = {} if token is None else {'Cookie': f'chatroom_session={token}'}
        if origin:
            headers['Origin'] = origin
        options = {'transports': ['websocket'], 'wait_timeout': PATIENCE, **options}
        try:
            await self.sio.connect(server.url, headers=headers, **options)
        except BaseException:
            if self.sio.eio.http:  # the client forgets to close what was refused
                if self.sio.eio.ws:
                    await self.sio.eio.ws.close()
                await self.sio.eio.http.close()
            raise

    async def ask(self, event: str, *args: Any) -> Any:
        data = args[0] if len(args) == 1 else args or None
        return await self.sio.call(event, data, timeout=PATIENCE)

    async def written(self, room: int, **window: Any) -> list[dict[str, Any]]:
        """What people wrote in a room."""
        answer = await self.ask('history', {'room': room, **window})
        return [message for message in answer['messages'] if not message['system']]

    async def wait_for(self, event: str, seconds: float = 15, **expected: Any) -> dict[str, Any]:
        """The first event of this name with these values, now or soon; forget it and what came before."""
        async with asyncio.timeout(seconds):
            while True:
                for i, (name, data) in enumerate(self.told):
                    if name == event and expected.items() <= data.items():
                        del self.told[:i + 1]
                        return data
                await asyncio.sleep(0.01)

    async def texts(self, count: int, seconds: float = 10) -> list[str]:
        """The texts of the first `count` messages that come."""
        async with asyncio.timeout(seconds):
            while len(self.heard) < count:
                await asyncio.sleep(0.01)
        return [message['message'] for message in self.heard]


def browsing() -> aiohttp.ClientSession:
    """For many browsers; no connection is used twice, since aiohttp then upgrades one that uvicorn means to close."""
    return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=0, force_close=True))


class Browser:
    """What a page of ours does at its socket, without the page."""

    def __init__(self) -> None:
        self.packets: list[tuple[str, dict[str, Any]]] = []
        self.messages: dict[int, int] = {}
        self.connections = 0
        self.answers: dict[int, asyncio.Future[dict[str, Any]]] = {}

    async def open(self, session: aiohttp.ClientSession, server: Server, cookie: dict[str, str]) -> 'Browser':
        async with session.get(server.url + '/chat', cookies=cookie) as response:
            text = await response.text()
        self.session, self.server, self.cookie = session, server, cookie
        self.revision = int(_find(r'\\"revision\\": (\d+)', text))
        self.epoch = _find(r'\\"epoch\\": \\"(\w+)', text)
        self._take(text.replace('\\"', '"'))
        number = _find(r"'client_id': '([^']+)'", text)
        self.query = {'EIO': '4', 'transport': 'websocket', 'implicit_handshake': 'true', 'next_message_id': '0',
                      'client_id': number, 'tab_id': number, 'document_id': number, 'room': '1',
                      'me': _find(r'"data-me":"(\d+)"', text), 'name': _find(r'"data-name":"([^"]+)"', text),
                      'build': _find(r'"data-build":"(\w+)"', text)}
        await self.connect()
        return self

    async def connect(self) -> None:
        """Raises ConnectionError when the server is not there, or does not know this page any more."""
        headers = {'Cookie': f'chatroom_session={self.cookie["chatroom_session"]}'}
        url = f'{self.server.url}/_nicegui_ws/socket.io/'
        try:
            self.socket = await self.session.ws_connect(url, params=self.query, headers=headers)
            await self.socket.receive_str()
            await self.socket.send_str('40')
            answer = await self.socket.receive_str()
        except (aiohttp.ClientError, TypeError) as error:
            raise ConnectionError(str(error)) from None
        if not answer.startswith('40'):
            raise ConnectionError(answer)
        self.connections += 1
        self.seen, self.is_behind = 0, False
        await self._resume()
        await self.socket.send_str('421["rooms",{}]')
        await self.socket.send_str('421["attend",{"in_view":true,"active":true}]')
        await self.socket.send_str('421["here",{}]')
        self.listening = asyncio.create_task(self._listen())

    async def ask(self, event: str, data: dict[str, Any]) -> dict[str, Any]:
        number = random.randrange(2, 10**9)
        self.answers[number] = asyncio.get_running_loop().create_future()
        await self.socket.send_str(f'42{number}' + json.dumps([event, data]))
        return await asyncio.wait_for(self.answers[number], 20)

    async def stay(self) -> None:
        """Connect again whenever the connection is lost, after the times that Socket.IO's browser client waits."""
        while True:
            await asyncio.wait({self.listening})
            for delay in (1, 2, 4, 5, 5, 5, 5):
                await asyncio.sleep(min(5, delay * random.uniform(0.5, 1.5)))
                with suppress(ConnectionError):
                    await self.connect()
                    break

    async def _resume(self) -> None:
        if self.is_behind:
            return
        self.is_behind = True
        await self.socket.send_str('420' + json.dumps(
            ['resume', {'room': 1, 'since': self.revision, 'epoch': self.epoch}]))

    async def _listen(self) -> None:
        async for frame in self.socket:
            if frame.data == '2':
                await self.socket.send_str('3')
            elif answer := re.fullmatch(r'43(\d+)(\[.*)', frame.data, re.DOTALL):
                number, data = int(answer[1]), json.loads(answer[2])[0]
                if number == 0:
                    await self._resumed(data)
                elif number in self.answers:
                    self.answers.pop(number).set_result(data)
            elif frame.data.startswith('42'):
                event, data, *_ = json.loads(frame.data[2:])
                self.packets.append((event, data))
                if event == 'changed' and data['room'] == 1:  # the room that it resumes
                    self._take(data['html'])
                    self.seen = max(self.seen, data['to'])
                    if data['from'] <= self.revision + 1:
                        self.revision = max(self.revision, data['to'])
                    else:
                        await self._resume()

    async def _resumed(self, answer: dict[str, Any]) -> None:
        if answer['fresh']:
            self.messages, self.revision, self.epoch = {}, 0, answer['epoch']
        self._take(answer['html'])
        self.revision = max(self.revision, answer['revision'])
        self.is_behind = False
        if self.seen > self.revision:
            await self._resume()

    def _take(self, html: str) -> None:
        for number, revision in re.findall(r'data-id="(\d+)" data-revision="(\d+)"', html):
            self.messages[int(number)] = max(int(revision), self.messages.get(int(number), 0))

    async def reach(self, revision: int, seconds: float = 20) -> None:
        async with asyncio.timeout(seconds):
            while self.revision < revision:
                await asyncio.sleep(0.01)

    async def close(self) -> None:
        await self.socket.close()
        await self.listening

    async def vanish(self) -> None:
        """Be gone without a word."""
        assert self.socket._response.connection
        assert self.socket._response.connection.transport
        self.socket._response.connection.transport.abort()
        await asyncio.wait({self.listening})

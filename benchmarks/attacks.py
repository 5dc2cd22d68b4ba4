"""How long a member waits for the server during an attack, compared with the time before it.

Each attack meets a fresh server with default settings. Before and during it, a member requests history, opens the chat,
and sends a message, again and again. The attacker is a process of its own (`benchmarks/attackers.py`).
"""
import asyncio
import math
import signal
import sqlite3
import statistics
import sys
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing, suppress
from dataclasses import dataclass
from datetime import UTC, datetime

from .apps import Ours, gather
from .attackers import ATTACKERS, EVIL_LETTERS
from .workloads import MS, Figures, running

QUIET_SECONDS, LEAST_SECONDS = 5, 5
AT_MOST_SECONDS = 60
'''Time limit of an attack; answers to what the member has requested by then are still awaited.'''
PAUSE = 0.2
'''Seconds between two rounds of a member's requests, so that no rate limit is reached.'''
SAMPLE_SECONDS = 0.1
MB = 1e-6
FEW_FILES = 256
CREATED_AT = datetime(2026, 10, 1, tzinfo=UTC).isoformat(timespec='milliseconds')
EVIL_MESSAGES, MESSAGES_TO_READ, ODD_NAMES = 60, 1_000, 3_000

Prepare = Callable[[sqlite3.Connection], None]


class WithFewFiles(Ours):
    """Our app with low limits of open files, the soft one and the hard one, as in some containers."""

    def command(self) -> list[str]:
        """Return the command line of the server, under `ulimit`."""
        return ['bash', '-c', f'ulimit -n {FEW_FILES} && exec "$0" "$@"', *super().command()]


def expensive_texts(connection: sqlite3.Connection) -> None:
    """Insert messages that searches find, and whose excerpts are expensive to make."""
    connection.execute('DELETE FROM messages')  # who joined
    connection.executemany(
        'INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, 1, ?, ?, ?)',
        ((EVIL_LETTERS[i % 3] * 4_000, CREATED_AT, i) for i in range(1, EVIL_MESSAGES + 1)))
    connection.execute('UPDATE rooms SET revision = ?', [EVIL_MESSAGES])


def long_texts(connection: sqlite3.Connection) -> None:
    """Insert messages of 4,000 characters, so that pages of history are large."""
    connection.execute('DELETE FROM messages')  # who joined
    connection.executemany(
        'INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, 1, ?, ?, ?)',
        (('x' * 4_000, CREATED_AT, i) for i in range(1, MESSAGES_TO_READ + 1)))
    connection.execute('UPDATE rooms SET revision = ?', [MESSAGES_TO_READ])


def odd_names(connection: sqlite3.Connection) -> None:
    """Insert users whose names have spaces, as in a database of the original app that was taken over."""
    connection.executemany(
        'INSERT INTO users (username, password, name_key, created_at, taken_over) VALUES (?, ?, ?, ?, 1)',
        ((f'Person {i} of many', 'x', f'person {i} of many', CREATED_AT) for i in range(ODD_NAMES)))
    connection.execute("INSERT INTO memberships (room, user) SELECT 1, id FROM users WHERE username LIKE 'Person %'")


@dataclass(frozen=True, kw_only=True)
class Attack:
    """An attack: its attacker, how many users it logs in, and the server that it meets."""

    attacker: str
    people: int = 0
    kind: type[Ours] = Ours
    rounds: int = 4
    '''Cost of bcrypt at the server: the app's default one where hashing is attacked.'''
    prepare: Prepare | None = None
    logs_in: bool = False
    '''Whether the member also logs in, in each round.'''


SPECIAL = {
    'half-sent-256': Attack(attacker='half-sent', kind=WithFewFiles),
    'searches': Attack(attacker='searches', people=6, prepare=expensive_texts),
    'registrations': Attack(attacker='registrations', rounds=12, logs_in=True),
    'names': Attack(attacker='names', people=1, prepare=odd_names),
    'rooms': Attack(attacker='rooms', people=1),
    'readers': Attack(attacker='readers', people=1, prepare=long_texts),
}
ATTACKS = {name: Attack(attacker=name) for name in ATTACKERS} | SPECIAL


class Member:
    """A user who is not attacking: `lost` counts requests that raised OSError; a refused event fails the run."""

    def __init__(self, app: Ours, *, logs_in: bool) -> None:
        self.app, self.logs_in = app, logs_in
        self.took: dict[str, list[float]] = {}
        self.lost = 0

    async def come(self) -> None:
        """Register and connect a program; log in for the cookie that opens pages."""
        self.speaker = await self.app.speaker('member')
        self.cookie = await self.app.enter('member', '/login')

    async def do(self, until: Callable[[], bool]) -> dict[str, list[float]]:
        """Send one request after the other; return the milliseconds that each took, by kind."""
        self.took = {}
        while not until():
            await self._time('history', self._history)
            await self._time('chat', lambda: self.app.open_page(self.cookie))
            await self._time('post', self._post)
            if self.logs_in:
                await self._time('login', lambda: self.app.enter('member', '/login'))
            await asyncio.sleep(PAUSE)
        return self.took

    async def _time(self, name: str, work: Callable[[], Awaitable[object]]) -> None:
        started = time.perf_counter()
        try:
            await work()
        except OSError:
            self.lost += 1
        else:
            self.took.setdefault(name, []).append((time.perf_counter() - started) * MS)

    async def _history(self) -> None:
        assert 'messages' in await self.speaker.socket.call('history', {'room': 1, 'limit': 20})

    async def _post(self) -> None:
        assert 'id' in await self.speaker.post('as if nothing happened')


async def attack(name: str) -> Figures:
    """Return how long a member waits before and during an attack, and the most memory that the server held."""
    chosen = ATTACKS[name]
    settings = {'CHATROOM_RATE_LIMITS': 'on', 'CHATROOM_BCRYPT_ROUNDS': str(chosen.rounds)}
    async with running(chosen.kind, **settings) as app:
        member = Member(app, logs_in=chosen.logs_in)
        people = await prepared(app, chosen)
        await member.come()
        quiet_until = time.perf_counter() + QUIET_SECONDS
        quiet = await member.do(lambda: time.perf_counter() > quiet_until)
        held, peaks = app.memory(), asyncio.create_task(peak(app))
        async with attacking(chosen.attacker, app.port, people) as is_over:
            meanwhile = await member.do(is_over)
        peaks.cancel()
        await asyncio.to_thread(app.stop, signal.SIGKILL)  # it may be too busy to stop by itself
        figures = beside(quiet, meanwhile)
        return figures | {'lost requests': member.lost, 'MB before': held * MB, 'peak MB': await peaks * MB}


async def prepared(app: Ours, chosen: Attack) -> list[str]:
    """Return the session cookies of the attackers; rows are inserted while the server is stopped."""
    await app.enter('first')
    if chosen.prepare:
        await asyncio.to_thread(app.stop)
        with closing(sqlite3.connect(app.database)) as connection:
            chosen.prepare(connection)
            connection.commit()
        app.start()
    cookies: list[str] = await gather(chosen.people, 1, lambda i: app.enter(f'attacker{i}'))
    return cookies


async def peak(app: Ours) -> int:
    """Return the most bytes that the server held until this task was cancelled."""
    most = 0
    with suppress(asyncio.CancelledError):
        while True:
            most = max(most, await asyncio.to_thread(app.memory))
            await asyncio.sleep(SAMPLE_SECONDS)
    return most


@asynccontextmanager
async def attacking(name: str, port: int, people: list[str]) -> AsyncIterator[Callable[[], bool]]:
    """Run an attack in a process of its own; yield a function that says whether it is over."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, '-m', 'benchmarks.attackers', name, str(port), *people)
    started, ended = time.perf_counter(), asyncio.create_task(process.wait())

    def is_over() -> bool:
        took = time.perf_counter() - started
        return took > LEAST_SECONDS and (ended.done() or took > AT_MOST_SECONDS)

    try:
        yield is_over
    finally:
        if not ended.done():
            process.kill()
        assert await ended in {0, -9}, f'the attacker "{name}" failed'


def beside(quiet: dict[str, list[float]], meanwhile: dict[str, list[float]]) -> Figures:
    """Return for each kind of request the median and the worst time, quiet and attacked, and the ratio of the two."""
    figures: Figures = {}
    for name, took in meanwhile.items():
        for what, of in (('p50', statistics.median), ('worst', max)):
            before, now = of(quiet[name]), of(took)
            figures |= {f'{name}: quiet {what} ms': before, f'{name}: {what} ms': now,
                        f'{name}: {what}, times': now / before}
    for what in ('p50', 'worst'):
        times = [figures[f'{name}: {what}, times'] for name in meanwhile]
        figures[f'{what}, most times'] = max(times, default=math.inf)
    return figures

"""What is measured. Each function runs one app once, on a fresh database, and returns its figures by name.

Every response is checked, and what was acknowledged is looked for in the database afterwards: one wrong answer fails
the run.
"""
import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import TypeVar

from .apps import App, Ours, Speaker, gather
from .load import Audience, WebSocket, percentile

A = TypeVar('A', bound=App)
Figures = dict[str, float]
AT_ONCE = 16
MS, KB = 1e3, 1e-3


@asynccontextmanager
async def running(kind: type[A], **settings: str) -> AsyncIterator[A]:
    """The app on a fresh database."""
    with tempfile.TemporaryDirectory() as folder, kind(Path(folder), **settings) as app:
        yield app


@asynccontextmanager
async def audience_of(app: App, count: int) -> AsyncIterator[Audience]:
    """So many browsers that have the chat open; in the end each must have seen everything once and in order."""
    audience, cookie = Audience(), await app.cookie('bob')
    sockets: list[WebSocket] = await gather(count, AT_ONCE, lambda _: app.listen(audience, cookie))
    await asyncio.sleep(2)
    yield audience
    await audience.all_seen()
    audience.check()
    for socket in sockets:
        socket.transport.abort()
    await asyncio.sleep(0.5)


async def fan_out(kind: type[App], browsers: int, times: int = 40) -> Figures:
    """One message at a time from a program to all browsers: milliseconds until the last has it."""
    async with running(kind) as app, audience_of(app, browsers) as audience:
        speaker, last = await app.speaker('ann'), []
        for _ in range(times):
            speaker.send(audience.next_text())
            await audience.all_seen()
            last.append(max(audience.latencies) * MS)
            audience.reset()
            await asyncio.sleep(0.25)
        last = last[5:]
        return {'last ms': statistics.median(last), 'worst ms': max(last)}


async def sustained(kind: type[App], browsers: int, rate: float, seconds: float = 8) -> Figures:
    """Messages at a steady rate, by 8 programs: send-to-seen, over all browsers and messages."""
    async with running(kind) as app, audience_of(app, browsers) as audience:
        speakers = [await app.speaker(f'ann{i}') for i in range(8)]
        cpu, started, count = app.cpu_seconds(), time.perf_counter(), int(rate * seconds)
        for i in range(count):
            await asyncio.sleep(max(0, started + i / rate - time.perf_counter()))
            speakers[i % 8].send(audience.next_text())
        await audience.all_seen(30)
        took = time.perf_counter() - started
        return {'p50 ms': percentile(audience.latencies, 0.5) * MS, 'p99 ms': percentile(audience.latencies, 0.99) * MS,
                'deliveries/s': count * browsers / took, 'server core %': 100 * (app.cpu_seconds() - cpu) / took}


async def posts(kind: type[Ours], seconds: float = 6, in_flight: int = 64) -> Figures:
    """Durable posts by 8 programs, each acknowledged after its commit."""
    async with running(kind) as app:
        speakers = [await app.speaker(f'ann{i}') for i in range(8)]
        acknowledged: list[int] = []
        end = time.perf_counter() + seconds

        async def post(speaker: Speaker) -> None:
            while time.perf_counter() < end:
                answer = await speaker.post('x' * 100)
                acknowledged.append(answer['id'])

        started = time.perf_counter()
        await asyncio.gather(*(post(speaker) for speaker in speakers for _ in range(in_flight)))
        took = time.perf_counter() - started
        check_stored(app, acknowledged)
        return {'posts/s': len(acknowledged) / took}


def check_stored(app: App, ids: list[int]) -> None:
    """Raise unless the database has exactly these messages."""
    with closing(sqlite3.connect(app.folder / 'chatroom.db')) as connection:
        stored = {row[0] for row in connection.execute('SELECT id FROM messages')}
    assert stored == set(ids), f'{len(ids)} acknowledged, {len(stored)} stored'
    assert len(ids) == len(stored), 'an id came twice'


def fill(app: App, count: int) -> None:
    """Messages of some days, straight into the database of an app that does not run yet."""
    with closing(sqlite3.connect(app.folder / 'chatroom.db')) as connection:
        connection.executemany(
            'INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, 1, ?, ?, ?)',
            ((f'message {i} about this and that', f'2026-10-{1 + i * 28 // count:02}T10:00:00.000+00:00', i)
             for i in range(1, count + 1)))
        connection.execute('UPDATE rooms SET revision = ?', [count])
        connection.commit()


async def pages(kind: type[Ours], messages: int = 100_000, seconds: float = 5) -> Figures:
    """`/chat` opened 16 at a time, its HTML checked."""
    with tempfile.TemporaryDirectory() as folder:
        with kind(Path(folder)) as app:
            cookie = await app.cookie('ann')
        fill(app, messages)
        with kind(Path(folder)) as app:
            count, end = 0, time.perf_counter() + seconds

            async def open_pages() -> None:
                nonlocal count
                while time.perf_counter() < end:
                    assert f'message {messages} about' in await app.open_page(cookie)
                    count += 1

            started = time.perf_counter()
            await asyncio.gather(*(open_pages() for _ in range(AT_ONCE)))
            return {'pages/s': count / (time.perf_counter() - started)}


async def memory(kind: type[Ours], browsers: int, messages: int = 10_000) -> Figures:
    """What one more connected browser costs the server, and how that grows while messages flow; idle CPU, too."""
    async with running(kind) as app:
        empty = app.memory()
        async with audience_of(app, browsers) as audience:
            speaker = await app.speaker('ann')
            before = app.memory()
            cpu, started = app.cpu_seconds(), time.perf_counter()
            await asyncio.sleep(15)
            idle = 100 * (app.cpu_seconds() - cpu) / (time.perf_counter() - started)
            for _ in range(messages // 100):
                await asyncio.gather(*(speaker.post(audience.next_text()) for _ in range(100)))
                audience.reset()
            await audience.all_seen()
            grown = app.memory() - before
        return {'KB/browser': (before - empty) / browsers * KB, 'grown KB/browser': grown / browsers * KB,
                'idle core %': idle}


async def logins(kind: type[Ours], browsers: int = 100, people: int = 50) -> Figures:
    """Send-to-seen while people log in with bcrypt at its usual cost, and while they don't."""
    async with running(kind, CHATROOM_BCRYPT_ROUNDS='12') as app, audience_of(app, browsers) as audience:
        speaker = await app.speaker('ann')
        figures = {}
        for name in ('quiet', 'logins'):
            audience.reset()
            people_log_in = asyncio.create_task(gather(
                people if name == 'logins' else 0, people, lambda i: app.cookie(f'person{i}')))
            for _ in range(100):
                speaker.send(audience.next_text())
                await asyncio.sleep(0.1)
            await people_log_in
            await audience.all_seen()
            figures[f'{name} p99 ms'] = percentile(audience.latencies, 0.99) * MS
        return figures


async def start(kind: type[App]) -> Figures:
    """From the start of the process to the first page."""
    async with running(kind) as app:
        return {'seconds': app.started_in}


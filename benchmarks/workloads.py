"""The workloads: each function runs one app once, on a fresh database, and returns its figures by name.

Every response is checked, and messages are looked up in the database afterwards: one wrong answer fails the run.
"""
import asyncio
import sqlite3
import statistics
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, closing
from pathlib import Path
from typing import Any, TypeVar

import bcrypt

from chat.text import markdown
from tests import corpus
from tests.running import PASSWORD, Browser, browsing

from .apps import AnsweredSpeaker, App, Ours, gather
from .load import MARK, Audience, WebSocket, get, percentile

A = TypeVar('A', bound=App)
Figures = dict[str, float]
AT_ONCE = 16
US, MS, KB = 1e6, 1e3, 1e-3
CACHED_MESSAGES = 20_000
ROOMS = 20
SELDOM, SELDOM_TIMES = ' quokka', 20
SLOWEST = 400
'''Milliseconds from sent to received: if the p99 is above this, the rate is too high.'''


@asynccontextmanager
async def running(kind: type[A], **settings: Any) -> AsyncIterator[A]:
    """Run the app on a fresh database."""
    with tempfile.TemporaryDirectory() as folder, kind(Path(folder), **settings) as app:
        yield app


@asynccontextmanager
async def audience_of(app: App, count: int) -> AsyncIterator[Audience]:
    """Connect `count` browsers; at the end check that each has received, and our app has stored, each message once."""
    audience, cookie = Audience(), await app.enter('bob')
    sockets: list[WebSocket] = await gather(count, AT_ONCE, lambda _: app.listen(audience, cookie))
    await asyncio.sleep(2)
    yield audience
    await audience.all_seen()
    audience.check()
    if isinstance(app, Ours):
        check_stored(app, audience)
    for socket in sockets:
        socket.transport.abort()
    await asyncio.sleep(0.5)


def check_stored(app: Ours, audience: Audience) -> None:
    """Raise AssertionError unless the database has every message once, and search finds each by its number."""
    with closing(sqlite3.connect(app.database)) as connection:
        stored = dict(connection.execute('SELECT id, body FROM messages WHERE system IS NULL'))
        assert sorted(map(int, MARK.findall(' '.join(stored.values()).encode()))) == audience.expected()
        for number, body in stored.items():
            found = connection.execute('SELECT rowid FROM search WHERE search MATCH ?', [body[1:8]]).fetchall()
            assert found == [(number,)]


async def fan_out(kind: type[App], browsers: int, times: int) -> Figures:
    """Send one message at a time from a program to all browsers: milliseconds until the last has it."""
    async with running(kind) as app, audience_of(app, browsers) as audience:
        speaker, last = await app.speaker('ann'), []
        for _ in range(times):
            speaker.send(audience.next_text())
            await audience.all_seen()
            last.append(max(audience.latencies()) * MS)
            await asyncio.sleep(0.25)
        last = last[5:]
        return {'last ms': statistics.median(last), 'worst ms': max(last)}


async def sustained(kind: type[App], browsers: int, rates: list[int], seconds: float = 5) -> Figures:
    """Send messages by 8 programs at growing rates until one is too high: latency over all browsers and messages."""
    figures: Figures = {}
    async with running(kind) as app, audience_of(app, browsers) as audience:
        speakers = [await app.speaker(f'ann{i}') for i in range(8)]
        for rate in rates:
            cpu, started = app.cpu_seconds(), time.perf_counter()
            for i in range(int(rate * seconds)):
                await asyncio.sleep(max(0, started + i / rate - time.perf_counter()))
                speakers[i % 8].send(audience.next_text())
            audience.refused |= {int(MARK.findall(text.encode())[0]) for speaker in speakers
                                 if isinstance(speaker, AnsweredSpeaker) for text in await speaker.refused()}
            await audience.all_seen()
            took, latencies = time.perf_counter() - started, sorted(audience.latencies())
            p50, p99 = (percentile(latencies, share) * MS for share in (0.5, 0.99))
            figures |= {f'{rate}/s: p50 ms': p50, f'{rate}/s: p99 ms': p99,
                        f'{rate}/s: server core %': 100 * (app.cpu_seconds() - cpu) / took}
            if p99 > SLOWEST or audience.refused:
                break
            figures |= {'messages/s': rate, 'deliveries/s': len(latencies) / took}
    return figures


async def posts(kind: type[Ours], seconds: float = 6, in_flight: int = 64) -> Figures:
    """Count durable posts by 8 programs, each acknowledged after its commit."""
    async with running(kind) as app:
        audience = Audience()
        speakers = [await app.speaker(f'ann{i}') for i in range(8)]
        ids: list[int] = []
        end = time.perf_counter() + seconds

        async def post(speaker: AnsweredSpeaker) -> None:
            while time.perf_counter() < end:
                ids.append((await speaker.post(audience.next_text()))['id'])

        started = time.perf_counter()
        await asyncio.gather(*(post(speaker) for speaker in speakers for _ in range(in_flight)))
        took = time.perf_counter() - started
        check_stored(app, audience)
        assert sorted(ids) == list(range(min(ids), min(ids) + len(audience.sent)))
        return {'posts/s': len(ids) / took}


async def fill(app: Ours, count: int) -> None:
    """Insert messages of 28 days straight into the stopped server's database; SELDOM_TIMES have the word SELDOM.

    The server builds the search index when it starts.
    """
    await app.enter('ann')
    await asyncio.to_thread(app.stop)
    with closing(sqlite3.connect(app.database)) as connection:
        connection.execute('DELETE FROM messages')  # who joined
        connection.executemany(
            'INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, 1, ?, ?, ?)',
            ((f'message {i} about this and that{SELDOM * (i % (count // SELDOM_TIMES) == 7)}',
              f'2026-10-{1 + i * 28 // (count + 1):02}T10:00:00.000+00:00', i)
             for i in range(1, count + 1)))
        connection.execute('UPDATE rooms SET revision = ?', [count])
        connection.commit()
    app.start()


async def pages(kind: type[Ours], messages: int = 100_000, seconds: float = 5) -> Figures:
    """Open `/chat` 16 at a time, and check its HTML."""
    async with running(kind) as app:
        await fill(app, messages)
        cookie = await app.enter('ann', '/login')
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
    """Measure the server's memory per browser with 20 rooms, its growth while messages are sent, and the idle CPU.

    The first messages only fill SQLite's caches (12 MB in all, however many browsers there are).
    """
    async with running(kind) as app:
        speaker = await app.speaker('ann')
        for i in range(ROOMS - 1):
            answer = await speaker.socket.call('create_room', {'name': f'Room {i}', 'kind': 'open'})
            assert answer['room']['name'] == f'Room {i}'
        empty = app.memory()
        async with audience_of(app, browsers) as audience:
            before = app.memory()
            cpu, started = app.cpu_seconds(), time.perf_counter()
            await asyncio.sleep(15)
            idle = 100 * (app.cpu_seconds() - cpu) / (time.perf_counter() - started)
            held = []
            for count in (CACHED_MESSAGES, messages):
                for _ in range(count // 100):
                    await asyncio.gather(*(speaker.post(audience.next_text()) for _ in range(100)))
                await audience.all_seen()
                held.append(app.memory())
            grown = held[1] - held[0]
        return {'KB/browser': (before - empty) / browsers * KB, 'grown KB/browser': grown / browsers * KB,
                'idle core %': idle}


async def logins(kind: type[Ours], browsers: int = 100, people: int = 50) -> Figures:
    """Measure the latency of messages while users log in with bcrypt at its usual cost, and while they don't."""
    async with running(kind) as app:
        await app.enter('ann')
        await asyncio.to_thread(app.stop)
        hashed = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(12)).decode()
        with closing(sqlite3.connect(app.database)) as connection:
            connection.executemany('INSERT INTO users (username, password, created_at) VALUES (?, ?, ?)', [
                (f'person{i}', hashed, '2026-10-01T10:00:00.000+00:00') for i in range(people)])
            connection.commit()
        app.start()
        async with audience_of(app, browsers) as audience:
            speaker = await app.speaker('carl')

            async def talk(until: Callable[[], bool]) -> float:
                while not until():
                    speaker.send(audience.next_text())
                    await asyncio.sleep(0.1)
                await audience.all_seen()
                return percentile(audience.latencies(), 0.99) * MS

            quiet_until = time.perf_counter() + 10
            quiet = await talk(lambda: time.perf_counter() > quiet_until)
            started = time.perf_counter()
            logging_in = asyncio.create_task(gather(people, people, lambda i: app.enter(f'person{i}', '/login')))
            busy = await talk(logging_in.done)
            await logging_in
        return {'quiet p99 ms': quiet, 'p99 ms': busy, 'logins/s': people / (time.perf_counter() - started)}


async def reconnect(kind: type[Ours], browsers: int = 1_000) -> Figures:
    """Measure from the moment a restarted server answers until each page is connected and has what it missed."""
    async with running(kind) as app, browsing() as session:
        cookie = {'chatroom_session': (await app.enter('bob')).partition('=')[2]}
        readers = await gather(browsers, AT_ONCE, lambda _: Browser().open(session, app, cookie))
        staying = [asyncio.create_task(reader.stay()) for reader in readers]
        await asyncio.to_thread(app.stop)
        await asyncio.to_thread(app.start)
        started = time.perf_counter()
        async with app.program('ann') as ann:
            for i in range(20):
                answer = await ann.ask('send_message', f'while they were away: {i}')
        for reader in readers:
            await reader.reach(answer['revision'], 60)
        took = time.perf_counter() - started
        for task in staying:
            task.cancel()
        for reader in readers:
            assert sorted(reader.messages) == list(range(1, 21))
            await reader.close()
        return {'seconds': took}


async def history(kind: type[Ours], messages: int) -> Figures:
    """Measure opening the page, posting, scrolling in the middle of a long history, and searching it: medians."""
    async with running(kind) as app:
        await fill(app, messages)
        cookie = await app.enter('bob')
        speaker = await app.speaker('carl')

        async def opened() -> None:
            assert 'about this and that' in await app.open_page(cookie)

        async def posted() -> None:
            assert (await speaker.post('and one more'))['id'] > messages

        async def scrolled() -> None:
            answer = await speaker.socket.call('history', {'room': 1, 'before': messages // 2, 'limit': 50})
            assert answer['messages'][-1]['id'] == messages // 2 - 1
            assert len(answer['messages']) == 50

        async def searched(word: str, hits: int) -> None:
            answer = await speaker.socket.call('search', {'query': word})
            assert len(answer['results']) == hits

        return {'open ms': await _median(opened), 'scroll ms': await _median(scrolled),
                'post ms': await _median(posted), 'rare word ms': await _median(lambda: searched(SELDOM, SELDOM_TIMES)),
                'common word ms': await _median(lambda: searched('about', 25))}


async def _median(work: Callable[[], Awaitable[Any]], times: int = 200) -> float:
    """Return the median milliseconds of the calls; the first tenth are a warm-up and not counted."""
    took = []
    for _ in range(times):
        started = time.perf_counter()
        await work()
        took.append((time.perf_counter() - started) * MS)
    return statistics.median(took[times // 10:])


async def start(kind: type[Ours]) -> Figures:
    """Measure from the start of the process to the first page."""
    started = time.perf_counter()
    async with running(kind) as app:
        assert 'Log in' in await get(app.port, '/', '')
        return {'seconds': time.perf_counter() - started}


async def render() -> Figures:
    """Measure the CPU time of rendering, in this process; a text of the corpus counts with its best of three runs."""
    sentence = 'It is late, but the new build is *almost* done: see https://example.com/builds/17 and `make test`. '
    texts = {'short plain us': 'It is late, but the new build is almost done', 'short marked up us': sentence,
             'long prose us': (sentence + 'And so on, without any markup, as people write. ' * 10 + '\n\n') * 6}
    figures = {what: _cpu_seconds(text, 200) * US for what, text in texts.items()}
    return figures | {'slowest ms': max(min(_cpu_seconds(text) for _ in range(3)) for text in corpus.TEXTS) * MS}


def _cpu_seconds(text: str, times: int = 1) -> float:
    started = time.process_time()
    for _ in range(times):
        markdown.body(text)
    return (time.process_time() - started) / times

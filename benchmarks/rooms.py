"""What many rooms and many users cost: counts packets, and measures how long a user waits."""
import asyncio
import sqlite3
import statistics
import time
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing

from tests.running import Browser, browsing

from .apps import AnsweredSpeaker, Ours, cookies_in, gather
from .load import WebSocket
from .workloads import AT_ONCE, KB, MS, ROOMS, Figures, fill, running

MESSAGES, PAGE = 20, 50


async def make_rooms(speaker: AnsweredSpeaker, count: int = ROOMS - 1) -> list[int]:
    """Create open rooms besides the Lobby; return their ids."""
    answers = [await speaker.socket.call('create_room', {'name': f'Room {i}', 'kind': 'open'}) for i in range(count)]
    return [answer['room']['id'] for answer in answers]


async def add_members(app: Ours, count: int) -> None:
    """Insert users who are in all rooms and not connected, straight into the database of the stopped server."""
    await asyncio.to_thread(app.stop)
    with closing(sqlite3.connect(app.database)) as connection:
        connection.executemany('INSERT INTO users (username, password, name_key, created_at) VALUES (?, ?, ?, ?)', [
            (f'member{i}', 'x', f'member{i}', '2026-10-01T10:00:00.000+00:00') for i in range(count)])
        connection.execute("INSERT INTO memberships (room, user) SELECT rooms.id, users.id FROM rooms, users "
                           "WHERE username LIKE 'member%'")
        connection.commit()
    app.start()


@asynccontextmanager
async def crowd(app: Ours, count: int) -> AsyncIterator[list[Browser]]:
    """Connect `count` users, each with a page of their own that shows the Lobby."""
    async with browsing() as session:
        async def open_page(i: int) -> Browser:
            return await Browser().open(session, app, cookies_in(await app.enter(f'person{i}')))

        browsers: list[Browser] = await gather(count, AT_ONCE, open_page)
        await asyncio.sleep(2)
        yield browsers
        for browser in browsers:
            await browser.close()


async def packets(kind: type[Ours], members: int = 1_000, connected: int = 200) -> Figures:
    """Count the packets per message and browser in an open room that half of the connected users have open."""
    async with running(kind) as app:
        rooms = await make_rooms(await app.speaker('ann'))
        await add_members(app, members - connected - 2)
        async with crowd(app, connected) as browsers:
            for browser in browsers[::2]:
                assert (await browser.ask('open', {'room': rooms[0]}))['room']['id'] == rooms[0]
            speaker = await app.speaker('bob')
            await asyncio.sleep(2)
            for browser in browsers:
                browser.packets.clear()
            for i in range(MESSAGES):
                answer = await speaker.socket.call('send_message', {'message': f'message {i}', 'room': rooms[0]})
                assert 'id' in answer, answer
                await asyncio.sleep(0.3)
            events = [Counter(name for name, _ in browser.packets) for browser in browsers]
            assert all(each['changed'] == MESSAGES and not each['noticed'] for each in events[::2])
            assert all(each['noticed'] == MESSAGES and not each['changed'] for each in events[1::2])
            return {'packets/message/browser': sum(map(Counter.total, events)) / connected / MESSAGES}


async def elsewhere(kind: type[Ours], browsers: int = 1_000, times: int = 30) -> Figures:
    """Send messages to a room that no page shows: milliseconds until the last sidebar is told, and CPU time."""
    async with running(kind) as app:
        speaker = await app.speaker('ann')
        room, cookie = (await make_rooms(speaker))[0], await app.enter('bob')
        heard = 0

        def hear(frame: bytes) -> None:
            nonlocal heard
            heard += frame.startswith(b'42["noticed"')

        async def open_page(_: int) -> WebSocket:
            return await app.connect_page(await app.open_page(cookie), cookie, hear)

        sockets: list[WebSocket] = await gather(browsers, AT_ONCE, open_page)
        await asyncio.sleep(2)
        took: list[float] = []
        cpu = app.cpu_seconds()
        for _ in range(times):
            heard, started = 0, time.perf_counter()
            await speaker.socket.call('send_message', {'message': 'elsewhere', 'room': room})
            while heard < browsers:
                await asyncio.sleep(0.001)
            took.append((time.perf_counter() - started) * MS)
            await asyncio.sleep(0.25)
        cpu = app.cpu_seconds() - cpu
        for socket in sockets:
            socket.transport.abort()
        return {'last ms': statistics.median(took[5:]), 'server us/browser': cpu / times / browsers * 1e6}


async def presence(kind: type[Ours], people: int = 1_000) -> Figures:
    """Break all connections, which come back within seconds: the presence packets that all receive about all."""
    async with running(kind) as app, crowd(app, people) as browsers:
        for browser in browsers:
            browser.packets.clear()
        started = time.perf_counter()
        staying = [asyncio.create_task(browser.stay()) for browser in browsers]
        for browser in browsers:
            await browser.vanish()
        async with asyncio.timeout(60):
            while any(browser.connections < 2 for browser in browsers):
                await asyncio.sleep(0.05)
        took = time.perf_counter() - started
        await asyncio.sleep(2)
        for task in staying:
            task.cancel()
        told = [data for browser in browsers for name, data in browser.packets if name == 'states']
        states = await browsers[0].ask('here', {})
        assert list(states['states'].values()) == ['online'] * people
        return {'seconds': took, 'packets': len(told), 'KB/browser': sum(len(str(data)) for data in told) / people * KB}


async def coming(kind: type[Ours], people: int = 1_000) -> Figures:
    """Connect users who were offline: the presence packets about each, to everybody who is connected."""
    async with running(kind) as app:
        started = time.perf_counter()
        async with crowd(app, people) as browsers:
            took = time.perf_counter() - started
            told = [data for browser in browsers for name, data in browser.packets if name == 'states']
            return {'seconds': took, 'packets': len(told), 'packets/s/browser': len(told) / people / took}


async def switching(kind: type[Ours], messages: int = 100_000) -> Figures:
    """Measure opening a room at the server, after another: all read, around an old message, and with much unread."""
    async with running(kind) as app, browsing() as session:
        await fill(app, messages)
        page = await Browser().open(session, app, cookies_in(await app.enter('bob')))
        other = (await page.ask('create_room', {'name': 'Other', 'kind': 'open'}))['room']['id']

        async def opened(**asked: int) -> float:
            took = []
            for _ in range(100):
                assert (await page.ask('open', {'room': other}))['html'].count('<article') == 1  # that it was made
                started = time.perf_counter()
                answer = await page.ask('open', {'room': 1, **asked})
                took.append((time.perf_counter() - started) * MS)
                assert answer['html'].count('<article') >= PAGE
            return statistics.median(took[10:])

        figures = {'all read ms': await opened(), 'around an old message ms': await opened(at=messages // 2)}
        await page.ask('mark_unread', {'room': 1, 'id': messages - 90_000})
        figures['much unread ms'] = await opened()
        await page.close()
        return figures

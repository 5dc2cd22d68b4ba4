"""How long a user waits for a search in 100,000 messages."""
import asyncio
import sqlite3
import time
from contextlib import closing
from itertools import cycle, islice

from tests.running import Browser, browsing

from . import seed
from .apps import PROGRAM, Ours, cookies_in
from .load import EngineSocket, percentile
from .workloads import MS, Figures, running

TIMES = 100
QUERIES = {
    'common word': ['"the"', '"release"', '"we"', '"server"'],
    'rare word': list(seed.SELDOM),
    'word as it is typed': ['rel', 'relea', 'serv', 'th', 'kum'],
    'one letter': ['t', 'r', 'a', 's'],
    'phrase': ['"of the"', '"to be"', '"the release"', '"in it"'],
    'combined': ['we from:person3 in:lobby before:2026-04-01', 'the from:person4 in:lobby before:2026-03-01'],
    'Japanese': ['東京', '会議を'],
    'nothing': ['the "of nowhere"', 'qqqqq'],
}
PEOPLE = {'': 'person0', 'in one room: ': seed.GUEST}


async def search(kind: type[Ours]) -> Figures:
    """Measure each query by a user who is in all 20 rooms, and by one who is in one of them."""
    figures: Figures = {}
    async with running(kind) as app:
        await asyncio.to_thread(app.stop)
        app.database.unlink()
        seed.write(app.database)
        app.start()
        for who, username in PEOPLE.items():
            socket = await EngineSocket(lambda _: None).connect(app.port, PROGRAM, await app.enter(username, '/login'))
            for name, queries in QUERIES.items():
                took = [await _seconds(socket, query, name != 'nothing') for query in islice(cycle(queries), TIMES)]
                figures |= {f'{who}{name}: p{share} ms': percentile(took[len(queries):], share / 100) * MS
                            for share in (50, 95)}
            socket.close()
        figures |= await _permalinks(app)
    return figures


async def _permalinks(app: Ours) -> Figures:
    """Measure opening a room around random messages, at the socket of a page."""
    async with browsing() as session:
        page = await Browser().open(session, app, cookies_in(await app.enter('person0', '/login')))
        with closing(sqlite3.connect(app.database)) as connection:
            some = connection.execute('SELECT id, room FROM messages ORDER BY random() LIMIT ?', [2 * TIMES]).fetchall()
        took = []
        for number, room in some:
            started = time.perf_counter()
            answer = await page.ask('open', {'room': room, 'at': number})
            took.append((time.perf_counter() - started) * MS)
            assert f'id="m{number}"' in answer['html']
        await page.close()
    return {f'permalink: p{share} ms': percentile(took[TIMES // 10:], share / 100) for share in (50, 95)}


async def _seconds(socket: EngineSocket, query: str, is_found: bool) -> float:
    started = time.perf_counter()
    answer = await socket.call('search', {'query': query})
    took = time.perf_counter() - started
    assert bool(answer['results']) is is_found, (query, answer)
    return took

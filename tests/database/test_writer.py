"""The writer: shared commits, and operations that fail alone."""
import asyncio
import resource
import sqlite3
import threading
from contextlib import contextmanager

import pytest
from peewee import IntegrityError, OperationalError

import database
from database import Written, migrations, writer
from errors import Refused, SetupError
from models import Room


@pytest.fixture
async def published(tmp_path):
    path = tmp_path / 'chatroom.db'
    migrations.prepare(path)
    changes = []
    database.start(path, changes.extend)
    yield changes
    await database.stop()


def create(name, change=None):
    def operation():
        return Written(Room.create(name=name).id, [change or name])
    return operation


async def names():
    return await database.read(lambda: [room.name for room in Room.select().order_by(Room.id).offset(1)])


async def hold_the_writer():
    """While the writer waits here, what comes after gathers to one batch."""
    started, go = threading.Event(), threading.Event()

    def operation():
        started.set()
        go.wait(5)
        return Written(None)

    held = asyncio.ensure_future(database.write(operation))
    await asyncio.to_thread(started.wait)
    return go, held


async def gathered(*operations):
    """Run operations that were waiting together."""
    go, held = await hold_the_writer()
    waiting = [asyncio.ensure_future(database.write(operation)) for operation in operations]
    await asyncio.sleep(0.05)
    go.set()
    await held
    return await asyncio.gather(*waiting, return_exceptions=True)


async def test_what_waits_together_is_committed_together(published, monkeypatch):
    commits, transaction = [], writer._transaction
    monkeypatch.setattr(writer, '_transaction', lambda batch: commits.append(len(batch)) or transaction(batch))
    await gathered(*(create(f'{i}') for i in range(20)))
    assert commits == [1, 20]
    assert await names() == published == [f'{i}' for i in range(20)]


async def test_what_can_not_be_told_keeps_nobody_waiting_and_nothing_else_from_being_told(tmp_path, caplog):
    told = []

    def publish(changes):
        if changes[0] in {'1', '3'}:
            raise ValueError('a mistake of ours')
        told.extend(changes)

    migrations.prepare(tmp_path / 'chatroom.db')
    database.start(tmp_path / 'chatroom.db', publish)
    try:
        async with asyncio.timeout(10):
            numbers = await gathered(*(create(f'{i}') for i in range(5)))
        assert len(set(numbers)) == 5
        assert await names() == ['0', '1', '2', '3', '4']
        assert told == ['0', '2', '4']
        assert [record.getMessage() for record in caplog.records if record.name == 'chatroom'] == 2 * ['A change was stored and could not be told']
    finally:
        await database.stop()


async def test_a_refusal_undoes_its_own_operation_alone(published):
    def refused():
        Room.create(name='never')
        raise Refused('invalid', 'No.')

    def broken():
        Room.create(name='never')
        raise IntegrityError

    results = await gathered(create('a'), refused, broken, create('b'))
    assert [type(result) for result in results] == [int, Refused, IntegrityError, int]
    assert await names() == published == ['a', 'b']


async def test_a_failure_of_the_disk_fails_only_what_can_not_be_stored(published):
    """SQLite rolls the whole transaction back by itself then, and none of the batch may count as stored."""
    def full():
        database.db.execute_sql('ROLLBACK')
        raise OperationalError('database or disk is full')

    results = await gathered(create('a'), create('b'), full, create('c'))
    assert [getattr(result, 'code', 'stored') for result in results] == ['stored', 'stored', 'unavailable', 'stored']
    assert await names() == published == ['a', 'b', 'c']


def leaving(step, name):
    """An operation that leaves something to do at the end."""
    def operation():
        database.at_end(step)
        return create(name)()

    return operation


async def test_what_is_left_for_the_end_comes_after_all_operations_that_are_stored(published):
    seen, never = [], []

    def refused():
        database.at_end(lambda: never.append('of what was undone'))
        raise Refused('invalid', 'No.')

    def look():
        seen.append([room.name for room in Room.select()][-2:])

    await gathered(leaving(look, 'a'), refused, leaving(look, 'b'))
    assert seen == [['a', 'b']] * 2
    assert never == []


async def test_what_fails_at_the_end_undoes_its_own_operation_alone(published):
    results = await gathered(create('a'), leaving(lambda: 1 / 0, 'never'), create('b'))
    assert [type(result) for result in results] == [int, ZeroDivisionError, int]
    assert await names() == published == ['a', 'b']


async def test_a_mistake_of_ours_stays_what_it_is(published):
    def mistake():
        raise ZeroDivisionError

    results = await gathered(create('a'), mistake, create('b'))
    assert [type(result) for result in results] == [int, ZeroDivisionError, int]
    assert await names() == ['a', 'b']


async def test_changes_are_published_before_the_answer_and_in_order(published):
    seen = []

    async def caller(name):
        await database.write(create(name))
        seen.append(list(published))

    await asyncio.gather(caller('a'), caller('b'))
    assert published == ['a', 'b']
    assert all(published[0] in have for have in seen)


async def test_who_gave_up_waiting_does_not_stop_the_others(published):
    go, held = await hold_the_writer()
    given_up, waiting = asyncio.ensure_future(database.write(create('a'))), asyncio.ensure_future(database.write(create('b')))
    await asyncio.sleep(0)
    given_up.cancel()
    go.set()
    await held
    assert await waiting
    assert await names() == published == ['a', 'b'], 'it was accepted, so it is stored'


async def test_a_lock_of_another_process_is_an_answer_and_then_it_goes_on(published, tmp_path, monkeypatch):
    await database.write(lambda: Written(database.db.execute_sql('PRAGMA busy_timeout = 50')))
    other = sqlite3.connect(tmp_path / 'chatroom.db', isolation_level=None)
    other.execute('BEGIN IMMEDIATE')
    with pytest.raises(Refused, match="can't store") as refused:
        await database.write(create('a'))
    assert refused.value.code == 'unavailable'
    other.execute('ROLLBACK')
    other.close()
    await database.write(create('b'))
    assert await names() == ['b']


async def test_readers_can_not_write(published):
    with pytest.raises(Refused):
        await database.read(lambda: Room.create(name='x'))


ENDLESS = 'WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT {} FROM n'


def endless_statement():
    return database.db.execute_sql(ENDLESS.format('COUNT(*)')).fetchone()


def endless_rows():
    """With another statement half-way, which must not keep the reader in its transaction."""
    outer = database.db.execute_sql(ENDLESS.format('i'))
    return [database.db.execute_sql('SELECT ?', row).fetchone() for row in outer]


def endless_statements():
    while True:
        database.db.execute_sql('SELECT 1').fetchone()


@pytest.mark.parametrize('query', [endless_statement, endless_rows, endless_statements])
@pytest.mark.parametrize('read', [database.read, database.read_aside])
async def test_no_query_keeps_a_reader_for_ever(published, monkeypatch, read, query):
    monkeypatch.setattr(database.readers, 'MOST_SECONDS', 0.1)
    for _ in range(3):
        with pytest.raises(Refused, match='took too long') as refused:
            await read(query)
        assert refused.value.code == 'unavailable'
    monkeypatch.undo()
    await database.write(create('a'))
    assert await asyncio.gather(*(read(lambda: Room.select().count()) for _ in range(10))) == [2] * 10


async def test_what_is_read_aside_makes_nobody_wait(published):
    started, go = threading.Event(), threading.Event()
    held = asyncio.ensure_future(database.read_aside(lambda: started.set() or go.wait(20)))
    await asyncio.to_thread(started.wait)
    others = [asyncio.ensure_future(database.read_aside(lambda: 1)) for _ in range(10)]
    await database.write(create('a'))
    assert await asyncio.gather(*(names() for _ in range(10))) == [['a']] * 10
    assert not held.done()
    assert database.readers.long.qsize() == 10
    go.set()
    assert await asyncio.gather(held, *others) == [True] + [1] * 10


@contextmanager
def no_descriptors():
    """No file can be opened any more."""
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)


async def test_all_files_are_open_from_the_start(published):
    """This holds for what does not fit into memory, too: a sort of 20 MB, and an operation that is undone after as much."""
    def much():
        for i in range(2_000):
            Room.create(name=f'{i}' * 2_000)
        raise Refused('invalid', 'No.')

    def sorted_names():
        rows = database.db.execute_sql("WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 20000) "
                                       "SELECT i, printf('%01000d', i) AS name FROM n ORDER BY name DESC").fetchall()
        return rows[0][0]

    with no_descriptors():
        assert await asyncio.gather(*(database.read(sorted_names) for _ in range(8))) == [20_000] * 8
        assert await database.read_aside(sorted_names) == 20_000
        with pytest.raises(Refused, match='No'):
            await database.write(much)
        await database.write(create('a'))
        await database.empty_log()
        assert await names() == ['a']


async def test_a_start_that_can_not_open_all_files_fails_with_a_sentence_and_leaves_nothing_running(tmp_path):
    path = tmp_path / 'chatroom.db'
    migrations.prepare(path)
    before = threading.active_count()
    with no_descriptors(), pytest.raises(SetupError, match='open files'):
        database.start(path, lambda changes: None)
    assert threading.active_count() == before
    with pytest.raises(Refused):
        await database.read(lambda: 1)


async def test_stopping_stores_what_was_accepted(tmp_path):
    path = tmp_path / 'chatroom.db'
    migrations.prepare(path)
    database.start(path, lambda changes: None)
    waiting = [asyncio.ensure_future(database.write(create(f'{i}'))) for i in range(500)]
    await asyncio.sleep(0)
    await database.stop()
    assert len(await asyncio.gather(*waiting)) == 500
    assert [p.name for p in tmp_path.iterdir()] == ['chatroom.db']
    with pytest.raises(Refused):
        await database.write(create('too late'))

"""What one person does to rooms must not be felt by everybody else."""
import asyncio
import sqlite3
from contextlib import closing

import httpx
import pytest

import auth
import models
from chat import management, rooms
from database import db, migrations
from doors.events import of_messages, of_rooms
from tests.people import acting

MADE_AT = '2026-01-01T00:00:00.000+00:00'
MANY = 2_000


@pytest.fixture
def limited(make_server):
    """A server with limits, not started yet."""
    return make_server(CHATROOM_RATE_LIMITS='on')


@pytest.fixture
def everybody(tmp_path):
    """A database with 2,000 open rooms and 2,000 people, at hand."""
    path = tmp_path / 'chatroom.db'
    migrations.prepare(path)
    fill(path, MANY)
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany('INSERT INTO users (username, password, name_key, created_at) VALUES (?1, "", ?1, ?2)',
                               [(f'user{i}', MADE_AT) for i in range(MANY)])
    db.init(str(path))
    with db.connection_context():
        yield


def fill(path, count, kind='open', **columns):
    """Rooms by SQL."""
    names = ['name', 'kind', 'created_at', *columns]
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executemany(f'INSERT INTO rooms ({", ".join(names)}) VALUES ({", ".join("?" for _ in names)})',
                               [(f'room {i}', kind, MADE_AT, *columns.values()) for i in range(count)])


# Rates ------------------------------------------------------------------------------------------------------------

async def test_rooms_can_not_be_made_by_the_thousand(limited):
    async with limited.start().program('bob') as bob:
        for i in range(30):
            assert 'room' in await bob.ask('create_room', {'name': f'room {i}', 'kind': 'open'})
        answer = await bob.ask('create_room', {'name': 'one more', 'kind': 'open'})
        assert (answer['code'], answer['error']) == ('too_fast', 'You are making rooms and conversations too fast: wait a moment.')
        assert answer['retry_after'] <= 10
        assert (await bob.ask('open_direct', {'members': ['bob2']}))['code'] == 'not_found'
    async with limited.program('ann') as ann:
        assert len((await ann.ask('rooms'))['rooms']) == 31


COSTLY = {'update_room': {'room': 1, 'topic': 'x'}, 'join': {'room': 1}, 'leave': {'room': 1}, 'invite': {'room': 1, 'username': 'bob'},
          'remove': {'room': 1, 'username': 'bob'}, 'history': {'room': 1, 'limit': 200}, 'saved': {}, 'members': {'room': 1},
          'scroll': {'room': 1, 'limit': 200}, 'people': {'room': 1}, 'read': {'room': 1, 'id': 1}, 'typing': {'room': 1}}
TRIES = 3_000
'''Where the machine is so slow that what may be asked for grows back meanwhile.'''


@pytest.mark.parametrize('event', COSTLY)
async def test_what_costs_others_can_not_be_asked_for_without_end(event, limited):
    async with limited.start().program('bob') as bob:
        for _ in range(TRIES):
            answer = await bob.ask(event, COSTLY[event])
            if answer.get('code') == 'too_fast':
                break
        assert answer['retry_after'] >= 1
        assert 'id' in await bob.ask('send_message', 'what costs little goes on')


async def test_pages_can_not_be_built_without_end(limited):
    cookie = await asyncio.to_thread(limited.start().cookie, 'bob')
    async with httpx.AsyncClient(base_url=limited.url, cookies=cookie) as browser:
        for _ in range(400):
            answer = await browser.get('/chat')
            if answer.status_code != 200:
                break
        assert (answer.status_code, answer.json()) == (429, {'error': 'You are opening pages too fast: wait a moment.'})
        assert answer.headers['retry-after'] == '1'


def test_every_event_has_a_rate():
    from pages import events as of_pages
    for name, event in (of_messages.events | of_rooms.events | of_pages.events).items():
        assert callable(event.rate), name


async def test_a_bot_that_reads_all_of_history_is_told_to_wait_and_fails_seldom(limited):
    async with limited.start().program('bob') as bob:
        refusals = 0
        for _ in range(400):
            while 'error' in (answer := await bob.ask('history', {'room': 1})):
                refusals += 1
                await asyncio.sleep(answer['retry_after'])
        assert refusals < 20


# Bounds -----------------------------------------------------------------------------------------------------------

async def test_one_person_has_a_hundred_rooms_in_use(limited):
    limited.start()
    limited.cookie('ann')
    limited.stop()
    fill(limited.database, 100, creator=1)
    limited.start()
    async with limited.program('ann') as ann:
        answer = await ann.ask('create_room', {'name': 'one more', 'kind': 'closed'})
        assert answer == {'error': '100 rooms of one person are the most: archive one that is not needed.', 'code': 'conflict'}
        await ann.ask('join', {'room': 2})
        assert 'room' in await ann.ask('update_room', {'room': 2, 'archived': True})
        assert 'room' in await ann.ask('create_room', {'name': 'one more', 'kind': 'closed'})
        assert (await ann.ask('update_room', {'room': 2, 'archived': False}))['code'] == 'conflict'


async def test_nobody_can_be_put_into_rooms_without_end(limited):
    limited.start()
    for name in ('ann', 'bob'):
        limited.cookie(name)
    limited.stop()
    fill(limited.database, models.MOST_ROOMS, 'closed')
    with closing(sqlite3.connect(limited.database)) as connection, connection:
        connection.execute("INSERT INTO memberships (room, user) SELECT id, 2 FROM rooms WHERE kind = 'closed'")
    limited.start()
    async with limited.program('ann') as ann, limited.program('bob') as bob:
        answer = await ann.ask('create_room', {'name': 'more', 'kind': 'closed', 'members': ['bob']})
        assert answer['error'] == 'bob is in 500 closed rooms, which is the most, and would have to leave one first.'
        assert 'room' in await ann.ask('open_direct', {'members': ['bob']}), 'and can still be written to'
        await bob.ask('leave', {'room': 2})
        assert 'room' in await ann.ask('create_room', {'name': 'more', 'kind': 'closed', 'members': ['bob']})


async def test_the_list_of_rooms_does_not_grow_without_end(limited):
    """Everyone is in the first 500 open rooms; a later one is found by browsing."""
    limited.start()
    limited.cookie('ann')
    limited.stop()
    fill(limited.database, models.MOST_ROOMS)
    limited.start()
    async with limited.program('bob') as bob, limited.program('ann') as ann:
        assert len((await bob.ask('rooms'))['rooms']) == models.MOST_ROOMS
        made = (await ann.ask('create_room', {'name': 'late', 'kind': 'open'}))['room']['id']
        assert len((await bob.ask('rooms'))['rooms']) == models.MOST_ROOMS
        assert made in {room['id'] for room in (await bob.ask('browse'))['rooms']}
        assert (await bob.ask('join', {'room': made}))['code'] == 'conflict'


async def test_without_limits_nobody_is_counted(make_server):
    with make_server() as server:
        server.cookie('ann')
        server.stop()
        fill(server.database, management.MOST_MADE, creator=1)
        server.start()
        async with server.program('ann') as ann:
            for i in range(40):
                assert 'room' in await ann.ask('create_room', {'name': f'{i}', 'kind': 'closed'})


# Work -------------------------------------------------------------------------------------------------------------

def test_who_registers_joins_all_open_rooms_by_one_statement(everybody, statements):
    newcomer = auth._create('newcomer', '')
    assert models.Membership.select().where(models.Membership.user == newcomer).count() == models.MOST_ROOMS
    assert 1 <= len(statements.records) <= 4


def test_a_room_takes_everyone_in_by_one_statement(everybody, statements):
    room = models.Room.create(name='new', kind='open')
    assert len(management._let_in(room, None)) == MANY
    assert 1 <= len(statements.records) <= 3


async def test_many_rooms_to_browse_are_one_statement_and_no_endless_list(everybody, statements, monkeypatch):
    async def at_once(query):
        return query()

    monkeypatch.setattr(rooms.database, 'read', at_once)
    newcomer = auth._create('newcomer', '')
    statements.clear()
    assert len(await rooms.browse(acting(newcomer))) == rooms.MOST_BROWSED
    assert len(statements.records) == 1


def test_people_are_named_by_one_statement(everybody, statements):
    assert len(management._users_named([f'USER{i}' for i in range(1_000)])) == 1_000
    assert len(statements.records) == 1


@pytest.fixture
def statements(caplog):
    """What SQLite was asked for."""
    caplog.set_level('DEBUG', 'peewee')
    return caplog

"""What strangers can do to everybody's logins by letting the server hash."""
import asyncio
import socket
import sqlite3
from contextlib import ExitStack, closing

import bcrypt
import pytest

import auth
from accounts import hashing
from errors import Refused
from tests.running import PASSWORD

from .accounts import Hashes, accounts


@pytest.fixture
def hashes(monkeypatch):
    counted = Hashes(monkeypatch)
    yield counted
    counted.release()


def waiting(kind):
    return len(auth._hasher.turns._waiting[kind])


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)


async def busy(hashes):
    """Two registrations are being hashed, until they are released."""
    hashes.hold()
    tasks = [asyncio.create_task(auth.register(f'busy{i}', PASSWORD)) for i in range(hashing.THREADS)]
    await until(lambda: not auth._hasher.turns._free)
    return tasks


def test_registrations_whose_sender_hangs_up_are_not_hashed(make_server):
    form = f'username=gone%d&password={PASSWORD}'.replace(' ', '+')
    with make_server(CHATROOM_BCRYPT_ROUNDS='12') as server, ExitStack() as connections:
        server.cookie('ann')
        for i in range(100, 160):
            connection = connections.enter_context(socket.create_connection(('127.0.0.1', server.port)))
            connection.sendall((f'POST /register HTTP/1.1\r\nHost: localhost\r\nContent-Length: {len(form % i)}\r\n'
                                f'Content-Type: application/x-www-form-urlencoded\r\n\r\n{form % i}').encode())
        assert connection.recv(12) == b'HTTP/1.1 429', 'as many wait as may'
        connections.close()
        assert server.post('/login', 'ann').status_code == 303
        assert server.post('/register', 'zoe').status_code == 303, 'its turn is after those who wait'
        with closing(sqlite3.connect(server.database)) as connection:
            (made,) = connection.execute("SELECT COUNT(*) FROM users WHERE username LIKE 'gone%'").fetchone()
    assert made < 20, 'only what had been begun when its sender left'


async def test_logins_come_before_registrations(hashes):
    async with accounts():
        await auth.register('ann', PASSWORD)
        tasks = await busy(hashes)
        tasks += [asyncio.create_task(auth.register(f'name{i}', f'{PASSWORD} of {i}')) for i in range(5)]
        await until(lambda: waiting('registration') == 5)
        tasks.append(asyncio.create_task(auth.login('ann', PASSWORD + '!', '')))
        await until(lambda: waiting('login') == 1)
        hashes.release(hashing.THREADS)
        await until(lambda: len(hashes.begun) == 5)
        hashes.release()
        await asyncio.gather(*tasks, return_exceptions=True)
    assert PASSWORD + '!' in hashes.begun[3:5], 'after the two that were being hashed, beside the first that waited'


@pytest.mark.parametrize('kind', ['login', 'registration'])
async def test_few_wait_and_the_next_one_is_told_so(hashes, kind):
    def ask(i):
        return auth.login('ann', PASSWORD, '') if kind == 'login' else auth.register(f'name{i}', PASSWORD)

    async with accounts():
        tasks = await busy(hashes)
        waits = [asyncio.create_task(ask(i)) for i in range(hashing.MOST_WAITING[kind])]
        await until(lambda: waiting(kind) == hashing.MOST_WAITING[kind])
        with pytest.raises(Refused) as refused:
            await asyncio.wait_for(ask('more'), 10)
        assert (refused.value.code, refused.value.retry_after) == ('too_fast', hashing.RETRY_SECONDS)
        for wait in waits:
            wait.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
        assert waiting(kind) == 0, 'who has left leaves no gap'
        hashes.release()
        await asyncio.gather(*tasks)
        assert len(hashes.costs) == hashing.THREADS


async def test_a_turn_that_comes_to_who_has_just_left_is_the_next_ones():
    turns = hashing.Turns(1)
    await turns.take('login')
    leaver, follower = (asyncio.create_task(turns.take('login')) for _ in range(2))
    await until(lambda: len(turns._waiting['login']) == 2)
    turns.give_back()
    leaver.cancel()
    await asyncio.wait_for(follower, 10)


async def test_the_stop_does_not_wait_for_those_who_wait(hashes):
    async with accounts():
        tasks = await busy(hashes)
        waits = [asyncio.create_task(auth.register(f'name{i}', PASSWORD)) for i in range(5)]
        await until(lambda: waiting('registration') == 5)
        asyncio.get_running_loop().call_later(0.1, hashes.release)
        await auth.stop()
        answers = await asyncio.gather(*waits, return_exceptions=True)
        assert [answer.code for answer in answers] == ['unavailable'] * 5
        await asyncio.gather(*tasks)


HASH = bcrypt.hashpw(PASSWORD.encode(), b'$2b$04$' + b'salt' * 5 + b'a.').decode()
NO_HASHES = ['', 'no hash', HASH[:-1], HASH + 'a', HASH + '\n', HASH[:40] + '\0' + HASH[41:], HASH[:7] + '!' * 53, HASH.replace('b', 'c', 1),
             *(HASH.replace('$04$', f'${rounds}$') for rounds in ('31', '16', '03', '00', '99', '4', '+4', '004', '0031', '+31', ' 31'))]


@pytest.mark.parametrize('stored', NO_HASHES)
async def test_what_is_stored_can_not_cost_more_than_what_is_set(hashes, stored):
    """With cost 31 one attempt would take days, and the server could not even stop."""
    hasher = hashing.Hasher()
    assert not await hasher.matches(PASSWORD, stored)
    assert hashes.costs == [4], 'and no less: time tells nothing'
    await hasher.stop()


@pytest.mark.parametrize('stored', [HASH, HASH.replace('b', 'a', 1), HASH.replace('b', 'y', 1)])
async def test_what_was_hashed_elsewhere_is_taken_over(hashes, stored):
    hasher = hashing.Hasher()
    assert await hasher.matches(PASSWORD, stored)
    assert not await hasher.matches(PASSWORD + '!', stored)
    await hasher.stop()


def test_a_taken_over_hash_of_cost_31_stops_nobody(make_server, tmp_path):
    with closing(sqlite3.connect(tmp_path / 'chatroom.db')) as connection:
        connection.execute('CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT, password TEXT)')
        connection.executemany('INSERT INTO users (username, password) VALUES (?, ?)', [
            ('mallory', HASH.replace('$04$', '$31$')), ('ann', HASH)])
        connection.commit()
    with make_server() as server:
        for _ in range(3):
            assert server.post('/login', 'mallory').status_code == 401
        assert server.post('/login', 'ann').status_code == 303
        assert server.stop() == 0


@pytest.mark.parametrize('length', [1_001, 1_000_000])
async def test_a_name_of_any_length_is_not_compared(length, monkeypatch):
    """Marks in the wrong order take quadratic time: 100,000 of them, in the entry page, 8 seconds of the loop."""
    normalized = []
    monkeypatch.setattr('names.unicodedata.normalize', lambda form, text: normalized.append(len(text)) or text)
    async with accounts():
        with pytest.raises(Refused, match='Wrong username'):
            await auth.login('\u0301\u0316' * (length // 2 + 1), PASSWORD, '')
        with pytest.raises(Refused, match='1 to 32'):
            await auth.register('\u0301\u0316' * (length // 2 + 1), PASSWORD)
        with pytest.raises(Refused, match='at most 72'):
            await auth.register('ann', '\u0301\u0316' * (length // 2 + 1))
    assert max(normalized, default=0) <= 1_000

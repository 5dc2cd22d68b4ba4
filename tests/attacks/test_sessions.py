"""What becomes of a session when its browser logs in again, or when it is used for ever."""
import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta

import httpx
import pytest
from socketio.exceptions import ConnectionError as NotLetIn

import models
from tests.running import PASSWORD, Program


def opens(server, cookie):
    return httpx.get(server.url + '/chat', cookies=cookie).status_code == 200


def again(server, cookie, username):
    """The same browser logs in."""
    response = server.post('/login', username, cookies=cookie)
    assert response.status_code == 303
    return {'chatroom_session': response.cookies['chatroom_session']}


def count(server, username):
    with closing(sqlite3.connect(server.database)) as connection:
        return connection.execute('SELECT COUNT(*) FROM sessions JOIN users ON users.id = user WHERE username = ?', [username]).fetchone()[0]


def test_an_earlier_token_opens_nothing_any_more(server):
    """Whoever has stolen a cookie loses it when its owner logs in again."""
    first = server.cookie('ann1')
    second = again(server, first, 'ann1')
    assert not opens(server, first)
    assert opens(server, second)
    assert count(server, 'ann1') == 1
    assert opens(server, again(server, first, 'ann1')), 'a cookie that is good no more keeps nobody out'
    assert opens(server, second), 'and ends nothing'


def test_the_session_of_another_person_ends(server):
    ann = server.cookie('ann2')
    server.cookie('bob2')
    bob = again(server, ann, 'bob2')
    assert not opens(server, ann)
    assert count(server, 'ann2') == 0
    response = httpx.post(server.url + '/register', data={'username': 'carl2', 'password': PASSWORD}, cookies=bob)
    assert response.status_code == 303
    assert (count(server, 'bob2'), count(server, 'carl2')) == (1, 1)


async def test_the_sockets_of_the_same_person_go_on_and_those_of_another_are_cut(server):
    cookie = await asyncio.to_thread(server.cookie, 'ann3')
    program = Program()
    async with server.program('bob3') as watcher:
        await program.connect(server, cookie['chatroom_session'])
        await watcher.wait_for('presence', username='ann3', state='online')
        cookie = await asyncio.to_thread(again, server, cookie, 'ann3')
        assert (await program.ask('send_message', 'still here'))['id']
        left = asyncio.Event()
        program.sio.on('logged_out', left.set)
        await asyncio.to_thread(again, server, cookie, 'bob3')
        await asyncio.wait_for(left.wait(), 10)
        assert [data for event, data in watcher.told if event == 'presence' and data['username'] == 'ann3'] == []
        assert await watcher.texts(1) == ['still here']


async def test_logging_out_after_logging_in_again_cuts_what_was_open_before(server):
    cookie = await asyncio.to_thread(server.cookie, 'ann4')
    program, left = Program(), asyncio.Event()
    program.sio.on('logged_out', left.set)
    await program.connect(server, cookie['chatroom_session'])
    cookie = await asyncio.to_thread(again, server, cookie, 'ann4')
    await asyncio.to_thread(httpx.post, server.url + '/logout', cookies=cookie)
    await asyncio.wait_for(left.wait(), 10)


def begun(server, username, days):
    """Let the sessions of this person have begun so long ago."""
    at = models.iso(models.now() - timedelta(days=days))
    with closing(sqlite3.connect(server.database)) as connection, connection:
        connection.execute('UPDATE sessions SET created_at = ? WHERE user = (SELECT id FROM users WHERE username = ?)', [at, username])


def test_a_session_ends_after_a_year_however_much_it_is_used(server):
    cookie = server.cookie('ann5')
    begun(server, 'ann5', 364)
    response = httpx.get(server.url + '/chat', cookies=cookie)
    assert response.status_code == 200
    age = int(response.headers['set-cookie'].split('Max-Age=')[1].split(';')[0])
    assert 23 * 3600 < age <= 24 * 3600, 'its cookie goes with it'
    begun(server, 'ann5', 366)
    assert not opens(server, cookie)
    assert opens(server, again(server, cookie, 'ann5'))


async def test_a_socket_does_not_outlive_the_year(server):
    cookie = await asyncio.to_thread(server.cookie, 'ann6')
    begun(server, 'ann6', 366)
    with pytest.raises(NotLetIn):
        await Program().connect(server, cookie['chatroom_session'])


async def test_the_hourly_round_ends_what_is_a_year_old(make_server):
    with make_server(CHATROOM_SESSION_DAYS='3650') as server:
        server.cookie('ann')
        begun(server, 'ann', 366)
    with server:
        async with asyncio.timeout(20):
            while count(server, 'ann'):
                await asyncio.sleep(0.01)

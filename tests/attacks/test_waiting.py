"""What waits for people who ask and do not read."""
import asyncio
import socket
import sqlite3
from contextlib import closing, suppress

import pytest

import hub
from chat import history
from tests.running import WITH_DOORS
from ties import engineio

PAGE = history.LARGEST
'''Bytes of the largest page of history, and a few more.'''
MESSAGES = PAGE // 4_000
QUESTIONS = [f'42{number}["history",{{"room":1,"limit":200}}]' for number in range(40)]
MOST_HELD = hub.MOST_HELD_BY_USER + hub.AT_ONCE * 2 * PAGE
MOST_GROWN = 5 * MOST_HELD
'''What making the answers takes besides, and all else, in bytes of the process; without a bound it was
270 MB.'''


@pytest.fixture
def server(make_server):
    """With a room full of long messages, and as many questions as anybody likes."""
    running = make_server(main=WITH_DOORS).start()
    running.cookie('ann')
    running.stop()
    with closing(sqlite3.connect(running.database)) as connection, connection:
        connection.execute('DELETE FROM messages')  # who joined
        connection.executemany('INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, 1, ?, ?, ?)',
                               [('x' * 4_000, '2026-01-01T00:00:00.000+00:00', i) for i in range(1, 201)])
        connection.execute('UPDATE rooms SET revision = 200')
    return running.start()


async def settled(program):
    """What is held once there is something, and it grows no more."""
    before = 0
    async with asyncio.timeout(60):
        while (held := (await program.ask('test_inside'))['held']) != before or held < PAGE:
            before = held
            await asyncio.sleep(1)
    return held


async def ask(server, cookie, path, *headers):
    """A request whose sender has room for little, and reads nothing."""
    narrow = socket.socket()
    narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    narrow.connect(('127.0.0.1', server.port))
    reader, writer = await asyncio.open_connection(sock=narrow, limit=2048)
    lines = [f'GET {path} HTTP/1.1', f'Host: 127.0.0.1:{server.port}', f'Cookie: chatroom_session={cookie["chatroom_session"]}', *headers]
    writer.write('\r\n'.join([*lines, '', '']).encode())
    return reader, writer


async def never_read(server, cookie):
    """A socket that asks for forty pages and reads nothing."""
    reader, writer = await ask(server, cookie, '/socket.io/?EIO=4&transport=websocket', 'Upgrade: websocket', 'Connection: Upgrade',
                               'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==', 'Sec-WebSocket-Version: 13')
    await reader.readuntil(b'\r\n\r\n')
    for text in ['40', *QUESTIONS]:
        writer.write(bytes([0x81, 0x80 | len(text)]) + bytes(4) + text.encode())
    return writer


async def test_many_sockets_of_one_person_hold_no_more_than_a_few(server):
    async with server.program('bob') as bob:
        cookie = await asyncio.to_thread(server.cookie, 'ann')
        before = server.memory()
        writers = [await never_read(server, cookie) for _ in range(100)]
        assert await settled(bob) < MOST_HELD
        assert server.memory() - before < MOST_GROWN
        assert len((await bob.ask('history', {'room': 1, 'limit': 200}))['messages']) == MESSAGES, 'others get theirs'
        for writer in writers:
            writer.close()


async def test_who_reads_nothing_and_asks_too_much_is_cut_off(server):
    """The refusals, too, wait for somebody who does not read."""
    async with server.program('bob') as bob:
        writer = await never_read(server, await asyncio.to_thread(server.cookie, 'ann'))
        question, pong = (bytes([0x81, 0x80 | len(text)]) + bytes(4) + text.encode() for text in ('421["rooms",{}]', '3'))
        await settled(bob)
        async with asyncio.timeout(60):
            while (await bob.ask('test_inside'))['people'] > 1:
                with suppress(ConnectionError):
                    writer.write(question * engineio.MOST_WAITING + pong)
                    await writer.drain()
        writer.close()


async def test_a_member_with_fifty_tabs_notices_nothing(server):
    async with server.program('bob') as bob:
        cookie = await asyncio.to_thread(server.cookie, 'ann')
        writers = [await never_read(server, cookie) for _ in range(10)]
        await settled(bob)
        programs = [server.program('carl') for _ in range(hub.MOST_SOCKETS)]
        tabs = [await program.__aenter__() for program in programs]
        answers = await asyncio.gather(*(tab.ask('history', {'room': 1, 'limit': 200}) for tab in tabs for _ in range(3)))
        assert all(len(answer['messages']) == MESSAGES for answer in answers)
        for program in programs:
            await program.__aexit__(None, None, None)
        for writer in writers:
            writer.close()


async def test_an_answer_ends_with_its_size_and_the_next_one_goes_on(server):
    async with server.program('bob') as bob:
        found, window, has_more = [], {'room': 1, 'limit': 200}, True
        while has_more:
            answer = await bob.ask('history', window)
            assert sum(len(message['message']) for message in answer['messages']) <= PAGE
            found, has_more = answer['messages'] + found, answer['more']
            window['before'] = found[0]['id']
        changed, since, is_complete = [], 0, False
        while not is_complete:
            answer = await bob.ask('changes', {'room': 1, 'since': since})
            changed, since, is_complete = changed + answer['changes'], answer['revision'], answer['complete']
    assert [message['revision'] for message in found] == [message['revision'] for message in changed] == [*range(1, 201)]
    assert since == 200

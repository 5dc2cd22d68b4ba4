"""Telling pages in batches, programs at once, and nobody for long."""
import asyncio
import re
import socket
import time

import pytest

import hub as hub_module
from hub import Sockets, wire
from hub.telling import Update
from tests.running import Browser, Program, browsing


def change(number, revision):
    return Update(id=number, revision=revision, html=f'<{number}.{revision}>', event='receive_message', data={'id': number})


@pytest.fixture
def sent(monkeypatch):
    """What is sent instead of going to sockets."""
    packets = []

    monkeypatch.setattr(wire, 'tell', lambda room, event, data: packets.append((room, event, data)))
    monkeypatch.setattr(wire, 'drop_stuck', lambda *_: asyncio.sleep(0))
    return packets


async def test_the_first_change_goes_at_once_and_the_rest_together(sent):
    hub = Sockets()
    for i in range(1, 6):
        hub.publish(1, change(i, i))
        await asyncio.sleep(0.001)
    await asyncio.sleep(3 * hub_module.WINDOW)
    pages = [data for room, _, data in sent if room == 'page:1']
    assert [(data['from'], data['to'], data['html']) for data in pages] == [
        (1, 1, '<1.1>'), (2, 5, '<2.2><3.3><4.4><5.5>')]
    assert [data['id'] for room, _, data in sent if room == 'program:1'] == [1, 2, 3, 4, 5]


async def test_a_message_changed_twice_is_sent_once_in_its_latest_form(sent):
    hub = Sockets()
    for number, revision in ((1, 1), (2, 2), (3, 3), (2, 4)):
        hub.publish(1, change(number, revision))
        await asyncio.sleep(0.001)
    await asyncio.sleep(3 * hub_module.WINDOW)
    assert [data for room, _, data in sent if room == 'page:1'][1] == {'room': 1, 'from': 2, 'to': 4, 'html': '<3.3><2.4>'}


async def test_a_room_is_not_silent_for_long_where_others_have_the_processor(sent, monkeypatch):
    hub = Sockets()
    hub.publish(1, change(1, 1))
    monkeypatch.setattr(wire, 'tell', lambda *_: time.sleep(1))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    monkeypatch.setattr(wire, 'tell', lambda room, event, data: sent.append((room, event, data)))
    hub.publish(1, change(2, 2))
    async with asyncio.timeout(2):
        while not any(room == 'page:1' for room, *_ in sent):
            await asyncio.sleep(0.01)


async def test_rooms_do_not_wait_for_each_other(sent):
    hub = Sockets()
    for room in (1, 2, 3):
        hub.publish(room, change(1, 1))
    await asyncio.sleep(0.01)
    assert sorted(room for room, *_ in sent if room.startswith('page')) == ['page:1', 'page:2', 'page:3']


async def test_one_packet_for_each_browser_and_no_revision_missing(server):
    """However many messages come in a window, and with many browsers at once."""
    async with browsing() as session, server.program('ann') as ann:
        cookie = await asyncio.to_thread(server.cookie, 'bob')
        browsers = [await Browser().open(session, server, cookie) for _ in range(10)]
        answers = await asyncio.gather(*(ann.ask('send_message', f'm{i}') for i in range(100)))
        for browser in browsers:
            await browser.reach(answers[-1]['revision'])
            packets = [data for event, data in browser.packets if event == 'changed']
            shown = re.findall(r'>(m\d+)<', ''.join(data['html'] for data in packets))
            assert shown == [f'm{i}' for i in range(100)]
            assert len(packets) < 30
            await browser.close()


async def test_memory_does_not_grow_with_messages(make_server):
    """200 browsers connected while 2,000 messages flow: less than 20 KB for each of them."""
    with make_server() as server:
        async with browsing() as session, server.program('ann') as ann:
            cookie = await asyncio.to_thread(server.cookie, 'bob')
            browsers = [await Browser().open(session, server, cookie) for _ in range(200)]
            await say(ann, browsers, 200)  # whatever is built once is built now
            before = server.memory()
            await say(ann, browsers, 2000)
            grown = (server.memory() - before) / 200
            for browser in browsers:
                await browser.close()
    assert grown < 20_000


async def say(program, browsers, count):
    for _ in range(0, count, 100):
        answers = await asyncio.gather(*(program.ask('send_message', f'message {i} ' + 'x' * 80) for i in range(100)))
    for browser in browsers:
        await browser.reach(answers[-1]['revision'])
        browser.packets.clear()


async def test_a_reader_that_reads_no_more_is_cut_off_and_the_others_are_not(make_server):
    with make_server() as server:
        async with server.program('ann') as ann, server.program('bob') as bob:
            cookie = await asyncio.to_thread(server.cookie, 'carl')
            narrow = socket.socket()
            narrow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            narrow.connect(('127.0.0.1', server.port))
            reader, writer = await asyncio.open_connection(sock=narrow, limit=2048)
            writer.write((f'GET /socket.io/?EIO=4&transport=websocket HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n'
                          f'Upgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n'
                          f'Sec-WebSocket-Version: 13\r\nCookie: chatroom_session={cookie["chatroom_session"]}\r\n\r\n').encode())
            await reader.readuntil(b'\r\n\r\n')
            writer.write(b'\x81\x82\0\0\0\x0040')  # a frame with "40", and then silence
            for i in range(30):
                await asyncio.gather(*(ann.ask('send_message', f'{i} ' + 'x' * 3900) for _ in range(100)))
            assert len(await bob.texts(3000)) == 3000
            async with asyncio.timeout(20):
                received = await reader.read(-1)  # to the end, for the server has closed it
            assert received.count(b'receive_message') < 2000
            writer.close()


async def test_programs_that_leave_are_forgotten(server):
    for _ in range(3):
        async with server.program('ann') as ann:
            await ann.ask('send_message', 'x')
    program = Program()
    cookie = await asyncio.to_thread(server.cookie, 'bob')
    await program.connect(server, cookie['chatroom_session'])
    await program.ask('send_message', 'alone')
    assert await program.texts(1) == ['alone']
    await program.sio.disconnect()

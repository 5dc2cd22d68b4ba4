"""What pages ask for: by a socket as a page has it, without the page."""
import asyncio
import itertools
import re
from contextlib import AsyncExitStack

import pytest

from tests.running import Browser, browsing


@pytest.fixture
async def open_page(server):
    """Open a page of somebody."""
    async with AsyncExitStack() as stack:
        session = await stack.enter_async_context(browsing())

        async def open_as(name):
            page = await Browser().open(session, server, server.cookie(name))
            stack.push_async_callback(page.close)
            return page

        yield open_as


NUMBERS = itertools.count(1)


async def create(bob, *members, kind='closed'):
    return (await bob.ask('create_room', {'name': f'Room {next(NUMBERS)}', 'kind': kind, 'members': list(members)}))['room']['id']


def heard(page, name):
    return [data for event, data in page.packets if event == name]


async def test_a_room_is_opened_with_its_newest_messages_and_heard_from_then_on(open_page, bob):
    carl = await open_page('carl')
    room = await create(bob, 'carl')
    await bob.ask('send_message', {'room': room, 'message': 'before'})
    answer = await carl.ask('open', {'room': room})
    assert 'before' in answer['html']
    assert (answer['room']['unread'], answer['more'], answer['newer']) == (2, False, False), 'that I was added counts, too'
    await bob.ask('send_message', {'room': room, 'message': 'after'})
    await bob.ask('send_message', 'in the Lobby')
    async with asyncio.timeout(10):
        while not (heard(carl, 'changed') and heard(carl, 'noticed') and heard(carl, 'noticed')[-1]['room'] == 1):
            await asyncio.sleep(0.05)
    await asyncio.sleep(0.2)  # for what should not come
    assert {packet['room'] for packet in heard(carl, 'changed')} == {room}, 'one room is heard, the last one opened'
    assert [packet['room'] for packet in heard(carl, 'noticed')][-1] == 1


async def test_a_page_around_a_message_or_around_what_is_unread(open_page, bob, server):
    server.cookie('carl')
    room = await create(bob, 'carl')
    ids = [(await bob.ask('send_message', {'room': room, 'message': f'line {i}'}))['id'] for i in range(300)]
    carl = await open_page('carl')
    await carl.ask('read', {'room': room, 'id': ids[0] - 1})

    async def lines(**asked):
        answer = await carl.ask('open', {'room': room, **asked})
        numbers = [int(number) for number in re.findall(r'line (\d+)', answer['html'])]
        assert numbers == list(range(numbers[0], numbers[-1] + 1))
        return numbers[0], numbers[-1], answer['more'], answer['newer']

    assert await lines() == (0, 149, False, True), 'what is unread, from its beginning'
    assert await lines(at=ids[100]) == (76, 125, True, True)
    assert await lines(at=ids[299]) == (250, 299, True, False)
    await carl.ask('read', {'room': room, 'id': ids[200]})
    assert await lines() == (176, 299, True, False)
    await carl.ask('read', {'room': room, 'id': ids[299]})
    assert await lines() == (250, 299, True, False)
    for odd in (0, 10**15):
        assert (await carl.ask('open', {'room': room, 'at': odd}))['room']['id'] == room


async def test_who_missed_much_gets_what_is_shown_in_its_latest_form_or_the_newest_page(open_page, bob, server):
    server.cookie('carl')
    room, carl = await create(bob, 'carl'), await open_page('carl')
    ids = [(await bob.ask('send_message', {'room': room, 'message': str(number)}))['id'] for number in range(210)]
    epoch = (await carl.ask('open', {'room': room}))['epoch']

    async def missed(since=0, **of):
        answer = await carl.ask('resume', {'room': room, 'since': since, 'epoch': epoch, **of})
        return list(map(int, re.findall(r'<article id="m(\d+)"', answer['html']))), answer['fresh'], answer.get('gap')

    assert await missed(first=ids[3], limit=20) == (ids[3:23], True, None)
    assert (await missed())[:2] == (ids[160:], True)
    assert 'Much has happened' in (await missed())[2]
    assert 'Much has happened' in (await missed(first=ids[3], epoch='another'))[2]
    assert await missed(epoch='') == (ids[160:], True, ''), 'it knew nothing before'


@pytest.mark.parametrize(('event', 'arguments'), [
    ('open', {}), ('resume', {'since': 0, 'epoch': 'x'}), ('scroll', {}), ('people', {}), ('naming', {}), ('typing', {})])
async def test_a_hidden_room_can_not_be_had_by_its_number(open_page, bob, event, arguments):
    room, carl = await create(bob), await open_page('carl')
    for number in (room, 10**9):
        answer = await carl.ask(event, {'room': number, **arguments})
        assert (answer['code'], answer['error']) == ('not_found', 'There is no such room.')
    await bob.ask('send_message', {'room': room, 'message': 'secret'})
    await asyncio.sleep(0.2)
    assert room not in {data.get('room') for _, data in carl.packets}


async def test_a_message_of_a_list_is_shown_to_who_may_see_it(open_page, bob):
    room, carl = await create(bob), await open_page('carl')
    number = (await bob.ask('send_message', {'room': room, 'message': 'a *secret*'}))['id']
    for asked in (number, 10**9):
        answer = await carl.ask('excerpt', {'id': asked, 'query': 'secret'})
        assert (answer['code'], answer['error']) == ('not_found', 'There is no such message.')
    await bob.ask('invite', {'room': room, 'username': 'carl'})
    assert '>a secret<' in str((await carl.ask('excerpt', {'id': number}))['html'])
    assert '>a <mark>secret</mark><' in str((await carl.ask('excerpt', {'id': number, 'query': 'secr'}))['html'])


@pytest.mark.parametrize(('event', 'arguments'), [
    ('open', {'room': 1, 'at': -1}), ('open', {'room': 1, 'at': 'x'}), ('open', {}), ('mentions', {'before': 1.5}),
    ('attend', {'in_view': 1, 'active': True}), ('attend', {'active': True}), ('people', {'room': None}), ('naming', {'room': 1, 'typed': 5}), ('here', 5)])
async def test_what_is_malformed_is_answered_as_invalid(open_page, event, arguments):
    carl = await open_page('carl')
    assert (await carl.ask(event, arguments))['code'] == 'invalid'


async def test_a_removed_member_s_page_program_link_and_mentions_stop_at_once(open_page, server, bob):
    carl = await open_page('carl')
    async with server.program('carl') as program:
        room = await create(bob, 'carl')
        await carl.ask('open', {'room': room})
        number = (await bob.ask('send_message', {'room': room, 'message': '@carl before'}))['id']
        assert 'before' in str((await carl.ask('mentions', {}))['html'])
        await program.texts(1)
        await bob.ask('remove', {'room': room, 'username': 'carl'})
        await bob.ask('send_message', {'room': room, 'message': '@carl secret'})
        await asyncio.sleep(0.3)
        assert 'before' not in str((await carl.ask('mentions', {}))['html'])
        assert 'secret' not in str(carl.packets) + str(program.told) + str(program.heard)
        assert {'id': room, 'gone': True} in heard(carl, 'room_changed')
    async with carl.session.get(f'{server.url}/chat/{room}?at={number}', cookies=carl.cookie, allow_redirects=False) as response:
        assert response.status == 200
        text = await response.text()
        assert 'There is no such room, or you are not in it.' in text
        assert '@carl' not in text


@pytest.mark.parametrize('way', ['open', 'resume', 'page'])
async def test_a_removal_while_a_room_is_being_opened_lets_nothing_through(open_page, server, bob, way):
    """The reader was let in, then put out, and only then the messages are read: none of them is theirs."""
    server.cookie('carl')
    room, carl = await create(bob, 'carl'), await open_page('carl')
    await bob.sio.call('test_hold')
    if way == 'page':
        opening = asyncio.create_task(get(carl, f'{server.url}/chat/{room}'))
    else:
        opening = asyncio.create_task(carl.ask(way, {'room': room, **({'since': 10**6, 'epoch': 'x'} if way == 'resume' else {})}))
    await asyncio.sleep(0.3)
    await bob.ask('remove', {'room': room, 'username': 'carl'})
    await bob.ask('send_message', {'room': room, 'message': 'secret'})
    await bob.sio.call('test_release')
    answer = await opening
    if way == 'page':
        assert 'There is no such room, or you are not in it.' in answer
        assert 'secret' not in answer
    else:
        assert answer == {'error': 'There is no such room.', 'code': 'not_found'}
    await asyncio.sleep(0.2)
    assert 'secret' not in str(carl.packets)


async def get(page, url):
    async with page.session.get(url, cookies=page.cookie, allow_redirects=False) as response:
        return await response.text()


async def test_nobody_hears_of_a_room_again_after_being_put_out_of_it(open_page, server, bob):
    """What others are told of a change is read before it is told, and the removal may come in between."""
    carl = await open_page('carl')
    async with server.program('carl') as program:
        room = await create(bob, 'carl')
        await bob.sio.call('test_delay', 0.2)
        await bob.ask('update_room', {'room': room, 'topic': 'new'})
        await bob.ask('remove', {'room': room, 'username': 'carl'})
        await asyncio.sleep(0.5)
        await bob.sio.call('test_delay', 0)
        for told in ([data for name, data in program.told if name == 'room_changed'], heard(carl, 'room_changed')):
            assert [data for data in told if data['id'] == room][-1] == {'id': room, 'gone': True}


async def test_a_message_costs_one_packet_for_each_browser(make_server):
    """20 rooms; half of the pages show the one that is written in. The benchmark does it with 1,000 members."""
    async with AsyncExitStack() as stack:
        server = stack.enter_context(make_server())
        bob = await stack.enter_async_context(server.program('bob'))
        rooms = [await create(bob, kind='open') for _ in range(19)]
        session = await stack.enter_async_context(browsing())
        pages = [await Browser().open(session, server, server.cookie(f'reader{i}')) for i in range(20)]
        for page in pages[::2]:
            await page.ask('open', {'room': rooms[0]})
        await asyncio.sleep(1.5)
        for page in pages:
            page.packets.clear()
        for i in range(5):
            await bob.ask('send_message', {'room': rooms[0], 'message': f'@everyone {i}'})
            await asyncio.sleep(0.2)
        for number, page in enumerate(pages):
            name = 'noticed' if number % 2 else 'changed'
            notices = [] if number % 2 == 0 else ['notice'] * 5
            assert sorted(event for event, _ in page.packets) == sorted([name] * 5 + notices)
            await page.close()


async def test_a_read_is_told_to_all_tabs_but_the_one_that_read(open_page, bob):
    one, two = await open_page('carl'), await open_page('carl')
    room = await create(bob, 'carl')
    number = (await bob.ask('send_message', {'room': room, 'message': 'hello'}))['id']
    for page in (one, two):
        await page.ask('here', {})
        page.packets.clear()
    await one.ask('read', {'room': room, 'id': number})
    await one.close()
    await asyncio.sleep(0.3)
    assert heard(one, 'room_changed') == []
    assert [data['unread'] for data in heard(two, 'room_changed')] == [0]


async def test_differences_of_presence_travel_together_once_a_second(open_page, server):
    ann = await open_page('ann')
    await ann.ask('here', {})
    await asyncio.sleep(1.2)
    ann.packets.clear()
    cookies = [server.cookie(f'crowd{i}') for i in range(40)]
    async with browsing() as session:
        crowd = await asyncio.gather(*(Browser().open(session, server, cookie) for cookie in cookies))
        started = asyncio.get_running_loop().time()
        for browser in crowd:
            await browser.close()
        await asyncio.sleep(2)
    packets = heard(ann, 'states')
    assert {state for packet in packets for state in packet.values()} == {'online'}
    assert sum(map(len, packets)) == 40, 'each person once, and nobody is gone so soon'
    assert len(packets) <= 3 + asyncio.get_running_loop().time() - started


async def test_who_was_away_at_the_last_page_does_not_come_back_by_closing_it(open_page, server, bob):
    carl = await open_page('zoe')
    await carl.ask('attend', {'in_view': False, 'active': False})
    await carl.close()
    states = {person['username']: person['state'] for person in (await bob.ask('members', {'room': 1}))['members']}
    assert states['zoe'] == 'away'


@pytest.mark.parametrize('path', ['/_nicegui_ws/socket.io/', '/socket.io/'])
async def test_a_connection_that_ends_while_it_is_made_leaves_nobody_behind(open_page, server, bob, path):
    page = await open_page('hasty')
    await page.close()
    query = page.query if 'nicegui' in path else {'EIO': '4', 'transport': 'websocket'}
    await bob.sio.call('test_delay', 0.2)
    for i in range(10):
        socket = await page.session.ws_connect(server.url + path, params=query, headers={
            'Cookie': f'chatroom_session={page.cookie["chatroom_session"]}'})
        await socket.receive_str()
        await socket.send_str('40')
        await asyncio.sleep(i / 100)
        socket._response.connection.transport.abort()
    await asyncio.sleep(0.7)
    await bob.sio.call('test_delay', 0)
    inside = await bob.sio.call('test_inside')
    assert inside['people'] == inside['sockets'], 'everybody who is here has a connection'
    assert 'Traceback' not in server.log

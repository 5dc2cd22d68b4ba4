"""A number in an address is no identity: what a page may do hangs on the session of its own socket."""
import asyncio
import itertools
import json
import re
from contextlib import suppress

import aiohttp
import httpx
import pytest

from tests.running import browsing

from .raw import (
    PAGE,
    PROGRAM,
    SECONDS,
    LoadedPage,
    SocketIo,
    asked,
    connected,
    cookie_header,
    opened_polling,
    polling,
    request,
)

UUID = re.compile(r'[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}')
EVENTS_OF_NICEGUI = ('event', 'ack', 'handshake', 'javascript_response', 'log')
SOCKETS = 50


@pytest.fixture
def ann(server):
    """Ann's session; each test has an Ann of its own, since the last ones logged her out."""
    return server.cookie(f'ann{next(NUMBERS)}')


NUMBERS = itertools.count()


@pytest.fixture
def mallory(server):
    return server.cookie('mallory')


@pytest.fixture
async def page(server, ann):
    """Ann's open chat, and its socket."""
    loaded = LoadedPage(server.port, cookie=ann)
    loaded.socket = await loaded.connect()
    return loaded


async def without_a_cookie(server, page, mallory):
    """Its address names Ann's page, as Ann's own does."""
    return await SocketIo.open(server.port, PAGE, client_id=page.client_id)


async def with_her_handshake(server, page, mallory):
    """All that Ann's page says when it connects, but for her cookie."""
    return await SocketIo.open(server.port, PAGE, **page.query())


async def with_the_handshake_of_a_member(server, page, mallory):
    return await SocketIo.open(server.port, PAGE, mallory, **page.query())


async def from_an_entry_page(server, page, mallory):
    return await LoadedPage(server.port, '/').connect()


async def from_the_chat_of_a_member(server, page, mallory):
    return await LoadedPage(server.port, cookie=mallory).connect()


async def from_a_program_of_a_member(server, page, mallory):
    return await SocketIo.open(server.port, PROGRAM, mallory)


IMPOSTORS = (without_a_cookie, with_her_handshake, with_the_handshake_of_a_member, from_an_entry_page, from_the_chat_of_a_member,
             from_a_program_of_a_member)


@pytest.fixture(params=IMPOSTORS, ids=lambda impostor: impostor.__name__)
async def impostor(request, server, page, mallory):
    """A socket of Mallory's that knows all about Ann's page; None where it was not even let in."""
    try:
        return await request.param(server, page, mallory)
    except ConnectionError:
        return None


async def tell_all(socket, page):
    """Each listener of a page hears a text, and so do NiceGUI's other events; done once a last answer is there."""
    with suppress(ConnectionError):
        for value in ('posted by somebody else', {'what': 'new', 'room': 1}, None):
            for event in page.events(value):
                await socket.emit('event', event)
        await socket.ask('javascript_response', {'client_id': page.client_id, 'request_id': 'x', 'result': 1})


async def messages_of(server, cookie):
    """What stands in the Lobby for this person."""
    program = await SocketIo.open(server.port, PROGRAM, cookie)
    answer = await program.ask('history', {'room': 1})
    return [(message['username'], message['message']) for message in answer['messages']]


async def test_who_knows_the_number_of_a_page_does_not_act_as_its_person(server, ann, page, impostor):
    before = await messages_of(server, ann)
    if impostor:
        await tell_all(impostor, page)
    assert await messages_of(server, ann) == before
    assert (await page.socket.ask('attend', {'in_view': True, 'active': True})) == {}, 'logged out'
    assert not page.socket.has_heard('update')
    assert httpx.get(server.url + '/chat', cookies=ann).status_code == 200


async def test_the_page_itself_does(server, ann, page):
    """The test above would show nothing if the page itself could not."""
    of_sidebar = next(number for number, listener in page.listeners if listener['type'] == 'click')  # it logs out
    for event, (number, _) in zip(page.events('posted by its own page'), page.listeners, strict=True):
        if number != of_sidebar:
            await page.socket.emit('event', event)
    async with asyncio.timeout(10):
        while 'posted by its own page' not in [text for _, text in await messages_of(server, ann)]:
            pass


async def open_dialog(page):
    """What the page is told of it is kept for its next connection."""
    act = next(listener for _, listener in page.listeners if listener['type'] == 'act')
    await page.socket.emit('event', {'client_id': page.client_id, 'id': 0, 'listener_id': act['listener_id'],
                                     'args': [json.dumps({'what': 'new', 'room': 1})]})


async def test_a_handshake_replays_nothing_to_somebody_else(server, page, impostor):
    """What a page was told since, for it to ask for after it lost its connection."""
    await open_dialog(page)
    await page.socket.hear_of('update')
    if impostor:
        with suppress(ConnectionError):
            answer = await impostor.ask('handshake', {**page.query(), 'next_message_id': 0})
            assert answer is not True
            await impostor.ask('no_such_event')  # what had been told before would be here
        assert not impostor.has_heard('update', 'run_javascript', 'open', 'notify')


async def test_what_a_field_can_not_be_changes_nothing_and_is_no_error_of_ours(server, page):
    await open_dialog(page)
    await page.socket.hear_of('update')
    elements = {number: element for name, told in page.socket.heard if name == 'update' for number, element in told.items() if isinstance(element, dict)}
    fields = [(int(number), event['listener_id']) for number, element in elements.items()
              for event in element.get('events', []) if event['type'].startswith('update:')]
    assert len(fields) >= 3, 'a name, a choice, people'
    for number, listener in fields:
        for said in (None, True, 'x', -1, 99, 1e300, [], {}, [1], [[]], [None], {'a': 1}, [{}], [{'label': 1}], ['ann', {'value': 9, 'label': 'ann'}]):
            await page.socket.ask('event', {'client_id': page.client_id, 'id': number, 'listener_id': listener, 'args': [json.dumps(said)]})
    assert 'Traceback' not in server.log
    assert 'Error' not in server.log


async def test_what_is_typed_into_a_field_has_a_bound(page):
    """NiceGUI keeps it: ten dialogs in each of fifty tabs, with a megabyte in each field, would be a gigabyte."""
    await open_dialog(page)
    await page.socket.hear_of('update')
    elements = {number: element for name, told in page.socket.heard if name == 'update' for number, element in told.items() if element}
    number, field = next((number, element) for number, element in elements.items() if 'input' in element['tag'])
    typing = {'client_id': page.client_id, 'id': int(number), 'listener_id': field['events'][0]['listener_id']}
    assert await page.socket.ask('event', {**typing, 'args': [json.dumps('x' * 1_000)]}) is None
    for text in ('x' * 64_000, 'ä' * 70_000):
        assert 'at most 64,000' in (await page.socket.ask('event', {**typing, 'args': ['1', json.dumps(text)]}))['error']


async def test_a_stranger_can_not_make_a_page_forget_what_it_will_ask_for(server, page, impostor):
    """An `ack` prunes what is kept for a page that lost its connection."""
    if impostor:
        with suppress(ConnectionError):
            await impostor.ask('ack', {'client_id': page.client_id, 'next_message_id': 10**6})
    await open_dialog(page)
    await page.socket.hear_of('update')
    if impostor:
        with suppress(ConnectionError):
            await impostor.ask('ack', {'client_id': page.client_id, 'next_message_id': 10**6})
    await page.socket.close()
    again = await page.connect(next_message_id='0')
    await again.hear_of('update')


async def test_an_entry_page_belongs_to_the_nonce_of_its_browser(server):
    """Otherwise a stranger could press "Log in" in another stranger's page, and read along what is typed there."""
    victim = LoadedPage(server.port, '/')
    its_own = await victim.connect()
    attacker = LoadedPage(server.port, '/')
    for query in (attacker.query(), victim.query()):
        with suppress(ConnectionError):
            socket = await SocketIo.open(server.port, PAGE, attacker.cookie, **query)
            await tell_all(socket, victim)
    await its_own.ask('no_such_event')
    assert not its_own.has_heard('update', 'run_javascript', 'open')
    await tell_all(its_own, victim)
    await its_own.ask('no_such_event')
    await its_own.hear_of('update')


# Polling ----------------------------------------------------------------------------------------------------------

async def polled(server, path, cookie):
    """A Socket.IO session over polling that is let in; its number."""
    sid = await opened_polling(server.port, path, cookie)
    await asked(server.port, request(polling(path, sid), *cookie_header(cookie), method='POST', body=b'40'))
    answer = await asked(server.port, request(polling(path, sid), *cookie_header(cookie)))
    assert answer.body.startswith(b'40'), answer
    return sid


@pytest.mark.parametrize('whose', ['nobody', 'mallory'])
async def test_a_polling_request_belongs_to_the_session_of_its_own_cookie(server, ann, mallory, whose):
    """The number of a session stands in addresses, so in the logs of proxies."""
    cookie = mallory if whose == 'mallory' else {}
    sid = await polled(server, PROGRAM, ann)
    before = await messages_of(server, ann)
    posted = await asked(server.port, request(polling(PROGRAM, sid), *cookie_header(cookie), method='POST',
                                              body=b'420["send_message","posted by somebody else"]'))
    assert 400 <= posted.status < 500
    assert await messages_of(server, ann) == before
    program = await SocketIo.open(server.port, PROGRAM, ann)
    await program.ask('send_message', 'for Ann alone')
    read = await asked(server.port, request(polling(PROGRAM, sid), *cookie_header(cookie)))
    assert 400 <= read.status < 500
    assert b'for Ann alone' not in read.body
    own = await asked(server.port, request(polling(PROGRAM, sid), *cookie_header(ann)))
    assert b'for Ann alone' in own.body


@pytest.mark.parametrize('whose', ['nobody', 'mallory'])
async def test_nobody_takes_over_a_polling_session_by_upgrading_it(server, ann, mallory, whose):
    cookie = mallory if whose == 'mallory' else {}
    sid = await polled(server, PROGRAM, ann)
    before = await messages_of(server, ann)
    with suppress(ConnectionError, aiohttp.ClientError):
        async with browsing() as session, session.ws_connect(
                f'{server.url}{PROGRAM}?EIO=4&transport=websocket&sid={sid}',
                headers=dict(header.split(': ', 1) for header in cookie_header(cookie))) as socket:
            await socket.send_str('2probe')
            await socket.receive(timeout=5)
            await socket.send_str('5')
            await socket.send_str('420["send_message","posted by somebody else"]')
            with suppress(TimeoutError):
                await socket.receive(timeout=2)
    assert await messages_of(server, ann) == before


async def test_polling_ends_with_its_session(server, ann):
    sid = await polled(server, PROGRAM, ann)
    httpx.post(server.url + '/logout', cookies=ann)
    posted = await asked(server.port, request(polling(PROGRAM, sid), *cookie_header(ann), method='POST',
                                              body=b'420["rooms",{}]'))
    assert 400 <= posted.status < 500


# Checked, then attached ---------------------------------------------------------------------------------------------

def as_a_page(server, ann):
    return LoadedPage(server.port, cookie=ann).connect


def as_a_page_that_says_nothing(server, ann):
    """Without `implicit_handshake`, so that NiceGUI never meets its page."""
    number = LoadedPage(server.port, cookie=ann).client_id
    return lambda: SocketIo.open(server.port, PAGE, ann, client_id=number)


def as_a_program(server, ann):
    return lambda: SocketIo.open(server.port, PROGRAM, ann)


@pytest.mark.parametrize('connect', [as_a_page, as_a_page_that_says_nothing, as_a_program])
async def test_no_socket_outlives_its_session_that_connects_while_it_ends(server, ann, connect):
    """Fifty sockets, each looked up before the end and attached after it, or nearly so."""
    open_one = connect(server, ann)
    async with server.program('bob') as bob:
        before = (await bob.ask('test_inside'))['people']
        try:
            await bob.ask('test_delay', 0.5)
            opening = []
            for i in range(SOCKETS):
                opening.append(asyncio.create_task(open_one()))
                if i == SOCKETS // 2:
                    ending = asyncio.create_task(asked(server.port, request('/logout', *cookie_header(ann), method='POST')))
                await asyncio.sleep(1 / SOCKETS)  # for as long as a look-up and an end take
            assert (await ending).status == 303
            sockets = [each for each in await asyncio.gather(*opening, return_exceptions=True) if isinstance(each, SocketIo)]
        finally:
            await bob.ask('test_delay', 0)
        await bob.ask('send_message', 'after the end')
        for socket in sockets:
            with suppress(ConnectionError):
                answer = await socket.ask('rooms', {})
                assert answer.get('code') == 'not_logged_in', 'it still has all rights'
            assert 'after the end' not in str([each for each in socket.heard if each[0] in {'receive_message', 'changed', 'noticed'}])
        for socket in sockets:
            await socket.close()
        async with asyncio.timeout(SECONDS):
            while (await bob.ask('test_inside'))['people'] > before:
                await asyncio.sleep(0.05)


@pytest.mark.parametrize('path', [PROGRAM, f'{PAGE}?implicit_handshake=true&client_id=none'], ids=['program', 'page'])
async def test_a_socket_that_ends_while_it_is_looked_up_is_nobodys(server, ann, path):
    """It would count for ever: its person would seem to be here, and have one tab less."""
    async with server.program('bob') as bob:
        before = (await bob.ask('test_inside'))['people']
        number = await opened_polling(server.port, path, ann)

        async def post(packet):
            await asked(server.port, request(polling(path, number), *cookie_header(ann), method='POST', body=packet))

        await bob.ask('test_delay', 0.5)
        connecting = asyncio.create_task(post(b'40'))
        while not (await bob.ask('test_inside'))['looked_up']:
            pass
        await post(b'1')
        assert not connecting.done()
        await bob.ask('test_delay', 0)
        await connecting
        assert (await bob.ask('test_inside'))['people'] == before


# What is written down -----------------------------------------------------------------------------------------------

async def test_the_numbers_of_pages_stay_out_of_the_log(server, ann):
    """Whatever is wrong with what names them."""
    loaded = LoadedPage(server.port, cookie=ann)
    socket = await loaded.connect()
    for name in EVENTS_OF_NICEGUI:
        for more in ({}, {'id': 'x'}, {'id': 0, 'listener_id': '0.2', 'args': 'x'}, {'message': {}}, {'next_message_id': 'x'}):
            await socket.emit(name, {'client_id': loaded.client_id, **more})
    await socket.emit('log', {'client_id': loaded.client_id, 'level': 'error', 'message': f'I am {loaded.client_id}'})
    await socket.ask('no_such_event')
    for query in ({'tab_id': ''}, {'next_message_id': 'x'}, {'document_id': ''}, {'room': 'x'}, {'build': 'x'}):
        with suppress(ConnectionError):
            await (await loaded.connect(**query)).close()
    with suppress(ConnectionError):
        await asked(server.port, request(f'/_nicegui/client/{loaded.client_id}/nothing'))
    assert httpx.get(server.url).status_code == 200
    assert loaded.client_id not in server.log
    assert not UUID.search(server.log)


async def test_a_stranger_learns_no_number_from_an_answer_to_an_error(server, page):
    async with connected(server.port) as connection:
        await connection.send(request('/_nicegui/client/x/upload/1', method='POST', body=b'x'))
        assert page.client_id.encode() not in (await connection.answer()).body

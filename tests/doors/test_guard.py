"""What strangers may send to the server without harming anybody."""
import asyncio
import itertools
import json
import re
import socket
import time

import aiohttp
import httpx
import pytest
from socketio.exceptions import ConnectionError  # noqa: A004

from tests.running import Program

FRAMES = [
    '', 'x', '9', '4', '42', '42[]', '42{}', '42"event"', '42[null]', '42[{"a":1}]', '42[["event"]]', '42["event"',
    '42["connect",{"QUERY_STRING":"client_id=x"}]', '42["disconnect"]', '421e9["event"]', '42' + '1' * 200 + '["event"]',
    '451-["event",{"_placeholder":true,"num":0}]', '459999999999-["x"]', '461-[]', '430[]', '43["x"]', '44{}', '49', '41',
    '40/other,', '40{"token":"x"}', '40', '2probe', '5', '6', '1', '42["event",' + '[' * 50_000 + ']' * 50_000 + ']',
    b'\x00\x01', 'bAAAA', '42["\\ud800"]', '\ud7ff\U0010ffff',
]
GARBAGE = [(), (None,), (1,), ('x',), ([],), ({},), ({'client_id': None},), ({'client_id': []},), ({'client_id': 'x'},),
           ({'message': 1, 'room': True},), ('a', 'b'), ({'level': 'error', 'message': 'x' * 15_000},)]


@pytest.fixture
async def session():
    async with aiohttp.ClientSession() as session:
        yield session


async def ask(session, method, url, **options):
    """The status and the text of an answer."""
    async with session.request(method, url, **options) as response:
        return response.status, await response.text()


def client_id_in(text):
    """A stranger's own page, as it names itself to NiceGUI."""
    return text.split("'client_id': '")[1].split("'")[0]


def test_who_leaves_before_the_answer_leaves_no_traceback(server):
    """As a browser does whose page is reloaded while it loads."""
    address = httpx.URL(server.url)
    page = httpx.get(address).text
    files = re.findall(r'/_nicegui/[^"\']+\.(?:js|css)', page)
    form = 'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: 99'
    for request in [f'GET {file} HTTP/1.1\r\nHost: localhost' for file in files] * 5 + [form] * 5:
        with socket.create_connection((address.host, address.port)) as connection:
            connection.sendall(f'{request}\r\n\r\nname='.encode())
    assert httpx.get(address).status_code == 200
    time.sleep(0.5)
    assert 'Traceback' not in server.log


@pytest.mark.parametrize('path', ['/socket.io/', '/_nicegui_ws/socket.io/'])
async def test_garbage_frames_are_refused_without_a_traceback(server, session, path):
    for frame in FRAMES:
        async with session.ws_connect(server.url + path + '?EIO=4&transport=websocket') as socket:
            await socket.send_str('40')
            if isinstance(frame, bytes):
                await socket.send_bytes(frame)
            else:
                await socket.send_str(frame)
        async with session.ws_connect(server.url + path + '?EIO=4&transport=websocket') as socket:
            await (socket.send_bytes(frame) if isinstance(frame, bytes) else socket.send_str(frame))
    await asyncio.sleep(0.5)
    assert 'Traceback' not in server.log
    assert httpx.get(server.url).status_code == 200


@pytest.mark.parametrize('frame', [
    '420["send_message","half a pair: \\ud83d"]', '420["send_message",NaN]', '420["send_message",Infinity]',
    '420["connect"]', '420["connect",{"QUERY_STRING":"implicit_handshake=true"}]', '420["disconnect"]', '420["*"]',
    '420["*",1]', '420["\\ud83d"]', '420[]', '420[1]', '420{"a":1}', '420', '420[["send_message"],"x"]',
    '451-0["send_message",{"_placeholder":true,"num":0}]', '4599-0["no_such_event"]', '420["event",{}]', '420["ack"]',
    '420["read",{"room":1,"id":' + '9' * 5_000 + '}]', '420["read",' + '[' * 5_000 + ']' * 5_000 + ']', '420["read",-' + '9' * 9_000 + ']',
    '420["handshake",{"client_id":"x","tab_id":"y"}]', '420["log",{"level":"error"}]', '420["javascript_response",1,2]'])
async def test_whatever_a_program_asks_is_answered(server, session, frame):
    token = server.cookie('ann')['chatroom_session']
    async with session.ws_connect(server.url + '/socket.io/?EIO=4&transport=websocket',
                                  headers={'Cookie': f'chatroom_session={token}'}) as socket:
        await socket.send_str('40')
        await socket.send_str(frame)
        if frame.startswith('45'):
            await socket.send_bytes(b'x')
        async with asyncio.timeout(5):
            while not (answer := (await socket.receive()).data).startswith('43'):
                pass
        assert json.loads(answer[3:])[0]['code'] == 'invalid'
        await socket.send_str('421["send_message","and on"]')
        async with asyncio.timeout(5):
            while not (answer := (await socket.receive()).data).startswith('431'):
                pass
        assert 'id' in json.loads(answer[3:])[0]
    assert 'Traceback' not in server.log


async def test_what_is_no_packet_ends_the_connection_at_once(server, session):
    for frame in ('42[', '42["event"', '44{}', 'x', '43["x"'):
        async with session.ws_connect(server.url + '/socket.io/?EIO=4&transport=websocket',
                                      headers={'Cookie': f'chatroom_session={server.cookie("ann")["chatroom_session"]}'}) as socket:
            await socket.send_str('40')
            await socket.send_str(frame)
            async with asyncio.timeout(3):
                while (await socket.receive()).type is aiohttp.WSMsgType.TEXT:
                    pass


@pytest.mark.parametrize('others', ['prefs={"a":1}; ', 'a[b]=1; ', 'x=a b; ', 'na me=v; ', '=; ;;'])
async def test_odd_cookies_of_other_programs_change_nothing(server, session, others):
    token = server.cookie('ann')['chatroom_session']
    async with session.ws_connect(server.url + '/socket.io/?EIO=4&transport=websocket',
                                  headers={'Cookie': f'{others}chatroom_session={token}'}) as socket:
        await socket.send_str('40')
        async with asyncio.timeout(5):
            while not (answer := (await socket.receive()).data).startswith('4'):
                pass
        assert answer.startswith('40')


@pytest.mark.parametrize('path', ['/socket.io/', '/_nicegui_ws/socket.io/'])
async def test_garbage_requests_are_refused_without_a_traceback(server, session, path):
    for query, body in itertools.product(
            ['', 'EIO=4', 'EIO=3&transport=polling', 'EIO=4&transport=polling&sid=x', 'EIO=4&transport=polling&j=x',
             'EIO=4&transport=x', 'EIO=4&transport=polling&client_id=x&implicit_handshake=true', '%ff=%ff'],
            [None, b'', b'\xff\xfe', b'4', b'40' * 500_000]):
        method = 'GET' if body is None else 'POST'
        assert (await ask(session, method, f'{server.url}{path}?{query}', data=body))[0] < 500
    for method in ('OPTIONS', 'PUT', 'DELETE'):
        assert (await ask(session, method, f'{server.url}{path}?EIO=4&transport=polling'))[0] < 500
    _, opened = await ask(session, 'GET', f'{server.url}{path}?EIO=4&transport=polling')
    sid = json.loads(opened[1:])['sid']
    for body in [b'\xff', b'x', b'4x', b'\x1e' * 100, b'40', b'42["event"]', b'451-["x"]']:
        assert (await ask(session, 'POST', f'{server.url}{path}?EIO=4&transport=polling&sid={sid}', data=body))[0] < 500
    assert 'Traceback' not in server.log


async def test_garbage_to_events_of_nicegui_harms_nobody(server, session):
    """The sender has an entry page, which is all that a stranger can get."""
    client_id = client_id_in((await ask(session, 'GET', server.url))[1])
    own = [({'client_id': client_id, **more},) for more in (
        {}, {'id': 'x'}, {'id': 4, 'listener_id': 'x'}, {'id': 4, 'listener_id': None, 'args': 5}, {'next_message_id': 'x'},
        {'next_message_id': {}}, {'request_id': 'x'}, {'level': 'error', 'message': 'Traceback'}, {'level': []}, {'tab_id': {}},
        {'tab_id': 'x', 'document_id': {}, 'next_message_id': 'x'})]
    query = f'EIO=4&transport=websocket&client_id={client_id}&implicit_handshake=true&tab_id=a&document_id=b'
    async with session.ws_connect(f'{server.url}/_nicegui_ws/socket.io/?{query}') as socket:
        await socket.send_str('40')
        for event, arguments in itertools.product(['event', 'ack', 'handshake', 'log', 'javascript_response'], GARBAGE + own):
            await socket.send_str('42' + json.dumps([event, *arguments]))
        await asyncio.sleep(1)
    assert 'Traceback' not in server.log
    assert (await ask(session, 'GET', server.url))[0] == 200


async def test_every_listener_of_a_strangers_page_takes_garbage(server, session):
    """Values of a wrong type and of a huge size, to each element of the entry page."""
    _, text = await ask(session, 'GET', server.url)
    client_id = client_id_in(text)
    raw = text.split('String.raw`')[1].split('`')[0]
    for escaped, plain in (('&#36;', '$'), ('&#96;', '`'), ('&gt;', '>'), ('&lt;', '<'), ('&amp;', '&')):
        raw = raw.replace(escaped, plain)
    elements = json.loads(raw)
    query = f'EIO=4&transport=websocket&client_id={client_id}&implicit_handshake=true&tab_id=a&document_id=b'
    async with session.ws_connect(f'{server.url}/_nicegui_ws/socket.io/?{query}') as socket:
        await socket.send_str('40')
        for number, element in elements.items():
            for listener in element.get('events', []):
                for value in (None, 1, True, 'x', 'y' * 15_000, [], {}, [1], {'a': 1}):
                    await socket.send_str('42' + json.dumps(['event', {
                        'client_id': client_id, 'id': int(number), 'listener_id': listener['listener_id'],
                        'args': [json.dumps(value)]}]))
        await asyncio.sleep(2)
    assert 'Traceback' not in server.log
    assert (await ask(session, 'GET', server.url))[0] == 200


async def test_who_is_not_logged_in_is_refused(server):
    for token in (None, '', 'wrong', 'x' * 5000):
        with pytest.raises(ConnectionError, match='failed to connect'):
            await Program().connect(server, token)


@pytest.mark.parametrize('transports', [['websocket'], ['polling']])
async def test_a_foreign_page_can_not_use_somebodys_cookie(server, transports):
    cookie = server.cookie('ann')['chatroom_session']
    async with server.program('bob') as bob:
        for origin in ('https://evil.example', 'null', server.url.replace('127.0.0.1', 'localhost')):
            evil = Program()
            with pytest.raises((ConnectionError, RuntimeError)):  # the client itself trips over being refused
                await evil.connect(server, cookie, origin=origin, transports=transports)
        own = Program()
        await own.connect(server, cookie, origin=server.url)
        await own.ask('send_message', 'from my own page')
        assert await bob.texts(1) == ['from my own page']
        await own.sio.disconnect()


@pytest.mark.parametrize('path', ['/register', '/login', '/logout'])
@pytest.mark.parametrize('headers', [
    {'Origin': 'https://evil.example'}, {'Origin': 'null'}, {'Origin': 'http://['}, {'Sec-Fetch-Site': 'cross-site'},
    {'Sec-Fetch-Site': 'same-site'}, {'Sec-Fetch-Site': 'cross-site', 'Origin': 'http://127.0.0.1'}])
def test_a_foreign_page_can_not_send_a_form(server, path, headers):
    response = server.post(path, 'mallory', headers=headers)
    assert (response.status_code, list(response.json())) == (403, ['error'])
    assert 'set-cookie' not in response.headers


@pytest.mark.parametrize('headers', [{}, {'Sec-Fetch-Site': 'same-origin'}, {'Sec-Fetch-Site': 'none'}, {'Origin': 'own'}])
def test_our_own_pages_and_programs_can(server, headers):
    headers = {name: value.replace('own', server.url) for name, value in headers.items()}
    assert server.post('/logout', headers=headers).status_code == 303


def test_nobody_may_frame_us(server):
    headers = httpx.get(server.url).headers
    assert "frame-ancestors 'none'" in headers['content-security-policy']
    assert headers['x-content-type-options'] == 'nosniff'

"""What strangers write into the head of a request: nothing of it is parsed, believed or repeated before it was checked."""
import json
import logging
import re
import socket
from http.client import HTTPResponse

import httpx
import pytest
from nicegui import core
from starlette.middleware.errors import ServerErrorMiddleware

from addresses import networks
from doors.gate import HEADERS, PIECE, Gate
from doors.hosts import Hosts
from doors.proxies import Proxies
from pages import plain

UPGRADE = {'Connection': 'Upgrade', 'Upgrade': 'websocket', 'Sec-WebSocket-Version': '13', 'Sec-WebSocket-Key': 'dGhlIHNhbXBsZSBub25jZQ=='}


class Asked:
    """A request that came to the gate: the scope behind it, and what was answered."""

    def __init__(self):
        self.scope = None
        self.sent = []

    async def inner(self, scope, receive, send):
        self.scope = scope

    async def send(self, message):
        self.sent.append(message)

    def header(self, name):
        return [value.decode('latin-1') for key, value in self.scope['headers'] if key == name.encode()]

    @property
    def status(self):
        return self.sent[0]['status']


async def ask(*headers, client='203.0.113.7', trusted='10.0.0.0/8', allowed=('chat.example.org', '*.example.net'), kind='http',
              host='localhost', version='1.1'):
    asked = Asked()
    gate = Gate(asked.inner, Hosts(allowed), Proxies(networks(trusted)), plain.answer)
    pairs = [(name.lower().encode(), value if isinstance(value, bytes) else value.encode()) for name, value in headers]
    if host is not None:
        pairs.insert(0, (b'host', host.encode('latin-1')))
    await gate({'type': kind, 'scheme': 'ws' if kind == 'websocket' else 'http', 'http_version': version, 'headers': pairs,
                'client': (client, 1), 'path': '/'}, None, asked.send)
    return asked


@pytest.mark.parametrize('cookies', [
    ['a="' + '\\"' * 30_000 + '"'], ['chatroom_session="' + '\\"' * 30_000 + '"'], ['chatroom_session=a\\"b'], ['a=1; b=2'],
    ['chatroom_sessions=x'], ['x chatroom_session=x'], ['chatroom_session'], [b'chatroom_session=\xff'], ['chatroom_session=a b'],
    ['CHATROOM_SESSION=x'], [';' * 16_000], ['=' * 16_000], ['session=x', 'chatroom_session=x,y'], ['']])
async def test_nothing_that_might_be_unquoted_gets_further(cookies):
    """Python's own way to read them takes quadratic time: 60 KB stop the server for 9 seconds (CVE-2024-7592)."""
    assert (await ask(*[('Cookie', cookie) for cookie in cookies])).header('cookie') == []


@pytest.mark.parametrize(('cookies', 'ours'), [
    (['a="x; chatroom_session=T-_9; b'], 'chatroom_session=T-_9'),
    (['chatroom_session=first; chatroom_session=second'], 'chatroom_session=first'),
    (['chatroom_session="odd"; chatroom_session=even'], 'chatroom_session=even'),
    (['chatroom_nonce=n', 'x=y', 'chatroom_session=s; chatroom_known=k'], 'chatroom_nonce=n; chatroom_session=s; chatroom_known=k'),
    (['chatroom_known_5000=k; chatroom_known_5001=x; chatroom_known=old'], 'chatroom_known_5000=k; chatroom_known=old'),
    (['prefs={"a":1}; \t chatroom_session=s \t;;=;'], 'chatroom_session=s'), (['chatroom_session='], 'chatroom_session=')])
async def test_our_own_cookies_get_further_in_one_header(cookies, ours):
    for kind in ('http', 'websocket'):
        assert (await ask(*[('Cookie', cookie) for cookie in cookies], kind=kind)).header('cookie') == [ours]


CLAIMS = [('X-Forwarded-For', '198.51.100.1'), ('X-Forwarded-Proto', 'https'), ('X-Forwarded-Host', 'chat.example.org'),
          ('X-Forwarded-Prefix', '/chat'), ('Forwarded', 'for=198.51.100.1')]


@pytest.mark.parametrize('client', ['203.0.113.7', '127.0.0.1', '::1', '11.0.0.1', '::ffff:11.0.0.1', 'nonsense'])
@pytest.mark.parametrize('spelled', [str.title, lambda name: name.replace('-', '_')])
async def test_who_is_no_trusted_proxy_claims_in_vain(client, spelled):
    asked = await ask(*[(spelled(name), value) for name, value in CLAIMS], client=client)
    assert (asked.scope['client'][0], asked.scope['scheme']) == (client.removeprefix('::ffff:'), 'http')
    assert asked.scope['headers'] == [(b'host', b'localhost')]


async def test_the_log_says_once_which_setting_is_missing(caplog):
    asked, proxies = Asked(), Proxies(networks('127.0.0.1'))
    gate = Gate(asked.inner, Hosts(()), proxies, plain.answer)
    for claim, value in CLAIMS * 3:
        await gate({'type': 'http', 'scheme': 'http', 'http_version': '1.1', 'client': ('203.0.113.7', 1), 'path': '/',
                    'headers': [(b'host', b'localhost'), (claim.lower().encode(), value.encode())]}, None, asked.send)
    said = [record.getMessage() for record in caplog.records if record.levelno >= logging.WARNING]
    assert len(said) == 1
    assert 'CHATROOM_TRUSTED_PROXIES' in said[0]
    assert '203.0.113.7' in said[0]


@pytest.mark.parametrize('client', ['10.1.2.3', '::ffff:10.1.2.3'])
async def test_a_trusted_proxy_is_believed(client):
    asked = await ask(*CLAIMS, client=client)
    assert (asked.scope['client'][0], asked.scope['scheme']) == ('198.51.100.1', 'https')
    assert asked.scope['headers'] == [(b'host', b'chat.example.org'), (b'x-forwarded-prefix', b'/chat')]
    assert (await ask(*CLAIMS, client=client, kind='websocket')).scope['scheme'] == 'wss'


@pytest.mark.parametrize(('said', 'found'), [
    (['198.51.100.1, 203.0.113.9'], '203.0.113.9'), (['198.51.100.1', '203.0.113.9, 10.2.2.2'], '203.0.113.9'),
    (['10.9.9.9, 10.2.2.2'], '10.9.9.9'), (['203.0.113.9, unknown'], '10.1.2.3'), (['203.0.113.9, unknown, 10.2.2.2'], '10.2.2.2'),
    (['203.0.113.9:4711'], '203.0.113.9'), (['[2001:db8::1]:4711'], '2001:db8::1'), (['2001:db8::1'], '2001:db8::1'),
    (['::ffff:203.0.113.9'], '203.0.113.9'), (['fe80::1%eth0<script>'], 'fe80::1'), ([''], '10.1.2.3'),
    (['203.0.113.9,' + '10.2.2.2,' * 5000 + '10.2.2.2'], '10.2.2.2')])
async def test_what_stands_before_the_last_stranger_may_be_made_up(said, found):
    asked = await ask(*[('X-Forwarded-For', value) for value in said], client='10.1.2.3')
    assert asked.scope['client'][0] == found


@pytest.mark.parametrize('prefix', ['//evil.example', 'https://evil.example', '/a"b', '/a/../b<', '\\evil', '/a b', '/a//evil.example'])
async def test_a_prefix_leads_nowhere_else(prefix):
    """Proxies hand on what they do not know, also from strangers."""
    assert (await ask(('X-Forwarded-Prefix', prefix), client='10.1.2.3')).header('x-forwarded-prefix') == []


@pytest.mark.parametrize(('peer', 'leads_to'), [('127.0.0.1', '/team/chat/'), ('203.0.113.7', '/')])
def test_a_prefix_that_is_believed_stands_before_where_we_lead(make_server, peer, leads_to):
    proxies = '203.0.113.7' if peer != '127.0.0.1' else '127.0.0.1'
    server = make_server(CHATROOM_TRUSTED_PROXIES=proxies).start()
    answer = httpx.get(server.url + '/chat', headers={'X-Forwarded-Prefix': '/team/chat'}, follow_redirects=False)
    assert (answer.status_code, answer.headers['location']) == (303, leads_to)


@pytest.mark.parametrize('kind', ['http', 'websocket'])
@pytest.mark.parametrize('host', [
    'evil.example', 'example.net', 'chat.example.org.evil.example', 'xchat.example.org', '1.2.3.4.evil.example', '127.1', '2130706433',
    '0x7f000001', '[::1', '[1.2.3.4]', '[evil]', 'localhost@evil.example', 'localhost/', 'localhost#', 'local host', '', ' ', '*.example.net',
    'localhost:', 'localhost:x', 'localhost:123456', 'évil', '-' * 9000])
async def test_a_foreign_name_is_not_answered(host, kind):
    """A page of another site could let its name stand for our address, and read what its visitors may read here."""
    for asked in (await ask(host=host, kind=kind), await ask(('X-Forwarded-Host', host.strip() or '?'), client='10.1.2.3', kind=kind)):
        assert asked.scope is None
        assert asked.status == 421
        assert b'CHATROOM_ALLOWED_HOSTS' in asked.sent[1]['body']
        assert not host.strip() or host.encode() not in asked.sent[1]['body']


@pytest.mark.parametrize('host', [
    'localhost', 'LOCALHOST:5000', 'a.localhost', 'localhost.', '127.0.0.1', '192.0.2.5:80', '[::1]:5000', '[2001:db8::1]', 'chat.example.org',
    'Chat.Example.org:8443', 'a.example.net', 'a.b.example.net'])
async def test_our_own_names_are_answered(host):
    assert (await ask(host=host)).scope


async def test_a_machine_knows_its_own_name(monkeypatch):
    monkeypatch.setattr('socket.gethostname', lambda: 'Box')
    monkeypatch.setattr('socket.getfqdn', lambda name: f'{name}.lan')
    for host in ('box', 'box.local', 'BOX.local:5000'):
        assert (await ask(host=host)).scope


@pytest.mark.parametrize('kind', ['http', 'websocket'])
async def test_a_request_says_once_where_it_goes(kind):
    assert (await ask(host=None, kind=kind)).status == 400
    assert (await ask(('Host', 'localhost'), kind=kind)).status == 400
    assert (await ask(host=None, version='1.0')).scope


@pytest.mark.parametrize('path', ['/', '/chat', '/nothing', '/login', '/login/', '/favicon.ico', '/socket.io/', '/_nicegui_ws/x', '/session/x'])
def test_no_answer_goes_out_bare(server, path):
    for method in ('GET', 'POST', 'HEAD', 'OPTIONS'):
        headers = httpx.request(method, server.url + path).headers
        assert {name: headers.get(name) for name in HEADERS} == HEADERS
        assert 'server' not in headers
    assert "connect-src 'self';" in HEADERS['Content-Security-Policy']


@pytest.mark.parametrize(('head', 'status'), [
    (b'GET / HTTP/1.1\r\nX: ' + b'x' * 40_000, 431), (b'GET /' + b'x' * 9_000 + b' HTTP/1.1', 414), (b'GET / HTTP/1.1\r\nA B: x', 400),
    (b'\x16\x03\x01', 400), (b'GET / HTTP/9', 400),
])
def test_no_refusal_of_what_is_not_read_goes_out_bare(server, head, status):
    with socket.create_connection(('127.0.0.1', server.port), timeout=10) as connection:
        connection.sendall(head + b'\r\n\r\n')
        answer = HTTPResponse(connection)
        answer.begin()
        assert (answer.status, json.load(answer).keys()) == (status, {'error'})
    assert {name: answer.headers.get(name) for name in HEADERS} == HEADERS
    assert answer.headers['cache-control'] == 'no-store'
    assert 'server' not in answer.headers


def test_what_may_change_is_not_kept(server):
    with httpx.Client(base_url=server.url) as browser:
        for file in re.findall(r'="(/(?:_nicegui|assets)/[^"]+)"', browser.get('/').text):
            assert 'immutable' in browser.get(file).headers['cache-control']
            missing = browser.get(file + 'x')
            assert (missing.status_code, missing.headers['cache-control']) == (404, 'no-store')
        assert browser.get('/login/').headers['cache-control'] == 'no-store'


@pytest.mark.parametrize('length', [0, 1, PIECE, PIECE + 1, 3 * PIECE, 1_400_000])
async def test_a_response_is_sent_in_pieces(length):
    """Who asks for a file of a megabyte and reads nothing costs no more than one piece of it."""
    body = bytes(range(256)) * (length // 256) + b'x' * (length % 256)

    async def inner(scope, receive, send):
        await send({'type': 'http.response.start', 'status': 200, 'headers': []})
        await send({'type': 'http.response.body', 'body': body, 'more_body': True})
        await send({'type': 'http.response.body'})

    asked = Asked()
    await Gate(inner, Hosts(()), Proxies(()), plain.answer)(
        {'type': 'http', 'scheme': 'http', 'http_version': '1.1', 'client': None, 'path': '/', 'headers': [(b'host', b'localhost')]},
        None, asked.send)
    pieces = [message.get('body', b'') for message in asked.sent[1:]]
    assert b''.join(pieces) == body
    assert max(map(len, pieces)) <= PIECE
    assert [message.get('more_body', False) for message in asked.sent[1:]] == [True] * (len(pieces) - 1) + [False]


async def test_the_scheme_is_a_part_of_an_origin(server):
    """A page that came by http may be anybody's between it and us; behind a proxy, its visitors come by https."""
    by_https = {'X-Forwarded-Proto': 'https'}
    origins = [(server.url, {}, True), (server.url.replace('http', 'https'), {}, False),
               (server.url, by_https, False), (server.url.replace('http', 'https'), by_https, True)]
    cookie = server.cookie('ann')['chatroom_session']
    for origin, headers, is_own in origins:
        assert (server.post('/logout', headers={'Origin': origin, **headers}).status_code == 303) == is_own
        for transport in ('websocket', 'polling'):
            answer = httpx.get(f'{server.url}/socket.io/?EIO=4&transport={transport}', headers={
                'Origin': origin, 'Cookie': f'chatroom_session={cookie}', **headers, **(UPGRADE if transport == 'websocket' else {})})
            assert (answer.status_code in {101, 200}) == is_own


async def test_the_gate_stands_outside_of_everything(user):
    """Fails when NiceGUI or Starlette build their application in another way."""
    assert (await user.http_client.get('/', headers={'Host': 'evil.example'})).status_code == 421
    assert isinstance(core.app.middleware_stack, Gate)
    assert isinstance(core.app.middleware_stack.inner, ServerErrorMiddleware)


def test_a_socket_by_a_foreign_name_is_refused(server):
    assert httpx.get(f'{server.url}/socket.io/?EIO=4&transport=websocket', headers={'Host': 'evil.example', **UPGRADE}).status_code == 421

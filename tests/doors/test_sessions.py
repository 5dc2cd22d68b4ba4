"""Two cookies for one session: browsers send cookies to every port of a host, and other servers have theirs there."""
import asyncio

import httpx
import pytest
from socketio.exceptions import ConnectionError as NotLetIn

from tests.running import PASSWORD, PATIENCE, Program, Server

SHARED = 'chatroom_session'


def own(server):
    return f'{SHARED}_{server.port}'


def who(server, jar):
    """Whose chat page it is."""
    page = httpx.get(f'{server.url}/chat', cookies=jar)
    return None if page.status_code == 303 else page.text.split('"data-name":"')[1].split('"')[0]


@pytest.fixture
def two(tmp_path):
    for name in ('one', 'two'):
        (tmp_path / name).mkdir()
    with Server(tmp_path / 'one') as one, Server(tmp_path / 'two') as other:
        yield one, other


def enter(browser, server, name, door='register'):
    response = browser.post(f'{server.url}/{door}', data={'username': name, 'password': PASSWORD})
    assert response.status_code == 303, response.text
    return response


def test_one_browser_stays_logged_in_to_two_servers_of_one_host(two):
    one, other = two
    with httpx.Client() as browser:
        enter(browser, one, 'ann')
        enter(browser, other, 'bob')
        assert set(browser.cookies) >= {SHARED, own(one), own(other)}
        for _ in range(2):
            assert [who(server, browser.cookies) for server in two] == ['ann', 'bob'], 'whichever page is loaded'
            for server in two:
                browser.get(f'{server.url}/chat')
        assert browser.cookies[SHARED] == browser.cookies[own(other)], 'a page that is loaded takes nothing from another server'
        browser.post(f'{one.url}/logout')
        assert [who(server, browser.cookies) for server in two] == [None, 'bob']
        assert browser.cookies[SHARED] == browser.cookies[own(other)]
        enter(browser, one, 'ann', 'login')
        browser.post(f'{one.url}/logout')
        assert SHARED not in browser.cookies, 'it was the session that ended'
        assert [who(server, browser.cookies) for server in two] == [None, 'bob']


def test_both_cookies_are_alike(server):
    server.cookie('ann')
    for headers in ({}, {'X-Forwarded-Proto': 'https'}):
        response = server.post('/login', 'ann', headers=headers)
        said = dict(line.split('=', 1) for line in response.headers.get_list('set-cookie'))
        assert said[SHARED] == said[own(server)]
        assert ('Secure' in said[SHARED]) == bool(headers)


@pytest.mark.parametrize(('of_own', 'of_shared', 'name'), [
    ('ann', 'ann', 'ann'), ('ann', 'bob', 'ann'), (None, 'bob', 'bob'), ('ann', None, 'ann'), ('made-up', 'bob', 'bob'), ('', 'bob', 'bob'),
    ('ann', 'made-up', 'ann'), ('made-up', 'made-up', None), (None, None, None), ('over', 'bob', 'bob')])
async def test_which_session_counts(server, of_own, of_shared, name):
    tokens = {each: (await asyncio.to_thread(server.cookie, each))[SHARED] for each in ('ann', 'bob', 'over')}
    await asyncio.to_thread(server.post, '/logout', cookies={SHARED: tokens['over']})
    shown = {own(server): of_own, SHARED: of_shared}
    jar = {cookie: tokens.get(token, token) for cookie, token in shown.items() if token is not None}
    assert await asyncio.to_thread(who, server, jar) == name
    header = '; '.join(f'{cookie}={token}' for cookie, token in jar.items())
    for transports in (['websocket'], ['polling', 'websocket']):
        program, how = Program(), {'headers': {'Cookie': header}, 'transports': transports, 'wait_timeout': PATIENCE}
        if name is None:
            with pytest.raises(NotLetIn):
                await program.sio.connect(server.url, **how)
        else:
            await program.sio.connect(server.url, **how)
            sent = await program.ask('send_message', 'x')
            (entry,) = (await program.ask('history', {'room': 1, 'after': sent['id'] - 1}))['messages']
            assert entry['username'] == name
            await program.sio.disconnect()


@pytest.mark.parametrize('cookie', ['chatroom_session_1', 'chatroom_session_', 'chatroom_session_x', 'chatroom_sessions'])
def test_the_cookie_of_another_server_is_none_of_ours(server, cookie):
    assert who(server, {cookie: server.cookie('ann')[SHARED]}) is None


@pytest.mark.parametrize(('of_shared', 'cleared'), [('ann', True), ('bob', False), ('made-up', False), (None, False)])
def test_logging_out_takes_the_shared_cookie_only_with_its_own_session(server, of_shared, cleared):
    tokens = {name: server.cookie(name)[SHARED] for name in ('ann', 'bob')}
    jar = {own(server): tokens['ann'], **({SHARED: tokens.get(of_shared, of_shared)} if of_shared else {})}
    response = httpx.post(f'{server.url}/logout', cookies=jar)
    gone = {line.split('=')[0] for line in response.headers.get_list('set-cookie') if 'Max-Age=0' in line}
    assert gone == {own(server), *([SHARED] if cleared else [])}
    assert who(server, {own(server): tokens['ann']}) is None


def test_a_program_that_knows_one_cookie_logs_in_and_out_by_it(server):
    token = server.cookie('ann')[SHARED]
    assert who(server, {SHARED: token}) == 'ann'
    again = server.post('/login', 'ann', cookies={SHARED: token})
    assert who(server, {SHARED: token}) is None, 'it was replaced'
    response = server.post('/logout', cookies={SHARED: again.cookies[SHARED]})
    assert {line.split('=')[0] for line in response.headers.get_list('set-cookie')} == {SHARED, own(server)}

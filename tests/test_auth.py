"""Accounts and sessions, at a real server."""
import asyncio
import socket
import sqlite3
import threading
import time
from contextlib import closing
from datetime import UTC, datetime, timedelta
from unicodedata import normalize

import bcrypt
import httpx
import pytest

import auth
from accounts import passwords
from tests.running import PASSWORD


def test_register_logs_in(server):
    response = server.post('/register', 'rita')
    assert (response.status_code, response.headers['location']) == (303, '/chat')
    cookie = response.headers['set-cookie']
    assert 'HttpOnly' in cookie
    assert 'SameSite=Lax' in cookie
    assert 'Secure' not in cookie
    assert f'Max-Age={30 * 24 * 3600}' in cookie


def test_the_cookie_is_secure_under_https(server):
    response = server.post('/register', 'sue', headers={'X-Forwarded-Proto': 'https'})
    assert 'Secure' in response.headers['set-cookie']


@pytest.mark.parametrize(('username', 'password', 'status'), [
    ('taken', PASSWORD, 409), ('TAKEN', PASSWORD, 409), ('', PASSWORD, 422), ('a b', PASSWORD, 422), ('x' * 33, PASSWORD, 422),
    ('here', PASSWORD, 422), ('ok', 'short', 422), ('ok', 'p' * 73, 422), ('ok', 'password', 422), ('okokokok', 'OkOkOkOk', 422),
    ('ok\0', PASSWORD, 422), ('<script>', PASSWORD, 422), ('ok\u202e', PASSWORD, 422)])
def test_register_refuses_with_one_sentence(server, username, password, status):
    server.cookie('taken')
    response = server.post('/register', username, password)
    assert (response.status_code, list(response.json())) == (status, ['error'])
    assert response.json()['error'].endswith('.')


@pytest.mark.parametrize('password', [PASSWORD, ' spaces kept ', 'pq' * 36, 'жш' * 18, '\0\1' * 4, '😀🎉' * 4, 'new\nline\r\n'])
def test_any_characters_are_a_password(server, password):
    name = f'n{abs(hash(password))}'
    assert server.post('/register', name, password).status_code == 303
    assert server.post('/login', name, password).status_code == 303
    assert server.post('/login', name, password.strip() + '!').status_code == 401


@pytest.mark.parametrize('password', [
    'a' * 8, 'aAaAaAaA', '1' * 72, ' ' * 8, '\0' * 8, '\n' * 9, 'ж' * 8, 'Жжжжжжжж', '密' * 8, '😀' * 8, 'é' * 8, 'e\u0301' * 8, 'कि' * 8,
    'ａaAaaaaa', '㎏' * 8, 'ß' * 8, 'ﷺ' * 8, '１1１1１1１1', '\u200b' * 8, '\ufe0f' * 8,
    '👍🏽' * 4, '👨\u200d👩\u200d👧' * 3, '❤️\u200d🔥' * 4, '🇩🇪' * 4, '🏴󠁧󠁢󠁥󠁮󠁧󠁿' * 2, 'a\u200b' * 4, 'a\u200da' * 3, 'a\xad' * 4])
def test_one_character_again_and_again_is_no_password(server, password):
    response = server.post('/register', 'kurt', password)
    assert (response.status_code, response.json()) == (422, {'error': 'This password is one character again and again: choose another one.'})


@pytest.mark.parametrize('password', ['Password123', 'ｐａｓｓｗｏｒｄ', 'PASSWORD', '１２３４５６７８'])
def test_a_common_password_is_refused_however_it_is_written(server, password):
    assert 'first that anybody would try' in server.post('/register', 'kurt', password).json()['error']


@pytest.mark.parametrize(('username', 'password'), [
    ('lena', 'wrong horse 7'), ('nobody', PASSWORD), ('', ''), ('lena', 'p' * 5000), ('le na', PASSWORD), ('lena\u200b', PASSWORD), (' ', PASSWORD),
    ('\0', PASSWORD)])
def test_wrong_names_and_passwords_are_told_the_same(server, username, password):
    server.cookie('lena')
    response = server.post('/login', username, password)
    assert (response.status_code, response.json()) == (401, {'error': 'Wrong username or password.'})
    assert 'set-cookie' not in response.headers


@pytest.mark.parametrize('typed', ['lena ', ' lena', '  Lena\t', 'lena\n', '\u00a0lena\u3000'])
def test_spaces_around_a_name_are_forgiven_where_one_logs_in(server, typed):
    """Keyboards of phones add one after a suggestion."""
    server.cookie('lena')
    assert server.post('/login', typed).status_code == 303
    assert server.post('/login', typed, 'wrong horse 7').status_code == 401
    assert server.post('/register', typed).status_code == 422


def test_spaces_around_a_name_give_no_more_attempts(make_server):
    with make_server(CHATROOM_RATE_LIMITS='on') as server:
        server.cookie('ann')
        assert [server.post('/login', 'ann' + ' ' * i, 'wrong').status_code for i in range(7)] == [401] * 5 + [429] * 2


SPELLED = ['grüße aus köln', 'pässword åäö', 'Ångström1', '한국어 비밀번호', 'ガギグゲゴパピプ', 'ḍ̇ạ̈ xyz1234', 'naïve café', 'क़ख़ग़ 1234', 'plain ascii 7']
'''Passwords that keyboards spell in more than one way, but for the last one.'''


@pytest.mark.parametrize('number', range(len(SPELLED)))
@pytest.mark.parametrize('first', ['NFC', 'NFD'])
def test_a_password_is_the_same_however_a_keyboard_spells_it(server, number, first):
    name, password = f'speller-{first}-{number}', SPELLED[number]
    assert server.post('/register', name, normalize(first, password)).status_code == 303
    for form in ('NFC', 'NFD'):
        assert server.post('/login', name, normalize(form, password)).status_code == 303, form
    for wrong in (password[:-1], normalize('NFD', password) + '!', password.swapcase() + '1'):
        assert server.post('/login', name, wrong).status_code == 401


@pytest.mark.parametrize('was', ['NFC', 'NFD'])
@pytest.mark.parametrize('typed', ['NFC', 'NFD'])
def test_hashes_of_before_go_on_working(server, was, typed):
    """They are of what was typed; after a login they are of NFC."""
    name, password = f'old-{was}-{typed}', 'grüße aus köln'
    server.cookie(name)

    def stored(new=None):
        with closing(sqlite3.connect(server.database)) as connection, connection:
            if new:
                connection.execute('UPDATE users SET password = ? WHERE username = ?', [new, name])
            return connection.execute('SELECT password FROM users WHERE username = ?', [name]).fetchone()[0]

    def is_of(form):
        return bcrypt.checkpw(normalize(form, password).encode(), stored().encode())

    stored(bcrypt.hashpw(normalize(was, password).encode(), bcrypt.gensalt(4)).decode())
    assert server.post('/login', name, normalize(typed, password)).status_code == 303
    until = time.monotonic() + 10
    while not is_of('NFC') and time.monotonic() < until:
        time.sleep(0.02)
    assert is_of('NFC')
    assert server.post('/login', name, normalize('NFD', password)).status_code == 303


def test_the_length_of_a_password_is_that_of_its_characters(server):
    assert server.post('/register', 'eight', normalize('NFD', 'é' * 4)).status_code == 422
    assert server.post('/register', 'eight', normalize('NFD', 'éàüöîñçå')).status_code == 303
    longest = normalize('NFD', 'éà' * 18)
    assert server.post('/register', 'longest', longest).status_code == 303, '72 bytes in NFC, though 108 were typed'
    assert server.post('/login', 'longest', longest).status_code == 303
    assert server.post('/login', 'longest', longest + 'x').status_code == 401
    assert server.post('/register', 'longer', 'éà' * 18 + 'x').status_code == 422


@pytest.mark.parametrize('form', ['NFC', 'NFD', 'mixed'])
@pytest.mark.parametrize('password', [*SPELLED, 'Ti\u00ea\u0301ng Vi\u1ec7t', '\u212bngstr\u00f6m', 'e\u0301\u00e9'])
def test_a_wrong_password_is_hashed_twice_at_the_most(password, form):
    """And so that both of what it may be a hash of are tried: NFC, and what was typed."""
    typed = password if form == 'mixed' else normalize(form, password)
    tried = passwords.spellings(typed)
    assert len(tried) == len({*tried}) <= 2
    assert tried[0] == normalize('NFC', password)
    assert typed in tried
    assert form == 'mixed' or {*tried} == {normalize('NFC', password), normalize('NFD', password)}


def test_long_passwords_are_not_spelled_in_other_ways():
    """Putting misordered marks in order takes quadratic time."""
    hostile = 'e' + '\u0316\u0301' * 100_000
    start = time.monotonic()
    assert passwords.spellings(hostile) == [hostile]
    assert time.monotonic() - start < 0.5


@pytest.mark.parametrize(('was', 'new', 'status'), [
    ('mia', 'мia', 303), ('caco', 'сасо', 409), ('Eva', 'ЕVА', 409), ('bob', 'bоb', 409), ('ann', 'аnn', 409), ('аxe', 'axe', 409), ('tom', 'torn', 303),
    ('ann', 'ａｎｎ', 409), ('bob7', 'bob٧', 303), ('hal1', 'hal١', 409), ('everybody', 'еveryone', 422), ('all-of-us', 'аll', 422), ('some', 'bob.', 422)])
def test_nobody_can_register_a_name_that_passes_for_another(make_server, was, new, status):
    with make_server() as server:
        server.cookie(was)
        response = server.post('/register', new)
        assert response.status_code == status, response.text
        if status == 409:
            assert response.json()['error'].endswith('another one.')


def test_names_that_pass_for_each_other_are_registered_once_though_at_the_same_time(server):
    made = []
    threads = [threading.Thread(target=lambda name=name: made.append(server.post('/register', name).status_code))
               for name in ('peace', 'реасе', 'pеace', 'peаce', 'ΡΕΑCΕ', 'peace')]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(made) == [303] + [409] * 5


@pytest.mark.parametrize('body', [
    {'data': {'username': 'ann'}}, {'data': {}}, {'json': {'username': 'ann', 'password': PASSWORD}}, {'content': b'\xff\xfe'},
    {'files': {'username': ('f', b'ann'), 'password': ('f', b'x')}},
    {'content': b'--x\r\n\r\n', 'headers': {'Content-Type': 'multipart/form-data; boundary=x'}},
    {'content': b'x', 'headers': {'Content-Type': 'multipart/form-data'}}])
@pytest.mark.parametrize('path', ['/register', '/login'])
def test_what_is_no_form_is_refused_with_one_sentence(server, path, body):
    response = httpx.post(server.url + path, **body)
    assert (response.status_code, list(response.json())) == (422, ['error'])


@pytest.mark.parametrize('body', [{'content': b'x' * 100_000}, {'data': {'username': 'ann', 'password': 'x' * 1_000_000}}])
@pytest.mark.parametrize('path', ['/register', '/login'])
def test_what_is_too_large_for_a_form_is_refused_with_one_sentence(server, path, body):
    response = httpx.post(server.url + path, **body)
    assert (response.status_code, list(response.json())) == (413, ['error'])


@pytest.mark.parametrize('path', ['/register', '/login'])
def test_who_hangs_up_in_the_middle_of_a_form_leaves_no_traceback(server, path):
    with socket.create_connection(('127.0.0.1', server.port)) as connection:
        connection.sendall(f'POST {path} HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n'
                           'Content-Type: application/x-www-form-urlencoded\r\n\r\nusername=a'.encode())
        time.sleep(0.2)
    time.sleep(0.2)
    assert 'Traceback' not in server.log


def test_the_form_may_be_multipart(server):
    form = {'username': (None, 'multi'), 'password': (None, PASSWORD)}
    assert httpx.post(server.url + '/register', files=form).status_code == 303


def test_a_session_opens_the_chat_and_nothing_else_does(server):
    cookie = server.cookie('tom')
    assert httpx.get(server.url + '/chat', cookies=cookie).status_code == 200
    assert httpx.get(server.url + '/', cookies=cookie).headers['location'] == '/chat'
    for wrong in ({}, {'chatroom_session': ''}, {'chatroom_session': 'x' * 2000}, {'session': cookie['chatroom_session']}):
        response = httpx.get(server.url + '/chat', cookies=wrong)
        assert (response.status_code, response.headers['location']) == (303, '/')


def test_the_database_keeps_no_token(server):
    token = server.cookie('una')['chatroom_session']
    assert token.encode() not in b''.join(path.read_bytes() for path in server.folder.glob('chatroom.db*'))


def test_log_out_ends_the_session_for_good(server):
    cookie = server.cookie('vic')
    response = httpx.post(server.url + '/logout', cookies=cookie)
    assert (response.status_code, response.headers['location']) == (303, '/')
    assert 'Max-Age=0' in response.headers['set-cookie']
    assert httpx.get(server.url + '/chat', cookies=cookie).status_code == 303
    assert httpx.get(server.url + '/logout', cookies=cookie).status_code == 405, 'a link can log nobody out'


async def test_log_out_cuts_the_programs_of_the_session(server):
    cookie = await asyncio.to_thread(server.cookie, 'wim')
    async with server.program('wim') as other_session:
        from tests.running import Program
        program = Program()
        await program.connect(server, cookie['chatroom_session'])
        await asyncio.to_thread(httpx.post, server.url + '/logout', cookies=cookie)
        async with asyncio.timeout(1):
            while program.sio.connected:
                await asyncio.sleep(0.01)
        assert (await other_session.ask('send_message', 'still here'))['id']
        assert program.heard == []


def test_closed_registration(make_server):
    with make_server(CHATROOM_REGISTRATION='closed') as server:
        response = server.post('/register', 'ann')
        assert (response.status_code, list(response.json())) == (403, ['error'])


def test_failed_logins_are_throttled_but_not_for_others(make_server):
    with make_server(CHATROOM_RATE_LIMITS='on') as server:
        server.cookie('ann')
        assert [server.post('/login', 'ann', 'wrong').status_code for _ in range(7)] == [401] * 5 + [429] * 2
        response = server.post('/login', 'ann')
        assert response.status_code == 429, 'also with the right password'
        assert 1 <= int(response.headers['retry-after']) <= 40
        assert list(response.json()) == ['error']
        assert server.post('/login', 'ann', headers={'X-Forwarded-For': '10.1.2.3'}).status_code == 303, 'from elsewhere'


def test_attempts_at_the_same_time_do_not_slip_through(make_server):
    with make_server(CHATROOM_RATE_LIMITS='on') as server:
        server.cookie('ann')
        answers = []
        threads = [threading.Thread(target=lambda: answers.append(server.post('/login', 'ann', 'wrong').status_code))
                   for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == [401] * 5 + [429] * 15


def test_being_used_moves_the_expiry(server):
    cookie = server.cookie('xena')

    def expiry(new=None):
        with closing(sqlite3.connect(server.database)) as connection, connection:
            where = "WHERE user = (SELECT id FROM users WHERE username = 'xena')"
            if new:
                connection.execute(f'UPDATE sessions SET expires_at = ? {where}', [new])
            return connection.execute(f'SELECT expires_at FROM sessions {where}').fetchone()[0]

    fresh = expiry()
    soon = (datetime.now(UTC) + timedelta(hours=1)).isoformat(timespec='milliseconds')
    expiry(soon)
    response = httpx.get(server.url + '/chat', cookies=cookie)
    assert response.status_code == 200
    assert 'Max-Age=2592000' in response.headers['set-cookie']
    assert expiry() >= fresh
    expiry((datetime.now(UTC) - timedelta(seconds=1)).isoformat(timespec='milliseconds'))
    assert httpx.get(server.url + '/chat', cookies=cookie).status_code == 303, 'what has expired stays so'


def test_a_ticket_is_good_once_and_in_its_browser_only():
    ticket = auth.issue_ticket(7, 'nonce')
    assert auth.redeem_ticket(ticket, 'nonce') == 7
    assert auth.redeem_ticket(ticket, 'nonce') is None, 'a second time'
    assert auth.redeem_ticket(auth.issue_ticket(7, 'nonce'), 'another nonce') is None, 'a foreign page can log nobody in'
    assert auth.redeem_ticket(auth.issue_ticket(7, 'nonce'), None) is None
    assert auth.redeem_ticket('no ticket', 'nonce') is None


def test_a_ticket_is_good_for_seconds(monkeypatch):
    ticket = auth.issue_ticket(7, 'nonce')
    later = time.monotonic() + auth.TICKET_SECONDS + 1
    monkeypatch.setattr(auth.time, 'monotonic', lambda: later)
    assert auth.redeem_ticket(ticket, 'nonce') is None


def test_a_wrong_ticket_leads_to_the_entry(server):
    response = httpx.get(server.url + '/session/wrong')
    assert (response.status_code, response.headers['location']) == (303, '/')
    assert 'set-cookie' not in response.headers

"""Starting, being unable to start, and stopping."""
import asyncio
import fcntl
import json
import os
import re
import signal
import socket
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import httpx
import pytest

from tests.running import MAIN, clean_environment, free_port, run_main


def start(folder, **settings):
    """Run the server in a folder where it can't start; return its status and what it said."""
    done = run_main(folder, **settings)
    assert done.stdout == ''
    assert len(done.stderr.splitlines()) == 1, done.stderr
    return done.returncode, done.stderr


def everything_in(folder):
    return {path.name: path.read_bytes() if path.is_file() else None for path in folder.iterdir()}


def test_first_start_makes_a_private_database_and_prints_one_line(make_server, tmp_path):
    with make_server() as server:
        assert server.log == f'Chatroom is ready at http://localhost:{server.port}\n'
        assert stat.S_IMODE(server.database.stat().st_mode) == 0o600
        assert all(stat.S_IMODE(path.stat().st_mode) == 0o600 for path in tmp_path.glob('chatroom.db*'))


@pytest.mark.parametrize(('name', 'value'), [
    ('PORT', 'x'), ('HOST', 'no.such.host.invalid'), ('HOST', '192.0.2.1'), ('HOST', 'a..b'), ('HOST', 'x' * 70), ('DATABASE', 'missing/chatroom.db'),
    ('DATABASE', '.'), ('DATABASE', '/proc/chatroom.db')])
def test_a_wrong_value_is_one_sentence_and_changes_nothing(tmp_path, name, value):
    status, sentence = start(tmp_path, **{f'CHATROOM_{name}': value})
    assert status == 2
    assert f'CHATROOM_{name}' in sentence or value in sentence
    assert everything_in(tmp_path) == {}


def test_a_port_in_use_changes_nothing(tmp_path, taken_port):
    status, sentence = start(tmp_path, CHATROOM_PORT=str(taken_port))
    assert (status, str(taken_port) in sentence) == (2, True)
    assert everything_in(tmp_path) == {}


@pytest.mark.parametrize('content', [b'hello', b'x' * 5000, b'SQLite format 3\0', b'SQLite format 3\0' + b'\xff' * 4096])
def test_a_file_that_is_no_database_is_left_alone(tmp_path, content):
    (tmp_path / 'chatroom.db').write_bytes(content)
    assert start(tmp_path)[0] == 2
    assert everything_in(tmp_path) == {'chatroom.db': content}


@pytest.mark.parametrize(('script', 'words'), [
    ('PRAGMA application_id = 1130914164; PRAGMA user_version = 999', 'newer version'),
    ('PRAGMA user_version = 7', 'another program'),
    ('CREATE TABLE bookmarks (id)', 'another program'),
    ('CREATE TABLE users (id, name)', 'another program'),
    ('CREATE TABLE users (id, username, password); CREATE TABLE orders (id)', 'another program')])
@pytest.mark.parametrize('mode', ['delete', 'wal'])
def test_a_database_that_is_not_for_us_is_left_alone(tmp_path, script, words, mode):
    connection = sqlite3.connect(tmp_path / 'chatroom.db')
    connection.executescript(f'PRAGMA journal_mode = {mode}; CREATE TABLE t (x); DROP TABLE t; {script}')
    connection.close()
    before = everything_in(tmp_path)
    status, sentence = start(tmp_path)
    assert (status, words in sentence) == (2, True)
    assert everything_in(tmp_path) == before


@pytest.mark.parametrize('signal_number', [signal.SIGINT, signal.SIGTERM])
async def test_a_signal_ends_it_cleanly_with_everything_stored(make_server, signal_number):
    """It ends so with browsers connected and messages under way, too; what was acknowledged is in the file itself."""
    server = make_server().start()
    acknowledged = []
    async with server.program('ann') as ann:
        async def talk():
            while True:
                acknowledged.append((await ann.ask('send_message', f'message {len(acknowledged)}'))['id'])

        talking = asyncio.create_task(talk())
        while len(acknowledged) < 20:
            await asyncio.sleep(0.01)
        assert await asyncio.to_thread(server.stop, signal_number) == 0
        talking.cancel()
        await asyncio.gather(talking, return_exceptions=True)
    assert not (server.folder / 'chatroom.db-wal').exists()
    with sqlite3.connect(server.database) as connection:
        stored = {row[0] for row in connection.execute('SELECT id FROM messages')}
        assert connection.execute('PRAGMA integrity_check').fetchone() == ('ok',)
    connection.close()
    assert set(acknowledged) <= stored


@pytest.mark.parametrize('name', [':memory:', 'file:chat.db', 'file:chat.db?mode=memory'])
def test_the_name_of_the_database_is_a_path_and_nothing_else(make_server, name):
    with make_server(CHATROOM_DATABASE=name) as server:
        server.cookie('ann')
        assert {path.name.split('-')[0] for path in server.folder.iterdir()} == {name.split('-')[0], 'log'}


@pytest.mark.parametrize('again', [signal.SIGINT, signal.SIGTERM])
async def test_impatience_changes_nothing(make_server, again):
    """A second Ctrl-C, a client that waits in a long poll, a form that never ends."""
    server = make_server().start()
    cookie = server.cookie('ann')
    form = socket.create_connection(('127.0.0.1', server.port))
    form.sendall(b'POST /login HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nusername=a')
    async with server.program('bob'), httpx.AsyncClient(base_url=server.url, cookies=cookie, timeout=20) as client:
        url = '/socket.io/?EIO=4&transport=polling'
        sid = json.loads((await client.get(url)).text[1:])['sid']
        await client.post(f'{url}&sid={sid}', content='40')
        await client.get(f'{url}&sid={sid}')
        poll = asyncio.create_task(client.get(f'{url}&sid={sid}'))
        await asyncio.sleep(0.2)
        server.process.send_signal(signal.SIGINT)
        await asyncio.sleep(0.05)
        assert await asyncio.to_thread(server.stop, again) == 0
        await asyncio.gather(poll, return_exceptions=True)
    form.close()
    assert not (server.folder / 'chatroom.db-wal').exists()


@pytest.mark.parametrize('seconds', [0.1, 0.5, 0.9, 1.2])
def test_an_interrupted_start_leaves_no_traceback(tmp_path, seconds):
    process = subprocess.Popen([sys.executable, str(MAIN)], cwd=tmp_path, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL,
                               env=clean_environment(CHATROOM_PORT=str(free_port())))
    wait_for_main(process)
    time.sleep(seconds)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=10)
    assert said == b''


def wait_for_main(process):
    """Python itself begins by catching SIGINT, and before that is over an interrupt is no matter of ours."""
    def is_caught():
        return int(re.search(r'SigCgt:\s+(\w+)', Path(f'/proc/{process.pid}/status').read_text())[1], 16) & 1 << signal.SIGINT - 1

    until = time.monotonic() + 5
    for is_wanted in (True, False):
        while bool(is_caught()) is not is_wanted and time.monotonic() < until:
            time.sleep(0.001)


def test_a_second_start_keeps_everything(make_server):
    server = make_server()
    with server:
        cookie = server.cookie('ann')
    before = set(server.folder.glob('chatroom.db*'))
    with server:
        assert httpx.get(server.url + '/chat', cookies=cookie).status_code == 200
        assert server.post('/login', 'ann').status_code == 303
    assert set(server.folder.glob('chatroom.db*')) == before


def test_of_two_first_starts_one_is_refused(make_server, tmp_path):
    """The database is taken before there is one."""
    with (tmp_path / 'chatroom.db').open('a') as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        status, sentence = start(tmp_path)
        assert (status, 'stop it first' in sentence) == (2, True)
        assert (tmp_path / 'chatroom.db').exists()
    with make_server() as server:
        server.cookie('ann')


def test_a_pipe_is_no_database(tmp_path):
    os.mkfifo(tmp_path / 'chatroom.db')
    status, sentence = start(tmp_path)
    assert (status, 'is no file' in sentence) == (2, True)


def test_a_name_that_is_too_long_is_one_sentence(tmp_path):
    assert start(tmp_path, CHATROOM_DATABASE='x' * 300)[0] == 2


@pytest.mark.parametrize('how', ['>&-', '> /dev/full', '| true', '>&- 2>&-'])
def test_nobody_needs_to_listen_to_what_it_says(tmp_path, how):
    port = free_port()
    script = f'exec {sys.executable} {MAIN} {how}' if '|' not in how else f'{sys.executable} {MAIN} {how}; sleep 30'
    with (tmp_path / 'said').open('wb') as said:
        shell = subprocess.Popen(['bash', '-c', script], cwd=tmp_path, stderr=said, start_new_session=True,
                                 env=clean_environment(CHATROOM_PORT=str(port)))
    until = time.monotonic() + 15
    while time.monotonic() < until:
        with suppress(httpx.TransportError):
            assert httpx.get(f'http://127.0.0.1:{port}').status_code == 200
            break
        time.sleep(0.05)
    else:
        pytest.fail('it does not run')
    os.killpg(shell.pid, signal.SIGTERM)
    shell.wait(timeout=10)
    assert (tmp_path / 'said').read_text() == ''

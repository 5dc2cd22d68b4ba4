"""Copies of a running database, and putting one back."""
import asyncio
import signal
import sqlite3
import stat
import subprocess
import sys
import time
from contextlib import closing

import pytest

from tests.running import MAIN, PASSWORD, clean_environment, free_port, run_main


def run(server, *arguments):
    return run_main(server.folder, *arguments)


def texts(path):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute('PRAGMA integrity_check').fetchone() == ('ok',)
        return [row[0] for row in connection.execute('SELECT body FROM messages WHERE system IS NULL ORDER BY id')]


async def test_a_backup_while_messages_flow_is_whole_and_private(make_server):
    with make_server() as server:
        async with server.program('ann') as ann:
            async def talk():
                for i in range(300):
                    await ann.ask('send_message', f'{i}')

            talking = asyncio.create_task(talk())
            await asyncio.sleep(0.2)
            done = await asyncio.to_thread(run, server, 'backup', 'copy.db')
            assert (done.returncode, done.stdout) == (0, 'The backup is copy.db.\n'), done.stderr
            await talking
    stored = texts(server.folder / 'copy.db')
    assert stored == [f'{i}' for i in range(len(stored))]
    assert stat.S_IMODE((server.folder / 'copy.db').stat().st_mode) == 0o600


async def test_what_is_restored_is_what_was_backed_up_and_the_rest_is_kept(make_server):
    server = make_server().start()
    async with server.program('ann') as ann:
        await ann.ask('send_message', 'before')
        epoch = (await ann.ask('changes', {'room': 1, 'since': 0}))['epoch']
        assert run(server, 'backup', 'copy.db').returncode == 0
        await ann.ask('send_message', 'after')
        refused = run(server, 'restore', 'copy.db')
        assert (refused.returncode, 'stop it first' in refused.stderr) == (2, True)
    server.stop()
    done = run(server, 'restore', 'copy.db')
    assert done.returncode == 0, done.stderr
    (kept,) = server.folder.glob('chatroom.db.replaced-*')
    assert texts(kept) == ['before', 'after']
    assert texts(server.database) == ['before']
    assert stat.S_IMODE(server.database.stat().st_mode) == 0o600
    with server:
        assert server.post('/login', 'ann', PASSWORD).status_code == 303
        async with server.program('ann') as ann:
            assert (await ann.ask('changes', {'room': 1, 'since': 0}))['epoch'] != epoch


@pytest.mark.parametrize('content', [None, b'', b'no database', b'SQLite format 3\0' + b'\xff' * 5000])
def test_what_is_no_backup_replaces_nothing(make_server, content):
    server = make_server()
    with server:
        server.cookie('ann')
    before = server.database.read_bytes()
    if content is not None:
        (server.folder / 'copy.db').write_bytes(content)
    done = run(server, 'restore', 'copy.db')
    assert (done.returncode, len(done.stderr.splitlines())) == (2, 1)
    assert server.database.read_bytes() == before
    assert {path.name for path in server.folder.iterdir()} <= {'chatroom.db', 'copy.db', 'log'}


def test_a_damaged_backup_replaces_nothing(make_server):
    server = make_server()
    with server:
        for i in range(30):
            server.cookie(f'user{i}')
    assert run(server, 'backup', 'copy.db').returncode == 0
    content = bytearray((server.folder / 'copy.db').read_bytes())
    content[4096 * 3:4096 * 6] = b'\x55' * 4096 * 3
    (server.folder / 'copy.db').write_bytes(content)
    assert run(server, 'restore', 'copy.db').returncode == 2
    with server:
        assert server.post('/login', 'user1', PASSWORD).status_code == 303


def test_a_database_without_tables_is_no_backup(make_server):
    server = make_server()
    with server:
        server.cookie('ann')
    with closing(sqlite3.connect(server.folder / 'copy.db')) as connection:
        connection.execute('VACUUM')
    done = run(server, 'restore', 'copy.db')
    assert (done.returncode, 'empty' in done.stderr or 'no SQLite' in done.stderr) == (2, True), done.stderr
    with server:
        assert server.post('/login', 'ann', PASSWORD).status_code == 303


async def test_a_backup_that_is_killed_leaves_no_half_file(make_server):
    with make_server() as server:
        async with server.program('ann') as ann:
            for _ in range(40):
                await asyncio.gather(*(ann.ask('send_message', 'x' * 3900) for _ in range(50)))
        copy, killed = server.folder / 'copy.db', 0
        for _ in range(9):
            process = subprocess.Popen([sys.executable, str(MAIN), 'backup', 'copy.db'], cwd=server.folder, env=clean_environment())
            while process.poll() is None and not (server.folder / 'copy.db.unfinished').exists():
                await asyncio.sleep(0.001)
            process.kill()
            process.wait()
            killed += not copy.exists()
            if copy.exists():  # it was done before it was killed
                assert len(texts(copy)) == 2000
                copy.unlink()
        assert killed
        assert run(server, 'backup', 'copy.db').returncode == 0
        assert not list(server.folder.glob('*unfinished*'))
    assert len(texts(server.folder / 'copy.db')) == 2000


@pytest.mark.parametrize('number', [signal.SIGINT, signal.SIGTERM])
def test_a_command_that_is_stopped_does_not_look_done(make_server, number):
    server = make_server()
    with server:
        process = subprocess.Popen([sys.executable, str(MAIN), 'backup', 'copy.db'], cwd=server.folder, stderr=subprocess.PIPE,
                                   env=clean_environment())
        time.sleep(0.8)
        process.send_signal(number)
        said = process.communicate()[1]
        assert (process.returncode in {0, 128 + number, -number}, said) == (True, b'')
        assert process.returncode or (server.folder / 'copy.db').exists()


def test_a_backup_overwrites_nothing(make_server):
    server = make_server()
    with server:
        (server.folder / 'copy.db').write_text('mine')
        done = run(server, 'backup', 'copy.db')
    assert (done.returncode, (server.folder / 'copy.db').read_text()) == (2, 'mine')
    assert run(server, 'backup', 'no/such/folder').returncode == 2


def test_a_second_server_on_the_same_database_is_refused(make_server):
    with make_server() as server:
        second = run_main(server.folder, CHATROOM_PORT=str(free_port()))
        assert (second.returncode, 'stop it first' in second.stderr) == (2, True)
        server.cookie('ann')
    with server:
        server.cookie('ann')


def test_an_unknown_command_is_explained(make_server):
    server = make_server()
    with server:
        done = run(server, 'destroy', 'everything')
    assert done.returncode == 2
    assert 'backup' in done.stderr

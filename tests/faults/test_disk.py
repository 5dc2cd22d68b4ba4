"""The disk is full, or somebody else holds the database."""
import asyncio
import os
import re
import resource
import signal
import sqlite3
import subprocess
from contextlib import AsyncExitStack, closing, contextmanager, suppress

import httpx
import pytest
from playwright.async_api import expect

from tests.browser.acting import say
from tests.running import Server, run_main

from .accounting import stored, texts_stored


@pytest.fixture
def small_disk(tmp_path):
    """A file system of 3 MB."""
    folder = tmp_path / 'disk'
    folder.mkdir()
    if subprocess.run(['mount', '-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', str(folder)], check=False, capture_output=True).returncode:
        if os.environ.get('CI'):
            pytest.fail('CI can not mount a small disk')
        pytest.skip('needs the right to mount a small file system')
    yield folder
    subprocess.run(['umount', '-l', str(folder)], check=True)


async def test_a_full_disk_refuses_what_it_can_not_keep_and_goes_on_when_there_is_room(small_disk):
    async with AsyncExitStack() as stack:
        server = stack.enter_context(Server(small_disk))
        programs = [await stack.enter_async_context(server.program(f'ann{i}')) for i in range(20)]
        filler = small_disk / 'filler'
        acknowledged, refused = {}, []

        async def send(program, name):
            answer = await program.ask('send_message', {'message': name + 'x' * 3000, 'client_id': name})
            if 'id' in answer:
                acknowledged[name] = answer['id']
            else:
                assert answer['code'] == 'unavailable'
                refused.append(name)

        await asyncio.gather(*(send(program, f'first{i}') for i, program in enumerate(programs)))
        assert refused == []
        with filler.open('wb', buffering=0) as file:
            with suppress(OSError):
                while file.write(b'\0' * 4096):
                    pass
            file.truncate(file.tell() - 40 * 4096)
        for batch in range(10):
            await asyncio.gather(*(send(program, f'{batch}-{i}') for i, program in enumerate(programs)))
        assert refused, 'it was full'
        assert (await programs[0].ask('history', {'room': 1, 'limit': 5}))['messages'], 'reading goes on'
        filler.unlink()
        late = [await programs[0].ask('send_message', {'message': 'room again', 'client_id': 'late'})]
        assert 'id' in late[0], late
        acknowledged['late'] = late[0]['id']
        assert 'Traceback' not in server.log
    assert {row[0]: row[1] for row in stored(server.database)} == acknowledged, 'exactly what was answered as stored'


@pytest.mark.browser
@pytest.mark.parametrize('seconds', [3, 10])
async def test_a_database_locked_by_another_process_is_a_delay_or_an_answer(make_server, open_chat, seconds):
    """A page keeps its text and sends it when the database is free again."""
    with make_server() as server:
        async with server.program('ann') as ann, server.program('bob') as bob, server.program('carl') as carl:
            page, cookie = await open_chat('dora', of=server), server.cookie('emil')
            await ann.ask('send_message', {'message': 'before', 'client_id': 'before'})
            other = sqlite3.connect(server.database, isolation_level=None)
            other.execute('BEGIN IMMEDIATE')
            sending = {name: asyncio.create_task(program.ask('send_message', {'message': name, 'client_id': name}))
                       for name, program in (('ann', ann), ('bob', bob))}
            await say(page, 'from the page')
            await asyncio.sleep(seconds)
            assert (await carl.ask('history', {'room': 1}))['messages'], 'reading goes on'
            assert (await asyncio.to_thread(httpx.get, server.url + '/chat', cookies=cookie)).status_code == 200
            await expect(page.locator('.pending')).to_have_text('from the page')
            other.execute('ROLLBACK')
            other.close()
            answers = {name: await answer for name, answer in sending.items()}
            assert 'id' in await ann.ask('send_message', {'message': 'after', 'client_id': 'after'})
            await expect(page.locator('article').get_by_text('from the page')).to_be_visible(timeout=15_000)
            await expect(page.locator('.pending')).to_have_count(0)
    refused = {name for name, answer in answers.items() if answer.get('code') == 'unavailable'}
    assert bool(refused) == (seconds > 5)
    assert sorted(texts_stored(server.database)) == sorted({'before', 'after', 'from the page', *answers} - refused)


async def test_what_can_not_be_written_is_refused_until_it_can(make_server, obstacle):
    """Whether the file system fails or the file was moved away, it goes on by itself when the cause is gone."""
    with make_server() as server:
        async with server.program('ann') as ann:
            assert 'id' in await ann.ask('send_message', 'before')
            with obstacle(server):
                for i in range(3):
                    answer = await ann.ask('send_message', {'message': f'refused {i}', 'client_id': f'{i}'})
                    assert answer['code'] == 'unavailable'
                    assert 'Try again' in answer['error']
                assert server.post('/register', 'bob').status_code == 503
                assert [m['message'] for m in await ann.written(1)] == ['before']
            assert 'id' in await ann.ask('send_message', {'message': 'kept, and sent again', 'client_id': '1'})
            assert server.post('/register', 'bob').status_code == 303
        assert 'Traceback' not in server.log
    assert texts_stored(server.database) == ['before', 'kept, and sent again']


@contextmanager
def failing_disk(server):
    """The process may not make any file longer: each write that would fails."""
    limits = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (0, resource.RLIM_INFINITY))
    yield
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, limits)


@contextmanager
def moved_away(server):
    """Somebody tidied up while the server ran."""
    elsewhere = server.folder / 'elsewhere.db'
    server.database.rename(elsewhere)
    yield
    elsewhere.rename(server.database)


async def test_a_log_that_was_deleted_is_noticed_before_anything_is_lost(make_server):
    """What goes to a deleted file would be gone with the process."""
    server = make_server().start()
    async with server.program('ann') as ann:
        acknowledged = [(await ann.ask('send_message', f'{i}'))['id'] for i in range(3)]
        server.database.with_name('chatroom.db-wal').unlink()
        assert (await ann.ask('send_message', 'lost'))['code'] == 'unavailable'
    server.stop(signal.SIGKILL)
    with server:
        async with server.program('ann') as ann:
            assert 'id' in await ann.ask('send_message', 'after')
    assert [row[1] for row in stored(server.database)][:3] == acknowledged


def test_a_start_that_has_to_wait_for_others_for_too_long_says_so(make_server):
    """A restored database is not in WAL mode yet, and to change that all others must let go of it."""
    server = make_server()
    with server:
        server.cookie('ann')
    with closing(sqlite3.connect(server.database, isolation_level=None)) as other:
        other.execute('PRAGMA journal_mode = delete')
        other.execute('BEGIN')
        other.execute('SELECT * FROM users').fetchall()
        refused = run_main(server.folder)
        assert (refused.returncode, 'locked' in refused.stderr) == (2, True), refused.stderr
    with server:
        assert server.post('/login', 'ann').status_code == 303


@pytest.fixture(params=[failing_disk, moved_away])
def obstacle(request):
    return request.param


def test_a_read_only_database_is_named_at_the_start_and_left_alone(small_disk):
    with Server(small_disk) as server:
        server.cookie('ann')
    before = server.database.read_bytes()
    subprocess.run(['mount', '-o', 'remount,ro', str(small_disk)], check=True)
    done = run_main(small_disk)
    assert done.returncode == 2
    assert re.fullmatch(r"chatroom: The database .*chatroom\.db can't be .*\.\n", done.stderr), done.stderr
    assert server.database.read_bytes() == before
    subprocess.run(['mount', '-o', 'remount,rw', str(small_disk)], check=True)
    with server:
        assert server.post('/login', 'ann').status_code == 303

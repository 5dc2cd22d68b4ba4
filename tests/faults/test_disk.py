"""The disk is full, or somebody else holds the database."""
import asyncio
import os
import sqlite3
import subprocess
from contextlib import AsyncExitStack, suppress

import pytest

from tests.running import Server

from .accounting import stored


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


@pytest.mark.parametrize('seconds', [2, 7])
async def test_a_database_locked_by_another_process_is_a_delay_or_an_answer(make_server, seconds):
    with make_server() as server:
        async with server.program('ann') as ann, server.program('bob') as bob, server.program('carl') as carl:
            await ann.ask('send_message', {'message': 'before', 'client_id': 'before'})
            other = sqlite3.connect(server.database, isolation_level=None)
            other.execute('BEGIN IMMEDIATE')
            sending = {name: asyncio.create_task(program.ask('send_message', {'message': name, 'client_id': name}))
                       for name, program in (('ann', ann), ('bob', bob))}
            await asyncio.sleep(seconds)
            assert (await carl.ask('history', {'room': 1}))['messages'], 'reading goes on'
            other.execute('ROLLBACK')
            other.close()
            answers = {name: await answer for name, answer in sending.items()}
            assert 'id' in await ann.ask('send_message', {'message': 'after', 'client_id': 'after'})
    refused = {name for name, answer in answers.items() if answer.get('code') == 'unavailable'}
    assert bool(refused) == (seconds > 5)
    assert {row[0] for row in stored(server.database)} == {'before', 'after', *answers} - refused

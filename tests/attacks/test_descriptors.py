"""Connections of strangers may take all file descriptors of the process: who is connected loses nothing by that."""
import asyncio
import resource
import subprocess
import sys
from contextlib import contextmanager

from tests.running import ROOT, clean_environment, free_port

STARTING_WITHOUT = f'''
import resource, runpy, sys
sys.path.insert(0, {str(ROOT)!r})
import database
start = database.start
def start_without(*args):
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, before[1]))
    try:
        start(*args)
    finally:
        resource.setrlimit(resource.RLIMIT_NOFILE, before)
database.start = start_without
runpy.run_path({str(ROOT / 'main.py')!r}, run_name='__main__')
'''


@contextmanager
def no_descriptors_left(server):
    before = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (0, before[1]))
    yield
    resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, before)


async def test_members_lose_neither_reads_nor_writes(make_server):
    """From the first one on: one reader has looked up who they are, and the others have had nothing to do so far."""
    with make_server() as server:
        async with server.program('ann') as ann:
            with no_descriptors_left(server):
                asked = [('history', {'room': 1}), ('search', {'query': 'hello'}), ('rooms', {}), ('history', {'room': 1})] * 5
                answers = await asyncio.gather(*(ann.ask(event, data) for event, data in asked))
                assert [answer for answer in answers if 'error' in answer] == []
                sent = await ann.ask('send_message', 'hello')
                found = await ann.ask('search', {'query': 'hello'})
                assert [message['id'] for message in found['results']] == [sent['id']]
                assert await ann.texts(1) == ['hello']
    assert 'refused' not in server.log


def test_a_start_without_enough_of_them_fails_with_a_sentence(tmp_path):
    script = tmp_path / 'start.py'
    script.write_text(STARTING_WITHOUT)
    done = subprocess.run([sys.executable, script], cwd=tmp_path, env=clean_environment(CHATROOM_PORT=str(free_port())),
                          capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout) == (2, '')
    assert len(done.stderr.splitlines()) == 1, done.stderr
    assert 'open files' in done.stderr

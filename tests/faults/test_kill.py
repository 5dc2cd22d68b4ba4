"""The server dies while people send."""
import asyncio
import os
import signal
from itertools import count

import pytest
from playwright.async_api import expect

from tests.browser.acting import say

from .accounting import Sender, stored, texts_shown

KILLS = int(os.environ.get('CHATROOM_FAULTS_KILLS', '4'))
'''`CHATROOM_FAULTS_KILLS=20 pytest tests/faults` is the long form.'''
PROGRAMS, PAGES = (8, 2) if KILLS < 20 else (16, 4)


async def kill_again_and_again(server):
    for i in range(KILLS):
        await asyncio.sleep(0.5 + 0.13 * i)
        await asyncio.to_thread(server.stop, signal.SIGKILL)
        await asyncio.to_thread(server.start)
    await asyncio.sleep(0.5)


@pytest.mark.browser
async def test_every_acknowledged_message_is_stored_once_whenever_the_server_is_killed(make_server, open_chat):
    """Programs and pages send; all of them see the same in the end."""
    server = make_server().start()
    pages = {f'page{i}': await open_chat(f'page{i}', of=server) for i in range(PAGES)}
    typed = {name: [] for name in pages}
    senders = [Sender(server, f'sender{i}') for i in range(PROGRAMS)]
    for sender in senders:
        sender.token = server.cookie(sender.name)['chatroom_session']
        await sender.connect()
    stop = asyncio.Event()

    async def talk(sender):
        for number in count():
            await sender.send(number)
            if stop.is_set():
                return

    async def type_(name, page):
        while not stop.is_set():
            typed[name].append(f'{name}-{len(typed[name])}')
            await say(page, typed[name][-1])
            await asyncio.sleep(0.2)

    working = [asyncio.create_task(talk(sender)) for sender in senders]
    working += [asyncio.create_task(type_(name, page)) for name, page in pages.items()]
    await kill_again_and_again(server)
    stop.set()
    async with asyncio.timeout(60):
        await asyncio.gather(*working)
    for page in pages.values():
        await expect(page.locator('.pending')).to_have_count(0, timeout=60_000)
        await expect(page.get_by_text('Reconnecting ...')).to_be_hidden()
    for sender in senders:
        await sender.program.sio.disconnect()
        await sender.connect()
    shown = [await texts_shown(page) for page in pages.values()]
    for sender in senders:
        await sender.program.sio.disconnect()
    server.stop()

    rows = stored(server.database)
    texts = [row[2] for row in rows]
    for sender in senders:
        mine = [row for row in rows if row[0].startswith(sender.name + '-')]
        assert {row[0]: row[1] for row in mine} == {key: answer['id'] for key, answer in sender.acknowledged.items()}
        assert [row[0] for row in mine] == [row[2] for row in mine] == list(sender.acknowledged), 'once, in the order sent'
        assert set(sender.heard.values()) <= {1}, 'nothing is heard twice'
        assert [sender.transcript[number] for number in sorted(sender.transcript)] == texts
    for name in pages:
        assert [text for text in texts if text.startswith(name + '-')] == typed[name], 'once, in the order typed'
    for transcript in shown:
        assert transcript == texts[-len(transcript):]
        assert len(transcript) >= 50
    assert sum(sender.attempts for sender in senders) > sum(len(sender.acknowledged) for sender in senders), 'there were retries'

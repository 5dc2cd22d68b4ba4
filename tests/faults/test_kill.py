"""The server dies while people send."""
import asyncio
import signal
from itertools import count

import pytest
from playwright.async_api import expect

from tests.browser.acting import say

from .accounting import IS_FULL, Sender, stored, texts_shown

KILLS, PROGRAMS, PAGES = (20, 16, 4) if IS_FULL else (4, 8, 2)


async def kill_again_and_again(server):
    for i in range(KILLS):
        await asyncio.sleep(0.5 + 0.13 * i)
        await asyncio.to_thread(server.stop, signal.SIGKILL)
        await asyncio.to_thread(server.start)
    await asyncio.sleep(0.5)


class Typist:
    """A person who types at a page, whether it is connected or not."""

    def __init__(self, name, page):
        self.name, self.page = name, page
        self.typed = []

    async def work(self, stop):
        while not stop.is_set():
            self.typed.append(f'{self.name}-{len(self.typed)}')
            await say(self.page, self.typed[-1])
            await asyncio.sleep(0.2)

    async def all_sent(self):
        await expect(self.page.locator('.pending')).to_have_count(0, timeout=240_000)
        await expect(self.page.get_by_text('Reconnecting ...')).to_be_hidden()

    async def see(self, end):
        await expect(self.page.locator('article .text').last).to_have_text(end, timeout=10_000)
        return await texts_shown(self.page)


class Talker(Sender):
    async def work(self, stop):
        for number in count():
            await self.send(number)
            if stop.is_set():
                return

    async def look_again(self):
        await self.program.sio.disconnect()
        await self.connect()
        await self.program.sio.disconnect()


@pytest.mark.browser
async def test_every_acknowledged_message_is_stored_once_whenever_the_server_is_killed(make_server, open_chat):
    """Programs and pages send; all of them see the same in the end."""
    server = make_server().start()
    typists = [Typist(f'page{i}', await open_chat(f'page{i}', of=server)) for i in range(PAGES)]
    talkers = [Talker(server, f'program{i}') for i in range(PROGRAMS)]
    for talker in talkers:
        talker.token = server.cookie(talker.name)['chatroom_session']
        await talker.connect()
    stop = asyncio.Event()
    working = [asyncio.create_task(each.work(stop)) for each in (*typists, *talkers)]
    await kill_again_and_again(server)
    stop.set()
    async with asyncio.timeout(60):
        await asyncio.gather(*working)
    for typist in typists:
        await typist.all_sent()
    await talkers[0].send('the end')
    shown = [await typist.see(f'{talkers[0].name}-the end') for typist in typists]
    for talker in talkers:
        await talker.look_again()
    server.stop()

    rows = stored(server.database)
    texts = [row[2] for row in rows]
    for talker in talkers:
        mine = [row for row in rows if row[0].startswith(talker.name + '-')]
        assert {row[0]: row[1] for row in mine} == {key: answer['id'] for key, answer in talker.acknowledged.items()}
        assert [row[0] for row in mine] == [row[2] for row in mine] == list(talker.acknowledged), 'once, in the order sent'
        assert set(talker.heard.values()) <= {1}, 'nothing is heard twice'
        assert [text for _, text in sorted(talker.transcript.items())] == texts
    for typist in typists:
        assert [text for text in texts if text.startswith(typist.name + '-')] == typist.typed, 'once, in the order typed'
    for transcript in shown:
        assert transcript == texts[-len(transcript):]
        assert len(transcript) >= 50
    assert sum(talker.attempts for talker in talkers) > sum(len(talker.acknowledged) for talker in talkers), 'there were retries'

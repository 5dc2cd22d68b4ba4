"""The server is restarted under many pages."""
import asyncio
import signal

import pytest
from playwright.async_api import expect

from tests.browser.acting import READY
from tests.running import Browser, browsing

from .accounting import Sender, stored, texts_shown

PAGES, TABS = 190, 10
CAUGHT_UP_SECONDS = 10


async def open_tabs(open_chat, server):
    tab = await open_chat('carl', of=server)
    tabs = [tab, *[await tab.context.new_page() for _ in range(TABS - 1)]]
    for each in tabs:
        await each.goto(server.url + '/chat')
        await each.wait_for_function(READY)
        await each.evaluate('socket.on("connect", () => { window.backAt = Date.now() })')
    return tabs


async def all_caught_up(browsers, revision):
    async with asyncio.timeout(CAUGHT_UP_SECONDS):
        for browser in browsers:
            while browser.revision < revision or browser.socket.closed:
                await asyncio.sleep(0.01)


@pytest.mark.browser
async def test_after_a_restart_200_pages_are_back_and_caught_up(make_server, open_chat):
    """None keeps saying "Reconnecting ...", and they do not all come at the same moment."""
    server = make_server().start()
    cookie = server.cookie('bob')
    sender = Sender(server, 'ann')
    sender.token = server.cookie('ann')['chatroom_session']
    await sender.connect()
    tabs = await open_tabs(open_chat, server)
    async with browsing() as session:
        browsers = [await Browser().open(session, server, cookie) for _ in range(PAGES)]
        staying = [asyncio.create_task(browser.stay()) for browser in browsers]
        for number in (signal.SIGTERM, signal.SIGKILL):
            await asyncio.to_thread(server.stop, number)
            await asyncio.to_thread(server.start)
            for i in range(60):
                await sender.send(f'{number.name}{i}')
            await all_caught_up(browsers, sender.revision)
            for tab in tabs:
                await expect(tab.locator('article .text').last).to_have_text(f'ann-{number.name}59', timeout=10_000)
                await expect(tab.get_by_text('Reconnecting ...')).to_be_hidden()
        times = [await tab.evaluate('window.backAt') for tab in tabs]
        shown = [await texts_shown(tab) for tab in tabs]
        for task in staying:
            task.cancel()
        for browser in browsers:
            await browser.close()
    await sender.program.sio.disconnect()
    server.stop()
    rows = stored(server.database)
    for browser in browsers:
        assert browser.connections == 3
        assert sorted(browser.messages)[-len(rows):] == [row[1] for row in rows], 'after the lines that tell who joined'
    for transcript in shown:
        assert transcript == [row[2] for row in rows]
    assert max(times) - min(times) > 100, 'milliseconds between the first and the last'

"""The server is restarted under many pages."""
import asyncio
import signal

import pytest
from playwright.async_api import expect

from tests.running import Browser, browsing

from .accounting import Sender, stored, texts_shown, texts_stored

PAGES, TABS = 190, 10
CAUGHT_UP_SECONDS = 10


@pytest.mark.browser
async def test_after_a_restart_200_pages_are_back_and_caught_up(make_server, open_chat):
    """None keeps saying "Reconnecting ...", and they do not all come at the same moment."""
    server = make_server().start()
    cookie = server.cookie('bob')
    sender = Sender(server, 'ann')
    sender.token = server.cookie('ann')['chatroom_session']
    await sender.connect()
    tab = await open_chat('carl', of=server)
    tabs = [tab, *[await tab.context.new_page() for _ in range(TABS - 1)]]
    for each in tabs:
        await each.goto(server.url + '/chat')
        await each.wait_for_function('window.socket?.connected && window.chatroom')
        await each.evaluate('socket.on("connect", () => { window.backAt = Date.now() })')
    async with browsing() as session:
        browsers = [await Browser().open(session, server, cookie) for _ in range(PAGES)]
        staying = [asyncio.create_task(browser.stay()) for browser in browsers]
        for i in range(50):
            await sender.send(i)
        for number in (signal.SIGTERM, signal.SIGKILL):
            await asyncio.to_thread(server.stop, number)
            await asyncio.to_thread(server.start)
            for i in range(50):
                await sender.send(f'{number.name}{i}')
            await sender.send(f'last after {number.name}')
            async with asyncio.timeout(CAUGHT_UP_SECONDS):
                for browser in browsers:
                    while browser.revision < sender.revision or browser.socket.closed:
                        await asyncio.sleep(0.01)
            for each in tabs:
                await expect(each.locator('article .text').last).to_contain_text(f'last after {number.name}', timeout=10_000)
                await expect(each.get_by_text('Reconnecting ...')).to_be_hidden()
        times = [await each.evaluate('window.backAt') for each in tabs]
        shown = [await texts_shown(each) for each in tabs]
        for task in staying:
            task.cancel()
        for browser in browsers:
            await browser.close()
    await sender.program.sio.disconnect()
    server.stop()
    ids = [row[1] for row in stored(server.database)]
    for browser in browsers:
        assert browser.connections == 3
        assert sorted(browser.messages)[-50:] == ids[-50:]
        assert set(browser.messages) <= set(ids)
    expected = texts_stored(server.database)
    for transcript in shown:
        assert transcript == expected[-len(transcript):]
    assert max(times) - min(times) > 100, 'milliseconds between the first and the last'

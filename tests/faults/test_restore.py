"""A backup is put back under pages and programs that are open."""
import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.acting import disconnect, say
from tests.database.test_backup import run

from .accounting import Sender, texts_shown, texts_stored


@pytest.mark.browser
async def test_pages_that_were_open_start_afresh_instead_of_mixing_two_histories(make_server, open_chat):
    """The restored history has fewer messages, and then others under the same numbers; what was waiting is sent."""
    server = make_server().start()
    reader = Sender(server, 'bob')
    reader.token = server.cookie('bob')['chatroom_session']
    await reader.connect()
    there, away, asleep = [await open_chat(name, of=server) for name in ('ann', 'carl', 'dora')]
    for i in range(5):
        await say(there, f'kept {i}')
    await expect(there.locator('.pending')).to_have_count(0)
    assert run(server, 'backup', 'copy.db').returncode == 0
    for i in range(30):
        await say(there, f'lost {i}')
    for page in (there, away, asleep):
        await expect(page.get_by_text('lost 29')).to_be_visible()
    await expect(there.locator('.pending')).to_have_count(0)
    for page in (away, asleep):
        await disconnect(page)
    await say(away, 'waiting')
    await asyncio.to_thread(server.stop)
    assert run(server, 'restore', 'copy.db').returncode == 0
    await asyncio.to_thread(server.start)
    await expect(there.get_by_text('lost 29')).to_have_count(0, timeout=15_000)
    await expect(there.locator('article .text')).to_have_text([f'kept {i}' for i in range(5)])
    for i in range(40):
        await say(there, f'new {i}')
    await expect(there.locator('.pending')).to_have_count(0)
    for page in (away, asleep):
        await page.context.set_offline(False)
    expected = [*(f'kept {i}' for i in range(5)), *(f'new {i}' for i in range(40)), 'waiting']
    for page in (there, away, asleep):
        await expect(page.locator('article .text')).to_have_text(expected, timeout=15_000)
    shown = [await texts_shown(page) for page in (there, away, asleep)]
    await reader.program.sio.disconnect()
    server.stop()
    assert texts_stored(server.database) == expected
    assert shown == [expected] * 3

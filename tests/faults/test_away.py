"""Pages lose the network or sleep, for short and for long, while others write, edit and delete."""
import asyncio
import os
import signal
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import async_playwright, expect

from tests.browser.acting import disconnect, say
from tests.running import WITH_DOORS, connected, started_chromium

from .accounting import IS_FULL, texts_shown, texts_stored
from .proxy import proxied

pytestmark = pytest.mark.browser

SHORT, LONG, LONGEST = 3, 40, 75 if IS_FULL else 45
'''Seconds: nobody notices; the server has given up the connection (36 s after it fell silent); it has given up the page, too
(30 s after the connection is gone: at once for who goes offline properly, later for who sleeps).'''


@pytest.fixture
async def laptop(tmp_path):
    """A browser whose processes we can stop, all of them; and the way to send them a signal."""
    with started_chromium(tmp_path / 'profile') as (address, group):
        async with async_playwright() as playwright:
            yield await connected(playwright, address), lambda number: os.killpg(group, number)


async def talk(ann, seconds):
    """Write, edit and delete, with fewer changes than a page asks for at once."""
    ids = []
    for i in range(seconds * 2):
        ids.append((await ann.ask('send_message', f'message {i}'))['id'])
        if i % 10 == 5:
            await ann.sio.call('test_edit', (ids[i - 4], f'message {i - 4}, better'))
            await ann.sio.call('test_delete', (ids[i - 2],))
        await asyncio.sleep(0.45)


async def test_whoever_was_away_sees_in_the_end_what_everybody_sees(make_server, open_chat, laptop):
    """What they wrote meanwhile has arrived once."""
    asleep, signal_laptop = laptop
    with make_server(main=WITH_DOORS) as server:
        async with AsyncExitStack() as stack:
            ann = await stack.enter_async_context(server.program('ann'))
            proxies = [await stack.enter_async_context(proxied(server)) for _ in range(3)]
            short, stalled, lost = proxies
            pages = {'short': await open_chat('short', of=short), 'stalled': await open_chat('stalled', of=stalled),
                     'lost': await open_chat('lost', of=lost), 'offline': await open_chat('offline', of=server),
                     'asleep': await open_chat('asleep', of=server, browser=asleep), 'there': await open_chat('there', of=server)}
            await asyncio.sleep(1)
            talking = asyncio.create_task(talk(ann, LONGEST))
            await asyncio.sleep(1)
            short.stall()
            stalled.stall()
            lost.drop()
            await disconnect(pages['offline'])
            signal_laptop(signal.SIGSTOP)
            for name in ('short', 'stalled', 'lost', 'offline'):
                await say(pages[name], f'from {name}')
            await asyncio.sleep(SHORT)
            short.go()
            await expect(pages['there'].get_by_text('from short')).to_be_visible()
            await asyncio.sleep(LONG - SHORT)
            stalled.go()
            lost.go()
            await expect(pages['there'].get_by_text('from stalled')).to_be_visible(timeout=20_000)
            await expect(pages['there'].get_by_text('from lost')).to_be_visible(timeout=20_000)
            await talking
            await pages['offline'].context.set_offline(False)
            signal_laptop(signal.SIGCONT)
            await expect(pages['there'].get_by_text('from offline')).to_be_visible(timeout=20_000)
            await say(pages['there'], 'the end')
            for page in pages.values():
                await expect(page.locator('article .text').last).to_have_text('the end', timeout=30_000)
                await expect(page.locator('.pending')).to_have_count(0)
                await expect(page.get_by_text('Reconnecting ...')).to_be_hidden()
            shown = {name: await texts_shown(page) for name, page in pages.items()}
    expected = texts_stored(server.database)
    assert sorted(text for text in expected if text.startswith('from')) == ['from lost', 'from offline', 'from short', 'from stalled']
    for name, transcript in shown.items():
        assert len(transcript) > LONGEST, name
        assert transcript == expected[-len(transcript):], name

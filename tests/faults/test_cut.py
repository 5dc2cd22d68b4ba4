"""The connection is cut at every point of a send."""
import asyncio

import pytest
from playwright.async_api import expect

from tests.browser.acting import say, texts

from .accounting import Sender, stored
from .proxy import proxied

DOWN = b'43'
'''How Engine.IO and Socket.IO begin the packet of an acknowledgement; what the server sends is not masked.'''
ROUNDS = 9


def cut_somewhere(proxy, i):
    """Before the packet, after it (and before or after the commit), and after the commit in place of the answer."""
    if i % 3 == 2:
        proxy.once('down', DOWN, passes=False)
    else:
        proxy.once('up', b'', passes=bool(i % 3))


async def test_a_program_that_repeats_is_stored_and_heard_once(make_server):
    with make_server() as server:
        async with proxied(server) as proxy, server.program('bob') as bob:
            proxy.port, sender = proxy.port, Sender(proxy, 'ann')
            sender.token = server.cookie('ann')['chatroom_session']
            await sender.connect()
            for i in range(ROUNDS):
                cut_somewhere(proxy, i)
                await sender.send(i)
            await sender.program.sio.disconnect()
            assert proxy.cuts == ROUNDS
            heard = await bob.texts(ROUNDS)
    assert heard == [f'ann-{i}' for i in range(ROUNDS)]
    assert [row[0] for row in stored(server.database)] == heard
    assert sender.attempts > ROUNDS


@pytest.mark.browser
@pytest.mark.parametrize('first', [0, 1, 2])
async def test_a_page_sends_each_text_once_and_in_order(make_server, open_chat, first):
    with make_server() as server:
        async with proxied(server) as proxy:
            ann, bob = await open_chat('ann', of=proxy), await open_chat('bob', of=server)
            await asyncio.sleep(0.5)
            cut_somewhere(proxy, first)
            for i in range(6):
                await say(ann, f'text {i}')
            expected = [f'text {i}' for i in range(6)]
            await expect(bob.locator('article .text')).to_have_text(expected, timeout=30_000)
            await expect(ann.locator('article .text')).to_have_text(expected, timeout=30_000)
            await expect(ann.locator('.pending')).to_have_count(0)
            assert await texts(ann) == await texts(bob)
            assert proxy.cuts == 1
    assert [row[2] for row in stored(server.database)] == expected

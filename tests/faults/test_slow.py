"""A reader stops reading while the others talk."""
import asyncio
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import expect

from ties import engineio

from .accounting import IS_FULL, Sender, texts_shown, texts_stored
from .proxy import proxied

WARM, MESSAGES, TALKERS = 4_000, 10_000 if IS_FULL else 4_000, 5
'''SQLite's caches are full after the first ones.'''
TEXT = 'x' * 3900
STOPPED = 3
SLACK = 8_000_000


async def talk(programs, first, end):
    """Each program sends its share, so that the texts are known and their order is not."""
    async def say(program, numbers):
        for i in range(0, len(numbers), 20):
            await asyncio.gather(*(program.ask('send_message', f'{number} {TEXT}') for number in numbers[i:i + 20]))

    numbers = range(first, end)
    await asyncio.gather(*(say(program, numbers[i::len(programs)]) for i, program in enumerate(programs)))


async def program_of(server, name, *, through):
    """A program that keeps a transcript, behind a proxy or not."""
    sender = Sender(through, name)
    sender.token = server.cookie(name)['chatroom_session']
    await sender.connect()
    return sender


async def ask_for_much(program):
    """An answer has 800 KB; the program takes none of them."""
    await asyncio.gather(*(program.sio.emit('history', {'room': 1, 'limit': 200}, callback=lambda _: None) for _ in range(250)))


@pytest.mark.browser
async def test_readers_that_stop_reading_cost_little_and_miss_nothing(make_server, open_chat):
    """A page, a program, and a program that asks for much without reading it. The others do not wait for them."""
    with make_server() as server:
        async with AsyncExitStack() as stack:
            proxy = await stack.enter_async_context(proxied(server))
            reader = await program_of(server, 'bob', through=server)
            stopped, greedy = [await program_of(server, name, through=proxy) for name in ('carl', 'greta')]
            page, there = await open_chat('dora', of=proxy), await open_chat('emil', of=server)
            talkers = [await stack.enter_async_context(server.program(f'ann{i}')) for i in range(TALKERS)]
            await talk(talkers, 0, WARM)
            before = server.memory()
            proxy.stall('down')
            await ask_for_much(greedy.program)
            await talk(talkers, WARM, WARM + MESSAGES)
            grown = server.memory() - before
            end = await talkers[0].ask('send_message', 'the end')
            await expect(there.locator('article .text').last).to_have_text('the end')
            async with asyncio.timeout(10):
                while end['id'] not in reader.heard:
                    await asyncio.sleep(0.01)
            proxy.go()
            await expect(page.locator('article .text').last).to_have_text('the end', timeout=30_000)
            for sender in (stopped, greedy):
                await sender.program.sio.disconnect()
                await sender.connect()
            shown = [await texts_shown(each) for each in (page, there)]
            for sender in (reader, stopped, greedy):
                await sender.program.sio.disconnect()
    print(f'grown by {grown / 1e6:.1f} MB')
    expected = texts_stored(server.database)
    assert len(expected) == WARM + MESSAGES + 1
    assert grown < STOPPED * 2 * engineio.LARGEST_QUEUE + SLACK
    for sender in (reader, stopped, greedy):
        assert [text for _, text in sorted(sender.transcript.items())] == expected
    assert set(reader.heard.values()) == {1}
    for transcript in shown:
        assert transcript == expected[-len(transcript):]

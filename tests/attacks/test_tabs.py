"""One person's connections: enough for everybody, and not one more."""
import asyncio
from contextlib import AsyncExitStack

import pytest
from playwright.async_api import expect
from socketio.exceptions import ConnectionError as SocketError

from hub import MOST_SOCKETS
from tests.running import Browser, Program, browsing

SENTENCE = 'You have 50 tabs of this chat open: close some.'


@pytest.fixture
def limited(make_server):
    return make_server(CHATROOM_RATE_LIMITS='on').start()


async def connected(server, name, count):
    """Programs of one person."""
    token = (await asyncio.to_thread(server.cookie, name))['chatroom_session']
    programs = [Program() for _ in range(count)]
    await asyncio.gather(*(program.connect(server, token) for program in programs))
    return programs, token


async def leave(programs):
    await asyncio.gather(*(program.sio.disconnect() for program in programs))


async def test_one_connection_too_many_is_told_so_and_cuts_nobody(limited):
    programs, token = await connected(limited, 'ann', MOST_SOCKETS)
    one_more, told = Program(), []
    one_more.sio.on('connect_error', lambda data: told.append(data))  # noqa: PLW0108
    with pytest.raises(SocketError):
        await one_more.connect(limited, token)
    assert told == [{'message': SENTENCE, 'data': {'error': SENTENCE, 'code': 'too_fast'}}]
    async with limited.program('bob') as bob:
        assert 'rooms' in await bob.ask('rooms'), 'others are let in'
    answers = await asyncio.gather(*(program.ask('rooms') for program in programs))
    assert all('rooms' in answer for answer in answers)
    await leave([programs.pop()])
    programs.append(Program())
    await programs[-1].connect(limited, token)
    await leave(programs)


async def test_without_limits_nobody_is_refused(make_server):
    programs, _ = await connected(make_server().start(), 'ann', MOST_SOCKETS + 1)
    await leave(programs)


async def test_a_page_that_comes_again_takes_the_place_of_its_earlier_socket(limited):
    """Its computer slept, and nobody here has noticed."""
    async with browsing() as session:
        cookie = await asyncio.to_thread(limited.cookie, 'ann')
        page = await Browser().open(session, limited, cookie)
        programs, _ = await connected(limited, 'ann', MOST_SOCKETS - 1)
        earlier, listening = page.socket, page.listening
        await page.connect()
        await listening
        assert earlier.closed
        assert 'rooms' in await page.ask('rooms', {})
        await page.close()
        await leave(programs)


@pytest.mark.browser
async def test_a_page_says_that_there_are_too_many_and_tries_again_when_looked_at(limited, chromium):
    async with AsyncExitStack() as stack:
        programs, token = await connected(limited, 'ann', MOST_SOCKETS)
        stack.push_async_callback(leave, programs)
        context = await chromium.new_context()
        await context.add_cookies([{'name': 'chatroom_session', 'value': token, 'url': limited.url}])
        page = await context.new_page()
        await page.goto(limited.url + '/chat')
        await expect(page.locator('#connection')).to_have_text(SENTENCE)
        await page.evaluate('window.mark = 1')
        await page.get_by_label('Message', exact=True).fill('typed meanwhile')
        await page.keyboard.press('Enter')
        attempts = []
        page.on('websocket', lambda attempt: attempts.append(attempt))  # noqa: PLW0108
        await page.evaluate('dispatchEvent(new Event("visibilitychange"))')
        await page.wait_for_function('socket.io.engine.readyState === "closed"')
        await expect(page.locator('#connection')).to_have_text(SENTENCE)
        assert len(attempts) == 1, 'it tries when somebody looks, and not by itself'
        await leave([programs.pop()])
        await page.evaluate('dispatchEvent(new Event("visibilitychange"))')
        await expect(page.locator('#connection')).to_be_hidden()
        await expect(page.locator('article .text')).to_have_text(['typed meanwhile'])
        assert await page.evaluate('window.mark') == 1
        assert 'rooms' in await programs[0].ask('rooms')

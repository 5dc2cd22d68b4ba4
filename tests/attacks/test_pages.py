"""A page whose person has asked for too much waits and asks again: nothing stays empty, and nothing typed is lost."""
from contextlib import asynccontextmanager

import pytest
from playwright.async_api import expect

from tests.browser.acting import create, link, say
from tests.running import WITH_DOORS

pytestmark = pytest.mark.browser


COUNT_REFUSALS = '''
window.refusals = 0;
socket.io.on("packet", ({data}) => { if (data?.[0]?.code === "too_fast") refusals++; });
'''


@asynccontextmanager
async def nothing_left(kind, page, program):
    """Nothing of this kind may be asked for, until the page was refused it."""
    await program.ask('test_spend', kind)
    await page.evaluate(COUNT_REFUSALS)
    yield
    await page.wait_for_function('refusals')
    await program.ask('test_spend', '')


@pytest.fixture
async def ann(make_server, open_chat):
    """Her page, and a program of hers, with a room besides the Lobby."""
    server = make_server(main=WITH_DOORS, CHATROOM_RATE_LIMITS='on').start()
    page = await open_chat('ann', of=server)
    async with server.program('ann') as program, server.program('bob') as bob:
        page.room = await create(program, 'Plans')
        await bob.ask('send_message', {'message': 'it opens', 'room': page.room})
        program.told.clear()
        yield page, program


async def test_a_room_opens_and_its_lists_come_as_soon_as_they_may(ann):
    page, program = ann
    async with nothing_left('look', page, program):
        await link(page, page.room).click()
    await expect(page.get_by_text('it opens')).to_be_visible()
    async with nothing_left('look', page, program):
        await page.get_by_role('button', name='Members').click()
    await expect(page.locator('.panel li .label')).to_have_text(['ann', 'bob'])
    await say(page, 'typed meanwhile')
    await expect(page.locator('article .text').last).to_have_text('typed meanwhile')


async def test_a_page_that_comes_back_is_as_it_was(ann):
    page, program = ann
    async with nothing_left('look', page, program):
        await page.evaluate('socket.io.engine.close()')
        await create(program, 'Later')
    await expect(page.locator('.sidebar a', has_text='Later')).to_be_visible()
    await say(page, 'back')
    await expect(page.locator('article .text')).to_have_text(['back'])
    await expect(page.locator('article').last).to_have_attribute('data-state', 'online')


async def test_what_was_read_is_told_later(ann):
    page, program = ann
    async with nothing_left('signal', page, program):
        await link(page, page.room).click()
        await expect(page.get_by_text('it opens')).to_be_visible()
    await program.wait_for('room_changed', 15, id=page.room, unread=0)

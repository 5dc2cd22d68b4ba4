"""What I wrote last can be edited at once, also while it is on its way, or waits without a connection."""
import asyncio

import pytest
from playwright.async_api import expect

from .acting import READY, lines, say, show_room
from .test_outbox import post

pytestmark = pytest.mark.browser


def field(page):
    return page.get_by_label('Message', exact=True)


def editor(page):
    return page.get_by_label('Edit message')


@pytest.fixture(params=lines(0, 150))
async def page(request, open_chat, server, bob, room):
    page = await open_chat('ann')
    await page.goto(f'{server.url}/chat/{room}?latency={request.param}')
    await page.wait_for_function(READY)
    return page


async def says(program, room):
    return [each['message'] for each in (await program.ask('history', {'room': room}))['messages'] if not each['system']]


async def test_what_is_on_its_way_is_edited_where_it_stands(page, bob, room):
    await say(page, 'the one before')
    await expect(page.locator('article .text')).to_have_text(['the one before'])
    await say(page, 'with a tpyo')
    await page.keyboard.press('ArrowUp')
    await expect(editor(page)).to_have_value('with a tpyo')
    await expect(editor(page)).to_be_focused()
    await editor(page).fill('without a typo')
    await page.keyboard.press('Enter')
    await expect(editor(page)).to_have_count(0)
    await expect(page.locator('article .text')).to_have_text(['the one before', 'without a typo (edited)'])
    assert await says(bob, room) == ['the one before', 'without a typo']
    await expect(field(page)).to_be_focused()
    await expect(page.locator('.pending')).to_have_count(0)


async def test_who_types_on_in_the_editor_while_the_message_arrives_goes_on(page, bob, room):
    await say(page, 'half')
    await page.keyboard.press('ArrowUp')
    await expect(editor(page)).to_be_focused()
    for letter in ', and all the rest of it':
        await page.keyboard.type(letter)
        await asyncio.sleep(0.03)
    await expect(page.locator('.pending')).to_have_count(0)
    await expect(page.locator('article').get_by_label('Edit message')).to_be_focused()
    await page.keyboard.press('Enter')
    await expect(page.locator('article .text')).to_have_text(['half, and all the rest of it (edited)'])


async def test_what_waits_without_a_connection_is_changed_before_it_goes(page, bob, room):
    await page.evaluate('void socket.disconnect()')
    await say(page, 'first')
    await say(page, 'second')
    await page.keyboard.press('ArrowUp')
    await editor(page).fill('second, better')
    await page.keyboard.press('Enter')
    await expect(page.locator('.pending .text')).to_have_text(['first', 'second, better'])
    await expect(field(page)).to_be_focused()
    await page.keyboard.press('ArrowUp')
    await editor(page).fill('second, the best')
    await page.keyboard.press('Enter')
    await page.evaluate('void socket.connect()')
    await expect(page.locator('article .text')).to_have_text(['first', 'second, the best'])
    assert await says(bob, room) == ['first', 'second, the best']


async def test_what_may_have_arrived_is_edited_by_its_number(page, bob, room):
    """The answer was lost with the connection: the same message can't be sent with another text."""
    await page.evaluate('''() => { const {onack} = socket; socket.onack = () => {};
        window.heal = () => { socket.onack = onack; }; }''')
    await say(page, 'arrived')
    await expect(page.locator('article .text')).to_have_text(['arrived'])
    await page.evaluate('void socket.disconnect()')
    await page.keyboard.press('ArrowUp')
    await editor(page).fill('arrived, edited')
    await page.keyboard.press('Enter')
    await page.close(run_before_unload=True)
    following = await page.context.new_page()
    await following.goto(page.url)
    await expect(following.locator('article .text')).to_have_text(['arrived, edited (edited)'])
    assert await says(bob, room) == ['arrived, edited']


async def test_an_edit_of_what_is_refused_comes_back_with_its_latest_text(page, ann, room):
    await page.evaluate('void socket.disconnect()')
    await say(page, 'too late')
    await page.keyboard.press('ArrowUp')
    await editor(page).fill('too late, edited')
    await ann.ask('update_room', {'room': room, 'archived': True})
    await page.evaluate('void socket.connect()')
    await expect(field(page)).to_have_value('too late, edited')
    await expect(editor(page)).to_have_count(0)


async def test_giving_up_leaves_what_is_on_its_way_as_it_was(page, bob, room):
    await say(page, 'as it was')
    await page.keyboard.press('ArrowUp')
    await editor(page).fill('regretted')
    await page.keyboard.press('Escape')
    await expect(page.locator('article .text')).to_have_text(['as it was'])
    await expect(field(page)).to_be_focused()


async def test_what_i_wrote_last_is_there_at_once(page, room):
    """No answer is waited for."""
    await say(page, 'mine')
    await expect(page.locator('.pending')).to_have_count(0)
    await page.wait_for_function('!Object.keys(localStorage).some(key => key.includes(".out."))')
    await page.evaluate('socket.packet = () => {}')
    await page.keyboard.press('ArrowUp')
    await page.keyboard.type(', at once')
    await expect(editor(page)).to_have_value('mine, at once')


async def test_what_i_wrote_last_is_meant_wherever_one_reads(page, ann, bob, room):
    """It may be far above what is here, or far below; an older one is never taken for it."""
    [first] = await post(ann, room, 'the first one')
    await post(bob, room, *[f'line {at}' for at in range(160)])
    await post(ann, room, 'the last one')
    await post(bob, room, *[f'later {at}' for at in range(60)])
    for is_above in (True, False):
        await show_room(page, room, at=first)
        await expect(page.locator(f'#m{first}')).to_be_in_viewport()
        if not is_above:
            await page.get_by_role('button', name='Jump to newest').click()
            await expect(page.get_by_text('later 59')).to_be_in_viewport()
        await page.keyboard.press('ArrowUp')
        await expect(editor(page)).to_have_value('the last one')
        await expect(editor(page)).to_be_focused()
        await expect(editor(page)).to_be_in_viewport()
        await page.keyboard.press('Escape')
    await show_room(page, room, at=first)
    await expect(page.locator(f'#m{first}')).to_be_in_viewport()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.type('typed on')
    await expect(field(page)).to_have_value('typed on')
    await expect(editor(page)).to_have_count(0)


async def test_where_i_wrote_nothing_there_is_nothing_to_edit(page, bob, room):
    await post(bob, room, *[f'line {at}' for at in range(120)])
    await expect(page.locator('article').last).to_contain_text('line 119')
    await page.keyboard.press('ArrowUp')
    await page.evaluate('room => new Promise((done) => socket.emit("mine", {room}, done))', room)
    await expect(editor(page)).to_have_count(0)
    await expect(field(page)).to_be_focused()

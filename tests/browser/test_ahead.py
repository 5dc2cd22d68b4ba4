"""What is typed between a press and the field that it brings is for that field, however late that comes."""
import pytest
from playwright.async_api import expect

from .acting import KNOWS_ROOMS, create, disconnect, link, shows_room
from .test_messages import message, use
from .test_outbox import post

pytestmark = pytest.mark.browser
SLOW = 300


@pytest.fixture
async def slow(open_chat, room):
    """Ann's page of a room of her own, on a slow line."""
    page = await open_chat('ann')
    await page.goto(f'{page.url.rpartition("/chat")[0]}/chat/{room}?latency={SLOW}')
    await page.wait_for_function(KNOWS_ROOMS)
    return page


def field(page):
    return page.locator('#composer')


async def close(page):
    """With Escape: what is suggested is closed by a first one."""
    while await page.locator('.q-dialog--modal').count():
        await page.keyboard.press('Escape')
        await page.evaluate('() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))')


async def test_a_dialog_gets_it_also_while_it_comes_up(slow, room):
    room_name = await slow.locator('h1').inner_text()
    await field(slow).fill('a draft')
    for button, before in (('New direct message', ''), ('New room', ''), ('Browse rooms', ''), ('Room settings', room_name)):
        for pause in (0, 40):  # there it is typed until the dialog has moved in, too
            await slow.get_by_role('button', name=button, exact=True).click()
            await slow.keyboard.type('some words', delay=pause)
            await expect(slow.locator('.q-dialog input').first).to_be_focused()
            await slow.keyboard.type('!')
            await expect(slow.locator('.q-dialog input').first).to_have_value(f'{before}some words!')
            await expect(field(slow)).to_have_value('a draft')
            await close(slow)
    await slow.keyboard.type('x')
    await expect(field(slow)).to_have_value('a draftx')


async def test_a_dialog_that_is_cancelled_is_gone_with_the_press(slow):
    """What is typed then is for the composer again."""
    for button, closes in (('New room', 'Cancel'), ('Browse rooms', 'Close'), ('Room settings', 'Cancel')):
        await slow.get_by_role('button', name=button, exact=True).click()
        await expect(slow.locator('.q-dialog input').first).to_be_focused()
        await slow.get_by_role('button', name=closes, exact=True).click()
        await slow.keyboard.type('on')
        await expect(field(slow)).to_have_value('on')
        await field(slow).fill('')
        await expect(slow.locator('.q-dialog')).to_have_count(0)


async def test_an_input_method_composes_for_it(slow):
    chromium = await slow.context.new_cdp_session(slow)
    await slow.get_by_role('button', name='New room', exact=True).click()
    await chromium.send('Input.imeSetComposition', {'text': 'ni', 'selectionStart': 2, 'selectionEnd': 2})
    await chromium.send('Input.insertText', {'text': '你'})
    await expect(slow.locator('.q-dialog input').first).to_have_value('你')
    await expect(field(slow)).to_have_value('')


async def test_an_editor_and_the_picker_get_it(slow, ann, room):
    [number] = await post(ann, room, 'written')
    await use(slow, number, 'Edit')
    await slow.keyboard.type(' more')
    await expect(slow.locator('.editor-field')).to_have_value('written more')
    await slow.keyboard.press('Enter')
    await expect(message(slow, number)).to_contain_text('written more')
    await slow.evaluate('() => { const get = fetch; window.fetch = (...of) => new Promise((then) => setTimeout(then, 300)).then(() => get(...of)); }')
    await slow.get_by_role('button', name='Emoji', exact=True).click()
    await slow.keyboard.type('rocket')
    await expect(slow.get_by_label('Search emoji')).to_have_value('rocket')
    await slow.keyboard.press('Enter')
    await expect(field(slow)).to_have_value('🚀')
    await expect(field(slow)).to_be_focused()


async def test_what_does_not_come_gets_nothing_and_nobody_else_does(slow, ann, bob, room):
    closed = await create(bob, 'soon without ann', 'ann', kind='closed')
    await link(slow, closed).click()
    await shows_room(slow, closed)
    await slow.evaluate('for (const name of ["room_changed", "gone"]) socket.off(name)')
    await bob.ask('remove', {'room': closed, 'username': 'ann'})
    await slow.get_by_role('button', name='Room settings').click()
    await slow.keyboard.type('refused')
    await expect(slow.locator('.q-notification')).to_be_visible()
    await expect(slow.get_by_role('button', name='Room settings')).to_be_focused()
    await link(slow, room).click()
    for leaves in ('Escape', 'Control+k'):
        await slow.get_by_role('button', name='New room', exact=True).click()
        await slow.keyboard.type('given up')
        await slow.keyboard.press(leaves)
        await expect(slow.locator('.q-dialog')).to_be_visible()
        assert 'given up' not in await slow.evaluate('[...document.querySelectorAll("input, textarea")].map(({value}) => value).join()')
        await slow.evaluate('document.querySelector(".switcher").close()')
        await close(slow)
    await slow.get_by_role('button', name='New room', exact=True).click()
    await slow.keyboard.type('cut off')
    await disconnect(slow)
    await expect(slow.get_by_role('button', name='New room', exact=True)).to_be_focused()
    await slow.get_by_role('button', name='Room settings').click()
    await expect(slow.locator('#note')).to_contain_text('There is no connection')
    await slow.keyboard.type('here')
    await expect(field(slow)).to_have_value('here')


async def choose_people(page, *names):
    await page.get_by_role('button', name='New direct message').click()
    for name in names:
        await page.keyboard.type(name)
        await expect(page.locator('.choosing li').first).to_contain_text(name)
        await page.keyboard.press('Enter')


async def test_what_is_chosen_in_a_dialog_is_open_with_the_press(slow, server, bob, room):
    for name in ('carl', 'dora'):
        server.cookie(name)
    await post(bob, other := await create(bob, 'found by browsing'), 'hello')
    for names in (['carl'], ['carl'], ['carl', 'dora']):
        await choose_people(slow, *names)
        await slow.keyboard.press('Enter')
        await slow.keyboard.type('for them')
        await slow.keyboard.press('Enter')
        await slow.keyboard.type('rest')
        assert await slow.locator('h1').inner_text() == ', '.join(names)
        await expect(slow.locator('article .text').last).to_have_text('for them')
        await expect(field(slow)).to_have_value('rest')
        await field(slow).fill('')
    await slow.get_by_role('button', name='Browse rooms').click()
    await slow.get_by_role('button', name='Open found by browsing').click()
    await slow.keyboard.type('in it')
    await slow.keyboard.press('Enter')
    await expect(slow.locator('article .text')).to_have_text(['hello', 'in it'])
    await expect(slow.locator('.q-dialog')).to_have_count(0)
    assert await bob.written(room) == []
    assert [each['message'] for each in await bob.written(other)] == ['hello', 'in it']
    await choose_people(slow)
    await expect(slow.locator('.choosing input')).to_be_focused()
    await slow.keyboard.press('Enter')
    await expect(slow.locator('.problem')).to_have_text('Name 1 to 20 people besides yourself.')

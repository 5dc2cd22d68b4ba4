"""What is being written in each room: it is kept, it is the same in all tabs, and a sign at its room says so."""
import pytest
from playwright.async_api import expect

from .acting import READY, create, link, say, show_room, shows_room

pytestmark = pytest.mark.browser


def field(page):
    return page.get_by_label('Message', exact=True)


def sign(page, room):
    return link(page, room).get_by_role('img', name='draft')


async def second_tab(page, room):
    tab = await page.context.new_page()
    await tab.goto(page.url.rpartition('/chat')[0] + f'/chat/{room}')
    await tab.wait_for_function(READY)
    return tab


async def go(page, room):
    await link(page, room).click()
    await shows_room(page, room)


async def delete_what_was_written_and_go(page, room):
    await field(page).press_sequentially('text of A')
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await go(page, room)


@pytest.fixture
async def page(open_chat, room):
    page = await open_chat('ann')
    await show_room(page, room)
    await shows_room(page, room)
    return page


async def test_a_room_has_a_sign_while_something_is_written_there(page, room):
    await expect(sign(page, room)).to_be_hidden()
    await field(page).press_sequentially('ab')
    await expect(sign(page, room)).to_be_visible()
    await link(page, 1).click()
    await expect(sign(page, room)).to_be_visible()
    await expect(sign(page, 1)).to_be_hidden()
    await page.keyboard.press('Control+k')
    await expect(page.locator(f'.switcher [data-room="{room}"]').get_by_role('img', name='draft')).to_be_visible()
    await page.keyboard.press('Escape')
    await page.reload()
    await expect(sign(page, room)).to_be_visible()
    await link(page, room).click()
    await expect(field(page)).to_have_value('ab')
    await page.keyboard.press('Backspace')
    await page.keyboard.press('Backspace')
    await expect(sign(page, room)).to_be_hidden()
    await say(page, 'said')
    await expect(sign(page, room)).to_be_hidden()


async def test_what_was_sent_in_another_tab_is_gone_here_too(page, room):
    await field(page).fill('one thought')
    tab = await second_tab(page, room)
    await expect(field(tab)).to_have_value('one thought')
    await expect(sign(tab, room)).to_be_visible()
    await field(tab).press('End')
    await tab.keyboard.type(', longer')
    await expect(field(page)).to_have_value('one thought, longer')
    await tab.keyboard.press('Enter')
    for each in (page, tab):
        await expect(field(each)).to_have_value('')
        await expect(sign(each, room)).to_be_hidden()
        await expect(each.locator('article .text')).to_have_text(['one thought, longer'])
    await page.reload()
    await page.wait_for_function(READY)
    await expect(field(page)).to_have_value('')


async def test_a_text_that_became_another_one_here_stays(page, room):
    tab = await second_tab(page, room)
    await page.evaluate('addEventListener("storage", (event) => event.stopImmediatePropagation(), true)')
    await field(tab).fill('the one')
    await page.evaluate('document.getElementById("composer").value = "the other"')
    await tab.keyboard.press('Enter')
    await expect(page.locator('article .text')).to_have_text(['the one'])
    await expect(field(page)).to_have_value('the other')


async def test_letters_that_are_undone_in_one_room_never_come_into_the_draft_of_another(page, room, ann):
    other = await create(ann, 'undone elsewhere')
    await delete_what_was_written_and_go(page, other)
    await page.keyboard.press('Control+z')
    await expect(field(page)).to_have_value('')
    await page.keyboard.type('text of B')
    await go(page, room)
    await page.keyboard.press('Control+z')
    await expect(field(page)).to_have_value('text of A')
    await go(page, other)
    await expect(field(page)).to_have_value('text of B')
    await page.keyboard.press('Backspace')
    await go(page, room)
    await expect(field(page)).to_have_value('text of A')
    await page.keyboard.press('Control+z')
    await expect(field(page)).to_have_value('')
    await go(page, other)
    await expect(field(page)).to_have_value('text of ')


async def test_what_was_done_in_other_rooms_is_passed_by_in_one_press(page, room, ann):
    """However many steps that were; and where nothing is left to undo, nothing is lost of the others."""
    other = await create(ann, 'several steps elsewhere')
    await delete_what_was_written_and_go(page, other)
    for keys in ('one', 'Control+z', 'Control+z', 'Control+z', 'Control+Shift+z', 'Backspace', 'two', 'Backspace'):
        await (page.keyboard.press if len(keys) > 3 else page.keyboard.type)(keys)
    await expect(field(page)).to_have_value('ontw')
    await go(page, room)
    await page.keyboard.press('Control+z')
    await expect(field(page)).to_have_value('text of A')
    await go(page, other)
    await expect(field(page)).to_have_value('ontw')


async def test_what_was_sent_is_not_undone_nor_anything_elsewhere_for_it(page, room, ann):
    other = await create(ann, 'sent elsewhere')
    await delete_what_was_written_and_go(page, other)
    await page.keyboard.type('to send')
    for keys in ('Enter', 'Control+z', 'Control+z', 'Control+z'):
        await page.keyboard.press(keys)
    await expect(field(page)).to_have_value('')
    await go(page, room)
    await page.keyboard.press('Control+z')
    await expect(field(page)).to_have_value('text of A')


async def test_of_two_hundred_rooms_drafts_are_kept_the_oldest_goes(page, room):
    await page.evaluate('''room => { const {me, name} = document.querySelector("[role=log]").dataset;
        const mine = `chatroom.${me}.${name}.`, others = Array.from({length: 200}, (_, at) => 10000 + at);
        for (const other of others) localStorage.setItem(`${mine}${other}.draft`, "old");
        localStorage.setItem(`${mine}drafts`, JSON.stringify(others)); }''', room)
    await field(page).press_sequentially('new')
    await page.wait_for_function('Object.keys(localStorage).filter(key => key.endsWith(".draft")).length === 200')
    kept = await page.evaluate('Object.keys(localStorage).filter(key => key.endsWith(".draft")).map(key => +key.split(".").at(-2))')
    assert room in kept
    assert 10199 not in kept, 'the last of the list'
    await expect(sign(page, room)).to_be_visible()


async def test_four_thousand_characters_of_a_draft_are_kept_and_who_would_lose_more_is_asked(page, room, ann):
    other = await create(ann, 'beside what is long')
    await field(page).fill('😀' * 4001)
    await go(page, other)
    await link(page, room).click()
    await expect(field(page)).to_have_value('😀' * 4001), 'the page has it all'
    asked = []

    async def accept(dialog):
        asked.append(dialog.type)
        await dialog.accept()

    page.on('dialog', accept)
    await field(page).press('End')
    await page.reload()
    await page.wait_for_function(READY)
    assert asked == ['beforeunload']
    await expect(field(page)).to_have_value('😀' * 4000)
    await page.reload()
    assert asked == ['beforeunload'], 'only then'

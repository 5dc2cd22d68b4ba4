"""The emoji picker."""
import re

import pytest
from playwright.async_api import expect

from chat.text.emoji import normal

from .acting import READY, used_emoji

pytestmark = pytest.mark.browser
PHONE = {'viewport': {'width': 390, 'height': 844}, 'has_touch': True, 'is_mobile': True}


@pytest.fixture
async def ann(open_chat):
    return await open_chat('ann')


def field(page):
    return page.get_by_label('Message', exact=True)


def picker(page):
    return page.get_by_role('dialog', name='Emoji')


async def open_picker(page):
    await page.get_by_role('button', name='Emoji').click()
    await expect(picker(page).get_by_role('heading', name='Smileys')).to_be_attached()


async def test_found_by_words_and_taken_by_enter_at_the_caret(ann):
    await field(ann).fill('ab')
    await ann.keyboard.press('ArrowLeft')
    await open_picker(ann)
    await ann.keyboard.type('tears joy')
    await expect(picker(ann).locator('.foot')).to_contain_text(':face_with_tears_of_joy:')
    await ann.keyboard.press('Enter')
    await expect(picker(ann)).to_be_hidden()
    await expect(field(ann)).to_be_focused()
    await ann.keyboard.type('!')
    await expect(field(ann)).to_have_value('a😂!b')


async def test_the_best_known_comes_first(ann):
    await open_picker(ann)
    for typed, emoji in (('heart', '❤️'), ('+1', '👍'), ('smil', '😄'), ('cat', '🐱'), (':smile:', '😄')):
        await ann.get_by_label('Search emoji').fill(typed)
        await expect(picker(ann).locator('.emoji section:visible button').first).to_have_text(emoji)
    await ann.get_by_label('Search emoji').fill('nothing-has-this')
    await expect(picker(ann).get_by_role('status')).to_have_text('No emoji has this name.')


async def test_what_was_used_last_is_kept(ann):
    for name in ('rocket', 'tada'):
        await open_picker(ann)
        await ann.keyboard.type(name)
        await ann.keyboard.press('Enter')
    await ann.reload()
    await ann.wait_for_function(READY)
    assert await used_emoji(ann) == ['🎉', '🚀']
    await open_picker(ann)
    assert await picker(ann).locator('section').first.get_by_role('option').all_inner_texts() == ['🎉', '🚀']


async def test_a_skin_tone_is_chosen_once_for_all_emoji_that_take_one(ann):
    await open_picker(ann)
    await picker(ann).get_by_role('radio', name='Default').focus()
    await ann.keyboard.press('ArrowRight')
    await expect(picker(ann).get_by_role('radio', name='Light', exact=True)).to_be_checked()
    shown = await picker(ann).evaluate('all => [...all.querySelectorAll(".emoji [data-plain]")].map(({textContent}) => textContent)')
    assert len(shown) > 300
    assert [emoji for emoji in shown if '🏻' not in emoji or normal(emoji) != emoji] == []
    await ann.reload()
    await open_picker(ann)
    await ann.keyboard.type('victory_hand')
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value('✌🏻')
    await ann.get_by_role('button', name='Emoji').click()
    recent = picker(ann).locator('section').first.get_by_role('option')
    await picker(ann).get_by_role('radio', name='Dark', exact=True).check()
    await expect(recent.first).to_have_text('✌🏻'), 'as it was used'
    await ann.keyboard.press('Escape')
    await field(ann).fill(':thumbsu')
    await ann.keyboard.press('Tab')
    await expect(field(ann)).to_have_value(re.compile('^👍🏿'))


async def test_escape_gives_the_focus_back_and_does_nothing_else(ann):
    await ann.evaluate('''() => { const emit = socket.emit.bind(socket);
        socket.emit = (name, ...more) => { if (name === "read") throw Error("marked as read"); emit(name, ...more); } }''')
    await open_picker(ann)
    await expect(ann.get_by_label('Search emoji')).to_be_focused()
    await ann.keyboard.type('x')
    await ann.keyboard.press('Escape')
    await expect(picker(ann)).to_be_hidden()
    await expect(ann.get_by_role('button', name='Emoji')).to_be_focused()


async def test_a_click_outside_closes_it(ann):
    await open_picker(ann)
    await ann.mouse.click(5, 5)
    await expect(picker(ann)).to_be_hidden()


async def test_arrows_move_in_the_grid(ann):
    await open_picker(ann)
    foot = picker(ann).locator('.foot')
    for key, name in (('ArrowDown', 'grinning'), ('ArrowRight', 'grin'), ('ArrowDown', 'wink'), ('ArrowLeft', 'smiling_imp'),
                      ('ArrowUp', 'grinning')):
        await ann.keyboard.press(key)
        await expect(foot).to_contain_text(f':{name}:')
    await ann.keyboard.press('ArrowUp')
    await expect(ann.get_by_label('Search emoji')).to_be_focused()
    await ann.keyboard.press('ArrowDown')
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value('😀')


async def test_undo_takes_it_back(ann):
    await field(ann).press_sequentially('hello ')
    await open_picker(ann)
    await ann.keyboard.type('wave')
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value('hello 👋')
    await ann.keyboard.press('Control+z')
    await expect(field(ann)).to_have_value('hello ')


async def test_a_sheet_inside_of_a_phone(open_chat):
    page = await open_chat('ann', **PHONE)
    await open_picker(page)
    await expect(page.get_by_label('Search emoji')).not_to_be_focused()
    box = await picker(page).bounding_box()
    assert box['x'] == 0
    assert box['width'] == 390
    assert box['y'] + box['height'] == 844
    assert box['y'] > 100
    cell = await picker(page).locator('.emoji section:visible button').first.bounding_box()
    assert min(cell['width'], cell['height']) >= 40


async def test_it_stays_inside_of_a_window_wherever_its_button_is(ann):
    await ann.evaluate('document.querySelector(".sidebar h2").append(smiley); smiley.click()')
    await expect(picker(ann)).to_be_visible()
    box = await picker(ann).bounding_box()
    size = ann.viewport_size
    assert box['x'] >= 8
    assert box['y'] >= 8
    assert box['x'] + box['width'] <= size['width'] - 8
    assert box['y'] + box['height'] <= size['height'] - 8


async def test_without_the_server_it_says_so(ann):
    await ann.context.set_offline(True)
    await ann.get_by_role('button', name='Emoji').click()
    await expect(ann.get_by_role('alert').filter(has_text='did not come')).to_be_visible()
    await ann.context.set_offline(False)
    await open_picker(ann)

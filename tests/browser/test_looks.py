"""Messages look as they were meant, as far as only a browser shows it."""
import re

import pytest
from playwright.async_api import expect

from .acting import create, say, show_room, shows_room
from .test_messages import PHONE, editor, enter, message, post, text, use

pytestmark = pytest.mark.browser
LONG = '\n'.join(f'line {number}' for number in range(60))
CHARACTERS = '''element => {
    const range = document.createRange(), found = [];
    for (let node, nodes = document.createTreeWalker(element, NodeFilter.SHOW_TEXT); node = nodes.nextNode();)
        for (let at = 0; at < node.length; at++) {
            range.setStart(node, at); range.setEnd(node, at + 1);
            const {left, top} = range.getBoundingClientRect();
            found.push([Math.round(top / 10), left, node.data[at]]);
        }
    return found.sort((a, b) => a[0] - b[0] || a[1] - b[1]).map(([,, character]) => character).join("");
}'''
'''The characters of a text from left to right, as they are seen.'''


@pytest.fixture(scope='module', autouse=True)
def administrator(server):
    """The first who registers."""
    server.cookie('dora')
    return 'dora'


async def enter_by_phone(open_chat, name, room):
    page = await open_chat(name, **PHONE)
    await show_room(page, room)
    await shows_room(page, room)
    return page


@pytest.mark.parametrize(('typed', 'seen'), [
    ('כתבו --help עכשיו', '--help'), ('כתבו `--help` עכשיו', '--help'), ('יש C++ כאן', 'C++'), ('הקובץ /etc/hosts כאן', '/etc/hosts'),
    ('ראו https://x.org/a/ כאן', 'https://x.org/a/'), ('שלום @bob, כן', '@bob')])
async def test_in_a_text_from_right_to_left_what_is_not_keeps_its_order(open_chat, ann, bob, room, typed, seen):
    [number] = await post(ann, room, typed)
    page = await enter(await open_chat('ann'), room)
    assert seen in await text(page, number).evaluate(CHARACTERS)


async def test_a_name_from_right_to_left_does_not_turn_what_follows(open_chat, server, ann, room):
    async with server.program('דנה'):
        [number] = await post(ann, room, 'hello @דנה, 3 files')
    page = await enter(await open_chat('ann'), room)
    await expect(text(page, number).locator('.mention')).to_have_text('@דנה')
    shown = await text(page, number).evaluate(CHARACTERS)
    assert shown.startswith('hello ')
    assert shown.endswith(', 3 files')


async def test_white_space_at_the_start_is_kept_when_it_is_typed_and_when_it_is_edited(open_chat, ann, bob, room):
    page = await enter(await open_chat('ann'), room)
    await say(page, '\n    if x:\n        return 1  ')
    said = page.locator('article .text', has_text='return 1')
    await expect(said).to_be_visible()
    assert await said.text_content() == '    if x:\n        return 1'
    number = int(await page.locator('article', has_text='return 1').get_attribute('data-id'))
    await use(page, number, 'Edit')
    await expect(editor(page)).to_have_value('    if x:\n        return 1')
    await editor(page).fill('    if y:\n        return 2')
    await page.keyboard.press('Enter')
    await expect(text(page, number)).to_contain_text('return 2')
    assert (await text(page, number).text_content()).startswith('    if y:\n')
    assert (await bob.ask('history', {'room': room}))['messages'][-1]['message'] == '    if y:\n        return 2'


async def test_a_long_message_is_folded_and_stays_unfolded_when_it_comes_again(open_chat, ann, bob, room):
    number, = await post(ann, room, LONG)
    page = await enter(await open_chat('bob'), room)
    height = 'element => element.getBoundingClientRect().height'
    assert await text(page, number).evaluate(height) < 480
    await page.get_by_role('button', name='Show more').click()
    await expect(page.get_by_role('button', name='Show more')).to_have_count(0)
    whole = await text(page, number).evaluate(height)
    assert whole > 1_200
    await ann.ask('react', {'id': number, 'emoji': '👍', 'on': True})
    await expect(message(page, number).locator('.reaction')).to_be_visible()
    assert await text(page, number).evaluate(height) == whole


async def test_wide_code_is_scrolled_by_keyboard(open_chat, ann, bob, room):
    number, = await post(ann, room, '```\n' + 'wide ' * 60 + '\n```')
    page = await enter_by_phone(open_chat, 'ann', room)
    code = text(page, number).locator('pre')
    await code.focus()
    await page.keyboard.press('ArrowRight')
    await page.wait_for_function('code => code.scrollLeft > 0', arg=await code.element_handle())


async def test_headings_are_bold_and_not_larger_than_a_title(open_chat, ann, bob, room):
    number, = await post(ann, room, '# One\n## Two\n### Three\n#42')
    page = await enter(await open_chat('ann'), room)
    for name in ('One', 'Two', 'Three'):
        size, weight = await text(page, number).get_by_role('heading', name=name).evaluate(
            'node => [parseFloat(getComputedStyle(node).fontSize), +getComputedStyle(node).fontWeight]')
        assert 15 <= size <= 18
        assert weight >= 600


async def test_a_number_of_any_length_is_seen_whole(open_chat, ann, bob, room):
    number, = await post(ann, room, '1. a\n123456789. b')
    page = await enter_by_phone(open_chat, 'ann', room)
    left, edge = await text(page, number).locator('li').last.evaluate('''item => {
        const range = document.createRange(); range.selectNodeContents(item);
        return [range.getBoundingClientRect().left, item.closest(".text").getBoundingClientRect().left]; }''')
    assert left - edge > 60  # the number stands inside


async def test_a_link_to_a_message_shows_it_to_who_may_see_it_and_opens_in_place(open_chat, server, ann, bob, room):
    open_room, secret = await create(ann, 'Open **one**'), await create(ann, 'Secret one', kind='closed')
    [there] = await post(ann, open_room, 'the **first** text')
    await post(ann, open_room, *(f'line {number}' for number in range(60)))
    [hidden] = await post(ann, secret, 'not for all')
    base = f'{server.url}/chat'
    [number] = await post(ann, room, f'{base}/{open_room}?at={there} {base}/{secret}?at={hidden} http://other.example/chat/1?at=1')
    page, other = await enter(await open_chat('ann'), room), await enter(await open_chat('bob'), room)
    await expect(message(page, number).locator('.cited')).to_have_text(['# Open **one** ann the first text', '# Secret one ann not for all'])
    await expect(message(other, number).locator('.cited')).to_have_text(['# Open **one** ann the first text'])
    await ann.ask('edit_message', {'id': there, 'message': 'another text'})
    await expect(message(other, number).locator('.cited')).to_have_text(['# Open **one** ann another text'])
    loaded = await other.evaluate('performance.timeOrigin')
    await text(other, number).get_by_role('link').first.click()
    await expect(message(other, there)).to_have_class(re.compile('found'))
    assert await other.evaluate('performance.timeOrigin') == loaded
    assert len(other.context.pages) == 1
    await other.go_back()
    await message(other, number).locator('.cited').click()
    await expect(message(other, there)).to_be_in_viewport()
    await other.go_back()
    await ann.ask('delete_message', {'id': there})
    await expect(message(other, number).locator('.cited')).to_have_count(0)


@pytest.mark.parametrize('shape', [{}, PHONE])
async def test_a_topic_is_text_that_can_be_read_to_its_end(open_chat, ann, bob, room, shape):
    page = await enter_by_phone(open_chat, 'bob', room) if shape else await enter(await open_chat('bob'), room)
    topic = page.locator('header .topic')
    await expect(topic).not_to_be_visible()
    await ann.ask('update_room', {'room': room, 'topic': '**bold** :tada: https://example.org/a <b> @bob ' + 'and more ' * 20 + 'the end'})
    await expect(topic.locator('strong')).to_have_text('bold')
    await expect(topic).to_contain_text('🎉')
    await expect(topic).to_contain_text('<b> @bob')
    await expect(topic.locator('.mention')).to_have_count(0)
    assert await topic.evaluate('node => node.scrollWidth > node.clientWidth')
    await topic.click()
    shown = topic.locator('span').first
    assert await shown.evaluate('''node => {
        const {left, right, bottom} = node.getBoundingClientRect();
        return left >= 0 && right <= innerWidth && bottom < innerHeight && node.scrollWidth <= node.clientWidth; }''')
    await expect(topic.get_by_role('link')).to_have_attribute('href', 'https://example.org/a')
    await page.keyboard.press('Tab')
    await page.keyboard.press('Tab')
    await expect(topic.locator('a')).not_to_be_focused()
    await ann.ask('update_room', {'room': room, 'topic': ''})
    await expect(topic).not_to_be_visible()

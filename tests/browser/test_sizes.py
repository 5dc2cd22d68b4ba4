"""What changes size moves nobody: who is at the end stays there, who reads further up stays where that is."""
import pytest
from playwright.async_api import expect

from .acting import READY, link, show_room, shows_room

pytestmark = pytest.mark.browser

WIDE, PHONE = {'width': 1200, 'height': 800}, {'width': 390, 'height': 844}
WITHOUT_FIELD_SIZING = '''
    const {supports} = CSS; CSS.supports = (text) => !text.includes("field-sizing") && supports.call(CSS, text);
    addEventListener("DOMContentLoaded", () => document.head.insertAdjacentHTML("beforeend",
        "<style>textarea { field-sizing: fixed !important }</style>"));'''
'''As in browsers that don't know it.'''
FROM_END = '(log => log.scrollHeight - log.scrollTop - log.clientHeight)(document.querySelector("[role=log]"))'
FIRST = '''() => { const edge = document.querySelector("[role=log]").getBoundingClientRect().top;
    const boxes = [...document.querySelectorAll("article")].map(article => [article.id, article.getBoundingClientRect()]);
    const [id, {top}] = boxes.find(([, {bottom}]) => bottom > edge + 1); return [id, top - edge]; }'''
'''The first message that can be seen, and where it is.'''
SCROLLED = '(top => { document.querySelector("[role=log]").scrollTop = top; })'
FRAMES = 'new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => requestAnimationFrame(done))))'
LATE_HEIGHT = '''([at, height]) => document.querySelectorAll("article .text")[at].insertAdjacentHTML("beforeend",
    `<i style="display: block; height: ${height}px"></i>`)'''


@pytest.fixture
async def long_room(ann, bob, room):
    """Messages of one line and of many, which break elsewhere in another width."""
    for i in range(70):
        await bob.ask('send_message', {'room': room, 'message': f'message {i} ' + 'word ' * (i * 7 % 60)})
    await ann.ask('read', {'room': room, 'id': 10**9})
    return room


async def entered(page, room):
    await show_room(page, room)
    await shows_room(page, room)
    await expect(page.get_by_text('message 69')).to_be_in_viewport()
    return page


def composer(page):
    return page.locator('#composer')


async def resize(page, width, height):
    await page.set_viewport_size({'width': width, 'height': height})


async def writes_lines(page):
    await composer(page).focus()
    for letter in 'abcdef':
        await page.keyboard.press(letter)
        await page.keyboard.press('Shift+Enter')
    await page.keyboard.type('and goes on')


async def pastes_lines(page):
    await composer(page).fill('pasted\n' * 5)
    await page.keyboard.type('and goes on')


async def clears_what_is_written(page):
    await composer(page).fill('many\n' * 9)
    height = (await composer(page).bounding_box())['height']
    await page.keyboard.press('Control+a')
    await page.keyboard.press('Delete')
    await page.evaluate(FRAMES)
    assert (await composer(page).bounding_box())['height'] < height / 2


async def writes_a_long_line(page):
    await composer(page).fill('wrapped ' * 80)
    await page.keyboard.type('and goes on')


async def is_refused(page):
    await composer(page).fill('/invite nobody-of-this-name')
    await page.keyboard.press('Enter')
    await expect(page.locator('#note')).not_to_be_empty()
    await page.keyboard.type('and goes on')


async def replies(page):
    await page.locator('article').last.hover()
    await page.get_by_role('button', name='Reply', exact=True).click()
    await page.keyboard.type('well')
    await page.keyboard.press('Escape')


async def opens_a_panel(page):
    await page.get_by_role('button', name='Members').click()
    await expect(page.locator('.panel .people > li').first).to_be_visible()


async def turns_and_turns_back(page):
    size = page.viewport_size
    await resize(page, size['height'], size['width'])
    await page.evaluate(FRAMES)
    await resize(page, size['width'], size['height'])


async def has_a_keyboard_below(page):
    await resize(page, page.viewport_size['width'], 400)


async def zooms(page):
    await page.evaluate('document.documentElement.style.zoom = 1.5')


async def gets_what_is_high_late(page):
    """A picture in the last message, or its font."""
    await page.evaluate(LATE_HEIGHT, [-1 + await page.locator('article').count(), 300])
    await page.evaluate('document.querySelector("[role=log]").style.fontSize = "19px"')


async def drags_the_edge_of_the_window(page):
    size = page.viewport_size
    for by in (*range(0, 300, 30), *range(300, 0, -50)):
        await resize(page, size['width'] + (by if size['width'] < 600 else -by), size['height'])


CHANGES = [writes_lines, pastes_lines, clears_what_is_written, writes_a_long_line, is_refused, opens_a_panel, turns_and_turns_back,
           has_a_keyboard_below, zooms, gets_what_is_high_late, drags_the_edge_of_the_window]


@pytest.mark.parametrize('script', ['', WITHOUT_FIELD_SIZING], ids=['', 'old'])
@pytest.mark.parametrize('viewport', [WIDE, PHONE], ids=['wide', 'phone'])
async def test_the_end_is_held(open_chat, bob, long_room, viewport, script):
    page = await open_chat('ann', viewport=viewport)
    await page.context.add_init_script(script)
    await page.reload()
    await page.wait_for_function(READY)
    await entered(page, long_room)
    for change in [*([replies] if viewport is WIDE else []), *CHANGES]:
        await change(page)
        await page.evaluate(FRAMES)
        assert await page.evaluate(FROM_END) <= 1, change
    await resize(page, **viewport)
    await page.evaluate('document.documentElement.style.zoom = 1')
    number = (await bob.ask('send_message', {'room': long_room, 'message': 'the newest'}))['id']
    await expect(page.locator(f'#m{number}')).to_be_in_viewport(ratio=1)
    await expect(link(page, long_room)).not_to_have_class('unread')


@pytest.mark.parametrize('viewport', [WIDE, PHONE], ids=['wide', 'phone'])
async def test_the_first_message_that_is_seen_stays(open_chat, long_room, viewport):
    page = await entered(await open_chat('ann', viewport=viewport), long_room)
    await page.evaluate('''() => { const log = document.querySelector("[role=log]"), {top} = log.getBoundingClientRect();
        log.scrollTop += document.querySelectorAll("article")[20].getBoundingClientRect().top - top; }''')
    await page.evaluate(FRAMES)
    article, top = await page.evaluate(FIRST)
    for change in CHANGES:
        await change(page)
        await page.evaluate(FRAMES)
        now, there = await page.evaluate(FIRST)
        assert now == article, change
        assert abs(there - top) <= 1, change


async def test_what_comes_late_above_moves_nothing(open_chat, long_room):
    page = await entered(await open_chat('ann', viewport=WIDE), long_room)
    await page.evaluate(SCROLLED, 1000)
    await page.evaluate(FRAMES)
    article, top = await page.evaluate(FIRST)
    for height in (300, 77):
        await page.evaluate(LATE_HEIGHT, [1, height])
        await page.evaluate(FRAMES)
        assert await page.evaluate(FIRST) == [article, pytest.approx(top, abs=1)]


async def test_what_no_longer_is_new_moves_nothing(open_chat, ann, bob, room):
    """The line above what is new goes as soon as that was read in another tab."""
    numbers = [(await bob.ask('send_message', {'room': room, 'message': f'message {i}\n\nof three lines'}))['id'] for i in range(70)]
    await ann.ask('read', {'room': room, 'id': numbers[30]})
    page = await open_chat('ann', viewport=WIDE)
    await show_room(page, room)
    await expect(page.locator('.new')).to_be_in_viewport()
    await page.evaluate('document.querySelector("[role=log]").scrollTop += 500')
    await page.evaluate(FRAMES)
    article, top = await page.evaluate(FIRST)
    await page.evaluate('Object.defineProperty(Document.prototype, "hidden", {get: () => true})')
    await ann.ask('read', {'room': room, 'id': numbers[-1]})
    await expect(page.locator('.new')).to_have_count(0)
    assert await page.evaluate(FIRST) == [article, pytest.approx(top, abs=1)]

"""Keys by what is printed on them, on any layout; and the keys of input methods, which are theirs alone."""
import pytest
from playwright.async_api import expect

from .acting import KNOWS_ROOMS, link, show_room, shows_room
from .test_messages import choose, message
from .test_outbox import post

pytestmark = pytest.mark.browser


@pytest.fixture
async def page(open_chat, room):
    chat = await open_chat('ann')
    await chat.wait_for_function(KNOWS_ROOMS)
    await show_room(chat, room)
    await shows_room(chat, room)
    return chat


async def press(page, key, code, **held):
    """As a keyboard of another layout does; Playwright has one only. Whether the key was used."""
    return await page.evaluate('''([key, code, held]) => !(document.activeElement ?? document.body).dispatchEvent(
        new KeyboardEvent("keydown", {key, code, bubbles: true, cancelable: true, ...held}))''', [key, code, held])


CTRL, META = {'ctrlKey': True}, {'metaKey': True}
SHIFT = {'ctrlKey': True, 'shiftKey': True}


OPENING = [
    *(('k', 'KeyK', held, True) for held in (CTRL, META)), ('K', 'KeyK', CTRL, True), ('л', 'KeyK', CTRL, True), ('Л', 'KeyK', CTRL, True), ('л', 'KeyK', META, True),
    ('κ', 'KeyK', CTRL, True), ('ל', 'KeyK', CTRL, True), ('ن', 'KeyK', CTRL, True), ('า', 'KeyK', CTRL, True), ('ㅏ', 'KeyK', CTRL, True), ('क', 'KeyK', CTRL, True),
    ('ｋ', 'KeyK', CTRL, True), ('Dead', 'KeyK', CTRL, True), ('Unidentified', 'KeyK', CTRL, True), ('Dead', 'KeyG', CTRL, False),
    ('k', 'KeyV', CTRL, True), ('k', 'KeyB', CTRL, True), ('t', 'KeyK', CTRL, False), ('л', 'KeyG', CTRL, False), ('K', 'KeyK', SHIFT, False), ('л', 'KeyK', {}, False)]


async def test_the_switcher_opens_on_any_layout(page):
    for key, code, held, opens in OPENING:
        assert await press(page, key, code, **held) == opens, (key, code, held)
        await expect(page.locator('.switcher')).to_be_visible() if opens else await expect(page.locator('.switcher')).to_be_hidden()
        if opens:
            await press(page, key, code, **held)
            await expect(page.locator('.switcher')).to_be_hidden()


async def test_a_deletion_is_undone_on_any_layout(page, ann, room):
    number, = await post(ann, room, 'comes back')
    for key, code, undoes in (('z', 'KeyZ', True), ('Z', 'KeyZ', True), ('я', 'KeyZ', True), ('Я', 'KeyZ', True), ('ζ', 'KeyZ', True), ('ז', 'KeyZ', True), ('ئ', 'KeyZ', True),
                              ('ผ', 'KeyZ', True), ('z', 'KeyW', True), ('z', 'KeyY', True), ('w', 'KeyZ', False), ('y', 'KeyZ', False), (';', 'KeyZ', False), ('à', 'KeyZ', False)):
        await choose(page, number, 'Delete')
        await expect(message(page, number)).to_be_hidden()
        assert await press(page, key, code, **CTRL) == undoes, (key, code)
        if not undoes:
            await page.keyboard.press('Control+z')
        await expect(message(page, number)).to_be_visible()


MARKING = [
    ('и', 'KeyB', CTRL, '**word**'), ('β', 'KeyB', CTRL, '**word**'), ('נ', 'KeyB', CTRL, '**word**'), ('لا', 'KeyB', CTRL, '**word**'), ('ิ', 'KeyB', CTRL, '**word**'), ('B', 'KeyB', CTRL, '**word**'),
    ('ш', 'KeyI', CTRL, '*word*'), ('ן', 'KeyI', CTRL, '*word*'), ('ه', 'KeyI', CTRL, '*word*'), ('İ', 'Quote', CTRL, '*word*'), ('у', 'KeyE', CTRL, '`word`'), ('ำ', 'KeyE', CTRL, '`word`'),
    ('Ч', 'KeyX', SHIFT, '~~word~~'), ('Χ', 'KeyX', SHIFT, '~~word~~'), ('X', 'KeyX', SHIFT, '~~word~~'), ('ْ', 'KeyX', SHIFT, '~~word~~'), (')', 'KeyX', SHIFT, '~~word~~'), ('и', 'KeyB', META, '**word**'),
    ('x', 'KeyB', CTRL, 'word'), ('.', 'KeyE', CTRL, 'word'), ('c', 'KeyI', CTRL, 'word'), ('и', 'KeyB', {'ctrlKey': True, 'altKey': True}, 'word')]


async def test_marks_on_any_layout(page):
    field = page.locator('#composer')
    for key, code, held, text in MARKING:
        await field.fill('word')
        await field.select_text()
        await press(page, key, code, **held)
        assert (key, code, await field.input_value()) == (key, code, text)


async def test_search_on_any_layout(page):
    for key, code in (('F', 'KeyF'), ('А', 'KeyF'), ('Φ', 'KeyF'), ('כ', 'KeyF'), ('[', 'KeyF'), ('โ', 'KeyF'), ('f', 'KeyY')):
        assert await press(page, key, code, **SHIFT), (key, code)
        await expect(page.get_by_role('searchbox', name='Search messages')).to_be_focused()
        await page.get_by_role('button', name='Close').click()
        await expect(page.get_by_role('searchbox', name='Search messages')).to_be_hidden()


async def test_a_question_mark_is_where_it_is_printed(page):
    for key, code, shift in (('?', 'Slash', True), ('?', 'KeyM', True), ('?', 'Digit7', True), ('؟', 'Slash', True), ('?', 'Minus', False)):
        await page.evaluate('document.activeElement.blur()')
        await press(page, key, code, shiftKey=shift)
        await expect(page.get_by_role('dialog', name='Keys')).to_be_visible()
        await page.keyboard.press('Escape')
        await expect(page.get_by_role('dialog', name='Keys')).to_be_hidden()


async def compose(page, text):
    """As an input method does that is about to write this."""
    session = await page.context.new_cdp_session(page)
    await session.send('Input.imeSetComposition', {'text': text, 'selectionStart': len(text), 'selectionEnd': len(text)})
    return session


async def press_composing(page, key):
    """In Safari, and in some browsers on phones, the key has its name, and no other sign than that it composes."""
    session = await page.context.new_cdp_session(page)
    code = {'Enter': 13, 'Escape': 27}[key]
    for kind in ('rawKeyDown', 'keyUp'):
        await session.send('Input.dispatchKeyEvent', {'type': kind, 'key': key, 'code': key, 'windowsVirtualKeyCode': code, 'nativeVirtualKeyCode': code})


PRESSED = {'switcher': 'Control+k', 'search': 'Control+Shift+f'}
CLICKED = {'filter': '#filter', 'picker': '#smiley', 'members': '#members', 'composer': '#composer',
           'room': '[aria-label="New room"]', 'direct': '[aria-label="New direct message"]'}
FIELDS = {'switcher': '.switcher input', 'search': '.panel input', 'filter': '#filter', 'picker': '.picker input', 'members': '.panel input',
          'composer': '#composer', 'room': '.form input', 'direct': '.form input'}


async def opened(page, what):
    """The field that has the focus then."""
    if what in PRESSED:
        await page.keyboard.press(PRESSED[what])
    else:
        await page.locator(CLICKED[what]).click()
    return FIELDS[what]


@pytest.mark.parametrize('what', FIELDS)
async def test_the_keys_of_an_input_method_are_its_own(page, bob, what):
    field = page.locator(await opened(page, what)).first
    await expect(field).to_be_focused()
    where, heading = page.url, await page.locator('h1').inner_text()
    for key in ('Enter', 'Escape'):
        await compose(page, 'Lob')
        await expect(field).to_have_value('Lob')
        await press_composing(page, key)
        await page.evaluate('() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))')
        await expect(field).to_be_visible()
        await expect(field).to_be_focused()
        assert (page.url, await page.locator('h1').inner_text()) == (where, heading)
        await expect(field).to_have_value('Lob')
    await expect(page.locator('article:not(.system)')).to_have_count(0)


async def test_enter_in_the_filter_opens_what_is_found_when_nothing_is_composed(page, bob):
    await page.locator('#filter').fill('#LÓBBY')
    await expect(page.locator('.sidebar a:visible')).to_have_count(1)
    await page.keyboard.press('Enter')
    await expect(page.locator('h1')).to_have_text('Lobby')
    await expect(link(page, 1)).to_have_attribute('aria-current', 'page')

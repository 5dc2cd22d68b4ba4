"""Where the focus is: where one goes on writing. And what is typed, pasted or dropped without a field."""
import pytest
from playwright.async_api import expect

from .acting import KNOWS_ROOMS, create, lines, link
from .test_messages import CLIPBOARD, PHONE, choose, message, reaction, use
from .test_outbox import post

pytestmark = pytest.mark.browser


@pytest.fixture
async def numbers(ann, room):
    return await post(ann, room, *[f'line {at}' for at in range(60)])


async def opened(open_chat, room, latency=0, **context):
    page = await open_chat('ann', **context)
    await page.goto(f'{page.url.split("?")[0].rpartition("/chat")[0]}/chat/{room}?latency={latency}')
    await page.wait_for_function(KNOWS_ROOMS)
    await expect(page.locator('article').last).to_be_visible()
    return page


@pytest.fixture(params=lines(0))
async def page(request, open_chat, room, numbers):
    return await opened(open_chat, room, request.param)


def field(page):
    return page.locator('#composer')


async def blur(page, selector='body'):
    """Nothing has the focus, or this has it."""
    await page.evaluate('selector => { document.activeElement.blur(); if (selector !== "body") document.querySelector(selector).focus(); }',
                        selector)


@pytest.mark.parametrize('where', ['body', '[role=log]', 'article', '.sidebar a[aria-current]', '#members'])
async def test_a_letter_goes_to_the_composer_from_everywhere(browser_page, where):
    await browser_page.evaluate('document.querySelector("article").tabIndex = -1')
    for keys, typed in (('a', 'a'), ('Shift+B', 'B'), ('7', '7'), ('/', '/'), ('@', '@')):
        await field(browser_page).fill('')
        await blur(browser_page, where)
        await browser_page.keyboard.press(keys)
        await expect(field(browser_page)).to_be_focused()
        await expect(field(browser_page)).to_have_value(typed)
        await browser_page.keyboard.type('bc')
        await expect(field(browser_page)).to_have_value(f'{typed}bc')


async def test_nor_into_a_field_that_was_closed_just_now(browser_page):
    """It has the focus until the next frame."""
    await blur(browser_page)
    await browser_page.keyboard.press('Control+k')
    await browser_page.evaluate('''() => { const field = document.activeElement; field.closest("dialog").close();
        for (const key of ["a", "b"]) document.activeElement.dispatchEvent(new KeyboardEvent("keydown", {key, bubbles: true})); }''')
    await expect(field(browser_page)).to_be_focused()


@pytest.fixture
async def browser_page(open_chat, room, numbers):
    return await opened(open_chat, room, **CLIPBOARD)


async def test_what_is_a_key_stays_one(browser_page):
    page = browser_page
    for keys in ('Control+c', 'Control+Shift+Home', 'Tab', 'F2', 'Shift', 'Alt+a'):
        await blur(page)
        await page.keyboard.press(keys)
        await expect(field(page)).not_to_be_focused()
    await blur(page)
    await page.keyboard.press('?')
    await expect(page.get_by_role('dialog', name='Keys')).to_be_visible()
    await page.keyboard.type('abc')  # a dialog is open
    await expect(field(page)).to_have_value('')
    await page.keyboard.press('Escape')
    await page.locator('#members').focus()
    await page.keyboard.press('Space')
    await expect(page.locator('.panel')).to_be_visible()
    await page.keyboard.type('in a field')
    await expect(page.get_by_label('Search members')).to_have_value('in a field')
    await expect(field(page)).to_have_value('')


async def test_what_is_pasted_without_a_field_is_too_and_may_be_undone(browser_page):
    page = browser_page
    for text in ('pasted', 'several\nlines'):
        await page.evaluate('text => navigator.clipboard.writeText(text)', text)
        await field(page).fill('')
        await blur(page)
        await page.keyboard.press('Control+v')
        await expect(field(page)).to_be_focused()
        await expect(field(page)).to_have_value(text)
    await expect(page.get_by_role('button', name='Make the pasted lines a code block')).to_be_visible()
    await page.keyboard.press('Control+z')
    await expect(field(page)).to_have_value('')


async def test_the_focus_is_in_the_composer_after_what_is_done_by_pointer(page, numbers, bob):
    last = numbers[-1]
    await bob.ask('react', {'id': last, 'emoji': '🎉', 'on': True})
    await expect(reaction(page, last, '🎉')).to_be_visible()
    await page.evaluate('document.querySelector("[role=log]").scrollTop = 0')
    await blur(page)
    await page.get_by_role('button', name='Jump to newest').click()
    await expect(field(page)).to_be_focused()
    await expect(message(page, last)).to_be_in_viewport()
    await blur(page, '[role=log]')
    await use(page, last, 'React with 👍')
    await expect(field(page)).to_be_focused()
    await expect(reaction(page, last)).to_have_text('👍 1')
    for _ in range(2):
        await blur(page, '[role=log]')
        await reaction(page, last, '🎉').click()
        await expect(field(page)).to_be_focused()
    await expect(reaction(page, last, '🎉')).to_have_text('🎉 1')
    await expect(field(page)).to_be_focused()
    for entry in ('Save for me', 'Pin to this room', 'Delete'):
        await blur(page, '[role=log]')
        await choose(page, last, entry)
        await expect(field(page)).to_be_focused()
    await expect(message(page, last)).to_be_hidden()
    await blur(page)
    await page.get_by_role('button', name='Undo').click()
    await expect(field(page)).to_be_focused()
    await expect(message(page, last)).to_be_visible()


async def test_undo_follows_a_deletion_though_the_composer_has_the_focus_and_letters_otherwise(page, numbers):
    last = numbers[-1]
    await field(page).fill('a draft')
    await choose(page, last, 'Delete')
    await expect(message(page, last)).to_be_hidden()
    await page.keyboard.press('Control+z')
    await expect(message(page, last)).to_be_visible()
    await expect(field(page)).to_have_value('a draft')
    await message(page, last).scroll_into_view_if_needed()
    await page.evaluate('() => new Promise((seen) => requestAnimationFrame(() => requestAnimationFrame(seen)))')
    await choose(page, last, 'Delete')
    await page.keyboard.type('!')
    await page.keyboard.press('Control+z')
    await expect(message(page, last)).to_be_hidden()
    await expect(field(page)).to_be_focused()


@pytest.mark.parametrize('shown', [False, True])
async def test_after_choosing_a_member(page, server, shown):
    server.cookie('carl')
    await page.get_by_role('button', name='Members', exact=True).click()
    for _ in range(1 + shown):  # the second time the conversation is open already
        await page.locator('.person', has_text='carl').click()
        await page.locator('.person-card').get_by_role('button', name='Message').click()
        await expect(page.locator('h1')).to_have_text('carl')
        await expect(field(page)).to_be_focused()
    await page.keyboard.type('hello')
    await expect(field(page)).to_have_value('hello')
    await field(page).fill('')


async def test_in_an_archived_room_one_goes_on_reading(page, ann, room):
    other = await create(ann, 'archived, and read only')
    await ann.ask('update_room', {'room': other, 'archived': True})
    await expect(link(page, other)).to_be_visible()
    for keys in ('archived, and read', None):
        if keys:
            await page.keyboard.press('Control+k')
            await page.keyboard.type(keys)
            await page.keyboard.press('Enter')
        else:
            await link(page, other).click()
        await expect(page.locator('h1')).to_have_text('archived, and read only')
        await expect(page.get_by_role('log')).to_be_focused()
        await link(page, room).click()
        await expect(field(page)).to_be_focused()


async def test_on_a_phone_no_keyboard_comes_up(open_chat, room, numbers):
    page = await opened(open_chat, room, **PHONE)
    await page.locator(f'#m{numbers[-1]} .text').tap()
    await message(page, numbers[-1]).get_by_role('button', name='React with 👍').tap()
    await expect(reaction(page, numbers[-1])).to_have_text('👍 1')
    await expect(page.get_by_role('log')).to_be_focused()


async def test_page_keys_scroll_the_messages_from_an_empty_field(browser_page):
    page = browser_page
    top = '() => document.querySelector("[role=log]").scrollTop'
    for where in ('#composer', 'body'):
        await blur(page, where)
        end = await page.evaluate(top)
        await page.keyboard.press('PageUp')
        await page.wait_for_function(f'end => ({top})() < end - 200', arg=end)
        await page.keyboard.press('PageDown')
        await page.wait_for_function(f'end => ({top})() >= end - 1', arg=end)
    await field(page).fill('one\n' * 30)
    await page.keyboard.press('PageUp')
    assert await page.evaluate(top) >= end - 1
    assert await field(page).evaluate('field => field.selectionStart < field.value.length')
    await field(page).fill('')


async def show_dialog(page, name):
    await blur(page)
    if name in ('Control+k', '?'):
        await page.keyboard.press(name)
        await expect(page.locator('dialog[open]')).to_be_visible()
    else:
        await page.get_by_role('button', name=name, exact=True).click()
        await page.wait_for_function('document.activeElement.closest(".q-dialog--modal, dialog")')


@pytest.mark.parametrize('dialog', ['New room', 'Room settings', 'Control+k', '?', 'Emoji'])
async def test_a_shortcut_works_while_a_dialog_is_closing(page, dialog):
    for keys, shown in (('Control+k', '.switcher[open]'), ('Control+Shift+f', '.panel:not([hidden])'), ('?', '.keys[open]')):
        await show_dialog(page, dialog)
        await page.keyboard.press('Escape')
        await blur(page)
        await page.keyboard.press(keys)
        await expect(page.locator(shown)).to_be_visible()
        await page.keyboard.press('Escape')
        await expect(page.locator(shown)).to_have_count(0)


# What is dropped

FILE = '''kind => { const data = new DataTransfer(); if (kind === "file") data.items.add(new File(["x"], "x.txt"));
    else data.setData("text/plain", "words");
    return selector => ["dragover", "drop"].map((type) => !document.querySelector(selector)
        .dispatchEvent(new DragEvent(type, {dataTransfer: data, bubbles: true, cancelable: true}))); }'''


async def is_stopped(page, kind, selector):
    return await page.evaluate(f'([kind, selector]) => ({FILE})(kind)(selector)', [kind, selector])


async def drop_really(page, path, x, y):
    """As from the desktop."""
    chromium = await page.context.new_cdp_session(page)
    data = {'items': [], 'files': [str(path)], 'dragOperationsMask': 1}
    for kind in ('dragEnter', 'dragOver', 'drop'):
        await chromium.send('Input.dispatchDragEvent', {'type': kind, 'x': x, 'y': y, 'data': data})


async def test_a_file_that_is_dropped_takes_no_page_away(browser_page, tmp_path):
    page = browser_page
    path = tmp_path / 'taken away.html'
    path.write_text('gone')
    address = page.url
    for selector in ('#composer', '.transcript', '.sidebar', 'header h1'):
        assert await is_stopped(page, 'file', selector) == [True, True]
        box = await page.locator(selector).bounding_box()
        await drop_really(page, path, box['x'] + 10, box['y'] + 10)
    assert await is_stopped(page, 'text', '#composer') == [False, False]
    assert await is_stopped(page, 'text', '.transcript') == [True, True]
    for opens, dialog in (('Control+k', '.switcher'), ('?', '.keys')):
        await blur(page)
        await page.keyboard.press(opens)
        assert await is_stopped(page, 'file', dialog) == [True, True]
        await drop_really(page, path, 640, 200)
        await page.keyboard.press('Escape')
    await page.get_by_role('button', name='New room', exact=True).click()
    await expect(page.locator('.q-dialog input').first).to_be_focused()
    for selector in ('.q-dialog input', '.q-dialog__backdrop', '.form'):
        assert await is_stopped(page, 'file', selector) == [True, True]
    assert await is_stopped(page, 'text', '.q-dialog input') == [False, False]
    await drop_really(page, path, 640, 350)
    await expect(page.locator('.q-dialog input').first).to_be_visible()
    assert page.url == address


async def test_nor_the_entry_page(chromium, server, tmp_path):
    page = await (await chromium.new_context()).new_page()
    await page.goto(server.url)
    path = tmp_path / 'taken away.html'
    path.write_text('gone')
    field = page.get_by_label('Username')
    box = await field.bounding_box()
    await drop_really(page, path, box['x'] + 10, box['y'] + 10)
    await drop_really(page, path, 5, 5)
    assert await is_stopped(page, 'file', 'body') == [True, True]
    assert await is_stopped(page, 'text', 'input[type=text], input:not([type])') == [False, False]
    await expect(field).to_be_visible()

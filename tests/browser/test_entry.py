"""Logging in and registering as a person does, and the layout on every screen."""
import re

import pytest
from playwright.async_api import expect

from tests.running import PASSWORD

pytestmark = pytest.mark.browser


@pytest.fixture
async def stranger(chromium, server):
    errors = []
    page = await (await chromium.new_context()).new_page()
    page.on('pageerror', lambda error: errors.append(str(error)))
    await page.goto(server.url)
    await expect(page.get_by_role('radio', name='Log in')).to_be_checked()
    yield page
    assert errors == []


async def fill(page, username, password=PASSWORD):
    await page.get_by_label('Username').fill(username)
    await page.get_by_label('Password').fill(password)


async def test_register_and_log_out_and_log_in_again(stranger, server):
    await stranger.get_by_role('radio', name='Register').check()
    await fill(stranger, 'nina')
    await stranger.get_by_role('button', name='Register').click()
    await expect(stranger.get_by_role('heading', name='Lobby')).to_be_visible()
    assert stranger.url == server.url + '/chat'
    await stranger.get_by_role('button', name='Log out').click()
    await fill(stranger, 'nina')
    await stranger.keyboard.press('Enter')
    await expect(stranger.get_by_role('log', name='Messages')).to_be_visible()
    await expect(stranger.get_by_text('nina').first).to_be_visible()


async def test_an_error_stands_beside_its_field_and_moves_nothing(stranger):
    await fill(stranger, 'nobody', 'wrong horse 7')
    button = stranger.get_by_role('button', name='Log in')
    before = await button.bounding_box()
    await button.click()
    await expect(stranger.get_by_text('Wrong username or password.')).to_be_visible()
    assert await button.bounding_box() == before
    await stranger.get_by_role('radio', name='Register').check()
    await fill(stranger, 'not a name')
    await stranger.keyboard.press('Enter')
    sentence = stranger.get_by_text('no spaces')
    await expect(sentence).to_be_visible()
    below = await stranger.get_by_label('Password').evaluate('f => f.closest(".q-field").getBoundingClientRect().top')
    box = await sentence.bounding_box()
    assert box['y'] + box['height'] <= below + 1, 'nothing covers it'


async def test_the_password_can_be_shown(stranger):
    field = stranger.get_by_label('Password')
    await field.fill('secret words')
    await expect(field).to_have_attribute('type', 'password')
    await stranger.get_by_role('button', name='Show').click()
    await expect(field).to_have_attribute('type', 'text')
    await expect(field).to_have_value('secret words')
    await stranger.get_by_role('button', name='Hide').click()
    await expect(field).to_have_attribute('type', 'password')


async def test_password_managers_understand_the_forms(stranger):
    assert await stranger.get_by_label('Username').get_attribute('autocomplete') == 'username'
    assert await stranger.get_by_label('Password').get_attribute('autocomplete') == 'current-password'
    await stranger.get_by_role('radio', name='Register').check()
    await expect(stranger.get_by_label('Password')).to_have_attribute('autocomplete', 'new-password')


@pytest.mark.parametrize(('width', 'height'), [(390, 844), (320, 568), (844, 390), (1280, 800)])
async def test_every_screen_holds_the_page(open_chat, server, width, height):
    page = await open_chat('a_name_of_as_many_as_32_lettersx', viewport={'width': width, 'height': height})
    await page.keyboard.press('Escape')
    async with server.program('ann') as ann:
        await ann.ask('send_message', 'x' * 4000)
        await ann.ask('send_message', 'the end')
    await expect(page.get_by_text('the end').last).to_be_in_viewport()
    await expect(page.get_by_label('Message', exact=True)).to_be_in_viewport(ratio=1)
    await expect(page.get_by_role('button', name='Send')).to_be_in_viewport(ratio=1)
    if width < 720:
        await page.get_by_role('button', name='Rooms', exact=True).click()
    await expect(page.get_by_role('button', name='Log out')).to_be_in_viewport(ratio=1)
    assert await page.evaluate('document.documentElement.scrollWidth <= innerWidth')
    assert await page.evaluate('document.documentElement.scrollHeight <= innerHeight')
    assert await page.evaluate('(log => log.scrollWidth <= log.clientWidth)(document.querySelector("[role=log]"))')


async def test_everything_is_reached_by_keyboard(open_chat):
    page = await open_chat('kim')
    reached, wanted = set(), {'Message', 'Messages', 'Send', 'Log out', 'Filter rooms', 'New room', 'Members', 'Room settings'}
    for _ in range(200):  # the messages of other tests have controls, too
        if wanted <= reached:
            break
        await page.keyboard.press('Tab')
        reached.add(await page.evaluate('document.activeElement.getAttribute("aria-label") || document.activeElement.innerText'))
        focused = await page.evaluate('''() => { const field = document.activeElement, look = () => {
            const style = getComputedStyle(field); return style.outlineStyle + style.boxShadow; };
            const before = look(); field.blur(); const after = look(); field.focus(); return before !== after; }''')
        assert focused or await page.evaluate('document.activeElement === document.body'), reached
    assert wanted <= reached


async def test_what_is_typed_before_the_connection_stands_is_what_one_logs_in_with(stranger, server):
    server.cookie('early')
    await stranger.evaluate('window.socket.disconnect()')
    await fill(stranger, 'early')
    await stranger.evaluate('''new Promise(ready => { const {socket} = window;
        socket.sendBuffer.length = 0; socket.once("connect", () => setTimeout(ready, 300)); socket.connect(); })''')
    await stranger.keyboard.press('Enter')
    await expect(stranger.get_by_role('log', name='Messages')).to_be_visible()


@pytest.mark.parametrize(('way', 'press'), [('Log in', True), ('Log in', False), ('Register', True), ('Register', False)])
async def test_a_message_s_link_outlasts_the_login(stranger, server, ann, room, way, press):
    numbers = [(await ann.ask('send_message', {'room': room, 'message': f'line {i}'}))['id'] for i in range(90)]
    name = f'{way[:3]}{"press" if press else "enter"}'.lower()
    if way == 'Log in':
        server.cookie(name)
    await stranger.goto(f'{server.url}/chat/{room}?at={numbers[20]}')
    await stranger.get_by_role('radio', name=way).check()
    await fill(stranger, name, 'wrong')
    await stranger.keyboard.press('Enter')
    await expect(stranger.get_by_text(re.compile('Wrong|at least'))).to_be_visible()
    await fill(stranger, name)
    await (stranger.get_by_role('button', name=way).click() if press else stranger.keyboard.press('Enter'))
    await expect(stranger.locator(f'#m{numbers[20]}.found')).to_be_in_viewport()
    assert stranger.url == f'{server.url}/chat/{room}?at={numbers[20]}'


async def test_nobody_is_led_elsewhere_by_the_entry_page(stranger, server):
    server.cookie('led')
    await stranger.goto(f'{server.url}/?room=//evil.example&at=https:evil.example&next=//evil.example')
    await fill(stranger, 'led')
    await stranger.keyboard.press('Enter')
    await expect(stranger.get_by_text('There is no such room, or you are not in it.')).to_be_visible()
    assert stranger.url == f'{server.url}/chat/1'

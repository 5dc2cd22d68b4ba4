"""Logging in again beside a page that is open."""
import asyncio
import sqlite3
from contextlib import closing

import pytest
from playwright.async_api import expect

from tests.running import PASSWORD

from .acting import READY, create, disconnect, link, say

pytestmark = pytest.mark.browser
LOG_IN = '''([username, password]) => fetch("/login", {method: "POST", body: new URLSearchParams({username, password})})'''


@pytest.fixture
async def tabs(chromium):
    """Two tabs of one browser, at the entry page."""
    context = await chromium.new_context()

    async def open_at(server):
        pages = [await context.new_page() for _ in range(2)]
        for page in pages:
            await page.goto(server.url)
            await expect(page.get_by_role('radio', name='Log in')).to_be_visible()
        return pages

    return open_at


async def log_in(page, username):
    await page.get_by_label('Username').fill(username)
    await page.get_by_label('Password', exact=True).fill(PASSWORD)
    await page.get_by_role('button', name='Log in').click()
    await page.wait_for_function(READY)


async def begin_to_write(page, text):
    await page.get_by_label('Message', exact=True).fill(text)
    await page.evaluate('window.mark = 1')


async def test_a_page_goes_on_when_its_person_logs_in_again(tabs, make_server):
    with make_server() as server:
        server.cookie('ann')
        first, second = await tabs(server)
        await log_in(first, 'ann')
        await begin_to_write(first, 'half a thought')
        await log_in(second, 'ann')
        await first.keyboard.press('Enter')
        await expect(second.locator('article').get_by_text('half a thought')).to_be_visible()
        await begin_to_write(first, 'after the restart')
        await asyncio.to_thread(server.stop)
        await asyncio.to_thread(server.start)
        await first.wait_for_function(READY)
        await first.keyboard.press('Enter')
        await expect(second.locator('article').get_by_text('after the restart')).to_be_visible(timeout=20_000)
        assert await first.evaluate('window.mark') == 1, 'it was never reloaded'
        await expect(first.locator('article .text')).to_have_text(['half a thought', 'after the restart'])
        await first.get_by_role('button', name='Log out').click()
        for page in (first, second):
            await expect(page.get_by_label('Password')).to_be_visible()


async def test_a_page_that_was_away_meanwhile_goes_on_too(open_chat, server):
    first = await open_chat('ann')
    await disconnect(first)
    await begin_to_write(first, 'half a thought')
    second = await first.context.new_page()
    await first.context.set_offline(False)
    await second.goto(server.url + '/chat')
    await second.evaluate(LOG_IN, ['ann', PASSWORD])
    await first.wait_for_function(READY)
    await first.keyboard.press('Enter')
    await expect(second.locator('article').get_by_text('half a thought')).to_be_visible()


async def test_a_page_whose_session_has_run_out_goes_on_under_the_next_one(open_chat, make_server):
    with make_server() as server:
        page = await open_chat('ann', of=server)
        await disconnect(page)
        await say(page, 'waiting')
        await begin_to_write(page, 'half a thought')
        with closing(sqlite3.connect(server.database)) as connection, connection:
            connection.execute('DELETE FROM sessions')
        cookie = server.cookie('ann')
        await page.context.add_cookies([{'name': name, 'value': value, 'url': server.url} for name, value in cookie.items()])
        await page.context.set_offline(False)
        await expect(page.locator('article .text')).to_have_text(['waiting'], timeout=15_000)
        await expect(page.get_by_label('Message', exact=True)).to_have_value('half a thought')
        assert await page.evaluate('window.mark') == 1


async def test_a_page_of_another_person_is_left(tabs, server):
    server.cookie('ann')
    server.cookie('bob')
    first, second = await tabs(server)
    await log_in(first, 'ann')
    await begin_to_write(first, 'only for Ann')
    await second.evaluate(LOG_IN, ['bob', PASSWORD])
    await first.wait_for_function('!window.mark')
    await first.goto(server.url + '/chat')
    await expect(first.locator('.me')).to_have_text('bob')
    assert 'only for Ann' not in await first.evaluate('JSON.stringify([{...localStorage}, {...sessionStorage}])')
    await expect(first.get_by_label('Message', exact=True)).to_have_value('')


SETTINGS = {'sound': 'on', 'notify': 'off', 'tone': '🏽', 'emoji': '["🚀"]', 'folded': '["direct"]'}
ALL_KEPT = 'JSON.stringify([{...localStorage}, {...sessionStorage}])'


async def keep_settings(page):
    await page.evaluate('''settings => { const {me, name} = document.querySelector("[role=log]").dataset;
        for (const key in settings) localStorage.setItem(`chatroom.${me}.${name}.${key}`, settings[key]); }''', SETTINGS)


async def kept_settings(page):
    kept = await page.evaluate('({...localStorage})')
    return {name: value for key, value in kept.items() for name in SETTINGS if key.endswith(f'.{name}')}


def end_sessions(server):
    with closing(sqlite3.connect(server.database)) as connection, connection:
        connection.execute('DELETE FROM sessions')


async def write_and_lose_the_session(page, server):
    """A draft, what waits, and an edit that is half typed; then the session ends by itself."""
    await say(page, 'to edit')
    await expect(page.locator('article .text')).to_have_text(['to edit'])
    await page.get_by_label('Message', exact=True).press('ArrowUp')
    await expect(page.get_by_label('Edit message')).to_be_focused()
    await page.keyboard.type(', half edited')
    await disconnect(page)
    await say(page, 'waiting')
    await begin_to_write(page, 'half a thought')
    end_sessions(server)
    await page.context.set_offline(False)
    await expect(page.get_by_label('Password', exact=True)).to_be_visible(timeout=20_000)


async def test_a_session_that_ends_by_itself_takes_no_text(open_chat, make_server):
    with make_server() as server:
        page = await open_chat('ann', of=server)
        await keep_settings(page)
        await write_and_lose_the_session(page, server)
        await log_in(page, 'ann')
        await expect(page.get_by_label('Message', exact=True)).to_have_value('half a thought')
        await expect(page.locator('article .text')).to_have_text(['to edit', 'waiting'])
        await expect(page.get_by_label('Edit message')).to_have_value('to edit, half edited')
        assert await kept_settings(page) == SETTINGS


async def test_nobody_else_sees_or_sends_what_was_written_in_it(open_chat, make_server):
    with make_server() as server:
        page = await open_chat('ann', of=server)
        server.cookie('bob')
        await keep_settings(page)
        await write_and_lose_the_session(page, server)
        await log_in(page, 'bob')
        await expect(page.get_by_label('Message', exact=True)).to_have_value('')
        await expect(page.locator('article .text')).to_have_text(['to edit'])
        kept = await page.evaluate(ALL_KEPT)
        assert not any(text in kept for text in ('half', 'waiting'))
        await page.get_by_role('button', name='Log out').click()
        await log_in(page, 'ann')
        await expect(page.locator('article .text')).to_have_text(['to edit'])
        assert await kept_settings(page) == SETTINGS, 'hers are there again'


async def test_a_session_that_is_ended_elsewhere_takes_no_text(open_chat, make_server):
    """By an administrator, or by the person at another computer: the page is told at once."""
    with make_server() as server:
        page = await open_chat('ann', of=server)
        await page.get_by_label('Message', exact=True).fill('half a thought')
        tokens = {each['name']: each['value'] for each in await page.context.cookies()}
        await asyncio.to_thread(server.post, '/logout', cookies=tokens)
        await expect(page.get_by_label('Password', exact=True)).to_be_visible()
        await log_in(page, 'ann')
        await expect(page.get_by_label('Message', exact=True)).to_have_value('half a thought')


async def test_logging_out_drops_texts_in_all_tabs_and_no_settings(open_chat, make_server):
    with make_server() as server:
        page = await open_chat('ann', of=server)
        await keep_settings(page)
        await say(page, 'to edit')
        await expect(page.locator('article .text')).to_have_text(['to edit'])
        tab = await page.context.new_page()
        await tab.goto(page.url)
        await tab.wait_for_function(READY)
        await tab.get_by_label('Message', exact=True).press('ArrowUp')
        await expect(tab.get_by_label('Edit message')).to_be_focused()
        await tab.keyboard.type(', half edited')
        await page.get_by_label('Message', exact=True).fill('half a thought')
        await page.get_by_role('button', name='Log out').click()
        for each in (page, tab):
            await expect(each.get_by_label('Password', exact=True)).to_be_visible()
            await each.wait_for_function(f'!{ALL_KEPT}.includes("half")')
        assert await kept_settings(page) == SETTINGS
        await log_in(tab, 'ann')
        await expect(tab.locator('article .text')).to_have_text(['to edit'])
        await expect(tab.get_by_label('Message', exact=True)).to_have_value('')
        assert await kept_settings(tab) == SETTINGS
@pytest.mark.parametrize('how', ['at once', 'while it was away'])
async def test_who_is_logged_out_elsewhere_comes_back_where_one_was(open_chat, make_server, how):
    with make_server() as server:
        page = await open_chat('ann', of=server)
        async with server.program('bob') as bob:
            room = await create(bob, 'Plans')
            number = (await bob.ask('send_message', {'room': room, 'message': 'read this'}))['id']
        await page.goto(f'{server.url}/chat/1')
        await page.wait_for_function(READY)
        await link(page, room).click()
        await expect(page.locator('article .text')).to_have_text(['read this'])
        if how == 'at once':
            token = next(cookie['value'] for cookie in await page.context.cookies() if cookie['name'] == 'chatroom_session')
            server.post('/logout', cookies={'chatroom_session': token})
        else:
            await disconnect(page)
            with closing(sqlite3.connect(server.database)) as connection, connection:
                connection.execute('DELETE FROM sessions')
            await page.context.set_offline(False)
        await expect(page.get_by_label('Password')).to_be_visible(timeout=15_000)
        await log_in(page, 'ann')
        await expect(page.locator(f'#m{number}')).to_be_in_viewport()
        assert page.url == f'{server.url}/chat/{room}'


async def test_who_logs_out_leaves_no_place_behind(open_chat, server, ann):
    room = await create(ann, 'Left alone')
    page = await open_chat('ann')
    await link(page, room).click()
    await expect(page.locator('h1')).to_have_text('Left alone')
    await page.get_by_role('button', name='Log out').click()
    await expect(page.get_by_label('Password')).to_be_visible()
    assert page.url == f'{server.url}/'

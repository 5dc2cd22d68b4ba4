"""The card of a person, which opens at their name wherever it stands."""
import sqlite3
from contextlib import closing

import pytest
from playwright.async_api import expect

from .acting import KNOWS_ROOMS, show_room, shows_room
from .test_outbox import post

pytestmark = pytest.mark.browser


@pytest.fixture
async def page(open_chat, room, bob, server):
    server.cookie('José')
    await post(bob, room, 'hello @ann and @José, @everyone', 'again')
    chat = await open_chat('ann')
    await chat.wait_for_function(KNOWS_ROOMS)
    await show_room(chat, room)
    await shows_room(chat, room)
    return chat


def card(page):
    return page.locator('.person-card')


async def shows(page, name, state='Online'):
    await expect(card(page)).to_be_visible()
    await expect(page.get_by_role('dialog', name=name, exact=True)).to_be_visible()
    await expect(card(page).get_by_text(state, exact=True)).to_be_visible()


def author(page, name='bob'):
    return page.locator('article:not(.system, .follows) .by .name', has_text=name).first


@pytest.mark.parametrize('key', ['Enter', 'Space'])
async def test_by_keyboard_and_the_focus_comes_back(page, key):
    await author(page).focus()
    await page.keyboard.press(key)
    await shows(page, 'bob')
    await expect(card(page).get_by_role('button', name='Message')).to_be_focused()
    await page.keyboard.press('Escape')
    await expect(card(page)).to_be_hidden()
    await expect(author(page)).to_be_focused()
    await page.keyboard.press(key)
    await shows(page, 'bob')
    await page.keyboard.press('Enter')
    await expect(page.locator('h1')).to_have_text('bob')
    await expect(card(page)).to_be_hidden()
    await expect(page.locator('#composer')).to_be_focused()


async def test_a_name_is_reached_by_tab_and_none_that_is_not_seen(page):
    await page.get_by_role('log').focus()
    reached = []
    for _ in range(20):
        await page.keyboard.press('Tab')
        reached.append(await page.evaluate('document.activeElement.matches(".name, .mention") && document.activeElement.innerText'))
        assert not await page.evaluate('document.activeElement.matches(".follows .by .name")')
    assert {'bob', '@ann', '@José', '@everyone'} <= {*reached}


async def test_a_click_on_a_name_anywhere(page, bob, room):
    for name in ('bob', '@José', '@ann'):
        await page.locator('article .name, .mention', has_text=name).last.click() if name != 'bob' else await author(page).click()
        await shows(page, name.removeprefix('@'), {'@José': 'Offline'}.get(name, 'Online'))
        await expect(card(page).get_by_role('button')).to_have_count(0 if name == '@ann' else 1)
        await page.keyboard.press('Escape')
        await expect(card(page)).to_be_hidden()
    await page.locator('.mention', has_text='@everyone').click()
    await shows(page, 'everyone', 'All members of the room')
    await page.keyboard.press('Escape')
    await page.locator('.system .name').first.click()
    await shows(page, 'ann')
    await page.keyboard.press('Escape')


async def test_in_lists_where_the_rest_of_a_row_leads_to_its_message(page, room):
    await page.get_by_role('button', name='Mentions').click()
    await page.locator('.panel .found .name').first.click()
    await shows(page, 'bob')
    await page.keyboard.press('Escape')
    await expect(page.locator('.panel')).to_be_visible()
    await expect(page.locator('article.found')).to_have_count(0)
    await page.locator('.panel .found .name').first.focus()
    await page.keyboard.press('Enter')
    await shows(page, 'bob')
    await page.keyboard.press('Escape')
    await page.locator('.panel .found .text').first.click()
    await expect(page.locator('article.found')).to_have_count(1)


async def test_where_a_name_stands_within_what_leads_elsewhere(page, bob, ann, room, server):
    """In quotes of replies, also after an edit of what is quoted, where messages are cited, at who pinned, and in actions."""
    [first] = await post(bob, room, 'first words of mine')
    reply = await ann.ask('send_message', {'room': room, 'message': 'a reply', 'reply_to': first})
    await ann.ask('send_message', {'room': room, 'message': f'see {server.url}/chat/{room}?at={first}'})
    await bob.ask('send_message', {'room': room, 'message': '/me waves'})
    await bob.ask('pin', {'id': first, 'on': True})
    quoted = page.locator(f'#m{reply["id"]} .quote .name')

    async def opens(name):
        await name.click()
        await shows(page, 'bob')
        await page.keyboard.press('Escape')
        await name.focus()
        await page.keyboard.press('Enter')
        await shows(page, 'bob')
        await page.keyboard.press('Escape')
        await expect(page.locator('article.found')).to_have_count(0)

    for name in (quoted, page.locator('.cited .name'), page.locator('.actor')):
        await opens(name)
    await bob.ask('edit_message', {'id': first, 'message': 'other words'})
    await expect(page.locator('.quote .start')).to_have_text('other words')
    await opens(quoted)
    await page.get_by_role('button', name='Pinned messages').click()
    await expect(page.locator('.panel .found')).to_contain_text('Pinned by bob')
    await opens(page.locator('.panel .role .name'))
    await page.locator('.quote .start').click()
    await expect(page.locator('article.found')).to_have_count(1)


async def test_a_name_of_before_that_begins_with_a_sign_is_that_person_s(page, room, server):
    async with server.program('signed') as signed:
        with closing(sqlite3.connect(server.database)) as connection, connection:
            connection.execute("UPDATE users SET username = '@bob', name_key = '@bob', taken_over = 1 WHERE username = 'signed'")
        await signed.ask('send_message', {'room': room, 'message': 'hello'})
        await author(page, '@bob').click()
        await shows(page, '@bob')


async def test_members_have_one_too_and_who_comes_is_online_there(page, open_chat):
    await page.get_by_role('button', name='Members').click()
    await page.locator('.person', has_text='José').click()
    await shows(page, 'José', 'Offline')
    await open_chat('José')
    await shows(page, 'José')
    await page.keyboard.press('Escape')
    await page.locator('.person', has_text='ann').click()
    await shows(page, 'ann')
    await expect(card(page)).to_contain_text('(you)')
    await expect(card(page).get_by_role('button')).to_have_count(0)


async def test_it_stays_inside_of_a_phone(page):
    await page.set_viewport_size({'width': 390, 'height': 844})
    for name in (author(page), page.locator('.mention').last):
        await name.click()
        await expect(card(page)).to_be_visible()
        box = await card(page).bounding_box()
        assert box['x'] >= 0
        assert box['x'] + box['width'] <= 390
        assert 0 <= box['y'] < 844 - box['height']
        await page.mouse.click(195, 700)
        await expect(card(page)).to_be_hidden()


async def test_by_a_finger_where_the_tools_would_come_up_beneath_it(open_chat, page, room):
    phone = await open_chat('ann', viewport={'width': 320, 'height': 568}, has_touch=True, is_mobile=True)
    await show_room(phone, room)
    await shows_room(phone, room)
    for name in (author(phone), phone.locator('.mention').first):
        await name.tap()
        await expect(card(phone)).to_be_visible()
        await phone.touchscreen.tap(160, 400)
        await expect(card(phone)).to_be_hidden()


async def test_a_name_that_is_selected_opens_nothing(page):
    await page.evaluate('getSelection().selectAllChildren(document.querySelector("article:not(.system) .text"))')
    await page.locator('.mention').first.dispatch_event('click')
    await page.evaluate('() => new Promise((seen) => socket.emit("here", {}, seen))')
    await expect(card(page)).to_be_hidden()


async def test_names_are_no_buttons_in_what_is_quoted_or_copied(page):
    await page.locator('article:not(.system)').last.hover()
    await page.locator('article:not(.system)').last.get_by_role('button', name='Reply').click()
    await expect(page.locator('.replying .whom .name')).to_have_text('bob')
    await expect(page.locator('.replying [role=button]')).to_have_count(0)

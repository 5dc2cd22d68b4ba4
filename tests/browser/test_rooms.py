"""Rooms are changed without loading a page; each keeps its draft and its place; links lead into the middle of one."""
import asyncio
import re

import pytest
from playwright.async_api import expect

from .acting import KNOWS_ROOMS, create, disconnect, lines, link, say, shows_room, texts

pytestmark = pytest.mark.browser


async def fill(bob, room, count=120):
    """A room longer than a page; returns the number of the first message."""
    answers = [await bob.ask('send_message', {'room': room, 'message': f'line {i}'}) for i in range(count)]
    return answers[0]['id']


async def open_rooms(open_chat, bob, *names):
    """Ann's page, marked so that loading another one is noticed, and the rooms."""
    rooms = [await create(bob, name) for name in names]
    ann = await open_chat('ann')
    await ann.evaluate('window.same = true')
    return ann, *rooms


async def go(page, room, name):
    await link(page, room).click()
    await expect(page.locator('h1')).to_have_text(name)
    await shows_room(page, room)


async def test_changing_rooms_loads_no_page_and_back_and_forward_work(open_chat, bob):
    ann, one, two = await open_rooms(open_chat, bob, 'One', 'Two')
    for room, name in ((one, 'One'), (two, 'Two')):
        await go(ann, room, name)
        await say(ann, f'in {name}')
        await expect(ann.locator('article .text')).to_have_text([f'in {name}'])
        await expect(ann).to_have_url(re.compile(rf'/chat/{room}$'))
        await expect(ann).to_have_title(re.compile(f'{name} - Chatroom'))
        await expect(link(ann, room)).to_have_attribute('aria-current', 'page')
    await ann.go_back()
    await expect(ann.locator('h1')).to_have_text('One')
    await expect(ann.locator('article .text')).to_have_text(['in One'])
    await ann.go_forward()
    await expect(ann.locator('h1')).to_have_text('Two')
    assert await ann.evaluate('window.same')
    await expect(ann.locator('.sidebar [aria-current]')).to_have_count(1)


async def test_what_is_said_in_the_room_that_was_left_does_not_come_into_the_other(open_chat, bob):
    ann, one, two = await open_rooms(open_chat, bob, 'From', 'To')
    await go(ann, one, 'From')
    await go(ann, two, 'To')
    await bob.ask('send_message', {'room': one, 'message': 'for From'})
    await bob.ask('send_message', {'room': two, 'message': 'for To'})
    await expect(ann.locator('article .text')).to_have_text(['for To'])
    await go(ann, one, 'From')
    await expect(ann.locator('article .text')).to_have_text(['for From'])


async def test_each_room_keeps_its_draft_and_its_place(open_chat, bob):
    ann, one, two = await open_rooms(open_chat, bob, 'Long', 'Short')
    await fill(bob, one)
    await go(ann, one, 'Long')
    await ann.keyboard.press('Escape')
    await expect(ann.get_by_text('line 119', exact=True)).to_be_in_viewport()
    await ann.get_by_label('Message', exact=True).fill('a draft for Long')
    await ann.evaluate('document.querySelector("[role=log]").scrollTop -= 900')
    await asyncio.sleep(0.4)
    first = '''() => { const log = document.querySelector("[role=log]"), top = log.getBoundingClientRect().top;
        const a = [...document.querySelectorAll("article")].find(a => a.getBoundingClientRect().top >= top);
        return [a.id, Math.round(a.getBoundingClientRect().top)]; }'''
    before = await ann.evaluate(first)
    await go(ann, two, 'Short')
    await expect(ann.get_by_label('Message', exact=True)).to_have_value('')
    await ann.get_by_label('Message', exact=True).fill('another for Short')
    await go(ann, one, 'Long')
    await expect(ann.get_by_label('Message', exact=True)).to_have_value('a draft for Long')
    await asyncio.sleep(0.3)
    number, top = await ann.evaluate(first)
    assert number == before[0]
    assert abs(top - before[1]) <= 1
    await ann.reload()
    await expect(ann.get_by_label('Message', exact=True)).to_have_value('a draft for Long')
    await asyncio.sleep(0.8)
    assert (await ann.evaluate(first))[0] == before[0]
    await go(ann, two, 'Short')
    await expect(ann.get_by_label('Message', exact=True)).to_have_value('another for Short')


async def test_the_last_room_is_opened_again_also_elsewhere(open_chat, bob):
    ann, room = await open_rooms(open_chat, bob, 'Last')
    await go(ann, room, 'Last')
    await asyncio.sleep(0.3)
    elsewhere = await open_chat('ann')
    await expect(elsewhere.locator('h1')).to_have_text('Last')


async def test_a_link_leads_to_its_message_and_shows_which_it_is(open_chat, server, bob):
    room = await create(bob, 'Linked')
    first = await fill(bob, room)
    ann = await open_chat('ann')
    await ann.goto(f'{server.url}/chat/{room}?at={first + 30}')
    await expect(ann.locator(f'#m{first + 30}')).to_be_in_viewport()
    await expect(ann.locator(f'#m{first + 30}')).to_have_class(re.compile('found'))
    numbers = [int(text.split()[1]) for text in await texts(ann)]
    assert numbers == list(range(numbers[0], numbers[-1] + 1))
    await ann.goto(f'{server.url}/chat/{room}?at=999999')
    await expect(ann.get_by_text('This message is no longer there.')).to_be_visible()
    for odd in ('-1', 'x', '9' * 40, '', '1e3'):
        await ann.goto(f'{server.url}/chat/{room}?at={odd}')
        await expect(ann.locator('h1')).to_have_text('Linked')


async def test_unread_messages_are_set_apart_and_the_room_starts_there(open_chat, bob):
    ann, room, other = await open_rooms(open_chat, bob, 'News', 'Elsewhere')
    await bob.ask('send_message', {'room': room, 'message': 'old'})
    await go(ann, room, 'News')
    await expect(link(ann, room)).not_to_have_class(re.compile('unread'))
    await asyncio.sleep(1)
    await go(ann, other, 'Elsewhere')
    await fill(bob, room, 60)
    await go(ann, room, 'News')
    await expect(ann.locator('.new')).to_be_in_viewport()
    assert await ann.evaluate('document.querySelector(".new").nextElementSibling.querySelector(".text").innerText') == 'line 0'
    await expect(ann.get_by_text('line 59', exact=True)).not_to_be_in_viewport()
    await expect(link(ann, room)).to_have_class(re.compile('unread')), 'the end was not seen yet'
    await ann.get_by_role('button', name='Jump to newest').click()
    await expect(ann.get_by_text('line 59', exact=True)).to_be_in_viewport()
    await expect(link(ann, room)).not_to_have_class(re.compile('unread'))


async def test_more_than_a_page_of_unread_messages_starts_at_the_first(open_chat, bob):
    ann, room = await open_rooms(open_chat, bob, 'Busy')
    await fill(bob, room, 230)
    await go(ann, room, 'Busy')
    await expect(ann.get_by_text('line 0', exact=True)).to_be_in_viewport()
    await ann.get_by_role('button', name='Jump to newest').click()
    await expect(ann.get_by_text('line 229', exact=True)).to_be_in_viewport()
    await expect(link(ann, room)).not_to_have_class(re.compile('unread'))


async def test_marked_as_unread_stays_so_until_the_room_is_opened_again(open_chat, bob):
    ann, room, other = await open_rooms(open_chat, bob, 'Marked', 'Another')
    for text in ('one', 'two', 'three'):
        await bob.ask('send_message', {'room': room, 'message': text})
    await go(ann, room, 'Marked')
    await expect(link(ann, room)).not_to_have_class(re.compile('unread'))
    tab = await ann.context.new_page()
    await tab.goto(ann.url.replace(f'/{room}', f'/{other}'))
    await asyncio.sleep(0.8)
    await ann.get_by_text('two', exact=True).hover()
    await ann.get_by_role('button', name='More').click()
    await ann.get_by_role('menuitem', name='Mark as unread from here').click()
    for page in (ann, tab):
        await expect(link(page, room)).to_have_class(re.compile('unread'), timeout=1_500)
    assert await ann.evaluate('document.querySelector(".new").nextElementSibling.querySelector(".text").innerText') == 'two'
    await asyncio.sleep(1.2)
    await expect(link(tab, room)).to_have_class(re.compile('unread'))
    await ann.keyboard.press('Escape')
    for page in (ann, tab):
        await expect(link(page, room)).not_to_have_class(re.compile('unread'), timeout=1_500)
    await expect(ann.locator('.new')).to_have_count(0)


async def test_a_room_is_changed_to_as_soon_as_the_network_is_back(open_chat, bob):
    ann, room = await open_rooms(open_chat, bob, 'Wanted')
    await go(ann, 1, 'Lobby')
    await say(ann, 'before')
    await expect(ann.locator('.pending')).to_have_count(0)
    await disconnect(ann)
    await say(ann, 'written in the Lobby')
    await link(ann, room).click()
    await ann.context.set_offline(False)
    await expect(ann.locator('h1')).to_have_text('Wanted', timeout=15_000)
    await say(ann, 'written in Wanted')
    await expect(ann.locator('article .text')).to_have_text(['written in Wanted'])
    await expect(ann.locator('.pending')).to_have_count(0)
    history = await bob.ask('history', {'room': 1})
    assert [message['message'] for message in history['messages']].count('written in the Lobby') == 1


async def test_who_is_removed_sees_nothing_of_the_room_any_more(open_chat, server, bob):
    ann = await open_chat('ann')
    room = await create(bob, 'Closed', 'ann', kind='closed')
    await go(ann, room, 'Closed')
    await bob.ask('send_message', {'room': room, 'message': '@ann a secret'})
    await expect(ann.get_by_text('a secret')).to_be_visible()
    await ann.get_by_role('button', name='Mentions').click()
    await expect(ann.locator('.panel .found')).to_have_count(1)
    await bob.ask('remove', {'room': room, 'username': 'ann'})
    await expect(ann.locator('h1')).to_have_text('Lobby')
    await expect(ann.get_by_text('a secret')).to_have_count(0)
    await expect(ann.get_by_text('no longer in that room')).to_be_visible()
    await ann.go_back()
    await asyncio.sleep(0.5)
    assert await ann.get_by_text('a secret').count() == 0
    await ann.goto(f'{server.url}/chat/{room}?at=1')
    await expect(ann.locator('h1')).not_to_have_text('Closed')
    assert await ann.get_by_text('a secret').count() == 0


async def test_an_archived_room_can_be_read_only(open_chat, bob):
    ann, room = await open_rooms(open_chat, bob, 'Archive')
    await go(ann, room, 'Archive')
    await bob.ask('update_room', {'room': room, 'archived': True})
    await expect(ann.get_by_text('This room is archived')).to_be_visible()
    await expect(ann.get_by_role('button', name='Emoji')).to_be_hidden()
    await expect(ann.get_by_label('Message', exact=True)).to_be_hidden()
    await go(ann, 1, 'Lobby')
    await expect(ann.get_by_label('Message', exact=True)).to_be_visible()


async def test_made_by_its_dialog_and_opened(open_chat):
    ann = await open_chat('ann')
    await ann.get_by_role('button', name='New room').click()
    await ann.get_by_label('Name').fill('From a dialog')
    await ann.get_by_role('button', name='Create room').click()
    await expect(ann.locator('h1')).to_have_text('From a dialog')
    await expect(ann.get_by_label('Message', exact=True)).to_be_focused()
    await ann.get_by_role('button', name='Room settings').click()
    await ann.get_by_label('Topic').fill('What for')
    await ann.get_by_role('button', name='Save', exact=True).click()
    await expect(ann.locator('.topic')).to_have_text('What for')
    await expect(ann.get_by_role('dialog')).to_have_count(0)


async def test_a_dialog_that_was_open_over_a_restart_does_not_stay_dead(make_server, open_chat):
    with make_server() as server:
        ann = await open_chat('ann', of=server)
        await ann.get_by_role('button', name='New room').click()
        await expect(ann.get_by_role('dialog')).to_be_visible()
        server.stop()
        server.start()
        await expect(ann.get_by_role('dialog')).to_have_count(0, timeout=15_000)
        await ann.wait_for_function(KNOWS_ROOMS)
        await ann.get_by_role('button', name='New room').click()
        await ann.get_by_label('Name').fill('After all')
        await ann.get_by_role('button', name='Create room').click()
        await expect(ann.locator('h1')).to_have_text('After all')


@pytest.fixture(params=lines(0, 150))
async def slow(request, open_chat, bob, server):
    """Ann's page on a line by which all that she sends comes so many milliseconds later, and two rooms."""
    one, two = [await create(bob, f'{name} {abs(hash(request.node.name))}') for name in ('left', 'chosen')]
    await bob.ask('send_message', {'room': one, 'message': 'in the one that is left'})
    await bob.ask('send_message', {'room': two, 'message': 'in the chosen one'})
    page = await open_chat('ann')
    await page.goto(f'{server.url}/chat/{one}?latency={request.param}')
    await page.wait_for_function(KNOWS_ROOMS)
    return page, one, two


async def by_click(page, room):
    await link(page, room).click()


async def by_switcher(page, room):
    name = await link(page, room).get_attribute('title')
    await page.keyboard.press('Control+k')
    await page.keyboard.type(name)
    await page.keyboard.press('Enter')


async def by_key(page, room):
    here, there = [await link(page, each).evaluate('link => [...document.querySelectorAll(".sidebar a")].indexOf(link)')
                   for each in (await page.evaluate('+location.pathname.split("/")[2]'), room)]
    for _ in range(abs(there - here)):
        await page.keyboard.press('Alt+ArrowDown' if there > here else 'Alt+ArrowUp')


async def by_going_back(page, room):
    await page.evaluate('void history.back()')
    await page.wait_for_function('room => location.pathname.endsWith(`/${room}`)', arg=room)


@pytest.mark.parametrize('choose', [by_click, by_switcher, by_key, by_going_back])
async def test_what_is_typed_belongs_to_the_room_that_was_chosen_at_once(slow, choose, bob):
    page, one, two = slow
    if choose is by_going_back:
        await go(page, two, await link(page, two).get_attribute('title'))
        await expect(page.get_by_text('in the chosen one')).to_be_visible()
        await page.evaluate('room => dispatchEvent(new CustomEvent("open-room", {detail: {room}}))', one)
        await expect(page.get_by_text('in the one that is left')).to_be_visible()
    await page.get_by_label('Message', exact=True).fill('a draft that stays')
    await choose(page, two)
    seen = await page.evaluate('''() => [document.querySelector("h1").textContent, location.pathname,
        document.querySelector(".sidebar [aria-current]").dataset.room, document.activeElement.id, composer.value,
        document.body.innerText.includes("in the one that is left")]''')
    assert seen == [await link(page, two).get_attribute('title'), f'/chat/{two}', str(two), 'composer', '', False]
    await page.keyboard.type('for the chosen one')
    await page.keyboard.press('Enter')
    await page.keyboard.type('and more')
    await expect(page.locator('article .text')).to_have_text(['in the chosen one', 'for the chosen one'])
    await expect(page.get_by_label('Message', exact=True)).to_have_value('and more')
    assert [each['message'] for each in await bob.written(one)] == ['in the one that is left']
    await go(page, one, await link(page, one).get_attribute('title'))
    await expect(page.get_by_label('Message', exact=True)).to_have_value('a draft that stays')


async def test_that_messages_are_still_coming_is_shown(slow):
    page, _, two = slow
    await page.evaluate('socket.packet = () => {}')
    await link(page, two).click()
    log = page.get_by_role('log')
    await expect(log).to_have_attribute('aria-busy', 'true')
    assert 'coming' in await log.evaluate('log => getComputedStyle(log, "::after").content')


async def test_who_goes_from_room_to_room_ends_in_the_last_one(slow, bob):
    page, one, two = slow
    for room in (two, 1, one, two, one, 1, two):
        await link(page, room).click()
    await page.keyboard.type('here')
    await page.keyboard.press('Enter')
    await expect(page.locator('article .text')).to_have_text(['in the chosen one', 'here'])
    await page.go_back()
    await expect(page.locator('h1')).to_have_text('Lobby')


@pytest.mark.parametrize('is_sent', [False, True])
async def test_a_text_for_a_room_that_is_refused_is_not_lost_nor_posted_elsewhere(slow, is_sent, bob, server):
    page, one, _ = slow
    closed = await create(bob, f'closed {is_sent} {one}', 'ann', kind='closed')
    await expect(link(page, closed)).to_be_visible()
    await page.evaluate('''() => { const {packet} = socket, later = [];
        socket.packet = (one) => later.push(one);
        window.release = () => { socket.packet = packet; later.forEach((one) => packet.call(socket, one)); }; }''')
    await page.evaluate('for (const name of ["room_changed", "gone"]) socket.off(name)')
    await link(page, closed).click()
    await page.keyboard.type('half a')
    if is_sent:
        await page.keyboard.press('Enter')
    await bob.ask('remove', {'room': closed, 'username': 'ann'})
    await page.evaluate('release()')
    await expect(page.get_by_role('log')).to_contain_text('You are no longer in that room.')
    await expect(page.get_by_label('Message', exact=True)).to_have_value('half a')
    await page.get_by_label('Message', exact=True).press('End')
    await page.keyboard.type(' word')
    await page.keyboard.press('Enter')
    await expect(page.get_by_label('Message', exact=True)).to_have_value('half a word')
    for room in (1, one):
        assert 'half' not in str(await bob.ask('history', {'room': room}))
    await link(page, one).click()
    await expect(page.get_by_text('in the one that is left')).to_be_visible()


async def test_a_room_without_a_text_that_is_refused_leads_back(slow, bob):
    page, one, _ = slow
    closed = await create(bob, f'closed without a text {one}', 'ann', kind='closed')
    await expect(link(page, closed)).to_be_visible()
    await page.evaluate('socket.off("room_changed")')
    await bob.ask('remove', {'room': closed, 'username': 'ann'})
    await link(page, closed).click()
    await expect(page.get_by_text('in the one that is left')).to_be_visible()
    await expect(page.get_by_text('no longer in that room')).to_be_visible()
    await expect(page).to_have_url(re.compile(rf'/chat/{one}$'))


async def test_what_comes_into_the_room_that_was_just_left_is_counted_there(slow, bob):
    page, one, two = slow
    await page.evaluate('socket.packet = () => {}')
    await link(page, two).click()
    await bob.ask('send_message', {'room': one, 'message': 'late @ann'})
    await expect(link(page, one)).to_have_class(re.compile('unread'))
    await expect(link(page, one).locator('.badge')).to_have_text('1')


async def test_a_room_that_is_chosen_without_a_connection_takes_what_is_written(open_chat, bob):
    ann, one, two = await open_rooms(open_chat, bob, 'Before the tunnel', 'In the tunnel')
    await go(ann, one, 'Before the tunnel')
    await disconnect(ann)
    await link(ann, two).click()
    await say(ann, 'from the tunnel')
    await expect(ann.locator('.pending')).to_contain_text('from the tunnel')
    await ann.keyboard.type('and on')
    await ann.context.set_offline(False)
    await expect(ann.locator('article .text')).to_have_text(['from the tunnel'], timeout=15_000)
    await expect(ann.get_by_label('Message', exact=True)).to_have_value('and on')
    assert await bob.written(one) == []

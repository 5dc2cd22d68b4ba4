"""Who is here, who is away, who is writing; the panel of members."""
import asyncio

import pytest
from playwright.async_api import expect

from .acting import KNOWS_ROOMS, disconnect, say, show_room

pytestmark = pytest.mark.browser


async def members(page):
    await page.get_by_role('button', name='Members').click()
    await expect(page.locator('.panel .people')).to_be_visible()


def person(page, name):
    return page.locator('.panel li').filter(has=page.get_by_role('button', name=name, exact=True))


def at(page, state):
    return expect(page).to_have_attribute('data-state', state, timeout=2_000)


async def test_who_comes_is_online_everywhere_within_a_second(open_chat, server, bob):
    server.cookie('carl')
    ann = await open_chat('ann')
    await bob.ask('send_message', 'hello')
    direct = (await bob.ask('open_direct', {'members': ['ann']}))['room']['id']
    await bob.ask('send_message', {'room': direct, 'message': 'hello'})
    await members(ann)
    await at(person(ann, 'bob'), 'online')
    await at(person(ann, 'carl'), 'offline')
    await at(ann.locator('article').last, 'online')
    await at(ann.locator(f'.sidebar a[data-room="{direct}"]'), 'online')
    carl = await open_chat('carl')
    await at(person(ann, 'carl'), 'online')
    await members(carl)
    await at(person(carl, 'ann'), 'online')


async def test_away_is_who_has_done_nothing_in_any_tab_for_five_minutes(open_chat):
    ann = await open_chat('ann')
    await members(ann)
    tabs = [await open_chat('bea'), await open_chat('bea')]
    for tab in tabs:
        await tab.clock.install()
        await tab.reload()
        await tab.wait_for_function(KNOWS_ROOMS)
    await at(person(ann, 'bea'), 'online')
    await tabs[0].clock.fast_forward(6 * 60_000)
    await asyncio.sleep(1.2)
    await at(person(ann, 'bea'), 'online')
    await tabs[1].clock.fast_forward(6 * 60_000)
    await at(person(ann, 'bea'), 'away')
    await tabs[0].mouse.move(300, 300)
    await at(person(ann, 'bea'), 'online')


async def test_who_is_offline_only_for_a_moment_was_never_gone(open_chat):
    ann, eve = await open_chat('ann'), await open_chat('eve')
    await members(ann)
    await at(person(ann, 'eve'), 'online')
    await disconnect(eve)
    await asyncio.sleep(2)
    await at(person(ann, 'eve'), 'online')


async def test_the_members_are_searched(open_chat, server):
    for name in ('searched_one', 'searched_two', 'ひとり', 'm4', 'm5', 'm6', 'm7', 'm8'):
        server.cookie(name)
    ann = await open_chat('ann')
    await members(ann)
    box = ann.get_by_role('searchbox', name='Search members')
    await box.fill('SEARCHED')
    await expect(ann.locator('.panel li:visible')).to_have_count(2)
    await box.fill('ひと')
    await expect(ann.locator('.panel li:visible')).to_have_count(1)
    await ann.keyboard.press('Escape')
    await expect(ann.locator('.panel')).to_be_hidden()
    await expect(ann.get_by_role('button', name='Members')).to_be_focused()


async def test_a_member_is_written_to(open_chat, bob):
    ann = await open_chat('ann')
    await members(ann)
    await person(ann, 'bob').get_by_role('button', name='bob', exact=True).click()
    await ann.locator('.person-card').get_by_role('button', name='Message').click()
    await expect(ann.locator('h1')).to_have_text('bob')
    await expect(ann.locator('h1')).to_have_attribute('data-kind', 'direct')


async def test_a_member_is_removed_after_a_question(open_chat, server, bob):
    ann = await open_chat('ann')
    server.cookie('carl')
    async with server.program('ann') as program:
        answer = await program.ask('create_room', {'name': 'Board', 'kind': 'closed', 'members': ['bob', 'carl']})
        room = answer['room']['id']
    await show_room(ann, room)
    await expect(ann.locator('h1')).to_have_text('Board')
    await members(ann)
    await person(ann, 'carl').get_by_role('button', name='Remove carl').click()
    await ann.get_by_role('dialog').get_by_role('button', name='Remove').click()
    await expect(person(ann, 'carl')).to_have_count(0)
    await ann.get_by_role('button', name='Invite people').click()
    people = ann.get_by_role('dialog').get_by_label('People')
    await expect(people).to_be_focused()  # the dialog has come, and closes no list any more
    await people.click()
    await ann.get_by_role('option', name='carl').click()
    await ann.keyboard.press('Escape')
    await ann.get_by_role('dialog').get_by_role('button', name='Invite').click()
    await expect(person(ann, 'carl')).to_have_count(1)


async def test_who_is_writing_is_shown_until_it_is_said_or_for_five_seconds(open_chat, server, bob):
    ann = await open_chat('ann')
    typing = ann.locator('.typing')
    await show_room(ann, 1)
    await asyncio.sleep(0.5)
    async with server.program('carl') as carl, server.program('dora') as dora:
        await bob.ask('typing', {'room': 1})
        await expect(typing).to_have_text('bob is typing ...')
        await carl.ask('typing', {'room': 1})
        await expect(typing).to_have_text('bob and carl are typing ...')
        await dora.ask('typing', {'room': 1})
        await expect(typing).to_have_text('Several people are typing ...')
        await carl.ask('send_message', 'said')
        await expect(typing).to_have_text('bob and dora are typing ...')
        await asyncio.sleep(5)
        await expect(typing).to_have_text('')


async def test_a_browser_signals_at_most_every_two_seconds_and_to_members_only(open_chat, server, bob):
    server.cookie('carl')
    ann = await open_chat('ann')
    room = (await bob.ask('create_room', {'name': 'Few', 'kind': 'closed', 'members': ['ann']}))['room']['id']
    await show_room(ann, room)
    await expect(ann.locator('h1')).to_have_text('Few')
    async with server.program('carl') as carl:
        started = asyncio.get_running_loop().time()
        await ann.get_by_label('Message', exact=True).press_sequentially('twenty five letters, slow', delay=100)
        took = asyncio.get_running_loop().time() - started
        await asyncio.sleep(0.3)
        signals = [data for name, data in bob.told if name == 'typing']
        assert 1 <= len(signals) <= 1 + took / 2
        assert signals[0] == {'room': room, 'username': 'ann'}
        assert not [data for name, data in carl.told if name == 'typing']


async def test_my_own_writing_is_not_shown_to_me(open_chat):
    ann = await open_chat('ann')
    other = await ann.context.new_page()
    await other.goto(ann.url)
    await other.wait_for_function(KNOWS_ROOMS)
    await ann.get_by_label('Message', exact=True).press_sequentially('hello')
    await asyncio.sleep(0.5)
    await expect(other.locator('.typing')).to_have_text('')
    await say(ann, 'done')

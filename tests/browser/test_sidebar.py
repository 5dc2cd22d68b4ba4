"""The list of rooms: what is new, what was read elsewhere, what comes and goes."""
import re

import pytest
from playwright.async_api import expect

from tests.attacks.raw import elements_of

from .acting import create, link

pytestmark = pytest.mark.browser


def badge(page, room):
    return link(page, room).locator('.badge')


UNREAD = re.compile(r'\bunread\b')


async def test_what_others_write_elsewhere_is_marked_and_mentions_are_counted(open_chat, bob):
    ann = await open_chat('ann')
    room = await create(bob, 'Plans', 'ann', kind='closed')
    await expect(link(ann, room)).to_have_text('Plans')
    await bob.ask('send_message', {'room': room, 'message': 'hello'})
    await expect(link(ann, room)).to_have_class(UNREAD)
    await expect(badge(ann, room)).to_have_text('')
    for text in ('@ann look', '@ann again', 'no more'):
        await bob.ask('send_message', {'room': room, 'message': text})
    await expect(badge(ann, room)).to_have_text('2')
    await ann.reload()
    await expect(badge(ann, room)).to_have_text('2')
    await link(ann, room).click()
    await expect(ann.locator('h1')).to_have_text('Plans')
    await expect(ann.get_by_text('no more')).to_be_visible()
    await expect(link(ann, room)).not_to_have_class(UNREAD)
    await expect(ann).to_have_url(re.compile(rf'/chat/{room}$'))


async def test_what_is_read_in_one_tab_is_read_in_the_others(open_chat, bob):
    ann = await open_chat('ann')
    room = await create(bob, 'Both', 'ann', kind='closed')
    other = await ann.context.new_page()
    await other.goto(ann.url)
    await bob.ask('send_message', {'room': room, 'message': '@ann hello'})
    for tab in (ann, other):
        await expect(badge(tab, room)).to_have_text('1')
    await link(other, room).click()
    await expect(other.get_by_text('@ann hello')).to_be_visible()
    await expect(badge(ann, room)).to_have_text('', timeout=1_500)
    await expect(link(ann, room)).not_to_have_class(UNREAD)


async def test_a_message_goes_to_its_room_alone(open_chat, bob):
    ann = await open_chat('ann')
    room = await create(bob, 'Alone', 'ann', kind='closed')
    carl = await open_chat('carl')
    await ann.goto(ann.url.replace('/chat', f'/chat/{room}'))
    await ann.get_by_label('Message', exact=True).fill('for this room')
    await ann.keyboard.press('Enter')
    await expect(ann.locator('article .text').last).to_have_text('for this room')
    await bob.ask('send_message', 'for all')
    await expect(carl.locator('article .text').last).to_have_text('for all')
    assert await carl.get_by_text('for this room').count() == 0
    assert await ann.get_by_text('for all').count() == 0


async def test_a_page_of_a_room_that_was_lost_stops_at_once(open_chat, bob):
    ann = await open_chat('ann')
    room = await create(bob, 'Lost', 'ann', kind='closed')
    address = ann.url.replace('/chat', f'/chat/{room}')
    await ann.goto(address)
    await bob.ask('send_message', {'room': room, 'message': 'seen'})
    await expect(ann.get_by_text('seen')).to_be_visible()
    await bob.ask('remove', {'room': room, 'username': 'ann'})
    await bob.ask('send_message', {'room': room, 'message': 'secret'})
    await expect(ann.locator('h1')).to_have_text('Lobby')
    await expect(link(ann, room)).to_have_count(0)
    for again in (address, f'{address}9', f'{address}x'):
        await ann.goto(again)
        await expect(ann.locator('h1')).to_have_text('Lobby')
    assert await ann.get_by_text('secret').count() == 0


async def test_a_room_that_changes_is_shown_anew(open_chat, bob):
    ann = await open_chat('ann')
    room = await create(bob, 'Before')
    await link(ann, room).click()
    await expect(ann.locator('h1')).to_have_text('Before')
    await bob.ask('update_room', {'room': room, 'name': 'After <b>', 'topic': 'What & why'})
    await expect(ann.locator('h1')).to_have_text('After <b>')
    await expect(ann.locator('.topic')).to_have_text('What & why')
    await expect(link(ann, room)).to_have_text('After <b>')


async def test_on_a_phone_the_rooms_wait_behind_a_button(open_chat, bob):
    room = await create(bob, 'Phone')
    ann = await open_chat('ann', viewport={'width': 390, 'height': 844})
    await expect(link(ann, room)).to_be_hidden()
    await ann.get_by_role('button', name='Rooms').click()
    await link(ann, room).click()
    await expect(ann.locator('h1')).to_have_text('Phone')
    await expect(link(ann, room)).to_be_hidden()
    assert await ann.evaluate('document.documentElement.scrollWidth <= innerWidth')


async def test_a_room_stays_open_over_a_restart(make_server, open_chat):
    with make_server() as server:
        async with server.program('bob') as bob:
            room = await create(bob, 'Kept')
        ann = await open_chat('ann', of=server)
        await link(ann, room).click()
        await expect(ann.locator('h1')).to_have_text('Kept')
        await ann.evaluate('window.same = true')
        server.stop()
        server.start()
        async with server.program('bob') as bob:
            await bob.ask('send_message', {'room': room, 'message': 'after the restart'})
            await bob.ask('send_message', 'in the Lobby')
        await expect(ann.get_by_text('after the restart')).to_be_visible(timeout=15_000)
        await expect(link(ann, 1)).to_have_class(UNREAD)
        assert await ann.evaluate('window.same')
        assert await ann.get_by_text('in the Lobby').count() == 0


async def test_rooms_stand_in_the_servers_order_before_and_after_a_page_connects(open_chat, server, bob):
    """They would jump under the pointer else."""
    expected = ['Ärger', 'Beta', 'Room 2', 'room 10', 'Über uns', 'ufer', 'Zebra']
    for name in reversed(expected):
        await create(bob, name)
    ann = await open_chat('ann')

    async def listed():
        names = await ann.locator('section[data-kind="rooms"] a .label').all_text_contents()
        return [name for name in names if name in {*expected, 'Aal'}]

    written = str(elements_of(await (await ann.context.request.get(ann.url)).text()))
    assert [name for name in re.findall(r'<bdi class="label">([^<]*)</bdi>', written) if name in expected] == expected
    new = await create(bob, 'Aal')
    await expect(link(ann, new)).to_be_visible()
    assert await listed() == ['Aal', *expected]
    assert [room['name'] for room in (await bob.ask('rooms', {}))['rooms'] if room['name'] in expected] == expected

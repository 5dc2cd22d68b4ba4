"""The panel: ways in and out of it, by keys too, and what changes in it without being asked for."""
import asyncio

import pytest
from playwright.async_api import expect

from .acting import create, disconnect

pytestmark = pytest.mark.browser


@pytest.fixture
async def found(open_chat, ann, bob, room):
    """A page of Ann's that has searched; two hits, the newest first."""
    numbers = [(await bob.ask('send_message', {'room': room, 'message': f'a {room} walrus {i}'}))['id'] for i in range(2)]
    page = await open_chat('ann')
    page.numbers = numbers[::-1]
    await page.keyboard.press('Control+Shift+F')
    page.field, page.hits, page.hint = page.get_by_label('Search messages'), page.locator('.panel .found'), page.locator('.panel .hint')
    await expect(page.field).to_be_focused()
    await expect(page.hint).to_be_visible()
    await page.keyboard.type(f'{room} walrus')
    await expect(page.hits).to_have_count(2)
    return page


async def test_arrows_lead_through_the_hits_and_enter_opens_one(found):
    await expect(found.hint).to_be_hidden()
    for key, hit in (('ArrowDown', 0), ('ArrowDown', 1), ('ArrowUp', 0)):
        await found.keyboard.press(key)
        await expect(found.hits.nth(hit)).to_be_focused()
    await found.keyboard.press('ArrowUp')
    await expect(found.field).to_be_focused()
    await found.keyboard.press('ArrowDown')
    await found.keyboard.press('Enter')
    await expect(found.locator(f'article.found#m{found.numbers[0]}')).to_be_in_viewport()


async def test_the_query_outlives_the_panel_and_another_list(found):
    for away in (lambda: found.keyboard.press('Escape'), lambda: found.get_by_role('button', name='Saved').click()):
        await away()
        await expect(found.hits.filter(has_text='walrus')).to_have_count(0)
        await found.keyboard.press('Control+Shift+F')
        await expect(found.hits).to_have_count(2)
        assert await found.field.evaluate('field => field.value.slice(field.selectionStart, field.selectionEnd)') == await found.field.input_value()


async def test_an_empty_field_shows_the_hint_and_no_hits(found):
    await found.field.fill('  ')
    await expect(found.hint).to_be_visible()
    await expect(found.hits).to_have_count(0)
    await expect(found.locator('.panel .none')).to_have_text('')
    await disconnect(found)
    await found.field.fill('')
    await expect(found.hint).to_be_visible()
    await expect(found.locator('.panel .none')).to_have_text('')
    await found.context.set_offline(False)


async def test_enter_asks_at_once(found):
    await found.evaluate('document.querySelector(".panel form").dataset.wait = 60_000')
    await found.field.fill('walrus that is nowhere')
    await found.keyboard.press('Enter')
    await expect(found.locator('.panel .none')).to_have_text('Nothing found.')


async def test_a_hit_opens_in_another_tab_with_ctrl(found):
    before = found.url
    async with found.context.expect_page() as other:
        await found.hits.first.click(modifiers=['Control'])
    await (await other.value).wait_for_url(f'**/chat/*?at={found.numbers[0]}')
    assert found.url == before


async def test_a_room_that_is_renamed_is_so_in_the_lists(found, ann, room):
    await ann.ask('update_room', {'room': room, 'name': f'Walruses {room}'})
    await expect(found.hits.first.locator('.where')).to_have_text(f'# Walruses {room}')


async def test_a_room_that_is_lost_leaves_the_lists_at_once(open_chat, ann, bob):
    room = await create(bob, 'Lost', 'ann', kind='closed')
    number = (await bob.ask('send_message', {'room': room, 'message': 'kept'}))['id']
    await ann.ask('save', {'id': number, 'on': True})
    page = await open_chat('ann')
    await page.get_by_role('button', name='Saved').click()
    await expect(page.locator(f'.panel [data-key="{number}"]')).to_be_visible()
    await bob.ask('remove', {'room': room, 'username': 'ann'})
    await expect(page.locator(f'.panel [data-key="{number}"]')).to_have_count(0)


async def test_members_follow_who_is_new_who_joins_and_who_leaves(open_chat, server, ann, bob):
    room = await create(ann, 'Few', 'bob', kind='closed')
    page = await open_chat('ann')
    names = page.locator('.panel li .label')
    await page.get_by_role('button', name='Members').click()
    await expect(names.filter(has_text='newcomer')).to_have_count(0)
    async with server.program('newcomer'):
        await expect(names.filter(has_text='newcomer')).to_have_count(1)
    await page.locator(f'.sidebar a[data-room="{room}"]').click()
    await expect(names).to_have_text(['ann', 'bob'])
    await page.get_by_label('Search members').fill('B')
    await expect(names.filter(visible=True)).to_have_text(['bob'])
    server.cookie('carl')
    await ann.ask('invite', {'room': room, 'username': 'carl'})
    await expect(page.locator('.panel .count')).to_have_text('3')
    await expect(names.filter(visible=True)).to_have_text(['bob'])
    await expect(page.get_by_label('Search members')).to_be_focused()
    await ann.ask('remove', {'room': room, 'username': 'bob'})
    await expect(names).to_have_text(['ann', 'carl'])


async def test_members_of_a_room_that_is_lost_are_gone(open_chat, ann, bob):
    room = await create(bob, 'Lost with its members', 'ann', kind='closed')
    page = await open_chat('ann')
    await page.locator(f'.sidebar a[data-room="{room}"]').click()
    await page.get_by_role('button', name='Members').click()
    await expect(page.locator('.panel .count')).to_have_text('2')
    await bob.ask('remove', {'room': room, 'username': 'ann'})
    await expect(page.locator('h1')).to_have_text('Lobby')
    await expect(page.locator('.panel li').filter(has_text='ann')).to_have_count(1)
    await asyncio.sleep(1)
    await expect(page.locator('.panel .none')).to_have_text('')

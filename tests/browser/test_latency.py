"""Every view does what it says on a fast line, on a usual one and on a slow one: nobody has to wait before acting on."""
import re

import pytest
from playwright.async_api import expect

from .acting import KNOWS_ROOMS, lines, say

pytestmark = [pytest.mark.browser, pytest.mark.parametrize('latency', lines(0, 50))]


@pytest.fixture
async def page(open_chat, room, latency, bob):
    """Ann's page of a room of her own, on a line by which all that she sends comes so many milliseconds later."""
    await bob.ask('send_message', {'room': room, 'message': 'hello @ann'})
    chat = await open_chat('ann')
    await chat.goto(f'{chat.url.split("?")[0].rpartition("/chat")[0]}/chat/{room}?latency={latency}')
    await chat.wait_for_function(KNOWS_ROOMS)
    return chat


@pytest.fixture
async def room(ann, bob, latency, request):
    """Who made it may change it."""
    name = f'{request.node.name.removeprefix("test_").split("[")[0][:40]} {latency}'
    return (await ann.ask('create_room', {'name': name, 'kind': 'closed', 'members': ['bob']}))['room']['id']


def tool(page, name):
    return page.locator('.tools').get_by_role('button', name=name, exact=True)


def last(page):
    return page.locator('article:not([hidden])').last


async def test_what_is_done_with_a_message(page):
    await say(page, 'one')
    await expect(last(page).locator('.text')).to_have_text('one')
    await last(page).hover()
    await tool(page, 'Edit').click()
    await page.get_by_label('Edit message').fill('two')
    await page.keyboard.press('Enter')
    await expect(last(page).locator('.text')).to_contain_text('two')
    await expect(page.get_by_label('Edit message')).to_have_count(0)
    await last(page).hover()
    await tool(page, 'React with 👍').click()
    await expect(last(page).locator('.reaction')).to_have_text(re.compile('1'))
    for entry, sentence in (('Save for me', 'Saved for you.'), ('Pin to this room', 'Pinned.')):
        await last(page).hover()
        await tool(page, 'More').click()
        await page.get_by_role('menuitem', name=entry).click()
        await expect(page.locator('.said')).to_have_text(sentence)
    await last(page).hover()
    await tool(page, 'Reply').click()
    await say(page, 'three')
    await expect(last(page).locator('.quote .start')).to_have_text('two')
    await last(page).hover()
    await tool(page, 'More').click()
    await page.get_by_role('menuitem', name='Delete').click()
    await page.get_by_role('button', name='Undo').click()
    await expect(last(page).locator('.text')).to_have_text('three')


async def test_the_panel(page, ann, room):
    number = (await ann.ask('send_message', {'room': room, 'message': 'kept for later'}))['id']
    await ann.ask('save', {'id': number, 'on': True})
    await ann.ask('pin', {'id': number, 'on': True})
    panel = page.locator('.panel')
    for button, expected in (('Mentions', 'hello @ann'), ('Saved', 'kept for later'), ('Pinned messages', 'kept for later'),
                             ('Members', 'bob')):
        await page.get_by_role('button', name=re.compile(rf'^{button}')).click()
        await expect(panel.get_by_text(expected).first).to_be_visible()
    await page.get_by_role('button', name='Search', exact=True).click()
    await panel.get_by_label('Search messages').fill('later')
    await expect(panel.locator('.found .text').first).to_contain_text('kept for later')
    await panel.locator('.found').first.click()
    await expect(page.locator(f'#m{number}')).to_be_in_viewport()
    await panel.get_by_role('button', name='Close').click()
    await expect(panel).to_be_hidden()


async def test_what_one_chooses_from(page):
    field = page.get_by_label('Message', exact=True)
    await field.press_sequentially('@bo')
    await expect(page.locator('.completion li').first).to_contain_text('bob')
    await page.keyboard.press('Enter')
    await page.keyboard.type(':tada')
    await expect(page.locator('.completion li').first).to_contain_text(':tada:')
    await page.keyboard.press('Enter')
    await expect(field).to_have_value('@bob 🎉 ')
    await page.keyboard.press('Enter')
    await expect(last(page).locator('.text')).to_contain_text('@bob 🎉')
    await page.get_by_role('button', name='Emoji', exact=True).click()
    await page.get_by_label('Search emoji').fill('rocket')
    await page.keyboard.press('Enter')
    await expect(field).to_have_value('🚀')
    await field.fill('/topic What is next')
    await page.keyboard.press('Enter')
    await expect(page.locator('.topic')).to_have_text('What is next')
    await page.keyboard.press('Control+k')
    await page.get_by_label('Go to a room or a person').fill('lob')
    await page.keyboard.press('Enter')
    await expect(page.locator('h1')).to_have_text('Lobby')


async def test_rooms_and_their_dialogs(page, latency):
    await page.get_by_role('button', name='Room settings').click()
    await expect(page.get_by_role('dialog')).to_be_visible()
    await page.keyboard.press('Escape')
    await expect(page.get_by_role('dialog')).to_have_count(0)  # it has a field for a name, too
    await page.get_by_role('button', name='New room').click()
    await page.get_by_role('dialog').get_by_label('Name').fill(f'new on a line of {latency}')
    await page.keyboard.press('Enter')
    await expect(page.locator('h1')).to_have_text(f'new on a line of {latency}')
    await say(page, 'first')
    await expect(last(page).locator('.text')).to_have_text('first')
    await page.go_back()
    await expect(page.get_by_text('hello @ann')).to_be_visible()

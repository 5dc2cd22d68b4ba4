"""The quick switcher, and all keys."""
import unicodedata

import pytest
from playwright.async_api import expect

import names
from elements import assets
from pages.views import DECLARED
from tests.test_names import FOUND

from .acting import KNOWS_ROOMS, link, show_room, shows_room

pytestmark = pytest.mark.browser


@pytest.fixture
async def rooms(server, bob):
    server.cookie('carl')
    listed = (await bob.ask('rooms'))['rooms']
    have = {room['name']: room['id'] for room in listed}
    for name in ('Alpha', 'Beta', 'Design of the new site', 'Gamma'):
        if name not in have:
            have[name] = (await bob.ask('create_room', {'name': name, 'kind': 'open'}))['room']['id']
    return have


@pytest.fixture
async def ann(open_chat, rooms):
    page = await open_chat('ann')
    await page.wait_for_function(KNOWS_ROOMS)
    await show_room(page, 1)
    await expect(page.locator('h1')).to_have_text('Lobby')
    return page


def choices(page):
    return page.locator('.switcher [role=option] .label')


async def test_rooms_and_people_by_a_few_letters(ann):
    for typed, name in (('bet', 'Beta'), ('dnws', 'Design of the new site'), ('new', 'Design of the new site'), ('carl', 'carl')):
        await ann.keyboard.press('Control+k')
        await expect(choices(ann).first).to_be_visible()
        await ann.keyboard.type(typed)
        await expect(choices(ann).first).to_have_text(name)
        await ann.keyboard.press('Enter')
        await expect(ann.locator('h1')).to_have_text(name)
        await expect(ann.locator('.switcher')).to_be_hidden()


async def test_the_most_recent_first_and_where_i_am_last(ann, rooms):
    for name in ('Alpha', 'Gamma', 'Beta'):
        await show_room(ann, rooms[name])
        await expect(ann.locator('h1')).to_have_text(name)
    await ann.keyboard.press('Control+k')
    await expect(choices(ann).first).to_have_text('Gamma')
    await expect(choices(ann).nth(1)).to_have_text('Alpha')
    await ann.keyboard.press('Enter')
    await expect(ann.locator('h1')).to_have_text('Gamma')


async def test_it_is_closed_by_escape_or_by_its_own_key(ann):
    for key in ('Escape', 'Control+k'):
        await ann.keyboard.press('Control+k')
        await expect(ann.locator('.switcher')).to_be_visible()
        await ann.keyboard.type('nothing has this name')
        await ann.keyboard.press('Enter')
        await ann.keyboard.press(key)
        await expect(ann.locator('.switcher')).to_be_hidden()
    await expect(ann.get_by_label('Message', exact=True)).to_be_focused()


async def test_up_and_down_through_the_sidebar(ann):
    order = await ann.locator('.sidebar a[data-room]:visible').evaluate_all('all => all.map(one => +one.dataset.room)')
    for key, at in (('Alt+ArrowDown', 1), ('Alt+ArrowDown', 2), ('Alt+ArrowUp', 1), ('Alt+ArrowUp', 0), ('Alt+ArrowUp', -1)):
        await ann.keyboard.press(key)
        await shows_room(ann, order[at])


async def test_to_the_next_unread_room(ann, bob, rooms):
    for name in ('Beta', 'Gamma'):
        await bob.ask('send_message', {'room': rooms[name], 'message': 'new'})
        await expect(link(ann, rooms[name])).to_have_class('unread')
    await ann.keyboard.press('Alt+Shift+ArrowDown')
    await expect(ann.locator('h1')).to_have_text('Beta')
    await expect(link(ann, rooms['Beta'])).not_to_have_class('unread')
    await ann.keyboard.press('Alt+Shift+ArrowDown')
    await expect(ann.locator('h1')).to_have_text('Gamma')
    await expect(link(ann, rooms['Gamma'])).not_to_have_class('unread')
    await ann.keyboard.press('Alt+Shift+ArrowUp')
    await ann.wait_for_timeout(300)
    await expect(ann.locator('h1')).to_have_text('Gamma')


async def test_a_question_mark_shows_all_keys_but_is_a_letter_while_writing(ann):
    field = ann.get_by_label('Message', exact=True)
    await field.press('?')
    await expect(field).to_have_value('?')
    await expect(ann.get_by_role('dialog', name='Keys')).to_be_hidden()
    await field.fill('')
    await ann.get_by_role('log').focus()
    await ann.keyboard.press('?')
    await expect(ann.get_by_role('dialog', name='Keys')).to_be_visible()
    for does in ('Mark this room as read', 'Bold, italic', 'Code, struck through', 'New line', 'From an empty field: scroll the messages'):
        await expect(ann.get_by_text(does)).to_be_visible()
    await expect(ann.get_by_role('heading', name='Keys')).to_be_in_viewport()
    await expect(ann.get_by_role('dialog', name='Keys').get_by_role('button', name='Close')).to_be_in_viewport()
    await ann.keyboard.press('Escape')
    await expect(ann.get_by_role('dialog', name='Keys')).to_be_hidden()


async def test_a_browser_folds_what_is_typed_as_the_server_folds_names(ann):
    texts = [*(chr(code) for code in (*range(0x20, 0x3400), *range(0xa000, 0xd7b0), *range(0xf900, 0x10000), *range(0x10400, 0x10500), *range(0x1d400, 0x1d800), *range(0x1f000, 0x20000), 0x1d159)
               if unicodedata.category(chr(code)) not in {'Cn', 'Cs'}), 'ΟΔΟΣ', 'A\u00a0B', '👩\u200d💻', 'pl\u200bans', 'e\u0301', *(text for found in FOUND for text in found)]
    script = DECLARED + assets.source('dom').replace('export const', 'const')
    folded = await ann.evaluate(f'texts => {{ {script}; return texts.map(fold); }}', texts)
    assert [text for text, browsers in zip(texts, folded, strict=True) if names.fold(text) != browsers] == []


async def test_the_sidebar_is_filtered(ann, rooms):
    box = ann.get_by_role('searchbox', name='Filter rooms')
    await box.fill('ALP')
    await expect(ann.locator('.sidebar a:visible')).to_have_count(1)
    await box.press('Enter')
    await expect(ann.locator('h1')).to_have_text('Alpha')
    await expect(link(ann, rooms['Beta'])).to_be_visible()

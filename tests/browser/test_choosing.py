"""Fields in which people are chosen: for a conversation, a room, an invitation. And finding them by what is typed."""
import pytest
from playwright.async_api import expect

from .acting import KNOWS_ROOMS, create, link, show_room, shows_room

pytestmark = pytest.mark.browser


@pytest.fixture
async def page(open_chat, server):
    for name in ('bob', 'bobby', 'carl', 'José', 'Zoë', 'Große', 'Søren', '한국', 'मोहन', 'דָּנָה'):
        server.cookie(name)
    chat = await open_chat('ann')
    await chat.wait_for_function(KNOWS_ROOMS)
    return chat


def dialog(page):
    return page.get_by_role('dialog')


def field(page):
    return dialog(page).get_by_role('combobox')


def offered(page):
    return dialog(page).get_by_role('option')


def chosen(page):
    return dialog(page).get_by_role('button', name='Remove ')


async def begin(page):
    await page.get_by_role('button', name='New direct message').click()
    await expect(field(page)).to_be_focused()
    await expect(offered(page).first).to_be_visible()


FOUND = [('jose', 'José'), ('JOSE\u0301', 'José'), ('zoe', 'Zoë'), ('grosse', 'Große'), ('soren', 'Søren'), ('@bobb', 'bobby'), ('하', '한국'), ('मो', 'मोहन'), ('דנה', 'דָּנָה')]


@pytest.mark.parametrize(('typed', 'name'), FOUND)
async def test_people_are_found_everywhere_without_accents_and_by_their_signs(page, typed, name):
    await begin(page)
    await field(page).fill(typed)
    await expect(offered(page).first).to_have_text(name)
    await page.keyboard.press('Escape')
    await expect(field(page)).to_have_value('')
    await page.keyboard.press('Escape')
    await expect(dialog(page)).to_have_count(0)
    await page.keyboard.press('Control+k')
    await page.locator('.switcher input').fill(typed)
    await expect(page.locator('.switcher [role=option] .label').first).to_have_text(name)
    await page.keyboard.press('Escape')
    await page.locator('#composer').fill('@' + typed.removeprefix('@'))
    await expect(page.locator('#completion bdi').first).to_have_text(name)
    await page.keyboard.press('Enter')
    await expect(page.locator('#composer')).to_have_value(f'@{name} ')
    await page.locator('#composer').fill('')
    await page.get_by_role('button', name='Members').click()
    await expect(page.locator('.panel li').first).to_be_visible()
    await page.get_by_role('searchbox', name='Search members').fill(typed)
    await expect(page.locator('.panel li:visible')).to_have_count(1)
    await expect(page.locator('.panel li:visible .label')).to_have_text(name)


ROOMS_FOUND = [('cafe', 'Café Münster'), ('#munster', 'Café Münster'), ('#lobby', 'Lobby'), ('MU\u0308N', 'Café Münster')]


async def test_rooms_are_found_without_accents_and_by_their_sign(page, ann):
    for typed, name in ROOMS_FOUND:
        if name not in [room['name'] for room in (await ann.ask('rooms'))['rooms']]:
            await create(ann, name)
        await expect(page.locator('.sidebar a', has_text=name)).to_be_visible()
        await page.keyboard.press('Control+k')
        await page.locator('.switcher input').fill(typed)
        await expect(page.locator('.switcher [role=option] .label').first).to_have_text(name)
        await page.keyboard.press('Escape')
        await page.locator('#filter').fill(typed)
        await expect(page.locator('.sidebar a:visible')).to_have_count(1)
        await expect(page.locator('.sidebar a:visible .label')).to_have_text(name)
        await page.locator('#filter').fill('')


async def test_of_two_whole_names_the_one_as_it_is_typed_comes_first(page, server):
    for name in ('rene', 'René'):
        server.cookie(name)
    await page.reload()
    await page.wait_for_function(KNOWS_ROOMS)
    for typed in ('rene', 'René', 'rené', 'RENE'):
        await page.keyboard.press('Control+k')
        await page.locator('.switcher input').fill(typed)
        await expect(page.locator('.switcher [role=option] .label').first).to_have_text('René' if 'é' in typed else 'rene')
        await page.keyboard.press('Escape')


async def test_a_sign_says_what_is_meant(page, ann):
    await create(ann, 'carl')
    await expect(page.locator('.sidebar a', has_text='carl')).to_be_visible()
    for typed, kind in (('#carl', 'open'), ('@carl', 'direct'), ('＃carl', 'open'), ('# car', 'open'), ('@crl', 'direct')):
        await page.keyboard.press('Control+k')
        await page.locator('.switcher input').fill(typed)
        await expect(page.locator('.switcher [role=option]').first).to_have_attribute('data-kind', kind)
        await expect(page.locator('.switcher [role=option] .label').first).to_have_text('carl')
        await page.keyboard.press('Escape')


async def test_people_whose_names_differ_in_accents_only_are_all_listed(page, server):
    for name in ('andre', 'André', 'ándre'):
        server.cookie(name)
    await page.get_by_role('button', name='Members').click()
    await page.get_by_role('searchbox', name='Search members').fill('andre')
    await expect(page.locator('.panel li:visible')).to_have_count(3)


async def test_enter_takes_the_first_and_opens_when_nothing_is_typed(page):
    await begin(page)
    await page.keyboard.type('bo')
    await page.keyboard.press('Enter')
    await expect(chosen(page)).to_have_text(['bob'])
    await expect(field(page)).to_have_value('')
    await expect(offered(page).filter(has_text='bob')).to_have_text(['bobby'])
    await page.keyboard.type('zoe')
    await page.keyboard.press('Enter')
    await expect(chosen(page)).to_have_text(['bob', 'Zoë'])
    await page.keyboard.press('Enter')
    await expect(page.locator('h1')).to_have_text('bob, Zoë')
    await expect(dialog(page)).to_have_count(0)


async def test_nobody_is_made_up(page):
    await begin(page)
    await page.keyboard.type('nobody has this')
    await expect(dialog(page).get_by_text('Nobody by this name.')).to_be_visible()
    for _ in range(2):
        await page.keyboard.press('Enter')
    await expect(chosen(page)).to_have_count(0)
    await expect(field(page)).to_have_value('nobody has this')
    await field(page).fill('')
    await page.keyboard.press('Enter')
    await expect(dialog(page).get_by_role('alert')).to_contain_text('besides yourself')
    await page.keyboard.type('bob')
    await page.keyboard.press('ArrowDown')
    await page.keyboard.press('Enter')
    await expect(chosen(page)).to_have_text(['bobby'])


async def test_only_its_own_button_takes_somebody_away(page):
    await begin(page)
    await offered(page).filter(has_text='carl').click()
    await expect(field(page)).to_be_focused()
    await expect(chosen(page)).to_have_text(['carl'])
    place = await dialog(page).locator('.chosen').bounding_box()
    await page.mouse.click(place['x'] + place['width'] - 8, place['y'] + place['height'] - 4)
    await page.mouse.click(place['x'] + 20, place['y'] - 12)
    await page.keyboard.type('carl')
    await page.keyboard.press('Enter')
    await expect(chosen(page)).to_have_text(['carl'])
    await field(page).fill('bo')
    await field(page).press('Backspace')
    await field(page).press('Backspace')
    await expect(chosen(page)).to_have_text(['carl'])
    await chosen(page).click()
    await expect(chosen(page)).to_have_count(0)
    await expect(field(page)).to_be_focused()
    await offered(page).filter(has_text='carl').click()
    await field(page).press('Backspace')
    await expect(chosen(page)).to_have_count(0)
    await page.keyboard.press('Escape')
    await expect(dialog(page)).to_have_count(0)


@pytest.mark.parametrize('size', [(1280, 800), (390, 844), (320, 568)])
async def test_what_is_offered_covers_no_button(page, size):
    await begin(page)
    await page.set_viewport_size({'width': size[0], 'height': size[1]})
    for typed in ('', 'b', 'bob'):
        await field(page).fill(typed)
        for name in ('Cancel', 'Open conversation'):
            button = dialog(page).get_by_role('button', name=name)
            await button.scroll_into_view_if_needed()
            assert await button.evaluate('''node => { const {left, top, width, height} = node.getBoundingClientRect();
                return node.contains(document.elementFromPoint(left + width / 2, top + height / 2)); }'''), (name, typed)
    await dialog(page).get_by_role('button', name='Cancel').click()
    await expect(dialog(page)).to_have_count(0)


async def test_invited_is_who_is_not_there_yet(page, ann):
    room = await create(ann, 'Invited', 'carl', kind='closed')
    await link(page, room).click()
    await shows_room(page, room)
    await page.get_by_role('button', name='Members').click()
    await page.get_by_role('button', name='Invite people').click()
    await expect(field(page)).to_be_focused()
    await expect(offered(page).filter(has_text='bobby')).to_have_count(1)
    await expect(offered(page).filter(has_text='carl')).to_have_count(0)
    await page.keyboard.type('jose')
    await page.keyboard.press('Enter')
    await page.keyboard.press('Enter')
    await expect(page.locator('.panel li', has_text='José')).to_have_count(1)
    await page.get_by_role('button', name='Invite people').click()
    await expect(offered(page).first).to_be_visible()
    await expect(offered(page).filter(has_text='José')).to_have_count(0)


async def test_members_of_a_new_room(page, ann):
    await page.get_by_role('button', name='New room').click()
    await expect(dialog(page).get_by_label('Name')).to_be_focused()
    await page.keyboard.type('Chosen few')
    await dialog(page).get_by_text('Closed: you and whom you invite').click()
    await field(page).fill('soren')
    await page.keyboard.press('Enter')
    await expect(chosen(page)).to_have_text(['Søren'])
    await dialog(page).get_by_role('button', name='Create room').click()
    await expect(page.locator('h1')).to_have_text('Chosen few')
    room = next(room['id'] for room in (await ann.ask('rooms'))['rooms'] if room['name'] == 'Chosen few')
    assert [person['username'] for person in (await ann.ask('members', {'room': room}))['members']] == ['ann', 'Søren']


async def test_enter_in_the_name_of_a_room_makes_it_once(page, ann):
    await page.get_by_role('button', name='New room').click()
    await expect(dialog(page).get_by_label('Name')).to_be_focused()
    await page.keyboard.type('Made by Enter')
    await page.keyboard.press('Enter')
    await expect(page.locator('h1')).to_have_text('Made by Enter')
    await show_room(page, 1)
    assert [room['name'] for room in (await ann.ask('rooms'))['rooms']].count('Made by Enter') == 1

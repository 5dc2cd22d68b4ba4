"""Searching: filters by a click and completed, going to a date, and lists that keep their heading in view."""
import re
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from playwright.async_api import expect

from .acting import create, link, shows_room

pytestmark = pytest.mark.browser


@pytest.fixture
async def field(open_chat, ann, bob, server):
    """The field of the search in a page of Ann's, and the list beside it."""
    for name in ('Bobby.Tables', 'zoe'):
        server.cookie(name)
    if 'Project X' not in {room['name'] for room in (await ann.ask('rooms'))['rooms']}:
        await create(ann, 'Project X')
    await bob.ask('send_message', {'message': 'deploy **staging**'})
    page = await open_chat('ann')
    await page.keyboard.press('Control+Shift+F')
    field = page.get_by_label('Search messages')
    await expect(field).to_be_focused()
    return field


def options(field):
    return field.page.locator('.panel .completion').get_by_role('option')


COMPLETED = [
    ('from:', ['from:me', 'bob'], 'from:me '), ('from:bo', ['bob', 'Bobby.Tables'], 'from:bob '), ('deploy -from:@zo', ['zoe'], 'deploy -from:zoe '), ('from: bob', ['bob'], 'from:bob '),
    ('in:pro', ['Project X'], 'in:"Project X" '), ('in:#lob', ['Lobby'], 'in:Lobby '), ('in:"project', ['Project X'], 'in:"Project X" '), ('has:', ['has:link'], 'has:link '),
    ('x on:y', ['on:yesterday'], 'x on:yesterday '), ('before:', ['before:today', 'before:yesterday'], 'before:today '), ('FROM:bobb', ['Bobby.Tables'], 'FROM:Bobby.Tables '),
]


async def test_filters_complete_people_rooms_and_days(field):
    for typed, shown, written in COMPLETED:
        await field.press_sequentially(typed)
        for number, name in enumerate(shown):
            await expect(options(field).nth(number)).to_have_text(name)
        await field.press('Enter')
        await expect(field).to_have_value(re.compile(f'^{re.escape(written)}$', re.IGNORECASE))
        await expect(options(field)).to_have_count(0)
        await field.fill('')


async def test_what_is_completed_finds_the_room_that_was_chosen(field, ann, bob):
    places = {name: await create(maker, name, *members, kind='closed') for maker, name, *members in (
        (ann, 'The "big" one'), (ann, '„Projekt“'), (ann, 'Pair (old)'), (ann, 'Twin'), (bob, 'TWIN', 'ann'))}
    for name, room in places.items():
        await ann.ask('send_message', {'room': room, 'message': f'beside {name}'})
    await expect(link(field.page, places['TWIN'])).to_have_text('TWIN (by bob)')
    for typed, chosen, name in (('big', 'The "big" one', 'The "big" one'), ('projekt', '„Projekt“', '„Projekt“'), ('pair', 'Pair (old)', 'Pair (old)'),
                                ('twin', 'Twin (by ann)', 'Twin'), ('twin', 'TWIN (by bob)', 'TWIN')):
        await field.press_sequentially(f'beside in:{typed}')
        await options(field).filter(has_text=chosen).click()
        await expect(field.page.locator('.panel .found .text')).to_have_text([f'beside {name}'])
        await field.fill('')


NO_FILTERS = ['from:bob ', 'begin:', 'no filter', 'from:nobodyelse', 'from:bob deploy']


async def test_what_is_no_filter_completes_nothing(field):
    for typed in NO_FILTERS:
        await field.press_sequentially(typed)
        await expect(field).to_have_value(typed)
        await expect(options(field)).to_have_count(0)
        await field.fill('')


async def test_a_filter_is_added_by_a_click_and_chosen_by_one(field):
    await field.fill('deploy')
    await field.page.get_by_role('button', name='from:').click()
    await expect(field).to_be_focused()
    await expect(field).to_have_value('deploy from:')
    await options(field).filter(has_text='bob').first.click()
    await expect(field).to_have_value('deploy from:bob ')
    await expect(field.page.locator('.panel .found .text').first).to_have_text('deploy staging')
    await field.page.get_by_role('button', name='has:link').click()
    await expect(field).to_have_value('deploy from:bob has:link')


async def test_escape_closes_what_is_offered_and_then_the_panel(field):
    await field.press_sequentially('from:')
    await expect(options(field).first).to_be_visible()
    await field.press('Escape')
    await expect(options(field)).to_have_count(0)
    await expect(field).to_be_focused()
    await field.press('Escape')
    await expect(field).to_have_count(0)


async def test_what_escape_closed_is_not_opened_again_by_an_answer_that_comes_later(open_chat, bob):
    """What pages know by themselves is offered before the people are."""
    page = await open_chat('ann')
    await page.keyboard.press('Control+Shift+F')
    field = page.get_by_label('Search messages')
    await page.evaluate('() => { window.held = []; socket.onack = (packet) => held.push(packet); }')
    await field.press_sequentially('from:')
    await expect(options(field)).to_have_text(['from:me'])
    await field.press('Escape')
    await page.wait_for_function('held.some(({data: [answer]}) => answer?.html)')
    await page.evaluate('() => { delete socket.onack; held.forEach((packet) => socket.onack(packet)); }')
    await expect(options(field)).to_have_count(0)
    await field.press_sequentially('b')
    await expect(options(field).first).to_have_text('bob')


async def test_a_refusal_and_a_note_are_said(field):
    none = field.page.locator('.panel .none')
    for typed, said in (('on:soon', re.compile('"on:" takes a day')), ('from:nobody', 'There is nobody called "nobody".'), ('from:<b>x</b>', 'There is nobody called "<b>x</b>".'),
                        ('deploy from:nobody from:bob', 'There is nobody called "nobody".'), ('qqqqq', 'Nothing found.'), ('deploy', '')):
        await field.fill(typed)
        await expect(none).to_have_text(said)


OPENED = ['Search', 'Mentions', 'Saved', 'Pinned messages', 'Members']


async def test_the_button_of_what_is_open_is_marked(open_chat):
    page = await open_chat('ann')
    for name in OPENED:
        button = page.locator('[data-call=panel]').filter(has_text=name).or_(page.locator(f'[data-call=panel][aria-label="{name}"]'))
        await expect(button).to_have_attribute('aria-expanded', 'false')
        await button.click()
        await expect(button).to_have_attribute('aria-expanded', 'true')
        await expect(page.locator('[data-call=panel][aria-expanded=true]')).to_have_count(1)
        await page.get_by_role('button', name='Close').click()
        await expect(button).to_have_attribute('aria-expanded', 'false')


@pytest.mark.parametrize('size', [(1280, 700), (390, 700)])
async def test_heading_field_and_close_stay_in_view(open_chat, bob, room, size):
    for number in range(25):
        await bob.ask('send_message', {'room': room, 'message': f'haystack {number}'})
    page = await open_chat('ann')
    await page.set_viewport_size({'width': size[0], 'height': size[1]})
    await page.keyboard.press('Control+Shift+F')
    await page.keyboard.type('haystack')
    await expect(page.locator('.panel .found').nth(24)).to_be_attached()
    await page.locator('.panel .found').nth(24).scroll_into_view_if_needed()
    assert await page.locator('.panel').evaluate('panel => panel.scrollTop') > 300
    for part in (page.locator('.panel h2'), page.get_by_label('Search messages'), page.get_by_role('button', name='Close')):
        await expect(part).to_be_in_viewport(ratio=1)
    await page.get_by_role('button', name='Close').click()
    await expect(page.locator('.panel')).to_be_hidden()


async def test_the_pins_of_a_room_do_not_say_which_it_is(open_chat, ann, room):
    number = (await ann.ask('send_message', {'room': room, 'message': 'pinned'}))['id']
    await ann.ask('pin', {'id': number, 'on': True})
    page = await open_chat('ann')
    await link(page, room).click()
    await page.get_by_role('button', name='Pinned messages').click()
    await expect(page.locator('.panel .found .text')).to_have_text('pinned')
    await expect(page.locator('.panel .found .where')).to_have_count(0)


async def test_a_pinned_message_shows_its_pin_in_a_group(open_chat, ann, room):
    first, second = [(await ann.ask('send_message', {'room': room, 'message': text}))['id'] for text in ('one', 'two')]
    page = await open_chat('ann')
    await link(page, room).click()
    pin = page.locator(f'#m{second}.follows .pinned')
    await expect(pin).to_have_count(0)
    await ann.ask('pin', {'id': second, 'on': True})
    await expect(pin).to_be_visible()
    assert await pin.evaluate('node => getComputedStyle(node.parentNode).opacity') == '1'
    assert first < second


@pytest.fixture
async def days(open_chat, ann, room, server):
    """A room with a message on each of three days, in a page of Ann's; the numbers of the messages."""
    numbers = [(await ann.ask('send_message', {'room': room, 'message': f'day {day}'}))['id'] for day in range(3)]
    moments = [datetime.now(UTC).replace(hour=12) - timedelta(days=back) for back in (40, 9, 2)]
    with closing(sqlite3.connect(server.database)) as connection:
        connection.execute("UPDATE messages SET created_at = '2025-01-01T12:00:00.000+00:00' WHERE id < ?", [numbers[0]])
        for number, moment in zip(numbers, moments, strict=True):
            connection.execute('UPDATE messages SET created_at = ? WHERE id = ?', [moment.isoformat(timespec='milliseconds'), number])
        connection.commit()
    page = await open_chat('ann')
    await link(page, room).click()
    await shows_room(page, room)
    await expect(page.locator('.transcript .day')).to_have_count(4)
    return page, numbers, [f'{moment:%Y-%m-%d}' for moment in moments]


async def test_a_line_between_days_leads_to_another_day(days):
    page, numbers, dates = days
    await page.locator('.transcript .day button').nth(2).click()
    form = page.locator('.to-day')
    await expect(form.get_by_label('Go to a date')).to_have_value(dates[1])
    await form.get_by_label('Go to a date').fill(dates[0])
    await page.keyboard.press('Enter')
    await expect(page.locator(f'#m{numbers[0]}.found')).to_be_in_viewport()
    await expect(form).to_be_hidden()


async def test_the_search_leads_to_a_date_too_and_to_what_is_nearest(days):
    page, numbers, dates = days
    await page.keyboard.press('Control+Shift+F')
    await page.get_by_role('button', name='Go to a date').click()
    between = datetime.fromisoformat(dates[0]) + timedelta(days=3)
    await page.locator('.to-day').get_by_label('Go to a date').fill(f'{between:%Y-%m-%d}')
    await page.locator('.to-day').get_by_role('button', name='Go').click()
    await expect(page.locator(f'#m{numbers[1]}.found')).to_be_in_viewport()
    await expect(page.locator('.said')).to_have_text(re.compile('Nothing was written here on that day'))
    await page.get_by_label('Search messages').fill(f'on:{dates[2]}')
    await expect(page.locator('.panel .found')).to_have_count(1)
    await page.locator('.panel .found').click()
    await expect(page.locator(f'#m{numbers[2]}.found')).to_be_in_viewport()

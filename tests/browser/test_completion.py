"""Completing @names while writing."""
import sqlite3

import pytest
from playwright.async_api import expect

from tests.running import Server

from .acting import READY, disconnect, say, show_room, use_emoji, used_emoji

pytestmark = pytest.mark.browser


@pytest.fixture
async def ann(open_chat, server):
    for name in ('bob', 'bobby', 'dina', 'สมชาย', 'דנה', '小明'):
        server.cookie(name)
    async with server.program('dina') as dina:
        await dina.ask('send_message', 'I wrote last')
    page = await open_chat('ann')
    await page.keyboard.press('Escape')
    return page


def field(page):
    return page.get_by_label('Message', exact=True)


def choices(page):
    return page.locator('#completion li')


async def names(page):
    await expect(choices(page).first).to_be_visible()
    return await choices(page).locator('bdi').all_inner_texts()


async def test_by_keyboard(ann):
    await field(ann).press_sequentially('hello @bo')
    assert await names(ann) == ['bob', 'bobby']
    await ann.keyboard.press('ArrowDown')
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value('hello @bobby ')
    await expect(choices(ann)).to_have_count(0)
    await field(ann).press_sequentially('and @BO')
    await ann.keyboard.press('Tab')
    await expect(field(ann)).to_have_value('hello @bobby and @bob ')
    await expect(field(ann)).to_be_focused()


async def test_by_mouse(ann):
    await field(ann).press_sequentially('@b')
    await choices(ann).filter(has_text='bobby').click()
    await expect(field(ann)).to_have_value('@bobby ')
    await expect(field(ann)).to_be_focused()


async def test_who_wrote_last_comes_first_and_everyone_last(ann):
    await field(ann).press_sequentially('@')
    listed = await names(ann)
    assert listed[0] == 'dina'
    assert listed[-1] == 'everyone'
    assert 'ann' not in listed


SCRIPTS = [('@สม', 'สมชาย'), ('@דנ', 'דנה'), ('@小', '小明')]


async def test_in_any_script(ann):
    for typed, name in SCRIPTS:
        await field(ann).press_sequentially(typed)
        assert await names(ann) == [name]
        await ann.keyboard.press('Enter')
        await expect(field(ann)).to_have_value(f'@{name} ')
        await field(ann).fill('')


BEGINNINGS = [
    ('请@di', '请@dina '), ('＠di', '@dina '), ('...@di', '...@dina '), ('@bob/@di', '@bob/@dina '), ('a/@di', None), ('x@di', None), ('\\@di', None)]


async def test_where_a_name_may_begin(ann):
    for typed, completed in BEGINNINGS:
        await field(ann).fill(typed[:-1])
        await field(ann).press_sequentially(typed[-1])
        await expect(choices(ann)).to_have_count(1 if completed else 0)
        if completed:
            await ann.keyboard.press('Tab')
            await expect(field(ann)).to_have_value(completed)
        await field(ann).fill('')


async def test_everyone_is_offered_by_the_words_of_other_chats(ann):
    await field(ann).press_sequentially('@chann')
    assert await names(ann) == ['everyone']
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value('@everyone ')


async def test_members_of_this_room_come_before_others(ann, server):
    async with server.program('ann') as program:
        room = (await program.ask('create_room', {'name': 'Two', 'kind': 'closed', 'members': ['bobby']}))['room']['id']
    await show_room(ann, room)
    await expect(ann.locator('h1')).to_have_text('Two')
    await field(ann).press_sequentially('@bo')
    await expect(choices(ann)).to_have_count(2)
    assert await names(ann) == ['bobby', 'bob']
    await expect(choices(ann).last).to_contain_text('not in this room')


NO_NAMES = ['mail@bo', 'a@bo', '@@bo', '@bob x', '@nobody-has-this']


async def test_what_is_no_name_is_left_alone(ann):
    for text in NO_NAMES:
        await field(ann).press_sequentially(text)
        await ann.wait_for_timeout(200)
        await expect(choices(ann)).to_have_count(0)
        await ann.keyboard.press('Enter')
        await expect(field(ann)).to_have_value('')


async def test_escape_closes_the_list_only(ann):
    await field(ann).press_sequentially('@bo')
    await expect(choices(ann)).to_have_count(2)
    await ann.keyboard.press('Escape')
    await expect(choices(ann)).to_have_count(0)
    await expect(field(ann)).to_have_value('@bo')


async def test_emoji(ann):
    await field(ann).press_sequentially('Done :tad')
    await expect(choices(ann).first).to_contain_text('🎉:tada:')
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value('Done 🎉 ')
    await expect(field(ann)).to_be_focused()
    assert (await used_emoji(ann))[:1] == ['🎉']
    await ann.keyboard.press('Control+z')
    await expect(field(ann)).to_have_value('Done :tad')


async def test_emoji_used_last_come_first(ann):
    await field(ann).press_sequentially(':he')
    await expect(choices(ann)).to_have_count(8)
    await use_emoji(ann, '🚁')
    await field(ann).press_sequentially('l')
    assert (await names(ann))[0] == ':helicopter:'


NO_SHORTCODES = ['10:30', 'at 10:30pm', 'http://host', ':)', ':-)', ':D', ':-D', 'a:tada', ':tada:', '(:tada:', '1/2', 'see /to']


async def test_what_is_no_shortcode_and_no_command_is_left_alone(ann):
    for text in NO_SHORTCODES:
        await field(ann).press_sequentially(':hea')  # so that the emoji are there
        await expect(choices(ann)).to_have_count(8)
        await field(ann).fill('')
        await field(ann).press_sequentially(text)
        await expect(choices(ann)).to_have_count(0)
        await ann.keyboard.press('Enter')
        await expect(field(ann)).to_have_value('')


async def test_commands(ann):
    await field(ann).press_sequentially('/')
    assert await names(ann) == ['/me', '/shrug', '/topic', '/invite', '/help']
    await field(ann).press_sequentially('to')
    await ann.keyboard.press('Tab')
    await expect(field(ann)).to_have_value('/topic ')


async def test_in_another_field(ann):
    await show_room(ann, 1)
    await expect(ann.locator('h1')).to_have_text('Lobby')
    await say(ann, 'mine')
    await expect(ann.locator('article').last).to_contain_text('mine')
    await field(ann).press('ArrowUp')
    await ann.get_by_label('Edit message').fill('')
    await ann.keyboard.type('@bo')
    assert await names(ann) == ['bob', 'bobby']
    await ann.keyboard.press('ArrowDown')
    await ann.keyboard.press('Enter')
    await expect(ann.get_by_label('Edit message')).to_have_value('@bobby ')
    await expect(field(ann)).to_have_value('')


async def test_people_and_commands_without_a_connection(ann):
    await field(ann).press_sequentially('@bo')
    assert await names(ann) == ['bob', 'bobby']
    await field(ann).fill('')
    await disconnect(ann)
    await field(ann).press_sequentially('@bobb')
    assert await names(ann) == ['bobby']
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value('@bobby ')
    await field(ann).fill('')
    await field(ann).press_sequentially('/shr')
    await ann.keyboard.press('Tab')
    await expect(field(ann)).to_have_value('/shrug ')
    await ann.keyboard.press('Enter')
    await expect(ann.locator('.pending')).to_contain_text('¯\\_(ツ)_/¯')


@pytest.fixture(scope='module')
def crowd(tmp_path_factory):
    """A server with more people than a page gets at once."""
    with Server(tmp_path_factory.mktemp('crowd')) as server:
        for name in ('ann', 'bob'):
            server.cookie(name)
    with sqlite3.connect(server.database) as connection:
        connection.executemany('INSERT INTO users (username, password, name_key, created_at) VALUES (?1, "x", ?1, "2026-11-01T10:00:00.000+00:00")',
                               [(f'user{i:03}',) for i in range(600)])
        connection.execute('INSERT INTO memberships (room, user) SELECT 1, id FROM users WHERE username LIKE "user%"')
    connection.close()
    with server:
        yield server


@pytest.mark.parametrize('latency', [0, 300])
async def test_of_many_people_enter_takes_who_matches_what_stands_there_now(open_chat, crowd, latency):
    ann = await open_chat('ann', of=crowd)
    await ann.goto(f'{crowd.url}/chat/1?latency={latency}')
    await ann.wait_for_function(READY)
    there = await ann.locator('article:not(.system)').count()
    await field(ann).press_sequentially('@user12')
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value('@user120 ')
    await expect(ann.locator('article:not(.system)')).to_have_count(there)
    await field(ann).press_sequentially('@user25')
    await expect(choices(ann)).to_have_count(8)
    await ann.keyboard.type('7')
    await ann.keyboard.press('Tab')
    await expect(field(ann)).to_have_value('@user120 @user257 ')
    await field(ann).fill('')
    await field(ann).press_sequentially('@nobody-has-this')
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value('')
    await ann.keyboard.press('Control+k')
    await ann.keyboard.type('usr31')
    await ann.keyboard.press('Enter')
    await expect(ann.locator('h1')).to_have_text('user031')

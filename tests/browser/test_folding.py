"""What happened in a room: quiet lines, several in a row as one, which call nobody and stay as they are."""
import re

import pytest
from playwright.async_api import expect

from .acting import create, link, say
from .test_rooms import go

pytestmark = pytest.mark.browser
LINES = '.system:not(.folded) p'


@pytest.fixture
async def carl(server):
    async with server.program('carl') as program:
        yield program


async def happen(bob, room, *topics):
    for topic in topics:
        assert 'room' in await bob.ask('update_room', {'room': room, 'topic': topic})


async def test_an_invitation_is_seen_at_once_and_counts_for_whom_it_adds_alone(open_chat, bob, carl):
    room = await create(bob, 'Invited', 'carl', kind='closed')
    ann, dora = await open_chat('ann'), await open_chat('dora')
    await bob.ask('invite', {'room': room, 'username': 'dora'})
    await expect(link(dora, room)).to_have_class(re.compile('unread'))
    await expect(link(dora, room).locator('.badge')).to_have_text('')
    await go(dora, room, 'Invited')
    await expect(dora.locator('.new + .system p')).to_have_text('bob added dora', use_inner_text=True)
    await expect(link(dora, room)).not_to_have_class(re.compile('unread'))
    await say(dora, 'thank you')
    await bob.ask('invite', {'room': room, 'username': 'ann'})
    await expect(dora.locator(LINES).last).to_have_text('bob added ann', use_inner_text=True)
    await expect(link(ann, room)).to_have_class(re.compile('unread'))
    await expect(dora.locator('.new')).to_have_count(0)
    await expect(dora.locator('#newer')).to_be_hidden()
    await go(dora, 1, 'Lobby')
    await bob.ask('remove', {'room': room, 'username': 'ann'})
    await bob.ask('send_message', {'room': 1, 'message': 'after it'})
    await expect(dora.get_by_text('after it')).to_be_visible()
    await expect(link(dora, room)).not_to_have_class(re.compile('unread'))
    await expect(link(ann, room)).to_have_count(0)


async def test_what_happens_further_down_is_not_a_new_message(open_chat, bob):
    room = await create(bob, 'Further down')
    for number in range(60):
        await bob.ask('send_message', {'room': room, 'message': f'line {number}'})
    ann = await open_chat('ann')
    await go(ann, room, 'Further down')
    await ann.keyboard.press('Escape')
    await expect(link(ann, room)).not_to_have_class(re.compile('unread'))
    await ann.locator('[role=log]').evaluate('log => { log.scrollTop -= 600; }')
    await happen(bob, room, 'another')
    await expect(ann.locator(LINES).last).to_have_text('bob set the topic to "another"', use_inner_text=True)
    await expect(ann.locator('#newer')).not_to_contain_text('new message')
    await expect(link(ann, room)).not_to_have_class(re.compile('unread'))
    await bob.ask('send_message', {'room': room, 'message': 'news'})
    await expect(ann.locator('#newer')).to_have_text('1 new message')
    await expect(ann.locator('.new + article .text')).to_have_text('news')


async def test_several_in_a_row_are_one_live_and_after_loading(open_chat, bob):
    ann = await open_chat('ann')
    room = await create(bob, 'Folded')
    await go(ann, room, 'Folded')
    await happen(bob, room, 'one', '')
    one = 'bob made this room, set the topic to "one", removed the topic'
    await expect(ann.locator(LINES)).to_have_text([one], use_inner_text=True)
    await say(ann, 'between')
    await happen(bob, room, 'two')
    await ann.evaluate('''() => socket.emit("leave", {room: socket.io.opts.query.room}, () => {})''')
    await expect(ann.locator('h1')).to_have_text('Lobby')
    await ann.evaluate('room => socket.emit("join", {room}, () => {})', room)
    await go(ann, room, 'Folded')
    other = 'bob set the topic to "two", ann left, joined'
    await expect(ann.locator(LINES)).to_have_text([one, other], use_inner_text=True)
    await expect(ann.locator('article:not(.folded)')).to_have_count(3)
    await ann.reload()
    await expect(ann.locator(LINES)).to_have_text([one, other], use_inner_text=True)


async def test_of_many_the_first_are_said_and_each_is_there_to_be_seen(open_chat, bob):
    room = await create(bob, 'Many')
    await happen(bob, room, *map(str, range(9)))
    ann = await open_chat('ann')
    await go(ann, room, 'Many')
    said = ''.join(f', set the topic to "{number}"' for number in range(4))
    await expect(ann.locator(LINES)).to_have_text([f'bob made this room{said} and 5 others'], use_inner_text=True)
    await happen(bob, room, 'live')
    await expect(ann.locator(LINES)).to_have_text([f'bob made this room{said} and 6 others'], use_inner_text=True)
    await ann.get_by_role('button', name='and 6 others').click()
    await expect(ann.locator(LINES)).to_have_text(
        ['bob made this room', *(f'bob set the topic to "{topic}"' for topic in [*range(9), 'live'])], use_inner_text=True)


async def test_a_link_to_one_that_is_folded_leads_to_where_it_is_said(open_chat, server, bob):
    room = await create(bob, 'Linked lines')
    await happen(bob, room, 'one', 'two')
    messages = (await bob.ask('history', {'room': room}))['messages']
    ann = await open_chat('ann')
    await ann.goto(f'{server.url}/chat/{room}?at={messages[1]["id"]}')
    await expect(ann.locator(f'#m{messages[0]["id"]}')).to_have_class(re.compile('found'))


@pytest.mark.parametrize(('name', 'entries'), [('bob', ['Copy text', 'Show each', 'Delete']), ('ann', ['Copy text', 'Show each'])])
async def test_its_tools_are_those_that_it_can_have(open_chat, bob, ann, name, entries):
    """Bob came first, so that he is the administrator; Ann did it, which changes nothing."""
    page = await open_chat(name)
    room = await create(ann, f'Tools for {name}')
    await happen(ann, room, 'one')
    await go(page, room, f'Tools for {name}')
    line = page.locator(LINES)
    await line.hover()
    tools = page.locator('.tools button:visible')
    assert [await tool.get_attribute('aria-label') for tool in await tools.all()] == ['Copy link', 'More']
    await page.get_by_role('button', name='More').click()
    await expect(page.get_by_role('menuitem')).to_have_text(entries)
    if name == 'bob':
        await page.get_by_role('menuitem', name='Delete').click()
        await expect(page.get_by_role('heading', name='Delete this line?')).to_be_visible()
        await page.get_by_role('dialog').get_by_role('button', name='Delete').click()
        await expect(line).to_have_text('ann set the topic to "one"', use_inner_text=True)


async def test_the_key_that_edits_what_i_wrote_last_passes_it_by(open_chat, bob):
    ann = await open_chat('ann')
    await ann.evaluate('''() => socket.emit("create_room", {name: "Mine", kind: "closed"}, () => {})''')
    await expect(ann.get_by_role('link', name='Mine')).to_be_visible()
    await ann.get_by_role('link', name='Mine').click()
    await expect(ann.locator(LINES)).to_have_text(['ann made this room'], use_inner_text=True)
    await ann.keyboard.press('ArrowUp')
    await expect(ann.locator('.editor')).to_have_count(0)
    await say(ann, 'what I wrote')
    await ann.evaluate('''() => socket.emit("update_room", {room: +socket.io.opts.query.room, topic: "later"}, () => {})''')
    await expect(ann.locator(LINES).last).to_have_text('ann set the topic to "later"', use_inner_text=True)
    await ann.keyboard.press('ArrowUp')
    await expect(ann.get_by_label('Edit message')).to_have_value('what I wrote')


async def test_a_room_in_which_nobody_wrote_says_so(open_chat, bob):
    ann, room = await open_chat('ann'), await create(bob, 'Quiet')
    await go(ann, room, 'Quiet')
    hint = 'log => getComputedStyle(log, "::after").content'
    assert 'Nothing here yet' in await ann.locator('[role=log]').evaluate(hint)
    await say(ann, 'not any more')
    await expect(ann.locator('article .text')).to_have_text(['not any more'])
    assert await ann.locator('[role=log]').evaluate(hint) == 'none'

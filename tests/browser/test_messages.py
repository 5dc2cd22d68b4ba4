"""What one does with a message the other sees: at once, after a reload, and after having been offline meanwhile."""
import re
import sqlite3

import pytest
from playwright.async_api import expect

from .acting import create, disconnect, link, say, show_room, shows_room

pytestmark = pytest.mark.browser
PHONE = {'viewport': {'width': 390, 'height': 844}, 'has_touch': True, 'is_mobile': True}
CLIPBOARD = {'permissions': ['clipboard-read', 'clipboard-write']}


@pytest.fixture(scope='module', autouse=True)
def administrator(server):
    """The first who registers."""
    server.cookie('dora')
    return 'dora'


async def post(program, room, *texts, **more):
    """The numbers of new messages."""
    return [(await program.ask('send_message', {'room': room, 'message': text, **more}))['id'] for text in texts]


async def enter(page, room):
    await link(page, room).click()
    await shows_room(page, room)
    return page


def field(page):
    return page.get_by_label('Message', exact=True)


def editor(page):
    return page.get_by_label('Edit message')


def note(page):
    return page.locator('#note')


def message(page, number):
    return page.locator(f'#m{number}')


def text(page, number):
    return message(page, number).locator('.text')


def quote(page, number):
    """The line that says what a message replies to."""
    return message(page, number).locator('.quote')


def quotes(page, number):
    """The lines that quote this message."""
    return page.locator(f'.quote[data-to="{number}"]')


def reaction(page, number, emoji='👍'):
    return message(page, number).locator(f'.reaction[data-emoji="{emoji}"]')


def found(page, number):
    """In a list of messages."""
    return page.locator(f'.panel .found[data-key="{number}"]')


def copied(page):
    return page.evaluate('navigator.clipboard.readText()')


async def use(page, number, tool):
    await text(page, number).hover()
    await message(page, number).get_by_role('button', name=tool, exact=True).click()


async def choose(page, number, row):
    await use(page, number, 'More')
    await page.get_by_role('menuitem', name=row).click()


async def open_panel(page, name):
    if not await page.get_by_role('complementary', name=name.split()[0]).is_visible():
        await page.get_by_role('button', name=re.compile(rf'^{name}( \d+ for you)?$')).click()


async def five_seconds_later(page):
    """Nobody waits for them."""
    await page.clock.fast_forward(5_100)


# What is done to message `number`, and what is seen of it then.

async def posts_markdown(page, number):
    await say(page, f'after {number}: **bold**, `code`')


async def sees_markdown(page, number):
    said = page.locator('article .text', has_text=f'after {number}')
    await expect(said).to_have_count(1)
    await expect(said.locator('strong')).to_have_text('bold')
    await expect(said.locator('code')).to_have_text('code')


async def edits(page, number):
    await use(page, number, 'Edit')
    await editor(page).fill('better\n\nthan **before**')
    await page.keyboard.press('Enter')


async def sees_edited(page, number):
    await expect(text(page, number).locator('strong')).to_have_text('before')
    await expect(text(page, number).locator('.edited')).to_have_text('(edited)')
    await expect(text(page, number).locator('.edited')).to_have_attribute('title', re.compile(r'\d:\d\d'))
    await expect(quotes(page, number)).to_have_text('ann better than before')


async def deletes(page, number):
    await page.clock.install()
    await choose(page, number, 'Delete')
    await expect(message(page, number)).to_be_hidden()
    await five_seconds_later(page)


async def sees_deleted(page, number):
    await expect(quotes(page, number)).to_have_text('This message was deleted.')
    await expect(message(page, number)).to_be_hidden()
    assert await message(page, number).bounding_box() is None, 'takes no room'


async def replies(page, number):
    await use(page, number, 'Reply')
    await expect(page.locator('.replying')).to_have_text(re.compile(r'Reply to ann\s?first draft'))
    await say(page, f'reply to {number}')
    await expect(page.locator('.replying')).to_be_hidden()


async def sees_reply(page, number):
    await expect(page.locator('article', has_text=f'reply to {number}').locator('.quote')).to_have_text('ann first draft')


async def reacts(page, number):
    await use(page, number, 'React with 👍')
    await expect(reaction(page, number)).to_have_attribute('aria-pressed', 'true'), 'mine are marked'


async def sees_reaction(page, number):
    await expect(reaction(page, number)).to_have_text('👍 1')
    await expect(reaction(page, number)).to_have_attribute('aria-pressed', 'false')
    await reaction(page, number).hover()
    await expect(page.locator('.names')).to_have_text('ann')


async def pins(page, number):
    await choose(page, number, 'Pin to this room')


async def sees_pinned(page, number):
    await expect(message(page, number).locator('.pinned')).to_have_text('pinned')
    await open_panel(page, 'Pinned messages')
    await expect(found(page, number)).to_contain_text('Pinned by ann')


async def saves(page, number):
    await choose(page, number, 'Save for me')


async def sees_saved(page, number):
    await open_panel(page, 'Saved')
    await expect(found(page, number)).to_contain_text('first draft')


async def says_a_word(page, number):
    await say(page, f'peculiar{number}')


async def finds_it(page, number):
    await expect(page.get_by_text(f'peculiar{number}', exact=True)).to_be_visible()
    await open_panel(page, 'Search')
    await page.get_by_label('Search messages').fill(f'peculiar{number}')
    await expect(page.locator('.panel .found mark')).to_have_text(f'peculiar{number}')


async def sets_the_topic(page, number):
    await say(page, f'/topic All about {number}')
    await expect(field(page)).to_have_value('')


async def sees_the_topic(page, number):
    await expect(page.locator('header .topic')).to_have_text(f'All about {number}')


@pytest.mark.parametrize(('does', 'who', 'sees'), [
    (posts_markdown, 'bob', sees_markdown),
    (edits, 'bob', sees_edited),
    (deletes, 'bob', sees_deleted),
    (replies, 'bob', sees_reply),
    (reacts, 'bob', sees_reaction),
    (pins, 'bob', sees_pinned),
    (saves, 'ann', sees_saved),
    (says_a_word, 'bob', finds_it),
    (sets_the_topic, 'bob', sees_the_topic),
], ids=lambda value: getattr(value, '__name__', value))
async def test_seen_at_once_and_after_a_reload_and_after_having_been_offline(open_chat, ann, bob, room, does, who, sees):
    first, second = await post(ann, room, 'first draft', 'first draft')
    for number in (first, second):
        await post(bob, room, f'answer to {number}', reply_to=number)
    one, other = await enter(await open_chat('ann'), room), await enter(await open_chat(who), room)
    await does(one, first)
    await sees(other, first)
    await other.reload()
    await sees(other, first)
    await disconnect(other)
    await does(one, second)
    await other.context.set_offline(False)
    await sees(other, second)


# Editing

async def test_up_edits_my_last_message_in_its_place(open_chat, ann, bob, room):
    _, last = await post(ann, room, 'mine, earlier', '**mine**')
    await post(bob, room, 'not mine')
    page = await enter(await open_chat('ann'), room)
    await field(page).press('ArrowUp')
    await expect(message(page, last).get_by_label('Edit message')).to_have_value('**mine**')
    await page.keyboard.type(' given up')
    await page.keyboard.press('Escape')
    await expect(editor(page)).to_have_count(0)
    await expect(text(page, last)).to_have_text('mine')
    await expect(field(page)).to_be_focused()
    await page.keyboard.press('ArrowUp')
    await expect(editor(page)).to_be_focused()
    await page.keyboard.type(', saved')
    await page.keyboard.press('Enter')
    await expect(text(page, last)).to_have_text('mine, saved (edited)')
    await expect(field(page)).to_be_focused()
    await field(page).fill('a draft')
    await page.keyboard.press('ArrowUp')
    await expect(editor(page)).to_have_count(0), 'in a text the key moves the caret'


async def test_a_half_typed_edit_survives_what_happens_meanwhile(open_chat, ann, bob, room):
    [number] = await post(ann, room, 'half')
    page = await enter(await open_chat('ann'), room)
    await field(page).press('ArrowUp')
    await expect(editor(page)).to_be_focused()
    await page.keyboard.type(', one')
    await post(bob, room, 'between')
    await expect(page.get_by_text('between', exact=True)).to_be_visible()
    await page.keyboard.type(', two')
    await bob.ask('react', {'id': number, 'emoji': '👍', 'on': True})
    await expect(reaction(page, number)).to_be_visible()
    await page.keyboard.type(', three')
    await disconnect(page)
    await page.keyboard.type(', four')
    await post(bob, room, 'missed')
    await bob.ask('react', {'id': number, 'emoji': '🎉', 'on': True})
    await page.context.set_offline(False)
    await expect(reaction(page, number, '🎉')).to_be_visible()
    await page.keyboard.type(', five')
    await page.reload()
    await expect(message(page, number).get_by_label('Edit message')).to_have_value('half, one, two, three, four, five')
    await editor(page).press('Enter')
    await expect(text(page, number)).to_have_text('half, one, two, three, four, five (edited)')


async def test_who_edits_is_not_taken_to_the_newest(open_chat, ann, bob, room):
    await post(ann, room, 'mine')
    page = await enter(await open_chat('ann'), room)
    await field(page).press('ArrowUp')
    await expect(editor(page)).to_be_focused()
    place = await editor(page).bounding_box()
    await post(bob, room, 'in view')
    await expect(page.get_by_text('in view', exact=True)).to_be_visible()
    await expect(page.locator('#newer')).to_be_hidden()
    await post(bob, room, *(f'line {i}' for i in range(40)))
    await expect(page.get_by_text('line 39', exact=True)).to_be_attached()
    await expect(page.locator('#newer')).to_have_text(re.compile('new messages'))
    assert await editor(page).bounding_box() == place
    await page.keyboard.press('Escape')
    await say(page, 'on we go')
    await expect(page.get_by_text('on we go', exact=True)).to_be_in_viewport()


async def test_an_edit_that_was_saved_without_a_connection_is_sent_with_the_next_one(open_chat, ann, room):
    [number] = await post(ann, room, 'before')
    page = await enter(await open_chat('ann'), room)
    await field(page).press('ArrowUp')
    await expect(editor(page)).to_be_focused()
    await disconnect(page)
    await editor(page).fill('after')
    await page.keyboard.press('Enter')
    await expect(page.get_by_text('Saved as soon as the connection is back.')).to_be_visible()
    await page.context.set_offline(False)
    await expect(text(page, number)).to_have_text('after (edited)')


async def test_the_text_of_an_edit_is_not_lost_with_its_message(open_chat, server, ann, room):
    [number] = await post(ann, room, 'mine')
    page = await enter(await open_chat('ann'), room)
    await field(page).press('ArrowUp')
    await editor(page).fill('much work')
    async with server.program('dora') as administrator:
        await administrator.ask('delete_message', {'id': number})
    await expect(field(page)).to_have_value('much work')
    await expect(note(page)).to_have_text('The message that you were editing was deleted.')
    await expect(editor(page)).to_have_count(0)


# Deleting

async def test_undo_means_that_nothing_was_ever_sent(open_chat, ann, bob, room):
    undone, gone = await post(ann, room, 'stays', 'goes')
    page = await enter(await open_chat('ann'), room)
    await page.clock.install()
    await choose(page, undone, 'Delete')
    await expect(message(page, undone)).to_be_hidden()
    await page.get_by_role('button', name='Undo').click()
    await expect(message(page, undone)).to_be_visible()
    await five_seconds_later(page)
    await choose(page, gone, 'Delete')
    await five_seconds_later(page)
    await bob.wait_for('message_changed', id=gone, deleted=True)
    assert [found['message'] for found in await bob.written(room)] == ['stays']


async def test_undo_follows_each_deletion_until_its_time_is_over(open_chat, ann, bob, room):
    first, second, third = await post(ann, room, 'first', 'second', 'third')
    page = await enter(await open_chat('ann', **CLIPBOARD), room)
    undo = page.locator('.undo')
    await page.clock.install(time=0)
    await page.clock.pause_at(1_000)
    await choose(page, first, 'Delete')
    await page.evaluate('new Promise(done => { socket.disconnect().connect(); socket.once("connect", done); })')
    await use(page, third, 'Copy link')
    await expect(page.locator('.said')).to_have_text('The link is copied.')
    await expect(undo).to_have_text('The message is deleted.Undo')
    await page.clock.run_for(4_000)
    await choose(page, second, 'Delete')
    await expect(undo).to_have_text('2 messages are deleted.Undo')
    await page.clock.run_for(1_100)
    await bob.wait_for('message_changed', id=first, deleted=True)
    await expect(undo).to_have_text('The message is deleted.Undo')
    await page.keyboard.press('Control+z')
    await expect(undo).to_be_hidden()
    await expect(message(page, second)).to_be_visible()
    await page.clock.run_for(5_100)
    assert [found['message'] for found in await bob.written(room)] == ['second', 'third']


async def test_deleted_is_deleted_also_when_the_page_goes_at_once(open_chat, ann, bob, room):
    page = await enter(await open_chat('ann'), room)
    address = page.url
    for go in (page.reload, lambda: page.goto('about:blank'), lambda: page.close(run_before_unload=True)):
        [number] = await post(ann, room, 'regretted')
        await page.goto(address)
        await choose(page, number, 'Delete')
        await expect(message(page, number)).to_be_hidden()
        await go()
        await bob.wait_for('message_changed', id=number, deleted=True)


async def test_a_page_that_goes_deletes_although_nothing_leaves_its_socket_any_more(open_chat, ann, bob, room):
    page, [number] = await enter(await open_chat('ann'), room), await post(ann, room, 'regretted')
    await choose(page, number, 'Delete')
    await expect(message(page, number)).to_be_hidden()
    await page.evaluate('void (socket.packet = () => {})')
    await page.close(run_before_unload=True)
    await bob.wait_for('message_changed', id=number, deleted=True)


async def test_who_logs_out_does_not_take_a_deletion_along(open_chat, ann, bob, room):
    [number] = await post(ann, room, 'regretted')
    page = await enter(await open_chat('ann'), room)
    await choose(page, number, 'Delete')
    await page.get_by_role('button', name='Log out').click()
    await expect(page.get_by_label('Password')).to_be_visible()
    await bob.wait_for('message_changed', id=number, deleted=True)
    assert await page.evaluate('Object.keys(localStorage).filter(key => key.includes(".out.")).length') == 0


async def test_what_a_page_that_goes_could_not_delete_the_next_one_does(open_chat, ann, bob, room):
    page, [number] = await enter(await open_chat('ann'), room), await post(ann, room, 'regretted')
    address = page.url
    await choose(page, number, 'Delete')
    following = await page.context.new_page()
    await disconnect(page)
    async with page.expect_event('close'):
        await page.close(run_before_unload=True)
    await following.context.set_offline(False)
    await following.goto(address)
    await bob.wait_for('message_changed', seconds=15, id=number, deleted=True)


async def test_deleted_without_a_connection(open_chat, ann, bob, room):
    [number] = await post(ann, room, 'regretted')
    page = await enter(await open_chat('ann'), room)
    await choose(page, number, 'Delete')
    await disconnect(page)
    await expect(message(page, number)).to_be_hidden()
    await page.context.set_offline(False)
    await bob.wait_for('message_changed', seconds=15, id=number, deleted=True)


async def test_an_administrator_is_asked_whose_message_to_delete(open_chat, ann, bob, room):
    [number] = await post(ann, room, 'rude')
    page = await enter(await open_chat('dora'), room)
    await choose(page, number, 'Delete')
    await expect(page.get_by_role('dialog')).to_contain_text('Delete what ann wrote?')
    await page.get_by_role('dialog').get_by_role('button', name='Cancel').click()
    await expect(message(page, number)).to_be_visible()
    await choose(page, number, 'Delete')
    await page.get_by_role('dialog').get_by_role('button', name='Delete').click()
    await expect(message(page, number)).to_be_hidden()
    await bob.wait_for('message_changed', id=number, deleted=True)


async def test_nobody_else_is_offered_to_edit_or_to_delete_it(open_chat, ann, room):
    [number] = await post(ann, room, 'hers')
    page = await enter(await open_chat('bob'), room)
    await use(page, number, 'More')
    await expect(page.get_by_role('menuitem', name='Copy text')).to_be_visible()
    await expect(page.get_by_role('menuitem', name='Delete')).to_have_count(0)
    await expect(message(page, number).get_by_role('button', name='Edit')).to_be_hidden()


async def groups(page):
    """Each message that is shown, and whether it follows the one above in its group, with the lines between them."""
    return await page.evaluate('''() => [...document.querySelectorAll("article:not(.system), .day:not(:has(+ .system)), .new")]
        .filter((node) => !node.matches("[hidden], .leaving")).map((node) => node.matches(".day") ? "day"
            : node.matches(".new") ? "new" : (node.matches(".follows") ? "+" : "") + node.querySelector(".text").innerText)''')


async def test_a_deletion_leaves_no_hole_in_a_group_nor_at_a_day_nor_at_the_line_of_new_ones(open_chat, server, ann, bob, room):
    first, one, two, three, late, later = await post(ann, room, 'first', 'one', 'two', 'three', 'late', 'later')
    with sqlite3.connect(server.database) as connection:  # before anybody has looked
        connection.execute("UPDATE messages SET created_at = '2026-01-01T10:00:00.000+00:00' WHERE id = ?", (first,))
    connection.close()
    await bob.ask('read', {'room': room, 'id': three})
    page = await enter(await open_chat('bob'), room)
    shows = ['day', 'first', 'day', 'one', '+two', '+three', 'new', 'late', '+later']
    assert await groups(page) == shows
    for number, goes, alone in (
        (two, ['+two'], {}),
        (one, ['one'], {'+three': 'three'}),
        (late, ['late'], {'+later': 'later'}),
        (three, ['three'], {}),
        (later, ['new', 'later'], {}),
    ):
        await ann.ask('delete_message', {'id': number})
        await expect(message(page, number)).to_be_hidden()
        shows = [alone.get(row, row) for row in shows if row not in goes]
        if not any(row in shows for row in ('one', 'three', 'later')):
            shows = ['day', 'first']
        assert await groups(page) == shows


# Replies

async def test_a_reply_calls_whom_it_answers(open_chat, server, ann, bob, room):
    [number] = await post(bob, room, 'a question')
    page, other = await enter(await open_chat('ann'), room), await open_chat('bob')
    await enter(other, 1)
    await use(page, number, 'Reply')
    await say(page, 'an answer')
    await expect(link(other, room).locator('.badge')).to_have_text('1')
    await other.get_by_role('button', name='Mentions').click()
    await expect(other.locator('.panel .found').first).to_contain_text('an answer')


async def test_escape_gives_a_reply_up_and_a_reload_does_not(open_chat, ann, bob, room):
    [number] = await post(bob, room, 'a question')
    page = await enter(await open_chat('ann'), room)
    await use(page, number, 'Reply')
    await page.reload()
    await expect(page.locator('.replying')).to_contain_text('a question')
    await field(page).press('Escape')
    await expect(page.locator('.replying')).to_be_hidden()
    await say(page, 'no reply')
    await expect(page.locator('article', has_text='no reply')).to_be_visible()
    await expect(page.locator('.quote')).to_have_count(0)


async def test_a_quote_leads_to_its_original_hundreds_of_messages_up_and_back_again(open_chat, ann, bob, room):
    [original] = await post(ann, room, 'the original')
    await post(bob, room, *(f'line {i}' for i in range(230)))
    [reply] = await post(bob, room, 'the reply', reply_to=original)
    page = await open_chat('ann')
    await ann.ask('read', {'room': room, 'id': reply})
    await enter(page, room)
    await expect(message(page, original)).to_have_count(0)
    await ann.ask('edit_message', {'id': original, 'message': 'the original, better'})
    await expect(quote(page, reply)).to_have_text('ann the original, better')
    await quote(page, reply).click()
    await expect(message(page, original)).to_be_in_viewport()
    await expect(message(page, original)).to_have_class(re.compile('found'))
    await expect(page.get_by_text('line 0', exact=True)).to_be_in_viewport()
    await page.go_back()
    await expect(message(page, reply)).to_be_in_viewport()


async def test_what_is_quoted_is_cut_alike_after_an_edit_and_after_a_reload(open_chat, ann, bob, room):
    [original] = await post(ann, room, 'first')
    [reply] = await post(bob, room, 'an answer', reply_to=original)
    page, start = await enter(await open_chat('ann'), room), 'ann ' + '🦀' * 119 + '…'
    await use(page, original, 'Reply')
    await ann.ask('edit_message', {'id': original, 'message': '🦀' * 121})
    await expect(quote(page, reply)).to_have_text(start)
    await expect(page.locator('.replying .start')).to_have_text(start.removeprefix('ann '))
    await page.reload()
    await expect(quote(page, reply)).to_have_text(start)


async def test_back_returns_to_the_place_where_the_quote_was(open_chat, ann, bob, room):
    [original] = await post(ann, room, 'the original')
    await post(bob, room, *(f'line {i}' for i in range(20)))
    [reply] = await post(bob, room, 'the reply', reply_to=original)
    await post(bob, room, *(f'below {i}' for i in range(20)))
    page = await open_chat('ann', viewport={'width': 900, 'height': 500})
    await ann.ask('read', {'room': room, 'id': 10**9})
    await enter(page, room)
    await message(page, reply).scroll_into_view_if_needed()
    top = (await message(page, reply).bounding_box())['y']
    await quote(page, reply).click()
    await expect(message(page, original)).to_have_class(re.compile('found'))
    await expect(message(page, original)).to_be_in_viewport()
    await page.go_back()
    await expect(message(page, reply)).to_be_in_viewport()
    assert abs((await message(page, reply).bounding_box())['y'] - top) <= 1


async def test_where_a_message_was_its_neighbours_are_shown(open_chat, ann, room):
    numbers = await post(ann, room, *(f'line {i} ' + 'long ' * (i % 2 * 200) for i in range(160)))
    deleted, neighbours = numbers[80], (numbers[79], numbers[81])
    [reply] = await post(ann, room, 'too late', reply_to=deleted)
    await ann.ask('delete_message', {'id': deleted})
    page = await enter(await open_chat('ann'), room)
    await quote(page, reply).click()
    other = await page.context.new_page()
    await other.goto(f'{page.url.split("?")[0]}?at={deleted}')
    for shown in (page, other):
        await expect(note(shown)).to_have_text('This message is no longer there.')
        for number in neighbours:
            await expect(message(shown, number)).to_be_in_viewport()


async def test_a_reply_right_after_a_message_of_its_author_names_whom_it_answers(open_chat, ann, bob, room):
    [original] = await post(bob, room, 'a question')
    await post(ann, room, 'above')
    [reply] = await post(ann, room, 'an answer', reply_to=original)
    page = await enter(await open_chat('ann'), room)
    await expect(message(page, reply)).to_have_class('follows')
    assert (await quote(page, reply).locator('.name').bounding_box())['width'] > 10
    assert (await message(page, reply).locator('.by .name').bounding_box())['width'] <= 1


# Reactions

async def test_a_second_click_takes_my_reaction_away(open_chat, ann, bob, room):
    [number] = await post(ann, room, 'well?')
    await bob.ask('react', {'id': number, 'emoji': '👍', 'on': True})
    page = await enter(await open_chat('ann'), room)
    mine = reaction(page, number)
    for count, pressed in (('2', 'true'), ('1', 'false'), ('2', 'true')):
        await mine.click()
        await expect(mine).to_have_text(f'👍 {count}')
        await expect(mine).to_have_attribute('aria-pressed', pressed)
    await mine.hover()
    await expect(page.locator('.names')).to_have_text('bob, ann')
    for count in ('1', '2'):
        await use(page, number, 'React with 👍')
        await expect(mine).to_have_text(f'👍 {count}'), 'one of each emoji per person'
    await bob.ask('react', {'id': number, 'emoji': '👍', 'on': False})
    await expect(mine).to_have_text('👍 1')
    await mine.click()
    await expect(mine).to_have_count(0)


async def test_any_emoji_of_the_picker(open_chat, ann, room):
    [number] = await post(ann, room, 'well?')
    page = await enter(await open_chat('ann'), room)
    await use(page, number, 'React')
    await expect(page.get_by_label('Search emoji')).to_be_focused()
    await page.keyboard.type('rocket')
    await expect(page.locator('.picker .foot')).to_contain_text(':rocket:')
    await page.keyboard.press('Enter')
    await expect(reaction(page, number, '🚀')).to_have_text('🚀 1')


async def test_by_keyboard_and_the_focus_stays_at_the_message(open_chat, ann, room):
    number, _ = await post(ann, room, 'above', 'below')
    page = await enter(await open_chat('ann'), room)
    await page.get_by_role('log').focus()
    await page.keyboard.press('ArrowUp')
    await page.keyboard.press('ArrowUp')
    await expect(message(page, number)).to_be_focused()
    await page.keyboard.press('Tab')
    await expect(message(page, number).locator('.name')).to_be_focused()
    await page.keyboard.press('Tab')
    await expect(message(page, number).get_by_role('button', name='React with 👍')).to_be_focused()
    await page.keyboard.press('Enter')
    await expect(reaction(page, number)).to_have_text('👍 1')
    await expect(message(page, number).get_by_role('button', name='React with 👍')).to_be_focused()
    await page.keyboard.press('Shift+Tab')
    await expect(reaction(page, number)).to_be_focused()
    await page.keyboard.press('Enter')
    await expect(reaction(page, number)).to_have_count(0)
    await expect(message(page, number)).to_be_focused()
    await page.keyboard.press('ArrowDown')
    await expect(message(page, number + 1)).to_be_focused()


async def test_a_quote_of_what_was_deleted_says_so_and_leads_nowhere(open_chat, ann, bob, room):
    [original] = await post(ann, room, 'regretted')
    [reply] = await post(bob, room, 'too late', reply_to=original)
    page = await enter(await open_chat('ann'), room)
    await use(page, original, 'Reply')
    await ann.ask('delete_message', {'id': original})
    await expect(quote(page, reply)).to_have_text('This message was deleted.')
    await expect(page.locator('.replying')).to_be_hidden()
    await quote(page, reply).click()
    await expect(note(page)).to_have_text('This message is no longer there.')
    await expect(message(page, reply)).to_be_in_viewport()


async def test_a_long_press_on_a_phone_shows_the_names_and_does_not_react(open_chat, ann, bob, room):
    [number] = await post(ann, room, 'well?')
    await bob.ask('react', {'id': number, 'emoji': '👍', 'on': True})
    page = await open_chat('ann', **PHONE)
    await show_room(page, room)
    box = await reaction(page, number).bounding_box()
    touch = await page.context.new_cdp_session(page)
    point = {'x': box['x'] + box['width'] / 2, 'y': box['y'] + box['height'] / 2}
    await touch.send('Input.dispatchTouchEvent', {'type': 'touchStart', 'touchPoints': [point]})
    await expect(page.locator('.names')).to_have_text('bob')
    await touch.send('Input.dispatchTouchEvent', {'type': 'touchEnd', 'touchPoints': []})
    await bob.ask('react', {'id': number, 'emoji': '🎉', 'on': True})
    await expect(reaction(page, number, '🎉')).to_be_visible()
    await expect(reaction(page, number)).to_have_text('👍 1')
    await reaction(page, number).tap()
    await expect(reaction(page, number)).to_have_text('👍 2')


async def test_a_tap_does_not_press_what_comes_up_beneath_the_finger(open_chat, ann, room):
    [number] = await post(ann, room, 'on a phone')
    page = await open_chat('ann', **PHONE)
    await show_room(page, room)
    await text(page, number).tap()
    tools = message(page, number).locator('.tools')
    boxes = [await tools.get_by_role('button', name=name, exact=True).bounding_box() for name in ('Edit', 'Copy link', 'More')]
    for box in boxes:
        await page.touchscreen.tap(100, 600)  # elsewhere
        await expect(tools).to_have_count(0)
        await page.touchscreen.tap(box['x'] + box['width'] / 2, box['y'] + box['height'] / 2)
        await expect(tools).to_be_visible()
        await expect(page.locator('.menu, .editor, .said').filter(visible=True)).to_have_count(0)
    await tools.get_by_role('button', name='Edit').tap()
    await expect(editor(page)).to_have_value('on a phone')


# Lists and links

async def test_lists_that_are_open_follow(open_chat, ann, room):
    kept, deleted = await post(ann, room, 'kept', 'deleted')
    for saved in (await ann.ask('saved'))['messages']:
        await ann.ask('save', {'id': saved['id'], 'on': False})
    page = await enter(await open_chat('ann'), room)
    for panel, event, nothing in (('Saved', 'save', 'Nothing saved yet'), ('Pinned messages', 'pin', 'Nothing is pinned here yet')):
        await open_panel(page, panel)
        await expect(page.locator('.panel')).to_contain_text(nothing)
        await ann.ask(event, {'id': kept, 'on': True})
        await expect(found(page, kept)).to_be_visible()
        await ann.ask(event, {'id': kept, 'on': False})
        await expect(page.locator('.panel')).to_contain_text(nothing)
    await ann.ask('pin', {'id': deleted, 'on': True})
    await expect(found(page, deleted)).to_be_visible()
    await ann.ask('save', {'id': deleted, 'on': True})
    await open_panel(page, 'Saved')
    await expect(found(page, deleted)).to_be_visible()
    await ann.ask('delete_message', {'id': deleted})
    await expect(found(page, deleted)).to_have_count(0)
    await expect(page.locator('.panel')).to_contain_text('Nothing saved yet')


async def test_taken_out_of_the_lists_by_the_same_menu(open_chat, ann, room):
    [number] = await post(ann, room, 'kept')
    page = await enter(await open_chat('ann'), room)
    for on, off in (('Save for me', 'Remove from saved'), ('Pin to this room', 'Unpin')):
        await choose(page, number, on)
        await expect(page.locator('.said')).to_be_visible()
        await choose(page, number, off)
        await expect(page.locator('.said')).to_contain_text(re.compile('Removed from saved|Unpinned'))
        await use(page, number, 'More')
        await expect(page.get_by_role('menuitem', name=on)).to_be_visible()
        await page.keyboard.press('Escape')


async def test_a_copied_link_leads_somebody_else_there(open_chat, ann, bob, room):
    number, *_ = await post(ann, room, 'here it **is**', *(f'line {i}' for i in range(100)))
    page, other = await open_chat('ann', **CLIPBOARD), await open_chat('bob')
    await page.goto(page.url.split('/chat')[0] + f'/chat/{room}?at={number}')
    await use(page, number, 'Copy link')
    await expect(page.locator('.said')).to_have_text('The link is copied.')
    await other.goto(await copied(page))
    await expect(message(other, number)).to_be_in_viewport()
    await expect(message(other, number)).to_have_class(re.compile('found'))
    await choose(page, number, 'Copy text')
    await expect(page.locator('.said')).to_have_text('The text is copied.')
    assert await copied(page) == 'here it **is**'


async def test_search_finds_as_one_types_and_a_click_leads_there(open_chat, ann, bob, room):
    number, *_ = await post(ann, room, 'a zeppelin above us', *(f'line {i}' for i in range(100)))
    page = await open_chat('bob')
    await page.keyboard.press('Control+Shift+F')
    await page.get_by_label('Search messages').press_sequentially('zepp')
    await expect(found(page, number).locator('mark')).to_have_text('zeppelin')
    await found(page, number).click()
    await expect(message(page, number)).to_be_in_viewport()
    await expect(message(page, number)).to_have_class(re.compile('found'))
    await ann.ask('delete_message', {'id': number})
    await expect(found(page, number)).to_have_count(0)
    await expect(page.locator('.panel .day')).to_have_count(0)
    await expect(page.locator('.panel')).to_contain_text('Nothing found.')


# Commands

async def test_a_command_that_is_refused_keeps_the_text(open_chat, ann, bob):
    room = await create(ann, 'Commands')
    page, other = await enter(await open_chat('ann'), room), await enter(await open_chat('bob'), room)
    for writer, typed, said in (
        (page, '/foo bar', 'There is no command /foo'),
        (page, '/constructor', 'There is no command /constructor'),
        (page, '/no-such_2', 'There is no command /no-such_2'),
        (page, '/Größe: x', 'There is no command /Größe:'),
        (page, '/topic', 'Write it as in /topic Release on Friday.'),
        (page, '/invite', 'Write it as in /invite ann.'),
        (page, '/invite nobody-has-this-name', 'nobody-has-this-name'),
        (page, '/me', 'Write it as in /me waves.'),
        (other, '/topic Mine', 'Only who made this room and administrators may do that.'),
    ):
        await say(writer, typed)
        await expect(note(writer)).to_contain_text(said)
        await expect(field(writer)).to_have_value(typed)
        await expect(writer.locator('article:not(.system), .pending')).to_have_count(0)
    await say(page, ' /foo bar')
    await expect(page.locator('article .text')).to_have_text('/foo bar')


async def test_what_only_looks_like_a_command_is_sent_as_it_is(open_chat, ann, room):
    page = await enter(await open_chat('ann'), room)
    shown = []
    for typed, said in (('/usr/bin is full', '/usr/bin is full'), ('/nosuch/', '/nosuch/'), ('//x', '//x'), ('/2 of it', '/2 of it'),
                        ('/Me waves', 'ann waves'), ('/me\nwaves', 'ann waves'), ('/shrug', '¯\\_(ツ)_/¯'), ('/shrug who knows', 'who knows ¯\\_(ツ)_/¯'), ('/me waves', 'ann waves')):
        await say(page, typed)
        shown.append(said)
        await expect(page.locator('article .text')).to_have_text(shown)


async def test_invite_and_help(open_chat, server, ann, bob):
    room = await create(ann, 'By invitation', kind='closed')
    page, other = await enter(await open_chat('ann'), room), await open_chat('bob')
    await expect(link(other, room)).to_have_count(0)
    await say(page, '/invite bob')
    await expect(page.locator('.said')).to_have_text('bob is in this room now.')
    await expect(link(other, room)).to_be_visible()
    await say(page, '/help')
    await expect(page.get_by_role('dialog')).to_contain_text('/shrug')


# Code

async def test_pasted_lines_become_a_block_whose_code_can_be_copied(open_chat, ann, room):
    page = await enter(await open_chat('ann', **CLIPBOARD), room)
    code = 'def answer():\n    return 42'
    offer = page.get_by_role('button', name='Make the pasted lines a code block')
    for pasted, offered in (('one line', False), ('```\nfenced\n```', False), (code, True)):
        await page.evaluate('text => navigator.clipboard.writeText(text)', pasted)
        await field(page).fill('')
        await page.keyboard.press('Control+v')
        await expect(field(page)).to_have_value(pasted)
        await (expect(offer).to_be_visible() if offered else expect(offer).to_be_hidden())
    await offer.click()
    await expect(field(page)).to_have_value(f'```\n{code}\n```')
    await expect(offer).to_be_hidden()
    await field(page).fill('```python\n')
    await page.keyboard.press('Control+v')
    await expect(field(page)).to_have_value(f'```python\n{code}')
    await expect(offer).to_be_hidden(), 'it is in a block'
    await field(page).fill(f'```\n{code}\n```')
    await page.keyboard.press('Enter')
    await page.evaluate('navigator.clipboard.writeText("")')
    await page.locator('article pre').hover()
    await page.get_by_role('button', name='Copy', exact=True).click()
    await expect(page.locator('.said')).to_have_text('The code is copied.')
    assert (await copied(page)).rstrip() == code


async def test_the_copy_button_of_code_covers_no_tool_and_goes_with_the_pointer(open_chat, ann, room):
    above, lines, line = await post(ann, room, 'above', '```py\nx = 1\ny = 2\n```', '```\nz\n```')
    for context, press in ((CLIPBOARD | PHONE, 'tap'), (CLIPBOARD, 'click')):
        page = await open_chat('ann', **context)
        await show_room(page, room)
        for number, code in ((lines, 'x = 1\ny = 2'), (line, 'z')):
            pre = message(page, number).locator('pre')
            await (pre.tap(position={'x': 12, 'y': 12}) if press == 'tap' else pre.hover(position={'x': 12, 'y': 12}))
            for name in ('React', 'Copy link', 'More', 'Copy'):
                button = message(page, number).get_by_role('button', name=name, exact=True)
                await getattr(button, press)(trial=True, timeout=5_000)  # nothing else is there
            await getattr(button, press)()
            await expect(page.locator('.said')).to_have_text('The code is copied.')
            assert await copied(page) == code
        await (text(page, above).tap() if press == 'tap' else text(page, above).hover())
        await expect(page.locator('.copy')).to_have_count(0)
    await expect(page.locator('.tools')).to_have_css('opacity', '1')
    await field(page).hover()
    await expect(page.locator('.tools')).to_have_css('opacity', '0')


async def test_a_deletion_that_was_made_without_a_connection_is_done_with_the_next_one(open_chat, ann, bob, room):
    number = (await ann.ask('send_message', {'room': room, 'message': 'gone soon'}))['id']
    page = await enter(await open_chat('ann'), room)
    await disconnect(page)
    await choose(page, number, 'Delete')
    await expect(page.get_by_role('button', name='Undo')).to_be_hidden(timeout=10_000)
    await page.context.set_offline(False)
    await bob.wait_for('message_changed', seconds=20, id=number, deleted=True)


async def test_a_quote_far_up_loses_its_text_although_too_much_was_missed_to_catch_up_on(open_chat, ann, bob, room):
    async def send(text, **more):
        return (await bob.ask('send_message', {'room': room, 'message': text, **more}))['id']

    original = await send('SECRET')
    for i in range(60):
        await send(f'between {i}')
    reply = await send('the reply', reply_to=original)
    for i in range(60):
        await send(f'after {i}')
    await ann.ask('read', {'room': room, 'id': 10**9})
    page = await enter(await open_chat('ann'), room)
    await show_room(page, room, at=reply)
    await expect(page.locator(f'#m{reply} .quote')).to_contain_text('SECRET')
    await disconnect(page)
    await bob.ask('delete_message', {'id': original})
    for i in range(210):
        await send(f'missed {i}')
    await page.context.set_offline(False)
    await expect(page.locator(f'#m{reply} .quote')).to_have_text('This message was deleted.')


async def test_what_is_deleted_in_another_room_leaves_the_lists_at_once(open_chat, ann, bob, room):
    number = (await bob.ask('send_message', {'room': room, 'message': 'a needle elsewhere'}))['id']
    page = await open_chat('ann')
    await page.get_by_role('button', name='Search').click()
    await page.get_by_label('Search messages').fill('needle elsewhere')
    await expect(page.locator(f'.found[data-key="{number}"]')).to_be_visible()
    await bob.ask('delete_message', {'id': number})
    await expect(page.locator(f'.found[data-key="{number}"]')).to_have_count(0)


async def test_what_is_edited_in_another_room_is_edited_in_the_lists(open_chat, ann, bob, room):
    numbers = await post(bob, room, *(f'@ann a thimble {i}' for i in range(3)))
    for number in numbers:
        await ann.ask('save', {'id': number, 'on': True})
    page, second = await open_chat('ann'), numbers[1]
    for panel, marks in (('Search', 3), ('Saved', 0), ('Mentions', 0)):
        await open_panel(page, panel)
        if panel == 'Search':
            await page.get_by_label('Search messages').fill('thimble')
        await found(page, second).focus()
        await bob.ask('edit_message', {'id': second, 'message': f'@ann the <thimble> of {panel}'})
        await expect(found(page, second)).to_contain_text(f'the <thimble> of {panel}')
        await expect(found(page, second)).to_be_focused()
        ids = await page.locator('.panel .found').evaluate_all('all => all.map(one => +one.dataset.key)')
        assert ids[:3] == numbers[::-1]
        await expect(page.locator('.panel mark')).to_have_count(marks)


async def test_the_pages_of_a_list_and_the_place_in_it_outlive_a_lost_connection(open_chat, ann, room):
    numbers = await post(ann, room, *(f'@bob haystack {i}' for i in range(60)))
    page, kept, oldest = await open_chat('bob'), numbers[20], numbers[10]
    for panel, gone in (('Search', numbers[50]), ('Mentions', numbers[51])):
        await open_panel(page, panel)
        if panel == 'Search':
            await page.get_by_label('Search messages').fill('haystack')
        await page.get_by_role('button', name='Older ones').click()
        if panel == 'Mentions':
            await expect(found(page, numbers[0])).to_be_attached()
        await found(page, oldest).scroll_into_view_if_needed()
        await found(page, kept).focus()
        top = (await found(page, kept).bounding_box())['y']
        await disconnect(page)
        await ann.ask('delete_message', {'id': gone})
        [new] = await post(ann, room, f'@bob haystack after {panel}')
        await page.context.set_offline(False)
        await expect(found(page, new)).to_be_attached()
        await expect(found(page, gone)).to_have_count(0)
        await expect(found(page, oldest)).to_be_attached()
        assert abs((await found(page, kept).bounding_box())['y'] - top) <= 1
        await expect(found(page, kept)).to_be_focused()


async def test_what_needs_the_connection_says_so_until_it_is_back(open_chat, ann, room):
    [number] = await post(ann, room, 'a marmot')
    page, late = await enter(await open_chat('ann'), room), 'This comes as soon as the connection is back.'
    await open_panel(page, 'Search')
    await page.get_by_label('Search messages').fill('marmot')
    await expect(found(page, number)).to_be_visible()
    await disconnect(page)
    await use(page, number, 'React with 👍')
    await expect(note(page)).to_contain_text('There is no connection')
    await page.get_by_label('Search messages').fill('marm')
    await expect(page.locator('.panel')).to_contain_text(late)
    await expect(found(page, number)).to_have_count(0)
    await page.context.set_offline(False)
    await expect(found(page, number)).to_be_visible()
    await expect(note(page)).to_be_hidden()
    await ann.ask('save', {'id': number, 'on': True})
    await disconnect(page)
    await open_panel(page, 'Saved')
    await expect(page.locator('.panel')).to_contain_text(late)
    await page.context.set_offline(False)
    await expect(found(page, number)).to_be_visible()
    await expect(page.locator('.panel')).not_to_contain_text(late)

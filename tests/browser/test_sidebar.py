"""The list of rooms: what is new, what was read elsewhere, what comes and goes."""
import re

import pytest
from playwright.async_api import expect

from tests.attacks.raw import elements_of

from .acting import KNOWS_ROOMS, create, lines, link

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


NO_ROOM, NOT_THERE = 'There is no such room, or you are not in it.', 'This message is no longer there.'


@pytest.mark.parametrize('which', ['closed', 'left', 'none', 'abc', '999999999999999999999', '0', '-1', '%5Cevil'])
async def test_a_room_that_one_can_not_see_says_so(open_chat, server, bob, which):
    room = await create(bob, f'Not for all: {which[:9]}', *(['ann'] if which == 'left' else []), kind='closed')
    number = (await bob.ask('send_message', {'room': room, 'message': 'secret'}))['id']
    page = await open_chat('ann')
    if which == 'left':
        await page.goto(f'{server.url}/chat/{room}')
        await expect(page.get_by_text('secret')).to_be_visible()
        async with server.program('ann') as ann:
            await ann.ask('leave', {'room': room})
    where = {'closed': room, 'left': room, 'none': 10 ** 9}.get(which, which)
    await page.goto(f'{server.url}/chat/{where}?at={number}')
    await expect(page.get_by_role('alert').get_by_text(NO_ROOM)).to_be_visible()
    await page.wait_for_function(KNOWS_ROOMS)
    await expect(page.get_by_role('alert').get_by_text(NO_ROOM)).to_be_visible()
    await expect(page.get_by_text('secret')).to_have_count(0)
    assert re.fullmatch(rf'{server.url}/chat/\d+', page.url), 'the address says what is shown'
    assert int(page.url.rpartition('/')[2]) == await page.evaluate('+socket.io.opts.query.room')
    await page.keyboard.type('and on')
    await expect(page.get_by_text(NO_ROOM)).to_have_count(0)


@pytest.mark.parametrize('which', ['deleted', 'of another room', 'none', '999999999999999999999', 'abc'])
async def test_a_link_whose_message_is_gone_says_so(open_chat, server, bob, room, which):
    await bob.ask('send_message', {'room': room, 'message': 'still there'})
    other = (await bob.ask('send_message', {'message': 'elsewhere'}))['id']
    number = (await bob.ask('send_message', {'room': room, 'message': 'gone'}))['id']
    await bob.ask('delete_message', {'id': number})
    at = {'deleted': number, 'of another room': other, 'none': 10 ** 9}.get(which, which)
    page = await open_chat('ann')
    await page.goto(f'{server.url}/chat/{room}?at={at}')
    await expect(page.get_by_role('alert').get_by_text(NOT_THERE)).to_be_visible()
    await expect(page.get_by_text('still there')).to_be_visible()


@pytest.fixture
async def many(make_server, open_chat):
    """A server with 30 rooms and a direct conversation, and what opens Ann's page there and what Bob says."""
    with make_server() as server:
        server.cookie('ann')
        async with server.program('bob') as bob:
            rooms = [await create(bob, f'Room {number:02}') for number in range(30)]
            direct = (await bob.ask('open_direct', {'members': ['ann']}))['room']['id']

            async def say_in(room, text='hello'):
                return (await bob.ask('send_message', {'room': room, 'message': text}))['id']

            yield server, rooms, direct, say_in


def edge(page, which):
    return page.get_by_role('button', name=f'Unread {which}')


async def is_in_sight(page, room):
    return await link(page, room).evaluate('''row => {
        const {top, bottom} = row.getBoundingClientRect(), list = row.closest(".lists").getBoundingClientRect();
        return top >= list.top && bottom <= list.bottom; }''')


@pytest.mark.parametrize('shape', [{}, {'viewport': {'width': 390, 'height': 844}}])
@pytest.mark.parametrize('latency', lines(0))
async def test_what_is_unread_out_of_sight_is_said_at_the_edges(open_chat, many, shape, latency):
    server, rooms, direct, say_in = many
    page = await open_chat('ann', of=server, **shape)
    await page.goto(f'{server.url}/chat/1?latency={latency}')
    await page.wait_for_function(KNOWS_ROOMS)
    if shape:
        await page.get_by_role('button', name='Rooms').click()
    await expect(edge(page, 'above')).to_be_hidden()
    await expect(edge(page, 'below')).to_be_hidden()
    await say_in(rooms[26])
    await expect(edge(page, 'below')).to_be_visible()
    plain = await edge(page, 'below').evaluate('node => getComputedStyle(node).backgroundColor')
    await say_in(direct)
    await expect(page.get_by_role('button', name='Unread below 1 for you', exact=True)).to_be_visible()
    assert plain != await edge(page, 'below').evaluate('node => getComputedStyle(node).backgroundColor')
    await expect(page.get_by_role('button', name='Mentions 1 for you', exact=True)).to_be_visible()
    await edge(page, 'below').click()
    await expect(link(page, direct)).to_be_focused()
    assert await is_in_sight(page, direct), 'what calls comes first'
    await expect(edge(page, 'below')).to_be_hidden()
    await say_in(rooms[0])
    await say_in(rooms[2])
    await expect(page.get_by_role('button', name='Unread above', exact=True)).to_be_visible()
    await edge(page, 'above').click()
    await expect(link(page, rooms[2])).to_be_focused()
    assert await is_in_sight(page, rooms[2]), 'the nearest one'
    await page.keyboard.press('Enter')
    await expect(page.locator('h1')).to_have_text('Room 02')


async def test_what_is_filtered_out_read_elsewhere_or_scrolled_to_is_not_at_an_edge(open_chat, many):
    server, rooms, _, say_in = many
    page = await open_chat('ann', of=server)
    await say_in(rooms[28], '@ann')
    await expect(edge(page, 'below')).to_be_visible()
    await page.get_by_label('Filter rooms').fill('room 0')
    await expect(edge(page, 'below')).to_be_hidden()
    await page.keyboard.press('Escape')
    await expect(edge(page, 'below')).to_be_visible()
    await page.locator('.lists').evaluate('list => { list.scrollTop = list.scrollHeight; }')
    await expect(edge(page, 'below')).to_be_hidden()
    await page.locator('.lists').evaluate('list => { list.scrollTop = 0; }')
    await expect(edge(page, 'below')).to_be_visible()
    await page.set_viewport_size({'width': 1280, 'height': 1800})
    await expect(edge(page, 'below')).to_be_hidden()
    await page.set_viewport_size({'width': 1280, 'height': 700})
    await expect(edge(page, 'below')).to_be_visible()
    async with server.program('ann') as elsewhere:
        await elsewhere.ask('read', {'room': rooms[28], 'id': 10 ** 9})
    await expect(edge(page, 'below')).to_be_hidden()
    await expect(page.get_by_role('button', name='Mentions', exact=True)).to_be_visible()


async def test_mentions_begins_with_what_calls_and_leads_there(open_chat, many):
    server, rooms, direct, say_in = many
    page = await open_chat('ann', of=server)
    await page.get_by_role('button', name='Mentions').click()
    calling = page.locator('.panel .calling a')
    await expect(calling).to_have_count(0)
    await say_in(rooms[20], '@ann')
    await say_in(direct)
    await expect(calling).to_have_text([re.compile('# Room 20 1'), re.compile('bob 1')])
    await say_in(direct)
    await expect(calling.last).to_have_text(re.compile('bob 2'))
    await calling.last.click()
    await expect(page.locator('h1')).to_have_text('bob')
    await expect(calling).to_have_text([re.compile('# Room 20 1')])


@pytest.mark.parametrize(('path', 'sentence'), [
    ('{closed}', 'There is no such room.'), ('abc', NO_ROOM), ('9' * 21, NO_ROOM),
    ('1.5', NO_ROOM), ('{room}?at={closed}000000', NOT_THERE), ('{room}?at=' + '9' * 21, NOT_THERE),
    ('{room}?at=abc', NOT_THERE), ('1?at=' + '9' * 21, NOT_THERE)])
async def test_a_link_in_a_message_that_leads_nowhere_says_so_too(open_chat, server, bob, room, path, sentence):
    closed = await create(bob, f'Closed {abs(hash(path))}', kind='closed')
    address = f'{server.url}/chat/{path.format(closed=closed, room=room)}'
    await bob.ask('send_message', {'room': room, 'message': f'look: {address}'})
    page = await open_chat('ann')
    await page.goto(f'{server.url}/chat/{room}')
    await page.wait_for_function(KNOWS_ROOMS)
    await page.locator('.text').get_by_role('link').click()
    await expect(page.get_by_role('alert').get_by_text(sentence)).to_be_visible()


async def test_rooms_of_one_name_are_told_apart_by_their_makers(open_chat, server, bob):
    """They come together by an invitation; and are one again when one of them goes, or is called otherwise."""
    ann = await open_chat('ann')
    async with server.program('carl') as carl:
        of_bob = await create(bob, 'Twins', 'ann', kind='closed')
        of_carl = await create(carl, 'TWINS', kind='closed')
        await link(ann, of_bob).click()
        await expect(ann.locator('h1')).to_have_text('Twins')
        await carl.ask('invite', {'room': of_carl, 'username': 'ann'})

        async def shows(first, second, title):
            await expect(link(ann, of_bob)).to_have_text(first)
            await expect(link(ann, of_carl)).to_have_text(second)
            await expect(ann.locator('h1')).to_have_text(first)
            await expect(ann).to_have_title(title)

        both = 'Twins (by bob)', 'TWINS (by carl)', 'Twins (by bob) - Chatroom'
        await shows(*both)
        await ann.reload()
        assert await link(ann, of_bob).text_content() == both[0], 'from the beginning, before the page has heard of anything'
        await ann.wait_for_function(KNOWS_ROOMS)
        await shows(*both)
        await ann.keyboard.press('Control+k')
        await ann.keyboard.type('twins')
        await expect(ann.locator('.switcher [role=option] .label')).to_have_text([both[1], both[0]])
        await ann.keyboard.press('Escape')
        await carl.ask('update_room', {'room': of_carl, 'name': 'Pair'})
        await shows('Twins', 'Pair', 'Twins - Chatroom')
        await carl.ask('update_room', {'room': of_carl, 'name': 'twins'})
        await shows('Twins (by bob)', 'twins (by carl)', 'Twins (by bob) - Chatroom')
        await carl.ask('remove', {'room': of_carl, 'username': 'ann'})
        await expect(link(ann, of_carl)).to_have_count(0)
        await expect(link(ann, of_bob)).to_have_text('Twins')
        await expect(ann.locator('h1')).to_have_text('Twins')


async def test_their_makers_stand_where_else_they_are_named(open_chat, server, bob):
    """In rows of lists, at what is cited, in notifications and in the list of rooms; live, too."""
    ann = await open_chat('ann')
    await ann.context.grant_permissions(['notifications'], origin=server.url)
    await ann.goto(f'{server.url}/chat/1')
    await ann.wait_for_function(KNOWS_ROOMS)
    async with server.program('carl') as carl:
        of_bob, of_carl = await create(bob, 'Doubles', 'ann', kind='closed'), await create(carl, 'Doubles', kind='closed')
        said = await bob.ask('send_message', {'room': of_bob, 'message': 'a needle for @ann'})
        cited = f'{server.url}/chat/{of_bob}?at={said["id"]}'
        await ann.keyboard.press('Control+Shift+f')
        await ann.keyboard.type('needle')
        row = ann.locator('.panel .found .where')
        await expect(row).to_have_text('# Doubles')
        await bob.ask('send_message', {'message': f'see {cited}'})
        where = ann.locator('.cited .where')
        await expect(where).to_have_text('# Doubles')
        await carl.ask('invite', {'room': of_carl, 'username': 'ann'})
        await expect(row).to_have_text('# Doubles (by bob)')
        await expect(where).to_have_text('# Doubles (by bob)')
        await ann.evaluate('''() => { window.Notification = class extends EventTarget {
            static permission = "granted"; constructor(title) { super(); (window.titles ||= []).push(title); } close() {} }; }''')
        await carl.ask('send_message', {'room': of_carl, 'message': '@ann hello needle'})
        await ann.wait_for_function('window.titles')
        assert await ann.evaluate('titles') == ['carl in Doubles (by carl)']
        await ann.reload()
        await expect(where).to_have_text('# Doubles (by bob)')
        await ann.keyboard.press('Control+Shift+f')
        await ann.keyboard.type('needle')
        await expect(row).to_have_text(['# Doubles (by carl)', '# Doubles (by bob)'])
        await ann.get_by_role('button', name='Mentions').click()
        await expect(ann.locator('.panel .found .where').filter(has_text='Doubles')).to_have_text(['# Doubles (by carl)', '# Doubles (by bob)'])
        await carl.ask('remove', {'room': of_carl, 'username': 'ann'})
        await expect(ann.locator('.panel .found .where').filter(has_text='Doubles')).to_have_text(['# Doubles'])


async def test_archived_rooms_are_marked_wherever_they_are_listed(open_chat, bob):
    ann = await open_chat('ann')
    room, other = await create(bob, 'Past'), await create(bob, 'Left')
    await bob.ask('send_message', {'room': room, 'message': 'for @ann'})
    mark = 'node => getComputedStyle(node, "::after").content'
    await expect(link(ann, room)).to_be_visible()
    assert await link(ann, room).evaluate(mark) == 'none'
    for each in (room, other):
        await bob.ask('update_room', {'room': each, 'archived': True})
        await expect(link(ann, each)).to_have_attribute('data-archived', 'yes')
    assert await link(ann, room).evaluate(mark) == '"archived"'
    await ann.keyboard.press('Control+k')
    await ann.keyboard.type('past')
    choice = ann.locator('.switcher [role=option]', has_text='Past')
    await expect(choice).to_be_visible()
    assert 'archived' in await choice.evaluate(mark)
    await ann.keyboard.press('Escape')
    await ann.keyboard.press('Control+Shift+f')
    for typed, name, marked in (('in:past', 'Past', '"archived"'), ('in:lobby', 'Lobby', 'none')):
        await ann.get_by_label('Search messages').fill(typed)
        row = ann.locator('.completion [role=option]', has_text=name)
        await expect(row).to_be_visible()
        assert await row.evaluate(mark) == marked
    await ann.get_by_label('Search messages').fill('')
    await ann.get_by_role('button', name='Mentions').click()
    calling = ann.locator('.calling a', has_text='Past')
    await expect(calling).to_be_visible()
    assert await calling.evaluate(mark) == '"archived"'
    await ann.get_by_role('button', name='Mentions').click()
    await ann.evaluate('room => new Promise(done => socket.emit("leave", {room}, done))', other)
    await ann.get_by_role('button', name='Browse rooms').click()
    row = ann.locator('.browsed li', has_text='Left')
    await expect(row).to_contain_text('archived')


async def test_a_conversation_is_in_the_sidebar_of_who_opens_it_and_with_its_first_message_in_the_others(open_chat, server, bob):
    server.cookie('dora')
    ann, dora = await open_chat('ann'), await open_chat('dora')
    for page in (ann, dora):
        await page.goto(f'{server.url}/chat/1')
        await page.wait_for_function(KNOWS_ROOMS)
    direct = (await bob.ask('open_direct', {'members': ['ann', 'dora']}))['room']['id']
    await bob.ask('send_message', 'something else')
    for page in (ann, dora):
        await expect(page.locator('article .text').last).to_have_text('something else')
        await expect(link(page, direct)).to_have_count(0)
    await bob.ask('send_message', {'room': direct, 'message': 'for you two'})
    for page in (ann, dora):
        await expect(link(page, direct)).to_have_class(UNREAD)
        await expect(badge(page, direct)).to_have_text('1')
    two = await ann.evaluate('() => new Promise(done => socket.emit("open_direct", {members: ["dora"]}, done)).then(({room}) => room.id)')
    await expect(link(ann, two)).to_have_text('dora')
    await link(ann, two).click()
    await expect(ann.locator('h1')).to_have_text('dora')
    await ann.reload()
    await ann.wait_for_function(KNOWS_ROOMS)
    await expect(ann.locator('h1')).to_have_text('dora')
    await expect(link(dora, two)).to_have_count(0)
    await ann.get_by_label('Message', exact=True).fill('only you')
    await ann.keyboard.press('Enter')
    await expect(link(dora, two)).to_have_text('ann1')
    await expect(link(dora, two)).to_have_class(UNREAD)
    await link(dora, two).click()
    await expect(dora.locator('article .text')).to_have_text('only you')

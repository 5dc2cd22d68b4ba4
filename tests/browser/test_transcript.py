"""Scrolling, grouping, days, and how much of a long history a page holds."""
import asyncio
import re
import sqlite3

import pytest
from playwright.async_api import expect

from tests.running import WITH_DOORS, Server

from .acting import READY, disconnect, numbers, say, texts

pytestmark = pytest.mark.browser


@pytest.fixture(scope='module')
def long_server(tmp_path_factory):
    with with_history(Server(tmp_path_factory.mktemp('long'))) as server:
        yield server


def with_history(server):
    """A room with 600 messages, some of them of several lines, of a few days and of two authors."""
    with server:
        server.cookie('ann')
        server.cookie('bob')
    with sqlite3.connect(server.database) as connection:
        connection.execute('DELETE FROM messages')  # who joined
        connection.executemany(
            'INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, ?, ?, ?, ?)',
            [(1 + (i // 3) % 2, f'message {i}' + '\nmore' * (i % 4), f'2026-11-{1 + i // 100:02}T{8 + i % 100 // 10:02}:{i % 10 * 6:02}:00.000+00:00', i)
             for i in range(1, 601)])
        connection.execute('UPDATE rooms SET revision = 600')
        connection.execute('UPDATE memberships SET last_read_id = 600')
    connection.close()
    return server


@pytest.fixture
async def ann(open_chat, long_server):
    """She has read all that earlier tests left."""
    async with long_server.program('ann') as program:
        await program.ask('read', {'room': 1, 'id': 10**9})
    page = await open_chat('ann', of=long_server)
    await page.evaluate('''() => {
        const tick = () => { const now = document.querySelectorAll("article").length;
            window.most = Math.max(window.most || 0, now); requestAnimationFrame(tick); }; tick(); }''')
    return page


async def shown(page):
    return numbers([text.split('\n')[0] for text in await texts(page)], r'message (\d+)')


async def anchor(page):
    """The first message in view, and where it is."""
    return await page.evaluate('''() => {
        const log = document.querySelector("[role=log]"), top = log.getBoundingClientRect().top;
        const first = [...document.querySelectorAll("article")].find(a => a.getBoundingClientRect().top >= top);
        return [first.id, first.getBoundingClientRect().top]; }''')


async def place(page, article):
    return await page.evaluate('id => document.getElementById(id)?.getBoundingClientRect().top', article)


async def scroll_to(page, top):
    await page.evaluate('top => { document.querySelector("[role=log]").scrollTop = top; }', top)


async def test_the_newest_fifty_at_the_end(ann):
    log = ann.get_by_role('log', name='Messages')
    await expect(log.get_by_text('message 600')).to_be_in_viewport()
    assert (await shown(ann))[-50:] == list(range(551, 601))


async def test_scrolling_up_loads_older_ones_without_moving_what_is_read(ann):
    before = (await shown(ann))[0]
    await scroll_to(ann, 500)
    article, top = await anchor(ann)
    await ann.wait_for_function('before => document.querySelectorAll("article").length > before', arg=601 - before)
    await asyncio.sleep(0.3)
    assert (await shown(ann))[0] < before
    assert abs(await place(ann, article) - top) <= 1


async def test_to_the_very_beginning_and_back_with_at_most_200(ann):
    seen = set()
    for _ in range(60):
        await scroll_to(ann, 0)
        await asyncio.sleep(0.08)
        now = await shown(ann)
        assert now == list(range(now[0], now[-1] + 1)), 'no gap, no repetition'
        seen.update(now)
        if now[0] == 1:
            break
    assert (min(seen), max(seen)) == (1, 600)
    for _ in range(80):
        await scroll_to(ann, 10**6)
        await asyncio.sleep(0.08)
        now = await shown(ann)
        assert now == list(range(now[0], now[-1] + 1))
        if now[-1] == 600:
            break
    assert now[-1] == 600
    assert await ann.evaluate('window.most') <= 201 + 50, 'trimmed as soon as something is added'
    assert await ann.locator('article').count() <= 200


async def test_new_messages_do_not_pull_away_who_reads_older_ones(ann, open_chat, long_server):
    await scroll_to(ann, 1200)
    await asyncio.sleep(0.5)
    article, top = await anchor(ann)
    async with long_server.program('bob') as bob:
        for i in range(3):
            await bob.ask('send_message', f'news {i}')
        button = ann.get_by_role('button', name='3 new messages')
        await expect(button).to_be_visible()
        assert abs(await place(ann, article) - top) <= 1
        await button.click()
        await expect(ann.get_by_text('news 2')).to_be_in_viewport()
        await expect(button).to_be_hidden()
        await bob.ask('send_message', 'news at the end')
        await expect(ann.get_by_text('news at the end')).to_be_in_viewport()


async def test_the_button_leads_to_the_newest_also_from_far_above(ann, long_server):
    for _ in range(12):
        await scroll_to(ann, 0)
        await asyncio.sleep(0.1)
    assert (await shown(ann))[-1] < 600
    async with long_server.program('bob') as bob:
        await bob.ask('send_message', 'far below')
        await ann.get_by_role('button', name='1 new message').click()
        await expect(ann.get_by_text('far below', exact=True)).to_be_in_viewport()
        await bob.ask('send_message', 'right after')
        await expect(ann.get_by_text('right after', exact=True)).to_be_in_viewport()


async def test_sending_leads_to_the_newest(ann):
    for _ in range(12):
        await scroll_to(ann, 0)
        await asyncio.sleep(0.1)
    await say(ann, 'my own')
    await expect(ann.get_by_text('my own', exact=True).last).to_be_in_viewport()


async def test_a_busy_room_stays_below_200_and_at_the_end(ann, long_server):
    async with long_server.program('bob') as bob:
        for i in range(0, 400, 40):
            await asyncio.gather(*(bob.ask('send_message', f'busy {i + j}') for j in range(40)))
    await expect(ann.get_by_text('busy 399', exact=True)).to_be_in_viewport()
    assert numbers(await texts(ann), r'busy (\d+)')[-100:] == list(range(300, 400))
    assert await ann.locator('article').count() <= 200


async def test_too_much_while_away_starts_afresh_and_says_so(ann, long_server):
    await disconnect(ann)
    async with long_server.program('bob') as bob:
        for i in range(0, 300, 100):
            await asyncio.gather(*(bob.ask('send_message', f'missed {i + j}') for j in range(100)))
    await ann.context.set_offline(False)
    await expect(ann.get_by_text('missed 299', exact=True)).to_be_in_viewport(timeout=15_000)
    await expect(ann.locator('.gap')).to_have_count(1)
    now = numbers(await texts(ann), r'missed (\d+)')
    assert now == list(range(now[0], 300))
    for _ in range(3):
        await scroll_to(ann, 0)
        await asyncio.sleep(0.1)
    now = numbers(await texts(ann), r'missed (\d+)')
    assert now == list(range(now[0], now[-1] + 1))
    assert await ann.locator('.gap').count() <= 1
    assert not await ann.evaluate('!!document.querySelector(".gap") && !document.querySelector(".gap ~ article")')


async def test_an_edit_does_not_hide_what_an_empty_room_missed(open_chat, server):
    """What was missed comes by revision, an edited message after a later one."""
    ann = await open_chat('ann')
    await expect(ann.get_by_text('Reconnecting')).to_be_hidden()
    await disconnect(ann)
    async with server.program('bob') as bob:
        first = await bob.ask('send_message', 'one')
        await bob.ask('send_message', 'two')
        await bob.sio.call('test_edit', (first['id'], 'one, better'))
        await ann.context.set_offline(False)
        await expect(ann.get_by_text('two', exact=True)).to_be_visible(timeout=15_000)
        assert [text.split(' (')[0] for text in await texts(ann)] == ['one, better', 'two']


async def test_a_tall_window_is_filled(open_chat, make_server):
    with with_history(make_server()) as server:
        page = await open_chat('carl', of=server, viewport={'width': 1280, 'height': 3000})
        await page.wait_for_function('(log => log.scrollHeight > log.clientHeight + 10)(document.querySelector("[role=log]"))')
        assert (await shown(page))[-1] == 600


async def test_scrolled_up_while_offline_goes_on_afterwards(ann):
    await disconnect(ann)
    await scroll_to(ann, 0)
    before = await ann.evaluate('+document.querySelector("article").dataset.id')
    await ann.context.set_offline(False)
    await ann.wait_for_function('before => +document.querySelector("article").dataset.id < before', arg=before, timeout=15_000)


async def test_a_deletion_at_the_edge_moves_nothing(open_chat, server):
    async with server.program('bob') as bob:
        for i in range(30):
            await bob.ask('send_message', f'above {i}')
        long = await bob.ask('send_message', '\n'.join('line' for _ in range(60)))
        below = await bob.ask('send_message', 'below')
        for i in range(30):
            await bob.ask('send_message', f'far below {i}')
        ann = await open_chat('dan', viewport={'width': 900, 'height': 600})
        await ann.evaluate('id => { const log = document.querySelector("[role=log]"); log.scrollTop += '
                           'document.getElementById(id).getBoundingClientRect().top - 400; }', f'm{below["id"]}')
        await asyncio.sleep(0.3)
        before = await place(ann, f'm{below["id"]}')
        await bob.sio.call('test_delete', (long['id'],))
        await expect(ann.locator(f'#m{long["id"]}')).to_be_hidden()
        assert abs(await place(ann, f'm{below["id"]}') - before) <= 1


async def test_a_smaller_window_keeps_the_end(ann):
    await scroll_to(ann, 10**6)
    await asyncio.sleep(0.2)
    for height in range(900, 280, -60):
        await ann.set_viewport_size({'width': 900, 'height': height})
    await asyncio.sleep(0.3)
    assert await ann.evaluate('(l => l.scrollHeight - l.scrollTop - l.clientHeight)(document.querySelector("[role=log]"))') < 5


async def test_the_button_counts_new_messages_only(open_chat, server):
    async with server.program('bob') as bob:
        old = [await bob.ask('send_message', f'count {i}\n\n\n') for i in range(40)]
        ann = await open_chat('eve')
        await scroll_to(ann, 0)
        await asyncio.sleep(0.5)
        await bob.sio.call('test_edit', (old[5]['id'], 'edited'))
        news = [await bob.ask('send_message', f'fresh {i}') for i in range(3)]
        await expect(ann.get_by_role('button', name='3 new messages')).to_be_visible()
        await bob.sio.call('test_delete', (news[0]['id'],))
        await expect(ann.get_by_role('button', name='2 new messages')).to_be_visible()


@pytest.mark.parametrize('late', [
    'window.ResizeObserver = class { observe() {} }', 'addEventListener("scroll", event => event.stopPropagation(), true)',
], ids=['sizes', 'scrolling'])
async def test_what_a_busy_browser_tells_late_takes_no_reader_to_the_end(open_chat, make_server, late):
    """A message that came before the browser had told of a scroll, or of a size, undid the scroll."""
    server = make_server().start()
    async with server.program('bob') as bob:
        for i in range(40):  # less than a page: nothing that is still asked for moves it
            await bob.ask('send_message', f'early {i}\n\n\n')
        page = await open_chat('fay', of=server, viewport={'width': 1000, 'height': 400})
        await page.context.add_init_script(late)
        await page.reload()
        await page.wait_for_function(READY)
        await expect(page.locator('article').last).to_be_in_viewport()
        await scroll_to(page, 0)
        await bob.ask('send_message', 'below')
        await expect(page.get_by_role('button', name='1 new message')).to_be_visible()
        await expect(page.locator('article').first).to_be_in_viewport()


async def test_days_and_groups_and_local_times(open_chat, make_server):
    server = with_history(make_server()).start()
    page = await open_chat('carl', of=server, timezone_id='Asia/Tokyo', locale='en-GB')
    for _ in range(4):
        await scroll_to(page, 0)
        await asyncio.sleep(0.3)
    table = await page.evaluate('''() => [...document.querySelectorAll("article:not(.system), .day")].map(n => n.matches(".day")
        ? ["day", n.textContent] : ["message", n.dataset.author, n.querySelector("time").dateTime, n.querySelector("time").textContent,
                                    n.classList.contains("follows"), n.querySelector("time").title])''')
    days = [row[1] for row in table if row[0] == 'day']
    assert len(days) == len(set(days)) >= 2
    assert table[0][0] == 'day'
    assert all(re.match(r'[A-Z][a-z]+day,? \d+ November 2026', day) for day in days)
    (utc, local, title) = next((row[2], row[3], row[5]) for row in table if row[0] == 'message' and 'T08:00' in row[2])
    assert local == '17:00', utc
    assert '2026' in title
    followers = [row for row in table if row[0] == 'message' and row[4]]
    assert followers == [], 'six minutes apart, nobody follows'


def clock_of(page):
    """Day lines, times of messages, and what the panel shows of the same ones."""
    return page.evaluate('''() => [".transcript .day", "article .by time", ".panel .day, .panel .by time"].map(
        which => [...document.querySelectorAll(which)].map(({textContent}) => textContent.replace(",", "")))''')


async def knows_its_clock(page, *wanted):
    async with asyncio.timeout(15):
        while await clock_of(page) != list(wanted):
            await asyncio.sleep(0.05)


@pytest.fixture
async def days(open_chat, make_server):
    """Messages of two days, 23:30 and 10:00 in London, and a page there in which they are searched on the second day."""
    with make_server() as server:
        server.cookie('ann')
        await post(server, 1, 3)
        server.stop()
        with sqlite3.connect(server.database) as connection:
            connection.execute("DELETE FROM messages WHERE body NOT LIKE 'message%'")  # who joined
            connection.executemany('UPDATE messages SET created_at = ? WHERE body = ?',
                                   [('2026-01-14T23:30:00.000+00:00', 'message 1'), ('2026-01-15T10:00:00.000+00:00', 'message 2')])
        connection.close()
        yield server.start()


async def travel(computer, zone):
    """Tell the page's computer where it is, as the system does that."""
    for name in ('', zone):  # one that is in effect must end first
        await computer.send('Emulation.setTimezoneOverride', {'timezoneId': name})


async def on_the_second_day(open_chat, server, locale):
    """Ann's page, two minutes before midnight, and the computer on which it is."""
    page = await open_chat('ann', of=server, locale=locale)
    computer = await page.context.new_cdp_session(page)
    await travel(computer, 'Europe/London')
    await page.clock.install(time='2026-01-15T23:58:00Z')
    await page.reload()
    await page.wait_for_function(READY)
    return page, computer


async def test_days_are_called_by_how_long_they_are_ago_also_after_midnight(open_chat, days):
    page, _ = await on_the_second_day(open_chat, days, 'en-GB')
    await page.get_by_role('button', name='Search', exact=True).click()
    await page.get_by_label('Search messages').fill('message')
    await page.clock.run_for(1_000)
    await knows_its_clock(page, ['Yesterday', 'Today'], ['23:30', '10:00'], ['Today', '10:00', 'Yesterday', '23:30'])
    assert await page.locator('.transcript .day').last.get_attribute('title') in {'Thursday 15 January 2026', 'Thursday, 15 January 2026'}
    await page.clock.fast_forward(3 * 60_000)
    await knows_its_clock(page, ['Wednesday 14 January 2026', 'Yesterday'], ['23:30', '10:00'],
                          ['Yesterday', '10:00', 'Wednesday 14 January 2026', '23:30'])


async def test_what_comes_at_midnight_stands_below_a_line_of_its_own(open_chat, days):
    """Also before the page has looked at its clock."""
    page, _ = await on_the_second_day(open_chat, days, 'en-GB')
    await page.clock.pause_at('2026-01-16T00:00:01Z')
    await page.evaluate('''() => { const other = document.querySelector("article:last-of-type").cloneNode(true);
        Object.assign(other, {id: "m99"}); Object.assign(other.dataset, {id: 99, revision: 99});
        other.querySelector("time").setAttribute("datetime", "2026-01-16T00:00:00.500000Z");
        socket.listeners("changed")[0]({room: 1, from: 99, to: 99, html: other.outerHTML}); }''')
    await expect(page.locator('.day')).to_have_text([re.compile('14 January'), 'Yesterday', 'Today'])


async def test_a_journey_changes_times_and_days_without_a_reload(open_chat, days):
    page, computer = await on_the_second_day(open_chat, days, 'de-DE')
    await page.get_by_role('button', name='Search', exact=True).click()
    await page.get_by_label('Search messages').fill('message')
    await page.clock.run_for(1_000)
    await knows_its_clock(page, ['Gestern', 'Heute'], ['23:30', '10:00'], ['Heute', '10:00', 'Gestern', '23:30'])
    await travel(computer, 'Asia/Tokyo')
    await page.clock.run_for(6_000)
    await knows_its_clock(page, ['Gestern'], ['08:30', '19:00'], ['Gestern', '19:00', '08:30'])


async def test_messages_of_one_author_within_five_minutes_are_a_group(open_chat, make_server):
    with make_server() as server:
        ann, bob = await open_chat('ann', of=server), await open_chat('bob', of=server)
        for page, text in ((ann, 'a1'), (ann, 'a2'), (bob, 'b1'), (ann, 'a3')):
            await say(page, text)
            await expect(ann.get_by_text(text, exact=True)).to_be_visible()
            await expect(bob.get_by_text(text, exact=True)).to_be_visible()
        for page in (ann, bob):
            await expect(page.locator('article:not(.system)')).to_have_count(4)  # what is pending is none yet
            follows = await page.evaluate('[...document.querySelectorAll("article:not(.system)")].map(a => a.classList.contains("follows"))')
            assert follows == [False, True, False, False]
            assert await page.locator('.day').count() == 1
        mine = await ann.evaluate('getComputedStyle(document.querySelector("article:not(.system) .name")).color')
        theirs = await bob.evaluate('getComputedStyle(document.querySelector("article:not(.system) .name")).color')
        assert mine != theirs, 'my messages are recognisable'


async def post(server, first, end):
    async with server.program('carl') as carl:
        for i in range(first, end):
            await carl.ask('send_message', f'message {i}')


async def test_who_reads_older_messages_keeps_the_place_however_much_was_missed(open_chat, make_server):
    """What is shown is brought up to date, and scrolling down finds all the rest."""
    with with_history(make_server(main=WITH_DOORS)) as server:
        ann = await open_chat('ann', of=server)
        await scroll_to(ann, 900)
        await asyncio.sleep(0.5)
        article, top = await anchor(ann)
        number = int(article[1:])
        await disconnect(ann)
        async with server.program('bob') as bob, server.program('ann') as other:
            writer = bob if (number // 3) % 2 else other
            await writer.sio.call('test_edit', (number, f'message {number}, better'))
            await post(server, 601, 901)
        await ann.context.set_offline(False)
        await expect(ann.get_by_text(f'message {number}, better')).to_be_visible(timeout=15_000)
        assert abs(await place(ann, article) - top) <= 1
        await expect(ann.get_by_role('button', name='New messages')).to_be_visible()
        for _ in range(60):
            await scroll_to(ann, 10**6)
            await asyncio.sleep(0.08)
            now = numbers([text.split('\n')[0].split(',')[0] for text in await texts(ann)], r'message (\d+)')
            assert now == list(range(now[0], now[-1] + 1)), 'no gap'
            if now[-1] == 900:
                break
        assert now[-1] == 900
        await scroll_to(ann, 10**6)
        await expect(ann.get_by_role('button', name='New messages')).to_be_hidden()


async def test_older_messages_that_come_after_a_new_start_are_not_put_above_it(open_chat, make_server):
    """They were asked for before more was missed than a page asks for: between them would be a hole."""
    with with_history(make_server()) as server:
        ann = await open_chat('ann', of=server)
        await ann.evaluate('''() => { const emit = socket.emit.bind(socket); window.held = [];
            socket.emit = (event, data, answer) => event === "scroll"
                ? emit(event, data, (...args) => window.held.push(() => answer(...args))) : emit(event, data, answer); }''')
        await scroll_to(ann, 0)
        await ann.wait_for_function('window.held.length')
        await ann.evaluate('document.querySelector("[role=log]").scrollTop = 1e6')
        await ann.evaluate('socket.off("changed")')
        await post(server, 601, 901)
        await ann.evaluate('socket.io.engine.close()')
        await expect(ann.get_by_text('message 900')).to_be_visible(timeout=15_000)
        await ann.evaluate('window.held.splice(0).forEach(answer => answer())')
        await asyncio.sleep(0.3)
        now = await shown(ann)
        assert now == list(range(now[0], now[-1] + 1)), 'no hole'


@pytest.fixture(scope='module')
def rich_server(tmp_path_factory):
    """A room with 2,100 messages of all kinds: prose, code, lists, replies, reactions, some of them deleted."""
    with Server(tmp_path_factory.mktemp('rich')) as server:
        server.cookie('ann')
        server.cookie('bob')
    bodies = ['short', 'two\nlines', 'word ' * 120, '```python\ndef f():\n    return 1\n```', '- a\n- b\n\n> quoted', '🎉', '**bold** `code` https://example.com/' + 'x' * 90]
    with sqlite3.connect(server.database) as connection:
        connection.execute('DELETE FROM messages')  # who joined
        connection.executemany(
            'INSERT INTO messages (id, room, author, body, created_at, revision, reply_to, edited_at, deleted_at) VALUES (?, 1, ?, ?, ?, ?, ?, ?, ?)',
            [(i, 1 + i // 4 % 2, '' if i % 23 == 5 else bodies[i % 7], f'2026-{1 + i // 200:02}-{1 + i % 200 // 10:02}T10:00:00.000+00:00', i,
              i - 3 if i % 11 == 7 else None, '2026-11-01T10:00:00.000+00:00' if i % 13 == 0 else None, '2026-11-01T10:00:00.000+00:00' if i % 23 == 5 else None)
             for i in range(1, 2101)])
        connection.executemany('INSERT INTO reactions (message, user, emoji) VALUES (?, 1, ?)', [(i, '👍') for i in range(1, 2101) if i % 9 == 0 and i % 23 != 5])
        connection.execute('UPDATE rooms SET revision = 2100')
        connection.execute('UPDATE memberships SET last_read_id = 2100')
    connection.close()
    with server:
        yield server


SCROLL_UP = '''async () => {
    const log = document.querySelector("[role=log]"), pause = (ms) => new Promise((then) => setTimeout(then, ms));
    const first = () => [...log.querySelectorAll("article:not([hidden])")];
    const oldest = () => +first()[0].dataset.id;
    let worst = 0, still = 0;
    while (oldest() > 50 && still < 200) {
        log.scrollTop -= 600;
        await pause(0);
        const top = log.getBoundingClientRect().top, before = oldest();
        const texts = first().map((article) => article.querySelector(".text"));
        const read = texts.find((text) => text.getBoundingClientRect().top >= top), at = read.getBoundingClientRect().top;
        await pause(25);
        worst = Math.max(worst, Math.abs(read.getBoundingClientRect().top - at));
        still = oldest() === before && log.scrollTop === 0 ? still + 1 : 0;
    }
    return [worst, oldest()]; }'''


async def test_what_is_being_read_stays_where_it_is_over_2000_messages_up(open_chat, rich_server):
    page = await open_chat('ann', of=rich_server)
    moved, oldest = await page.evaluate(SCROLL_UP)
    assert oldest <= 50
    assert moved <= 1
    assert await page.locator('article').count() <= 200

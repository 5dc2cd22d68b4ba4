"""What waits until the server has done it: nothing is lost by a reload, a closed tab or a dead network."""
import asyncio

import pytest
from playwright.async_api import expect

from .acting import READY, disconnect, link, say, shows_room

pytestmark = pytest.mark.browser
NO_LOCKS = 'Object.defineProperty(navigator, "locks", {value: undefined})'
'''As on plain http.'''


@pytest.fixture(params=['locks', 'no locks'])
async def page(request, open_chat, room):
    page = await open_chat('ann')
    if request.param == 'no locks':
        await page.context.add_init_script(NO_LOCKS)
        await page.reload()
    await page.wait_for_function(READY)
    await link(page, room).click()
    await shows_room(page, room)
    return page


async def post(program, room, *texts):
    return [(await program.ask('send_message', {'room': room, 'message': text}))['id'] for text in texts]


async def arrives(program, room, text):
    async with asyncio.timeout(30):
        while text not in [each['message'] for each in (await program.ask('history', {'room': room}))['messages']]:
            await asyncio.sleep(0.1)


def tool(page, number, name):
    return page.locator(f'#m{number}').get_by_role('button', name=name, exact=True)


async def choose(page, number, entry):
    await page.locator(f'#m{number}').hover()
    await tool(page, number, 'More').click()
    await page.get_by_role('menuitem', name=entry).click()


async def hang_up(page):
    """No connection until the page is loaded anew."""
    await page.evaluate('void socket.disconnect()')


async def kept(page):
    return await page.evaluate('Object.keys(localStorage).filter(key => key.includes(".out.")).length')


async def test_all_that_was_done_without_a_connection_is_done_after_a_reload(page, ann, bob, room):
    edited, deleted, liked, pinned, saved = await post(ann, room, 'to edit', 'to delete', 'to like', 'to pin', 'to save')
    await expect(page.locator(f'#m{saved}')).to_be_visible()
    await page.get_by_label('Message', exact=True).press('ArrowUp')
    await page.keyboard.press('Escape')
    await page.locator(f'#m{edited}').hover()
    await tool(page, edited, 'Edit').click()
    await expect(page.get_by_label('Edit message')).to_be_focused()
    await hang_up(page)
    await page.get_by_label('Edit message').fill('was edited')
    await page.keyboard.press('Enter')
    await choose(page, deleted, 'Delete')
    await page.locator(f'#m{liked}').hover()
    await tool(page, liked, 'React with 👍').click()
    await expect(page.locator('#note')).to_have_text('There is no connection: this is done as soon as it is back.')
    await choose(page, pinned, 'Pin to this room')
    await choose(page, saved, 'Save for me')
    for text in ('first', 'second', 'third'):
        await say(page, text)
    assert await kept(page) == 8
    await page.reload()
    await expect(page.locator('.pending')).to_have_count(0)
    await expect(page.locator(f'#m{edited} .text')).to_have_text('was edited (edited)')
    await expect(page.locator(f'#m{deleted}')).to_be_hidden()
    await expect(page.locator(f'#m{liked} .reaction')).to_have_text('👍 1')
    await expect(page.locator(f'#m{pinned} .pinned')).to_have_text('pinned')
    await expect(page.locator('article:not([hidden]) .text')).to_have_text(
        ['was edited (edited)', 'to like', 'to pin', 'to save', 'first', 'second', 'third'])
    assert (await ann.ask('saved', {}))['messages'][0]['id'] == saved
    await page.wait_for_function('!Object.keys(localStorage).some(key => key.includes(".out."))')
    listed = (await bob.ask('history', {'room': room}))['messages']
    assert [each['message'] for each in listed][-3:] == ['first', 'second', 'third'], 'once, and in order'


async def test_what_a_closed_tab_left_another_one_sends(page, bob, room):
    other = await page.context.new_page()
    await other.goto(page.url)
    await other.wait_for_function(READY)
    await hang_up(page)
    await say(page, 'written in the first tab')
    await page.close(run_before_unload=True)
    await arrives(bob, room, 'written in the first tab')
    await expect(other.locator('article .text')).to_have_text(['written in the first tab'])


async def test_another_tab_leaves_alone_what_waits_in_this_one(page, ann, bob, room):
    other = await page.context.new_page()
    await other.goto(page.url)
    await other.wait_for_function(READY)
    await hang_up(page)
    await say(page, 'not yet')
    await other.wait_for_timeout(7_000)  # it looks every three seconds
    assert await kept(page) == 1
    assert await bob.written(room) == []
    await page.evaluate('void socket.connect()')
    await arrives(bob, room, 'not yet')


async def test_what_undoes_something_that_has_not_gone_replaces_it(page, ann, room):
    [number] = await post(ann, room, 'liked by mistake')
    await expect(page.locator(f'#m{number}')).to_be_visible()
    await page.locator(f'#m{number}').hover()
    await tool(page, number, 'React with 👍').click()
    await expect(page.locator(f'#m{number} .reaction')).to_have_text('👍 1')
    await page.evaluate('''() => { window.asked = []; const {packet} = socket;
        socket.packet = (one) => { window.asked.push(...(one.data || [])); packet.call(socket, one); }; }''')
    await disconnect(page)
    for _ in range(3):
        await page.locator(f'#m{number} .reaction').click()
    assert await kept(page) == 1
    await page.context.set_offline(False)
    await expect(page.locator(f'#m{number} .reaction')).to_have_count(0)
    assert await page.evaluate('window.asked.filter(one => one === "react").length') == 1


async def test_an_edit_that_is_given_up_while_it_waits_is_not_made(page, ann, room):
    [number] = await post(ann, room, 'as it is')
    await expect(page.locator(f'#m{number}')).to_be_visible()
    await page.locator(f'#m{number}').hover()
    await tool(page, number, 'Edit').click()
    await expect(page.get_by_label('Edit message')).to_be_focused()
    await disconnect(page)
    await page.get_by_label('Edit message').fill('regretted')
    await page.keyboard.press('Enter')
    await expect(page.get_by_text('Saved as soon as the connection is back.')).to_be_visible()
    assert await kept(page) == 1
    await page.keyboard.press('Escape')
    assert await kept(page) == 0


async def test_a_page_that_is_told_that_it_is_logged_out_does_not_ask_again_at_once(page, room):
    await page.evaluate('''() => { window.asked = 0; socket.timeout = () => ({emit: (name, of, then) => {
        window.asked++; setTimeout(() => then(null, {code: "not_logged_in"})); }}); }''')
    await say(page, 'nobody takes it')
    await page.wait_for_timeout(500)
    assert await page.evaluate('window.asked') == 1
    assert await kept(page) == 1


async def test_a_full_storage_stops_nobody(page, bob, room):
    await page.evaluate('void (Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); })')
    await say(page, 'nowhere kept')
    await expect(page.locator('article .text')).to_have_text(['nowhere kept'])
    await disconnect(page)
    await say(page, 'only in this page')
    await page.context.set_offline(False)
    await arrives(bob, room, 'only in this page')


async def test_everything_works_on_a_slow_line(open_chat, ann, room):
    """Half a round trip of 300 ms, by the page's own switch."""
    [number] = await post(ann, room, 'far away')
    page = await open_chat('ann')
    await page.goto(f'{page.url.split("?")[0].rpartition("/chat")[0]}/chat/{room}?latency=300')
    await page.wait_for_function(READY)
    await say(page, 'patience')
    await expect(page.locator('.pending')).to_have_text(['patience'])
    await expect(page.locator('article .text')).to_have_text(['far away', 'patience'])
    await choose(page, number, 'Save for me')
    await expect(page.locator('.said')).to_have_text('Saved for you.')
    await page.get_by_role('button', name='Saved').click()
    await expect(page.locator('.panel .found').first).to_contain_text('far away')


AN_HOUR_AGO = '''() => { for (const key of Object.keys(localStorage).filter(key => key.includes(".out.")))
    localStorage.setItem(key, JSON.stringify({...JSON.parse(localStorage.getItem(key)), since: Date.now() - 3601e3})); }'''


async def leave_behind(page, *texts):
    """Wait without a connection, in a tab that is closed; the next one begins elsewhere."""
    await hang_up(page)
    for text in texts:
        await say(page, text)
    await page.close(run_before_unload=True)


async def next_page(context, server):
    page = await context.new_page()
    await page.goto(server.url + '/chat/1')
    await page.wait_for_function(READY)
    return page


async def test_what_a_closed_browser_left_the_next_page_of_the_same_person_sends_once(page, bob, room, server):
    context = page.context
    await leave_behind(page, 'first', 'second')
    pages = await asyncio.gather(*(next_page(context, server) for _ in range(3)))
    await arrives(bob, room, 'second')
    await link(pages[0], room).click()
    await expect(pages[0].locator('article .text')).to_have_text(['first', 'second'])
    assert await kept(pages[0]) == 0


async def test_after_an_hour_texts_are_offered_in_their_room_and_not_sent(page, ann, bob, room, server):
    [number, deleted] = await post(ann, room, 'as it was', 'to delete')
    await expect(page.locator(f'#m{deleted}')).to_be_visible()
    await page.locator(f'#m{number}').hover()
    await tool(page, number, 'Edit').click()
    await expect(page.get_by_label('Edit message')).to_be_focused()
    await hang_up(page)
    await page.get_by_label('Edit message').fill('edited late')
    await page.keyboard.press('Enter')
    await choose(page, deleted, 'Delete')
    context, written = page.context, page.get_by_label('Message', exact=True)
    await written.focus()
    await leave_behind(page, 'first', 'second')
    before = await context.new_page()
    await before.goto(server.url + '/assets/none')
    await before.evaluate(AN_HOUR_AGO)
    following = await next_page(context, server)
    await bob.wait_for('message_changed', id=deleted, deleted=True)
    await expect(link(following, room).get_by_role('img', name='draft')).to_be_visible()
    await link(following, room).click()
    await expect(following.get_by_role('alert')).to_contain_text('Not sent')
    await expect(following.get_by_label('Message', exact=True)).to_have_value('edited late\nfirst\nsecond')
    await expect(following.locator('article:not([hidden]) .text')).to_have_text(['as it was'])
    assert await kept(following) == 0


async def test_who_leaves_what_could_not_be_kept_is_asked(page, room, ann):
    asked = []

    async def accept(dialog):
        asked.append(dialog.type)
        await dialog.accept()

    page.on('dialog', accept)
    await hang_up(page)
    await say(page, 'kept')
    await page.reload()
    await page.wait_for_function(READY)
    await link(page, room).click()
    await expect(page.locator('article .text')).to_have_text(['kept'])
    assert asked == []
    await page.evaluate('void (Storage.prototype.setItem = () => { throw new DOMException("full", "QuotaExceededError"); })')
    await hang_up(page)
    await say(page, 'not kept')
    await page.reload()
    assert asked == ['beforeunload']


async def test_a_copy_of_a_tab_does_not_carry_out_a_deletion_that_the_first_one_lets_undo(page, ann, bob, room):
    [number] = await post(ann, room, 'maybe')
    await expect(page.locator(f'#m{number}')).to_be_visible()
    kept_here = await page.evaluate('JSON.stringify({...sessionStorage})')
    await choose(page, number, 'Delete')
    copy = await page.context.new_page()
    await copy.add_init_script(f'if (!sessionStorage.length) Object.assign(sessionStorage, {kept_here})')
    await copy.goto(page.url)
    await copy.wait_for_function(READY)
    await copy.reload()
    await copy.close(run_before_unload=True)
    await page.get_by_role('button', name='Undo').click()
    await expect(page.locator(f'#m{number}')).to_be_visible()
    await page.wait_for_timeout(5_500)
    assert (await bob.ask('history', {'room': room}))['messages'][-1]['message'] == 'maybe'


async def test_a_deletion_of_a_page_is_not_made_by_who_logs_in_meanwhile(page, ann, room, server):
    """Its page tells so when it goes, and the cookie may be of somebody else."""
    [number] = await post(ann, room, 'of Ann')
    me = await page.evaluate('document.querySelector("[role=log]").dataset.me')
    status = '([number, by]) => fetch(`/delete/${number}?by=${by}`, {method: "POST"}).then((answer) => answer.status)'
    assert await page.evaluate(status, [number, int(me) + 1]) == 401
    assert await page.evaluate(status, [number, int(me)]) == 204

"""Two browsers talk; what is written is kept; nothing that is written runs."""
import asyncio
import re

import httpx
import pytest
from playwright.async_api import expect

from .acting import READY, disconnect, say, texts

pytestmark = pytest.mark.browser


async def test_two_browsers_talk(open_chat):
    ann, bob = await open_chat('ann'), await open_chat('bob')
    await say(ann, 'Hello from Ann')
    await expect(bob.get_by_text('Hello from Ann')).to_be_visible()
    await say(bob, 'Hello from Bob')
    await expect(ann.get_by_text('Hello from Bob')).to_be_visible()
    assert (await texts(ann))[-2:] == (await texts(bob))[-2:] == ['Hello from Ann', 'Hello from Bob']
    await expect(ann.locator('.pending')).to_have_count(0)


async def test_what_was_missed_while_offline_is_there_afterwards(open_chat):
    """100 messages in 10 s, each once, in order; what was written meanwhile is delivered once."""
    ann, bob = await open_chat('ann'), await open_chat('bob')
    await disconnect(bob)
    await expect(bob.get_by_text('Reconnecting ...')).to_be_visible()
    for i in range(100):
        await say(ann, f'while bob was away {i}')
        await asyncio.sleep(0.08)
    await say(bob, 'from afar 1')
    await say(bob, 'from afar 2')
    await expect(bob.locator('.pending')).to_have_text(['from afar 1', 'from afar 2'])
    await expect(ann.locator('.pending')).to_have_count(0, timeout=30_000)  # faster than allowed
    await bob.context.set_offline(False)
    await expect(ann.get_by_text('from afar 2')).to_be_visible(timeout=15_000)
    await expect(bob.get_by_text('Reconnecting ...')).to_be_hidden()
    await expect(bob.locator('article').last).to_contain_text('from afar 2')
    expected = [*(f'while bob was away {i}' for i in range(100)), 'from afar 1', 'from afar 2']
    assert (await texts(bob))[-102:] == (await texts(ann))[-102:] == expected
    await expect(bob.locator('.pending')).to_have_count(0)


async def test_what_was_sent_just_before_much_was_missed_does_not_stay_pending(open_chat, make_server):
    """Its message is not on the newest page, which is all that the browser gets then."""
    with make_server() as server:
        ann = await open_chat('ann', of=server)
        await ann.evaluate('socket.off("changed")')
        await say(ann, 'just before')
        await expect(ann.locator('.pending[id]')).to_have_count(1)
        async with server.program('bob') as bob:
            await asyncio.gather(*(bob.ask('send_message', f'missed {i}') for i in range(250)))
            await ann.evaluate('socket.io.engine.close()')
        await expect(ann.get_by_text('missed 249')).to_be_visible(timeout=15_000)
        await expect(ann.locator('.pending')).to_have_count(0)


async def test_what_is_pending_survives_a_reload(open_chat, make_server):
    with make_server() as server:
        ann = await open_chat('ann', of=server)
        await disconnect(ann)
        await say(ann, 'first')
        await say(ann, 'second')
        await expect(ann.locator('.pending')).to_have_count(2)
        await ann.context.set_offline(False)
        await ann.reload()
        await expect(ann.locator('article .text')).to_have_text(['first', 'second'])
        await expect(ann.locator('.pending')).to_have_count(0)
        await ann.reload()
        assert await texts(ann) == ['first', 'second']


async def test_an_unsent_text_survives_a_reload_and_the_death_of_the_tab(open_chat):
    ann = await open_chat('dora')
    field = ann.get_by_label('Message', exact=True)
    await field.fill('half a thought\nand more')
    await ann.reload()
    await expect(field).to_have_value('half a thought\nand more')
    tab = await ann.context.new_page()
    await ann.close()
    await tab.goto(ann.url)
    await expect(tab.get_by_label('Message', exact=True)).to_have_value('half a thought\nand more')
    await tab.keyboard.press('Enter')
    await expect(tab.get_by_text('half a thought')).to_be_visible()
    await tab.reload()
    await expect(tab.get_by_label('Message', exact=True)).to_have_value('')


async def test_a_text_that_is_too_long_stays_with_a_sentence(open_chat):
    ann = await open_chat('ann')
    await say(ann, 'x' * 4001)
    await expect(ann.get_by_role('alert')).to_contain_text('4000')
    await expect(ann.get_by_label('Message', exact=True)).to_have_value('x' * 4001)
    await ann.get_by_label('Message', exact=True).fill('shorter')
    await expect(ann.get_by_role('alert')).to_be_hidden()


async def test_a_refused_text_comes_back_with_the_reason(open_chat):
    ann = await open_chat('ann')
    await say(ann, '\u200b')
    await expect(ann.get_by_role('alert')).to_contain_text('empty')
    await expect(ann.get_by_label('Message', exact=True)).to_have_value('\u200b')
    await expect(ann.locator('.pending')).to_have_count(0)


async def test_enter_sends_and_shift_enter_breaks_the_line(open_chat):
    ann = await open_chat('ann')
    field = ann.get_by_label('Message', exact=True)
    await field.type('one')
    low = (await field.bounding_box())['height']
    await ann.keyboard.press('Shift+Enter')
    await field.type('two')
    assert (await field.bounding_box())['height'] > low
    await ann.keyboard.press('Enter')
    await expect(ann.locator('article').last.locator('.text')).to_have_text('one\ntwo')
    assert await ann.locator('article .text').last.inner_text() == 'one\ntwo'
    await expect(field).to_have_value('')
    assert (await field.bounding_box())['height'] == low


async def test_the_field_grows_to_eight_lines(open_chat):
    ann = await open_chat('ann')
    field = ann.get_by_label('Message', exact=True)
    heights = []
    for lines in (1, 8, 9, 30):
        await field.fill('\n'.join('x' * lines))
        heights.append((await field.bounding_box())['height'])
    one, eight, nine, thirty = heights
    assert one < eight
    assert eight <= nine <= eight + 2
    assert nine == thirty


async def test_an_input_method_that_composes_does_not_send(open_chat):
    ann = await open_chat('ann')
    field = ann.get_by_label('Message', exact=True)
    await field.fill('にほ')
    await field.evaluate('''f => f.dispatchEvent(
        new KeyboardEvent("keydown", {key: "Enter", isComposing: true, bubbles: true, cancelable: true}))''')
    await asyncio.sleep(0.2)
    await expect(field).to_have_value('にほ')


HOSTILE = ['<script>window.hit = 1</script>', '<img src=x onerror="window.hit = 1">', 'javascript:window.hit=1',
           '[x](javascript:window.hit=1)', ':onclick="window.hit = 1"', '"><svg onload="window.hit = 1">', '${window.hit = 1}',
           '{{window.hit = 1}}', '`);window.hit=1;//', '</textarea><script>window.hit=1</script>', '&lt;script&gt;',
           '\u202e<b>evil', 'https://example.com/"onclick="window.hit=1', 'e' + '\u0301' * 2000, '\\', '</article></div>']


async def test_half_a_character_does_not_jam_the_tab(open_chat):
    ann = await open_chat('ann')
    await ann.get_by_label('Message', exact=True).evaluate('f => { f.value = "cut \\ud83d"; f.dispatchEvent(new Event("input")); }')
    await ann.get_by_label('Message', exact=True).press('Enter')
    await say(ann, 'after it')
    await expect(ann.locator('article').last).to_contain_text('after it')
    await expect(ann.locator('.pending')).to_have_count(0)


async def test_nothing_that_is_written_runs(open_chat):
    ann, bob = await open_chat('ann'), await open_chat('bob')
    await bob.keyboard.press('Escape')
    for text in HOSTILE:
        await say(ann, text)
    await expect(bob.locator('article').last.locator('.text')).to_have_text('</article></div>')
    await bob.reload()
    await bob.wait_for_function(READY)
    for page in (ann, bob):
        assert (await texts(page))[-len(HOSTILE):] == HOSTILE
        assert await page.evaluate('window.hit') is None
        assert await page.locator('article script, article img, article svg, article b').count() == 0
        assert await page.evaluate('[...document.querySelectorAll("article a")].every(a => /^https?:/.test(a.href))')
    assert await bob.evaluate('document.documentElement.scrollWidth <= innerWidth')


async def test_a_link_opens_elsewhere_and_tells_nothing(open_chat):
    ann = await open_chat('ann')
    await say(ann, 'see https://example.com/a?b=1.')
    link = ann.get_by_role('link', name='https://example.com/a?b=1')
    await expect(link).to_have_attribute('rel', 'noopener noreferrer nofollow')
    await expect(link).to_have_attribute('target', '_blank')
    await expect(link).to_have_attribute('href', 'https://example.com/a?b=1')


async def test_an_edit_and_a_deletion_arrive_live_and_after_having_been_away(open_chat, server):
    async with server.program('ann') as ann:
        ids = [(await ann.ask('send_message', f'number {i}'))['id'] for i in range(4)]
        bob = await open_chat('bob')
        await ann.sio.call('test_edit', (ids[0], 'number 0, better'))
        await ann.sio.call('test_delete', (ids[1],))
        await expect(bob.get_by_text('number 0, better')).to_be_visible()
        await expect(bob.get_by_text('number 1', exact=True)).to_have_count(0)
        await disconnect(bob)
        await ann.sio.call('test_edit', (ids[2], 'number 2, better'))
        await ann.sio.call('test_delete', (ids[3],))
        await bob.context.set_offline(False)
        await expect(bob.get_by_text('number 2, better')).to_be_visible(timeout=15_000)
        assert [re.sub(r'\s*\(edited\)', '', text) for text in (await texts(bob))[-2:]] == ['number 0, better', 'number 2, better']


async def test_logging_out_in_one_tab_ends_the_others_within_a_second(open_chat):
    ann = await open_chat('lea')
    tab = await ann.context.new_page()
    await tab.goto(ann.url)
    await tab.get_by_label('Message', exact=True).fill('never sent')
    await ann.get_by_role('button', name='Log out').click()
    await expect(tab.get_by_label('Password')).to_be_visible()
    await expect(ann.get_by_label('Password')).to_be_visible()
    await tab.wait_for_function('sessionStorage.length + localStorage.length - !!sessionStorage.__nicegui_tab_id'
                                ' - !!sessionStorage.__nicegui_tab_closed === 0')


async def test_without_a_connection_logging_out_says_so_and_sends_nothing(open_chat):
    ann, bob = await open_chat('zoe'), await open_chat('bob')
    await disconnect(ann)
    await say(ann, 'waiting')
    await ann.get_by_role('button', name='Log out').click()
    await expect(ann.get_by_role('alert')).to_contain_text('still logged in')
    await ann.context.set_offline(False)
    await expect(bob.get_by_text('waiting', exact=True)).to_be_visible(timeout=15_000)
    await ann.get_by_role('button', name='Log out').click()
    await expect(ann.get_by_label('Password')).to_be_visible()


async def test_a_tab_that_was_offline_when_its_session_ended_shows_and_sends_nothing(open_chat, server):
    ann, bob = await open_chat('mia'), await open_chat('bob')
    cookies = {cookie['name']: cookie['value'] for cookie in await ann.context.cookies()}
    await disconnect(ann)
    await say(ann, 'too late')
    await asyncio.to_thread(httpx.post, server.url + '/logout', cookies=cookies)
    await say(bob, 'not for mia')
    await ann.context.set_offline(False)
    await expect(ann.get_by_label('Password')).to_be_visible(timeout=15_000)
    await asyncio.sleep(0.5)
    assert 'too late' not in await texts(bob)


async def test_pages_come_back_after_a_restart(open_chat, make_server):
    server = make_server().start()
    ann, bob = await open_chat('ann', of=server), await open_chat('bob', of=server)
    await say(ann, 'before')
    await expect(bob.get_by_text('before')).to_be_visible()
    server.stop()
    await expect(bob.get_by_text('Reconnecting ...')).to_be_visible()
    await say(bob, 'written while the server was down')
    server.start()
    await expect(ann.get_by_text('written while the server was down')).to_be_visible(timeout=20_000)
    await expect(bob.locator('article .text')).to_have_text(['before', 'written while the server was down'], timeout=20_000)


async def test_faster_than_allowed_waits_as_pending_and_goes_out_in_order(open_chat, make_server):
    with make_server(CHATROOM_RATE_LIMITS='on') as server:
        ann = await open_chat('ann', of=server)
        await ann.evaluate('''() => {
            const field = document.getElementById("composer");
            for (let i = 0; i < 20; i++) { field.value = i; document.querySelector(".send").click(); }
        }''')
        await expect(ann.locator('article .text').nth(9)).to_be_visible()
        assert await ann.locator('.pending').count()
        await expect(ann.locator('article .text')).to_have_text([f'{i}' for i in range(20)], timeout=15_000)
        await expect(ann.locator('.pending')).to_have_count(0)


@pytest.mark.parametrize('text', ['שלום עולם', 'مرحبا', '😀👩‍👩‍👧‍👦', 'ไทย'])
async def test_any_script_and_direction(open_chat, text):
    ann = await open_chat('ann')
    await say(ann, text)
    last = ann.locator('article .text').last
    await expect(last).to_have_text(text)
    await expect(last).to_have_attribute('dir', 'auto')


async def test_a_message_is_never_shown_twice_not_even_for_a_moment(open_chat):
    """Neither as what waits and what came, nor as nothing in between."""
    ann = await open_chat('ann')
    await ann.evaluate('''() => { window.counts = new Set();
        new MutationObserver(() => { const shown = [...document.querySelectorAll("[role=log] .text")];
            for (let i = 0; i < 30; i++) window.counts.add(shown.filter(text => text.textContent === `once ${i}`).length); })
            .observe(document.querySelector("[role=log]"), {childList: true, subtree: true}); }''')
    for i in range(30):
        await say(ann, f'once {i}')
    await expect(ann.locator('article').get_by_text('once 29')).to_be_visible()
    assert set(await ann.evaluate('[...window.counts]')) == {0, 1}

"""A page that outlives its client at the server goes on as it is."""
import asyncio
import signal

import pytest
from playwright.async_api import expect

from .acting import READY, disconnect, say, texts

pytestmark = pytest.mark.browser
CONNECTED = 'window.socket.connected'


async def test_a_restart_leaves_the_page_as_it_is(open_chat, make_server):
    """Not reloaded: what is half done, and the place of the reader, stay."""
    server = make_server().start()
    ann = await open_chat('ann', of=server)
    async with server.program('bob') as bob:
        for i in range(60):
            await bob.ask('send_message', f'line {i}')
    await expect(ann.get_by_text('line 59')).to_be_visible()
    await ann.locator('[role=log]').evaluate('log => { log.scrollTop = 300; }')
    await ann.get_by_label('Message', exact=True).fill('half a thought')
    await ann.evaluate('window.mark = 1')
    place = await ann.get_by_text('line 5', exact=True).bounding_box()
    await asyncio.to_thread(server.stop, signal.SIGKILL)
    await expect(ann.get_by_text('Reconnecting ...')).to_be_visible()
    await asyncio.to_thread(server.start)
    await ann.wait_for_function(CONNECTED)
    await expect(ann.get_by_text('Reconnecting ...')).to_be_hidden()
    assert await ann.evaluate('window.mark') == 1
    assert await ann.get_by_text('line 5', exact=True).bounding_box() == place
    await ann.keyboard.press('Enter')
    await expect(ann.get_by_text('half a thought')).to_be_visible()
    async with server.program('bob') as bob:
        await bob.ask('send_message', 'after the restart')
    await expect(ann.get_by_text('after the restart')).to_be_visible()
    assert (await texts(ann))[-3:] == ['line 59', 'half a thought', 'after the restart']
    await ann.get_by_role('button', name='Log out').click()
    await expect(ann.get_by_label('Password')).to_be_visible()


async def test_a_page_of_another_version_reloads(open_chat, make_server):
    server = make_server().start()
    ann = await open_chat('ann', of=server)
    await ann.evaluate('window.mark = 1; socket.io.opts.query.build = "older"')
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)
    await ann.wait_for_function('!window.mark && ' + READY)
    await say(ann, 'it works')
    await expect(ann.get_by_text('it works')).to_be_visible()


async def test_a_page_does_not_become_somebody_elses(open_chat, make_server):
    """What Ann wrote and did not send must not go out under the name of who logs in after her."""
    server = make_server().start()
    page = await open_chat('ann', of=server)
    await disconnect(page)
    await say(page, 'only Ann says this')
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)
    cookie = server.cookie('bob')
    await page.context.add_cookies([{'name': name, 'value': value, 'url': server.url} for name, value in cookie.items()])
    await page.context.set_offline(False)
    await expect(page.locator('.me')).to_have_text('bob', timeout=15_000)
    await say(page, 'Bob says this')
    await expect(page.locator('article .text')).to_have_text(['Bob says this'])


async def test_a_page_whose_session_ended_meanwhile_goes_to_the_entry(open_chat, make_server):
    server = make_server().start()
    ann = await open_chat('ann', of=server)
    (cookie,) = [c for c in await ann.context.cookies() if c['name'] == 'chatroom_session']
    await disconnect(ann)
    assert server.post('/logout', cookies={cookie['name']: cookie['value']}).status_code == 303
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)
    await ann.context.set_offline(False)
    await expect(ann.get_by_label('Password')).to_be_visible(timeout=15_000)


async def test_a_page_that_was_prefetched_comes_back_too(open_chat, make_server):
    """NiceGUI lets such pages make themselves known in another way."""
    server = make_server().start()
    ann = await open_chat('ann', of=server)
    await ann.set_extra_http_headers({'Sec-Purpose': 'prefetch'})
    await ann.reload()
    await ann.wait_for_function(READY)
    await ann.set_extra_http_headers({})
    await asyncio.to_thread(server.stop)
    await asyncio.to_thread(server.start)
    await say(ann, 'after the restart')
    await expect(ann.locator('article').get_by_text('after the restart')).to_be_visible(timeout=15_000)


async def test_who_logs_in_again_in_another_tab_keeps_what_waits(open_chat, make_server):
    with make_server() as server:
        ann = await open_chat('ann', of=server)
        await disconnect(ann)
        await say(ann, 'waiting')
        again = server.cookie('ann')
        await ann.context.add_cookies([{'name': name, 'value': value, 'url': server.url} for name, value in again.items()])
        await ann.context.set_offline(False)
        await expect(ann.locator('article .text')).to_have_text(['waiting'], timeout=15_000)
        await expect(ann.locator('.pending')).to_have_count(0)


async def test_a_page_whose_scripts_did_not_come_loads_again(open_chat, make_server):
    """The server died while the page was loading."""
    with make_server() as server:
        ann = await open_chat('ann', of=server)
        await ann.route('**/assets/*.js', lambda route: route.abort())
        await ann.goto(server.url + '/chat')
        await asyncio.sleep(1)
        await ann.unroute('**/assets/*.js')
        await ann.wait_for_function(READY)
        await say(ann, 'alive')
        await expect(ann.locator('article').get_by_text('alive')).to_be_visible()


async def test_logging_out_that_gets_no_answer_loses_nothing(open_chat, make_server):
    with make_server() as server:
        ann = await open_chat('ann', of=server)
        await ann.route('**/logout', lambda route: route.abort())
        await ann.evaluate('document.getElementById("composer").value = "kept"; leave.click(); document.querySelector(".send").click()')
        await expect(ann.locator('article').get_by_text('kept')).to_be_visible()
        await ann.get_by_role('button', name='Log out').click()
        await expect(ann.get_by_role('alert')).to_contain_text('still logged in')
        await ann.unroute('**/logout')
        await ann.get_by_role('button', name='Log out').click()
        await expect(ann.get_by_label('Password')).to_be_visible()
        await ann.goto(server.url + '/chat')
        await expect(ann.get_by_label('Password')).to_be_visible()

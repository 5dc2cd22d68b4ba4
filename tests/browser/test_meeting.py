"""Whom nothing connects me with yet is met at once: no word for them goes anywhere else, however late the server is."""
import pytest
from playwright.async_api import expect

from .acting import KNOWS_ROOMS, lines, link, say

pytestmark = pytest.mark.browser


@pytest.fixture(params=lines(0))
async def slow(request, open_chat, server):
    """Ann's page on a line by which all that she sends comes so many milliseconds later."""
    page = await open_chat('ann')
    await page.goto(f'{server.url}/chat/1?latency={request.param}')
    await page.wait_for_function(KNOWS_ROOMS)
    await page.get_by_label('Message', exact=True).fill('a draft that stays')
    return page


async def choose(page, name, *, on_a_dead_line=False):
    await page.keyboard.press('Control+k')
    await page.keyboard.type(name)
    await expect(page.locator('.switcher [aria-selected=true]')).to_contain_text(name)
    if on_a_dead_line:
        await page.evaluate('socket.packet = () => {}')
    await page.keyboard.press('Enter')


async def stranger(server, request):
    """Somebody whom ann has never written to."""
    name = f'new{abs(hash(request.node.name)) % 10**9}'
    async with server.program(name):
        return name


async def test_what_is_typed_at_once_is_for_whom_was_chosen(slow, bob, server, request):
    name = await stranger(server, request)
    await choose(slow, name)
    seen = await slow.evaluate('[document.querySelector("h1").textContent, composer.value, document.activeElement.id]')
    assert seen == [name, '', 'composer']
    for text in ('first', 'second'):
        await slow.keyboard.type(text)
        await slow.keyboard.press('Enter')
    await slow.keyboard.type('and mo')
    await expect(slow.locator('article .text')).to_have_text(['first', 'second'])
    await slow.keyboard.type('re')
    await expect(slow.get_by_label('Message', exact=True)).to_have_value('and more')
    await expect(slow.locator('.sidebar [aria-current]')).to_have_attribute('title', name)
    assert not {'first', 'second'} & {each['message'] for each in await bob.written(1)}
    await link(slow, 1).click()
    await expect(slow.get_by_label('Message', exact=True)).to_have_value('a draft that stays')
    await slow.go_back()
    await expect(slow.locator('article .text')).to_have_text(['first', 'second'])


async def test_who_goes_elsewhere_meanwhile_stays_there_and_what_was_written_arrives(slow, server, request):
    name, other = await stranger(server, request), f'{await stranger(server, request)}b'
    async with server.program(other):
        await choose(slow, name)
        await slow.keyboard.type('for the first')
        await slow.keyboard.press('Enter')
        await slow.keyboard.type('a draft')
        await choose(slow, other)
        await slow.keyboard.type('for the second')
        await slow.keyboard.press('Enter')
        await expect(slow.locator('article .text')).to_have_text(['for the second'])
        await slow.locator(f'.sidebar a[title="{name}"]').click()
        await expect(slow.locator('article .text')).to_have_text(['for the first'])
        await expect(slow.get_by_label('Message', exact=True)).to_have_value('a draft')


async def test_without_a_connection_it_waits_for_the_next_one_also_over_a_reload(open_chat, server, request):
    page, name = await open_chat('ann'), await stranger(server, request)
    async with server.program(name) as stranger_there:
        await choose(page, name, on_a_dead_line=True)
        await say(page, 'waits')
        await expect(page.locator('.pending .text')).to_have_text('waits')
        await page.reload()
        await page.locator(f'.sidebar a[title="{name}"]').click()
        await expect(page.locator('article .text')).to_have_text(['waits'])
        await expect(page.get_by_label('Message', exact=True)).to_have_value('')
        assert [room['name'] for room in (await stranger_there.ask('rooms', {}))['rooms']].count('ann') == 1


async def test_what_can_not_be_sent_is_there_again_and_goes_nowhere_else(slow, bob, server, request):
    name = await stranger(server, request)
    await slow.evaluate('''() => { const {packet} = socket; window.allow = () => { socket.packet = packet; };
        socket.packet = (one) => {
            if (one.data[0] === "open_direct") one.data[1] = {members: ["nobody at all"]};
            packet.call(socket, one); }; }''')
    await choose(slow, name)
    for text in ('one', 'two'):
        await slow.keyboard.type(text)
        await slow.keyboard.press('Enter')
    await expect(slow.locator('#note')).to_contain_text('nobody at all')
    await expect(slow.locator('.pending')).to_have_count(0)
    await expect(slow.locator('h1')).to_have_text(name)
    await link(slow, 1).click()
    await expect(slow.get_by_label('Message', exact=True)).to_have_value('a draft that stays')
    await slow.evaluate('allow()')
    await choose(slow, name)
    await slow.get_by_label('Message', exact=True).press('Enter')
    await expect(slow.locator('article .text')).to_contain_text(['one'])
    assert not {'one', 'two'} & {each['message'] for each in await bob.written(1)}

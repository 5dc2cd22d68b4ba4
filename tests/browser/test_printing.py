"""The room on paper."""
import re

import pytest
from playwright.async_api import expect

from .acting import show_room, shows_room

pytestmark = pytest.mark.browser

SIZES = '(() => { const {scrollHeight, clientHeight} = document.querySelector("[role=log]"); return [scrollHeight, clientHeight]; })()'
COLORS = 'getComputedStyle(document.querySelector("{}")).{}'


async def test_the_messages_are_printed_whole_and_light_without_what_is_around(open_chat, ann, bob, room):
    for i in range(60):
        await bob.ask('send_message', {'room': room, 'message': f'message {i} ' + 'word ' * i})
    await bob.ask('send_message', {'room': room, 'message': '\n'.join(f'line {i}' for i in range(99))})
    await bob.ask('send_message', {'room': room, 'message': '```\n' + 'wide ' * 99 + '\n```'})
    await ann.ask('read', {'room': room, 'id': 10**9})
    page = await open_chat('ann', color_scheme='dark', viewport={'width': 1200, 'height': 800})
    await show_room(page, room)
    await shows_room(page, room)
    await expect(page.locator('article pre')).to_be_in_viewport()
    await page.get_by_role('button', name='Members').click()
    await page.evaluate('document.querySelector("[role=log]").scrollTop -= 1234')
    place = await page.evaluate('document.querySelector("[role=log]").scrollTop')
    pages = len(re.findall(rb'/Type\s*/Page[^s]', await page.pdf()))
    assert pages >= 4
    await page.emulate_media(media='print')
    for hidden in ('.sidebar', '.composer', '.panel', '.newer', '.unfold', 'header .icon'):
        await expect(page.locator(hidden).first).to_be_hidden()
    await expect(page.locator('h1')).to_be_visible()
    high, shown = await page.evaluate(SIZES)
    assert shown >= high > 4_000, 'nothing is cut'
    code = page.locator('article pre')
    assert await code.evaluate('node => node.scrollWidth <= node.clientWidth + 1')
    long = page.locator('article[data-long] > .text')
    assert await long.evaluate('node => node.scrollHeight <= node.clientHeight + 1')
    for selector in ('body', 'pre'):
        lightness = await page.evaluate(COLORS.format(selector, 'backgroundColor'))
        assert re.match(r'rgb\(25\d|oklch\(0\.9', lightness), selector
    assert re.match(r'oklch\(0\.[12]', await page.evaluate(COLORS.format('article .text', 'color')))
    await page.emulate_media(media='screen')
    await expect(page.locator('.composer')).to_be_visible()
    assert abs(await page.evaluate('document.querySelector("[role=log]").scrollTop') - place) <= 1

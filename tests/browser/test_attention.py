"""What calls somebody: marks, counts and titles that agree in all tabs, notifications that come once."""
import asyncio
import itertools
import re

import pytest
from playwright.async_api import expect

from .acting import KNOWS_ROOMS, disconnect, link, say, show_room, shows_room

pytestmark = pytest.mark.browser

WATCHED = '''
window.shownNotifications = []; window.openNotifications = new Set();
window.Notification = class extends EventTarget {
  static permission = "granted";
  static async requestPermission() { return "granted"; }
  constructor(title, options) {
    super(); this.tag = options.tag; window.shownNotifications.push({title, ...options}); window.last = this;
    window.openNotifications.add(this.tag); }
  close() { window.openNotifications.delete(this.tag); this.dispatchEvent(new Event("close")); }
};
navigator.setAppBadge = async (count) => { window.appBadge = count; };
navigator.clearAppBadge = async () => { window.appBadge = 0; };
window.out = false;
Object.defineProperty(Document.prototype, "hidden", {get: () => window.out});
window.look = (away) => { window.out = away; dispatchEvent(new Event("visibilitychange")); };
'''


NUMBERS = itertools.count(1)


class People:
    """Ann with two tabs and a phone, in rooms of Bob's: `here` is what she looks at in her first tab."""

    def __init__(self, server, open_chat, bob):
        self.server, self.open_chat, self.bob = server, open_chat, bob
        self.number = next(NUMBERS)
        self.named = f'There {self.number}'

    async def begin(self):
        async with self.server.program('ann') as ann:
            for room in (await ann.ask('rooms'))['rooms']:
                await ann.ask('read', {'room': room['id'], 'id': 10**9})
        self.here = (await self.bob.ask('create_room', {'name': f'Here {self.number}', 'kind': 'open'}))['room']['id']
        self.there = (await self.bob.ask('create_room', {'name': self.named, 'kind': 'open'}))['room']['id']
        self.direct = (await self.bob.ask('open_direct', {'members': ['ann']}))['room']['id']
        self.tab = await self.open_chat('ann')
        await self.tab.context.add_init_script(WATCHED)
        self.other_tab = await self.tab.context.new_page()
        self.phone = await self.open_chat('ann', viewport={'width': 390, 'height': 844})
        await self.phone.context.add_init_script(WATCHED)
        for page, room in ((self.tab, self.here), (self.other_tab, 1), (self.phone, 1)):
            await page.goto(f'{self.server.url}/chat/{room}')
            await page.wait_for_function(KNOWS_ROOMS)
        return self

    @property
    def pages(self):
        return self.tab, self.other_tab, self.phone

    async def says(self, text, room=None):
        return (await self.bob.ask('send_message', {'room': room or self.there, 'message': text}))['id']

    async def agree(self, *, room, unread, badge, calls):
        """All three pages show the same, within a second or so."""
        await expect(self.phone.get_by_role('button', name=f'Rooms {calls} for you' if calls else 'Rooms', exact=True)).to_be_visible()
        for page in self.pages:
            mark = expect(link(page, room))
            await (mark.to_have_class(re.compile(r'\bunread\b'), timeout=2_000) if unread
                   else mark.not_to_have_class(re.compile(r'\bunread\b'), timeout=2_000))
            await expect(link(page, room).locator('.badge')).to_have_text(badge, timeout=2_000)
            await page.wait_for_function('calls => (calls ? document.title.startsWith(`(${calls}) `) : !document.title.startsWith("("))'
                                         '&& (window.appBadge || 0) === calls', arg=calls, timeout=2_000)
            await expect(page.locator('[data-panel="mentions"] .badge')).to_have_text(f'{calls or ""}', timeout=2_000)


@pytest.fixture
async def people(server, open_chat, bob):
    server.cookie('ann')
    return await People(server, open_chat, bob).begin()


async def reads_in(page, room):
    await show_room(page, room)
    await shows_room(page, room)


async def goes_back(page):
    await show_room(page, 1)
    await shows_room(page, 1)


async def test_a_message_elsewhere(people):
    await people.says('hello')
    await people.agree(room=people.there, unread=True, badge='', calls=0)
    await reads_in(people.phone, people.there)
    await people.agree(room=people.there, unread=False, badge='', calls=0)


async def test_mentions_are_counted_and_read_anywhere(people):
    for text in ('@ann one', '@everyone two', 'three'):
        await people.says(text)
    await people.agree(room=people.there, unread=True, badge='2', calls=2)
    await reads_in(people.other_tab, people.there)
    await people.agree(room=people.there, unread=False, badge='', calls=0)


async def test_what_is_deleted_calls_nobody_any_more(people):
    calling, plain = [await people.says(f'@ann {i}') for i in range(2)], await people.says('plain')
    await people.agree(room=people.there, unread=True, badge='2', calls=2)
    for number, unread, badge in ((calling[1], True, '1'), (calling[0], True, ''), (plain, False, '')):
        await people.bob.ask('delete_message', {'id': number})
        await people.agree(room=people.there, unread=unread, badge=badge, calls=int(badge or 0))


async def test_an_edit_calls_or_ceases_to(people):
    """In badge, title and the open list of mentions, without anything else being done."""
    await people.tab.get_by_role('button', name='Mentions').click()
    number = await people.says('hello')
    found = people.tab.locator(f'.panel .found[data-key="{number}"]')
    for text, badge, listed in (('@ann hello', '1', 1), ('> @ann hello', '', 0), ('@all hello', '1', 1), ('hello', '', 0)):
        await people.bob.ask('edit_message', {'id': number, 'message': text})
        await people.agree(room=people.there, unread=True, badge=badge, calls=int(badge or 0))
        await expect(found).to_have_count(listed)


async def test_every_message_of_a_direct_conversation_calls(people):
    await people.says('psst', people.direct)
    await people.says('again', people.direct)
    await people.agree(room=people.direct, unread=True, badge='2', calls=2)
    await reads_in(people.tab, people.direct)
    await people.agree(room=people.direct, unread=False, badge='', calls=0)


async def test_the_room_that_is_open_counts_while_nobody_looks(people):
    await people.tab.evaluate('look(true)')
    await people.says('@ann look', people.here)
    await people.agree(room=people.here, unread=True, badge='1', calls=1)
    await people.tab.evaluate('look(false)')
    await people.agree(room=people.here, unread=False, badge='', calls=0)
    await expect(people.tab.locator('.new')).to_have_count(1)


async def test_the_room_that_is_looked_at_is_read_at_once(people):
    await people.says('@ann look', people.here)
    await people.agree(room=people.here, unread=False, badge='', calls=0)


async def test_marked_as_unread_and_read_again(people):
    number = await people.says('@ann look', people.here)
    await people.agree(room=people.here, unread=False, badge='', calls=0)
    async with people.server.program('ann') as ann:
        await ann.ask('mark_unread', {'room': people.here, 'id': number})
        await people.agree(room=people.here, unread=True, badge='1', calls=1)
        await ann.ask('read', {'room': people.here, 'id': number})
        await people.agree(room=people.here, unread=False, badge='', calls=0)


async def test_levels_say_what_calls(people):
    async with people.server.program('ann') as ann:
        for level, text, unread, badge, calls in (
                ('mentions', 'plain', False, '', 0), ('mentions', '@ann', True, '1', 1), ('nothing', '@ann', False, '', 0),
                ('all', 'plain', True, '2', 2)):
            await ann.ask('notify', {'room': people.there, 'level': level})
            await people.says(text)
            await people.agree(room=people.there, unread=unread, badge=badge, calls=calls)
        await ann.ask('notify', {'room': people.there, 'level': 'hidden'})
        for page in people.pages:
            await expect(link(page, people.there)).to_be_hidden()
        await people.says('@ann hidden')
        await people.agree(room=people.there, unread=False, badge='', calls=0)


async def test_what_came_while_a_tab_was_offline_is_there_afterwards(people):
    await disconnect(people.tab)
    await people.says('@ann meanwhile')
    await people.tab.context.set_offline(False)
    await people.tab.wait_for_function('socket.connected', timeout=15_000)
    await people.agree(room=people.there, unread=True, badge='1', calls=1)


async def test_what_was_read_while_a_tab_was_offline_is_read_there_afterwards(people):
    await people.says('@ann before')
    await people.agree(room=people.there, unread=True, badge='1', calls=1)
    await disconnect(people.tab)
    await reads_in(people.phone, people.there)
    await people.tab.context.set_offline(False)
    await people.tab.wait_for_function('socket.connected', timeout=15_000)
    await people.agree(room=people.there, unread=False, badge='', calls=0)


async def test_counts_stop_at_99(people):
    for i in range(105):
        await people.bob.ask('send_message', {'room': people.there, 'message': f'@ann {i}'})
    for page in people.pages:
        await expect(link(page, people.there).locator('.badge')).to_have_text('99+')
        await expect(page).to_have_title(re.compile(r'^\(99\+\) '))
    await people.tab.reload()
    await expect(link(people.tab, people.there).locator('.badge')).to_have_text('99+')
    await expect(people.tab.get_by_role('button', name='Mentions 99+ for you')).to_be_visible()


async def notifications(*pages):
    await pages[0].wait_for_timeout(700)
    return [notice for page in pages for notice in await page.evaluate('window.shownNotifications')]


async def test_one_notification_for_each_browser_however_many_tabs(people):
    for page in people.pages:
        await page.evaluate('look(true)')
    await people.says('@ann look at this')
    await people.says('nothing for her')
    assert [n['title'] for n in await notifications(people.tab, people.other_tab)] == [f'bob in {people.named}']
    assert [n['body'] for n in await notifications(people.phone)] == ['@ann look at this']
    await people.says('psst', people.direct)
    assert [n['title'] for n in await notifications(people.tab, people.other_tab)].count('bob') == 1


async def test_no_notification_while_the_room_is_in_view_anywhere(people):
    await people.says('@ann I see you', people.here)
    assert await notifications(*people.pages) == []
    await people.tab.evaluate('look(true)')
    await people.says('@ann and now', people.here)
    assert len(await notifications(people.tab, people.other_tab)) == 1


async def test_a_click_on_a_notification_opens_its_message(people):
    await people.says('@ann click')
    await people.says('@ann or not')
    assert len(await notifications(people.tab, people.other_tab)) == 2
    told = people.tab if await people.tab.evaluate('window.shownNotifications.length') else people.other_tab
    await told.evaluate('void window.last.dispatchEvent(new Event("click"))')
    await expect(told.locator('h1')).to_have_text(people.named)
    await expect(told.locator('article.found')).to_have_text(re.compile('or not'))


async def stay_open(people, *numbers):
    """The notifications of these messages, and no others, in one of her browser's tabs or the other."""
    wanted = sorted(f'chatroom.{number}' for number in numbers)
    async with asyncio.timeout(15):
        while wanted != sorted([tag for page in (people.tab, people.other_tab) for tag in await page.evaluate('[...openNotifications]')]):
            await asyncio.sleep(0.05)


async def test_a_notification_closes_when_its_message_was_read_here_or_elsewhere(people):
    first, second = await people.says('@ann one'), await people.says('@ann two')
    psst = await people.says('psst', people.direct)
    await stay_open(people, first, second, psst)
    async with people.server.program('ann') as ann:
        await ann.ask('read', {'room': people.there, 'id': first})
        await stay_open(people, second, psst)
    await reads_in(people.phone, people.there)
    await stay_open(people, psst)
    await reads_in(people.tab, people.direct)
    await stay_open(people)


async def test_a_notification_of_the_room_that_is_open_closes_when_it_is_looked_at(people):
    await people.tab.evaluate('look(true)')
    await stay_open(people, await people.says('@ann look', people.here))
    await people.tab.evaluate('look(false)')
    await stay_open(people)


async def test_a_notification_that_came_before_the_line_was_lost_closes_when_it_is_back(people):
    await stay_open(people, await people.says('@ann look'))
    await disconnect(people.tab)
    await people.other_tab.evaluate('socket.io.engine.close()')
    await reads_in(people.phone, people.there)
    await people.tab.context.set_offline(False)
    await stay_open(people)


async def test_a_notification_closes_when_its_message_is_deleted_or_its_room_left(people):
    gone, stays = await people.says('@ann gone'), await people.says('@ann stays')
    await stay_open(people, gone, stays)
    await people.bob.ask('delete_message', {'id': gone})
    await stay_open(people, stays)
    async with people.server.program('ann') as ann:
        await ann.ask('leave', {'room': people.there})
    await stay_open(people)


async def test_nobody_is_asked_before_pressing_the_button(open_chat):
    page = await open_chat('ann')
    await page.context.add_init_script('Notification.requestPermission = async () => { window.asked = true; return "denied"; }')
    await page.reload()
    await page.wait_for_function(KNOWS_ROOMS)
    assert await page.evaluate('window.asked') is None
    await page.get_by_role('button', name='Notifications').click()
    await page.wait_for_function('window.asked')


async def test_the_icon_has_a_mark_as_long_as_something_calls(people):
    icon = people.other_tab.locator('link[rel~=icon]')
    await people.says('@ann')
    await expect(icon).to_have_attribute('href', re.compile('circle'))
    await reads_in(people.other_tab, people.there)
    await expect(icon).not_to_have_attribute('href', re.compile('circle'))


async def test_a_mention_is_set_apart_for_who_is_named_and_in_the_list_of_mentions(people, open_chat):
    await people.says('@ann, this is for you; @everyone sees it')
    carl = await open_chat('carl')
    for page, is_named in ((people.tab, True), (carl, True)):
        await reads_in(page, people.there)
        article = page.locator('article').last
        color = await article.evaluate('a => getComputedStyle(a).boxShadow')
        assert ('inset' in color) is is_named
    await people.says('@ann alone')
    await expect(carl.locator('article').last).to_contain_text('alone')
    assert await carl.locator('article').last.evaluate('a => getComputedStyle(a).boxShadow') == 'none'
    await people.tab.get_by_role('button', name='Mentions').click()
    found = people.tab.locator('.panel .found')
    await expect(found.first).to_contain_text('alone')
    await expect(found.first.locator('.where')).to_have_text(f'# {people.named}')
    await people.says('@ann live')
    await expect(found.first).to_contain_text('live')
    await goes_back(people.tab)
    await found.nth(1).click()
    await expect(people.tab.locator('article.found')).to_contain_text('alone')


async def test_my_own_messages_call_nobody(people):
    await say(people.tab, '@ann me')
    await people.agree(room=people.here, unread=False, badge='', calls=0)
    assert await notifications(*people.pages) == []


async def test_what_comes_while_nobody_was_there_for_five_minutes_is_not_read_until_somebody_is(people):
    """The page is in view, and at its end."""
    page = people.tab
    await page.clock.install()
    await page.goto(f'{people.server.url}/chat/{people.here}')
    await page.wait_for_function(KNOWS_ROOMS)
    async with people.server.program('ann') as ann:
        async def unread():
            rooms = (await ann.ask('rooms'))['rooms']
            return next(room['unread'] for room in rooms if room['id'] == people.here)

        await page.clock.fast_forward(4 * 60_000)
        number = await people.says('while she may be reading', people.here)
        await page.clock.run_for(1_000)
        await ann.wait_for('room_changed', id=people.here, last_read_id=number)
        await page.clock.fast_forward(2 * 60_000)
        await page.evaluate('new Promise(done => socket.emit("rooms", {}, done))')  # by then the server knows
        number = await people.says('@ann while she is away', people.here)
        await expect(page.get_by_text('while she is away')).to_be_in_viewport()
        await page.clock.run_for(3_000)
        await expect(link(page, people.here)).to_have_class(re.compile('unread'))
        await expect(page).to_have_title(re.compile(r'^\(1\) '))
        await expect(page.locator('.new')).to_have_count(1)
        assert await unread() == 1
        await stay_open(people, number)  # nobody has seen it
        await page.mouse.move(400, 300)
        await page.clock.run_for(1_000)
        await ann.wait_for('room_changed', id=people.here, last_read_id=number)
        await expect(link(page, people.here)).not_to_have_class(re.compile('unread'))
        await stay_open(people)

"""What stands on top of the sidebar, in an order of one's own; and sections that are folded."""
import pytest
from playwright.async_api import expect

from .acting import KNOWS_ROOMS, create, link, show_room, shows_room

pytestmark = pytest.mark.browser


@pytest.fixture
async def rooms(ann, request):
    """Three of Ann's, which are her only favourites."""
    for room in (await ann.ask('rooms'))['rooms']:
        if room['favourite']:
            await ann.ask('favourite', {'room': room['id'], 'on': False})
    made = [await create(ann, f'{letter} {abs(hash(request.node.name))}') for letter in 'ABC']
    for room in made:
        await ann.ask('favourite', {'room': room, 'on': True})
    return made


@pytest.fixture
async def page(open_chat, rooms):
    chat = await open_chat('ann')
    await chat.wait_for_function(KNOWS_ROOMS)
    return chat


async def order(page):
    return await page.locator('.sidebar section[data-kind=favourites] a').evaluate_all('all => all.map(one => +one.dataset.room)')


async def has_order(page, *expected):
    await page.wait_for_function('''expected => document.querySelectorAll(".sidebar section[data-kind=favourites] a").length === expected.length
        && [...document.querySelectorAll(".sidebar section[data-kind=favourites] a")].every((one, at) => +one.dataset.room === expected[at])''', arg=list(expected))


def star(page):
    return page.get_by_role('button', name='Favourite', exact=True)


async def test_a_star_puts_on_top_and_takes_away_in_all_tabs(page, rooms, ann):
    other = await page.context.new_page()
    await other.goto(page.url)
    await other.wait_for_function(KNOWS_ROOMS)
    new = await create(ann, 'Another one')
    await link(page, new).click()
    await shows_room(page, new)
    await expect(star(page)).to_have_attribute('aria-pressed', 'false')
    await star(page).click()
    for tab in (page, other):
        await has_order(tab, *rooms, new)
    await expect(star(page)).to_have_attribute('aria-pressed', 'true')
    await page.reload()
    await has_order(page, *rooms, new)
    await expect(star(page)).to_have_attribute('aria-pressed', 'true')
    await page.wait_for_function(KNOWS_ROOMS)
    await star(page).click()
    for tab in (page, other):
        await has_order(tab, *rooms)
        await expect(tab.locator(f'section[data-kind=rooms] a[data-room="{new}"]')).to_have_count(1)
    await link(page, rooms[0]).click()
    await expect(star(page)).to_have_attribute('aria-pressed', 'true')
    await ann.ask('favourite', {'room': rooms[0], 'on': False})
    await expect(star(page)).to_have_attribute('aria-pressed', 'false')


async def test_a_conversation_is_one_too_and_goes_back_to_its_place(page, rooms, ann, bob):
    direct = (await ann.ask('open_direct', {'members': ['bob']}))['room']['id']
    await ann.ask('favourite', {'room': direct, 'on': True})
    await has_order(page, *rooms, direct)
    await ann.ask('send_message', {'room': direct, 'message': 'first'})
    await bob.ask('send_message', {'room': direct, 'message': 'new'})
    await expect(link(page, direct).locator('.badge')).to_have_text('1')
    await has_order(page, *rooms, direct)
    await ann.ask('favourite', {'room': direct, 'on': False})
    await expect(page.locator(f'section[data-kind=direct] a[data-room="{direct}"]')).to_have_count(1)


async def test_the_order_is_changed_by_keys_and_the_focus_goes_along(page, rooms):
    a, b, c = rooms
    await link(page, a).focus()
    for key, expected in (('Control+ArrowDown', (b, a, c)), ('Control+ArrowDown', (b, c, a)), ('Control+ArrowDown', (b, c, a)),
                          ('Control+ArrowUp', (b, a, c)), ('Control+ArrowUp', (a, b, c)), ('Control+ArrowUp', (a, b, c))):
        await page.keyboard.press(key)
        await has_order(page, *expected)
        await expect(link(page, a)).to_be_focused()
    await page.keyboard.press('Control+ArrowDown')
    await has_order(page, b, a, c)
    await page.reload()
    await has_order(page, b, a, c)


@pytest.mark.parametrize(('moved', 'onto', 'part', 'expected'), [
    (0, 2, 0.8, (1, 2, 0)), (2, 0, 0.2, (2, 0, 1)), (0, 2, 0.2, (1, 0, 2)), (2, 0, 0.8, (0, 2, 1)), (1, 1, 0.8, (0, 1, 2))])
async def test_the_order_is_changed_by_dragging(page, rooms, moved, onto, part, expected):
    target = link(page, rooms[onto])
    box = await target.bounding_box()
    await link(page, rooms[moved]).drag_to(target, target_position={'x': 60, 'y': box['height'] * part})
    await has_order(page, *[rooms[at] for at in expected])
    assert page.url.endswith('/chat')


PHONE = {'viewport': {'width': 390, 'height': 700}, 'has_touch': True, 'is_mobile': True}


@pytest.fixture
async def phone(open_chat, rooms):
    """With the list of rooms open."""
    chat = await open_chat('ann', **PHONE)
    await chat.wait_for_function(KNOWS_ROOMS)
    await chat.get_by_role('button', name='Rooms').first.tap()
    await chat.wait_for_function('document.activeElement.matches(".sidebar [aria-current]")')  # which may be far down
    await chat.evaluate('document.querySelector(".sidebar .lists").scrollTo(0, 0)')
    return chat


async def touch(page):
    """What a finger does, as the browser hears it."""
    session = await page.context.new_cdp_session(page)

    async def send(kind, x=None, y=None):
        points = [] if x is None else [{'x': x, 'y': y}]
        await session.send('Input.dispatchTouchEvent', {'type': kind, 'touchPoints': points})
    return send


async def middle(page, room):
    box = await link(page, room).bounding_box()
    return box['x'] + 60, box['y'] + box['height'] / 2


@pytest.mark.parametrize(('moved', 'onto', 'by', 'expected'), [
    (0, 2, 10, (1, 2, 0)), (2, 0, -10, (2, 0, 1)), (0, 2, -10, (1, 0, 2)), (1, 1, 17, (0, 1, 2)), (0, 2, 300, (0, 1, 2)), (1, 0, -40, (1, 0, 2))])
async def test_a_finger_that_stays_on_a_favourite_lifts_it_and_carries_it(phone, rooms, moved, onto, by, expected):
    (x, y), (_, to) = await middle(phone, rooms[moved]), await middle(phone, rooms[onto])
    send = await touch(phone)
    await send('touchStart', x, y)
    await expect(phone.locator('a.lifted')).to_have_count(1)
    for part in (0.3, 0.7, 1):
        await send('touchMove', x, y + part * (to + by - y))
    if by != 300:
        await expect(phone.locator('.before, .at-end')).to_have_count(1)
    await send('touchEnd')
    await expect(phone.locator('.lifted, .before, .at-end')).to_have_count(0)
    await has_order(phone, *[rooms[at] for at in expected])
    await phone.evaluate('() => new Promise((seen) => socket.emit("here", {}, seen))')
    await has_order(phone, *[rooms[at] for at in expected])
    await expect(link(phone, rooms[0])).to_be_visible()
    assert phone.url.endswith('/chat'), 'it opened nothing'


async def test_a_finger_that_moves_at_once_scrolls_and_one_that_taps_opens(phone, rooms, ann):
    for number in range(30):
        await create(ann, f'Long list {number} {rooms[0]}')
    (x, y), send = await middle(phone, rooms[2]), await touch(phone)
    await send('touchStart', x, y)
    for by in range(20, 240, 20):
        await send('touchMove', x, y - by)
    await send('touchEnd')
    await phone.wait_for_function('document.querySelector(".sidebar .lists").scrollTop > 20')
    await has_order(phone, *rooms)
    await expect(phone.locator('.lifted, .before, .at-end')).to_have_count(0)
    await link(phone, rooms[1]).scroll_into_view_if_needed()
    await link(phone, rooms[1]).tap()
    await shows_room(phone, rooms[1])
    await has_order(phone, *rooms)


async def test_what_is_not_seen_takes_no_step(page, rooms, ann):
    await ann.ask('notify', {'room': rooms[1], 'level': 'hidden'})
    await expect(link(page, rooms[1])).to_be_hidden()
    await link(page, rooms[2]).focus()
    await page.keyboard.press('Control+ArrowUp')
    await has_order(page, rooms[2], rooms[0], rooms[1])
    await ann.ask('notify', {'room': rooms[1], 'level': 'all'})


async def test_a_favourite_is_dropped_nowhere_else_and_nothing_else_among_them(page, rooms):
    await link(page, rooms[0]).drag_to(page.locator('.transcript'))
    await link(page, 1).drag_to(link(page, rooms[1]))
    await page.evaluate('() => new Promise((seen) => socket.emit("here", {}, seen))')
    await has_order(page, *rooms)
    assert page.url.endswith('/chat'), 'it leads nowhere'
    await expect(page.locator('.before, .at-end')).to_have_count(0)


def fold(page, name):
    return page.locator('.sidebar').get_by_role('button', name=name, exact=True)


async def test_a_section_is_folded_and_stays_so_in_this_browser(page, rooms):
    assert await link(page, rooms[1]).is_visible()
    await fold(page, 'Favourites').click()
    await expect(fold(page, 'Favourites')).to_have_attribute('aria-expanded', 'false')
    for room in rooms:
        await expect(link(page, room)).to_be_hidden()
    await page.reload()
    await expect(link(page, rooms[0])).to_be_hidden()
    await expect(fold(page, 'Favourites')).to_have_attribute('aria-expanded', 'false')
    await expect(fold(page, 'Rooms')).to_have_attribute('aria-expanded', 'true')
    await fold(page, 'Favourites').press('Enter')
    await expect(link(page, rooms[0])).to_be_visible()


async def test_logging_out_unfolds_nothing(page, server):
    """It is a setting, and no text."""
    await fold(page, 'Favourites').click()
    await expect(fold(page, 'Favourites')).to_have_attribute('aria-expanded', 'false')
    await page.get_by_role('button', name='Log out').click()
    await expect(page.get_by_label('Password', exact=True)).to_be_visible()
    cookie = server.cookie('ann')
    await page.context.add_cookies([{'name': name, 'value': value, 'url': server.url} for name, value in cookie.items()])
    await page.goto(server.url + '/chat')
    await expect(fold(page, 'Favourites')).to_have_attribute('aria-expanded', 'false')
    await expect(fold(page, 'Rooms')).to_have_attribute('aria-expanded', 'true')


async def test_what_is_unread_or_open_is_seen_in_a_folded_section(page, rooms, bob):
    await fold(page, 'Favourites').click()
    await expect(link(page, rooms[1])).to_be_hidden()
    await bob.ask('send_message', {'room': rooms[1], 'message': '@ann look'})
    await expect(link(page, rooms[1])).to_be_visible()
    await expect(link(page, rooms[1]).locator('.badge')).to_have_text('1')
    await show_room(page, 1)
    await shows_room(page, 1)
    await page.keyboard.press('Alt+Shift+ArrowUp')
    await shows_room(page, rooms[1])
    await expect(link(page, rooms[1])).to_be_visible()
    await expect(link(page, rooms[1])).not_to_have_class('unread')
    await show_room(page, 1)
    await expect(link(page, rooms[1])).to_be_hidden()


async def test_the_filter_and_the_switcher_find_what_is_folded(page, rooms):
    await fold(page, 'Favourites').click()
    name = await link(page, rooms[2]).locator('.label').text_content()
    await page.locator('#filter').fill(name)
    await expect(link(page, rooms[2])).to_be_visible()
    await page.locator('#filter').press('Escape')
    await expect(link(page, rooms[2])).to_be_hidden()
    await page.keyboard.press('Control+k')
    await page.keyboard.type(name)
    await page.keyboard.press('Enter')
    await shows_room(page, rooms[2])
    await expect(link(page, rooms[2])).to_be_visible()


async def test_up_and_down_go_in_the_order_that_is_seen(page, rooms):
    await link(page, rooms[0]).click()
    await shows_room(page, rooms[0])
    await page.keyboard.press('Alt+ArrowDown')
    await shows_room(page, rooms[1])
    await page.keyboard.press('Alt+ArrowUp')
    await shows_room(page, rooms[0])


async def test_one_too_many_is_refused_with_a_sentence(page, rooms, ann):
    more = [await create(ann, f'Many {number}') for number in range(98)]
    for room in more[:97]:
        await ann.ask('favourite', {'room': room, 'on': True})
    await show_room(page, more[97])
    await shows_room(page, more[97])
    await star(page).click()
    await expect(page.get_by_role('alert').filter(has_text='100 favourites are the most')).to_be_visible()
    await expect(star(page)).to_have_attribute('aria-pressed', 'false')


async def test_what_is_not_made_yet_has_no_star(page, server):
    server.cookie('newly_met')
    await page.keyboard.press('Control+k')
    await page.keyboard.type('newly_met')
    await expect(page.locator('.switcher [role=option] .label').first).to_have_text('newly_met')
    await page.context.set_offline(True)
    await page.evaluate('window.socket.io.engine.close()')
    await page.keyboard.press('Enter')
    await expect(page.locator('h1')).to_have_text('newly_met')
    await expect(star(page)).to_be_hidden()
    await page.context.set_offline(False)
    await expect(star(page)).to_be_visible()
    await star(page).click()
    await expect(page.locator('section[data-kind=favourites] a', has_text='newly_met')).to_be_visible()

"""A reaction is seen at once, and the same click takes it back, whatever the line is like and whoever else reacts."""
import re

import pytest
from playwright.async_api import expect

from .acting import KNOWS_ROOMS, READY, create, disconnect, lines, link, shows_room
from .test_messages import note, reaction, use
from .test_outbox import kept, post

pytestmark = pytest.mark.browser


@pytest.fixture
async def number(ann, room):
    [number] = await post(ann, room, 'well?')
    return number


@pytest.fixture(params=lines(0))
async def page(request, open_chat, room, number):
    chat = await open_chat('ann')
    await chat.goto(f'{chat.url.split("?")[0].rpartition("/chat")[0]}/chat/{room}?latency={request.param}')
    await chat.wait_for_function(KNOWS_ROOMS)
    await expect(chat.locator(f'#m{number}')).to_be_visible()
    return chat


PRESS = '''([selector, times]) => { const seen = [], {packet} = socket;
    for (let time = 0; time < times; time++) {
        document.querySelector(selector).click();
        const chip = document.querySelector('.reaction[data-emoji="👍"]:not([hidden])');
        seen.push(chip && [chip.innerText.replace(/\\s+/g, " ").trim(), chip.ariaPressed, chip.ariaLabel]);
    }
    return seen; }'''
'''What is seen in the same moment as each click.'''


async def presses(page, selector, times=1):
    return await page.evaluate(PRESS, [selector, times])


async def tools(page, number):
    await page.locator(f'#m{number} .text').hover()
    return f'#m{number} .tools .recent button'


async def reacted(program, room, number):
    """Who has, by what the server knows."""
    [found] = (await program.ask('history', {'room': room, 'before': number + 1, 'limit': 1}))['messages']
    return {emoji: [each['username'] if isinstance(each, dict) else each for each in people]
            for emoji, people in (found.get('reactions') or {}).items()}


async def sent(page):
    """All that was done has been answered."""
    await page.wait_for_function('!Object.keys(localStorage).some(key => key.includes(".out."))')


async def test_at_once_by_a_quick_reaction_and_back_by_the_same_click(page, number, bob, room):
    quick = await tools(page, number)
    assert await presses(page, quick, 3) == [['👍 1', 'true', '👍 ann'], None, ['👍 1', 'true', '👍 ann']]
    await sent(page)
    await expect(reaction(page, number)).to_have_text('👍 1')
    await expect(reaction(page, number)).to_have_attribute('aria-pressed', 'true')
    assert await presses(page, quick) == [None]
    await expect(reaction(page, number)).to_have_count(0)
    await sent(page)
    assert not (await reacted(bob, room, number))


async def test_the_same_click_is_at_the_same_place(page, ann, bob, room):
    """At the end of a room all moves up by the line of the reaction: not what is beneath the pointer."""
    numbers = await post(ann, room, *[f'line {at}' for at in range(40)])
    for number in (numbers[-1], numbers[-4]):
        await expect(page.locator(f'#m{number}')).to_be_in_viewport()
        quick = page.locator(await tools(page, number)).first
        box = await quick.bounding_box()
        for shown in (1, 0, 1, 0):
            await page.mouse.click(box['x'] + 8, box['y'] + 8)
            await expect(reaction(page, number)).to_have_count(shown)
            assert await page.evaluate('(log => log.scrollHeight - log.scrollTop - log.clientHeight)(document.querySelector("[role=log]"))') < 2
        await sent(page)
        assert not (await reacted(bob, room, number))
        await page.locator(f'#m{number} .text').hover()
        assert (await quick.bounding_box())['y'] == pytest.approx(box['y'], abs=1)


async def test_off_and_on_again_in_a_moment_is_on(page, number, ann, bob, room):
    await ann.ask('react', {'id': number, 'emoji': '👍', 'on': True})
    mine = reaction(page, number)
    await expect(mine).to_have_attribute('aria-pressed', 'true')
    box = await mine.bounding_box()
    for _ in range(2):  # where nothing would be, if the last one had gone at once
        await page.mouse.click(box['x'] + 8, box['y'] + 8)
    await expect(mine).to_have_text('👍 1')
    await sent(page)
    await expect(mine).to_have_attribute('aria-pressed', 'true')
    assert list(await reacted(bob, room, number)) == ['👍']
    await mine.click()
    await expect(mine).to_have_count(0)


async def test_others_who_react_meanwhile_are_counted_and_named(page, number, bob, server, room):
    quick = await tools(page, number)
    await disconnect(page)
    assert await presses(page, quick) == [['👍 1', 'true', '👍 ann']]
    await expect(note(page)).to_have_text('There is no connection: this is done as soon as it is back.')
    async with server.program('carl') as carl:
        for program in (bob, carl):
            for emoji in ('🎉', '👍'):
                await program.ask('react', {'id': number, 'emoji': emoji, 'on': True})
    await page.context.set_offline(False)
    await expect(reaction(page, number)).to_have_text('👍 3')
    await expect(reaction(page, number)).to_have_attribute('aria-label', '👍 bob, carl, ann')
    await expect(reaction(page, number, '🎉')).to_have_text('🎉 2')
    assert await presses(page, f'#m{number} .reaction[data-emoji="👍"]', 2) == [
        ['👍 2', 'false', '👍 bob, carl'], ['👍 3', 'true', '👍 bob, carl, ann']]
    await sent(page)
    await expect(reaction(page, number)).to_have_attribute('aria-label', '👍 bob, carl, ann')


async def test_the_names_that_are_shown_follow_the_click(page, number, bob):
    await bob.ask('react', {'id': number, 'emoji': '👍', 'on': True})
    await reaction(page, number).hover()
    for names in ('bob', 'bob, ann', 'bob'):
        await expect(page.locator('.names')).to_have_text(names)
        await reaction(page, number).click()
    await expect(reaction(page, number)).to_have_attribute('aria-label', '👍 bob, ann')


async def test_of_very_many_the_last_ones_are_counted(page, number):
    """The label lists thirty."""
    await page.evaluate('''number => { const article = document.getElementById(`m${number}`), people = [...Array(31).keys()];
        article.querySelector(".tools")?.remove();
        article.insertAdjacentHTML("beforeend", `<div class="reactions"><button class="reaction" type="button" data-emoji="👍"
            data-people="${people.map(one => one + 1000).join(" ")}" data-call="react" aria-label="👍 ${people.slice(0, 30)
            .map(one => `p${one}`).join(", ")} and 1 more">👍 <span>31</span></button></div>`); }''', number)
    selector = f'#m{number} .reaction'
    [[_, _, on], [_, _, off]] = await presses(page, selector, 2)
    assert on.endswith('p29 and 1 more, ann')
    assert off.endswith('p29 and 1 more')


async def test_one_that_is_refused_is_gone_and_says_why(page, number, ann):
    for emoji in '😀😁😂🤣😃😄😅😆😉😊😋😎😍😘🥰😗😙😚🙂🤗':
        await ann.ask('react', {'id': number, 'emoji': emoji, 'on': True})
    await expect(page.locator(f'#m{number} .reaction')).to_have_count(20)
    assert await presses(page, await tools(page, number)) == [['👍 1', 'true', '👍 ann']]
    await expect(note(page)).to_have_text(re.compile('20 different reactions'))
    await expect(reaction(page, number)).to_have_count(0)
    await expect(page.locator(f'#m{number} .reaction:visible')).to_have_count(20)


async def test_it_is_kept_over_a_reload_and_told_once(page, number, bob, room):
    quick = await tools(page, number)
    await page.evaluate('void socket.disconnect()')
    await presses(page, quick, 3)
    assert await kept(page) == 1
    await page.reload()
    await page.wait_for_function(READY)
    await expect(reaction(page, number)).to_have_text('👍 1')
    await sent(page)
    assert list(await reacted(bob, room, number)) == ['👍']


async def test_the_third_click_replaces_the_second_that_has_not_gone(page, number, bob, room):
    await page.evaluate('''() => { window.asked = []; const {packet} = socket;
        socket.packet = (one) => { if (one.data?.[0] === "react") asked.push(one.data[1].on); packet.call(socket, one); }; }''')
    await presses(page, await tools(page, number), 3)
    await sent(page)
    await expect(reaction(page, number)).to_have_text('👍 1')
    assert await page.evaluate('asked') in ([True], [True, True])


async def test_the_quick_reactions_keep_their_places_beneath_the_pointer(page, number):
    buttons = page.locator(f'#m{number} .recent button')
    await page.locator(f'#m{number} .text').hover()
    before = await buttons.all_inner_texts()
    await buttons.nth(1).click()
    await expect(reaction(page, number, before[1])).to_have_attribute('aria-pressed', 'true')
    assert await buttons.all_inner_texts() == before
    await buttons.nth(1).click()
    await expect(reaction(page, number, before[1])).to_have_count(0)


async def quick_ones(page, number):
    """What is at hand at a message that was not pointed at before."""
    await page.get_by_label('Message', exact=True).hover()
    await page.locator(f'#m{number} .text').hover()
    return await page.locator(f'#m{number} .recent button').all_text_contents()


async def test_those_that_i_react_with_most_are_at_hand_and_not_what_i_wrote(open_chat, ann, server):
    """They are known in a new browser, too, and keep their places while they are among these."""
    async with server.program('quick') as quick:
        room = await create(ann, 'Quick')
        numbers = await post(ann, room, *(f'line {at}' for at in range(5)))
        for number in numbers[:3]:
            await quick.ask('react', {'id': number, 'emoji': '🦄', 'on': True})
        await quick.ask('react', {'id': numbers[0], 'emoji': '🚀', 'on': True})
        page = await open_chat('quick')
        await link(page, room).click()
        await shows_room(page, room)
        assert await quick_ones(page, numbers[0]) == ['🦄', '🚀', '👍']
        await page.locator('#composer').fill('typed 🍕')
        await page.evaluate('emoji => localStorage.setItem(Object.keys(localStorage).find((key) => key.endsWith(".emoji")) ?? "x", JSON.stringify([emoji]))', '🍕')
        assert await quick_ones(page, numbers[1]) == ['🦄', '🚀', '👍']
        for number, emoji in ((numbers[3], '🚀'), (numbers[4], '🚀'), (numbers[1], '🚀')):
            await page.locator(f'#m{number} .text').hover()
            await page.locator(f'#m{number} .recent button', has_text=emoji).click()
            await expect(reaction(page, number, emoji)).to_have_attribute('aria-pressed', 'true')
        assert await quick_ones(page, numbers[2]) == ['🦄', '🚀', '👍'], 'the places stay, though one is used more than the other now'


async def test_by_the_picker_and_back_by_it(page, number):
    for count in (1, 0):
        await use(page, number, 'React')
        await expect(page.get_by_label('Search emoji')).to_be_focused()
        await page.keyboard.type('rocket')
        await expect(page.locator('.picker .foot')).to_contain_text(':rocket:')
        await page.keyboard.press('Enter')
        await expect(reaction(page, number, '🚀')).to_have_count(count)
        await expect(page.get_by_label('Message', exact=True)).to_be_focused()


async def test_who_reads_the_end_stays_there(open_chat, ann):
    room = await create(ann, 'a long room')
    *_, number = await post(ann, room, *[f'line {at}' for at in range(40)])
    page = await open_chat('ann')
    await link(page, room).click()
    await shows_room(page, room)
    await expect(page.locator(f'#m{number}')).to_be_in_viewport()
    await presses(page, await tools(page, number))
    assert await page.evaluate('() => { const log = document.querySelector("[role=log]"); '
                               'return log.scrollHeight - log.scrollTop - log.clientHeight; }') < 2
    await expect(reaction(page, number)).to_be_in_viewport()

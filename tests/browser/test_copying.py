"""What is copied from among messages, and what stays selected there."""
import pytest
from playwright.async_api import expect

from .acting import show_room, shows_room

pytestmark = pytest.mark.browser

SELECT = '''([from, start, to, end]) => {
    const point = (number, text) => {
        const texts = document.createTreeWalker(document.querySelector(`#m${number} .text`), NodeFilter.SHOW_TEXT);
        for (let node; (node = texts.nextNode());) if (node.data.includes(text)) return [node, node.data.indexOf(text)]; };
    const [node, at] = point(to, end); getSelection().setBaseAndExtent(...point(from, start), node, at + end.length); }'''
COPIED = '''() => { const data = new DataTransfer();
    const event = new ClipboardEvent("copy", {clipboardData: data, bubbles: true, cancelable: true});
    (getSelection().anchorNode.parentElement || document.body).dispatchEvent(event);
    return event.defaultPrevented ? [data.getData("text/plain"), data.getData("text/html")] : null; }'''
TIME = 'document.querySelector("article time").textContent'


async def enter(page, room):
    await show_room(page, room)
    await shows_room(page, room)
    await expect(page.locator('article').last).to_be_visible()
    return page


async def post(program, room, *texts):
    return [(await program.ask('send_message', {'room': room, 'message': text}))['id'] for text in texts]


async def copied(page, start, first, end, last):
    await page.evaluate(SELECT, [start, first, end, last])
    plain, html = await page.evaluate(COPIED)
    return plain, html


LIST = '''Before

3. third
4. fourth
   - inner
   - **bold** inner
7. seventh

after'''


async def test_name_and_time_once_per_group_and_the_numbers_of_lists(open_chat, ann, bob, room):
    first, second = await post(ann, room, 'one *two* three', LIST)
    third, = await post(bob, room, 'four\nfive')
    await ann.ask('edit_message', {'id': first, 'message': 'one *two* three!'})
    await ann.ask('react', {'id': second, 'emoji': '🎉', 'on': True})
    await ann.ask('pin', {'id': second, 'on': True})
    page = await enter(await open_chat('carl'), room)
    await page.locator(f'#m{second}').hover()
    time = await page.evaluate(TIME)
    plain, html = await copied(page, first, 'one', third, 'five')
    assert plain == (f'ann {time}\none two three!\nBefore\n\n3. third\n4. fourth\n    - inner\n    - bold inner\n7. seventh\n\nafter'
                     f'\n\nbob {time}\nfour\nfive')
    assert f'<p><b>ann</b> {time}</p>' in html
    assert html.count('<b>ann</b>') == 1
    assert '<strong>bold</strong>' in html
    assert '<li value="7">' in html
    for other in ('edited', 'button', 'template', 'data-', '🎉', 'pinned'):
        assert other not in plain + html


async def test_parts_of_the_first_and_the_last_message(open_chat, ann, bob, room):
    first, second = await post(ann, room, 'one two', LIST)
    third, = await post(bob, room, 'three four')
    page = await enter(await open_chat('carl'), room)
    time = await page.evaluate(TIME)
    plain, _ = await copied(page, first, 'two', third, 'three')
    assert plain.startswith(f'ann {time}\ntwo\nBefore\n')
    assert plain.endswith(f'\n\nbob {time}\nthree')
    assert (await copied(page, second, 'fourth', third, 'four'))[0] == (
        f'ann {time}\n4. fourth\n    - inner\n    - bold inner\n7. seventh\n\nafter\n\nbob {time}\nthree four')


async def test_within_one_message_it_is_the_text_alone(open_chat, ann, room):
    number, = await post(ann, room, LIST)
    await ann.ask('edit_message', {'id': number, 'message': LIST + '!'})
    page = await enter(await open_chat('carl'), room)
    assert (await copied(page, number, 'third', number, 'fourth'))[0] == '3. third\n4. fourth'
    assert (await copied(page, number, 'ou', number, 'ou'))[0] == 'ou'
    assert (await copied(page, number, 'after', number, '(edited)'))[0] == 'after!'


async def test_all_of_the_page_is_the_messages(open_chat, ann, bob, room):
    await post(ann, room, '/me waves', '```\n  code\n\n  more\n```', '> quoted\n\n| a | b |\n|---|---|\n| 1 | 2 |')
    page = await enter(await open_chat('carl'), room)
    time = await page.evaluate(TIME)
    await page.evaluate('getSelection().selectAllChildren(document.body)')
    plain, _ = await page.evaluate(COPIED)
    assert plain == f'ann {time}\nann waves\n  code\n\n  more\nquoted\n\na\tb\n1\t2'


async def test_what_is_copied_in_a_field_is_what_stands_there(open_chat, ann, room):
    await post(ann, room, 'hello')
    page = await enter(await open_chat('carl'), room)
    await page.locator('#composer').fill('draft')
    await page.locator('#composer').select_text()
    assert await page.evaluate('''() => { const event = new ClipboardEvent("copy", {bubbles: true, cancelable: true});
        return document.querySelector("#composer").dispatchEvent(event); }''')


SELECTED = 'getSelection().toString()'


async def test_what_happens_elsewhere_in_a_message_takes_no_selection_away(open_chat, ann, bob, room):
    number, other = await post(ann, room, 'one two three', 'four')
    page = await enter(await open_chat('carl'), room)
    text = page.locator(f'#m{number} .text')
    await page.evaluate(SELECT, [number, 'two', number, 'two'])
    await bob.ask('react', {'id': number, 'emoji': '🎉', 'on': True})
    await expect(page.locator(f'#m{number} .reaction')).to_have_count(1)
    assert await page.evaluate(SELECTED) == 'two'
    await ann.ask('pin', {'id': number, 'on': True})
    await expect(page.locator(f'#m{number} .pinned')).to_have_count(1)
    assert await page.evaluate(SELECTED) == 'two'
    for better in ('**One** and two three', 'One and two\n\nnew below', 'new above\n\n- One\n- and two\n\nmore below',
                   'Above\n\n- One\n- and two!\n\nmuch below'):
        await ann.ask('edit_message', {'id': number, 'message': better})
        await expect(text).to_contain_text(better.split('\n')[-1].replace('*', ''))
        assert await page.evaluate(SELECTED) == 'two', better
    await page.evaluate(SELECT, [number, 'wo', other, 'fo'])
    await ann.ask('edit_message', {'id': number, 'message': better + ', much'})
    await expect(text).to_contain_text('below, much')
    await bob.ask('react', {'id': other, 'emoji': '🎉', 'on': True})
    await expect(page.locator(f'#m{other} .reaction')).to_have_count(1)
    assert (await page.evaluate(COPIED))[0].split('\n')[1:] == ['- wo!', '', 'much below, much', 'fo']


async def test_of_what_was_edited_itself_the_rest_stays_selected(open_chat, ann, room):
    number, = await post(ann, room, 'one two three four')
    page = await enter(await open_chat('carl'), room)
    await page.evaluate(SELECT, [number, 'two', number, 'four'])
    await ann.ask('edit_message', {'id': number, 'message': 'one two or three four'})
    await expect(page.locator(f'#m{number} .text')).to_contain_text('or three')
    assert await page.evaluate(SELECTED) == 'two or three four'


async def test_what_has_the_focus_in_a_message_keeps_it(open_chat, ann, bob, room):
    number, = await post(ann, room, 'well?')
    await bob.ask('react', {'id': number, 'emoji': '🎉', 'on': True})
    page = await enter(await open_chat('carl'), room)
    reaction = page.locator(f'#m{number} .reaction').first
    await reaction.focus()
    await ann.ask('react', {'id': number, 'emoji': '🎉', 'on': True})
    await expect(reaction).to_have_text('🎉 2')
    await expect(reaction).to_be_focused()

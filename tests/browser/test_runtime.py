"""The runtime: what attributes say is done, answers are put in place, and what is read and typed stays where it is."""
import asyncio
import json
import re

import pytest
from playwright.async_api import expect

from tests.running import WITH_DOORS, Server

from .acting import READY, create, disconnect, lines, show_room, shows_room

pytestmark = pytest.mark.browser

VIEW = '''<section id="tried" style="height: 200px; overflow: auto" data-ask="try" data-on="input" data-wait="20" data-fresh="connect tried">
<input name="outside"><p class="none" role="status"></p><div class="rows"></div><button data-ask="press">Press</button></section>'''
STUB = '''(view) => {
    document.querySelector(".chat").insertAdjacentHTML("beforeend", view);
    const {emit} = socket;
    window.asked = [];
    socket.emit = function (name, of, then) {
        if (!["try", "press"].includes(name)) return emit.apply(this, arguments);
        const {timeout} = this.flags; this.flags = {};
        asked.push({name, of: JSON.parse(JSON.stringify(of)), answer: (answer) => timeout ? then(null, answer) : then(answer)});
    };
}'''
ROW = '<a href="#" data-key="{0}" style="display: block; height: 30px">row {0}{1}</a>'


@pytest.fixture(scope='module')
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp('server'), main=WITH_DOORS) as running:
        yield running
        assert 'Traceback' not in running.log


@pytest.fixture
async def page(open_chat):
    """A page with a view that asks `try`, and a button in it that asks `press`; the test answers both."""
    page = await open_chat('ann')
    await show_room(page, 1)
    await shows_room(page, 1)
    await page.evaluate(STUB, VIEW)
    return page


def view(page):
    return page.locator('#tried')


def rows(numbers, note=''):
    return ''.join(ROW.format(number, note) for number in numbers)


async def asked(page, count):
    """What was asked so far, `count` times."""
    await page.wait_for_function('count => asked.length >= count', arg=count)
    await asyncio.sleep(0.1)  # for what should not be asked
    found = await page.evaluate('asked.map(({name, of}) => [name, of])')
    assert len(found) == count, found
    return found


async def answer(page, number, **answer_):
    await page.evaluate('([number, answer]) => asked[number].answer(answer)', [number, answer_])


async def push(bob, **answer_):
    await bob.sio.call('test_tell', ('put', answer_))


async def refresh(page, count, **answer_):
    """The view is asked for again, the `count`th time, and answered."""
    await page.evaluate('socket.onevent({data: ["tried"]})')
    await asked(page, count)
    await answer(page, count - 1, **answer_)


async def begin(page, html):
    """The view as it is answered on a connect."""
    await page.evaluate('document.querySelector("[data-panel=saved]").click()')  # the runtime sees what is there
    await page.wait_for_selector('.panel .none:not(:empty)')
    await page.keyboard.press('Escape')
    await refresh(page, 1, html={'#tried .rows': html})


async def test_what_the_server_sends_by_itself_is_put_in_place_once(page, bob):
    await push(bob, html={'#tried .rows': rows([1, 2])}, say='Pushed.')
    await expect(view(page).locator('a')).to_have_text(['row 1', 'row 2'])
    await expect(page.locator('.said')).to_have_text('Pushed.')
    for _ in range(2):
        await push(bob, more={'#tried .rows': rows([2, 3])}, html={'#nowhere': 'x'})
    await expect(view(page).locator('a')).to_have_text(['row 1', 'row 2', 'row 3'])
    await push(bob, html={'#tried .rows': rows([3, 1])}, call=['help'])
    await expect(view(page).locator('a')).to_have_text(['row 3', 'row 1'])
    await expect(page.get_by_role('dialog', name='Keys')).to_be_visible()


async def test_an_answer_that_was_overtaken_is_dropped(page):
    await begin(page, rows([1]))
    await refresh(page, 2, html={})
    for count in (3, 4):
        await page.evaluate('socket.onevent({data: ["tried"]})')
        await asked(page, count)
    await answer(page, 3, html={'#tried .rows': rows([4])})
    await answer(page, 2, html={'#tried .rows': rows([3])})
    await expect(view(page).locator('a')).to_have_text(['row 4'])
    await view(page).get_by_role('button').click()
    await asked(page, 5)
    await refresh(page, 6, html={'#tried .rows': rows([6])})
    await answer(page, 4, more={'#tried .rows': rows([5])})
    await expect(view(page).locator('a')).to_have_text(['row 6'])
    await page.evaluate('socket.onevent({data: ["tried"]})')
    await asked(page, 7)
    await view(page).evaluate('node => node.remove()')
    await answer(page, 6, html={'.topic': 'for a view that is gone'})
    await expect(page.locator('.topic')).not_to_have_text('for a view that is gone')


async def test_a_refresh_keeps_focus_caret_and_place(page, bob):
    await begin(page, rows(range(60)))
    row, field = view(page).locator('[data-key="40"]'), view(page).locator('input')
    await row.evaluate('node => { node.marked = true; node.focus(); node.parentNode.parentNode.scrollTop += 7; }')
    top = (await row.bounding_box())['y']
    await refresh(page, 2, html={'#tried .rows': rows([100, 101, *range(60)], '!')})
    await expect(row).to_have_text('row 40!')
    await expect(row).to_be_focused()
    assert await row.evaluate('node => node.marked'), 'it is the same one'
    assert abs((await row.bounding_box())['y'] - top) <= 1
    await refresh(page, 3, html={'#tried .rows': rows([40, *range(30), 50])})
    await expect(row).to_be_focused()
    await field.fill('typed')
    await field.evaluate('node => node.setSelectionRange(1, 3)')
    whole = VIEW.partition('>')[2].rpartition('</section>')[0]
    await push(bob, html={'#tried': f'<h2>More</h2><p>above</p>{whole.strip()}'})
    await expect(view(page).locator('h2')).to_have_text('More')
    await expect(field).to_be_focused()
    assert await field.evaluate('node => [node.value, node.selectionStart, node.selectionEnd]') == ['typed', 1, 3]


async def test_what_was_pressed_is_busy_until_its_answer_and_asks_once(page):
    button = view(page).get_by_role('button')
    await button.click()
    await button.click()
    await expect(button).to_have_attribute('aria-busy', 'true')
    [[name, of]] = await asked(page, 1)
    assert (name, of) == ('press', {'room': 1})
    await answer(page, 0, error='Not now.', code='forbidden')
    await expect(button).not_to_have_attribute('aria-busy', 'true')
    await expect(page.locator('#note')).to_have_text('Not now.')
    await button.click()
    await asked(page, 2)
    await answer(page, 1, say='Pressed.')
    await expect(page.locator('.said')).to_have_text('Pressed.')


async def test_arguments_are_those_around_and_fields_by_name(page):
    await view(page).evaluate('''node => { node.insertAdjacentHTML("beforeend", `<form data-with='{"a": 1, "b": 1}'><input name="typed">
        <p data-with='{"b": 2}'><button type="button" data-ask="press" data-with='{"c": 3}'>Inner</button></p></form>`); }''')
    await page.locator('[name=typed]').fill('text')
    await page.get_by_role('button', name='Inner').click()
    assert ['press', {'room': 1, 'typed': 'text', 'a': 1, 'b': 2, 'c': 3}] in await asked(page, 2)


async def test_typing_asks_after_a_pause_once(page):
    await view(page).locator('input').press_sequentially('abc')
    [[name, _]] = await asked(page, 1)
    assert name == 'try'


async def test_what_went_stale_while_the_connection_was_away_is_asked_for_again(page, bob):
    await begin(page, rows([1, 2]))
    await disconnect(page)
    await asyncio.sleep(0.1)
    await expect(view(page).locator('a')).to_have_text(['row 1', 'row 2'])
    await view(page).get_by_role('button').click()
    await expect(page.locator('#note')).to_contain_text('There is no connection')
    await page.context.set_offline(False)
    [_, [name, of]] = await asked(page, 2)
    assert (name, of['through']) == ('try', 2), 'as far as it was shown'
    await answer(page, 1, html={'#tried .rows': rows([3])})
    await expect(view(page).locator('a')).to_have_text(['row 3'])
    await page.evaluate('socket.onevent({data: ["tried"]})')
    await asked(page, 3)
    await disconnect(page)
    await page.context.set_offline(False)
    await asked(page, 4)


async def test_what_is_gone_is_gone_at_once_and_its_view_is_asked_for_again(page):
    await begin(page, rows([1, 2]).replace('data-key="1"', 'data-key="1" data-gone="lost:5 out"'))
    await page.evaluate('socket.onevent({data: ["lost", {room: 6}]})')
    await expect(view(page).locator('a')).to_have_text(['row 1', 'row 2'])
    await page.evaluate('socket.onevent({data: ["lost", {room: 5}]})')
    await expect(view(page).locator('a')).to_have_text(['row 2'])
    await asked(page, 2)


async def test_what_is_gone_need_not_stand_in_a_view_and_a_view_that_is_gone_asks_nothing(page):
    await begin(page, rows([1]))
    await page.evaluate('''document.querySelector("h1").insertAdjacentHTML("afterend", '<p id="outside" data-gone="tried">x</p>')''')
    await refresh(page, 2, html={'#tried .none': 'as it is'})
    await expect(page.locator('#outside')).to_have_count(0)
    await page.evaluate('socket.onevent({data: ["tried", {room: 1}]})')  # what all hear, not all ask for at once
    await view(page).evaluate('node => node.remove()')
    await asyncio.sleep(0.8)
    await asked(page, 2)


CONTROL = '<button data-ask="press" data-call="help" data-act="settings" data-fresh="tried" data-gone="tried">x</button>'


@pytest.mark.parametrize('text', [
    CONTROL, f'`{CONTROL}`', f'```\n{CONTROL}\n```', f'> {CONTROL}', f'[{CONTROL}](https://example.org "data-ask=press")',
    '<a href="https://example.org" data-ask="press">x</a>', '[x](https://example.org"data-ask="press)', '- <b data-call=help>x</b>',
    '/me <i data-fresh=tried>x</i>', '@ann" data-ask="press'])
async def test_no_text_becomes_a_control(page, bob, text):
    number = (await bob.ask('send_message', {'message': text}))['id']
    await expect(page.locator(f'#m{number}')).to_be_attached()
    controls = page.locator(f'#m{number}').locator('[data-ask], [data-call], [data-act], [data-with], [data-fresh], [data-gone]')
    await expect(controls).to_have_count(0)
    await bob.ask('save', {'id': number, 'on': True})
    bobs = await page.evaluate('id => new Promise(done => socket.emit("excerpt", {id, query: "data ask"}, done))', number)
    inner = json.dumps(bobs['html'])
    assert not re.search(r'<[^>]*data-(ask|call|act|fresh|gone)=', inner.split('class=\\"text\\"')[1])


async def test_names_and_topics_are_no_controls(page, bob, server):
    room = await create(bob, 'x" data-ask="press', 'ann')
    await bob.ask('update_room', {'room': room, 'topic': CONTROL})
    await bob.ask('send_message', {'room': room, 'message': '@ann hello'})
    await show_room(page, room)
    await shows_room(page, room)
    await expect(page.locator('.topic')).to_have_text(CONTROL)
    await page.get_by_role('button', name='Mentions').click()
    await expect(page.locator('.panel .where').first).to_have_text('# x" data-ask="press')
    await expect(page.locator('[data-ask="press"]')).to_have_count(1)  # the test's own
    await page.locator('.topic').click()
    assert await page.evaluate('asked.length') == 0


async def test_the_runtime_does_not_look_into_texts(page, bob):
    number = (await bob.ask('send_message', {'message': 'a text'}))['id']
    text = page.locator(f'#m{number} .text')
    await text.evaluate('(node, control) => { node.innerHTML = control; }', CONTROL)
    await text.locator('button').click()
    await begin(page, rows([1]))
    await page.evaluate('socket.onevent({data: ["tried"]})')
    await expect(text.locator('button')).to_be_attached()
    await expect(page.locator('dialog[open], .q-dialog')).to_have_count(0)
    await asked(page, 2)


@pytest.mark.parametrize('latency', lines(50))
async def test_lists_come_however_slow_the_line_is(open_chat, bob, latency):
    await bob.ask('send_message', {'message': '@ann a slow greeting'})
    page = await open_chat('ann')
    await page.goto(f'{page.url.split("?")[0]}?latency={latency}')
    await page.wait_for_function(READY)
    await page.get_by_role('button', name='Mentions').click()
    await expect(page.locator('.panel')).to_be_visible()
    await expect(page.locator('.panel .found').first).to_contain_text('a slow greeting')
    await page.keyboard.press('Control+Shift+F')
    await page.get_by_label('Search messages').press_sequentially('slow greet')
    await expect(page.locator('.panel mark').first).to_have_text('slow')
    await page.get_by_role('button', name='Members').click()
    await expect(page.locator('.panel li .label')).to_contain_text(['ann'])

"""Marks by keys, links that are pasted over words, new lines, and what one is told of a long text."""
import pytest
from playwright.async_api import expect

from .acting import say, show_room, shows_room
from .test_messages import CLIPBOARD, PHONE, editor, post, text, use

pytestmark = pytest.mark.browser


@pytest.fixture
async def page(open_chat, room):
    chat = await open_chat('ann', **CLIPBOARD)
    await show_room(chat, room)
    await shows_room(chat, room)
    return chat


def field(page):
    return page.locator('#composer')


async def write(where, marked):
    """A text, in which what stands between the brackets is selected."""
    begin, end = (len(part.encode('utf-16-le')) // 2 for part in (marked.split('⟦')[0], marked.split('⟧')[0].replace('⟦', '')))
    await where.fill(marked.replace('⟦', '').replace('⟧', ''))
    await where.evaluate('(field, [begin, end]) => { field.focus(); field.setSelectionRange(begin, end); }', [begin, end])


async def written(where):
    return await where.evaluate('''field => { const {value, selectionStart: begin, selectionEnd: end} = field;
        return `${value.slice(0, begin)}⟦${value.slice(begin, end)}⟧${value.slice(end)}`; }''')


BOLD, ITALIC, CODE, STRUCK = 'Control+b', 'Control+i', 'Control+e', 'Control+Shift+x'
MARKED = [
    (BOLD, 'some ⟦words⟧ here', 'some **⟦words⟧** here'),
    (ITALIC, 'some ⟦words⟧ here', 'some *⟦words⟧* here'),
    (CODE, 'some ⟦words⟧ here', 'some `⟦words⟧` here'),
    (STRUCK, 'some ⟦words⟧ here', 'some ~~⟦words⟧~~ here'),
    (BOLD, 'a *⟦b⟧* c', 'a ***⟦b⟧*** c'),
    (ITALIC, 'a **⟦b⟧** c', 'a ***⟦b⟧*** c'),
    (CODE, 'a ⟦b`c⟧ d', 'a ``⟦b`c⟧`` d'),
    (BOLD, 'an ⟦🎉 مرحبا⟧!', 'an **⟦🎉 مرحبا⟧**!'),
    (BOLD, 'before ⟦⟧after', 'before **⟦⟧**after'),
    (CODE, '⟦⟧', '`⟦⟧`'),
]


@pytest.mark.parametrize('where', [field, editor])
async def test_a_key_marks_what_is_selected_and_takes_the_marks_away(page, ann, room, where):
    if where is editor:
        [number] = await post(ann, room, 'as it was')
        await use(page, number, 'Edit')
    for keys, before, after in MARKED:
        await write(where(page), before)
        for expected in (after, before, after):
            await page.keyboard.press(keys)
            assert await written(where(page)) == expected
        await page.keyboard.press('Control+z')
        await page.keyboard.press('Control+z')
        await page.keyboard.press('Control+z')
        await expect(where(page)).to_have_value(before.replace('⟦', '').replace('⟧', '')), 'undo takes it back'
    for keys, before, after in [
        (BOLD, 'some ⟦ words ⟧here', 'some  **⟦words⟧** here'),
        (BOLD, 'some ⟦**words**⟧ here', 'some ⟦words⟧ here'),
        (ITALIC, '⟦***both***⟧', '⟦**both**⟧'),
        (CODE, '⟦`code`⟧', '⟦code⟧'),
        (BOLD, '⟦- one\n- two\n\nthree⟧', '⟦- **one**\n- **two**\n\n**three**⟧'),
        (BOLD, '⟦- **one**\n- **two**\n\n**three**⟧', '⟦- one\n- two\n\nthree⟧'),
        (BOLD, '**written⟦⟧**', '**written**⟦⟧'),
    ]:
        await write(where(page), before)
        await page.keyboard.press(keys)
        assert await written(where(page)) == after


async def test_it_is_sent_as_it_looks(page):
    await field(page).fill('')
    await page.keyboard.press(BOLD)
    await page.keyboard.type('loud')
    await page.keyboard.press(BOLD)
    await page.keyboard.type(' and ')
    await page.keyboard.press(STRUCK)
    await page.keyboard.type('gone')
    await page.keyboard.press(STRUCK)
    await page.keyboard.press('Enter')
    await expect(page.locator('article .text strong')).to_have_text('loud')
    await expect(page.locator('article .text').locator('s, del')).to_have_text('gone')


LINK = 'https://example.com/a_(b)?c=d'


PASTED = [
    ('see ⟦the plan⟧.', LINK, f'see [the plan]({LINK})⟦⟧.'),
    ('see ⟦the plan ⟧now', f'{LINK}\n', f'see [the plan]({LINK}) ⟦⟧now'),
    ('⟦a [b]⟧', 'http://example.com', '[a \\[b\\]](http://example.com)⟦⟧'),
    ('⟦x⟧', 'https://example.com/(', '[x](<https://example.com/(>)⟦⟧'),
    ('see ⟦⟧', LINK, f'see {LINK}⟦⟧'),
    ('see ⟦the plan⟧', 'not a link', 'see not a link⟦⟧'),
    ('see ⟦the plan⟧', f'two words {LINK}', f'see two words {LINK}⟦⟧'),
    ('⟦https://old.example.com⟧', LINK, f'{LINK}⟦⟧'),
    ('[words](⟦old⟧)', LINK, f'[words]({LINK}⟦⟧)'),
    ('⟦two\nlines⟧', LINK, f'{LINK}⟦⟧'),
    ('`in ⟦code⟧`', LINK, f'`in {LINK}⟦⟧`'),
]


async def test_a_link_over_words_makes_them_one(page):
    for before, pasted, after in PASTED:
        await page.evaluate('text => navigator.clipboard.writeText(text)', pasted)
        await write(field(page), before)
        await page.keyboard.press('Control+v')
        await expect(field(page)).to_have_value(after.replace('⟦⟧', '') + ('\n' if pasted == f'{LINK}\n' and '[' not in after else ''))
        assert await written(field(page)) == after
        await page.keyboard.press('Control+z')
        await expect(field(page)).to_have_value(before.replace('⟦', '').replace('⟧', ''))


# Lines

async def test_keys_for_a_new_line(page):
    await field(page).fill('one')
    for key in ('Alt+Enter', 'Shift+Enter'):
        await page.keyboard.press(key)
        await page.keyboard.type('more')
    await expect(field(page)).to_have_value('one\nmore\nmore')
    await page.keyboard.press('Enter')
    await expect(page.locator('article .text')).to_have_text('one\nmore\nmore')


FENCED = [
    (['```py'], True), (['```', 'code', '', 'more'], True), (['look:', '~~~', 'x'], True), (['````', '```', 'x'], True),
    (['so: ```', 'x'], True),
    (['```', 'code', '```'], False), (['```one line```'], False), (['`code`'], False), (['say ``` twice ``` here'], False),
    (['~~~', 'x', '~~~'], False), (['```', 'code```'], False), (['```` is a fence, and so on'], True),
]


async def test_enter_in_a_block_that_is_not_finished_makes_a_line(page):
    for lines, makes in FENCED:
        await field(page).fill('\n'.join(lines))
        await page.keyboard.press('Enter')
        await expect(field(page)).to_have_value('\n'.join([*lines, '']) if makes else '')
        await field(page).fill('')


async def test_within_a_finished_block_enter_sends_and_in_an_editor_it_saves(page, ann, room):
    await write(field(page), '```\nco⟦⟧de\n```')
    await page.keyboard.press('Enter')
    await expect(page.locator('article .text pre')).to_have_text('code')
    [number] = await post(ann, room, 'text')
    await use(page, number, 'Edit')
    await editor(page).fill('```\ncode')
    await page.keyboard.press('Enter')
    await expect(editor(page)).to_have_value('```\ncode\n')
    await page.keyboard.press('Alt+Enter')
    await page.keyboard.type('```')
    await page.keyboard.press('Enter')
    await expect(text(page, number).locator('pre')).to_contain_text('code')


async def test_on_a_phone_enter_makes_a_line_and_the_button_sends(open_chat, ann, room):
    [number] = await post(ann, room, 'text')
    page = await open_chat('ann', **PHONE)
    await show_room(page, room)
    await shows_room(page, room)
    await expect(field(page)).to_have_attribute('enterkeyhint', 'enter')
    await field(page).tap()
    await page.keyboard.type('one')
    await page.keyboard.press('Enter')
    await page.keyboard.type('two')
    await expect(field(page)).to_have_value('one\ntwo')
    await page.get_by_role('button', name='Send').tap()
    await expect(page.locator('article .text').last).to_have_text('one\ntwo')
    await text(page, number).tap()
    await page.locator('.tools').get_by_role('button', name='Edit').tap()
    await editor(page).press('Enter')
    await expect(editor(page)).to_have_value('text\n')
    await expect(page.locator('.editor .hint')).to_have_text('')
    await page.keyboard.type('more')
    await page.get_by_role('button', name='Save').tap()
    await expect(text(page, number)).to_contain_text('more')


async def test_spelling_and_correction_stay_on(page, ann, room):
    [number] = await post(ann, room, 'text')
    await use(page, number, 'Edit')
    await expect(field(page)).to_have_attribute('enterkeyhint', 'send')
    for where in (field(page), editor(page)):
        for name, value in (('autocomplete', None), ('autocorrect', 'on'), ('spellcheck', 'true'), ('autocapitalize', 'sentences')):
            assert await where.get_attribute(name) == value


# How long it is

async def test_from_200_characters_before_the_limit_they_are_counted_as_the_limit_counts(page):
    counter = page.locator('.counter')
    for typed, count in (('x' * 3799, ''), ('x' * 3800, '3800 / 4000'), ('🎉' * 3900, '3900 / 4000'), ('x' * 4000 + '\n', '4000 / 4000'),
                         ('🎉' * 4001, '4001 / 4000')):
        await field(page).fill(typed)
        await expect(counter).to_have_text(count)
        above = await counter.evaluate('counter => getComputedStyle(counter).color !== getComputedStyle(counter.previousSibling).color')
        assert above == (count == '4001 / 4000')
    await field(page).fill('🎉' * 4000)
    await page.keyboard.press('Enter')
    await expect(counter).to_have_text('')
    await expect(page.locator('article .text')).to_have_text('🎉' * 4000)
    await say(page, 'short')
    await expect(counter).to_have_text('')

"""Completing @names while writing."""
import pytest
from playwright.async_api import expect

pytestmark = pytest.mark.browser


@pytest.fixture
async def ann(open_chat, server):
    for name in ('bob', 'bobby', 'dina', 'สมชาย', 'דנה', '小明'):
        server.cookie(name)
    async with server.program('dina') as dina:
        await dina.ask('send_message', 'I wrote last')
    page = await open_chat('ann')
    await page.keyboard.press('Escape')
    return page


def field(page):
    return page.get_by_label('Message', exact=True)


def choices(page):
    return page.locator('#completion li')


async def names(page):
    await expect(choices(page).first).to_be_visible()
    return await choices(page).locator('bdi').all_inner_texts()


async def test_by_keyboard(ann):
    await field(ann).press_sequentially('hello @bo')
    assert await names(ann) == ['bob', 'bobby']
    await ann.keyboard.press('ArrowDown')
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value('hello @bobby ')
    await expect(choices(ann)).to_have_count(0)
    await field(ann).press_sequentially('and @BO')
    await ann.keyboard.press('Tab')
    await expect(field(ann)).to_have_value('hello @bobby and @bob ')
    await expect(field(ann)).to_be_focused()


async def test_by_mouse(ann):
    await field(ann).press_sequentially('@b')
    await choices(ann).filter(has_text='bobby').click()
    await expect(field(ann)).to_have_value('@bobby ')
    await expect(field(ann)).to_be_focused()


async def test_who_wrote_last_comes_first_and_everyone_last(ann):
    await field(ann).press_sequentially('@')
    listed = await names(ann)
    assert listed[0] == 'dina'
    assert listed[-1] == 'everyone'
    assert 'ann' not in listed


@pytest.mark.parametrize(('typed', 'name'), [('@สม', 'สมชาย'), ('@דנ', 'דנה'), ('@小', '小明')])
async def test_in_any_script(ann, typed, name):
    await field(ann).press_sequentially(typed)
    assert await names(ann) == [name]
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value(f'@{name} ')


async def test_members_of_this_room_come_before_others(ann, server):
    async with server.program('ann') as program:
        room = (await program.ask('create_room', {'name': 'Two', 'kind': 'closed', 'members': ['bobby']}))['room']['id']
    await ann.evaluate('room => chatroom.open(room)', room)
    await expect(ann.locator('h1')).to_have_text('Two')
    await field(ann).press_sequentially('@bo')
    await expect(choices(ann)).to_have_count(2)
    assert await names(ann) == ['bobby', 'bob']
    await expect(choices(ann).last).to_contain_text('not in this room')


@pytest.mark.parametrize('text', ['mail@bo', 'a@bo', '@@bo', '@bob x', '@nobody-has-this'])
async def test_what_is_no_name_is_left_alone(ann, text):
    await field(ann).press_sequentially(text)
    await ann.wait_for_timeout(200)
    await expect(choices(ann)).to_have_count(0)
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value('')


async def test_escape_closes_the_list_only(ann):
    await field(ann).press_sequentially('@bo')
    await expect(choices(ann)).to_have_count(2)
    await ann.keyboard.press('Escape')
    await expect(choices(ann)).to_have_count(0)
    await expect(field(ann)).to_have_value('@bo')


async def test_emoji(ann):
    await field(ann).press_sequentially('Done :tad')
    await expect(choices(ann).first).to_contain_text('🎉:tada:')
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value('Done 🎉 ')
    await expect(field(ann)).to_be_focused()
    assert (await ann.evaluate('chatroom.recentEmoji(1)')) == ['🎉']
    await ann.keyboard.press('Control+z')
    await expect(field(ann)).to_have_value('Done :tad')


async def test_emoji_used_last_come_first(ann):
    await field(ann).press_sequentially(':he')
    await expect(choices(ann)).to_have_count(8)
    await ann.evaluate('chatroom.usedEmoji("🚁")')
    await field(ann).press_sequentially('l')
    assert (await names(ann))[0] == ':helicopter:'


@pytest.mark.parametrize('text', ['10:30', 'at 10:30pm', 'http://host', ':)', ':-)', ':D', ':-D', 'a:tada', ':tada:', '(:tada:', '1/2', 'see /to'])
async def test_what_is_no_shortcode_and_no_command_is_left_alone(ann, text):
    await field(ann).press_sequentially(':hea')  # so that the emoji are there
    await expect(choices(ann)).to_have_count(8)
    await field(ann).fill('')
    await field(ann).press_sequentially(text)
    await expect(choices(ann)).to_have_count(0)
    await ann.keyboard.press('Enter')
    await expect(field(ann)).to_have_value('')


async def test_commands(ann):
    await field(ann).press_sequentially('/')
    assert await names(ann) == ['/me', '/shrug', '/topic', '/invite', '/help']
    await field(ann).press_sequentially('to')
    await ann.keyboard.press('Tab')
    await expect(field(ann)).to_have_value('/topic ')


async def test_in_another_field(ann):
    await ann.evaluate('chatroom.open(1)')
    await expect(ann.locator('h1')).to_have_text('Lobby')
    await ann.evaluate('''() => {
      const editor = document.createElement("textarea"), wrapper = document.createElement("div");
      editor.className = "editor"; wrapper.append(editor);
      document.querySelector("[role=log] article .text").replaceChildren(wrapper);
      chatroom.completes(editor); editor.focus();
    }''')
    await ann.keyboard.type('@bo')
    assert await names(ann) == ['bob', 'bobby']
    await ann.keyboard.press('ArrowDown')
    await ann.keyboard.press('Enter')
    await expect(ann.locator('.editor')).to_have_value('@bobby ')
    await expect(field(ann)).to_have_value('')

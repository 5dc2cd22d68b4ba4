import httpx
from nicegui import core
from nicegui.testing import User

from .conftest import enter


async def test_a_chat_between_two(user, another_user):
    await enter(user, 'Register', 'ann')
    await user.should_see('Lobby')
    await enter(another_user, 'Register', 'bob')
    await another_user.should_see('Lobby')
    user.find('Message').type('Hello, Bob').trigger('keydown.enter')
    await another_user.should_see('Hello, Bob')
    another_user.find('Message').type('Hello, Ann').trigger('keydown.enter')
    await user.should_see('Hello, Ann')


async def test_a_refused_text_stays_in_the_field(user):
    await enter(user, 'Register', 'ann')
    await user.should_see('Lobby')
    user.find('Message').type('x' * 4001).trigger('keydown.enter')
    await user.should_see('shorten it')
    field = next(iter(user.find('Message').elements))
    assert len(field.value) == 4001


async def test_log_out(user):
    await enter(user, 'Register', 'ann')
    await user.should_see('Lobby')
    user.find('Log out').click()
    await user.should_see('Password')
    await user.open('/chat')
    await user.should_see('Password')


async def test_a_second_tab_can_not_write_after_logging_out_in_the_first(user):
    await enter(user, 'Register', 'ann')
    await user.should_see('Lobby')
    tab = User(user.http_client)
    await tab.open('/chat')
    user.find('Log out').click()
    await user.should_see('Password')
    tab.find('Message').type('too late').trigger('keydown.enter')
    await tab.should_see('You are logged out')


async def test_a_stranger_costs_no_page(user):
    response = await user.http_client.get('/chat')
    assert (response.status_code, response.headers['location']) == (303, '/')


async def test_another_browser_starts_as_a_stranger(user):
    await enter(user, 'Register', 'ann')
    await user.should_see('Lobby')
    async with httpx.AsyncClient(transport=httpx.ASGITransport(core.app), base_url='http://test') as other:
        assert (await other.get('/chat')).headers['location'] == '/'

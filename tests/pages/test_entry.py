import asyncio

import pytest

import auth
import limits
from accounts import hashing

from .conftest import PASSWORD, enter


async def test_register_leads_to_the_chat(user):
    await enter(user, 'Register', 'ann')
    await user.should_see('Lobby')
    await user.should_see('ann')


async def test_log_in_leads_to_the_chat(user, another_user):
    await enter(user, 'Register', 'ann')
    await user.should_see('Lobby')
    await enter(another_user, 'Log in', 'ann')
    await another_user.should_see('Lobby')


@pytest.mark.parametrize(('username', 'password'), [
    ('ann', 'wrong horse 7'), ('nobody', PASSWORD), ('', ''), ('ann', 'x' * 100_000), ('\0', '\0'), ('ann\ud800', PASSWORD),
    ('ann', '\ud800' * 8), ('\u0301\u0316' * 100_000, PASSWORD)])
async def test_wrong_password(user, another_user, username, password):
    await enter(user, 'Register', 'ann')
    await user.should_see('Lobby')
    await enter(another_user, 'Log in', username, password)
    await another_user.should_see('Wrong username or password.')
    await another_user.should_not_see('Lobby')


@pytest.mark.parametrize(('username', 'password', 'sentence'), [
    ('', PASSWORD, '1 to 32 characters'),
    ('ann smith', PASSWORD, 'letters, digits'),
    ('everyone', PASSWORD, 'reserved'),
    ('ann', 'short', 'at least 8 characters'),
    ('ann', 'ж' * 37, 'at most 72 bytes'),
    ('correct horse', 'correct horse', 'letters'),
    ('longer.name', 'Longer.Name', 'must not be the username'),
    ('ann', 'Password123', 'first that anybody would try'),
    ('ann\ud800', PASSWORD, "can't be stored"),
    ('ann', '\ud800' * 8, "can't be stored"),
])
async def test_broken_rules_are_named(user, username, password, sentence):
    await enter(user, 'Register', username, password)
    await user.should_see(sentence)


async def test_a_taken_name_is_refused_also_in_another_case(user, another_user):
    await enter(user, 'Register', 'Ann')
    await user.should_see('Lobby')
    await enter(another_user, 'Register', 'aNN')
    await another_user.should_see('is taken')


async def test_enter_submits(user, another_user):
    await enter(user, 'Register', 'ann')
    await user.should_see('Lobby')
    await enter(another_user, 'Log in', 'ann', press=False)
    another_user.find('Password').trigger('keydown.enter')
    await another_user.should_see('Lobby')


async def test_strangers_get_a_page_of_few_elements(user):
    """They may ask for it as often as they like, and each costs the server until its browser leaves."""
    await user.open('/')
    assert len(user.client.elements) <= 10


async def test_closed_registration_says_so(monkeypatch, user_with_closed_registration):
    await user_with_closed_registration.open('/')
    await user_with_closed_registration.should_see('Registration is closed')


@pytest.fixture
async def user_with_closed_registration(closed, user):
    return user


@pytest.fixture
def closed(monkeypatch):
    monkeypatch.setenv('CHATROOM_REGISTRATION', 'closed')


async def test_the_entry_page_knows_a_browser_too(user, another_user):
    await enter(user, 'Register', 'ann')
    await user.should_see('Lobby')
    user.find('Log out').click()
    await user.should_see('Password')
    for i in range(limits.PER_NAME):
        auth._throttle.begin('ann', f'10.0.{i}.1')
    await enter(another_user, 'Log in', 'ann')
    await another_user.should_see('Too many failed logins')
    await enter(user, 'Log in', 'ann')
    await user.should_see('Lobby')


async def test_a_page_that_left_no_longer_stands_in_the_queue(user):
    turns = auth._hasher.turns
    for _ in range(hashing.THREADS):
        await turns.take('login')
    await enter(user, 'Register', 'ann')
    await until(lambda: len(turns._waiting['registration']) == 1)
    (number,) = user.client._socket_to_document_id
    user.client.handle_disconnect(number)
    await until(lambda: len(turns._waiting['registration']) == 0)
    await user.should_see('The connection was lost: try again.')


async def until(condition):
    async with asyncio.timeout(20):
        while not condition():
            await asyncio.sleep(0.005)

import pytest

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
    ('ann', 'wrong horse 7'), ('nobody', PASSWORD), ('', ''), ('ann', 'x' * 100_000), ('\0', '\0')])
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
])
async def test_broken_rules_are_named(user, username, password, sentence):
    await enter(user, 'Register', username, password)
    await user.should_see(sentence)


async def test_a_taken_name_is_refused_also_in_another_case(user, another_user):
    await enter(user, 'Register', 'Ann')
    await user.should_see('Lobby')
    await enter(another_user, 'Register', 'aNN')
    await another_user.should_see('is taken')


async def test_enter_submits(user):
    await enter(user, 'Register', 'ann', press=False)
    user.find('Password').trigger('keydown.enter')
    await user.should_see('Lobby')


async def test_closed_registration_says_so(monkeypatch, user_with_closed_registration):
    await user_with_closed_registration.open('/')
    await user_with_closed_registration.should_see('Registration is closed')


@pytest.fixture
async def user_with_closed_registration(closed, user):
    return user


@pytest.fixture
def closed(monkeypatch):
    monkeypatch.setenv('CHATROOM_REGISTRATION', 'closed')

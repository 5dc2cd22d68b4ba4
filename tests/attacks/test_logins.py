"""Guessing passwords, keeping owners out by guessing, and finding out which names there are."""
import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta

import bcrypt
import httpx
import pytest

import auth
import database
import limits
import models
import settings
from accounts import browsers, decoys
from errors import Refused
from tests.running import PASSWORD, Server

from .accounts import Hashes, accounts


def attack(server, name, count=limits.PER_NAME):
    """Strangers from everywhere guess."""
    return [server.post('/login', name, 'wrong', headers={'X-Forwarded-For': f'10.0.{i % 250}.1'}).status_code for i in range(count)]


def test_strangers_can_not_lock_out_the_owner_of_a_name(make_server):
    with make_server(CHATROOM_RATE_LIMITS='on') as server, httpx.Client(base_url=server.url) as browser:
        form = {'username': 'ann', 'password': PASSWORD}
        assert browser.post('/register', data=form).status_code == 303
        assert browser.post('/logout').status_code == 303
        assert set(attack(server, 'ann')) == {401}
        assert server.post('/login', 'ann').status_code == 429, 'from a browser that nobody knows'
        assert browser.post('/login', data=form).status_code == 303, 'in a browser of hers'
        assert browser.post('/logout').status_code == 303
        wrong = [browser.post('/login', data={**form, 'password': 'wrong'}).status_code for _ in range(6)]
        assert wrong == [401] * 5 + [429], 'then it counts as a stranger'
        assert browser.post('/login', data=form).status_code == 429


def test_a_browser_is_known_for_who_has_used_it_only(make_server):
    with make_server(CHATROOM_RATE_LIMITS='on') as server, httpx.Client(base_url=server.url) as browser:
        server.cookie('ann')
        assert browser.post('/register', data={'username': 'mallory', 'password': PASSWORD}).status_code == 303
        attack(server, 'ann')
        assert browser.post('/login', data={'username': 'ann', 'password': PASSWORD}).status_code == 429


def known_at(server):
    return f'chatroom_known_{server.port}'


def test_a_browser_stays_known_to_two_servers_of_one_host(tmp_path):
    """Whoever logs in to the other one can't be kept out here, either, by strangers who guess."""
    for name in ('one', 'two'):
        (tmp_path / name).mkdir()
    with (Server(tmp_path / 'one', CHATROOM_RATE_LIMITS='on') as one, Server(tmp_path / 'two') as other,
          httpx.Client() as browser):
        for server in (one, other):
            assert browser.post(f'{server.url}/register', data={'username': 'ann', 'password': PASSWORD}).status_code == 303
        attack(one, 'ann')
        assert browser.post(f'{one.url}/login', data={'username': 'ann', 'password': PASSWORD}).status_code == 303


def test_a_browser_that_was_known_before_servers_had_cookies_of_their_own_still_is(make_server):
    with make_server(CHATROOM_RATE_LIMITS='on') as server:
        known = server.post('/register', 'ann').cookies[known_at(server)]
        attack(server, 'ann')
        assert server.post('/login', 'ann').status_code == 429
        assert server.post('/login', 'ann', cookies={'chatroom_known': known}).status_code == 303


def test_a_token_that_was_planted_is_never_known(make_server):
    with make_server() as server:
        planted = dict.fromkeys(('chatroom_known', known_at(server)), 'x' * 43)
        response = server.post('/register', 'ann', cookies=planted)
        cookie = next(value for value in response.headers.get_list('set-cookie') if value.startswith('chatroom_known'))
        assert response.cookies[known_at(server)] != 'x' * 43
        for part in ('HttpOnly', 'SameSite=Lax', f'Max-Age={90 * 24 * 3600}'):
            assert part in cookie
        assert response.cookies[known_at(server)].encode() not in server.database.read_bytes()


async def test_ten_browsers_of_a_person_are_known_and_the_newest_win():
    async with accounts():
        user_id = await auth.register('ann', PASSWORD)
        tokens = [(await auth.open_session(user_id))[1] for _ in range(12)]
        (_, renewed) = await auth.open_session(user_id, browser=tokens[5])

        def known(*shown):
            return [browsers.is_known(models.user_named('ann'), token) for token in shown]

        assert await database.read(lambda: known(*tokens)) == [False] * 2 + [True] * 3 + [False] + [True] * 6
        assert await database.read(lambda: known(renewed, '', None, 'x')) == [True, False, False, False]


async def test_a_browser_is_forgotten_after_90_days():
    async with accounts():
        user_id = await auth.register('ann', PASSWORD)
        _, token = await auth.open_session(user_id)
        past = models.now() - timedelta(days=90, minutes=1)
        await database.write(lambda: database.Written(models.Browser.update(seen_at=past).execute()))
        assert not await database.read(lambda: browsers.is_known(models.user_named('ann'), token))
        assert await database.write(lambda: database.Written(browsers.forget_old())) == 1


async def test_two_people_who_share_a_browser_are_both_known():
    async with accounts():
        ann, bob = await auth.register('ann', PASSWORD), await auth.register('bob', PASSWORD)
        _, first = await auth.open_session(ann)
        _, second = await auth.open_session(bob, browser=first)
        assert await database.read(lambda: [browsers.is_known(models.user_named(name), second) for name in ('ann', 'bob')]) == [True] * 2


# Time ---------------------------------------------------------------------------------------------------------------

@pytest.fixture
def hashes(monkeypatch):
    return Hashes(monkeypatch)


async def costs(hashes, names):
    """Return the costs of a wrong login for each of these names."""
    hashes.costs.clear()
    for name in names:
        with pytest.raises(Refused):
            await auth.login(name, 'wrong', '')
    return list(hashes.costs)


@pytest.fixture
def mixed(monkeypatch):
    """40 accounts, half of which have hashes of another cost; a quarter of these are broken."""
    monkeypatch.setenv('CHATROOM_RATE_LIMITS', 'off')

    async def fill():
        for i in range(40):
            user_id = await auth.register(f'user{i}', PASSWORD)
            stored = bcrypt.hashpw(b'x', bcrypt.gensalt(5)).decode() if i % 2 else 'broken'
            if i % 4 in {0, 1, 3}:
                await database.write(lambda user_id=user_id, stored=stored: database.Written(
                    models.User.update(password=stored).where(models.User.id == user_id).execute()))

    return fill


NOBODY = [f'nobody{i}' for i in range(300)]


async def test_names_and_no_names_cost_the_same_mixture(hashes, mixed):
    async with accounts():
        await mixed()
        real = await costs(hashes, [f'user{i}' for i in range(40)])
        assert sorted(set(real)) == [4, 5]
        unknown = await costs(hashes, NOBODY)
        assert len(unknown) == len(NOBODY), 'one hash each'
        assert unknown.count(5) / len(unknown) == pytest.approx(real.count(5) / len(real), abs=0.2)


async def test_no_name_costs_the_same_each_time(hashes, mixed):
    """The cost stays after a restart, and a registration changes that of few names."""
    async with accounts():
        await mixed()
        first = await costs(hashes, NOBODY)
        assert await costs(hashes, [name.upper() for name in NOBODY]) == first
    async with accounts():
        assert await costs(hashes, NOBODY) == first
        await auth.register('another', PASSWORD)
        assert sum(a != b for a, b in zip(first, await costs(hashes, NOBODY), strict=True)) < len(NOBODY) / 8


@pytest.mark.parametrize(('username', 'password'), [
    ('nobody', PASSWORD), ('', ''), ('\ud800', PASSWORD), ('nobody', '\ud800'), ('nobody', 'x' * 100_000), ('x' * 100_000, 'x')])
async def test_in_an_empty_database_every_attempt_costs_what_is_set(hashes, username, password):
    async with accounts():
        with pytest.raises(Refused, match='Wrong username'):
            await auth.login(username, password, '')
    assert hashes.costs == [4]


def test_every_user_is_picked_by_some_names():
    places = [decoys._place(number * 0x9e3779b97f4a7c15 % 2**64, 10) for number in range(1000)]
    assert min(places.count(place) for place in range(10)) > 50
    assert decoys._place(2**64 - 1, 2**62) < 2**62
    assert decoys._place(7, 0) == 0


def stored_cost(path):
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute('SELECT substr(password, 5, 2) FROM users').fetchone()[0]


async def test_a_login_renews_a_hash_of_another_cost(hashes, monkeypatch):
    async with accounts():
        await auth.register('ann', PASSWORD)
    monkeypatch.setenv('CHATROOM_BCRYPT_ROUNDS', '5')
    async with accounts():
        with pytest.raises(Refused):
            await auth.login('ann', 'wrong', '')
        assert await renewals() == 0
        await auth.login('ann', PASSWORD, '')
        assert await renewals() == 1
        await auth.login('ann', PASSWORD, '')
        assert await renewals() == 0
        assert hashes.costs[-3:] == [4, 5, 5]
    assert stored_cost(settings.current().database) == '05'


async def renewals():
    """Wait for those that are under way."""
    under_way = [task for task in auth._background if task.get_coro().__name__ == '_renew']
    await asyncio.gather(*under_way)
    return len(under_way)


async def test_a_database_that_takes_nothing_keeps_nobody_out(monkeypatch):
    async with accounts():
        await auth.register('ann', PASSWORD)
    monkeypatch.setenv('CHATROOM_BCRYPT_ROUNDS', '5')
    async with accounts():
        with closing(sqlite3.connect(settings.current().database, isolation_level=None)) as other:
            other.execute('BEGIN IMMEDIATE')
            assert await auth.login('ann', PASSWORD, '')
            assert await renewals() == 1
        assert stored_cost(settings.current().database) == '04'
        assert await auth.login('ann', PASSWORD, '')
        assert await renewals() == 1
    assert stored_cost(settings.current().database) == '05'



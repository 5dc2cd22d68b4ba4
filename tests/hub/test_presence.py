"""Who is here, with time passing quickly."""
import asyncio

import pytest

from hub import presence
from hub.presence import Presence


@pytest.fixture
async def world(monkeypatch):
    monkeypatch.setattr(presence, 'LINGER_SECONDS', 0.2)
    monkeypatch.setattr(presence, 'TOLD_SECONDS', 0.1)
    told = []
    here = Presence(told.append)
    yield here, told
    here.stop()


async def test_a_person_is_here_as_long_as_any_socket_is(world):
    here, told = world
    here.came(1, 'ann', 'tab')
    here.came(1, 'ann', 'phone')
    here.gone(1, 'tab')
    await asyncio.sleep(0.4)
    assert (here.state(1), told) == ('online', [{1: ('ann', 'online')}])
    here.gone(1, 'phone')
    assert here.state(1) == 'online', 'most of them only reload'
    await asyncio.sleep(0.4)
    assert (here.state(1), told[1:]) == ('offline', [{1: ('ann', 'offline')}])


async def test_who_comes_back_in_time_was_never_gone(world):
    here, told = world
    for _ in range(4):
        here.came(1, 'ann', 'tab')
        await asyncio.sleep(0.1)
        here.gone(1, 'tab')
        await asyncio.sleep(0.1)
    assert told == [{1: ('ann', 'online')}]


async def test_away_is_who_is_away_in_all_tabs(world):
    here, told = world
    here.came(1, 'ann', 'tab')
    here.came(1, 'ann', 'phone')
    here.set_active(1, 'tab', is_active=False)
    assert here.state(1) == 'online'
    here.set_active(1, 'phone', is_active=False)
    assert here.state(1) == 'away'
    await asyncio.sleep(0.3)
    here.set_active(1, 'tab', is_active=True)
    await asyncio.sleep(0.3)
    assert told == [{1: ('ann', 'away')}, {1: ('ann', 'online')}]
    here.set_active(1, 'unknown', is_active=False)
    here.gone(1, 'unknown')
    here.gone(2, 'unknown')
    assert here.state(1) == 'online'


async def test_a_thousand_who_come_back_are_told_together(world):
    """Otherwise it would be a million packets."""
    here, told = world
    for user in range(1_000):
        here.came(user, f'user{user}', f'sid{user}')
        if user % 100 == 0:
            await asyncio.sleep(0.01)
    await asyncio.sleep(0.3)
    assert len(told) <= 3
    assert sum(map(len, told)) == 1_000

"""The newest pages of rooms are kept for who opens them next, but not of every room that was ever opened."""
import asyncio
from pathlib import Path

import pytest
from nicegui import core

import auth
import database
import settings
from chat import live, messages
from database import Written, migrations
from hub import wire
from models import Membership, Room
from tests.people import acting

ANN, ROOMS = 1, 300


@pytest.fixture
async def rooms(monkeypatch):
    """The numbers of many rooms of Ann's; what changes there is told as ever."""
    monkeypatch.setenv('CHATROOM_RATE_LIMITS', 'off')
    path = Path(settings.load().database)
    migrations.prepare(path)
    wire.install(core.sio)
    database.start(path, live.publish)
    auth.start()
    await auth.register('ann', 'correct horse 7')

    def make():
        numbers = [Room.create(name=f'Room {i}').id for i in range(ROOMS)]
        for number in numbers:
            Membership.create(room=number, user=ANN)
        return Written(numbers)

    yield await database.write(make)
    live.stop()
    await auth.stop()
    await database.stop()


async def test_of_many_rooms_those_opened_last_are_kept(rooms):
    for number in rooms:
        await live.newest_page(rooms[0])
        await live.newest_page(number)
    assert len(live._rooms) == live.MOST_ROOMS
    assert list(live._rooms)[-2:] == [rooms[0], rooms[-1]]


async def test_a_room_that_was_forgotten_is_as_it_is_when_it_is_opened_again(rooms):
    await messages.post(acting(ANN), rooms[0], 'before')
    for number in rooms:
        await live.newest_page(number)
    assert rooms[0] not in live._rooms
    await messages.post(acting(ANN), rooms[0], 'meanwhile')
    page = await live.newest_page(rooms[0])
    assert page.texts == ['ann\nbefore', 'ann\nmeanwhile']
    await messages.post(acting(ANN), rooms[0], 'afterwards')
    assert (await live.newest_page(rooms[0])).texts[-1] == 'ann\nafterwards'


async def test_rooms_of_long_messages_are_fewer(rooms, monkeypatch):
    monkeypatch.setattr(live, 'MOST_CHARACTERS', 40_000)
    for number in rooms[:20]:
        await messages.post(acting(ANN), number, 'x' * 4_000)
        await live.newest_page(number)
    assert 1 <= len(live._rooms) <= 5
    assert sum(newest.characters for newest in live._rooms.values()) <= live.MOST_CHARACTERS


async def test_what_is_being_loaded_is_not_forgotten(rooms, monkeypatch):
    monkeypatch.setattr(live, 'MOST_ROOMS', 3)
    pages = await asyncio.gather(*map(live.newest_page, rooms[:50]))
    assert len(pages) == 50
    assert len(live._rooms) <= 3
    assert {page.revision for page in pages} == {0}
    assert all(page.epoch for page in pages)

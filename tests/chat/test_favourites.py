"""What somebody put on top, by real programs."""
import asyncio
from itertools import count

import pytest

from chat import favourites


@pytest.fixture
async def ann(server):
    async with server.program('ann') as program:
        yield program


numbers = count()


async def create(program, **more):
    return (await program.ask('create_room', {'name': f'Room {next(numbers)}', 'kind': 'open', **more}))['room']['id']


async def starred(program):
    return {room['id'] for room in (await program.ask('rooms'))['rooms'] if room['favourite']}


@pytest.fixture
async def rooms(ann):
    """Three favourites of Ann, and none else."""
    for room in await starred(ann):
        await ann.ask('favourite', {'room': room, 'on': False})
    made = [await create(ann) for _ in range(3)]
    for room in made:
        assert await ann.ask('favourite', {'room': room, 'on': True}) == {'room': room, 'on': True}
    return made


async def test_a_room_is_on_top_for_one_alone_and_all_of_their_programs_hear_it(server, ann, bob):
    room = await create(ann)
    direct = (await ann.ask('open_direct', {'members': ['bob']}))['room']['id']
    async with server.program('ann') as other:
        for each in (room, direct):
            await ann.ask('favourite', {'room': each, 'on': True})
            assert (await other.wait_for('room_changed', id=each, favourite=True))['id'] == each
        assert await starred(other) >= {room, direct}
        assert not await starred(bob)
        await other.ask('favourite', {'room': room, 'on': False})
        await ann.wait_for('room_changed', id=room, favourite=False)
        assert room not in await starred(ann)


async def test_what_is_so_already_stays_where_it_is(ann, rooms):
    assert await ann.ask('favourite', {'room': rooms[0], 'on': True}) == {'room': rooms[0], 'on': True}
    assert await ann.ask('move_favourite', {'room': rooms[1], 'before': rooms[1]}) == {'rooms': rooms}
    room = await create(ann)
    assert await ann.ask('favourite', {'room': room, 'on': False}) == {'room': room, 'on': False}


@pytest.mark.parametrize(('moved', 'before', 'order'), [
    (0, None, (1, 2, 0)), (2, 0, (2, 0, 1)), (0, 2, (1, 0, 2)), (2, 1, (0, 2, 1)), (0, 1, (0, 1, 2)), (2, None, (0, 1, 2))])
async def test_one_is_moved_before_another_or_below_all(ann, rooms, moved, before, order):
    asked = {'room': rooms[moved], **({} if before is None else {'before': rooms[before]})}
    expected = [rooms[at] for at in order]
    assert await ann.ask('move_favourite', asked) == {'rooms': expected}
    last = await create(ann)
    await ann.ask('favourite', {'room': expected[0], 'on': False})
    await ann.ask('favourite', {'room': last, 'on': True})
    assert await ann.ask('move_favourite', {'room': last}) == {'rooms': [*expected[1:], last]}, 'a new one is the last'


async def test_what_one_can_not_see_or_did_not_choose_is_not_found(ann, bob, rooms):
    closed = (await bob.ask('create_room', {'name': 'Closed', 'kind': 'closed'}))['room']['id']
    for room in (closed, 10**9):
        assert await ann.ask('favourite', {'room': room, 'on': True}) == {'error': 'There is no such room.', 'code': 'not_found'}
    for asked in ({'room': rooms[0], 'before': closed}, {'room': closed}, {'room': 1}, {'room': rooms[0], 'before': 1}):
        assert (await ann.ask('move_favourite', asked))['code'] == 'not_found'
    for event, asked in (('favourite', {'room': 1}), ('favourite', {'room': 1, 'on': 1}), ('move_favourite', {}), ('move_favourite', {'room': 'x'})):
        assert (await ann.ask(event, asked))['code'] == 'invalid'


async def test_who_leaves_a_room_has_no_favourite_there(ann, bob, rooms):
    await ann.ask('leave', {'room': rooms[0]})
    await ann.ask('join', {'room': rooms[0]})
    assert await starred(ann) == {*rooms[1:]}


async def test_there_is_a_most_of_them_also_when_they_come_at_once(server, make_server):
    with make_server(CHATROOM_RATE_LIMITS='off') as other:
        async with other.program('ann') as ann:
            rooms = [await create(ann) for _ in range(favourites.MOST)]
            answers = await asyncio.gather(*(ann.ask('favourite', {'room': room, 'on': True}) for room in [1, *rooms]))
            refused = [answer for answer in answers if 'error' in answer]
            assert refused == [{'error': '100 favourites are the most: take one away first.', 'code': 'conflict'}]
            assert len(await starred(ann)) == favourites.MOST

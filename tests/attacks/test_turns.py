"""Who has many connections has no more of the loop than who has one."""
import asyncio

import pytest

from doors.turns import STRANGERS_PAGE_SECONDS, Lanes, Pace
from tests.attacks.raw import Connection, asked, request

LONG = 3600
CONNECTIONS = 40
'''Connections of one address, which may have 64.'''


@pytest.mark.parametrize('before', [1, 50, 2_000])
async def test_one_who_has_one_question_waits_for_one_of_who_has_many(before):
    lanes, order = Lanes(), []

    async def ask(whose):
        await lanes.take(whose)
        order.append(whose)

    await asyncio.gather(*(ask('many') for _ in range(before)), ask('one'))
    assert order.index('one') <= 1
    assert order.count('many') == before
    assert not lanes._waiting, 'nothing is kept of who has gone'


async def test_questions_of_one_person_keep_their_order():
    lanes, order = Lanes(), []

    async def ask(number):
        await lanes.take('ann')
        order.append(number)

    await asyncio.gather(*map(ask, range(100)))
    assert order == list(range(100))


async def test_who_gives_up_does_not_stand_in_the_way():
    lanes = Lanes()
    await lanes.take('ann')
    waiting = [asyncio.ensure_future(lanes.take('ann')) for _ in range(1_000)]
    await asyncio.sleep(0)
    for each in waiting[:-1]:
        each.cancel()
    await asyncio.wait_for(waiting[-1], 10)
    await asyncio.wait_for(lanes.take('ann'), 10)


async def test_the_first_one_need_not_wait_and_the_next_ones_do():
    loop, pace = asyncio.get_running_loop(), Pace(0.02)
    started = loop.time()
    await Pace(LONG).take()
    for _ in range(4):
        await pace.take()
    assert loop.time() - started >= 3 * 0.02


async def test_a_turn_is_not_kept_for_who_has_hung_up():
    pace = Pace(0.02)
    await pace.take()
    waiting = [asyncio.ensure_future(pace.take()) for _ in range(100_000)]
    await asyncio.sleep(0)
    for each in waiting:
        each.cancel()
    await asyncio.wait_for(pace.take(), 60)


@pytest.mark.parametrize('before', [1, 50, 2_000])
async def test_who_has_one_connection_waits_for_one_page_of_who_has_many(before):
    """One address with 60 connections made all others wait for two seconds for the entry page."""
    pace, order = Pace(0.1), []

    async def ask(whose):
        await pace.take(whose)
        order.append(whose)

    await pace.take()
    asking = [asyncio.ensure_future(ask(whose)) for whose in ['many'] * before + ['one', 'another', 'one']]
    await asyncio.wait_for(asyncio.gather(*asking[-3:]), 60)
    assert order[:4] == ['many', 'one', 'another', 'one' if before == 1 else 'many']
    assert order.index('one', 2) <= 4
    for each in asking:
        each.cancel()
    await asyncio.wait_for(pace.take(), 10)
    await asyncio.wait_for(pace.take(), 10)
    assert not pace._waiting, 'nothing is kept of who has gone'


async def test_pages_for_strangers_are_made_at_a_pace(server):
    loop = asyncio.get_running_loop()
    await asked(server.port, request())
    started = loop.time()
    answers = await asyncio.gather(*(asked(server.port, request()) for _ in range(CONNECTIONS)))
    assert {answer.status for answer in answers} == {200}
    assert loop.time() - started >= (CONNECTIONS - 1) * STRANGERS_PAGE_SECONDS


async def test_who_asks_and_hangs_up_keeps_nobody_from_the_entry_page(server):
    """A page for each of these would take half a minute."""
    for _ in range(50):
        connections = [await Connection.open(server.port) for _ in range(CONNECTIONS)]
        for connection in connections:
            await connection.send(request())
        for connection in connections:
            await connection.close()
    async with asyncio.timeout(STRANGERS_PAGE_SECONDS * 50 * CONNECTIONS / 2):
        assert (await asked(server.port, request())).status == 200

"""The emoji with which somebody reacts most."""
from pathlib import Path

import pytest

import auth
import database
import settings
from chat import messages, reactions
from database import migrations
from tests.people import acting
from tests.running import PASSWORD

LOBBY, ANN, BOB = 1, 1, 2


@pytest.fixture
async def numbers(monkeypatch):
    """Messages that Ann and Bob may react to."""
    monkeypatch.setenv('CHATROOM_RATE_LIMITS', 'off')
    path = Path(settings.load().database)
    migrations.prepare(path)
    database.start(path, lambda changes: None)
    auth.start()
    for name in ('ann', 'bob'):
        await auth.register(name, PASSWORD)
    yield [(await messages.post(acting(ANN), LOBBY, f'text {i}')).id for i in range(4)]
    await auth.stop()
    await database.stop()


async def test_those_that_stand_most_often_come_first_and_only_mine_count(numbers):
    assert await reactions.usual(acting(ANN)) == []
    for number, some in zip(numbers, ('🎉👍', '👍🦄', '🦄', '🚀🦄'), strict=True):
        for emoji in some:
            await reactions.react(acting(ANN), number, emoji, on=True)
        await reactions.react(acting(BOB), number, '😂', on=True)
    assert await reactions.usual(acting(ANN)) == [('🦄', 3), ('👍', 2), ('🎉', 1), ('🚀', 1)]
    await reactions.react(acting(ANN), numbers[1], '🦄', on=False)
    await reactions.react(acting(ANN), numbers[2], '🦄', on=False)
    assert await reactions.usual(acting(ANN)) == [('👍', 2), ('🎉', 1), ('🚀', 1), ('🦄', 1)]
    assert await reactions.usual(acting(BOB)) == [('😂', 4)]


async def test_they_are_counted_in_an_index_and_are_no_endless_list(numbers):
    plan = await database.read(lambda: database.db.execute_sql(f'EXPLAIN QUERY PLAN {reactions.USUAL}', {'user': 1}).fetchall())
    assert 'reactions_user_emoji' in str(plan)
    for emoji in [chr(0x1f600 + at) for at in range(40)]:
        await database.write(lambda emoji=emoji: database.Written(reactions.Reaction.create(message=numbers[0], user=ANN, emoji=emoji)))
    assert len(await reactions.usual(acting(ANN))) == reactions.MOST_USUAL

"""What one person writes is stored by the one thread that stores for everybody: no text keeps it busy."""
import asyncio
from pathlib import Path

import pytest

import database
import limits
import settings
from chat import calls, mentions, messages
from database import Written, db, migrations
from errors import Refused
from models import LOBBY, Membership, User
from tests.people import acting

ANN, COUNT = 1, 3_000


@pytest.fixture
async def taken_over():
    """A database of the original app with thousands of names that have spaces in them."""
    limits.forget()
    path = Path(settings.load().database)
    migrations.prepare(path)
    database.start(path, lambda changes: None)

    def operation():
        for i in range(COUNT):
            user = User.create(username=f'Odd Name {i}', password='x', name_key=f'odd name {i}', taken_over=True)
            Membership.create(room=LOBBY, user=user)
        return Written(None)

    await database.write(operation)
    yield
    await database.stop()


async def test_thousands_of_odd_names_can_not_be_abused_to_hold_up_the_writer(taken_over, monkeypatch):
    """The text is looked into, and not the names: no expression for each of them, and nothing to compare that it has not."""
    await messages.post(acting(ANN), LOBBY, '@anybody')  # from here on the names are known
    compared, compiled, fetched, key, execute = [], [], [], mentions.names.key, db.execute_sql
    monkeypatch.setattr(mentions.names, 'key', lambda name: compared.append(name) or key(name))
    monkeypatch.setattr(mentions.re, 'compile', lambda *args: compiled.append(args))
    monkeypatch.setattr(db, 'execute_sql', lambda sql, given=None: fetched.append(given or ()) or execute(sql, given))
    entry = await messages.post(acting(ANN), LOBBY, 'hello @odd name 2999')
    assert [name for _, name in entry.mentions] == ['Odd Name 2999']
    assert len(compared) <= 20
    for text in ('@- ' * 1_300, '@odd name ' * 400, '@' * 4_000, '@odd name 1 ' * 300):
        compared.clear()
        await messages.post(acting(ANN), LOBBY, text)
        assert len(compared) <= 3 * mentions.MOST_NAMED * calls.MOST_PREFIXES
    assert compiled == []
    assert max(map(len, fetched)) <= mentions.MOST_NAMED * (calls.MOST_PREFIXES + 1)


async def test_editing_can_not_be_abused_to_do_more_than_posting_may(taken_over):
    """An edit is twice the work: tokens of the text that was, and of the one that is."""
    number = (await messages.post(acting(ANN), LOBBY, 'hello')).id
    results = await asyncio.gather(*(messages.edit(acting(ANN), number, f'hello {i}') for i in range(40)), return_exceptions=True)
    refused = [result for result in results if isinstance(result, Refused)]
    assert not any(isinstance(result, Refused) for result in results[:10])
    assert refused
    assert {result.code for result in refused} == {'too_fast'}

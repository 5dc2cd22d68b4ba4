"""Whom one can name in a room."""
from pathlib import Path

import pytest

import database
import settings
from chat import mentions, naming
from database import Written, db, migrations
from errors import Refused
from models import LOBBY, Membership, Message, Room, User
from names import key
from tests.people import acting

PEOPLE = ['ann', 'bob', 'Bobby', 'carl', 'José', 'Mary*Ann', 'o?[x]', 'Straße', 'דנה', '한국']
ANN = acting(1)
'''Ann is no administrator.'''


@pytest.fixture
async def room():
    """A room of Ann, Bob and Carl; all are in the Lobby."""
    path = settings.load().database
    migrations.prepare(Path(path))
    database.start(path, lambda _: None)

    def operation():
        for name in PEOPLE:
            User.create(username=name, password='x', name_key=key(name))
        room = Room.create(name='Room', kind='closed')
        for name in ('ann', 'bob', 'carl'):
            Membership.create(room=room, user=User.get(User.username == name))
        db.execute_sql('INSERT INTO memberships (room, user) SELECT 1, id FROM users')
        return Written(room.id)

    yield await database.write(operation)
    await database.stop()


async def add(count, *, to=()):
    def operation():
        User.insert_many([{'username': f'user{i:04}', 'password': 'x', 'name_key': f'user{i:04}'} for i in range(count)]).execute()
        for room in (LOBBY, *to):
            db.execute_sql('INSERT INTO memberships (room, user) SELECT ?, id FROM users WHERE username LIKE "user%"', (room,))
        return Written(None)

    await database.write(operation)


async def named(room, typed=None):
    found = await naming.people(ANN, room, typed)
    return [person.username for person in found.members], [person.username for person in found.others]


async def test_members_come_first_and_nobody_twice(room):
    assert await named(room) == (['bob', 'carl'], ['Bobby', 'José', 'Mary*Ann', 'o?[x]', 'Straße', 'דנה', '한국'])
    assert await named(LOBBY) == (['bob', 'Bobby', 'carl', 'José', 'Mary*Ann', 'o?[x]', 'Straße', 'דנה', '한국'], [])


async def test_a_room_that_is_not_mine_is_not_there(room):
    for number in (room, 10**9):
        with pytest.raises(Refused, match='There is no such room'):
            await naming.people(acting(3), number)


async def test_too_many_are_left_out_until_something_is_typed(room):
    await add(naming.MOST_SENT)
    found = await naming.people(ANN, room)
    assert (len(found.members), found.others, found.is_all) == (2, [], False)
    assert await named(room, 'bo') == (['bob'], ['Bobby'])
    assert len((await named(room, ''))[1]) == naming.MOST_FOUND
    assert (await named(room, 'user0007')) == ([], ['user0007'])


@pytest.mark.parametrize(('typed', 'others'), [
    ('STRASS', ['Straße']), ('דנ', ['דנה']), ('*', ['Mary*Ann']), ('?[', ['o?[x]']), ('[x]', ['o?[x]']), ('%', []), ('_', []), ('ya', ['Mary*Ann']),
    ('mn', ['Mary*Ann']), ('nm', []), ('@jose', ['José']), ('jose\u0301', ['José']), ('하', ['한국']), ('@', ['Bobby', 'José', 'Mary*Ann', 'o?[x]', 'Straße', 'דנה', '한국']), ('x' * 100_000, [])])
async def test_what_is_typed_is_found_in_names_also_some_of_their_letters(room, typed, others):
    assert (await named(room, typed))[1] == others


async def test_of_names_that_differ_in_accents_the_one_comes_first_that_is_typed(room):
    await database.write(lambda: Written(User.create(username='jose', password='x', name_key='jose').id))
    await database.write(lambda: Written(db.execute_sql('INSERT INTO memberships (room, user) SELECT 1, id FROM users WHERE username = "jose"')))
    await add(naming.MOST_SENT)
    assert (await named(room, 'jose'))[1] == ['jose', 'José']
    assert (await named(room, '@José'))[1] == ['José', 'jose']


async def test_somebody_is_known_by_their_name(room):
    for typed, name in (('bob', 'bob'), ('BOBBY', 'Bobby'), ('o?[x]', 'o?[x]')):
        assert (await naming.person(typed)).username == name
    assert await naming.person('everyone') is None
    for typed in ('nobody', '', 'x' * 100_000, 'bob ', '@bob'):
        with pytest.raises(Refused, match='There is nobody named'):
            await naming.person(typed)


async def test_who_wrote_lately_comes_first(room):
    await add(naming.MOST_SENT, to=[room])
    number = await database.read(lambda: User.get(User.username == 'user0400').id)
    await database.write(lambda: Written(Message.create(room=room, author=number, body='x', revision=1, posted_revision=1).id))
    assert (await named(room, 'user'))[0][0] == 'user0400'


async def test_everyone_is_offered_to_whom_it_is_allowed(room):
    assert (await naming.people(ANN, room)).everyone == 3
    await add(mentions.SMALL)
    assert (await naming.people(ANN, LOBBY)).everyone == 0
    await database.write(lambda: Written(User.update(is_admin=True).where(User.id == 1).execute()))
    assert (await naming.people(ANN, LOBBY)).everyone == mentions.SMALL + len(PEOPLE)

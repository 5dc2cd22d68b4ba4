"""Posting, editing and deleting as functions, and what reading costs."""
import asyncio
from pathlib import Path

import pytest

import auth
import database
import settings
from chat import history, messages
from database import migrations
from errors import Refused
from models import Message, Room, messages_of, rooms_of
from tests.people import acting

LOBBY = 1


@pytest.fixture
async def published(tmp_path, monkeypatch):
    """A database with two users; yields what is published, in order."""
    monkeypatch.setenv('CHATROOM_RATE_LIMITS', 'off')
    path = settings.load().database
    migrations.prepare(Path(path))
    changes = []
    database.start(path, changes.extend)
    auth.start()
    for name in ('ann', 'bob'):
        await auth.register(name, 'correct horse 7')
    yield changes
    await auth.stop()
    await database.stop()


ANN, BOB = 1, 2


async def test_a_post_is_published_after_it_is_stored(published):
    entry = await messages.post(acting(ANN), LOBBY, 'hello')
    assert [(change.entry, change.is_new) for change in published] == [(entry, True)]
    assert (entry.id, entry.revision, entry.author, entry.text) == (1, 1, 'ann', 'hello')


async def test_an_edit_raises_the_revision_and_keeps_the_place(published):
    first, second = await messages.post(acting(ANN), LOBBY, 'one'), await messages.post(acting(BOB), LOBBY, 'two')
    edited = await messages.edit(acting(ANN), first.id, 'one, better')
    assert (edited.id, edited.revision, edited.text, edited.created_at) == (first.id, 3, 'one, better', first.created_at)
    assert edited.edited_at is not None
    assert published[-1].is_new is False
    assert [entry.id for entry in (await history.history(acting(BOB), LOBBY)).entries] == [first.id, second.id]
    assert [entry.text for entry in (await history.changes(acting(BOB), LOBBY, 1)).entries] == ['two', 'one, better']


async def test_a_deletion_leaves_a_tombstone_without_text(published):
    entry = await messages.post(acting(ANN), LOBBY, 'secret')
    await messages.delete(acting(ANN), entry.id)
    (change,) = (await history.changes(acting(BOB), LOBBY, 0)).entries
    assert (change.id, change.revision, change.text, change.is_deleted) == (entry.id, 2, '', True)
    assert (await history.history(acting(BOB), LOBBY)).entries == []
    assert 'secret' not in str(await database.read(lambda: list(Message.select().dicts())))


@pytest.mark.parametrize(('act', 'code'), [
    (lambda entry: messages.edit(acting(BOB), entry, 'not mine'), 'forbidden'), (lambda entry: messages.delete(acting(BOB), entry), 'forbidden'),
    (lambda _: messages.edit(acting(ANN), 99, 'x'), 'not_found'), (lambda _: messages.delete(acting(ANN), 99), 'not_found')])
async def test_nobody_changes_what_others_wrote(published, act, code):
    entry = await messages.post(acting(ANN), LOBBY, 'mine')
    with pytest.raises(Refused) as refused:
        await act(entry.id)
    assert refused.value.code == code
    assert len(published) == 1


async def test_what_is_deleted_stays_so(published):
    entry = await messages.post(acting(ANN), LOBBY, 'x')
    await messages.delete(acting(ANN), entry.id)
    with pytest.raises(Refused):
        await messages.edit(acting(ANN), entry.id, 'back')


async def test_a_refused_edit_changes_nothing(published):
    entry = await messages.post(acting(ANN), LOBBY, 'x')
    with pytest.raises(Refused):
        await messages.edit(acting(ANN), entry.id, '')
    assert (await history.history(acting(ANN), LOBBY)).revision == 1


async def test_a_stranger_to_a_room_sees_and_writes_nothing(published):
    def other_room():
        room = Room.create(name='Secret')
        return database.Written(room.id)

    room_id = await database.write(other_room)
    for act in (messages.post(acting(ANN), room_id, 'x'), history.changes(acting(ANN), room_id, 0), history.history(acting(ANN), room_id)):
        with pytest.raises(Refused, match='no such room') as refused:
            await act
        assert refused.value.code == 'not_found'


async def test_revisions_have_no_gap_when_some_are_refused(published):
    results = await asyncio.gather(*(messages.post(acting(ANN), LOBBY, 'x' if i % 3 else '') for i in range(60)), return_exceptions=True)
    revisions = [entry.revision for entry in results if not isinstance(entry, Refused)]
    assert revisions == list(range(1, 41))


def queries():
    everything = messages_of(ANN, LOBBY)
    return {
        'open': everything.where(Message.deleted_at.is_null()).order_by(Message.id.desc()).limit(51),
        'older': everything.where(Message.deleted_at.is_null(), Message.id < 500).order_by(Message.id.desc()).limit(51),
        'newer': everything.where(Message.deleted_at.is_null(), Message.id > 500).order_by(Message.id).limit(51),
        'changes': everything.where(Message.revision > 500).order_by(Message.revision).limit(201),
        'repeat': Message.select().where(Message.author == ANN, Message.client_id == 'c'),
        'rooms': rooms_of(ANN),
    }


@pytest.mark.parametrize('name', ['open', 'older', 'newer', 'changes', 'repeat', 'rooms'])
async def test_no_query_grows_with_history(published, name):
    """Each one finds its rows by an index, in the order it needs, without a scan or a sort."""
    def plan():
        sql, parameters = queries()[name].sql()
        return [row[3] for row in database.db.execute_sql('EXPLAIN QUERY PLAN ' + sql, parameters)]

    steps = await database.read(plan)
    assert not [step for step in steps if step.startswith('SCAN') or 'TEMP B-TREE' in step], steps
    if name in {'open', 'older', 'newer', 'changes'}:
        index = 'messages_room_revision' if name == 'changes' else 'messages_room_id'
        assert any(index in step for step in steps), steps

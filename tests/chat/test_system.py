"""System messages: what happened in a room, as programs hear of it; whom it counts for, and what can't be done with it."""
from contextlib import AsyncExitStack
from itertools import count

import pytest

NAMES = ('ann', 'bob', 'carl', 'dora')
'''Ann came first, so that she is the administrator.'''
NUMBERS = count(1)


@pytest.fixture
async def people(server):
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(server.program(name)) for name in NAMES]


async def create(program, kind='closed', members=(), name=None):
    return (await program.ask('create_room', {'name': name or f'Plans {next(NUMBERS)}', 'kind': kind, 'members': list(members)}))['room']['id']


async def lines(program, room):
    return [message for message in (await program.ask('history', {'room': room}))['messages'] if message['system']]


async def unread(program, room):
    return {each['id']: each['unread'] for each in (await program.ask('rooms'))['rooms']}.get(room)


def line(kind, username=None, name=None, topic=None):
    return {'kind': kind, 'username': username, 'name': name, 'topic': topic}


async def test_each_thing_that_happens_is_a_message_with_a_sentence(people):
    _, bob, carl, dora = people
    room = await create(bob, members=['carl', 'ann'], name='Plans')
    for event, arguments in [
            ('invite', {'username': 'dora'}), ('remove', {'username': 'dora'}), ('update_room', {'name': 'New  name', 'topic': 'Why {name}'}),
            ('update_room', {'topic': ''}), ('update_room', {'archived': True}), ('update_room', {'name': 'Old', 'archived': True}),
            ('update_room', {'archived': False}), ('update_room', {'kind': 'open'}), ('update_room', {'kind': 'closed'}),
            ('update_room', {'name': 'Old', 'topic': '', 'kind': 'closed', 'archived': False}), ('update_room', {'kind': 'open'})]:
        assert 'error' not in await bob.ask(event, {'room': room, **arguments})
    for event in ('leave', 'join'):
        await dora.ask(event, {'room': room})
    found = await lines(bob, room)
    assert [(each['username'], each['system'], each['message']) for each in found] == [
        ('bob', line('opened', name='Plans'), 'bob made this room.'),
        ('bob', line('added', 'carl'), 'bob added carl.'), ('bob', line('added', 'ann'), 'bob added ann.'),
        ('bob', line('added', 'dora'), 'bob added dora.'), ('bob', line('removed', 'dora'), 'bob removed dora.'),
        ('bob', line('renamed', name='New name'), 'bob renamed this room to "New name".'),
        ('bob', line('topic', topic='Why {name}'), 'bob set the topic to "Why {name}".'),
        ('bob', line('topic', topic=''), 'bob removed the topic.'),
        ('bob', line('archived'), 'bob archived this room.'),
        ('bob', line('renamed', name='Old'), 'bob renamed this room to "Old".'),
        ('bob', line('unarchived'), 'bob brought this room back from the archive.'),
        ('bob', line('opened'), 'bob opened this room to everyone.'), ('bob', line('closed'), 'bob closed this room to newcomers.'),
        ('bob', line('opened'), 'bob opened this room to everyone.'),
        ('dora', line('left', 'dora'), 'dora left.'), ('dora', line('joined', 'dora'), 'dora joined.')]
    assert [each['revision'] for each in found] == list(range(1, len(found) + 1)), 'each raises the revision of its room'
    changes = await carl.ask('changes', {'room': room, 'since': 0})
    assert (changes['changes'], changes['revision']) == (found, len(found))
    await bob.ask('send_message', {'room': room, 'message': 'end'})
    await carl.texts(1)
    assert [each for each in carl.lines if each['room'] == room] == found, 'they are told live, too, in the same form'


async def test_a_new_account_is_a_line_in_the_lobby_and_nowhere_else(server, people):
    _, bob, *_ = people
    opened = await create(bob, 'open')
    direct = (await bob.ask('open_direct', {'members': ['carl']}))['room']['id']
    async with server.program('newcomer'):
        assert (await lines(bob, 1))[-1]['system'] == line('joined', 'newcomer')
        assert [each['system']['kind'] for each in await lines(bob, opened)] == ['opened']
        assert await lines(bob, direct) == []


async def test_it_counts_as_unread_for_whom_was_added_alone(people):
    ann, bob, carl, dora = people
    room = await create(bob, members=['carl'])
    await carl.ask('read', {'room': room, 'id': 10**9})
    await bob.ask('invite', {'room': room, 'username': 'dora'})
    told = await dora.wait_for('room_changed', id=room)
    assert (told['unread'], told['mentions']) == (1, 0), 'it calls nobody'
    await bob.ask('update_room', {'room': room, 'name': '@dora @everyone', 'topic': '@carl'})
    await bob.ask('invite', {'room': room, 'username': 'ann'})
    assert [await unread(program, room) for program in people] == [1, 0, 0, 1]
    (added,) = [each for each in await lines(bob, room) if each['system'] == line('added', 'dora')]
    await dora.ask('read', {'room': room, 'id': added['id']})
    assert await unread(dora, room) == 0
    await dora.ask('mark_unread', {'room': room, 'id': added['id']})
    assert await unread(dora, room) == 1
    await ann.ask('delete_message', {'id': added['id']})
    assert await unread(dora, room) == 0


@pytest.mark.parametrize('who', [0, 1, 2])
async def test_it_stays_as_it_is_but_administrators_may_delete_it(people, who):
    _, bob, *_ = people
    actor, room = people[who], await create(bob, members=['ann', 'carl'])
    await bob.ask('update_room', {'room': room, 'topic': 'a rare needle'})
    (*_, found) = await lines(bob, room)
    for event, arguments in [
            ('edit_message', {'id': found['id'], 'message': 'x'}), ('react', {'id': found['id'], 'emoji': '🎉', 'on': True}),
            ('react', {'id': found['id'], 'emoji': '🎉', 'on': False}), ('pin', {'id': found['id'], 'on': True}), ('save', {'id': found['id'], 'on': True}),
            ('send_message', {'room': room, 'message': 'x', 'reply_to': found['id']})]:
        assert (await actor.ask(event, arguments))['code'] == 'forbidden', event
    for query in ('needle', 'from:bob in:plans', 'topic'):
        assert found['id'] not in {each['id'] for each in (await actor.ask('search', {'query': query}))['results']}
    assert (await actor.ask('delete_message', {'id': found['id']})).get('code') == ('forbidden' if who else None)
    if not who:
        (*_, deleted) = (await bob.ask('changes', {'room': room, 'since': found['revision']}))['changes']
        assert (deleted['id'], deleted['deleted'], deleted['message'], deleted['system']) == (found['id'], True, '', line('topic'))


async def test_who_may_not_see_it_does_not_find_it(people):
    _, bob, _, dora = people
    room = await create(bob)
    (found,) = await lines(bob, room)
    for event, arguments in [('edit_message', {'message': 'x'}), ('react', {'emoji': '🎉', 'on': True}), ('pin', {'on': True}), ('delete_message', {})]:
        assert (await dora.ask(event, {'id': found['id'], **arguments}))['code'] == 'not_found'

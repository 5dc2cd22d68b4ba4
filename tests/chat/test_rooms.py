"""Rooms by real programs: who may do what, and who hears it."""
import asyncio
from contextlib import AsyncExitStack

import pytest

import names

NAMES = ('ann', 'bob', 'carl', 'dora')
'''Ann came first, so that she is the administrator.'''
ROOM = {'id', 'name', 'kind', 'topic', 'revision', 'archived', 'unread', 'mentions', 'last_read_id', 'favourite'}
FOREVER = 10**9


@pytest.fixture
async def people(server):
    async with AsyncExitStack() as stack:
        yield [await stack.enter_async_context(server.program(name)) for name in NAMES]


@pytest.fixture
async def ann(people):
    return people[0]


@pytest.fixture
async def bob(people):
    return people[1]


@pytest.fixture
async def carl(people):
    return people[2]


@pytest.fixture
async def dora(people):
    return people[3]


async def create(program, name='Plans', kind='closed', members=()):
    answer = await program.ask('create_room', {'name': name, 'kind': kind, 'members': list(members)})
    assert set(answer['room']) == ROOM, answer
    return answer['room']['id']


async def room_of(program, room):
    rooms = (await program.ask('rooms'))['rooms']
    return next((each for each in rooms if each['id'] == room), None)


async def history(program, room):
    return (await program.ask('history', {'room': room}))['messages']


async def code(asked):
    return (await asked).get('code', 'ok')


async def silence(*programs):
    """What was on its way has come by now."""
    for program in programs:
        await program.ask('rooms')
    await asyncio.sleep(0.2)


async def test_an_open_room_has_everyone_and_a_closed_one_whom_it_was_made_with(server, bob, carl, dora):
    opened, closed = await create(bob, 'Everyone', 'open'), await create(bob, 'Some', 'closed', ['carl'])
    assert {(await room_of(p, opened))['name'] for p in (bob, carl, dora)} == {'Everyone'}
    assert (await room_of(carl, closed))['kind'] == 'closed'
    assert await room_of(dora, closed) is None
    async with server.program('newcomer') as newcomer:
        await bob.ask('send_message', {'message': 'before', 'room': opened})
        assert (await room_of(newcomer, opened))['unread'] == 1
        assert await room_of(newcomer, closed) is None
    await bob.ask('send_message', {'message': 'later', 'room': opened})
    async with server.program('latecomer') as latecomer:
        assert (await room_of(latecomer, opened))['unread'] == 0, 'a new account starts with everything read'


async def test_a_direct_conversation_is_one_for_its_people(bob, carl, dora):
    answers = await asyncio.gather(*(program.ask('open_direct', {'members': other}) for program, other in (
        (bob, ['carl']), (carl, ['bob']), (bob, ['CARL', 'bob', 'carl']), (carl, ['Bob']))))
    assert all('room' in answer for answer in answers), answers
    assert len({answer['room']['id'] for answer in answers}) == 1
    assert {answer['room']['name'] for answer in answers} == {'bob', 'carl'}
    three = (await bob.ask('open_direct', {'members': ['carl', 'dora']}))['room']
    assert three['id'] != answers[0]['room']['id']
    assert three['name'] == 'carl, dora'
    await carl.wait_for('room_changed', id=three['id'], kind='direct')
    await carl.ask('send_message', {'message': 'to both', 'room': three['id']})
    assert (await bob.texts(1), await dora.texts(1)) == (['to both'], ['to both'])


@pytest.mark.parametrize(('asked', 'refusal'), [
    ({'members': []}, 'invalid'), ({'members': ['bob']}, 'invalid'), ({'members': ['nobody']}, 'not_found'), ({}, 'invalid'),
    ({'members': ['carl'] * 1001}, 'invalid'), ({'members': 'carl'}, 'invalid')])
async def test_who_a_direct_conversation_may_be_with(bob, asked, refusal):
    assert await code(bob.ask('open_direct', asked)) == refusal


@pytest.mark.parametrize(('name', 'result'), [
    ('x' * 80, 'ok'), ('  two   words ', 'ok'), ('חדר', 'ok'), ('🎉', 'ok'), ('x' * 81, 'invalid'), ('', 'invalid'), (' \u200b', 'invalid'),
    ('\u202e\0', 'invalid'), ('\ufe0f\u200d', 'invalid'), ('a\0b\u202e', 'ok')])
async def test_a_room_has_a_name_that_shows(bob, name, result):
    answer = await bob.ask('create_room', {'name': name, 'kind': 'open'})
    assert answer.get('code', 'ok') == result
    if result == 'ok':
        assert answer['room']['name'] == names.one_line(name)


async def test_only_its_creator_and_administrators_manage_a_room(ann, bob, carl, dora):
    room = await create(bob, members=['ann', 'carl'])
    for asked in (('update_room', {'room': room, 'name': 'Mine'}), ('invite', {'room': room, 'username': 'dora'}),
                  ('remove', {'room': room, 'username': 'ann'})):
        assert await code(carl.ask(*asked)) == 'forbidden'
        assert await code(dora.ask(*asked)) == 'not_found'
    for manager in (ann, bob):
        changed = await manager.ask('update_room', {'room': room, 'name': ' New  name ', 'topic': 'What it is about'})
        assert (changed['room']['name'], changed['room']['topic']) == ('New name', 'What it is about')
        told = await carl.wait_for('room_changed', id=room, name='New name')
        assert set(told) == ROOM


async def test_the_lobby_stays(ann):
    for asked in (('leave', {'room': 1}), ('update_room', {'room': 1, 'archived': True}), ('update_room', {'room': 1, 'kind': 'closed'}),
                  ('remove', {'room': 1, 'username': 'bob'})):
        assert await code(ann.ask(*asked)) == 'forbidden'
    assert (await ann.ask('update_room', {'room': 1, 'topic': 'Welcome'}))['room']['topic'] == 'Welcome'


async def test_a_direct_conversation_never_changes(ann, bob):
    room = (await bob.ask('open_direct', {'members': ['ann']}))['room']['id']
    for program in (ann, bob):
        for asked in (('leave', {'room': room}), ('update_room', {'room': room, 'name': 'x'}), ('update_room', {'room': room, 'kind': 'open'}),
                      ('invite', {'room': room, 'username': 'carl'}), ('remove', {'room': room, 'username': 'ann'})):
            assert await code(program.ask(*asked)) == 'forbidden'


async def test_who_leaves_an_open_room_finds_it_again(bob, carl):
    room = await create(bob, 'Optional', 'open')
    await bob.ask('send_message', {'message': 'one', 'room': room})
    await carl.texts(1)
    assert await carl.ask('leave', {'room': room}) == {'room': room}
    assert await carl.wait_for('room_changed', gone=True) == {'id': room, 'gone': True}
    assert await room_of(carl, room) is None
    assert room in {each['id'] for each in (await carl.ask('browse'))['rooms']}
    await bob.ask('send_message', {'message': 'two', 'room': room})
    assert await carl.ask('join', {'room': room}) == {'room': room}
    assert (await room_of(carl, room))['unread'] == 0
    await bob.ask('send_message', {'message': 'three', 'room': room})
    assert await carl.texts(2) == ['one', 'three']
    assert room not in {each['id'] for each in (await carl.ask('browse'))['rooms']}
    assert await code(carl.ask('join', {'room': await create(bob)})) == 'not_found'


async def test_who_was_removed_gets_nothing_stored_or_live(bob, carl):
    room = await create(bob, members=['carl'])
    first = await bob.ask('send_message', {'message': 'hello @carl', 'room': room, 'client_id': f'first-{room}'})
    await carl.texts(1)
    await bob.ask('remove', {'room': room, 'username': 'carl'})
    await bob.ask('send_message', {'message': 'secret @carl', 'room': room})
    assert await carl.wait_for('room_changed', id=room, gone=True)
    await silence(bob, carl)
    assert [message['message'] for message in carl.heard] == ['hello @carl']
    for asked in (('history', {'room': room}), ('changes', {'room': room, 'since': 0}), ('members', {'room': room}),
                  ('send_message', {'message': 'x', 'room': room}), ('typing', {'room': room}), ('read', {'room': room, 'id': first['id']}),
                  ('mark_unread', {'room': room, 'id': first['id']}), ('notify', {'room': room, 'level': 'all'}), ('leave', {'room': room}),
                  ('scroll', {'room': room}), ('resume', {'room': room, 'since': 0, 'epoch': 'x'}), ('join', {'room': room}),
                  ('update_room', {'room': room, 'name': 'x'}), ('invite', {'room': room, 'username': 'carl'})):
        assert await code(carl.ask(*asked)) == 'not_found', asked


async def test_a_removal_that_races_messages_lets_none_through(bob, carl):
    """What carl hears is exactly what was stored before he was removed, whatever was under way at that moment."""
    for _ in range(5):
        room = await create(bob, members=['carl'])
        carl.heard.clear()
        sent = [asyncio.create_task(bob.ask('send_message', {'message': str(i), 'room': room})) for i in range(40)]
        await asyncio.gather(*sent[:5])
        await bob.ask('remove', {'room': room, 'username': 'carl'})
        await bob.ask('invite', {'room': room, 'username': 'carl'})
        await bob.ask('remove', {'room': room, 'username': 'carl'})
        await asyncio.gather(*sent)
        after = await bob.ask('send_message', {'message': 'after', 'room': room})
        await silence(bob, carl)
        assert after['id'] not in {message['id'] for message in carl.heard}
        numbers = [int(message['message']) for message in carl.heard]
        assert numbers == list(range(len(numbers)))


async def test_connecting_while_being_removed_lets_nothing_through(server, bob):
    """A socket that looked up its rooms before the removal must not enter them after it."""
    for _ in range(10):
        room = await create(bob, members=['dora'])
        connecting = asyncio.create_task(heard_after_connecting(server, 'dora'))
        await asyncio.sleep(0.005)
        await bob.ask('remove', {'room': room, 'username': 'dora'})
        await bob.ask('send_message', {'message': 'secret', 'room': room})
        assert room not in {message['room'] for message in await connecting}


async def heard_after_connecting(server, name):
    async with server.program(name) as program:
        await silence(program)
        return program.heard


async def test_invited_people_hear_at_once(bob, carl):
    room = await create(bob)
    await bob.ask('invite', {'room': room, 'username': 'Carl'})
    assert (await carl.wait_for('room_changed', id=room))['name'] == 'Plans'
    await bob.ask('send_message', {'message': 'welcome', 'room': room})
    assert await carl.texts(1) == ['welcome']
    assert await code(bob.ask('invite', {'room': room, 'username': 'nobody'})) == 'not_found'
    assert {m['username'] for m in (await carl.ask('members', {'room': room}))['members']} == {'bob', 'carl'}


async def test_an_archived_room_is_read_and_not_written(bob, carl):
    room = await create(bob, members=['carl'])
    await carl.ask('send_message', {'message': 'kept', 'room': room})
    await bob.ask('update_room', {'room': room, 'archived': True})
    assert (await carl.wait_for('room_changed', id=room, archived=True))['name'] == 'Plans'
    assert await code(carl.ask('send_message', {'message': 'x', 'room': room})) == 'forbidden'
    assert [m['message'] for m in await carl.written(room)] == ['kept']
    await bob.ask('update_room', {'room': room, 'archived': False})
    assert 'id' in await carl.ask('send_message', {'message': 'again', 'room': room})


async def test_a_closed_room_that_is_opened_has_everyone(bob, dora):
    room = await create(bob)
    await bob.ask('send_message', {'message': 'old', 'room': room})
    assert await code(dora.ask('history', {'room': room})) == 'not_found'
    await bob.ask('update_room', {'room': room, 'kind': 'open'})
    await dora.wait_for('room_changed', id=room, kind='open', unread=0)
    assert [m['message'] for m in await dora.written(room)] == ['old']
    await bob.ask('update_room', {'room': room, 'kind': 'closed'})
    assert (await room_of(dora, room))['kind'] == 'closed', 'who is there stays'


async def test_reading_moves_forward_and_only_marking_moves_back(bob, carl):
    room = await create(bob, members=['carl'])
    (*_, added) = await history(bob, room)
    ids = [(await bob.ask('send_message', {'message': str(i), 'room': room}))['id'] for i in range(5)]
    assert (await room_of(carl, room))['unread'] == 1 + 5, 'that I was added counts, too'
    assert (await room_of(bob, room))['unread'] == 0, 'what I wrote is not news to me'
    assert await carl.ask('read', {'room': room, 'id': ids[2]}) == {'room': room, 'last_read_id': ids[2]}
    assert (await carl.wait_for('room_changed', id=room, unread=2))['last_read_id'] == ids[2]
    assert (await carl.ask('read', {'room': room, 'id': ids[0]}))['last_read_id'] == ids[2]
    assert (await carl.ask('mark_unread', {'room': room, 'id': ids[1]}))['last_read_id'] == ids[0]
    assert (await room_of(carl, room))['unread'] == 4
    assert (await carl.ask('mark_unread', {'room': room, 'id': ids[4]}))['last_read_id'] == ids[0], 'it never moves forward'
    assert (await carl.ask('read', {'room': room, 'id': FOREVER}))['last_read_id'] == ids[4]
    assert await code(carl.ask('mark_unread', {'room': room, 'id': FOREVER})) == 'not_found'
    assert (await carl.ask('mark_unread', {'room': room, 'id': ids[0]}))['last_read_id'] == added['id']
    assert bob.told == [] or all(data.get('id') != room or data['unread'] == 0 for event, data in bob.told if event == 'room_changed')


async def test_counts_stop_at_a_hundred(bob, carl):
    room = await create(bob, members=['carl'])
    await asyncio.gather(*(bob.ask('send_message', {'message': f'@carl {i}', 'room': room}) for i in range(130)))
    found = await room_of(carl, room)
    assert (found['unread'], found['mentions']) == (100, 100)


@pytest.mark.parametrize(('text', 'count'), [
    ('@carl', 1), ('hi @CARL.', 1), ('(@carl)', 1), ('@carl, @carl!', 1), ('@bob @carl', 1), ('@carla', 0), ('mail@carl', 0), ('carl', 0),
    ('@dora', 0), ('@everyone', 1), ('@Everyone!', 1), ('@everyones', 0), ('@', 0), ('@@carl', 0), ('@carl-', 1)])
async def test_whom_a_message_names(bob, carl, text, count):
    room = await create(bob, members=['carl'])
    assert 'id' in await bob.ask('send_message', {'message': text, 'room': room})
    assert (await room_of(carl, room))['mentions'] == count
    assert (await room_of(bob, room))['mentions'] == 0, 'nobody calls themselves'


async def test_an_edit_that_changes_whom_a_message_names_changes_their_counts(bob, carl, dora):
    room = await create(bob, members=['carl', 'dora'])
    number = (await bob.ask('send_message', {'message': 'hello', 'room': room}))['id']
    for text, of_carl, of_dora in (('@carl', 1, None), ('@dora', 0, 1), ('@everyone', 1, None), ('> @everyone', 0, 0), ('@carl/@dora', 1, 1)):
        await bob.ask('edit_message', {'id': number, 'message': text})
        for program, count in ((carl, of_carl), (dora, of_dora)):
            await program.wait_for('message_changed', id=number, message=text)
            if count is not None:
                assert (await program.wait_for('room_changed', id=room))['mentions'] == count


async def test_read_mentions_are_not_counted(bob, carl):
    room = await create(bob, members=['carl'])
    sent = await bob.ask('send_message', {'message': '@carl', 'room': room})
    await carl.ask('read', {'room': room, 'id': sent['id']})
    found = await room_of(carl, room)
    assert (found['unread'], found['mentions']) == (0, 0)


async def test_levels_are_kept(carl):
    assert await carl.ask('notify', {'room': 1, 'level': 'mentions'}) == {'room': 1, 'level': 'mentions'}
    assert await code(carl.ask('notify', {'room': 1, 'level': 'loud'})) == 'invalid'
    assert await code(carl.ask('notify', {'room': FOREVER, 'level': 'all'})) == 'not_found'


async def test_typing_is_told_to_the_others_in_the_room_and_not_too_often(bob, carl, dora):
    room = await create(bob, members=['carl'])
    for program in (bob, carl, dora):
        program.told.clear()
    for _ in range(5):
        assert await bob.ask('typing', {'room': room}) == {}
    assert await carl.wait_for('typing') == {'room': room, 'username': 'bob'}
    await silence(bob, carl, dora)
    assert [event for program in (bob, carl, dora) for event, _ in program.told if event == 'typing'] == []


async def test_presence_is_told_per_person(server, bob):
    async with server.program('emil') as emil:
        assert await bob.wait_for('presence', username='emil') == {'username': 'emil', 'state': 'online'}
        states = {m['username']: m['state'] for m in (await bob.ask('members', {'room': 1}))['members']}
        assert (states['emil'], states['bob']) == ('online', 'online')
        async with server.program('emil'):
            await silence(emil)
    await asyncio.sleep(1.2)
    assert [data for event, data in bob.told if event == 'presence' and data['username'] == 'emil'] == [], 'they may only reload'


async def test_everyone_is_called_in_large_rooms_by_administrators_only(server, ann, bob):
    for i in range(100):
        await asyncio.to_thread(server.cookie, f'one-of-many-{i}')
    assert await code(bob.ask('send_message', '@everyone')) == 'forbidden'
    assert 'id' in await ann.ask('send_message', 'please, @everyone')
    assert (await room_of(bob, 1))['mentions'] == 1

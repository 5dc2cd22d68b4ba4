"""Rooms by real programs: who may do what, and who hears it."""
import asyncio
import itertools
from contextlib import AsyncExitStack

import pytest

import names

NAMES = ('ann', 'bob', 'carl', 'dora')
'''Ann came first, so that she is the administrator.'''
ROOM = {'id', 'name', 'kind', 'topic', 'revision', 'archived', 'unread', 'mentions', 'last_read_id', 'favourite'}
FOREVER = 10**9
NUMBERS = itertools.count(1)


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


async def create(program, name=None, kind='closed', members=()):
    """Make a room; each has a name of its own."""
    answer = await program.ask('create_room', {'name': name or f'Plans {next(NUMBERS)}', 'kind': kind, 'members': list(members)})
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
    assert await code(carl.ask('send_message', {'message': 'x', 'room': three['id']})) == 'not_found', 'who has not heard of it is not there'
    assert (await carl.ask('open_direct', {'members': ['dora', 'bob']}))['room']['id'] == three['id']
    await carl.wait_for('room_changed', id=three['id'], kind='direct')
    await carl.ask('send_message', {'message': 'to both', 'room': three['id']})
    assert (await bob.texts(1), await dora.texts(1)) == (['to both'], ['to both'])


@pytest.mark.parametrize('others', [['carl'], ['carl', 'dora']])
async def test_a_conversation_reaches_the_others_with_its_first_message(server, ann, bob, carl, dora, others):
    hearing = {'carl': carl, 'dora': dora}
    del ann.told[:]
    begun = (await bob.ask('open_direct', {'members': [*others, 'ann']}))['room']
    room = begun['id']
    assert await room_of(bob, room) == begun, 'who opened it sees it at once'
    assert (await bob.wait_for('room_changed', id=room))['name'] == ', '.join(['ann', *others])
    assert {each['username'] for each in (await bob.ask('members', {'room': room}))['members']} == {'ann', 'bob', *others}
    await bob.ask('typing', {'room': room})
    await silence(bob, *hearing.values())
    for name in others:
        program = hearing[name]
        assert await room_of(program, room) is None
        assert [data for event, data in program.told if data.get('id') == room or data.get('room') == room] == []
        for asked in (('history', {'room': room}), ('changes', {'room': room, 'since': 0}), ('members', {'room': room}), ('read', {'room': room, 'id': 1}),
                      ('send_message', {'room': room, 'message': 'x'}), ('notify', {'room': room, 'level': 'all'}), ('pinned', {'room': room})):
            assert await code(program.ask(*asked)) == 'not_found', asked
    sent = await bob.ask('send_message', {'room': room, 'message': f'hello, @{others[0]}'})
    assert sent['revision'] == 1
    for name in others:
        told = await hearing[name].wait_for('room_changed', id=room)
        assert (told['unread'], told['kind'], told['mentions']) == (1, 'direct', int(name == others[0]))
        assert await hearing[name].texts(1) == [f'hello, @{others[0]}'], 'the message itself, too'
        events = [each['message'] for each in await hearing[name].written(room)]
        assert events == [f'hello, @{others[0]}']
        hearing[name].heard.clear()
    await hearing[others[0]].ask('send_message', {'room': room, 'message': 'and back'})
    await bob.texts(1)


async def test_two_who_open_the_same_conversation_are_in_one(server, bob, carl):
    async with server.program('emma') as emma, server.program('finn') as finn:
        rooms = [(await program.ask('open_direct', {'members': [other]}))['room'] for program, other in ((emma, 'finn'), (finn, 'emma'), (emma, 'finn'))]
        assert len({room['id'] for room in rooms}) == 1
        assert [room['name'] for room in rooms] == ['finn', 'emma', 'finn']
        assert await room_of(finn, rooms[0]['id'])
        await finn.ask('send_message', {'room': rooms[0]['id'], 'message': 'hi'})
        assert await emma.texts(1) == ['hi']
        assert (await room_of(emma, rooms[0]['id']))['unread'] == 1


async def test_the_first_message_and_opening_it_at_the_same_time_lose_nothing(server):
    async with server.program('gina') as gina, server.program('hugo') as hugo:
        room = (await gina.ask('open_direct', {'members': ['hugo']}))['room']['id']
        await asyncio.gather(*(gina.ask('send_message', {'room': room, 'message': str(i)}) for i in range(5)), hugo.ask('open_direct', {'members': ['gina']}))
        assert await hugo.texts(5) == [str(i) for i in range(5)]
        assert (await room_of(hugo, room))['unread'] == 5


LOOKS = ['Name NUMBER', 'NAME number', 'name NUMBER'.upper(), 'Ｎａｍｅ NUMBER', ' Name   NUMBER ', 'Na\u200bme NUMBER', 'Name\u00a0NUMBER', 'N\u00adame NUMBER\ufe0f']


@pytest.mark.parametrize('kind', ['open', 'closed'])
async def test_a_room_gets_no_name_that_one_has_which_its_maker_sees(bob, carl, dora, kind):
    number = str(next(NUMBERS))
    first = await create(bob, f'Name {number}', kind, ['carl'])
    other = await create(carl, f'Other {number}')
    for look in LOOKS:
        name = look.replace('NUMBER', number).replace('number', number)
        for asked in (('create_room', {'name': name, 'kind': 'open'}), ('create_room', {'name': name, 'kind': 'closed'}), ('update_room', {'room': other, 'name': name})):
            answer = await carl.ask(*asked)
            assert answer == {'code': 'conflict', 'error': f'There is a room named "Name {number}" already: choose another name.'}, name
    for name in (f'Name {number}!', f'Name{number}', f'Näme {number}'):
        await create(carl, name)
    assert await code(dora.ask('create_room', {'name': f'name {number}', 'kind': 'closed'})) == ('ok' if kind == 'closed' else 'conflict'), 'a closed one she must not know of'
    assert (await room_of(bob, first))['name'] == f'Name {number}'


async def test_the_names_of_the_lobby_and_of_open_rooms_that_one_left_are_taken_too(bob, carl):
    name = f'Left {next(NUMBERS)}'
    room = await create(bob, name, 'open')
    await carl.ask('leave', {'room': room})
    for taken in ('Lobby', 'lobby', 'ＬＯＢＢＹ', 'Lob\u200bby', name):
        assert await code(carl.ask('create_room', {'name': taken, 'kind': 'closed'})) == 'conflict'


async def test_an_archived_room_keeps_its_name(bob, carl):
    name = f'Kept {next(NUMBERS)}'
    room = await create(bob, name, members=['carl'])
    await bob.ask('update_room', {'room': room, 'archived': True})
    answer = await carl.ask('create_room', {'name': name.lower(), 'kind': 'closed'})
    assert answer == {'code': 'conflict', 'error': f'An archived room is named "{name}": choose another name, or have that one brought back.'}
    await bob.ask('update_room', {'room': room, 'archived': False})


async def test_a_room_keeps_the_name_that_it_has(ann, bob, carl):
    """It may be another's, too: a closed one to which somebody is invited, or one of before."""
    name = f'Twins {next(NUMBERS)}'
    of_bob, of_carl = await create(bob, name), await create(carl, name)
    assert await code(bob.ask('invite', {'room': of_bob, 'username': 'carl'})) == 'ok'
    assert [(await room_of(carl, room))['name'] for room in (of_bob, of_carl)] == [name, name]
    assert await code(carl.ask('update_room', {'room': of_carl, 'name': name, 'topic': 'Mine'})) == 'ok'
    assert await code(carl.ask('update_room', {'room': of_carl, 'archived': True})) == 'ok'
    assert await code(carl.ask('update_room', {'room': of_carl, 'archived': False})) == 'ok'
    assert await code(carl.ask('update_room', {'room': of_carl, 'name': name.upper()})) == 'conflict'
    assert await code(carl.ask('update_room', {'room': of_carl, 'name': f'{name} too'})) == 'ok'
    assert await code(carl.ask('update_room', {'room': of_carl, 'name': f'{name} TOO'})) == 'ok', 'its own, in capitals'


async def test_rooms_made_at_the_same_time_have_one_name_each(bob, carl, dora):
    name = f'Race {next(NUMBERS)}'
    codes = await asyncio.gather(*(code(program.ask('create_room', {'name': name, 'kind': 'open'})) for program in (bob, carl, dora) * 2))
    assert sorted(codes) == ['conflict'] * 5 + ['ok']


async def test_who_comes_later_gets_no_archived_rooms_but_can_read_them(server, bob):
    room = await create(bob, f'Past {next(NUMBERS)}', 'open')
    await bob.ask('send_message', {'room': room, 'message': 'long ago'})
    await bob.ask('update_room', {'room': room, 'archived': True})
    async with server.program('lisa') as lisa:
        assert await room_of(lisa, room) is None
        (found,) = [each for each in (await lisa.ask('browse'))['rooms'] if each['id'] == room]
        assert found['archived']
        assert await lisa.ask('join', {'room': room}) == {'room': room}
        assert [each['message'] for each in await lisa.written(room)] == ['long ago']


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
    await bob.ask('send_message', {'room': room, 'message': 'hello'})
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


async def test_open_rooms_say_how_many_are_in_them_and_when_somebody_last_wrote(server, ann, bob, carl):
    room, empty = await create(bob, 'Counted', 'open'), await create(bob, 'Empty', 'open')
    sent = await bob.ask('send_message', {'message': 'one', 'room': room})
    for each in (room, empty):
        await carl.ask('leave', {'room': each})
    listed = {each['id']: each for each in (await carl.ask('browse'))['rooms']}
    everybody = len((await bob.ask('members', {'room': 1}))['members'])
    assert (listed[room]['members'], listed[room]['last_at']) == (everybody - 1, sent['created_at'])
    assert (listed[empty]['members'], listed[empty]['last_at']) == (everybody - 1, None), 'what only happened is nothing written'
    assert set(listed[room]) == ROOM | {'members', 'last_at'}


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
    room = await create(bob, 'By invitation')
    await bob.ask('invite', {'room': room, 'username': 'Carl'})
    assert (await carl.wait_for('room_changed', id=room))['name'] == 'By invitation'
    await bob.ask('send_message', {'message': 'welcome', 'room': room})
    assert await carl.texts(1) == ['welcome']
    assert await code(bob.ask('invite', {'room': room, 'username': 'nobody'})) == 'not_found'
    assert {m['username'] for m in (await carl.ask('members', {'room': room}))['members']} == {'bob', 'carl'}


async def test_an_archived_room_is_read_and_not_written(bob, carl):
    room = await create(bob, members=['carl'])
    await carl.ask('send_message', {'message': 'kept', 'room': room})
    await bob.ask('update_room', {'room': room, 'archived': True})
    assert (await carl.wait_for('room_changed', id=room, archived=True))['unread'] >= 1
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

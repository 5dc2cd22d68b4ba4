"""Who may do what with a message: a table of acts and people, tried by real programs."""
from contextlib import AsyncExitStack

import pytest

PEOPLE = ('ann', 'bob', 'carl', 'dora', 'erik')
'''Ann came first, so that she is the administrator; Bob writes, Carl is a member, Dora never was one, Erik no longer.'''
ACTS = {
    'edit': lambda message, room: ('edit_message', {'id': message, 'message': 'edited needle'}),
    'delete': lambda message, room: ('delete_message', {'id': message}),
    'react': lambda message, room: ('react', {'id': message, 'emoji': '🎉', 'on': True}),
    'pin': lambda message, room: ('pin', {'id': message, 'on': True}),
    'save': lambda message, room: ('save', {'id': message, 'on': True}),
    'reply': lambda message, room: ('send_message', {'room': room, 'message': 'reply', 'reply_to': message}),
    'permalink': lambda message, room: ('history', {'room': room, 'before': message + 1, 'limit': 1}),
    'pinned': lambda message, room: ('pinned', {'room': room}),
    'search': lambda message, room: ('search', {'query': f'in:"Room {room}" needle'}),
}
WHO = ('author', 'member', 'administrator', 'administrator outside', 'stranger', 'removed')
MAY = dict.fromkeys(ACTS, frozenset({'author', 'member', 'administrator'})) | {'edit': {'author'}, 'delete': {'author', 'administrator'}}


@pytest.fixture
async def people(server):
    async with AsyncExitStack() as stack:
        yield {name: await stack.enter_async_context(server.program(name)) for name in PEOPLE}


async def a_message(people, who):
    """One of Bob's in a closed room, and the program of who tries something."""
    ann, bob = people['ann'], people['bob']
    insiders = ['carl', 'erik', *(['ann'] if who == 'administrator' else [])]
    room = (await bob.ask('create_room', {'name': 'x', 'kind': 'closed', 'members': insiders}))['room']['id']
    assert 'room' in await bob.ask('update_room', {'room': room, 'name': f'Room {room}'})
    message = (await bob.ask('send_message', {'room': room, 'message': 'a needle'}))['id']
    await bob.ask('remove', {'room': room, 'username': 'erik'})
    actor = {'author': bob, 'member': people['carl'], 'administrator': ann, 'administrator outside': ann,
             'stranger': people['dora'], 'removed': people['erik']}[who]
    return room, message, actor


@pytest.mark.parametrize('who', WHO)
async def test_what_may_be_done_with_a_message_and_by_whom(people, who):
    """A message that I may not see is not found, exactly as one that does not exist."""
    for act, ask in ACTS.items():
        room, message, actor = await a_message(people, who)
        answer = await actor.ask(*ask(message, room))
        is_inside = who in {'author', 'member', 'administrator'}
        if act == 'search':
            assert [found['id'] for found in answer['results']] == [message] * is_inside, act
        elif who in MAY[act]:
            assert 'error' not in answer, (act, answer)
        elif is_inside:
            assert answer['code'] == 'forbidden', (act, answer)
        else:
            event, arguments = ask(10**9, 10**9)
            assert answer['code'] == 'not_found', (act, answer)
            assert answer == await actor.ask(event, arguments), act
        if not (act == 'delete' and who in MAY[act]):
            (found,) = (await people['bob'].written(room, limit=200))[:1]
            assert found['message'] == ('edited needle' if act == 'edit' and who == 'author' else 'a needle')
            assert found['reactions'] == ({'🎉': [actor_name(who)]} if act == 'react' and is_inside else {})


def actor_name(who):
    return {'author': 'bob', 'member': 'carl'}.get(who, 'ann')


async def test_what_was_saved_is_out_of_reach_once_its_saver_is_put_out(people):
    room, message, carl = await a_message(people, 'member')
    await carl.ask('save', {'id': message, 'on': True})
    assert (await carl.ask('saved', {}))['messages'][0]['id'] == message
    await people['bob'].ask('remove', {'room': room, 'username': 'carl'})
    assert message not in {saved['id'] for saved in (await carl.ask('saved', {}))['messages']}
    assert (await carl.ask('save', {'id': message, 'on': False}))['code'] == 'not_found'


@pytest.mark.parametrize('act', ['edit', 'delete', 'react', 'pin', 'reply'])
async def test_an_archived_room_stays_as_it_is(people, act):
    room, message, bob = await a_message(people, 'author')
    await bob.ask('update_room', {'room': room, 'archived': True})
    assert (await bob.ask(*ACTS[act](message, room)))['code'] == 'forbidden'
    assert 'error' not in await bob.ask('save', {'id': message, 'on': True})

"""Replies, reactions, pins and saved messages, by real programs."""
import asyncio
import contextlib
import sqlite3

import pytest

MINE = 10**6


@pytest.fixture
async def ann(server):
    async with server.program('ann') as program:
        yield program


async def say(program, text, **more):
    return (await program.ask('send_message', {'message': text, **more}))['id']


async def message(program, number):
    return (await program.ask('history', {'room': 1, 'before': number + 1, 'limit': 1}))['messages'][0]


async def since(program, revision):
    return (await program.ask('changes', {'room': 1, 'since': revision}))['changes']


async def test_a_reply_knows_its_original_and_calls_its_author(ann, bob):
    first = await say(bob, 'a question')
    reply = await say(ann, 'an answer', reply_to=first)
    assert (await message(bob, reply))['reply_to'] == first
    assert (await bob.ask('rooms'))['rooms'][0]['mentions'] >= 1
    before = (await ann.ask('rooms'))['rooms'][0]['mentions']
    await say(ann, 'to myself', reply_to=reply)
    assert (await ann.ask('rooms'))['rooms'][0]['mentions'] == before, 'nobody calls themselves'


@pytest.mark.parametrize('original', ['deleted', 'elsewhere', 'nowhere', 'wrong'])
async def test_nothing_replies_to_what_is_not_there(ann, bob, original):
    room = (await bob.ask('create_room', {'name': f'Other than {original}', 'kind': 'open'}))['room']['id']
    number = {'deleted': await say(bob, 'x'), 'elsewhere': await say(bob, 'x', room=room), 'nowhere': 10**9, 'wrong': 'x'}[original]
    if original == 'deleted':
        await bob.ask('delete_message', {'id': number})
    answer = await ann.ask('send_message', {'message': 'reply', 'reply_to': number})
    assert answer['code'] == ('invalid' if original == 'wrong' else 'not_found')


async def test_a_reply_that_is_sent_twice_is_stored_once_even_if_its_original_is_gone(ann, bob):
    original = await say(bob, 'x')
    asked = {'message': 'reply', 'reply_to': original, 'client_id': 'once'}
    first = await ann.ask('send_message', asked)
    await bob.ask('delete_message', {'id': original})
    assert await ann.ask('send_message', asked) == first


async def test_one_reaction_per_person_and_emoji_in_whatever_form_it_is_written(ann, bob):
    number = await say(bob, 'x')
    for emoji in ('❤', '❤️', '❤️'):
        assert 'revision' in await ann.ask('react', {'id': number, 'emoji': emoji, 'on': True})
    await bob.ask('react', {'id': number, 'emoji': '❤', 'on': True})
    assert (await message(bob, number))['reactions'] == {'❤️': ['ann', 'bob']}
    await ann.ask('react', {'id': number, 'emoji': '❤', 'on': False})
    assert (await message(bob, number))['reactions'] == {'❤️': ['bob']}


async def test_reacting_twice_changes_nothing_and_tells_nobody(ann, bob):
    number = await say(bob, 'x')
    first = await ann.ask('react', {'id': number, 'emoji': '👍', 'on': True})
    await bob.wait_for('message_changed', id=number)
    assert await ann.ask('react', {'id': number, 'emoji': '👍', 'on': True}) == first
    await ann.ask('react', {'id': number, 'emoji': '🎉', 'on': False})
    assert await since(bob, first['revision']) == []


@pytest.mark.parametrize('emoji', ['', 'x', 'tada', ':tada:', '👍👍', '1', '<b>', '👍 ', '🎉' * 1000, 5, None])
async def test_a_reaction_is_one_emoji(ann, bob, emoji):
    number = await say(bob, 'x')
    assert (await ann.ask('react', {'id': number, 'emoji': emoji, 'on': True}))['code'] == 'invalid'


async def test_a_message_has_twenty_different_reactions_at_the_most(ann, bob):
    number = await say(bob, 'x')
    emoji = [chr(0x1f600 + i) for i in range(21)]
    answers = [await ann.ask('react', {'id': number, 'emoji': each, 'on': True}) for each in emoji]
    assert [answer.get('code') for answer in answers] == [None] * 20 + ['conflict']
    assert 'error' not in await bob.ask('react', {'id': number, 'emoji': emoji[0], 'on': True}), 'others may join'
    assert list((await message(bob, number))['reactions']) == emoji[:20]


async def test_edits_reactions_pins_and_deletions_are_changes_like_messages(ann, bob):
    """Who was away gets each message once, in its latest form."""
    one, two = await say(ann, 'one'), await say(ann, 'two')
    revision = (await bob.ask('changes', {'room': 1, 'since': 0}))['revision']
    while (found := await bob.ask('changes', {'room': 1, 'since': revision}))['changes']:
        revision = found['revision']
    for event, arguments in (('edit_message', {'id': one, 'message': 'better'}), ('react', {'id': one, 'emoji': '👍', 'on': True}),
                             ('pin', {'id': one, 'on': True}), ('delete_message', {'id': two})):
        assert 'error' not in await ann.ask(event, arguments)
        assert (await bob.wait_for('message_changed'))['id'] == arguments['id']
    first, second = await since(bob, revision)
    assert (first['id'], first['message'], first['reactions']) == (one, 'better', {'👍': ['ann']})
    assert first['edited_at']
    assert (second['id'], second['message'], second['deleted'], second['reactions']) == (two, '', True, {})


async def test_pinned_and_saved_are_lists_of_which_the_latest_comes_first(ann, bob):
    room = (await bob.ask('create_room', {'name': 'Pins', 'kind': 'open'}))['room']['id']
    numbers = [await say(bob, f'{i}', room=room) for i in range(3)]
    for number in (numbers[1], numbers[0], numbers[2]):
        for what in ('pin', 'save', 'pin'):
            assert await ann.ask(what, {'id': number, 'on': True}) == {'id': number}
    await ann.ask('pin', {'id': numbers[2], 'on': False})
    assert [each['id'] for each in (await bob.ask('pinned', {'room': room}))['messages']] == [numbers[0], numbers[1]]
    assert [each['id'] for each in (await ann.ask('saved', {}))['messages']][:3] == [numbers[2], numbers[0], numbers[1]]
    assert (await bob.ask('saved', {}))['messages'] == []
    await bob.ask('delete_message', {'id': numbers[0]})
    assert [each['id'] for each in (await bob.ask('pinned', {'room': room}))['messages']] == [numbers[1]]
    assert numbers[0] not in {each['id'] for each in (await ann.ask('saved'))['messages']}


async def test_a_message_that_is_deleted_takes_all_that_belonged_to_it_along(ann, bob, server):
    number = await say(bob, 'secret @ann')
    for event, arguments in (('react', {'emoji': '👍', 'on': True}), ('pin', {'on': True}), ('save', {'on': True})):
        await ann.ask(event, {'id': number, **arguments})
    await bob.ask('delete_message', {'id': number})
    with contextlib.closing(sqlite3.connect(server.database)) as connection:
        for table in ('reactions', 'pins', 'saves', 'mentions'):
            assert connection.execute(f'SELECT * FROM {table} WHERE message = ?', [number]).fetchall() == [], table
    assert (await bob.ask('delete_message', {'id': number}))['code'] == 'not_found', 'a deletion done is done'


async def test_the_database_itself_refuses_a_second_reaction(ann, bob, server):
    number = await say(bob, 'x')
    await ann.ask('react', {'id': number, 'emoji': '👍', 'on': True})
    with contextlib.closing(sqlite3.connect(server.database)) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute('INSERT INTO reactions (message, user, emoji) SELECT message, user, emoji FROM reactions WHERE message = ?', [number])


async def test_many_react_at_once_and_all_are_counted(server, bob):
    number = await say(bob, 'x')
    async with contextlib.AsyncExitStack() as stack:
        programs = [await stack.enter_async_context(server.program(f'p{i}')) for i in range(8)]
        await asyncio.gather(*(each.ask('react', {'id': number, 'emoji': '👍', 'on': True}) for each in programs for _ in range(3)))
    assert sorted((await message(bob, number))['reactions']['👍']) == [f'p{i}' for i in range(8)]


@pytest.mark.parametrize(('event', 'arguments'), [
    ('edit_message', {'id': 1}), ('edit_message', {'id': MINE, 'message': ''}), ('edit_message', {'id': True, 'message': 'x'}),
    ('edit_message', {'id': MINE, 'message': 'x' * 4001}), ('delete_message', {}), ('delete_message', {'id': '1'}), ('react', {'id': 1, 'emoji': '👍'}),
    ('react', {'id': 1, 'emoji': '👍', 'on': 1}), ('pin', {'id': 1}), ('pin', {'id': 1, 'on': 'yes'}), ('save', {'on': True}), ('save', {'id': -1, 'on': True}),
    ('save', {'id': 2**63, 'on': True}), ('pinned', {}), ('search', {})])
async def test_what_is_malformed_is_invalid(ann, event, arguments):
    number = await say(ann, 'x')
    assert (await ann.ask(event, {**arguments, 'id': number} if arguments.get('id') == MINE else arguments))['code'] == 'invalid'

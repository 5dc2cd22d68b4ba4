"""The contract for programs, by real Socket.IO clients."""
import asyncio
import time
from datetime import datetime

import pytest

from tests.running import Program

KEYS = {'id', 'room', 'revision', 'username', 'message', 'created_at', 'edited_at', 'deleted', 'reply_to', 'reactions', 'system'}


@pytest.fixture
async def ann(server):
    async with server.program('ann') as program:
        yield program


@pytest.fixture
async def bob(server):
    async with server.program('bob') as program:
        yield program


async def test_what_one_sends_all_receive_and_the_author_too(ann, bob):
    answer = await ann.ask('send_message', 'Hello')
    assert set(answer) == {'id', 'room', 'revision', 'created_at'}
    assert await ann.texts(1) == await bob.texts(1) == ['Hello']
    (message,) = bob.heard
    assert set(message) == KEYS
    assert {key: message[key] for key in answer} == answer
    assert (message['username'], message['edited_at'], message['deleted'], message['system']) == ('ann', None, False, None)
    assert datetime.fromisoformat(message['created_at']).utcoffset().total_seconds() == 0


async def test_messages_of_one_socket_are_stored_in_the_order_sent(ann, bob):
    answers = await asyncio.gather(*(ann.ask('send_message', {'message': f'{i}'}) for i in range(200)))
    assert [a['id'] for a in answers] == sorted(a['id'] for a in answers)
    assert await bob.texts(200) == [f'{i}' for i in range(200)]


async def test_what_is_asked_after_sending_sees_what_was_sent(ann):
    for i in range(20):
        sent, seen = await asyncio.gather(ann.ask('send_message', f'order {i}'), ann.ask('history', {'room': 1, 'limit': 1}))
        assert seen['messages'][0]['id'] == sent['id']


async def test_a_repeated_client_id_returns_the_first_result(ann, bob):
    first = await ann.ask('send_message', {'message': 'once', 'client_id': 'c1'})
    for message in ('once', 'other', '', 'x' * 5000):
        assert await ann.ask('send_message', {'message': message, 'client_id': 'c1'}) == first
    for event, change in (('react', {'emoji': '👍', 'on': True}), ('edit_message', {'message': 'better'}), ('delete_message', {})):
        await ann.ask(event, {'id': first['id'], **change})
        assert await ann.ask('send_message', {'message': 'once', 'client_id': 'c1'}) == first, event
    await ann.ask('send_message', {'message': 'end', 'client_id': 'c2'})
    assert await bob.texts(2) == ['once', 'end']
    theirs = await bob.ask('send_message', {'message': 'bob may use it too', 'client_id': 'c1'})
    assert theirs['id'] > first['id']


async def test_a_repeat_at_the_same_time_is_stored_once(ann):
    answers = await asyncio.gather(*(ann.ask('send_message', {'message': 'm', 'client_id': 'same'}) for _ in range(20)))
    assert len({answer['id'] for answer in answers}) == 1


@pytest.mark.parametrize('text', [
    'x', '\U0001fa77', '\U0001fae8', '\uf8ff', 'x' * 4000, '😀' * 4000, '<script>alert(1)</script>', 'a\nb', '\u202eabc', 'e' + '\u0301' * 3999, "'; DROP TABLE users; --"])
async def test_a_text_arrives_as_typed(ann, bob, text):
    await ann.ask('send_message', text)
    assert await bob.texts(1) == [text]


async def test_empty_lines_in_front_and_white_space_at_the_end_go_and_what_is_content_stays(ann, bob):
    await ann.ask('send_message', '  \n two words \t\n')
    assert await bob.texts(1) == [' two words']


INVALID_TEXTS = ['', ' \n\t ', '\u200b\u200b', '\u3164', '\u2800\ufe0f', 'x' * 4001, 'nul \0 byte', 'e' + '\u0301' * 10_000, 'x' * 900_000]


@pytest.mark.parametrize(('event', 'arguments', 'code'), [
    *(('send_message', (text,), 'invalid') for text in INVALID_TEXTS),
    *(('send_message', arguments, 'invalid') for arguments in [
        (), (None,), (1,), (True,), ([],), ({},), ({'message': 1},), ({'message': None},), ({'message': ['x']},), ('a', 'b'),
        ({'message': 'x', 'room': '1'},), ({'message': 'x', 'room': True},), ({'message': 'x', 'room': 1.0},),
        ({'message': 'x', 'room': -1},), ({'message': 'x', 'room': 2**63},), ({'message': 'x', 'room': [1]},),
        ({'message': 'x', 'client_id': 'c' * 65},), ({'message': 'x', 'client_id': ''},), ({'message': 'x', 'client_id': 5},),
        ({'text': 'x'},)]),
    ('send_message', ({'message': 'x', 'room': 2},), 'not_found'),
    ('send_message', ({'message': 'x', 'room': 0},), 'not_found'),
    ('send_message', ({'message': 'x', 'room': 2**63 - 1},), 'not_found'),
    *((event, arguments, 'invalid') for event in ('changes', 'history') for arguments in [
        (), (None,), ('x',), ({},), ([1],), ({'room': 'x', 'since': 0},), ({'room': None, 'since': 0},), (1, 2)]),
    ('changes', ({'room': 1},), 'invalid'),
    ('changes', ({'room': 1, 'since': -1},), 'invalid'),
    ('changes', ({'room': 1, 'since': '0'},), 'invalid'),
    ('changes', ({'room': 1, 'since': 2**63},), 'invalid'),
    ('changes', ({'room': 99, 'since': 0},), 'not_found'),
    ('history', ({'room': 1, 'limit': 0},), 'invalid'),
    ('history', ({'room': 1, 'limit': 201},), 'invalid'),
    ('history', ({'room': 1, 'limit': 1.5},), 'invalid'),
    ('history', ({'room': 1, 'before': 'x'},), 'invalid'),
    ('history', ({'room': 99},), 'not_found'),
    ('no_such_event', (), 'invalid'),
    ('no_such_event', ({'x': 1},), 'invalid'),
    ('resume', (), 'invalid'),
    ('scroll', ({'room': 99},), 'not_found'),
])
async def test_what_is_malformed_is_answered_with_an_error(ann, bob, event, arguments, code):
    answer = await ann.sio.call(event, arguments or None, timeout=10) if len(arguments) != 1 else await ann.ask(event, *arguments)
    assert answer.pop('retry_after', None) is None
    assert (set(answer), answer['code']) == ({'error', 'code'}, code)
    assert answer['error'].endswith('.')
    assert bob.heard == []


async def test_unknown_keys_are_ignored(ann):
    assert 'id' in await ann.ask('send_message', {'message': 'x', 'color': 'red', 'room': None})
    assert 'messages' in await ann.ask('history', {'room': 1, 'page': 7})


async def test_changes_since_a_revision(ann):
    start = (await ann.ask('changes', {'room': 1, 'since': 0}))['epoch']
    first = await ann.ask('send_message', 'one')
    second = await ann.ask('send_message', 'two')
    answer = await ann.ask('changes', {'room': 1, 'since': first['revision'] - 1})
    assert set(answer) == {'room', 'revision', 'epoch', 'complete', 'changes'}
    assert (answer['room'], answer['revision'], answer['epoch'], answer['complete']) == (1, second['revision'], start, True)
    assert [message['message'] for message in answer['changes']] == ['one', 'two']
    assert (await ann.ask('changes', {'room': 1, 'since': second['revision']}))['changes'] == []
    assert (await ann.ask('changes', {'room': 1, 'since': 2**62}))['revision'] == second['revision']


async def test_more_than_200_changes_come_in_parts(ann):
    start = (await ann.ask('send_message', 'start'))['revision']
    await asyncio.gather(*(ann.ask('send_message', f'{i}') for i in range(250)))
    since, texts, parts = start, [], 0
    while True:
        answer = await ann.ask('changes', {'room': 1, 'since': since})
        texts += [message['message'] for message in answer['changes']]
        since, parts = answer['changes'][-1]['revision'], parts + 1
        assert len(answer['changes']) <= 200
        if answer['complete']:
            break
    assert (texts, parts) == ([f'{i}' for i in range(250)], 2)


async def test_history_both_ways(ann):
    ids = [(await ann.ask('send_message', f'{i}'))['id'] for i in range(10)]

    async def history(**window):
        answer = await ann.ask('history', {'room': 1, **window})
        return [message['message'] for message in answer['messages']], answer['more']

    assert await history(limit=3) == (['7', '8', '9'], True)
    assert await history(before=ids[3], after=ids[0] - 1) == (['0', '1', '2'], False)
    assert await history(after=ids[6]) == (['7', '8', '9'], False)
    assert await history(after=ids[0], limit=2) == (['1', '2'], True)
    assert await history(before=ids[5], limit=2) == (['3', '4'], True)
    assert await history(before=0) == ([], False)
    assert len((await history())[0]) <= 50


async def test_ten_at_once_and_then_five_a_second(make_server):
    with make_server(CHATROOM_RATE_LIMITS='on') as server:
        async with server.program('ann') as ann, server.program('bob') as bob:
            began = time.monotonic()
            answers = await asyncio.gather(*(ann.ask('send_message', f'{i}') for i in range(12)))
            assert ['id' in answer for answer in answers] == [True] * 10 + [False] * 2
            assert (answers[11]['code'], answers[11]['retry_after']) == ('too_fast', 1)
            assert 'id' in await bob.ask('send_message', 'others may')
            await asyncio.sleep(1.1)
            answers = await asyncio.gather(*(ann.ask('send_message', f'{i}') for i in range(8)))
            assert 5 <= sum('id' in answer for answer in answers) <= 1 + 5 * (time.monotonic() - began)


async def test_what_is_invalid_does_not_count_as_sent(make_server):
    with make_server(CHATROOM_RATE_LIMITS='on') as server:
        async with server.program('ann') as ann:
            await asyncio.gather(*(ann.ask('send_message', '') for _ in range(20)))
            assert 'id' in await ann.ask('send_message', 'first')


async def test_too_much_under_way_is_refused_and_the_rest_stored(ann):
    answers = await asyncio.gather(*(ann.ask('send_message', f'{i}') for i in range(600)))
    assert {'id', 'error'} >= {('id' if 'id' in answer else 'error') for answer in answers}
    assert all(answer['code'] == 'too_fast' for answer in answers if 'error' in answer)
    assert 'id' in await ann.ask('send_message', 'and on')


async def test_a_client_may_poll(server, bob):
    cookie = await asyncio.to_thread(server.cookie, 'ann')
    program = Program()
    await program.connect(server, cookie['chatroom_session'], transports=['polling', 'websocket'])
    await program.ask('send_message', 'first by polling, then upgraded')
    assert await bob.texts(1) == ['first by polling, then upgraded']
    await program.sio.disconnect()

"""What a socket may ask for that names a client the server does not know."""
import json
from uuid import uuid4

import pytest

from pages.revival import BUILD
from tests.running import browsing


@pytest.fixture
async def session():
    async with browsing() as opened:
        yield opened


async def connect(session, server, cookie, **query):
    """Connect as a page that was open before; return the answer and the socket."""
    query = {'EIO': '4', 'transport': 'websocket', 'implicit_handshake': 'true', 'next_message_id': '3', 'tab_id': 't',
             'document_id': 'd', 'client_id': str(uuid4()), 'room': '1', 'me': '1', 'name': 'ann', 'build': BUILD, **query}
    headers = {'Cookie': f'chatroom_session={cookie["chatroom_session"]}'} if cookie else {}
    socket = await session.ws_connect(f'{server.url}/_nicegui_ws/socket.io/', params=query, headers=headers)
    await socket.receive_str()
    await socket.send_str('40')
    return await socket.receive_str(), socket


@pytest.fixture
def ann(server):
    return server.cookie('ann')


async def test_a_page_that_was_open_before_is_let_in_and_hears_its_room(server, session, ann):
    answer, socket = await connect(session, server, ann)
    assert answer.startswith('40')
    async with server.program('ann') as program:
        await program.ask('send_message', 'hello')
        heard = ''
        while 'hello' not in heard:
            heard = await socket.receive_str()
        assert json.loads(heard[2:])[0] == 'changed'
    await socket.close()


async def test_a_second_socket_of_the_same_page_meets_the_same_client(server, session, ann):
    number = str(uuid4())
    first, one = await connect(session, server, ann, client_id=number)
    second, two = await connect(session, server, ann, client_id=number)
    assert first.startswith('40')
    assert second.startswith('40')
    stranger, three = await connect(session, server, server.cookie('bob'), client_id=number, me='2', name='bob', tab_id='other')
    assert stranger.startswith('44')
    for socket in (one, two, three):
        await socket.close()


@pytest.mark.parametrize('query', [
    {'client_id': 'page:1'}, {'client_id': 'program:1'}, {'client_id': ''}, {'client_id': 'X' * 36},
    {'client_id': str(uuid4()).upper()}, {'client_id': '{' + str(uuid4()) + '}'}, {'client_id': uuid4().hex},
    {'me': '2'}, {'me': ''}, {'name': 'bob'}, {'build': 'other'}, {'room': '99'}, {'room': 'x'}, {'room': '-1'}, {'room': '9' * 30},
    {'next_message_id': 'x'}, {'next_message_id': ''}])
async def test_a_made_up_client_can_not_be_abused_to_hear_a_room(server, session, ann, query):
    """Socket.IO puts a page into a room named like its client, and our own rooms are named `page:1`."""
    answer, socket = await connect(session, server, ann, **query)
    assert answer.startswith('44')
    assert 'handshake failed' in answer
    await socket.close()


async def test_a_stranger_gets_no_client(server, session):
    for cookie in (None, {'chatroom_session': 'wrong'}):
        answer, socket = await connect(session, server, cookie)
        assert answer.startswith('44')
        await socket.close()

"""What others may try at the address by which a page that goes deletes what its person has deleted."""
import asyncio

import httpx
import pytest

from tests.running import Server

from .raw import connected, cookie_header, request

SAID = 'still here'


@pytest.fixture
async def ann(server):
    async with server.program('ann') as program:
        yield program


@pytest.fixture
async def number(ann):
    """A message of Ann's."""
    return (await ann.ask('send_message', SAID))['id']


async def is_there(program, number):
    return number in [message['id'] for message in (await program.ask('history', {'room': 1}))['messages']]


def delete(server: Server, number, cookie=None, method='POST', **headers):
    return httpx.request(method, f'{server.url}/delete/{number}', cookies=cookie, headers=headers, timeout=30)


async def ask(*asked, **headers):
    return await asyncio.to_thread(delete, *asked, **headers)


async def test_ones_own_message_is_deleted_once(server, ann, bob, number):
    cookie = server.cookie('ann')
    response = await ask(server, number, cookie)
    assert (response.status_code, response.content) == (204, b'')
    await bob.wait_for('message_changed', id=number, deleted=True)
    response = await ask(server, number, cookie)
    assert (response.status_code, list(response.json())) == (404, ['error'])


@pytest.mark.parametrize('cookie', [None, {'chatroom_session': 'made-up'}, {'chatroom_session': ''}], ids=['none', 'made up', 'empty'])
async def test_a_stranger_deletes_nothing(server, ann, number, cookie):
    response = await ask(server, number, cookie)
    assert (response.status_code, list(response.json())) == (401, ['error'])
    assert await is_there(ann, number)


async def test_who_has_logged_out_deletes_nothing(server, ann, number):
    cookie = server.cookie('ann')
    await asyncio.to_thread(httpx.post, server.url + '/logout', cookies=cookie)
    assert (await ask(server, number, cookie)).status_code == 401
    assert await is_there(ann, number)


async def test_nobody_deletes_what_somebody_else_wrote(server, ann, bob, number):
    server.cookie('first')  # or else one of them would be the administrator
    assert (await ask(server, number, server.cookie('carl'))).status_code == 403
    room = (await ann.ask('create_room', {'name': f'Closed {number}', 'kind': 'closed', 'members': []}))['room']['id']
    hidden = (await ann.ask('send_message', {'room': room, 'message': SAID}))['id']
    unseen, unmade = [await ask(server, one, server.cookie('carl')) for one in (hidden, hidden + 1000)]
    assert (unseen.status_code, unseen.json()) == (unmade.status_code, unmade.json()) == (404, unmade.json()), 'as if it were not there'
    assert await is_there(ann, number)


@pytest.mark.parametrize('headers', [
    {'Origin': 'https://evil.example'}, {'Origin': 'null'}, {'Sec-Fetch-Site': 'cross-site'}, {'Sec-Fetch-Site': 'same-site'},
    {'Sec-Fetch-Site': 'cross-site', 'Origin': 'http://127.0.0.1'}])
async def test_a_page_of_another_site_deletes_nothing(server, ann, number, headers):
    response = await ask(server, number, server.cookie('ann'), **headers)
    assert (response.status_code, list(response.json())) == (403, ['error'])
    assert await is_there(ann, number)


@pytest.mark.parametrize('method', ['GET', 'HEAD', 'PUT', 'DELETE'])
async def test_no_link_and_no_picture_deletes_anything(server, ann, number, method):
    assert (await ask(server, number, server.cookie('ann'), method)).status_code == 405
    assert await is_there(ann, number)


@pytest.mark.parametrize('odd', ['x', '-1', '1.5', '1e3', '%00', '٣', 2**63, '9' * 5_000, '0x1', ' 1 2'])
async def test_what_is_no_number_of_a_message_is_refused(server, odd):
    assert (await ask(server, odd, server.cookie('ann'))).status_code in {404, 422}


async def test_its_body_is_not_waited_for(server, number):
    async with connected(server.port) as connection:
        await connection.send(request(f'/delete/{number}', *cookie_header(server.cookie('ann')), 'Content-Length: 100', method='POST') + b'a=')
        assert (await connection.answer()).status == 204


async def test_too_many_at_once_are_refused_for_a_moment(make_server):
    with make_server(CHATROOM_RATE_LIMITS='on') as server:
        cookie = server.cookie('ann')
        async with httpx.AsyncClient(base_url=server.url, cookies=cookie, timeout=30) as client:
            found = [(await client.post(f'/delete/{number}')) for number in range(1, 260)]
        refused = [response for response in found if response.status_code == 429]
        assert refused
        assert len(found) - len(refused) >= 100
        assert all(int(response.headers['retry-after']) > 0 for response in refused)

"""A message's link outlasts the login, and leads nowhere but into a room of ours."""
import re
from urllib.parse import quote

import httpx
import pytest

from doors.places import NOTHING, Place, number
from tests.running import PASSWORD

OURS = re.compile(r'/chat(/[0-9]{1,16})?(\?at=[0-9]{1,16})?')
EVIL = [
    '//evil.example', '/\\evil.example', '\\\\evil.example', 'https:evil.example', 'https://evil.example', 'javascript:alert(1)',
    '/chat/1', '/chat/1?at=1#x', '1#x', '1?next=//evil.example', '1/../../x', '1%2f..', '%2f%2fevil.example', '..', '.', '1@evil.example',
    '1\r\nSet-Cookie: a=b', '\t//evil.example', '1\0', '\u2028', ' 1', '+1', '-1', '1.0', '1e3', '0x1', 'abc', '１', '٣', '²', 'null', '[1]',
    '{"room":1}', 'True', '9' * 16, '9' * 21, '9' * 5_000]
'''What no room has as its number.'''


@pytest.mark.parametrize(('text', 'found'), [
    (None, None), ('', None), ('1', 1), ('033', 33), ('9' * 15, NOTHING - 1), ('0', NOTHING), *((text, NOTHING) for text in EVIL)])
def test_what_is_no_id_is_one_that_nothing_has(text, found):
    assert number(text) == found


@pytest.mark.parametrize(('place', 'path', 'query'), [
    (Place(), '/chat', ''), (Place(33), '/chat/33', '?room=33'), (Place(33, 100), '/chat/33?at=100', '?room=33&at=100'),
    (Place(at=100), '/chat?at=100', '?at=100')])
def test_a_place_has_an_address_and_a_way_through_the_login(place, path, query):
    assert (place.path, place.query) == (path, query)


@pytest.mark.parametrize(('asked', 'entry', 'back'), [
    ('/chat', '/', '/chat'), ('/chat/33', '/?room=33', '/chat/33'), ('/chat/33?at=100', '/?room=33&at=100', '/chat/33?at=100'),
    ('/chat/33?at=100&utm=x&room=5', '/?room=33&at=100', '/chat/33?at=100'), ('/chat?at=7', '/?at=7', '/chat?at=7'),
    *((f'/chat/{wrong}', f'/?room={NOTHING}', f'/chat/{NOTHING}') for wrong in ('abc', '9' * 21, '-1', '%5Cevil.example', '1%23x'))])
def test_a_stranger_s_link_leads_through_the_login_to_its_place(server, asked, entry, back):
    response = httpx.get(server.url + asked)
    assert (response.status_code, response.headers['location']) == (303, entry)
    server.cookie('ann')
    for way in ('/login', '/session/of_no_use'):
        response = server.post(way + entry[1:], 'ann') if way == '/login' else httpx.get(server.url + way + entry[1:])
        assert (response.status_code, response.headers['location']) == (303, back if way == '/login' else entry)
    response = server.post('/register' + entry[1:], f'new{abs(hash(asked))}')
    assert (response.status_code, response.headers['location']) == (303, back)
    response = httpx.get(server.url + entry, cookies=server.cookie('ann'))
    assert (response.status_code, response.headers['location']) == (303, back), 'who is logged in goes there at once'


@pytest.mark.parametrize('evil', EVIL)
def test_nobody_is_led_elsewhere(server, evil):
    cookie = server.cookie('ann')
    for query in (f'room={quote(evil)}', f'room={quote(evil)}&at=1', f'room=1&at={quote(evil)}', f'at={quote(evil)}',
                  f'room=1&room={quote(evil)}', f'room[]={quote(evil)}', f'next={quote(evil)}', f'room=1;//{quote(evil)}',
                  quote(evil)):
        for response in (httpx.get(f'{server.url}/?{query}', cookies=cookie), httpx.get(f'{server.url}/session/x?{query}'),
                         httpx.post(f'{server.url}/login?{query}', data={'username': 'ann', 'password': PASSWORD})):
            location = response.headers['location']
            assert OURS.fullmatch(location) or re.fullmatch(r'/(\?(room=\d{1,16})?&?(at=\d{1,16})?)?', location), location
            assert response.status_code == 303
            assert 'a' not in response.cookies


@pytest.mark.parametrize('room', ['99', 'abc', '0', '-1', '999999999999999999999', '9' * 3_000, '１', '%00', '1%20', '1.0', 'secret'])
async def test_a_room_that_one_can_not_see_says_so_alike_whether_there_is_one_or_not(server, room):
    async with server.program('bob') as bob:
        secret = (await bob.ask('create_room', {'name': f'Secret {abs(hash(room))}', 'kind': 'closed', 'members': []}))['room']['id']
        response = httpx.get(f'{server.url}/chat/{secret if room == "secret" else room}?at=1', cookies=server.cookie('ann'))
    assert (response.status_code, response.text.count('There is no such room, or you are not in it.')) == (200, 1)
    assert '"data-room":"1"' in response.text
    assert 'Secret' not in response.text


def test_a_room_that_one_is_in_says_nothing(server):
    for path in ('/chat', '/chat/1', '/chat/001?at=5', '/chat?room=1'):
        response = httpx.get(server.url + path, cookies=server.cookie('ann'))
        assert (response.status_code, 'There is no such room' in response.text) == (200, False)

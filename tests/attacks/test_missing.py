"""Strangers may ask for what is not there as often as they like: it costs no client, and no line in the log."""
import itertools

import httpx
import pytest
from nicegui import Client, app, core

from tests.attacks.raw import asked, request, upgrade

PATHS = ['/nothing', '/' + 'a/' * 500, '/%ff%00%0a%1b[31m', '/x?' + 'q=1&' * 1500, '/assets/0123456789abcdef.css', '/_nicegui/x', '/_nicegui/3.18.0/static/x',
         '/_nicegui/3.18.0/libraries/x', '/_nicegui/3.18.0/components/<script>', '/chat/1/2/3', '//evil.example', '/..%2f..%2fetc/passwd', '/login/x']


async def test_nothing_is_made_for_an_address_that_is_not_there(user, caplog):
    for path, method in itertools.product(PATHS, ['GET', 'POST', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'PATCH']):
        answer = await user.http_client.request(method, 'http://test' + path)
        assert answer.status_code in {404, 405}
        assert method == 'HEAD' or 'To the chat' in answer.text
        assert len(answer.content) < 4_000
    assert Client.instances == {}
    assert [record for record in caplog.records if record.name not in {'httpx', 'asyncio'}] == []


async def test_a_wrong_method_makes_no_client(user):
    for path in ('/', '/login', '/chat', '/session/x'):
        answer = await user.http_client.request('PATCH', path)
        assert (answer.status_code, bool(answer.headers['allow'])) == (405, True)
    assert Client.instances == {}


async def test_our_mistakes_look_like_ours_and_show_nothing(user):
    @app.get('/mistake')
    def mistake():
        raise ValueError('a secret')

    careful = httpx.AsyncClient(transport=httpx.ASGITransport(core.app, raise_app_exceptions=False), base_url='http://test')
    answer = await careful.get('/mistake')
    assert answer.status_code == 500
    assert 'secret' not in answer.text
    assert 'To the chat' in answer.text
    assert answer.headers['cache-control'] == 'no-store'
    app.remove_route('/mistake')


def test_the_log_stays_empty(server):
    before = server.log
    with httpx.Client() as stranger:
        for path in PATHS:
            stranger.get(server.url + path)
    assert server.log == before


@pytest.mark.parametrize('path', ['/_nicegui_ws', '/_nicegui_ws/', '/_nicegui_ws/so"cket.io/', '/_nicegui_ws/socketxio/', '/_nicegui_ws/socket.io.', '/socket.io.',
                                  '/socket.iox/', '/nothing', '/', '/chat', '/login', '/assets/x.js', '/_nicegui/x', '//socket.io/'])
@pytest.mark.parametrize('query', ['', '?EIO=4&transport=websocket'])
async def test_a_socket_at_an_address_that_has_none_is_refused(server, path, query):
    answer = await asked(server.port, upgrade(path + query))
    assert answer.status in {403, 404}
    assert 'Traceback' not in server.log
    assert (await asked(server.port, request(path + query))).status in {200, 303, 404, 405}

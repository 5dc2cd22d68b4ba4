"""A request is refused before anything reads it, with a sentence, and nobody else waits."""
import asyncio
import json
from contextlib import suppress

import pytest

from tests.running import Server
from ties.uvicorn.http import ADDRESS_BYTES, COOKIE_BYTES, HEAD_BYTES, MOST_AT_ONCE, MOST_HEADERS, Http


@pytest.fixture(scope='module')
def server(tmp_path_factory):
    with Server(tmp_path_factory.mktemp('server')) as running:
        yield running
        assert 'Traceback' not in running.log


async def answer(server, *pieces):
    """The status and the sentence of the last answer to these bytes."""
    reader, writer = await asyncio.open_connection('127.0.0.1', server.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        received = await asyncio.wait_for(reader.read(), 10)
    finally:
        writer.close()
    head, _, body = received.rpartition(b'\r\n\r\n')
    return int(head.rpartition(b'HTTP/1.1 ')[2][:3]), json.loads(body).get('error') if body.startswith(b'{') else body


def get(headers=b'', address=b'/', extra=b''):
    return b'GET ' + address + b' HTTP/1.1\r\nHost: localhost\r\n' + headers + extra + b'\r\n'


UPGRADE = b'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n'


@pytest.mark.parametrize('more', [b'', UPGRADE], ids=['http', 'websocket'])
@pytest.mark.parametrize(('headers', 'status'), [
    (b'A: ' + b'x' * HEAD_BYTES + b'\r\n', 431),
    (b'A: ' + b'x' * 3_000_000, 431),  # and no end of it
    (b'x' * 3_000_000, 431),
    (b'A: x\r\n' * (MOST_HEADERS + 1), 431),
    (b'A: ' + b'x' * 1_000 + b'\r\n', 431),
    (b'Cookie: a="' + b'\\"' * COOKIE_BYTES + b'"\r\n', 431),
    (b'Cookie: a=b\r\n' + b'Cookie: ' + b'x' * COOKIE_BYTES + b'\r\n', 431),
], ids=['one', 'endless', 'name', 'many', 'sum', 'cookie', 'cookies'])
async def test_heads_are_refused_when_they_pass_their_bound(server, headers, status, more):
    if headers.endswith(b'x' * 1_000 + b'\r\n'):
        headers *= 40
    status_, sentence = await answer(server, get(more, extra=headers))
    assert status_ == status
    assert 'larger than' in sentence


@pytest.mark.parametrize('more', [b'', UPGRADE], ids=['http', 'websocket'])
async def test_small_headers_may_be_too_many(server, more):
    assert f'more than {MOST_HEADERS}' in (await answer(server, get(more, extra=b'A: x\r\n' * (MOST_HEADERS + 1))))[1]


@pytest.mark.parametrize('more', [b'', UPGRADE], ids=['http', 'websocket'])
async def test_so_are_addresses(server, more):
    assert await answer(server, get(more, b'/' + b'a' * ADDRESS_BYTES)) == (
        414, f'The address has more than {ADDRESS_BYTES} bytes: use a shorter one.')
    assert (await answer(server, b'GET /' + b'a' * 3_000_000))[0] == 414


async def test_what_fits_is_served(server):
    cookies = b'Cookie: ' + b'x' * (COOKIE_BYTES - 100) + b'\r\n'
    other = b'A: ' + b'x' * (HEAD_BYTES - COOKIE_BYTES - 200) + b'\r\n'
    status, _ = await answer(server, get(cookies + other + b'Connection: close\r\n', b'/login?' + b'a' * (ADDRESS_BYTES - 100)))
    assert status == 405


CHUNKED = b'POST /login HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'


@pytest.mark.parametrize('body', [b'0\r\nA: ' + b'x' * 3_000_000, b'1;' + b'x' * 3_000_000, b'0\r\n' + b'A: x\r\n' * 200],
                         ids=['trailer', 'extension', 'trailers'])
async def test_nor_is_what_comes_after_the_head_read_without_end(server, body):
    assert (await answer(server, CHUNKED, body))[0] == 431


@pytest.mark.parametrize('garbage', [b'\x16\x03\x01', b'GET', b'PRI * HTTP/2.0\r\n\r\n', b'GET / HTTP/1.1\r\n: x\r\n\r\n',
                                     b'CONNECT a:1 HTTP/1.1\r\n\r\n', b'GET \xff HTTP/1.1\r\n\r\n', b'\x00' * 100_000])
async def test_what_is_no_request_is_told_so_or_waited_for(server, garbage):
    status, sentence = await answer(server, garbage + b'\r\n\r\n')
    assert status in {400, 404}
    assert sentence


@pytest.mark.parametrize('path', [b'/login', b'/nowhere', b'/socket.io/?EIO=4&transport=polling'])
async def test_a_body_of_a_thousand_chunks_of_a_byte_is_not_read_on(server, path):
    """Each is as much work as one of 16 KB: sixteen connections that sent them stopped the server as long as they did."""
    head = b'POST ' + path + b' HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n'
    reader, writer = await asyncio.open_connection('127.0.0.1', server.port)
    writer.write(head + b'1\r\nx\r\n' * 1_000)
    received = b''
    with suppress(ConnectionError):
        received = await asyncio.wait_for(reader.read(), 10)
    assert received[:12] in {b'HTTP/1.1 413', b'HTTP/1.1 404', b''}
    writer.close()


async def test_as_many_chunks_are_read_as_their_bytes_allow(server):
    """They may be small where they are few, and many where they are large."""
    login = b'POST /login HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n'
    login += b'Content-Type: application/x-www-form-urlencoded\r\n\r\n'
    form = b'username=ann&password=' + b'x' * 60
    assert (await answer(server, login + b''.join(b'1\r\n%c\r\n' % letter for letter in form) + b'0\r\n\r\n'))[0] == 401
    many = b'&more=' + b'x' * 250
    assert (await answer(server, login + b'%x\r\n' % len(form) + form + b'\r\n' + (b'100\r\n' + many + b'\r\n') * 6 + b'0\r\n\r\n'))[0] == 401


async def test_requests_that_do_not_wait_for_answers_are_few(server):
    """Each of them would be kept until the ones before it are answered."""
    reader, writer = await asyncio.open_connection('127.0.0.1', server.port)
    writer.write(get() * (MOST_AT_ONCE + 2))
    assert (await reader.read()).count(b'HTTP/1.1') <= 1
    writer.close()
    status, _ = await answer(server, get(address=b'/login') * MOST_AT_ONCE + get(b'Connection: close\r\n', b'/login'))
    assert status == 405


async def test_a_body_that_nobody_wants_ends(server):
    """This holds for the body of a request that was answered before, too."""
    reader, writer = await asyncio.open_connection('127.0.0.1', server.port)
    writer.write(b'POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999\r\n\r\n')
    assert b' 405 ' in await reader.readuntil(b'\r\n')
    with suppress(ConnectionError):
        for _ in range(1_000):
            writer.write(b'x' * 100_000)
            await writer.drain()
        pytest.fail('all of it was read')
    writer.close()


async def test_a_head_that_does_not_come_is_not_waited_for(monkeypatch):
    """A second head on the same connection is not waited for either, nor are line ends in place of it."""
    monkeypatch.setattr('ties.uvicorn.http.HEAD_SECONDS', 0.05)
    import uvicorn

    async def app(scope, receive, send):
        await send({'type': 'http.response.start', 'status': 204, 'headers': []})
        await send({'type': 'http.response.body'})

    running = uvicorn.Server(uvicorn.Config(app, port=0, http=Http, lifespan='off', log_config=None))
    serving = asyncio.create_task(running.serve())
    while not running.started:
        await asyncio.sleep(0.01)
    address = running.servers[0].sockets[0].getsockname()
    for first in (b'', b'GET / HTTP/1.1\r\nA: x', b'\r\n' * 10, b'GET / HTTP/1.1\r\nHost: a\r\n\r\n'):
        reader, writer = await asyncio.open_connection(*address)
        writer.write(first)
        if is_answered := first.endswith(b'Host: a\r\n\r\n'):
            assert b' 204 ' in await reader.readuntil(b'\r\n\r\n')
            writer.write(b'\r\n')  # which is not yet another one
        assert (b' 408 ' in await asyncio.wait_for(reader.read(), 5)) is not is_answered
        writer.close()
    running.should_exit = True
    await serving

"""Files that anybody may ask for, as often as they like."""
import asyncio
import re
import zlib

import httpx
import pytest
from nicegui import core

from doors.compression import FILES, Compression

STATIC = FILES[0]


async def ask(compression, path, *, method='GET', **headers):
    sent = []

    async def send(message):
        sent.append(message)

    pairs = [(name.replace('_', '-').encode(), value.encode()) for name, value in {'accept_encoding': 'gzip', **headers}.items()]
    await compression({'type': 'http', 'method': method, 'path': path, 'headers': pairs}, None, send)
    return sent[0]['status'], b''.join(message.get('body', b'') for message in sent[1:])


async def test_a_file_is_compressed_once():
    """NiceGUI serves a script of 4 MB that we never use: compressing it takes 0.2 s."""
    read = []

    async def files(scope, receive, send):
        read.append(scope['path'])
        found = 'missing' not in scope['path']
        await send({'type': 'http.response.start', 'status': 200 if found else 404, 'headers': [(b'content-type', b'text/javascript')]})
        for more in (True, True, False):
            await send({'type': 'http.response.body', 'body': b'text ' * 1000, 'more_body': more})

    compression = Compression(files)
    for path in ('a.js', '/a.js', './a.js', 'b/../a.js', 'a.js'):
        status, body = await ask(compression, STATIC + path)
        assert (status, zlib.decompress(body, 31)) == (200, b'text ' * 3000)
    assert len(read) == 1
    for path in (STATIC + 'missing.js', '/chat', '/assets/x.js', STATIC + '../../../chat', STATIC.replace('static', 'dynamic_resources') + 'x'):
        await ask(compression, path)
    assert len(compression.kept) == 1, 'nothing but files that are there'
    for condition in ({'range': 'bytes=0-9'}, {'if_none_match': 'x'}, {'accept_encoding': 'identity'}):
        await ask(compression, STATIC + 'a.js', **condition)
    await ask(compression, STATIC + 'a.js', method='HEAD')
    assert read[-4:] == [STATIC + 'a.js'] * 4


def test_a_kept_file_is_the_same(server):
    with httpx.Client(base_url=server.url) as browser:
        files = set(re.findall(r'/_nicegui/[^"\')]+(?:js|css)', browser.get('/').text))
        assert len(files) > 5
        for file in files:
            first, second, plain = browser.get(file), browser.get(file), browser.get(file, headers={'Accept-Encoding': 'identity'})
            assert first.content == second.content == plain.content
            for name in ('content-type', 'cache-control', 'etag', 'content-encoding', 'vary'):
                assert first.headers.get_list(name) == second.headers.get_list(name)


@pytest.fixture
def compressed(monkeypatch):
    """What is compressed for one answer alone, which is then sent as it is."""
    found = []

    async def apply_compression(self, body, *, more_body):
        found.append(len(body))
        return body

    monkeypatch.setattr('starlette.middleware.gzip.GZipResponder.apply_compression', apply_compression)
    return found


async def test_no_condition_has_a_file_compressed_anew(compressed):
    """One that does not hold brings the whole file: with it 4 MB took 0.1 s of the loop each time."""
    async def files(scope, receive, send):
        await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-type', b'text/javascript')]})
        await send({'type': 'http.response.body', 'body': b'text ' * 1000})

    compression = Compression(files)
    for condition in ('if_none_match', 'if_modified_since', 'range'):
        assert await ask(compression, STATIC + 'a.js', **{condition: 'x'}) == (200, b'text ' * 1000)
    assert compressed == []


async def test_of_many_who_ask_for_a_file_at_once_one_has_it_compressed(compressed):
    async def files(scope, receive, send):
        await asyncio.sleep(0.01)
        await send({'type': 'http.response.start', 'status': 200, 'headers': [(b'content-type', b'text/javascript')]})
        await send({'type': 'http.response.body', 'body': b'text ' * 1000})

    compression = Compression(files)
    await asyncio.gather(*(ask(compression, STATIC + 'a.js') for _ in range(60)))
    assert len(compressed) == 1
    assert not compression._under_way


async def test_our_own_files_are_compressed_at_the_start(user, compressed):
    await user.open('/')
    for route in core.app.routes:
        if route.path.startswith('/assets/'):
            packed = await user.http_client.get(route.path, headers={'Accept-Encoding': 'gzip'})
            plain = await user.http_client.get(route.path, headers={'Accept-Encoding': 'identity'})
            assert (packed.headers['content-encoding'], 'content-encoding' in plain.headers) == ('gzip', False)
            assert packed.content == plain.content
            assert packed.headers['vary'] == 'Accept-Encoding'
            assert int(packed.headers['content-length']) < int(plain.headers['content-length'])
    assert compressed == [], 'nothing is compressed for who asks'

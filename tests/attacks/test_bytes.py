"""What strangers may send is bounded before anything reads it."""
import asyncio
import sys
from contextlib import suppress

import httpx
import pytest

from tests.running import Server

from .raw import (
    BINARY,
    CLOSE,
    CONTINUATION,
    PAGE,
    PING,
    PONG,
    PROGRAM,
    SECONDS,
    TEXT,
    Connection,
    LoadedPage,
    SocketIo,
    asked,
    connected,
    cookie_header,
    frame,
    opened_polling,
    polling,
    request,
    upgrade,
)

KB, MB = 1024, 1024**2
HEADERS, COOKIES, ADDRESS = 32 * KB, 16 * KB, 8 * KB
STRANGERS_MESSAGE, MEMBERS_MESSAGE = 16 * KB, 1_000_000
UNFINISHED = 16 * MB
PER_ADDRESS = 64
ADDRESSES = (f'127.0.1.{i}' for i in range(1, 255))
'''127.0.0.1 is a trusted proxy, and no proxy is one stranger.'''
FLOOD = 200_000
'''Frames without any content.'''
ANSWERED = 10_000
'''Frames of a flood that may be answered until it is cut off.'''
READ = 2 * MB
'''What may be on its way when the server has read as much as it wants.'''
OPEN_FILES = 256

DOORS = {
    'a page': request,
    'a form': lambda target, *headers: request(target, *headers, 'Content-Length: 0', method='POST'),
    'an address that is not there': lambda target, *headers: request('/not/there' + target[1:], *headers),
    'a socket of a program': lambda target, *headers: upgrade(_socket(PROGRAM, target), *headers),
    'a socket of a page': lambda target, *headers: upgrade(_socket(PAGE, target), *headers),
    'polling': lambda target, *headers: request(f'{polling(PROGRAM)}&x={target[1:]}', *headers),
}


def _socket(path, target):
    return f'{path}?EIO=4&transport=websocket{"&x=" + target[1:] if target[1:] else ""}'


# Heads --------------------------------------------------------------------------------------------------------------

TOO_LARGE = {
    'one header': (431, '/', ['X: ' + 'x' * HEADERS]),
    'the name of a header': (431, '/', ['x' * HEADERS + ': x']),
    'many headers': (431, '/', [f'X-{i}: x' for i in range(4_000)]),
    'empty headers': (431, '/', ['a:'] * 12_000),
    'one cookie': (431, '/', ['Cookie: a=' + 'x' * COOKIES]),
    'one cookie that is expensive to read': (431, '/', ['Cookie: a="' + r'\"' * 30_000 + '"']),
    'many cookies': (431, '/', ['Cookie: ' + '; '.join(f'c{i}=x' for i in range(3_000))]),
    'several headers of cookies': (431, '/', [f'Cookie: a{i}=' + 'x' * 4_000 for i in range(5)]),
    'a type of content': (431, '/', ['Content-Type: text/plain; ' + 'a=b; ' * 7_000]),
    'an address': (414, '/' + 'x' * ADDRESS, []),
    'a query': (414, '/?' + 'x' * ADDRESS, []),
    'an escaped address': (414, '/' + '%41' * (ADDRESS // 3 + 1), []),
}


@pytest.mark.parametrize('door', DOORS)
@pytest.mark.parametrize('kind', TOO_LARGE)
async def test_a_head_that_is_too_large_is_answered_with_a_sentence(server, door, kind):
    status, target, headers = TOO_LARGE[kind]
    answer = await asked(server.port, DOORS[door](target, *headers))
    assert answer.status == status
    assert answer.error


LARGE = {
    'headers': ('/', [f'X-{i}: ' + 'x' * 1_000 for i in range(15)]),
    'cookies': ('/', [f'Cookie: a{i}=' + 'x' * 3_000 for i in range(5)]),
    'headers and cookies': ('/', [f'X-{i}: ' + 'x' * 1_000 for i in range(15)] + ['Cookie: a=' + 'x' * 15_000]),
    'an address': ('/' + 'x' * 7_900, []),
}


@pytest.mark.parametrize('door', ['a page', 'a form', 'an address that is not there'])
@pytest.mark.parametrize('kind', LARGE)
async def test_a_head_that_browsers_may_send_is_read(server, door, kind):
    """Browsers send the cookies of every port of a host."""
    target, headers = LARGE[kind]
    answer = await asked(server.port, DOORS[door](target, *headers))
    assert answer.status not in {413, 414, 431, 500}


@pytest.mark.parametrize('kind', ['headers', 'cookies', 'headers and cookies'])
async def test_a_socket_is_let_in_with_the_cookies_of_other_programs(server, kind):
    cookie = server.cookie('ann')
    headers = [header for header in LARGE[kind][1] if not header.startswith('Cookie')]
    others = [header.removeprefix('Cookie: ') for header in LARGE[kind][1] if header.startswith('Cookie')]
    async with connected(server.port) as connection:
        await connection.send(upgrade(_socket(PROGRAM, '/'), *headers, 'Cookie: ' + '; '.join(
            [*others, f'chatroom_session={cookie["chatroom_session"]}'])))
        assert b' 101 ' in await connection.reader.readuntil(b'\r\n\r\n')


ENDLESS = {
    'a header': (b'GET / HTTP/1.1\r\nHost: x\r\nX: ', b'x'),
    'the name of a header': (b'GET / HTTP/1.1\r\nHost: x\r\n', b'x'),
    'headers': (b'GET / HTTP/1.1\r\nHost: x\r\n', b'x: y\r\n'),
    'a cookie': (b'GET / HTTP/1.1\r\nHost: x\r\nCookie: ', b'x'),
    'an address': (b'GET /', b'x'),
    'a method': (b'', b'X'),
    'a header of an upgrade': (upgrade(_socket(PROGRAM, '/'))[:-2] + b'X: ', b'x'),
    'a header of a second request': (request() * 2, b'x: y\r\n'),
    'the trailers of a body': (b'POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n', b'x: y\r\n'),
    'a trailer of a body': (b'POST /login HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nx: ', b'y'),
    'empty lines before a request': (b'', b'\r\n'),
}


@pytest.mark.parametrize('kind', ENDLESS)
async def test_a_head_without_an_end_is_not_read_on_beyond_its_bound(server, kind):
    """50 MB of one header took 5 s of everybody's time."""
    start, piece = ENDLESS[kind]
    if start.endswith(request() * 2):
        start = request() + request()[:-2]
    async with connected(server.port) as connection:
        await connection.send(start)
        while start.startswith(request()) and (await connection.answer()).status != 200:
            pass
        sent = await connection.pour(piece * (4 * KB // len(piece)), 50 * MB)
        await connection.hung_up()
    assert sent < READ


@pytest.mark.parametrize('head', [
    b'', b'GET', b'GET / HTTP/1.1\r\n', b'GET / HTTP/1.1\r\nHost: x\r\nX: y', request() + b'GET / HTTP/1.1\r\n',
    upgrade(_socket(PROGRAM, '/'))[:-2], b'\x16\x03\x01\x02\x00\x01\x00', b'PRI * HTTP/2.0\r\n'])
async def test_a_head_that_is_never_complete_is_not_waited_for(server, head):
    """3,000 of them stayed open for ever."""
    async with connected(server.port) as connection:
        await connection.send(head)
        await connection.hung_up()


async def test_a_head_that_comes_letter_by_letter_is_not_waited_for(server):
    """Each letter says that somebody is there; all of them must still be there in time."""
    async with connected(server.port) as connection:
        ended = asyncio.create_task(connection.hung_up())
        while not ended.done():
            await connection.send(b'x')
            await asyncio.wait({ended}, timeout=0.5)
        await ended


@pytest.mark.parametrize('path', ['/login', '/register', '/logout'])
async def test_a_form_that_is_never_complete_is_not_waited_for(server, path):
    async with connected(server.port) as connection:
        await connection.send(request(path, 'Content-Type: application/x-www-form-urlencoded', 'Content-Length: 100',
                                      method='POST') + b'username=')
        await connection.hung_up()


@pytest.mark.parametrize('ending', ['goodbye', 'garbage'])
@pytest.mark.parametrize('target', ['/', '/not/there', '/logout', f'{PROGRAM}?EIO=4&transport=polling'])
async def test_requests_that_were_sent_ahead_leave_no_traceback(server, target, ending):
    """The connection is closed by the end of what was sent, and the answers to the second and third come too late."""
    async with connected(server.port) as connection:
        await connection.send(request(target) * 3 + b'\0\r\n\r\n' * (ending == 'garbage'))
        if ending == 'goodbye':
            connection.writer.write_eof()
        await connection.hung_up()
    async with server.program('bob') as bob:  # all that was begun before is done
        assert 'id' in await bob.ask('send_message', 'and on')
    assert 'Traceback' not in server.log


# Bodies -------------------------------------------------------------------------------------------------------------

@pytest.mark.parametrize('path', [PROGRAM, PAGE])
@pytest.mark.parametrize('is_chunked', [False, True])
async def test_a_polling_request_that_is_too_large_is_answered(server, path, is_chunked):
    """It never was."""
    cookie = server.cookie('ann') if path == PROGRAM else None
    target = polling(path, await opened_polling(server.port, path, cookie))
    length = 'Transfer-Encoding: chunked' if is_chunked else f'Content-Length: {2 * MB}'
    async with connected(server.port) as connection:
        await connection.send(request(target, *cookie_header(cookie), length, method='POST'))
        piece = b'4' * 4 * KB
        await connection.pour(b'%x\r\n%b\r\n' % (len(piece), piece) if is_chunked else piece, 2 * MB)
        answer = await connection.answer()
    assert answer.status == 413
    assert answer.error


# Messages -----------------------------------------------------------------------------------------------------------

def in_fragments(payload, size):
    pieces = [payload[at:at + size] for at in range(0, len(payload), size)]
    return b''.join(frame(CONTINUATION if i else TEXT, piece, fin=i == len(pieces) - 1) for i, piece in enumerate(pieces))


MESSAGES = {
    'at once': lambda payload: frame(TEXT, payload),
    'in fragments': lambda payload: in_fragments(payload, 1_000),
    'in fragments of one byte': lambda payload: in_fragments(payload, 1),
    'as binary data': lambda payload: frame(BINARY, payload),
}


async def a_stranger(server):
    """The socket of an entry page: no other is let in without a session."""
    return await LoadedPage(server.port, '/').connect()


async def a_stranger_who_says_nothing(server):
    """An upgrade and no more."""
    connection = await Connection.open(server.port)
    await connection.send(upgrade(_socket(PROGRAM, '/')))
    await connection.reader.readuntil(b'\r\n\r\n')
    return SocketIo(connection)


async def a_member(server):
    return await SocketIo.open(server.port, PROGRAM, server.cookie('ann'))


def packet(size):
    """A message of so many bytes that is answered."""
    start, end = '427["no_such_event","', '"]'
    return f'{start}{"x" * (size - len(start) - len(end))}{end}'.encode()


@pytest.mark.parametrize('kind', MESSAGES)
@pytest.mark.parametrize(('who', 'most'), [
    (a_stranger, STRANGERS_MESSAGE), (a_stranger_who_says_nothing, STRANGERS_MESSAGE), (a_member, MEMBERS_MESSAGE)])
async def test_a_message_that_is_too_large_ends_its_connection(server, kind, who, most):
    socket = await who(server)
    await socket.connection.send(MESSAGES[kind](packet(most + 1)))
    assert b'437[' not in b''.join(payload for _, payload in await socket.connection.frames())


@pytest.mark.parametrize('kind', ['at once', 'in fragments'])
@pytest.mark.parametrize(('who', 'most'), [(a_stranger, STRANGERS_MESSAGE), (a_member, MEMBERS_MESSAGE)])
async def test_the_largest_message_is_answered(server, kind, who, most):
    socket = await who(server)
    await socket.connection.send(MESSAGES[kind](packet(most)))
    while not (text := await socket.hear()).startswith('437'):
        pass
    assert 'There is no event' in text


async def test_a_text_that_is_far_too_long_gets_its_sentence(server):
    socket = await a_member(server)
    assert 'characters' in (await socket.ask('send_message', 'x' * 999_000))['error']


@pytest.mark.parametrize(('who', 'length'), [
    (a_stranger, 17 * KB), (a_stranger, 2**63 - 1), (a_stranger_who_says_nothing, 15 * MB), (a_member, 1_000_001), (a_member, 2**62)])
async def test_a_frame_that_promises_too_much_is_not_waited_for(server, who, length):
    """Its length comes first."""
    socket = await who(server)
    await socket.connection.send(frame(TEXT, b'x', length=length))
    await socket.connection.frames()


async def test_unfinished_messages_of_all_have_a_bound(server):
    """30 of 15 MB took 424 MB: now whoever would pass the bound is closed, and all others can go on."""
    size, count = 900_000, 40
    cookie = server.cookie('ann')
    before = server.memory()
    sockets = [await SocketIo.open(server.port, PROGRAM, cookie) for _ in range(count)]
    for socket in sockets:
        await socket.connection.send(frame(TEXT, packet(size)[:-1], fin=False))
    for socket in sockets:  # whoever answers a ping is there, and all before it was read
        await socket.connection.send(frame(PING))
    answered = [await is_there(socket) for socket in sockets]
    assert 0 < sum(answered) <= UNFINISHED // size
    assert server.memory() - before < 2 * UNFINISHED + 16 * MB  # and what the sockets themselves take
    for socket, is_open in zip(sockets, answered, strict=True):
        if is_open:
            await socket.connection.send(frame(CONTINUATION, packet(size)[-1:]))
            while not (await socket.hear()).startswith('437'):
                pass
    async with server.program('bob') as bob:
        assert 'id' in await bob.ask('send_message', 'and on')


@pytest.mark.parametrize('body', ['d=' + '%' * 999_000, 'd=' + 'a=b&' * 200_000, 'd=40'])
async def test_no_form_is_unquoted(server, body):
    """Engine.IO reads them as old browsers sent them, and a megabyte of "%" takes half a second of the loop."""
    cookie = server.cookie('ann')
    path = polling(PROGRAM, await opened_polling(server.port, PROGRAM, cookie))
    assert (await asked(server.port, request(path, *cookie_header(cookie), method='POST', body=b'40'))).status == 200
    answer = await asked(server.port, request(path, *cookie_header(cookie), method='POST', body=body.encode()))
    assert (answer.status, answer.error) == (400, 'This is no Socket.IO request.')


@pytest.mark.parametrize(('path', 'size', 'count'), [(PROGRAM, 999_000, 40), ('/login', 16_000, 1_200)])
async def test_unfinished_bodies_have_the_same_bound(server, path, size, count):
    """What is polled has as many bytes as what comes over a WebSocket: 150 of 1 MB took 173 MB."""
    cookie = server.cookie('ann')
    if path == PROGRAM:
        path = polling(PROGRAM, await opened_polling(server.port, PROGRAM, cookie))
        await asked(server.port, request(path, *cookie_header(cookie), method='POST', body=b'40'))
    before = server.memory()
    head = request(path, *cookie_header(cookie), f'Content-Length: {size + 1}', method='POST')
    senders = [await Connection.open(server.port) for _ in range(count)]
    for sender in senders:
        await sender.send(head + b'4' * size)
    async with asyncio.timeout(SECONDS):
        while len(refused := [sender for sender in senders if sender.reader._buffer]) < count - UNFINISHED // size:
            await asyncio.sleep(0.05)
    assert len(refused) < count, 'as many as fit are waited for'
    assert {(await sender.answer()).status for sender in refused} == {503}
    assert server.memory() - before < 2 * UNFINISHED + 32 * MB
    for sender in senders:
        await sender.close()
    async with server.program('bob') as bob:
        assert 'id' in await bob.ask('send_message', 'and on')
    assert (await asked(server.port, request('/login', method='POST', body=b'x'))).status == 422, 'nobody is counted any more'


async def is_there(socket):
    """Whether a ping is answered."""
    with suppress(ConnectionError):
        while (await socket.connection.frame())[0] != PONG:
            pass
        return True
    return False


# Control frames and packets ------------------------------------------------------------------------------------------

FLOODS = {
    'empty pings': frame(PING),
    'pings': frame(PING, b'x' * 125),
    'pongs': frame(PONG),
    'empty messages': frame(TEXT),
    'empty binary messages': frame(BINARY),
    'answers to pings of Engine.IO': frame(TEXT, b'3'),
    'probes': frame(TEXT, b'2probe'),
    'nothing, as Engine.IO calls it': frame(TEXT, b'6'),
    'upgrades': frame(TEXT, b'5'),
    'answers to nothing': frame(TEXT, b'430[]'),
    'connects': frame(TEXT, b'40'),
    'events that nobody knows': frame(TEXT, b'421["x"]'),
}


@pytest.mark.parametrize('who', [a_stranger, a_stranger_who_says_nothing])
@pytest.mark.parametrize('kind', FLOODS)
async def test_a_flood_that_means_nothing_ends_its_connection(server, kind, who):
    """1.2 MB of empty pings without any cookie took 5 s of everybody's time."""
    socket = await who(server)
    answers = asyncio.create_task(socket.connection.frames())
    with suppress(ConnectionError):
        for _ in range(FLOOD // 100):
            socket.connection.writer.write(FLOODS[kind] * 100)
            await socket.connection.writer.drain()
            if answers.done():
                break
    assert len(await answers) < ANSWERED


async def test_empty_fragments_end_their_connection(server):
    socket = await a_stranger(server)
    answers = asyncio.create_task(socket.connection.frames())
    with suppress(ConnectionError):
        await socket.connection.send(frame(TEXT, fin=False))
        for _ in range(FLOOD // 100):
            socket.connection.writer.write(frame(CONTINUATION, fin=False) * 100)
            await socket.connection.writer.drain()
            if answers.done():
                break
    await answers


async def test_pongs_wait_for_who_reads_them(server):
    """A million pings whose pongs nobody read took 180 MB."""
    before = server.memory()
    socket = await a_stranger(server)
    with suppress(ConnectionError, TimeoutError):
        async with asyncio.timeout(10):
            for _ in range(1_000):
                socket.connection.writer.write(frame(PING, b'x' * 125) * 1_000)
                await socket.connection.writer.drain()
    async with server.program('bob') as bob:
        assert 'id' in await bob.ask('send_message', 'and on')
    assert server.memory() - before < 16 * MB


@pytest.mark.parametrize('who', [a_stranger, a_member])
async def test_who_pings_as_libraries_do_is_answered(server, who):
    socket = await who(server)
    for _ in range(20):
        await socket.connection.send(frame(PING, b'are you there?'))
        while (answer := await socket.connection.frame())[0] != PONG:
            pass
        assert answer == (PONG, b'are you there?')


# Connections --------------------------------------------------------------------------------------------------------

async def held(port, count, source):
    """Open connections that say nothing and stay."""
    return [await Connection.open(port, source) for _ in range(count)]


async def still_open(connections):
    """How many are answered as always, and neither refused nor hung up on."""
    for connection in connections:
        await connection.send(request('/favicon.ico'))

    async def answers(connection):
        with suppress(ConnectionError):
            return (await connection.answer()).status == 200
        return False

    return sum(await asyncio.gather(*map(answers, connections)))


@pytest.fixture
def address():
    """From which nobody has come before."""
    return next(ADDRESSES)


async def test_one_address_has_so_many_connections_without_a_session(server, address):
    connections = await held(server.port, PER_ADDRESS + 20, address)
    assert await still_open(await held(server.port, 1, next(ADDRESSES))) == 1, 'and by now all before it were let in or not'
    assert await still_open(connections) == PER_ADDRESS


async def test_who_hangs_up_makes_room_for_the_next(server, address):
    for connection in await held(server.port, PER_ADDRESS, address):
        await connection.close()
    async with asyncio.timeout(SECONDS):
        while await still_open(await held(server.port, PER_ADDRESS, address)) < PER_ADDRESS:
            while Connection.opened:
                await Connection.opened.pop().close()


async def test_a_proxy_may_have_more(server):
    """All strangers come from its address."""
    assert await still_open(await held(server.port, 2 * PER_ADDRESS, '127.0.0.1')) == 2 * PER_ADDRESS


async def test_sockets_of_strangers_count_as_well(server, address):
    sockets = []
    for _ in range(PER_ADDRESS + 10):
        sockets.append(await Connection.open(server.port, address))
        await sockets[-1].send(upgrade(_socket(PROGRAM, '/')))
        assert b' 101 ' in await sockets[-1].reader.readuntil(b'\r\n\r\n')
    for socket in sockets:
        with suppress(ConnectionError):
            await socket.send(frame(PING))
    answered = [await is_there(SocketIo(socket)) for socket in sockets]
    assert answered == [False] * 10 + [True] * PER_ADDRESS


async def test_members_of_the_same_address_are_not_counted_with_strangers(server, address):
    cookie = server.cookie('ann')
    members = [await SocketIo.open(server.port, PROGRAM, cookie, source=address) for _ in range(40)]
    assert await still_open(await held(server.port, PER_ADDRESS, address)) == PER_ADDRESS
    for member in members:
        assert 'rooms' in await member.ask('rooms')


class WithFewFiles(Server):
    """Both limits of open files are low."""

    def command(self):
        return ['bash', '-c', f'ulimit -n {OPEN_FILES} && exec "$0" "$@"', sys.executable, str(self.main)]


@pytest.fixture
def with_few_files(tmp_path):
    with WithFewFiles(tmp_path) as running:
        yield running
        assert 'Traceback' not in running.log


@pytest.mark.parametrize('sources', [['127.0.0.1'], [f'127.0.0.{i}' for i in range(2, 12)]], ids=['a proxy', 'strangers'])
async def test_strangers_leave_half_of_the_files_to_members(with_few_files, sources):
    """Readers opened theirs late: while strangers held all, members lost reads, and newcomers were reset."""
    server = with_few_files
    cookie = server.cookie('ann')
    ann = await SocketIo.open(server.port, PROGRAM, cookie)
    strangers = [connection for source in sources for connection in await held(server.port, 2 * OPEN_FILES // len(sources), source)]
    assert 'id' in await ann.ask('send_message', 'are you there?')
    answers = await asyncio.gather(*(asyncio.to_thread(httpx.get, server.url + '/chat', cookies=cookie) for _ in range(10)))
    assert [answer.status_code for answer in answers] == [200] * 10
    for event, arguments in {'rooms': {}, 'history': {'room': 1}, 'search': {'query': 'there'}, 'members': {'room': 1}}.items():
        assert 'error' not in await ann.ask(event, arguments)
    assert await still_open(strangers) <= OPEN_FILES * 9 // 10 // 2
    for stranger in strangers:
        await stranger.close()
    assert (await asked(server.port, request())).status == 200


@pytest.mark.parametrize('code', [b'', b'\x03', b'\x03\xe8', b'\x03\xe8bye', b'\x00\x00', b'\xff\xff', b'\x03\xe8\xff'])
async def test_a_farewell_of_any_form_ends_a_connection_alone(server, code):
    socket = await a_stranger(server)
    await socket.connection.send(frame(CLOSE, code) + frame(PING))
    await socket.connection.frames()

"""`python -m benchmarks.attackers NAME PORT COOKIE ...`: attacks of a stranger, or of users, on a local server of ours.

Each attack is bounded in count and in time, and accepts refusals. It runs in a process of its own so that it does not
delay the process that measures meanwhile.
"""
import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable, Iterable
from contextlib import suppress
from urllib.parse import urlencode

from tests.attacks.raw import (
    CONTINUATION,
    PAGE,
    PING,
    PROGRAM,
    TEXT,
    Connection,
    LoadedPage,
    SocketIo,
    frame,
    opened_polling,
    request,
    upgrade,
)
from tests.attacks.raw import polling as polling_address
from tests.running import PASSWORD

SECONDS = 20
'''Time limit of a whole attack.'''
KB, MB = 1024, 1024 * 1024
SOCKET = f'{PROGRAM}?EIO=4&transport=websocket'
EVIL_COOKIE = 'Cookie: a="' + r'\"' * 30_000 + '"'
EVIL_LETTERS = 'ﷺ的☃'

Given = list[str]
'''The session cookies of the users who attack; empty for strangers.'''
Attacker = Callable[[int, Given], Awaitable[None]]


async def cookies(port: int, _given: Given) -> None:
    """Send a cookie that takes quadratic time to unquote, in a request and in the handshake of a socket."""
    await ask(port, request('/', EVIL_COOKIE))
    await ask(port, upgrade(SOCKET, EVIL_COOKIE))


async def header(port: int, _given: Given) -> None:
    """Send one header of 50 MB."""
    connection = await Connection.open(port)
    await connection.send(b'GET / HTTP/1.1\r\nHost: x\r\nX: ')
    await connection.pour(b'x' * 64 * KB, 50 * MB)
    await connection.send(b'\r\n\r\n')
    await connection.answer()


async def types(port: int, _given: Given) -> None:
    """Send five requests with a Content-Type of 1 MB."""
    for _ in range(5):
        await ask(port, request('/login', 'Content-Type: text/plain; ' + 'a=b; ' * 200_000, method='POST', body=b'x'))


async def pings(port: int, _given: Given) -> None:
    """Send 200,000 empty pings, and read the pongs."""
    await flood(await silent(port), frame(PING), 200_000)


async def pongs(port: int, _given: Given) -> None:
    """Send a million pings, and read none of the pongs."""
    socket = await silent(port)
    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            for _ in range(1_000):
                await socket.send(frame(PING, b'x' * 125) * 1_000)


async def packets(port: int, _given: Given) -> None:
    """Send 100,000 pongs and 100,000 probes of Engine.IO, which mean nothing on a connected socket."""
    for text in (b'3', b'2probe'):
        await flood((await stranger(port)).connection, frame(TEXT, text), 100_000)


async def acks(port: int, _given: Given) -> None:
    """Send 100,000 acknowledgements of events that the server never sent."""
    await flood((await stranger(port)).connection, frame(TEXT, b'430[]'), 100_000)


async def fragments(port: int, _given: Given) -> None:
    """Send 200,000 empty fragments of a message that never ends."""
    socket = await silent(port)
    await socket.send(frame(TEXT, fin=False))
    await flood(socket, frame(CONTINUATION, fin=False), 200_000)


async def arrays(port: int, _given: Given) -> None:
    """Send ten packets of 900 KB with many arrays, in JSON that only the slow parser accepts."""
    for _ in range(10):
        socket = await stranger(port)
        await socket.connection.send(frame(TEXT, b'42["x",NaN' + b',[]' * 300_000 + b']'))
        with suppress(ConnectionError, TimeoutError):
            await socket.ask('no_such_event')
        await socket.close()


async def unfinished(port: int, _given: Given) -> None:
    """Send 30 messages of 15 MB that never end."""
    sockets = [await silent(port) for _ in range(30)]
    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            await all_of(socket.send(frame(TEXT, b'x' * 15 * MB, fin=False)) for socket in sockets)
            await asyncio.sleep(SECONDS / 4)


async def half_sent(port: int, _given: Given) -> None:
    """Send 3,000 requests that are never completed."""
    for _ in range(3_000):
        with suppress(OSError):
            await (await Connection.open(port)).send(b'GET / HTTP/1.1\r\nHost: x\r\nX')
    await asyncio.sleep(SECONDS / 2)


async def polling(port: int, _given: Given) -> None:
    """Send ten POSTs that are too large for a packet of the polling transport."""
    for _ in range(10):
        number = await opened_polling(port, PAGE, None)
        await ask(port, request(polling_address(PAGE, number), method='POST', body=b'4' * 1_500_000), 2)


async def addresses(port: int, _given: Given) -> None:
    """Request 2,000 URLs that do not exist."""
    await by_many(lambda i: ask(port, request(f'/not/there/{i}')), 2_000)


async def entries(port: int, _given: Given) -> None:
    """Request the entry page 1,000 times, and connect no socket."""
    await by_many(lambda _: ask(port, request()), 1_000)


async def searches(port: int, given: Given) -> None:
    """Search, as each of the users given, for texts whose excerpts are expensive to make."""
    async def search(cookie: str, letter: str) -> None:
        program = await person(port, cookie)
        while True:
            answer = await program.ask('search', {'query': letter * 4_000})
            await asyncio.sleep(answer.get('retry_after', 0))

    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            await all_of(search(cookie, EVIL_LETTERS[i % 3]) for i, cookie in enumerate(given))


async def registrations(port: int, _given: Given) -> None:
    """Send 120 registrations, and hang up before they are answered."""
    connections = [await Connection.open(port) for _ in range(120)]
    for i, connection in enumerate(connections):
        await connection.send(registration(f'nobody{i}'))
    await asyncio.sleep(1)  # until the server has read them
    await all_of(connection.close() for connection in connections)
    await asyncio.sleep(SECONDS)


async def names(port: int, given: Given) -> None:
    """Send messages that might mention a user whose name has a space."""
    program = await person(port, given[0])
    until = time.monotonic() + SECONDS
    while time.monotonic() < until:
        answer = await program.ask('send_message', 'hello @everybody and @nobody')
        await asyncio.sleep(answer.get('retry_after', 0.2))


async def rooms(port: int, given: Given) -> None:
    """Create up to 2,000 open rooms, as many as are allowed; then register users, who join them all, and list rooms."""
    program, until = await person(port, given[0]), time.monotonic() + SECONDS
    for i in range(2_000):
        answer = await program.ask('create_room', {'name': f'Room {i}', 'kind': 'open'})
        if 'error' in answer or time.monotonic() > until:
            break
    await by_many(lambda i: ask(port, registration(f'newcomer{i}')), 10, at_once=2)
    while 'error' not in await program.ask('rooms') and time.monotonic() < until:
        pass


async def readers(port: int, given: Given) -> None:
    """Request pages of history at 100 sockets of one user, and read no answer."""
    programs = []
    for _ in range(100):
        with suppress(ConnectionError):
            programs.append(await person(port, given[0]))
    with suppress(TimeoutError):
        async with asyncio.timeout(SECONDS):
            for _ in range(100):
                await all_of(program.emit('history', {'room': 1, 'limit': 200}) for program in programs)
            await asyncio.sleep(SECONDS)


ATTACKERS: dict[str, Attacker] = {attacker.__name__.replace('_', '-'): attacker for attacker in (
    cookies, header, types, pings, pongs, packets, acks, fragments, arrays, unfinished, half_sent, polling, addresses,
    entries, searches, registrations, names, rooms, readers)}


# Helpers ------------------------------------------------------------------------------------------------------------

async def ask(port: int, data: bytes, seconds: float = 60) -> None:
    """Send bytes; wait until the server answers or closes the connection."""
    connection = await Connection.open(port)
    await connection.send(data)
    with suppress(ConnectionError, TimeoutError):
        await connection.answer(seconds)
    await connection.close()


def registration(username: str) -> bytes:
    """Return a request that registers a user."""
    body = urlencode({'username': username, 'password': PASSWORD}).encode()
    return request('/register', 'Content-Type: application/x-www-form-urlencoded', method='POST', body=body)


async def silent(port: int) -> Connection:
    """Open a WebSocket without a session, and send no packet on it."""
    connection = await Connection.open(port)
    await connection.send(upgrade(SOCKET))
    await connection.reader.readuntil(b'\r\n\r\n')
    return connection


async def stranger(port: int) -> SocketIo:
    """Load an entry page and connect its socket."""
    return await (await asyncio.to_thread(LoadedPage, port, '/')).connect()


async def person(port: int, cookie: str) -> SocketIo:
    """Connect a program with the session cookie of a user."""
    name, value = cookie.split('=', 1)
    return await SocketIo.open(port, PROGRAM, {name: value})


async def flood(socket: Connection, piece: bytes, count: int) -> None:
    """Send the same frame `count` times while reading the answers, until the server hangs up."""
    answers = asyncio.create_task(socket.hung_up(SECONDS))
    for _ in range(count // 100):
        await socket.send(piece * 100)
        if answers.done():
            break
    await asyncio.wait({answers}, timeout=2)
    answers.cancel()


async def by_many(work: Callable[[int], Awaitable[None]], count: int, at_once: int = 16) -> None:
    """Run `work` `count` times, `at_once` at a time; start no more of them after SECONDS."""
    until, turns = time.monotonic() + SECONDS, iter(range(count))

    async def some() -> None:
        for i in turns:
            if time.monotonic() < until:
                await work(i)

    await all_of(some() for _ in range(at_once))


async def all_of(work: Iterable[Awaitable[None]]) -> None:
    """Run all of these at the same time, and ignore those that fail."""
    await asyncio.gather(*work, return_exceptions=True)


async def main(name: str, port: int, given: Given) -> None:
    """Run one attack; a closed connection or a timeout counts as a refusal, and ends it."""
    with suppress(ConnectionError, asyncio.IncompleteReadError, TimeoutError):
        await ATTACKERS[name](port, given)


if __name__ == '__main__':
    os.nice(10)
    asyncio.run(main(sys.argv[1], int(sys.argv[2]), sys.argv[3:]))

"""A small TCP proxy that can delay, stall, drop and cut what passes through it."""
import asyncio
from collections.abc import Callable
from contextlib import asynccontextmanager, suppress

from tests.running import free_port

Point = Callable[[bytes], tuple[bool, bool]]
'''Looks at a chunk; tells whether it still passes, and whether the connection is cut then.'''


def passing(_: bytes) -> tuple[bool, bool]:
    return True, False


class Proxy:
    """Stands between clients and a server; `up` and `down` watch what goes to the server and what comes from it."""

    def __init__(self, server):
        self.server = server
        self.port = free_port()
        self.url = f'http://127.0.0.1:{self.port}'
        self.up: Point = passing
        self.down: Point = passing
        self.cuts = 0
        self.delay = 0.0
        self.flowing = {direction: asyncio.Event() for direction in ('up', 'down')}
        self.writers: set[asyncio.StreamWriter] = set()
        self.go()

    def cookie(self, *who):
        """Log in past the proxy, so that nothing of it counts."""
        return self.server.cookie(*who)

    async def serve(self, reader, writer):
        try:
            their_reader, their_writer = await asyncio.open_connection('127.0.0.1', self.server.port)
        except OSError:
            writer.transport.abort()
            return
        self.writers |= {writer, their_writer}
        await asyncio.gather(self.pump(reader, their_writer, writer, 'up'), self.pump(their_reader, writer, their_writer, 'down'))
        self.writers -= {writer, their_writer}

    async def pump(self, source, sink, back, direction):
        with suppress(ConnectionError):
            while chunk := await source.read(65536):
                await asyncio.sleep(self.delay)
                await self.flowing[direction].wait()
                passes, cuts = getattr(self, direction)(chunk)
                if passes:
                    sink.write(chunk)
                    await sink.drain()
                if cuts:
                    self.cuts += 1
                    if direction == 'up' and passes:
                        await asyncio.sleep(0.001 * (self.cuts % 7))  # somewhere between the packet and its answer
                    back.transport.abort()
                    break
        sink.close()

    def once(self, direction: str, mark: bytes, *, passes: bool) -> None:
        """Cut the next connection that carries the mark, after it or instead of it."""
        def point(chunk: bytes) -> tuple[bool, bool]:
            if mark not in chunk:
                return True, False
            setattr(self, direction, passing)
            return passes, True

        setattr(self, direction, point)

    def stall(self, *directions: str) -> None:
        """What is on its way waits, as when a network is gone for a while, or a reader does not read."""
        for direction in directions or self.flowing:
            self.flowing[direction].clear()

    def drop(self) -> None:
        """What is sent vanishes without a word, as when a router has forgotten the connection."""
        self.up = self.down = lambda _: (False, False)

    def go(self) -> None:
        """Be an ordinary network again; connections that lost something are dead."""
        if self.up is not passing:
            self.cut()
        self.up = self.down = passing
        for flowing in self.flowing.values():
            flowing.set()

    def cut(self) -> None:
        """Break every connection."""
        for writer in self.writers:
            writer.transport.abort()


@asynccontextmanager
async def proxied(server):
    proxy = Proxy(server)
    listener = await asyncio.start_server(proxy.serve, '127.0.0.1', proxy.port)
    try:
        yield proxy
    finally:
        listener.close()
        proxy.go()
        proxy.cut()

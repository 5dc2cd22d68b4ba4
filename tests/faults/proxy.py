"""A small TCP proxy that can cut a connection at a chosen point."""
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
        self.writers: set[asyncio.StreamWriter] = set()

    async def serve(self, reader, writer):
        their_reader, their_writer = await asyncio.open_connection('127.0.0.1', self.server.port)
        self.writers |= {writer, their_writer}
        await asyncio.gather(self.pump(reader, their_writer, writer, 'up'), self.pump(their_reader, writer, their_writer, 'down'))
        self.writers -= {writer, their_writer}

    async def pump(self, source, sink, back, direction):
        with suppress(ConnectionError):
            while chunk := await source.read(65536):
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


@asynccontextmanager
async def proxied(server):
    proxy = Proxy(server)
    listener = await asyncio.start_server(proxy.serve, '127.0.0.1', proxy.port)
    try:
        yield proxy
    finally:
        listener.close()
        for writer in proxy.writers:
            writer.transport.abort()

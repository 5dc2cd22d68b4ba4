"""Closing a connection so that the client can still read the last response."""
import asyncio
from typing import cast

LINGER_SECONDS = 2.0
LINGER_BYTES = 4_000_000
'''For how long, and how many bytes, a refused client's data is still read and discarded.'''


class Lingering(asyncio.Protocol):
    """Takes over a connection that is to be closed, and discards what still arrives.

    A system that closes a connection with bytes unread resets it, and the client may lose the response
    (RFC 9112, section 9.6).
    """

    def __init__(self, transport: asyncio.Transport, before: asyncio.Protocol) -> None:
        self._transport = transport
        self._before = before
        self._left = LINGER_BYTES
        transport.set_protocol(self)
        transport.resume_reading()
        if transport.can_write_eof():
            transport.write_eof()
        self._timer = asyncio.get_running_loop().call_later(LINGER_SECONDS, transport.abort)

    def data_received(self, data: bytes) -> None:
        """Discard what has arrived; abort after LINGER_BYTES."""
        self._left -= len(data)
        if self._left < 0:
            self._transport.abort()

    def eof_received(self) -> None:
        """Let the transport close, since the client has closed its side."""

    def pause_writing(self) -> None:
        """Tell the protocol from before that the write buffer is full."""
        self._before.pause_writing()

    def resume_writing(self) -> None:
        """Tell the protocol from before that the write buffer has room again."""
        self._before.resume_writing()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timer, and tell the protocol from before that the connection is closed."""
        self._timer.cancel()
        self._before.connection_lost(exc)


def linger(transport: asyncio.BaseTransport, protocol: asyncio.Protocol) -> None:
    """Send nothing more, and close the connection when the client has closed it, or after LINGER_SECONDS."""
    if not transport.is_closing():
        Lingering(cast(asyncio.Transport, transport), protocol)

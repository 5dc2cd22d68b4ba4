"""uvicorn's WebSockets, with limits on messages, fragments and control frames before the application reads them."""
import asyncio
import weakref
from itertools import islice
from sys import getsizeof
from typing import Any, cast

from uvicorn._types import WebSocketEvent
from uvicorn.protocols.websockets.wsproto_impl import WSProtocol
from wsproto.connection import ConnectionState
from wsproto.events import BytesMessage, CloseConnection, Event, Ping, Pong, Request, TextMessage

from .connections import CONNECTION, UNFINISHED_BYTES, connections
from .lingering import linger
from .meter import Meter

STRANGERS_BYTES, KNOWN_BYTES = 16 * 1024, 1_000_000
'''Most bytes of a message on a connection that has shown no session, and on one that has.'''
FRAMES_AT_ONCE = 25
'''Frames of one connection that are read before other connections have their turn: about a millisecond.'''
CONTROL_BURST, CONTROL_PER_SECOND = 30, 1
'''Rate limit of pings and pongs on a connection: a client sends one every few seconds.'''
STRANGERS_BURST, STRANGERS_PER_SECOND = 200, 30
'''Rate limit of data frames on a connection without a session: holding a key down in a field makes 30 a second.'''
KNOWN_BURST, KNOWN_PER_SECOND = 1_000, 100
'''Rate limit of data frames on a connection with a session; frames beyond it are read later.'''
POLICY_VIOLATION, TOO_BIG, TRY_AGAIN_LATER = 1008, 1009, 1013
'''Close codes: RFC 6455, section 7.4.1, and the registry of its section 11.7.'''


class Message:
    """The fragments of a message that is not complete yet; replaces uvicorn's buffer."""

    def __init__(self) -> None:
        self.length = 0
        self._pieces: list[str | bytes] = []
        self._held = 0

    def extend(self, piece: str | bytes) -> None:
        """Add a fragment; it counts with its size in memory, or else empty fragments would cost nothing."""
        if piece:
            self.length += len(piece.encode()) if isinstance(piece, str) else len(piece)
        self._pieces.append(piece)
        self._hold(getsizeof(piece))

    def take(self) -> str | bytes:
        """Return the whole message, and empty the buffer."""
        whole = self._pieces[0][:0].join(self._pieces)  # type: ignore[arg-type]
        self.clear()
        return whole

    def clear(self) -> None:
        """Discard all fragments."""
        self._pieces = []
        self.length = 0
        self._hold(-self._held)

    def _hold(self, size: int) -> None:
        self._held += size
        connections.unfinished += size


class Wire(WSProtocol):
    """A WebSocket connection that its scope refers to. It reads a message after the application took the one before."""

    address = ''
    is_known = False
    is_metered = True
    '''Whether data frames on connections with a session have a rate limit.'''

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        now = self.loop.time()
        self._message = Message()
        self._control = Meter(CONTROL_BURST, CONTROL_PER_SECOND, now)
        self._frames = Meter(STRANGERS_BURST, STRANGERS_PER_SECOND, now)
        self._going_on: asyncio.Handle | None = None
        self._is_paused = self._is_refused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection."""
        super().connection_made(cast(asyncio.Transport, transport))
        self.address = self.client[0] if self.client else ''
        connections.opened(self)

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop counting the connection, and discard its unfinished message."""
        connections.closed(self)
        self._message.clear()
        if self._going_on:
            self._going_on.cancel()
        super().connection_lost(exc)

    def shutdown(self) -> None:
        """Close the connection since the server stops; uvicorn's fails, and the stop with it, if both just have."""
        if self.conn.state is ConnectionState.CLOSED:
            self.stop_keepalive()
            self.transport.close()
        else:
            super().shutdown()

    def recognised(self) -> None:
        """Apply the limits for connections that have shown a session."""
        self.is_known = True
        self._frames = Meter(KNOWN_BURST, KNOWN_PER_SECOND, self.loop.time())

    def drop(self) -> None:
        """Abort the connection without a close frame."""
        self.transport.abort()

    def handle_connect(self, event: Request) -> None:
        """Handle the handshake, and put references to this connection into its scope."""
        super().handle_connect(event)
        cast(dict[str, Any], self.scope)[CONNECTION] = weakref.ref(self)

    def write(self, frame: bytes) -> bool:
        """Write a frame if the client keeps up and neither side has closed; return whether it was written."""
        if not self.writable.is_set() or self.close_sent or self.disconnected or self.transport.is_closing():
            return False
        self.transport.write(frame)
        return True

    # Reading ------------------------------------------------------------------------------------------------------

    async def receive(self) -> WebSocketEvent:
        """Return the next message to the application, and read on when no other waits."""
        message = await self.queue.get()
        if self.read_paused and self.queue.empty():
            self.read_paused = False
            self.handle_events()
        return message

    def handle_events(self) -> None:
        """Read what has arrived, unless a message still waits for the application; called by uvicorn."""
        if self._going_on is None and not self.read_paused:
            self._read()

    def _read(self) -> None:
        """Handle FRAMES_AT_ONCE frames at the most, and schedule reading the next ones."""
        self._going_on, count, wait = None, 0, 0.0
        for event in islice(self.conn.events(), FRAMES_AT_ONCE):
            count += 1
            wait = self._handle(event)
            if wait or self.read_paused or self._is_refused:
                break
        self._check_announced()
        if self._is_refused or self.transport.is_closing():
            return
        if not self.read_paused and wait:
            self._going_on = self.loop.call_later(wait, self._read)
        elif not self.read_paused and count == FRAMES_AT_ONCE:
            self._going_on = self.loop.call_soon(self._read)
        self._pause_or_resume(is_pause=self.read_paused or self._going_on is not None)

    def _pause_or_resume(self, *, is_pause: bool) -> None:
        if is_pause is not self._is_paused:
            self._is_paused = is_pause
            (self.transport.pause_reading if is_pause else self.transport.resume_reading)()

    def _handle(self, event: Event) -> float:
        """Handle one event; return the seconds to wait before the next one."""
        if isinstance(event, Request):
            self.handle_connect(event)
        elif isinstance(event, CloseConnection):
            self.handle_close(event)
        elif isinstance(event, (TextMessage, BytesMessage)):
            return self._handle_data(event)
        elif self._control.take(self.loop.time()):
            self._refuse(POLICY_VIOLATION, 'These are too many pings.')
        elif isinstance(event, Ping) and not self.close_sent:
            self.handle_ping(event)
        elif isinstance(event, Pong):
            self.handle_pong(event)
        return 0.0

    def handle_ping(self, event: Ping) -> None:
        """Answer a ping, unless earlier answers still wait: a client that reads nothing gets no more of them."""
        if self.writable.is_set():
            super().handle_ping(event)

    def _handle_data(self, event: TextMessage | BytesMessage) -> float:
        wait = self._frames.take(self.loop.time()) if event.frame_finished else 0.0
        if wait and not self.is_known:
            self._refuse(POLICY_VIOLATION, 'These are too many messages.')
        elif not self.close_sent:
            self.handle_message(event)
        return wait if self.is_metered else 0.0

    def handle_message(self, event: TextMessage | BytesMessage) -> None:
        """Add a fragment; queue the message if it is complete, refuse it if it is too large."""
        self._message.extend(cast('str | bytes', event.data))
        if self._message.length > self._most:
            self._refuse_large()
        elif event.message_finished:
            whole = self._message.take()
            self.queue.put_nowait({'type': 'websocket.receive', 'text': whole} if isinstance(whole, str) else
                                  {'type': 'websocket.receive', 'bytes': whole})
            self.read_paused = True
        elif connections.unfinished > UNFINISHED_BYTES:
            self._refuse(TRY_AGAIN_LATER, 'Too many messages are unfinished: send this one again.')

    @property
    def _most(self) -> int:
        return KNOWN_BYTES if self.is_known else STRANGERS_BYTES

    def _check_announced(self) -> None:
        """Refuse a frame that is too large by the length in its header, before its data arrives."""
        connection = self.conn.handshake.connection
        decoder = connection._proto._frame_decoder if connection else None
        if decoder and decoder.header and not self._is_refused:
            coming = decoder.header.payload_len - decoder.payload_consumed
            if self._message.length + coming > self._most:
                self._refuse_large()

    def _refuse_large(self) -> None:
        self._refuse(TOO_BIG, f'A message has at most {self._most:,} bytes.')

    def _refuse(self, code: int, reason: str) -> None:
        """Close the connection with this code; abort it if it is being closed already."""
        self._is_refused = True
        self._message.clear()
        if self.close_sent or self.transport.is_closing():
            self.transport.abort()
            return
        self.close_sent = True
        self.queue.put_nowait({'type': 'websocket.disconnect', 'code': code, 'reason': reason})
        self.transport.write(self.conn.send(CloseConnection(code=code, reason=reason)))
        linger(self.transport, self)

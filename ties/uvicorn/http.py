"""uvicorn's HTTP connections, with limits on a request before the application reads it."""
import asyncio
import json
import weakref
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, cast

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle

from .connections import CONNECTION, connections
from .lingering import linger
from .wire import Wire

HEAD_BYTES, COOKIE_BYTES = 32 * 1024, 16 * 1024
'''Most bytes of all headers, and of the cookies among them: browsers send the cookies of every port of a host.'''
ADDRESS_BYTES = 8 * 1024
MOST_HEADERS = 100
MOST_AT_ONCE = 8
'''Most requests that one connection may send before the first of them is answered.'''
PIECE = 16 * 1024
'''Most bytes that are given to the parser at once: it buffers an unfinished header of any length.'''
HEAD_SECONDS = 15.0
UNREAD_SECONDS = 30.0
'''For this long a response, which may keep a file open, may wait for a client that reads nothing.'''
SMALL_CHUNKS, CHUNK_BYTES = 100, 256
'''Most chunks of a body, and how many bytes of it allow one more: a chunk of a byte is as much work as one of 16 KB.'''
IGNORED_BYTES = 4_000_000
'''Most bytes of a request's body that are still accepted, and ignored, after the response.'''


class RequestRefused(Exception):
    """A request that is refused, and is not read any further."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence


class Http(HttpToolsProtocol):
    """An HTTP connection with a timeout for request heads, and limits on their size."""

    address = ''
    is_known = False
    headers_of_refusals: Mapping[str, str] = {}
    '''Security headers: a refusal is sent before the application, which adds them to all other responses.'''

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.ws_protocol_class = Wire
        self._timer: asyncio.TimerHandle | None = None
        self._unread: asyncio.TimerHandle | None = None
        self._silent = self._head = self._ignored = self._chunks = self._received = 0
        self._unanswered: list[RequestResponseCycle] = []
        self._refusal = RequestRefused(HTTPStatus.BAD_REQUEST, 'This is no HTTP request.')

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Count the connection, and start the timeout for the first request head."""
        super().connection_made(cast(asyncio.Transport, transport))
        self.address = self.client[0] if self.client else ''
        connections.opened(self)
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        """Stop the timeouts, and tell the application that the client has disconnected."""
        connections.closed(self)
        self._stop_waiting()
        self._leave_app()
        self._is_read()
        super().connection_lost(exc)

    def pause_writing(self) -> None:
        """Start the timeout for a client that reads nothing; called when the write buffer is full."""
        super().pause_writing()
        self._unread = self.loop.call_later(UNREAD_SECONDS, self.transport.abort)

    def resume_writing(self) -> None:
        """Stop the timeout for a client that reads nothing; called when the write buffer has room again."""
        self._is_read()
        super().resume_writing()

    def _is_read(self) -> None:
        if self._unread:
            self._unread.cancel()
            self._unread = None

    def recognised(self) -> None:
        """Note that this connection has shown a session."""
        self.is_known = True

    def drop(self) -> None:
        """Abort the connection without a response."""
        self.transport.abort()

    def data_received(self, data: bytes) -> None:
        """Parse what has arrived; refuse more bytes than a head may have between two callbacks of the parser."""
        if self._timer is None and self._is_idle():
            self._expect_head()
        for start in range(0, len(data), PIECE):
            piece = data[start:start + PIECE]
            self._silent += len(piece)
            super().data_received(piece)
            if self.transport.is_closing() or self.transport.get_protocol() is not self:  # refused, or a WebSocket
                return
            if self._silent > HEAD_BYTES + ADDRESS_BYTES:
                self._refuse(_too_large('headers', HEAD_BYTES))
                return

    def _is_idle(self) -> bool:
        return self.cycle is None or (self.cycle.response_complete and not self.cycle.more_body)

    # Callbacks of the parser and of uvicorn -----------------------------------------------------------------------

    def on_message_begin(self) -> None:
        """Put the connection into the scope of a new request."""
        super().on_message_begin()
        cast(dict[str, Any], self.scope)[CONNECTION] = weakref.ref(self)
        self._silent = self._head = self._chunks = self._received = 0

    def on_url(self, url: bytes) -> None:
        """Add a piece of the address; refuse one that is too long."""
        super().on_url(url)
        if len(self.url) > ADDRESS_BYTES:
            raise self._refused(RequestRefused(HTTPStatus.REQUEST_URI_TOO_LONG,
                                        f'The address has more than {ADDRESS_BYTES} bytes: use a shorter one.'))

    def on_header(self, name: bytes, value: bytes) -> None:
        """Add a header, or a trailer, which follows the body and is dropped; refuse too many or too large ones."""
        self._silent = 0
        self._head += len(name) + len(value)
        if self._head > HEAD_BYTES:
            raise self._refused(_too_large('headers', HEAD_BYTES))
        if len(self.headers) >= MOST_HEADERS:
            raise self._refused(_too_large('headers', HEAD_BYTES, f'more than {MOST_HEADERS} or '))
        super().on_header(name, value)
        cookies = [other for key, other in self.headers if key == b'cookie'] if name.lower() == b'cookie' else []
        if sum(map(len, cookies)) > COOKIE_BYTES:
            raise self._refused(_too_large('cookies', COOKIE_BYTES))

    def on_headers_complete(self) -> None:
        """Start the request; refuse it if too many before it are unanswered."""
        self._silent = self._ignored = 0
        self._stop_waiting()
        if len(self.pipeline) >= MOST_AT_ONCE:
            raise self._refused(
                RequestRefused(HTTPStatus.TOO_MANY_REQUESTS, 'Wait for the answers to earlier requests.'))
        super().on_headers_complete()
        if self.cycle and self.cycle.scope is self.scope:
            self._unanswered.append(self.cycle)
        connections.worked(self)

    def on_chunk_header(self) -> None:
        """Count a chunk of the body, the last and empty one too; refuse too many small ones."""
        self._chunks += 1
        if self._chunks > SMALL_CHUNKS + self._received // CHUNK_BYTES:
            raise self._refused(RequestRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
                                               'The body comes in too many small chunks: send larger ones.'))

    def on_body(self, body: bytes) -> None:
        """Add a piece of the body; after the response, refuse more than IGNORED_BYTES."""
        self._silent = 0
        self._received += len(body)
        super().on_body(body)
        if self.cycle and self.cycle.response_complete:
            self._ignored += len(body)
            if self._ignored > IGNORED_BYTES:
                raise self._refused(_too_large('body', IGNORED_BYTES))

    def on_message_complete(self) -> None:
        """End the body of the request."""
        super().on_message_complete()
        if self.cycle:
            self.cycle.more_body = False
        if not self.parser.should_upgrade():
            self._stop_waiting()

    def on_response_complete(self) -> None:
        """Start the timeout if the request's body, which the application did not read, is still arriving."""
        self._unanswered = [cycle for cycle in self._unanswered if not cycle.response_complete]
        is_coming = self.cycle.response_complete and self.cycle.more_body
        super().on_response_complete()
        if is_coming and not self.transport.is_closing():
            self._unset_keepalive_if_required()
            self._expect_head()

    # Refusing -----------------------------------------------------------------------------------------------------

    def _expect_head(self) -> None:
        self._stop_waiting()
        self._timer = self.loop.call_later(HEAD_SECONDS, self._time_is_up)

    def _stop_waiting(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._timer = None

    def _time_is_up(self) -> None:
        self._refuse(RequestRefused(HTTPStatus.REQUEST_TIMEOUT,
                             f'The request did not come within {HEAD_SECONDS:.0f} seconds: send it again.'))

    def _refused(self, refusal: RequestRefused) -> RequestRefused:
        """Keep the refusal for `send_400_response`: the parser replaces the exception by an error of its own."""
        self._refusal = refusal
        return refusal

    def send_400_response(self, msg: str) -> None:  # noqa: ARG002
        """Send the refusal that was kept; called by uvicorn after an error of the parser."""
        self._refuse(self._refusal)

    def _refuse(self, refusal: RequestRefused) -> None:
        """Send the refusal and close; only close if the client would take it for the response to another request."""
        self._stop_waiting()
        self._unset_keepalive_if_required()
        is_in_between = self._is_answering()
        self._leave_app()
        if self.transport.is_closing() or self._ignored or is_in_between:
            self.transport.abort()
            return
        body = json.dumps({'error': refusal.sentence}).encode()
        head = (f'HTTP/1.1 {refusal.status.value} {refusal.status.phrase}\r\ncontent-type: application/json\r\n'
                f'content-length: {len(body)}\r\nconnection: close\r\ncache-control: no-store\r\n'
                + ''.join(f'{name}: {value}\r\n' for name, value in self.headers_of_refusals.items()) + '\r\n')
        self.transport.write(head.encode() + body)
        linger(self.transport, self)

    def _is_answering(self) -> bool:
        """Whether an earlier request or this one is being answered, or this one has been answered."""
        cycle = self.cycle
        if cycle is None or cycle.response_complete:
            return cycle is not None and cycle.scope is self.scope
        return bool(self.pipeline) or cycle.response_started or cycle.scope is not self.scope

    def _leave_app(self) -> None:
        """Mark all unanswered requests as disconnected for the application; uvicorn itself marks only the last one."""
        self.pipeline.clear()
        for cycle in self._unanswered:
            cycle.disconnected = True
            cycle.message_event.set()

    def handle_websocket_upgrade(self) -> None:
        """Hand this connection over to the WebSocket protocol; called by uvicorn."""
        connections.closed(self)
        self._stop_waiting()
        self._is_read()
        super().handle_websocket_upgrade()


def _too_large(what: str, most: int, otherwise: str = '') -> RequestRefused:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE if what == 'body' else HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
    return RequestRefused(status, f'The {what} of this request are {otherwise}larger than {most} bytes: send less.')

"""Reading request bodies, with limits on their size and on the time they may take."""
import asyncio
from collections.abc import Iterable
from http import HTTPStatus

from starlette.responses import JSONResponse
from starlette.types import Message, Receive

from ties.uvicorn import UNFINISHED_BYTES, connections


class BodyRefused(Exception):
    """A request that is refused before it is handled, for example because its body is too large or too slow."""

    def __init__(self, status: HTTPStatus, sentence: str) -> None:
        super().__init__(sentence)
        self.status = status
        self.sentence = sentence

    def response(self) -> JSONResponse:
        """Return a JSON response with the status, and the sentence as `error`."""
        return JSONResponse({'error': self.sentence}, self.status)


def check_length(headers: Iterable[tuple[bytes, bytes]], most: int) -> None:
    """Raise BodyRefused if `Content-Length` announces more than `most` bytes."""
    for name, value in headers:
        if name == b'content-length' and int(value) > most:  # the HTTP parser accepts nothing but digits
            raise _too_large(most)


async def read(receive: Receive, most: int, seconds: float) -> bytes:
    """Return the body, cut short if the client disconnects. Raises BodyRefused for one too large or too slow.

    Until it is complete it counts with the unfinished messages of WebSockets, which have a limit for all together.
    """
    content = bytearray()
    try:
        async with asyncio.timeout(seconds):
            while True:
                message = await receive()
                content += message.get('body', b'')
                connections.unfinished += len(message.get('body', b''))
                if len(content) > most:
                    raise _too_large(most)
                if not message.get('more_body'):
                    return bytes(content)
                if connections.unfinished > UNFINISHED_BYTES:
                    raise BodyRefused(HTTPStatus.SERVICE_UNAVAILABLE, 'Too many bodies are unfinished: send it again.')
    except TimeoutError:
        raise BodyRefused(HTTPStatus.REQUEST_TIMEOUT,
                          f'The body did not come within {seconds:.0f} seconds: send it again.') from None
    finally:
        connections.unfinished -= len(content)


def replay(content: bytes, receive: Receive) -> Receive:
    """Return a `receive` that first yields a body that was already read, and then what `receive` yields."""
    is_read = False

    async def received() -> Message:
        nonlocal is_read
        if is_read:
            return await receive()
        is_read = True
        return {'type': 'http.request', 'body': content}

    return received


def _too_large(most: int) -> BodyRefused:
    return BodyRefused(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f'The body has more than {most:,} bytes: send less.')

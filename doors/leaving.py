"""Work that is cancelled when the client that asked for it disconnects."""
import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.types import Receive

CLIENT_CLOSED_REQUEST = 499
'''nginx's status code for a client that has disconnected: nobody receives this response.'''

T = TypeVar('T')


class Left(Exception):
    """The client has disconnected: nobody needs a response."""


async def unless(leaving: Coroutine[Any, Any, Any], work: Coroutine[Any, Any, T]) -> T:
    """Return the result of `work`, or raise what it raises. If `leaving` ends first, cancel `work` and raise Left."""
    working, waiting = asyncio.ensure_future(work), asyncio.ensure_future(leaving)
    try:
        await asyncio.wait({working, waiting}, return_when=asyncio.FIRST_COMPLETED)
        if not working.done():
            raise Left
        return working.result()
    finally:
        working.cancel()
        waiting.cancel()
        await asyncio.gather(working, waiting, return_exceptions=True)


async def hung_up(receive: Receive) -> None:
    """Wait until the client disconnects; the rest of its request's body is discarded."""
    while (await receive())['type'] != 'http.disconnect':
        pass

"""Fair use of the event loop: a user with many connections does not make others wait."""
import asyncio
from collections import deque
from collections.abc import Hashable

import addresses


class Lanes:
    """Lets through one waiter of each lane in each round of the event loop, in order of arrival.

    Otherwise fifty sockets of one person would have fifty packets handled before another person's next one.
    """

    def __init__(self) -> None:
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}

    async def take(self, whose: Hashable) -> None:
        """Wait for a turn in the lane `whose`."""
        loop = asyncio.get_running_loop()
        waiting = self._waiting.get(whose)
        if waiting is None:
            self._waiting[whose] = deque()
            loop.call_soon(self._next, loop, whose)
            return
        turn = loop.create_future()
        waiting.append(turn)
        await turn

    def _next(self, loop: asyncio.AbstractEventLoop, whose: Hashable) -> None:
        waiting = self._waiting[whose]
        while waiting and waiting[0].done():  # skip waiters that were cancelled
            waiting.popleft()
        if waiting:
            waiting.popleft().set_result(None)
            loop.call_soon(self._next, loop, whose)
        else:
            del self._waiting[whose]

    def start(self) -> None:
        """Discard all waiters, which may belong to an earlier event loop."""
        self._waiting.clear()


class Pace:
    """Gives turns at least `seconds` apart, to one lane after the other: one with many waiters delays no other.

    Within a lane turns are given in order of arrival; the first one after a pause does not wait.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self._waiting: dict[Hashable, deque[asyncio.Future[None]]] = {}
        self._timer: asyncio.TimerHandle | None = None
        self._free_at = 0.0

    async def take(self, whose: Hashable = None) -> None:
        """Wait for a turn in the lane `whose`; a waiter that is cancelled does not use one up."""
        loop = asyncio.get_running_loop()
        if self._timer is None and loop.time() >= self._free_at:
            self._free_at = loop.time() + self.seconds
            return
        turn = loop.create_future()
        self._waiting.setdefault(whose, deque()).append(turn)
        if self._timer is None:
            self._timer = loop.call_at(self._free_at, self._give, loop)
        await turn

    def _give(self, loop: asyncio.AbstractEventLoop) -> None:
        """Give the next turn, and its lane the last place."""
        self._timer = None
        while self._waiting:
            whose, waiting = next(iter(self._waiting.items()))
            del self._waiting[whose]
            while waiting and waiting[0].done():  # skip waiters that were cancelled
                waiting.popleft()
            if waiting:
                waiting.popleft().set_result(None)
                if waiting:
                    self._waiting[whose] = waiting
                self._free_at = loop.time() + self.seconds
                self._timer = loop.call_at(self._free_at, self._give, loop)
                return

    def start(self) -> None:
        """Start afresh, without waiters that may belong to an earlier event loop."""
        self._waiting.clear()
        self._timer = None
        self._free_at = 0.0


STRANGERS_PAGE_SECONDS = 0.015
'''Seconds between two entry pages for clients without a session: more than twice the time to build one.'''

lanes = Lanes()
strangers_pages = Pace(STRANGERS_PAGE_SECONDS)


async def entry_page(address: str) -> None:
    """Wait for a turn to build an entry page for a stranger at this address."""
    await strangers_pages.take(addresses.network(address))


def start() -> None:
    """Reset all turns; called when an event loop has started."""
    lanes.start()
    strangers_pages.start()

"""bcrypt in few threads, with a queue for them and a limit on the cost of a hash, so that nobody waits for long."""
import asyncio
import os
import re
import sys
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Literal, TypeVar, get_args

import bcrypt

import settings
from database import unavailable
from errors import Refused

T = TypeVar('T')
Kind = Literal['login', 'registration', 'renewal']
'''Kinds of work, in order of priority.'''

THREADS = 2
MOST_WAITING: dict[Kind, int] = {'login': 100, 'registration': 50, 'renewal': 50}
RETRY_SECONDS = 5
PASSWORD_BYTES = 72
'''Bytes of a password that bcrypt uses; it ignores the rest.'''
STORED = re.compile(r'\$2[abxy]\$(0[4-9]|1[0-5])\$[./A-Za-z0-9]{53}')
'''A hash with a cost that an operator may set, from 4 to 15: each step doubles the time, and 31 would take days. bcrypt
itself also accepts costs such as "+5" and "0031".'''


class Turns:
    """Limits how many work at once; the others wait in order of priority (see Kind), then in order of arrival."""

    def __init__(self, at_once: int) -> None:
        self._free = at_once
        self._is_over = False
        self._waiting: dict[Kind, deque[asyncio.Future[None]]] = {kind: deque() for kind in get_args(Kind)}

    async def take(self, kind: Kind) -> None:
        """Wait for a turn; a waiter that is cancelled leaves the queue.

        Raises Refused: 'too_fast' when too many wait, 'unavailable' after `end`.
        """
        if self._is_over:
            raise unavailable()
        if self._free:
            self._free -= 1
            return
        waiting = self._waiting[kind]
        if len(waiting) >= MOST_WAITING[kind]:
            raise Refused('too_fast', 'Too many people want to come in at this moment: try again in a few seconds.',
                          retry_after=RETRY_SECONDS)
        turn = asyncio.get_running_loop().create_future()
        waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            with suppress(ValueError):
                waiting.remove(turn)
            if not turn.cancelled():  # the turn was given at the same moment
                self.give_back()
            raise

    def give_back(self) -> None:
        """Pass the turn on to the next waiter, or free it."""
        for waiting in self._waiting.values():
            while waiting:
                turn = waiting.popleft()
                if not turn.done():
                    turn.set_result(None)
                    return
        self._free += 1

    def end(self) -> None:
        """Give no more turns: refuse all waiters and all later calls of `take`."""
        self._is_over = True
        for turn in [turn for waiting in self._waiting.values() for turn in waiting if not turn.done()]:
            turn.set_exception(unavailable())


class Hasher:
    """Runs bcrypt in its own threads, a few hashes at a time."""

    def __init__(self) -> None:
        self.turns = Turns(THREADS)
        self._pool = ThreadPoolExecutor(THREADS, 'bcrypt', _give_way)
        self._running: set[asyncio.Task[Any]] = set()

    async def in_turn(self, kind: Kind, work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Run `work`, which hashes something, when its turn comes; not at all if the caller is cancelled before.

        Once begun it is completed, since a thread can't be stopped. Raises what `work` raises, and
        Refused('too_fast') when too many wait.
        """
        await self.turns.take(kind)
        task = asyncio.get_running_loop().create_task(work())
        self._running.add(task)
        task.add_done_callback(self._end)
        return await asyncio.shield(task)

    def _end(self, task: asyncio.Task[Any]) -> None:
        self._running.discard(task)
        self.turns.give_back()
        if not task.cancelled():
            task.exception()  # marks it as retrieved: a cancelled caller does not do so

    async def hash(self, kind: Kind, password: str) -> str:
        """Hash a password at the configured cost, when its turn comes. Raises Refused('too_fast')."""
        salt = bcrypt.gensalt(settings.current().bcrypt_rounds)
        return (await self.in_turn(kind, lambda: self._run(lambda: bcrypt.hashpw(_secret(password), salt)))).decode()

    async def matches(self, password: str, stored: str) -> bool:
        """Whether a password matches a stored hash. Call it from the `work` of `in_turn`.

        It always computes one hash; if `stored` is invalid, at the configured cost.
        """
        is_hash = STORED.fullmatch(stored)
        against = (stored if is_hash else nobodys(cost(stored))).encode()
        return await self._run(lambda: bcrypt.checkpw(_secret(password), against)) and bool(is_hash)

    async def _run(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._pool, work)

    async def stop(self) -> None:
        """Stop the threads, after waiting for running work, which takes seconds at the most."""
        self.turns.end()
        await asyncio.gather(*self._running, return_exceptions=True)
        await asyncio.to_thread(self._pool.shutdown, cancel_futures=True)


def cost(stored: str) -> int:
    """Return the bcrypt cost of a stored hash, or the configured cost if it is invalid."""
    found = STORED.fullmatch(stored)
    return int(found[1]) if found else settings.current().bcrypt_rounds


def nobodys(rounds: int) -> str:
    """Make a hash of this cost that no password matches."""
    return bcrypt.gensalt(rounds).decode() + '.' * 31


def _secret(password: str) -> bytes:
    return password.encode()[:PASSWORD_BYTES]


def _give_way() -> None:
    """Lower this thread's priority below the event loop's, where the system has priorities per thread."""
    if sys.platform == 'linux':
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)

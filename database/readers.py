"""Reader threads with two queues, so that one user's long query does not make the others wait.

No query blocks a thread for ever: one that takes too long is interrupted (https://www.sqlite.org/c3ref/interrupt.html).
"""
import asyncio
import sqlite3
import threading
import time
from contextlib import suppress
from queue import SimpleQueue

from errors import Refused

from .connection import Queue, Worker, db, log, translated

MOST_SECONDS = 5.0
'''Longest time of a query; it usually takes some milliseconds, and more only when the disk cache is cold.'''
LOOK_SECONDS = 0.25

quick: Queue = SimpleQueue()
long: Queue = SimpleQueue()
_readers: list['_Reader'] = []


def start() -> list[Worker]:
    """Start two threads for short queries and one for long ones, on a prepared database."""
    _readers[:] = [_Reader(quick), _Reader(quick), _Reader(long)]
    return [Worker(f'reader {number}', reader.queue, reader.run) for number, reader in enumerate(_readers)]


async def look_regularly() -> None:
    """Interrupt queries that take too long, until cancelled."""
    while True:
        await asyncio.sleep(LOOK_SECONDS)
        for reader in _readers:
            reader.look()


class _Reader:
    """Runs one query after another in its thread; the event loop calls `look` to enforce the time limit."""

    def __init__(self, queue: Queue) -> None:
        self.queue = queue
        self._lock = threading.Lock()
        self._until: float | None = None
        self._is_late = False
        self._connection: sqlite3.Connection

    def run(self) -> None:
        """Run the queue's queries until it gives None; called in the reader's thread."""
        self._connection = db.connection()
        while job := self.queue.get():
            self._begin()
            try:
                job.run()
            except Exception as error:  # noqa: BLE001  # passed on to the caller
                job.error = _too_long() if self._is_late else translated(error)
            self._end()
            job.call(job.answer)

    def look(self) -> None:
        """Interrupt a late query; again each time, since this ends one statement, and a query may have more."""
        with self._lock:
            if self._until is not None and time.monotonic() > self._until:
                self._is_late = True
                self._connection.interrupt()

    def _begin(self) -> None:
        with self._lock:
            self._until, self._is_late = time.monotonic() + MOST_SECONDS, False

    def _end(self) -> None:
        """End the time limit, so that the next query is not interrupted; roll back an interrupted transaction."""
        with self._lock:
            self._until = None
        if self._connection.in_transaction:
            with suppress(sqlite3.Error):  # else the next query is refused, and tries this again
                self._connection.rollback()


def _too_long() -> Refused:
    log.warning('A query took too long and was ended.')
    return Refused('unavailable', 'This took too long, so the server gave up: ask for less, or try again later.')

"""Database threads, each with its own connection, and the jobs that they run."""
import asyncio
import logging
import sqlite3
import threading
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from queue import SimpleQueue
from typing import Any

from peewee import PeeweeException, SqliteDatabase

from errors import Refused

BUSY_SECONDS = 5
CHECKPOINT_PAGES = 16_384
'''Pages of the log (64 MB) above which the writer itself checkpoints, as the regular checkpoints did not suffice.'''

log = logging.getLogger('chatroom.database')

db = SqliteDatabase(None, timeout=BUSY_SECONDS, lock_type='IMMEDIATE', pragmas={
    'journal_mode': 'wal',
    'synchronous': 'full',
    'foreign_keys': 1,
    'cache_size': -4_000,
    'wal_autocheckpoint': CHECKPOINT_PAGES,
    'secure_delete': 1,
    'temp_store': 'memory',  # a temporary file needs a descriptor, and there may be none left
})


@dataclass(eq=False, slots=True)
class Job:
    """An operation or a query, and the future on which its caller waits."""

    work: Callable[[], Any]
    future: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = field(default=None)

    def run(self) -> None:
        """Do the work and keep its value; called in a database thread."""
        self.value, self.error = self.work(), None

    def answer(self) -> None:
        """Give the future the value or the error; called on the event loop."""
        if self.future.done():
            return
        if self.error is None:
            self.future.set_result(self.value)
        else:
            self.future.set_exception(self.error)

    def call(self, callback: Callable[[], None]) -> None:
        """Schedule a callback on the caller's event loop, from another thread."""
        with suppress(RuntimeError):  # the event loop is closed, and no caller waits any more
            self.future.get_loop().call_soon_threadsafe(callback)


Queue = SimpleQueue[Job | None]


class Worker:
    """A thread with its own connection that takes jobs from a queue until it takes None.

    SQLite opens the file and its log on first use. The thread uses them at once: later, connections without a
    session may have taken all file descriptors of the process, which must not cause any loss of data.
    """

    def __init__(self, name: str, queue: Queue, run: Callable[[], None], *, is_reader: bool = True) -> None:
        self._queue, self._run, self._is_reader = queue, run, is_reader
        self._opened: Future[None] = Future()
        self._thread = threading.Thread(target=self._live, name=f'database {name}')
        self._thread.start()

    def wait(self) -> None:
        """Wait until the files are open. Raises the error that opening them caused."""
        self._opened.result()

    def _live(self) -> None:
        try:
            db.connect()
            db.execute_sql(f'PRAGMA query_only = {int(self._is_reader)}')
            db.execute_sql('SELECT COUNT(*) FROM meta').fetchone()
        except Exception as error:  # noqa: BLE001  # raised again by `wait`
            self._opened.set_exception(error)
            self._queue.get()
        else:
            self._opened.set_result(None)
            self._run()
        db.close()

    def end(self) -> None:
        """Ask the thread to end, after the jobs that are already in its queue."""
        self._queue.put(None)

    def join(self) -> None:
        """Wait until the thread has ended."""
        self._thread.join()


def translated(error: Exception) -> Exception:
    """Turn a failure of the database into Refused('unavailable') and log it; return other errors (bugs) unchanged."""
    if isinstance(error, (PeeweeException, sqlite3.Error)):
        while error.__context__ and isinstance(error.__context__, Exception):
            error = error.__context__  # a rollback may fail, too, and the first error says more
        log.error('The database refused: %s', error)
        return unavailable()
    return error


def unavailable() -> Refused:
    """Make the refusal for when the database can't store or read anything."""
    return Refused('unavailable', "The server can't store or read anything right now. Try again in a moment.",
                   retry_after=2)

"""One SQLite file: a single writer thread that commits for everybody who waits, and a few readers.

Why a writer thread: SQLite lets one connection write at a time, and a durable commit waits for the disk. Taking
everything that waits into one transaction shares that wait (group commit), and keeps one order of changes.
"""
import asyncio
import logging
import os
import sqlite3
import threading
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from peewee import IntegrityError, PeeweeException, SqliteDatabase

from errors import Refused

T = TypeVar('T')

READERS = 2
BATCH = 256
'''Operations in one transaction at the most, so that the first of them does not wait long for the last.'''
BUSY_SECONDS = 5
CHECKPOINT_SECONDS = 2
CHECKPOINT_PAGES = 16_384
'''The writer checkpoints by itself only when the log has outgrown the regular checkpoints (64 MB).'''

log = logging.getLogger('chatroom.database')

db = SqliteDatabase(None, timeout=BUSY_SECONDS, lock_type='IMMEDIATE', pragmas={
    'journal_mode': 'wal',
    'synchronous': 'full',
    'foreign_keys': 1,
    'cache_size': -4_000,
    'wal_autocheckpoint': CHECKPOINT_PAGES,
    'secure_delete': 1,
})


@dataclass(frozen=True, slots=True)
class Written(Generic[T]):
    """What an operation returns: its result, and the changes to publish once it is committed."""

    result: T
    changes: Sequence[Any] = ()


@dataclass(eq=False, slots=True)
class _Job:
    """An operation or a query that someone waits for."""

    work: Callable[[], Any]
    future: asyncio.Future[Any]
    value: Any = None
    error: BaseException | None = field(default=None)

    def run(self) -> None:
        self.value, self.error = self.work(), None


Publish = Callable[[Sequence[Any]], None]

_writes: SimpleQueue[_Job | None] = SimpleQueue()
_reads: SimpleQueue[_Job | None] = SimpleQueue()
_threads: list[threading.Thread] = []
_housekeeping: set[asyncio.Task[None]] = set()
_publish: Publish | None = None
_files: dict[Path, os.stat_result] = {}
'''The database and its log as the writer has them open.'''
_dirty = threading.Event()
_last_steps: list[Callable[[], Any]] = []
'''What is left to do in the transaction that the writer is in.'''


def start(path: Path, publish: Publish) -> None:
    """Open the prepared database. `publish` gets the changes of each operation in commit order, on the event loop."""
    global _publish  # noqa: PLW0603
    _publish = publish
    _files.clear()
    _files[path] = path.stat()
    db.init(str(path))
    _threads.append(threading.Thread(target=_write_loop, name='database writer'))
    _threads.extend(threading.Thread(target=_read_loop, name=f'database reader {i}') for i in range(READERS))
    for thread in _threads:
        thread.start()
    _housekeeping.add(asyncio.get_running_loop().create_task(_checkpoint_regularly()))


async def stop() -> None:
    """Commit what was accepted, move the log into the file, close every connection."""
    for task in _housekeeping:
        task.cancel()
    _housekeeping.clear()
    await asyncio.to_thread(halt)


def halt() -> None:
    """The same where no loop runs any more. Halting again does nothing."""
    threads, _threads[:] = list(_threads), []
    if not threads:
        return
    _writes.put(None)
    for _ in range(READERS):
        _reads.put(None)
    for thread in threads:
        thread.join()


async def write(operation: Callable[[], Written[T]]) -> T:
    """Run an operation in the writer thread and return its result after the commit.

    Operations of one caller are stored in the order of the calls. Raises what the operation raises, and
    Refused('unavailable') when the database can't take it now; then nothing of it was stored.
    """
    written: Written[T] = await _enqueue(_writes, operation)
    return written.result


def at_end(step: Callable[[], Any]) -> None:
    """Let an operation do something after all others of its transaction, unless it is undone.

    FTS5 writes its index out at every savepoint, which costs more than all else about a message; once for all messages
    that are stored together is enough. Whatever a step raises undoes the transaction.
    """
    _last_steps.append(step)


async def read(query: Callable[[], T]) -> T:
    """Run a query in a reader thread, on one consistent snapshot."""
    def snapshot() -> T:
        with db.atomic('DEFERRED'):
            return query()

    result: T = await _enqueue(_reads, snapshot)
    return result


async def _enqueue(queue: 'SimpleQueue[_Job | None]', work: Callable[[], Any]) -> Any:
    if not _threads:
        raise unavailable()
    job = _Job(work, asyncio.get_running_loop().create_future())
    queue.put(job)
    return await job.future


async def empty_log() -> None:
    """Move all of the log into the file, and leave nothing in it of what was deleted since."""
    await _enqueue(_reads, lambda: db.execute_sql('PRAGMA wal_checkpoint(TRUNCATE)'))


async def vacuum() -> None:
    """Write the file anew. Raises Refused('unavailable').

    Where SQLite moves rows to balance its trees, it leaves copies in the gaps of pages, also with `secure_delete`.
    """
    def work() -> None:
        with closing(sqlite3.connect(db.database, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute('VACUUM')

    try:
        await asyncio.to_thread(work)
    except sqlite3.Error as error:
        log.error('The database could not be written anew: %s', error)
        raise unavailable() from None


def unavailable() -> Refused:
    """The answer while the database can't take or give anything."""
    return Refused('unavailable', "The server can't store or read anything right now. Try again in a moment.",
                   retry_after=2)


def _write_loop() -> None:
    while batch := _take():
        _commit(batch)
        _settle(batch)
    with suppress(PeeweeException, sqlite3.Error):
        db.execute_sql('PRAGMA wal_checkpoint(TRUNCATE)')
    db.close()


def _take() -> list[_Job]:
    """Wait for work, then take everything that waits; an empty list means the end."""
    first = _writes.get()
    batch = [first] if first else []
    while batch and len(batch) < BATCH and not _writes.empty():
        job = _writes.get()
        if job is None:
            _writes.put(None)
            break
        batch.append(job)
    return batch


def _commit(batch: list[_Job]) -> None:
    """Commit the batch at once, or, when that fails, each operation in a transaction of its own.

    After a full disk or an I/O error SQLite has rolled back the whole transaction, so nothing of the batch may be
    answered as stored (https://www.sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction").
    """
    try:
        _transaction(batch)
    except _NotBegun as error:
        _fail(batch, error)
    except Exception as error:  # noqa: BLE001  # each caller gets its own
        if len(batch) == 1:
            _fail(batch, error)
            return
        for job in batch:
            _commit([job])


class _NotBegun(Exception):
    """Somebody else holds the database, or moved it; no operation was run."""


def _transaction(batch: list[_Job]) -> None:
    try:
        _check_places()
        db.execute_sql('BEGIN IMMEDIATE')
        _remember_log()
    except (OSError, PeeweeException, sqlite3.Error) as error:
        raise _NotBegun(str(error)) from error
    _last_steps.clear()
    try:
        for job in batch:
            _in_savepoint(job)
        for step in _last_steps:
            step()
        db.execute_sql('COMMIT')
    except BaseException:
        with suppress(PeeweeException, sqlite3.Error):  # SQLite may have rolled back already
            db.execute_sql('ROLLBACK')
        raise
    _dirty.set()


def _check_places() -> None:
    """What goes to a file that was moved or deleted would be lost, and SQLite does not look for that in WAL mode."""
    for path, opened in _files.items():
        if not path.exists() or not os.path.samestat(path.stat(), opened):
            db.execute_sql('PRAGMA wal_checkpoint(PASSIVE)')  # what was stored so far is safe in the database itself
            raise FileNotFoundError(f'{path} is not the file that was opened: put it back, or start the server again.')


def _remember_log() -> None:
    """The log is there from the first transaction on."""
    if len(_files) == 1:
        log_file = Path(f'{db.database}-wal')
        _files[log_file] = log_file.stat()


def _in_savepoint(job: _Job) -> None:
    """A refusal undoes its own operation alone."""
    db.execute_sql('SAVEPOINT operation')
    steps = len(_last_steps)
    try:
        job.run()
    except (Refused, IntegrityError) as error:
        job.error = error
        del _last_steps[steps:]
        db.execute_sql('ROLLBACK TO operation')
    db.execute_sql('RELEASE operation')


def _fail(batch: list[_Job], error: Exception) -> None:
    for job in batch:
        job.error = _translated(error)


def _translated(error: Exception) -> Exception:
    """A failure of the database becomes a refusal with a sentence; a mistake of ours stays what it is."""
    if isinstance(error, (PeeweeException, sqlite3.Error, _NotBegun)):
        while error.__context__ and isinstance(error.__context__, Exception):
            error = error.__context__  # undoing a failure may fail again, which says less
        log.error('The database refused: %s', error)
        return unavailable()
    return error


def _settle(batch: list[_Job]) -> None:
    """Tell the loop: in commit order, answer whoever waits, then publish.

    The author's page learns of the number of its message before the message comes, or it would show it twice for a
    moment.
    """
    def on_loop() -> None:
        for job in batch:
            _answer(job)
            if job.error is None and _publish and job.value.changes:
                _publish(job.value.changes)

    _call(batch[0], on_loop)


def _read_loop() -> None:
    while job := _reads.get():
        try:
            if db.is_closed():
                db.connect()
                db.execute_sql('PRAGMA query_only = 1')
            job.run()
        except Exception as error:  # noqa: BLE001  # goes to who waits
            job.error = _translated(error)
        _call(job, lambda job=job: _answer(job))  # type: ignore[misc]
    db.close()


def _call(job: _Job, callback: Callable[[], None]) -> None:
    with suppress(RuntimeError):  # the loop is gone, and with it everybody who waited
        job.future.get_loop().call_soon_threadsafe(callback)


def _answer(job: _Job) -> None:
    if job.future.done():
        return
    if job.error is None:
        job.future.set_result(job.value)
    else:
        job.future.set_exception(job.error)


async def _checkpoint_regularly() -> None:
    """Move the log into the file outside the writer's path; PASSIVE never makes it wait."""
    while True:
        await asyncio.sleep(CHECKPOINT_SECONDS)
        if _dirty.is_set():
            _dirty.clear()
            with suppress(Refused):
                await _enqueue(_reads, _checkpoint)


def _checkpoint() -> None:
    db.execute_sql('PRAGMA wal_checkpoint(PASSIVE)')

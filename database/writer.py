"""The writer thread: it commits waiting operations together, and publishes their changes in commit order."""
import logging
import os
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from queue import SimpleQueue
from typing import Any, Generic, TypeVar

from peewee import IntegrityError, PeeweeException

from errors import Refused

from . import upkeep
from .connection import Job, Queue, Worker, db, translated

T = TypeVar('T')

log = logging.getLogger('chatroom')

BATCH = 256
'''Most operations in one transaction, so that the first of them does not wait long for the last.'''


@dataclass(frozen=True, slots=True)
class Written(Generic[T]):
    """What an operation returns: its result, and the changes to publish once it is committed."""

    result: T
    changes: Sequence[Any] = ()


Publish = Callable[[Sequence[Any]], None]

writes: Queue = SimpleQueue()
_publish: Publish | None = None
_files: dict[Path, os.stat_result] = {}
'''The database and its log, as `stat` described them when the writer opened them.'''
_last_steps: list[Callable[[], Any]] = []
'''Steps to run at the end of the writer's current transaction.'''


def start(path: Path, publish: Publish) -> Worker:
    """Start the writer thread on a prepared database."""
    global _publish  # noqa: PLW0603
    _publish = publish
    _files.clear()
    _files[path] = path.stat()
    return Worker('writer', writes, _loop, is_reader=False)


def at_end(step: Callable[[], Any]) -> None:
    """Run a step after all operations of the transaction, unless the operation that asks for it is rolled back.

    FTS5 writes its index out at every savepoint, which costs more than all else about a message; once for all messages
    of a transaction is enough. An exception in a step rolls the transaction back.
    """
    _last_steps.append(step)


def _loop() -> None:
    while batch := _take():
        _commit(batch)
        _settle(batch)
    with suppress(PeeweeException, sqlite3.Error):
        db.execute_sql('PRAGMA wal_checkpoint(TRUNCATE)')


def _take() -> list[Job]:
    """Wait for a job, then take all that wait, up to BATCH; an empty list means the end."""
    first = writes.get()
    batch = [first] if first else []
    while batch and len(batch) < BATCH and not writes.empty():
        job = writes.get()
        if job is None:
            writes.put(None)
            break
        batch.append(job)
    return batch


def _commit(batch: list[Job]) -> None:
    """Commit the batch in one transaction, or, when that fails, each operation in a transaction of its own.

    After a full disk or an I/O error SQLite has rolled back the whole transaction, so nothing of the batch may be
    answered as stored (https://www.sqlite.org/lang_transaction.html, "Response To Errors Within A Transaction").
    """
    try:
        _transaction(batch)
    except _NotBegun as error:
        _fail(batch, error)
    except Exception as error:  # noqa: BLE001  # each caller gets its own error
        if len(batch) == 1:
            _fail(batch, error)
            return
        for job in batch:
            _commit([job])


class _NotBegun(PeeweeException):
    """Another process has locked or moved the database; no operation was run."""


def _transaction(batch: list[Job]) -> None:
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
    upkeep.dirty.set()


def _check_places() -> None:
    """Raise FileNotFoundError if a file was moved or deleted: writes would be lost, unnoticed by SQLite in WAL mode."""
    for path, opened in _files.items():
        if not path.exists() or not os.path.samestat(path.stat(), opened):
            db.execute_sql('PRAGMA wal_checkpoint(PASSIVE)')  # puts earlier commits into the database file itself
            raise FileNotFoundError(f'{path} is not the file that was opened: put it back, or start the server again.')


def _remember_log() -> None:
    """Remember the write-ahead log, which exists from the first transaction on."""
    if len(_files) == 1:
        log_file = Path(f'{db.database}-wal')
        _files[log_file] = log_file.stat()


def _in_savepoint(job: Job) -> None:
    """Run an operation in a savepoint, so that a refusal rolls back this operation only."""
    db.execute_sql('SAVEPOINT operation')
    steps = len(_last_steps)
    try:
        job.run()
    except (Refused, IntegrityError) as error:
        job.error = error
        del _last_steps[steps:]
        db.execute_sql('ROLLBACK TO operation')
    db.execute_sql('RELEASE operation')


def _fail(batch: list[Job], error: Exception) -> None:
    for job in batch:
        job.error = translated(error)


def _settle(batch: list[Job]) -> None:
    """On the event loop, answer the callers, then publish the changes, both in commit order.

    The author's page must learn the id of its message before the broadcast arrives, or it would show it twice for a
    moment.
    """
    def on_loop() -> None:
        for job in batch:
            job.answer()
        for job in batch:
            for change in job.value.changes if job.error is None else ():
                _tell(change)

    batch[0].call(on_loop)


def _tell(change: Any) -> None:
    """Publish a change. A failure is only logged: the change is stored, and clients see by revisions what they miss."""
    try:
        if _publish:
            _publish([change])
    except Exception:  # a bug of ours
        log.exception('A change was stored and could not be told')

"""Access to one SQLite file: a single writer thread with group commit, and a few reader threads.

Why a writer thread: SQLite lets one connection write at a time, and a durable commit waits for the disk. Taking
all waiting operations into one transaction shares that wait (group commit), and gives changes a single order.
"""
import asyncio
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from peewee import PeeweeException

from errors import Refused, SetupError

from . import readers, upkeep, writer
from .connection import Job, Queue, Worker, db, unavailable
from .writer import Publish, Written, at_end

__all__ = ['Written', 'at_end', 'db', 'empty_log', 'halt', 'read', 'read_aside', 'start', 'stop', 'unavailable',
           'vacuum', 'write']

T = TypeVar('T')

CHECKPOINT_SECONDS = 2

_workers: list[Worker] = []
_housekeeping: set[asyncio.Task[None]] = set()


def start(path: Path, publish: Publish) -> None:
    """Open the prepared database. `publish` gets the changes of each operation in commit order, on the event loop.

    Raises SetupError unless every thread could open the files.
    """
    db.init(str(path))
    try:
        _workers.extend([writer.start(path, publish), upkeep.start(), *readers.start()])
        for worker in _workers:
            worker.wait()
    except (OSError, PeeweeException, sqlite3.Error, RuntimeError) as error:
        halt()
        raise SetupError(f"The database {path} can't be opened as often as it is needed: {error}. "
                         'Does the system allow enough open files (ulimit -n)?') from None
    loop = asyncio.get_running_loop()
    _housekeeping.update({loop.create_task(_checkpoint_regularly()), loop.create_task(readers.look_regularly())})


async def stop() -> None:
    """Commit accepted operations, checkpoint the write-ahead log into the file, and close every connection."""
    for task in _housekeeping:
        task.cancel()
    _housekeeping.clear()
    await asyncio.to_thread(halt)


def halt() -> None:
    """Do what `stop` does, without a running event loop; blocks. Calling it again does nothing."""
    workers, _workers[:] = list(_workers), []
    for worker in workers:
        worker.end()
    for worker in workers:
        worker.join()


async def write(operation: Callable[[], Written[T]]) -> T:
    """Run an operation in the writer thread and return its result after the commit.

    Operations of one caller are stored in the order of the calls. Raises what the operation raises, and
    Refused('unavailable') when the database can't store it now; then nothing of it was stored.
    """
    written: Written[T] = await _enqueue(writer.writes, operation)
    return written.result


async def read(query: Callable[[], T]) -> T:
    """Run a query in a reader thread, on one consistent snapshot. Raises Refused('unavailable')."""
    result: T = await _enqueue(readers.quick, lambda: _snapshot(query))
    return result


async def read_aside(query: Callable[[], T]) -> T:
    """Do as `read` does for queries that may take long: a separate thread, so that only other long queries wait."""
    result: T = await _enqueue(readers.long, lambda: _snapshot(query))
    return result


async def empty_log() -> None:
    """Checkpoint all of the write-ahead log into the file and truncate it, so that it holds no deleted data."""
    await _enqueue(upkeep.steps, lambda: upkeep.checkpoint('TRUNCATE'))


async def vacuum() -> None:
    """Rewrite the whole file, to remove copies of deleted data. Raises Refused('unavailable').

    When SQLite moves rows to balance its B-trees, it leaves copies in gaps of pages, also with `secure_delete`.
    """
    await asyncio.to_thread(upkeep.vacuum)


def _snapshot(query: Callable[[], T]) -> T:
    with db.atomic('DEFERRED'):
        return query()


async def _enqueue(queue: Queue, work: Callable[[], Any]) -> Any:
    if not _workers:
        raise unavailable()
    job = Job(work, asyncio.get_running_loop().create_future())
    queue.put(job)
    return await job.future


async def _checkpoint_regularly() -> None:
    """Checkpoint after writes, in the upkeep thread, so that the writer does not wait for it."""
    while True:
        await asyncio.sleep(CHECKPOINT_SECONDS)
        if upkeep.dirty.is_set():
            upkeep.dirty.clear()
            with suppress(Refused):
                await _enqueue(upkeep.steps, lambda: upkeep.checkpoint('PASSIVE'))

"""Checkpoints, in a separate thread since they may wait for the disk and for other connections; and VACUUM."""
import sqlite3
import threading
from contextlib import closing
from queue import SimpleQueue

from .connection import BUSY_SECONDS, Queue, Worker, db, log, translated, unavailable

steps: Queue = SimpleQueue()
dirty = threading.Event()
'''Set when something was written since the last checkpoint.'''


def start() -> Worker:
    """Start the upkeep thread on a prepared database."""
    return Worker('keeper', steps, _loop)


def _loop() -> None:
    while job := steps.get():
        try:
            job.run()
        except Exception as error:  # noqa: BLE001  # passed on to the caller
            job.error = translated(error)
        job.call(job.answer)


def checkpoint(kind: str) -> None:
    """Checkpoint the write-ahead log: PASSIVE makes no connection wait, TRUNCATE also empties the log."""
    db.execute_sql(f'PRAGMA wal_checkpoint({kind})')


def vacuum() -> None:
    """Rewrite the file with VACUUM. Raises Refused('unavailable')."""
    try:
        with closing(sqlite3.connect(db.database, timeout=BUSY_SECONDS, isolation_level=None)) as connection:
            connection.execute('VACUUM')
    except sqlite3.Error as error:
        log.error('The database could not be written anew: %s', error)
        raise unavailable() from None

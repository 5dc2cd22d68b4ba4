"""Files of a database: locking one for this process, opening one to read, and creating one atomically."""
import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errors import SetupError

COMPANIONS = ('-journal', '-wal', '-shm')
'''Suffixes of SQLite's files beside a database in use; `-journal` and `-wal` also remain after a process has died.'''

_claims: dict[Path, int] = {}


def claim(database: Path) -> None:
    """Lock this file against every other server, and `restore`, for as long as this process lives.

    Two servers would each broadcast a message to their own clients only. A missing file is created, empty, so that
    also one of two simultaneous first starts is refused. Raises SetupError.
    """
    if database in _claims:
        return
    with sentence(f"The database {database} can't be opened"):
        if database.is_dir():
            raise SetupError(f'CHATROOM_DATABASE names the folder {database}: it must be a file.')
        if not database.parent.is_dir():
            raise SetupError(f'The folder of the database {database} does not exist: make it, '
                             'or set CHATROOM_DATABASE.')
        if database.exists() and not database.is_file():
            raise SetupError(f'{database} is no file: set CHATROOM_DATABASE to another one.')
        descriptor = os.open(database, os.O_RDWR | os.O_CREAT | os.O_NONBLOCK, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_ours = os.path.samestat(os.fstat(descriptor), database.stat())  # the path was not replaced meanwhile
    except OSError:
        is_ours = False
    if not is_ours:
        os.close(descriptor)
        raise SetupError(f'A server is running with the database {database}: stop it first.')
    _claims[database] = descriptor


def has_content(path: Path) -> bool:
    """Whether the file exists and is not empty."""
    return path.exists() and path.stat().st_size > 0


def to_read(database: Path) -> str:
    """Return the URI that opens a database for reading without leaving files beside it.

    A write-ahead log must be read, too, if there is one. A rollback journal remains when a process died during a write:
    only a connection that may write can roll that back.
    """
    journal, log, _ = (Path(f'{database}{ending}') for ending in COMPANIONS)
    mode = 'mode=rw' if has_content(journal) else 'mode=ro' if has_content(log) else 'immutable=1'
    return f'{database.absolute().as_uri()}?{mode}'


@contextmanager
def whole(target: Path, owner: Path | None = None) -> Iterator[Path]:
    """Yield a new file of mode 0600 that is renamed to `target` at the end, once it is complete and synced to disk.

    After an interruption, `target` is as it was before; an unfinished file named after `owner` (by default `target`)
    may remain, which the next attempt removes.
    """
    unfinished = target.with_name(f'{(owner or target).name}.unfinished')
    _remove(unfinished)
    os.close(os.open(unfinished, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    try:
        yield unfinished
        _sync(unfinished)
        unfinished.replace(target)
        _sync(target.parent)
    finally:
        _remove(unfinished)


def _remove(path: Path) -> None:
    for ending in ('', *COMPANIONS):
        Path(f'{path}{ending}').unlink(missing_ok=True)


def _sync(path: Path) -> None:
    """Sync a file, or the entries of a folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def sentence(start: str) -> Iterator[None]:
    """Turn errors of the system and of SQLite into a SetupError that begins with `start`."""
    try:
        yield
    except (OSError, UnicodeError, sqlite3.Error) as error:
        raise SetupError(f'{start}: {getattr(error, "strerror", None) or error}.') from None


def refuse_existing(target: Path) -> None:
    """Raise FileExistsError if there is a file, folder or link with this path."""
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))

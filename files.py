"""The files of a database: who may use one, how one is read, and how a new one comes into being whole."""
import errno
import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from errors import SetupError

COMPANIONS = ('-journal', '-wal', '-shm')
'''What SQLite keeps beside a database while it is used; `-journal` and `-wal` also after a process has died.'''

_claims: dict[Path, int] = {}


def claim(database: Path) -> None:
    """Keep every other server, and `restore`, away from this file for as long as this process lives.

    Two servers would each tell only their own browsers of a message. A file that is not there is made, and empty, so
    that of two first starts one is refused. Raises SetupError.
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
        is_ours = os.path.samestat(os.fstat(descriptor), database.stat())  # and not replaced meanwhile
    except OSError:
        is_ours = False
    if not is_ours:
        os.close(descriptor)
        raise SetupError(f'A server is running with the database {database}: stop it first.')
    _claims[database] = descriptor


def has_content(path: Path) -> bool:
    """Whether there is such a file, with something in it."""
    return path.exists() and path.stat().st_size > 0


def to_read(database: Path) -> str:
    """The URI that opens a database for reading without leaving anything beside it.

    Where SQLite keeps a log, it must be read, too. A rollback journal is what a process left that died while it wrote:
    only who may write can undo that.
    """
    journal, log, _ = (Path(f'{database}{ending}') for ending in COMPANIONS)
    mode = 'mode=rw' if has_content(journal) else 'mode=ro' if has_content(log) else 'immutable=1'
    return f'{database.absolute().as_uri()}?{mode}'


@contextmanager
def whole(target: Path, owner: Path | None = None) -> Iterator[Path]:
    """Yield a new, private file that gets the name `target` at the end, when it is whole and on disk.

    Whatever interrupts that leaves what was there before, and something named after `owner`, by default after `target`,
    that the next attempt removes.
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
    """Return when a file, or the names in a folder, are on disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


@contextmanager
def sentence(start: str) -> Iterator[None]:
    """Turn what the system or SQLite complains about into a SetupError."""
    try:
        yield
    except (OSError, UnicodeError, sqlite3.Error) as error:
        raise SetupError(f'{start}: {getattr(error, "strerror", None) or error}.') from None


def refuse_existing(target: Path) -> None:
    """Raise FileExistsError."""
    if os.path.lexists(target):
        raise FileExistsError(errno.EEXIST, os.strerror(errno.EEXIST))

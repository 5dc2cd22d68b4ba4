"""`python main.py backup FILE` and `python main.py restore FILE`."""
import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

import migrations
from errors import SetupError

_claims: dict[Path, int] = {}


def claim(database: Path) -> None:
    """Keep every other server, and `restore`, away from this file for as long as this process lives.

    Two servers would each tell only their own browsers of a message. Raises SetupError.
    """
    if database in _claims or not database.exists():
        return
    descriptor = os.open(database, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        os.close(descriptor)
        raise SetupError(f'A server is running with the database {database}: stop it first.') from None
    _claims[database] = descriptor


def backup(database: Path, target: Path) -> None:
    """Write a consistent copy, also of a database in use, and also while it is written to. Raises SetupError.

    `VACUUM INTO` reads one snapshot; SQLite's online backup would start over with every commit of another process.
    """
    if not database.is_file():
        raise SetupError(f'There is no database {database} to back up.')
    with _sentence(f'The backup {target} could not be written'):
        os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            with closing(sqlite3.connect(f'{database.as_uri()}?mode=ro', uri=True)) as connection:
                connection.execute('VACUUM INTO ?', [str(target)])
            migrations.sync(target)
        except BaseException:
            target.unlink()
            raise


def restore(database: Path, source: Path) -> Path | None:
    """Put a backup in the place of the database; return where the replaced one is kept, if there was one.

    The restored database gets a new epoch, so that pages that were open start afresh instead of mixing two histories.
    Raises SetupError, and has changed nothing then.
    """
    claim(database)
    with _sentence(f'The backup {source} could not be restored'):
        _check(source)
        fresh = database.with_name(f'{database.name}.restoring-{os.getpid()}')
        os.close(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
        try:
            _copy(source, fresh)
            kept = _set_aside(database)
            fresh.replace(database)
        finally:
            fresh.unlink(missing_ok=True)
        migrations.sync(database.parent)
    return kept


def _check(source: Path) -> None:
    if not source.is_file():
        raise SetupError(f'There is no backup {source}.')
    migrations.check(source)
    with closing(sqlite3.connect(f'{source.as_uri()}?mode=ro', uri=True)) as connection:
        is_whole = connection.execute('PRAGMA integrity_check').fetchone() == ('ok',)
        if not is_whole or connection.execute('PRAGMA foreign_key_check').fetchone():
            raise SetupError(f'The backup {source} is damaged: take another one.')


def _copy(source: Path, fresh: Path) -> None:
    with closing(sqlite3.connect(source)) as old, closing(sqlite3.connect(fresh)) as new:
        old.backup(new)
        if new.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            new.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", [secrets.token_hex(8)])
        new.commit()
    migrations.sync(fresh)


def _set_aside(database: Path) -> Path | None:
    """Keep the database under another name, too; its own stays taken, so that at no moment there is none."""
    if not database.exists():
        return None
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as connection:
        connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')  # what is left in its log belongs to it
        connection.execute('PRAGMA journal_mode = delete')
    kept = database.with_name(f'{database.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}')
    kept.hardlink_to(database)
    for ending in ('-wal', '-shm', '-journal'):  # of a file too damaged for SQLite; they must not meet the new one
        with suppress(FileNotFoundError):
            database.with_name(database.name + ending).rename(kept.with_name(kept.name + ending))
    return kept


@contextmanager
def _sentence(start: str) -> Iterator[None]:
    """Turn what the system or SQLite complains about into one sentence."""
    try:
        yield
    except (OSError, sqlite3.Error) as error:
        raise SetupError(f'{start}: {getattr(error, "strerror", None) or error}.') from None

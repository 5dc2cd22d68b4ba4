"""The commands `python main.py backup FILE` and `python main.py restore FILE`."""
import os
import secrets
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from database import files, migrations
from errors import SetupError


def backup(database: Path, target: Path) -> None:
    """Write a consistent copy, even while a server writes to the database. Raises SetupError.

    `VACUUM INTO` reads one snapshot; SQLite's online backup would start over with every commit of another process.
    """
    with files.sentence(f'The backup {target} could not be written'):
        if not database.is_file():
            raise SetupError(f'There is no database {database} to back up.')
        files.refuse_existing(target)
        running = f'{database.as_uri()}?mode=ro'
        with files.whole(target) as fresh, closing(sqlite3.connect(running, uri=True)) as connection:
            connection.execute('VACUUM INTO :file', {'file': str(fresh)})


def restore(database: Path, source: Path) -> Path | None:
    """Replace the database by a backup; return the path where the replaced one is kept, if there was one.

    The restored database gets a new epoch, so that open pages load messages afresh instead of mixing two histories.
    Raises SetupError; nothing is changed then.
    """
    existed = database.exists()
    files.claim(database)
    try:
        with files.sentence(f'The backup {source} could not be restored'):
            _check(source)
            with files.whole(database) as fresh:
                _copy(source, fresh)
                return _set_aside(database)
    except SetupError:
        if not existed:
            database.unlink()
        raise


def _check(source: Path) -> None:
    if not source.is_file():
        raise SetupError(f'There is no backup {source}.')
    migrations.check(source)
    with closing(sqlite3.connect(files.to_read(source), uri=True)) as connection:
        is_whole = connection.execute('PRAGMA integrity_check').fetchone() == ('ok',)
        is_whole = is_whole and not connection.execute('PRAGMA foreign_key_check').fetchone()
        if not is_whole or not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'users'").fetchone():
            raise SetupError(f'The backup {source} is damaged or empty: take another one.')


def _copy(source: Path, fresh: Path) -> None:
    with closing(sqlite3.connect(files.to_read(source), uri=True)) as old, closing(sqlite3.connect(fresh)) as new:
        old.backup(new)
        if new.execute("SELECT 1 FROM sqlite_master WHERE name = 'meta'").fetchone():
            new.execute("UPDATE meta SET value = :epoch WHERE key = 'epoch'", {'epoch': secrets.token_hex(8)})
        new.commit()


def _set_aside(database: Path) -> Path | None:
    """Give the database a second name by a hard link; its path stays in use, so that it never lacks a file."""
    if not files.has_content(database):
        return None
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as connection:
        connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')  # its log may still hold a part of its data
        connection.execute('PRAGMA journal_mode = delete')
    kept = database.with_name(f'{database.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}')
    kept.hardlink_to(database)
    for ending in files.COMPANIONS:  # left if SQLite can't read the file; the new one must not use them
        with suppress(FileNotFoundError):
            os.rename(f'{database}{ending}', f'{kept}{ending}')  # noqa: PTH104
    return kept

"""`python main.py backup FILE` and `python main.py restore FILE`."""
import os
import secrets
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

import files
import migrations
from errors import SetupError


def backup(database: Path, target: Path) -> None:
    """Write a consistent copy, also of a database in use, and also while it is written to. Raises SetupError.

    `VACUUM INTO` reads one snapshot; SQLite's online backup would start over with every commit of another process.
    """
    with files.sentence(f'The backup {target} could not be written'):
        if not database.is_file():
            raise SetupError(f'There is no database {database} to back up.')
        files.refuse_existing(target)
        running = f'{database.as_uri()}?mode=ro'
        with files.whole(target) as fresh, closing(sqlite3.connect(running, uri=True)) as connection:
            connection.execute('VACUUM INTO ?', [str(fresh)])


def restore(database: Path, source: Path) -> Path | None:
    """Put a backup in the place of the database; return where the replaced one is kept, if there was one.

    The restored database gets a new epoch, so that pages that were open start afresh instead of mixing two histories.
    Raises SetupError, and has changed nothing then.
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
            new.execute("UPDATE meta SET value = ? WHERE key = 'epoch'", [secrets.token_hex(8)])
        new.commit()


def _set_aside(database: Path) -> Path | None:
    """Keep the database under another name, too; its own stays taken, so that at no moment there is none."""
    if not files.has_content(database):
        return None
    with suppress(sqlite3.DatabaseError), closing(sqlite3.connect(database)) as connection:
        connection.execute('PRAGMA wal_checkpoint(TRUNCATE)')  # what is left in its log belongs to it
        connection.execute('PRAGMA journal_mode = delete')
    kept = database.with_name(f'{database.name}.replaced-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}')
    kept.hardlink_to(database)
    for ending in files.COMPANIONS:  # of a file too damaged for SQLite; they must not meet the new one
        with suppress(FileNotFoundError):
            os.rename(f'{database}{ending}', f'{kept}{ending}')  # noqa: PTH104
    return kept

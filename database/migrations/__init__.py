"""Upgrades a database file to the schema of this version, or raises SetupError with one sentence.

Each numbered module in this package is one step with a function `up(connection)`. `PRAGMA user_version` is the number
of the last step taken. It is in the file's header, so that a file of a newer version, or of another program, is
recognised without opening it (https://www.sqlite.org/fileformat.html, section 1.3).
"""
import importlib
import pkgutil
import sqlite3
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from database.files import has_content, to_read, whole
from errors import SetupError

APPLICATION_ID = 0x43686174  # 'Chat'
MAGIC = b'SQLite format 3\0'
HEADER_BYTES = 100

STEPS = sorted(name for _, name, _ in pkgutil.iter_modules(__path__) if name[0] == 'm')
LATEST = len(STEPS)


def prepare(path: Path) -> None:
    """Create or upgrade the database in a file that this process has claimed, and set its mode to 0600.

    A file is copied beside itself before it is upgraded. Raises SetupError; nothing is changed then.
    """
    try:
        _prepare(path)
    except OSError as error:
        raise SetupError(f"The database {path} can't be opened: {error.strerror or error}.") from None
    except sqlite3.Error as error:
        raise SetupError(f"The database {path} can't be used: {error}.{_advice(path)}") from None


def _advice(path: Path) -> str:
    """Return advice on a damaged database: how to restore the copy from before an upgrade, if there is one."""
    copies = sorted(path.parent.glob(f'{path.name}.v*Z'), key=lambda copy: copy.name.rpartition('-')[2])
    return f' If it is damaged, "python main.py restore {copies[-1]}" puts the newest copy back.' if copies else ''


def check(path: Path) -> int:
    """Return the version of a file of ours or of the original app. Raises SetupError for any other; changes nothing."""
    _check_header(path)
    return _version(path)


def _prepare(path: Path) -> None:
    if has_content(path):
        version = check(path)
        if version < LATEST:
            _upgrade(path, version)
    else:
        _migrate(path, 0)
    _check_usable(path)
    path.chmod(0o600)


def _check_header(path: Path) -> None:
    with path.open('rb') as file:
        header = file.read(HEADER_BYTES)
    if len(header) < HEADER_BYTES or not header.startswith(MAGIC):
        raise SetupError(f'{path} is no SQLite database: move it away, or set CHATROOM_DATABASE to another file.')
    version, application = (int.from_bytes(header[at:at + 4], 'big') for at in (60, 68))
    _check_version(path, version, application)


def _check_version(path: Path, version: int, application: int) -> None:
    if version and application != APPLICATION_ID:
        raise _foreign(path)
    if version > LATEST:
        raise SetupError(f'{path} was written by a newer version of Chatroom: start that version instead.')


def _foreign(path: Path) -> SetupError:
    return SetupError(f'{path} belongs to another program: set CHATROOM_DATABASE to another file.')


def _version(path: Path) -> int:
    """Read the version through SQLite, since after a crash the header may lag behind the write-ahead log."""
    with closing(sqlite3.connect(to_read(path), uri=True)) as connection:
        version: int = connection.execute('PRAGMA user_version').fetchone()[0]
        _check_version(path, version, connection.execute('PRAGMA application_id').fetchone()[0])
        tables = _tables(connection)
        columns = {row[1] for row in connection.execute('PRAGMA table_info(users)')}
    is_original = tables <= {'users'} and columns >= {'id', 'username', 'password'}
    if version == 0 and tables and not is_original:
        raise _foreign(path)
    return version


def _tables(connection: sqlite3.Connection) -> set[str]:
    return {name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
            if not name.startswith('sqlite_')}


def _upgrade(path: Path, version: int) -> None:
    copy = path.with_name(f'{path.name}.v{version}-{datetime.now(UTC):%Y%m%dT%H%M%S%fZ}')
    try:
        _migrate(path, version, copy)
    except BaseException as error:
        with suppress(SetupError, sqlite3.Error):
            if _version(path) == version:  # it was rolled back: the original is unchanged
                copy.unlink(missing_ok=True)
        if isinstance(error, Exception):
            raise SetupError(f'The database {path} could not be upgraded and is as it was: {error}.') from None
        raise


def _migrate(path: Path, version: int, copy: Path | None = None) -> None:
    """Run the missing steps in one transaction, which also keeps others from writing while the copy is made."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.text_factory = lambda text: text.decode(errors='replace')
        connection.execute('BEGIN IMMEDIATE')
        try:
            if copy and _tables(connection):
                _copy(path, copy)
            for name in STEPS[version:]:
                importlib.import_module(f'{__name__}.{name}').up(connection)
            connection.execute(f'PRAGMA user_version = {LATEST}')
            connection.execute(f'PRAGMA application_id = {APPLICATION_ID}')
            connection.execute('COMMIT')
        except BaseException:
            with suppress(sqlite3.Error):  # SQLite may have rolled back already, or have committed
                connection.execute('ROLLBACK')
            raise


def _copy(path: Path, copy: Path) -> None:
    with whole(copy, path) as fresh, closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(fresh)) as new:
        old.backup(new)


def _check_usable(path: Path) -> None:
    """Check that the file can be written and no table is damaged at its root; more would take too long at a start."""
    with closing(sqlite3.connect(path, isolation_level=None)) as connection:
        connection.execute('PRAGMA journal_mode = wal')  # done now, as it may wait for other connections
        connection.execute('BEGIN IMMEDIATE')
        for table in _tables(connection):
            connection.execute(f'SELECT * FROM "{table}" LIMIT 1').fetchone()  # noqa: S608
        connection.execute('ROLLBACK')

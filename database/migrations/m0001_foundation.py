"""Creates users, sessions, rooms, memberships, messages; imports the one table of the original Flask app."""
import secrets
import sqlite3
import unicodedata
from datetime import UTC, datetime

SCHEMA = '''
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL UNIQUE,
    password TEXT NOT NULL,
    name_key TEXT UNIQUE,
    taken_over INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
CREATE TABLE sessions (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    token_hash TEXT NOT NULL UNIQUE,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at TEXT NOT NULL,
    expires_at TEXT NOT NULL
);
CREATE INDEX sessions_user ON sessions (user);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE TABLE rooms (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL,
    revision INTEGER NOT NULL DEFAULT 0,
    created_at TEXT NOT NULL
);
CREATE TABLE memberships (
    room INTEGER NOT NULL REFERENCES rooms (id),
    user INTEGER NOT NULL REFERENCES users (id),
    last_read_id INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (room, user)
) WITHOUT ROWID;
CREATE INDEX memberships_user ON memberships (user);
CREATE TABLE messages (
    id INTEGER PRIMARY KEY,
    room INTEGER NOT NULL REFERENCES rooms (id),
    author INTEGER NOT NULL REFERENCES users (id),
    body TEXT NOT NULL,
    created_at TEXT NOT NULL,
    revision INTEGER NOT NULL,
    edited_at TEXT,
    deleted_at TEXT,
    client_id TEXT,
    UNIQUE (author, client_id)
);
CREATE INDEX messages_room_id ON messages (room, id);
CREATE UNIQUE INDEX messages_room_revision ON messages (room, revision);
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
'''


def up(connection: sqlite3.Connection) -> None:
    """Create the schema, and import the users of the original app, if there are any."""
    now = datetime.now(UTC).isoformat(timespec='milliseconds')
    originals = _set_aside(connection)
    for statement in SCHEMA.split(';'):
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('epoch', :epoch)", {'epoch': secrets.token_hex(8)})
    connection.execute("INSERT INTO rooms (id, name, created_at) VALUES (1, 'Lobby', :now)", {'now': now})
    keys: set[str] = set()
    ids: set[int | None] = set()
    for user_id, username, password in originals:
        name_key = None if _key(username) in keys else _key(username)
        connection.execute('INSERT OR IGNORE INTO users VALUES (:id, :username, :password, :name_key, 1, :now)',
                           {'id': None if user_id in ids else user_id, 'username': username, 'password': password,
                            'name_key': name_key, 'now': now})
        keys.add(_key(username))
        ids.add(user_id)
    connection.execute('INSERT INTO memberships (room, user) SELECT 1, id FROM users')


def _key(name: str) -> str:
    """Two names with the same key are one name, by the rule of that version: NFKC and case folding."""
    return unicodedata.normalize('NFKC', unicodedata.normalize('NFKC', name).casefold())


def _set_aside(connection: sqlite3.Connection) -> list[tuple[int | None, str, str]]:
    """Read the original users and remove their table.

    Rows that could never log in are not imported, and stay in the copy of the file only: a row without a name, and the
    second of two rows with exactly the same name.
    """
    if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'users'").fetchone():
        return []
    rows = connection.execute('SELECT id, username, password FROM users WHERE username IS NOT NULL '
                              'ORDER BY id IS NULL, id, rowid')
    users = [(user_id if isinstance(user_id, int) else None, _text(name), _text(password))
             for user_id, name, password in rows]
    connection.execute('DROP TABLE users')
    return users


def _text(value: str | bytes | int | None) -> str:
    """Decode a value: the original app stored hashes as text or as bytes."""
    return value.decode('utf-8', 'replace') if isinstance(value, bytes) else str(value or '')

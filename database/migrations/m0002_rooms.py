"""Adds open, closed and direct rooms, administrators and mentions."""
import sqlite3

SCHEMA = '''
ALTER TABLE users ADD COLUMN is_admin INTEGER NOT NULL DEFAULT 0;
ALTER TABLE rooms ADD COLUMN kind TEXT NOT NULL DEFAULT 'open';
ALTER TABLE rooms ADD COLUMN topic TEXT NOT NULL DEFAULT '';
ALTER TABLE rooms ADD COLUMN creator INTEGER REFERENCES users (id);
ALTER TABLE rooms ADD COLUMN archived_at TEXT;
ALTER TABLE rooms ADD COLUMN people TEXT;
CREATE UNIQUE INDEX rooms_people ON rooms (people);
ALTER TABLE memberships ADD COLUMN level TEXT NOT NULL DEFAULT 'all';
CREATE TABLE mentions (
    message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    room INTEGER NOT NULL REFERENCES rooms (id),
    PRIMARY KEY (message, user)
) WITHOUT ROWID;
CREATE INDEX mentions_user ON mentions (user, room, message);
UPDATE users SET is_admin = 1 WHERE id = (SELECT MIN(id) FROM users)
'''


def up(connection: sqlite3.Connection) -> None:
    """Make the Lobby an open room, and the user with the lowest id an administrator."""
    for statement in SCHEMA.split(';'):
        connection.execute(statement)

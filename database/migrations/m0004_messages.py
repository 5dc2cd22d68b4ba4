"""Adds replies, reactions, pins, saved messages, and the revision with which a repeated post is answered."""
import sqlite3

SCHEMA = '''
ALTER TABLE messages ADD COLUMN reply_to INTEGER REFERENCES messages (id);
ALTER TABLE messages ADD COLUMN posted_revision INTEGER;
UPDATE messages SET posted_revision = revision;
CREATE TABLE reactions (
    id INTEGER PRIMARY KEY,
    message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    emoji TEXT NOT NULL,
    UNIQUE (message, user, emoji)
);
CREATE TABLE pins (
    id INTEGER PRIMARY KEY,
    message INTEGER NOT NULL UNIQUE REFERENCES messages (id) ON DELETE CASCADE,
    room INTEGER NOT NULL REFERENCES rooms (id),
    user INTEGER NOT NULL REFERENCES users (id)
);
CREATE INDEX pins_room ON pins (room);
CREATE TABLE saves (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    message INTEGER NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    UNIQUE (user, message)
)
'''


def up(connection: sqlite3.Connection) -> None:
    """Set `posted_revision` to the current revision: no message has been changed so far."""
    for statement in SCHEMA.split(';'):
        connection.execute(statement)

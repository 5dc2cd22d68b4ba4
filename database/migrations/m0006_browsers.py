"""Adds the browsers that each user has logged in with, and a secret key (see accounts/decoys.py)."""
import secrets
import sqlite3

SCHEMA = '''
CREATE TABLE browsers (
    id INTEGER PRIMARY KEY,
    user INTEGER NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    token_hash TEXT NOT NULL,
    seen_at TEXT NOT NULL,
    UNIQUE (user, token_hash)
);
CREATE INDEX browsers_token_hash ON browsers (token_hash)
'''


def up(connection: sqlite3.Connection) -> None:
    """Create the table, which is empty so far, and the key."""
    for statement in SCHEMA.split(';'):
        connection.execute(statement)
    connection.execute("INSERT INTO meta VALUES ('secret', :secret)", {'secret': secrets.token_hex(32)})

"""Adds columns for system messages, which say what happened in a room."""
import sqlite3


def up(connection: sqlite3.Connection) -> None:
    """Add the kind, and whom it is about; what was written so far is no system message."""
    connection.execute('ALTER TABLE messages ADD COLUMN system TEXT')
    connection.execute('ALTER TABLE messages ADD COLUMN about INTEGER REFERENCES users (id)')

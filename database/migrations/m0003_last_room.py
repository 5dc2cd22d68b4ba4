"""Adds the room that each user opened last."""
import sqlite3


def up(connection: sqlite3.Connection) -> None:
    """Add the column; it is NULL for all users so far."""
    connection.execute('ALTER TABLE users ADD COLUMN last_room INTEGER REFERENCES rooms (id)')

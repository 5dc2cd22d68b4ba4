"""The room that somebody looked at last."""
import sqlite3


def up(connection: sqlite3.Connection) -> None:
    """Nobody knows of any so far."""
    connection.execute('ALTER TABLE users ADD COLUMN last_room INTEGER REFERENCES rooms (id)')

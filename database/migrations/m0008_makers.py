"""Adds indexes of rooms by creator, and by kind."""
import sqlite3


def up(connection: sqlite3.Connection) -> None:
    """Add them: each new room counts its creator's rooms, and each new user joins all open rooms."""
    connection.execute('CREATE INDEX rooms_creator ON rooms (creator)')
    connection.execute('CREATE INDEX rooms_kind ON rooms (kind)')

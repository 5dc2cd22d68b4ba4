"""Adds a column for the rooms that somebody put on top of their sidebar, and in which order."""
import sqlite3


def up(connection: sqlite3.Connection) -> None:
    """Add the place among the favourites of the member; NULL: the room is none of them, as all that were so far."""
    connection.execute('ALTER TABLE memberships ADD COLUMN favourite INTEGER')

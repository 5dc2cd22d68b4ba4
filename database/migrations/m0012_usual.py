"""Adds an index of reactions by user: with which emoji somebody reacts most."""
import sqlite3


def up(connection: sqlite3.Connection) -> None:
    """Add it, with the emoji in it, so that they are counted without a look at the table."""
    connection.execute('CREATE INDEX reactions_user_emoji ON reactions (user, emoji)')

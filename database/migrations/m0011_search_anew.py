"""Has the search index made anew, so that words are also found in the other forms that people look for.

What the tokens of a text are is no part of the schema. The server makes the index when it starts, by the version that
it has of these rules, and tells how far it is; if it is stopped meanwhile, the next start does that.
"""
import sqlite3


def up(connection: sqlite3.Connection) -> None:
    """Record that the tokens in the index have no version of today."""
    connection.execute("UPDATE meta SET value = 'before 11' WHERE key = 'search'")

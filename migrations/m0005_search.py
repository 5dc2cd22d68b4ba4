"""What is found by search."""
import sqlite3

from chat import index


def up(connection: sqlite3.Connection) -> None:
    """The tokens of all messages so far; as they need no splitting, the tokenizer only looks for the spaces."""
    tokenizer = f"ascii tokenchars '{index.ASCII_SYMBOLS}'"
    connection.execute(f'CREATE VIRTUAL TABLE search USING fts5(tokens, content="", tokenize="{tokenizer}")')
    index.fill(connection)

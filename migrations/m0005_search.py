"""What is found by search."""
import sqlite3

from chat import index


def up(connection: sqlite3.Connection) -> None:
    """The tokens of all messages so far; as they need no splitting, the tokenizer only looks for the spaces."""
    tokenizer = f"ascii tokenchars '{index.ASCII_SYMBOLS}'"
    prefix = ' '.join(map(str, index.BEGINNINGS))
    connection.execute('CREATE VIRTUAL TABLE search '
                       f'USING fts5(tokens, content="", prefix="{prefix}", tokenize="{tokenizer}")')
    connection.execute('CREATE VIRTUAL TABLE search_words USING fts5vocab(search, instance)')
    index.fill(connection)

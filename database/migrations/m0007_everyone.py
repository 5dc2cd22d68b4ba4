"""Adds a column for messages that mention everyone."""
import re
import sqlite3
import unicodedata

NAMING = "SELECT id, body FROM messages WHERE body LIKE '%@%' AND id IN (SELECT message FROM mentions)"
NOT_READ = re.compile(r'''
    ^[ ]{0,3}(?P<fence>`{3,}|~{3,})[^\n]*(?:\n.*?)??(?:\n[ ]{0,3}(?P=fence)[`~]*[ \t]*$|\Z)  # a block of code
    | (?<!`)(?P<ticks>`+)(?!`)(?:(?!\n[ \t]*\n|\n[ ]{0,3}(?:```|~~~)).)*?(?<!`)(?P=ticks)(?!`)  # code in a paragraph
    | \b\w+://\S+  # an address
    ''', re.DOTALL | re.MULTILINE | re.VERBOSE)
NAMED = re.compile(r'(?<![\w@./-])@([\w.-]+)(.?)')
EVERYONE = 'everyone'


def up(connection: sqlite3.Connection) -> None:
    """Add the column, and set it by the texts of messages, as that version parsed them."""
    connection.execute('ALTER TABLE messages ADD COLUMN calls_everyone INTEGER NOT NULL DEFAULT 0')
    found = [{'id': number} for number, body in connection.execute(NAMING) if _calls_everyone(body)]
    connection.executemany('UPDATE messages SET calls_everyone = 1 WHERE id = :id', found)


def _calls_everyone(body: str) -> bool:
    text = NOT_READ.sub(' ', body.replace('\r\n', '\n').replace('\r', '\n'))
    return any(unicodedata.normalize('NFKC', match[1].rstrip('.-_')).casefold() == EVERYONE
               for match in NAMED.finditer(text) if not _is_mark(match[2]))


def _is_mark(following: str) -> bool:
    """Whether a combining mark follows, which makes another letter of the one before."""
    return bool(following) and unicodedata.category(following)[0] == 'M'

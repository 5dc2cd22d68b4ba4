"""The search index holds the tokens of each message that is not deleted, and nothing of its text.

It is changed in the transactions that change messages. FTS5 removes a message by a note beside its tokens, which stay
in the file until both are merged (https://www.sqlite.org/fts5.html, sections 6.8 and 6.10). That is done a while later
in small steps, or when the server stops.
"""
import asyncio
import re
import sqlite3
import time
from contextlib import closing, suppress
from pathlib import Path

import database
from database import Written, db
from errors import Refused, SetupError

from . import words

ASCII_SYMBOLS = '#@$+<=>^|'
SCOPE = '\ue000'
'''For private use, and never in a word of a text: with it begin the tokens that say where a message belongs.'''
HAS_LINK = f'{SCOPE}l'
LINK = re.compile(r'https?://[^\s/]', re.IGNORECASE)
VERSION = f'1 {words.VERSION}'
'''Of the tokens. They are removed by naming them again, so the index is made anew before another version uses it.'''
BEGINNINGS = (1, 2, 3)
'''Letters of beginnings that have an index of their own. For others FTS5 merges all places of all their words first,
which took 35 ms for a word of 1,000,000 messages.'''
MOST_WORDS = 64
'''With the same beginning, that are looked for one by one.'''
NEXT_WORD = 'SELECT term FROM search_words WHERE term >= ? LIMIT 1'
LEAST = '\x01'
'''No token has so low a character: with it a word is followed by what comes after the word.'''
QUIET_SECONDS = 30.0
BUSY_SHARE = 0.05
'''Of the time at the most is spent on merging, however large the index is.'''
STEP_PAGES = 32
'''Of 4 KB; some milliseconds.'''
STEP_PAUSE = 0.02
ADD = 'INSERT INTO search (rowid, tokens) VALUES (?, ?)'
REMOVE = "INSERT INTO search (search, rowid, tokens) VALUES ('delete', ?, ?)"
COUNT_REMOVED = '''
    INSERT INTO meta VALUES ('search_removed', '1'), ('removed', '1')
    ON CONFLICT (key) DO UPDATE SET value = CAST(value + 1 AS TEXT)'''
'''Until it is merged, and until the file is written anew.'''
REMOVED = "SELECT value FROM meta WHERE key = 'search_removed'"
ALL_GONE = "DELETE FROM meta WHERE key = 'search_removed' AND value = ?"
LEFT_BEHIND = "SELECT 1 FROM meta WHERE key = 'removed'"
ALL_NEW = "DELETE FROM meta WHERE key = 'removed'"
FIRST_AND_LAST = '''
    SELECT (SELECT MIN(id) FROM search_docsize) IS (SELECT MIN(id) FROM messages WHERE deleted_at IS NULL)
       AND (SELECT MAX(id) FROM search_docsize) IS (SELECT MAX(id) FROM messages WHERE deleted_at IS NULL)'''
'''Whether the index begins and ends with the same messages.'''
OPTIMIZE = "INSERT INTO search (search) VALUES ('optimize')"
MERGE = "INSERT INTO search (search, rank) VALUES ('merge', ?)"

_tidying: set[asyncio.Task[None]] = set()


def start() -> None:
    """Keep the index free of what was removed."""
    _tidying.add(asyncio.get_running_loop().create_task(_tidy_regularly()))


async def stop() -> None:
    """Let nothing that was removed stay behind."""
    for task in _tidying:
        task.cancel()
    _tidying.clear()
    with suppress(Refused):
        await database.write(_optimize)
        if await database.read(lambda: db.execute_sql(LEFT_BEHIND).fetchone()):
            await database.vacuum()
            await database.write(lambda: Written(db.execute_sql(ALL_NEW)))


def add(message_id: int, room_id: int, author_id: int, body: str) -> None:
    """A message that was stored; inside an operation."""
    row = (message_id, _tokens(room_id, author_id, body))
    database.at_end(lambda: db.execute_sql(ADD, row))


def remove(message_id: int, room_id: int, author_id: int, body: str) -> None:
    """A message before it is changed or deleted, with the text that it had; inside an operation."""
    row = (message_id, _tokens(room_id, author_id, body))
    database.at_end(lambda: db.execute_sql(REMOVE, row))
    db.execute_sql(COUNT_REMOVED)


def room(room_id: int) -> str:
    """What the messages of a room have in common."""
    return f'{SCOPE}r{room_id}'


def author(user_id: int) -> str:
    """What somebody's messages have in common."""
    return f'{SCOPE}a{user_id}'


def words_with(beginning: str) -> list[str] | None:
    """All words of messages that begin so; None where asking for the beginning is better; inside a query.

    Each is found by a search of its own, since the table of words would count all places of a word to get to the next.
    """
    if len(beginning) in BEGINNINGS:
        return None
    found: list[str] = []
    row = db.execute_sql(NEXT_WORD, (beginning,)).fetchone()
    while row and row[0].startswith(beginning):
        found.append(row[0])
        if len(found) > MOST_WORDS:
            return None
        row = db.execute_sql(NEXT_WORD, (row[0] + LEAST,)).fetchone()
    return found


def _tokens(room_id: int, author_id: int, body: str) -> str:
    links = [HAS_LINK] if LINK.search(body) else []
    return ' '.join([room(room_id), author(author_id), *links, *words.split(body)])


def prepare(path: Path) -> None:
    """Make the index of a prepared database anew if its tokens are of another version, or not of these messages.

    Somebody may have put messages into the file, or out of it, without us. Raises SetupError.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            version = connection.execute("SELECT value FROM meta WHERE key = 'search'").fetchone()
            if version == (VERSION,) and connection.execute(FIRST_AND_LAST).fetchone()[0]:
                return
            connection.execute('PRAGMA secure_delete = 1')
            connection.execute('BEGIN IMMEDIATE')
            connection.execute("INSERT INTO search (search) VALUES ('delete-all')")
            fill(connection)
            connection.execute('COMMIT')
    except sqlite3.Error as error:
        raise SetupError(f"The search index in {path} can't be made anew: {error}.") from None


def fill(connection: sqlite3.Connection) -> None:
    """Add all messages to an empty index, inside a transaction; as one segment, which is the fastest to search."""
    found = connection.execute('SELECT id, room, author, body FROM messages WHERE deleted_at IS NULL')
    connection.executemany(ADD, ((row[0], _tokens(*row[1:])) for row in found))
    connection.execute(OPTIMIZE)
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('search', ?)", [VERSION])


async def _tidy_regularly() -> None:
    pause = QUIET_SECONDS
    while True:
        await asyncio.sleep(pause)
        started = time.monotonic()
        with suppress(Refused):
            await tidy()
        pause = max(QUIET_SECONDS, (time.monotonic() - started) / BUSY_SHARE)


async def tidy() -> None:
    """Merge what was removed with the notes of it, in steps of which each is an operation, so that nobody waits long.

    A first step with a negative number takes in all there is, and the others go on with it.
    """
    removed = await database.read(_removed)
    if removed is None:
        return
    is_more = await database.write(lambda: _merge(-STEP_PAGES))
    while is_more:
        await asyncio.sleep(STEP_PAUSE)
        is_more = await database.write(lambda: _merge(STEP_PAGES))
    await database.write(lambda: Written(db.execute_sql(ALL_GONE, (removed,))))
    await database.empty_log()


def _removed() -> str | None:
    """A number that each removal changes; None if all of them are done with."""
    found = db.execute_sql(REMOVED).fetchone()
    return found[0] if found else None


def _merge(pages: int) -> Written[bool]:
    """Whether there was something to do, which SQLite tells by the number of its changes."""
    before = db.connection().total_changes
    db.execute_sql(MERGE, (pages,))
    return Written(db.connection().total_changes - before >= 2)


def _optimize() -> Written[None]:
    removed = _removed()
    if removed is not None:
        db.execute_sql(OPTIMIZE)
        db.execute_sql(ALL_GONE, (removed,))
    return Written(None)

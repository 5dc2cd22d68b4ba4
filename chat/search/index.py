"""The search index (FTS5) holds the tokens of each message that somebody wrote and nobody deleted, but not its text.

It is changed in the transactions that change messages. FTS5 removes a message by adding a deletion marker; the tokens
stay in the file until both are merged (https://www.sqlite.org/fts5.html, sections 6.8 and 6.10). They are merged later
in small steps, or when the server stops.
"""
import asyncio
import re
import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import TypeVar

import emoji

import database
from database import Written, db
from errors import Refused, SetupError
from models import Fact

from . import forms, words

ASCII_SYMBOLS = '#@$+<=>^|'
SCOPE = '\ue000'
'''A private-use character, never part of a word: the tokens for a message's room, author and links begin with it.'''
HAS_LINK = f'{SCOPE}l'
LINK = re.compile(r'https?://[^\s/]', re.IGNORECASE)
VERSION = f'1 {words.VERSION} {emoji.__version__}'
'''Version of the tokens, in which shortcodes are emoji. FTS5 removes a message by its tokens, so the index is rebuilt
before another one uses it.'''
BEGINNINGS = (1, 2, 3)
'''Lengths of prefixes that have an index of their own. For others FTS5 first merges all positions of all their words,
which took 35 ms for a word of 1,000,000 messages.'''
MOST_WORDS = 64
'''Maximum words with the same prefix that are searched for one by one.'''
NEXT_WORD = 'SELECT term FROM search_words WHERE term >= :least LIMIT 1'
LEAST = '\x01'
'''A character lower than any in a token: appended to a word, it gives the lower bound of the next word.'''
QUIET_SECONDS = 30.0
BUSY_SHARE = 0.05
'''Maximum share of the time that is spent on merging, however large the index is.'''
STEP_PAGES = 32
'''Pages of 4 KB that one step merges, which takes some milliseconds.'''
STEP_PAUSE = 0.02
ADD = 'INSERT INTO search (rowid, tokens) VALUES (:id, :tokens)'
REMOVE = "INSERT INTO search (search, rowid, tokens) VALUES ('delete', :id, :tokens)"
COUNT_REMOVED = '''
    INSERT INTO meta VALUES ('search_removed', '1'), ('removed', '1')
    ON CONFLICT (key) DO UPDATE SET value = CAST(CAST(meta.value AS INTEGER) + 1 AS TEXT)'''
'''Counts a removal in two facts: one is kept until the index is merged, the other until the file is rewritten.'''
INDEXED = 'FROM messages WHERE deleted_at IS NULL AND system IS NULL'
FIRST_AND_LAST = f'''
    SELECT (SELECT MIN(id) FROM search_docsize) IS (SELECT MIN(id) {INDEXED})
       AND (SELECT MAX(id) FROM search_docsize) IS (SELECT MAX(id) {INDEXED})'''  # noqa: S608
'''Whether the lowest and the highest id in the index are those of the messages.'''
OPTIMIZE = "INSERT INTO search (search) VALUES ('optimize')"
MERGE = "INSERT INTO search (search, rank) VALUES ('merge', :pages)"

TELL_SECONDS = 2.0
LONG = 50_000
'''Messages whose index is put together, after all are in it, for seconds.'''

T = TypeVar('T')

_tidying: set[asyncio.Task[None]] = set()


def start() -> None:
    """Start the background task that merges away removed tokens."""
    _tidying.add(asyncio.get_running_loop().create_task(_tidy_regularly()))


async def stop() -> None:
    """Stop that task and merge the index; then rewrite the file, if anything was removed since that was last done."""
    for task in _tidying:
        task.cancel()
    _tidying.clear()
    with suppress(Refused):
        await database.write(_optimize)
        if await database.read(lambda: Fact.get_or_none(Fact.key == 'removed')):
            await database.vacuum()
            await database.write(lambda: Written(Fact.delete().where(Fact.key == 'removed').execute()))


def add(message_id: int, room_id: int, author_id: int, body: str) -> None:
    """Add a stored message to the index; runs in a write operation."""
    row = {'id': message_id, 'tokens': _tokens(room_id, author_id, body)}
    database.at_end(lambda: db.execute_sql(ADD, row))


def remove(message_id: int, room_id: int, author_id: int, body: str) -> None:
    """Remove a message that will be changed or deleted, by its old text (`body`); runs in a write operation."""
    row = {'id': message_id, 'tokens': _tokens(room_id, author_id, body)}
    database.at_end(lambda: db.execute_sql(REMOVE, row))
    db.execute_sql(COUNT_REMOVED)


def room(room_id: int) -> str:
    """The token that all messages of a room have."""
    return f'{SCOPE}r{room_id}'


def author(user_id: int) -> str:
    """The token that all messages of an author have."""
    return f'{SCOPE}a{user_id}'


def words_with(beginning: str) -> list[str] | None:
    """All indexed words with this prefix; None if searching for the prefix is better. Runs in a database thread.

    Each word is found by a query of its own, since the table of words reads all positions of a word to reach the next.
    """
    if len(beginning) in BEGINNINGS:
        return None
    found: list[str] = []
    row = db.execute_sql(NEXT_WORD, {'least': beginning}).fetchone()
    while row and row[0].startswith(beginning):
        found.append(row[0])
        if len(found) > MOST_WORDS:
            return None
        row = db.execute_sql(NEXT_WORD, {'least': row[0] + LEAST}).fetchone()
    return found


def _tokens(room_id: int, author_id: int, body: str) -> str:
    """The tokens of a message. Other forms of its words come first, apart from the text, for phrases are looked for."""
    links = [HAS_LINK] if LINK.search(body) else []
    written = words.split(body)
    return ' '.join([*_others(body, written), room(room_id), author(author_id), *links, *written])


def _others(body: str, written: Iterable[str]) -> Iterator[str]:
    """The tokens of other forms of words, each form once, and those of one word only if it is not in the text."""
    known: set[str] = set()
    for form in forms.forms(body):
        known = known or set(written)
        tokens = ' '.join(word.token for word in form)
        if tokens not in known:
            known.add(tokens)
            yield tokens


def prepare(path: Path, tell: Callable[[str], None] = lambda _: None) -> None:
    """Rebuild the index of a prepared database if its tokens have another version or belong to other messages.

    Another program may have added messages to the file, or removed some. `tell` is told how far it is. Raises
    SetupError.
    """
    try:
        with closing(sqlite3.connect(path, isolation_level=None)) as connection:
            version = connection.execute("SELECT value FROM meta WHERE key = 'search'").fetchone()
            if version == (VERSION,) and connection.execute(FIRST_AND_LAST).fetchone()[0]:
                return
            connection.execute('PRAGMA secure_delete = 1')
            connection.execute('BEGIN IMMEDIATE')
            connection.execute("INSERT INTO search (search) VALUES ('delete-all')")
            fill(connection, tell)
            connection.execute('COMMIT')
    except sqlite3.Error as error:
        raise SetupError(f"The search index in {path} can't be made anew: {error}.") from None


def fill(connection: sqlite3.Connection, tell: Callable[[str], None] = lambda _: None) -> None:
    """Add all messages to an empty index, in a transaction of the caller; as one segment, the fastest to search."""
    total = connection.execute(f'SELECT COUNT(*) {INDEXED}').fetchone()[0]
    if total:
        tell(f'The search index is made anew, for {_messages(total)}.')
    found = connection.execute(f'SELECT id, room, author, body {INDEXED}')
    rows = ({'id': row[0], 'tokens': _tokens(*row[1:])} for row in found)
    connection.executemany(ADD, _followed(rows, total, tell))
    if total >= LONG:
        tell('The search index: putting it together.')
    connection.execute(OPTIMIZE)
    connection.execute("INSERT OR REPLACE INTO meta VALUES ('search', :version)", {'version': VERSION})
    if total:
        tell('The search index is ready.')


def _messages(number: int) -> str:
    return f'{number:,} messages' if number > 1 else '1 message'


def _followed(rows: Iterable[T], total: int, tell: Callable[[str], None]) -> Iterator[T]:
    """These rows; meanwhile it is told, every TELL_SECONDS, how many of them have passed."""
    told = time.monotonic()
    for number, row in enumerate(rows):
        if time.monotonic() - told >= TELL_SECONDS:
            told = time.monotonic()
            tell(f'The search index: {number:,} of {_messages(total)} ({100 * number // total} %).')
        yield row


async def _tidy_regularly() -> None:
    pause = QUIET_SECONDS
    while True:
        await asyncio.sleep(pause)
        started = time.monotonic()
        with suppress(Refused):
            await tidy()
        pause = max(QUIET_SECONDS, (time.monotonic() - started) / BUSY_SHARE)


async def tidy() -> None:
    """Merge removed tokens with their deletion markers, each step a write operation, so that no other write waits long.

    The first step has a negative number, which makes FTS5 start on all segments; the other steps continue that merge.
    """
    removed = await database.read(_removed)
    if removed is None:
        return
    is_more = await database.write(lambda: _merge(-STEP_PAGES))
    while is_more:
        await asyncio.sleep(STEP_PAUSE)
        is_more = await database.write(lambda: _merge(STEP_PAGES))
    await database.write(lambda: _all_gone(removed))
    await database.empty_log()


def _removed() -> str | None:
    """A number that each removal changes; None if everything removed is merged."""
    found = Fact.get_or_none(Fact.key == 'search_removed')
    return found.value if found else None


def _all_gone(removed: str) -> Written[None]:
    """Record that everything removed is merged, unless more was removed meanwhile."""
    Fact.delete().where(Fact.key == 'search_removed', Fact.value == removed).execute()
    return Written(None)


def _merge(pages: int) -> Written[bool]:
    """Do one step; returns whether it merged anything, which SQLite tells by the number of its changes."""
    before = db.connection().total_changes
    db.execute_sql(MERGE, {'pages': pages})
    return Written(db.connection().total_changes - before >= 2)


def _optimize() -> Written[None]:
    removed = _removed()
    if removed is not None:
        db.execute_sql(OPTIMIZE)
        _all_gone(removed)
    return Written(None)

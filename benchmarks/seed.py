"""Writes a database with many messages, to search in and to look at: always the same one."""
import random
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import bcrypt

from chat.search import index
from database import migrations
from names import key
from tests.running import PASSWORD

MESSAGES, PEOPLE, ROOMS = 100_000, 50, 20
GUEST = 'guest'
'''The user who is in the Lobby only.'''
FIRST = datetime(2025, 11, 1, tzinfo=UTC)
APART = timedelta(minutes=3)
SELDOM = ('xenolith', 'quokka', 'syzygy', 'zugzwang', 'kumquat')
'''Rare words; each is in TIMES messages.'''
TIMES = 100
COMMON = '''the to and is a of in it for we that on this with be can you have not i are at but if will as just so from
do was or has there what all about when my me they one now like get up new out no our should an also some then how see
release build server message room test deploy review branch merge issue meeting plan today tomorrow please thanks look
works need think know good time people make still already fixed problem change update version page search'''.split()
SYLLABLES = ('ka re ti mo ne lu sa vi do ran pel ter min gor sh eln ist ado qui bra ven tol u ex con pro dis ing er '
             'ment al ous ive able').split()
PHRASES = [
    '東京で会議をします', '今日はありがとうございます', '我们明天发布新版本', '这个问题已经解决了', 'สวัสดีครับ วันนี้ประชุม',
    '안녕하세요 회의 시간',
]
EMOJI = ['🎉', '👍', '😀', '🚀', '❤️', '👨‍👩‍👧', '👍🏽']
PICK = random.Random(6)  # noqa: S311


def write(path: Path) -> None:
    """Write the database: all users have the password of the tests, and all but GUEST are in all rooms."""
    migrations.prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        created_at = FIRST.isoformat(timespec='milliseconds')
        password = bcrypt.hashpw(PASSWORD.encode(), bcrypt.gensalt(10)).decode()
        people = [*(f'person{i}' for i in range(PEOPLE)), GUEST]
        connection.executemany('INSERT INTO users (username, password, name_key, created_at) VALUES (?, ?, ?, ?)',
                               [(name, password, key(name), created_at) for name in people])
        connection.executemany('INSERT INTO rooms (name, creator, created_at) VALUES (?, 1, ?)',
                               [(f'Room {i}', created_at) for i in range(1, ROOMS)])
        connection.execute('INSERT INTO memberships (room, user) SELECT rooms.id, users.id FROM rooms, users '
                           'WHERE rooms.id = 1 OR username <> ?', [GUEST])
        connection.executemany('INSERT INTO messages (room, author, body, created_at, revision, reply_to) '
                               'VALUES (?, ?, ?, ?, ?, ?)', _messages())
        connection.execute('UPDATE rooms SET revision = (SELECT COUNT(*) FROM messages WHERE room = rooms.id)')
        connection.execute('UPDATE memberships SET last_read_id = ?', [MESSAGES])
        index.fill(connection)
        connection.commit()


def _messages() -> Iterator[tuple[int, int, str, str, int, int | None]]:
    PICK.seed(6)
    vocabulary = _vocabulary()
    weights = list(accumulate(1 / (rank + 2.7) for rank in range(len(vocabulary))))  # the Zipf-Mandelbrot law
    seldom = dict(zip(PICK.sample(range(1, MESSAGES), TIMES * len(SELDOM)), SELDOM * TIMES, strict=True))
    counts, latest = [0] * (ROOMS + 1), [0] * (ROOMS + 1)
    for number in range(1, MESSAGES + 1):
        room = PICK.randint(1, ROOMS)
        counts[room] += 1
        words = PICK.choices(vocabulary, cum_weights=weights, k=1 + min(int(PICK.lognormvariate(2.3, 0.8)), 200))
        if number in seldom:
            words.insert(PICK.randrange(len(words)), seldom[number])
        reply_to = latest[room] if latest[room] and PICK.random() < 0.1 else None
        yield (room, PICK.randint(1, PEOPLE), ' '.join(words) + _ending(number),
               (FIRST + number * APART).isoformat(timespec='milliseconds'), counts[room], reply_to)
        latest[room] = number


def _vocabulary() -> list[str]:
    """Return the common words first, and then invented ones of growing length."""
    rare = {''.join(PICK.choices(SYLLABLES, k=2 + i // 10_000)) for i in range(30_000)}
    return [*COMMON, *sorted(rare.difference(COMMON), key=lambda word: (len(word), word))]


def _ending(number: int) -> str:
    chance = PICK.random()
    if chance < 0.02:
        return f' https://example.org/{number}?page={PICK.randrange(100)}'
    if chance < 0.05:
        return f' {PICK.choice(PHRASES)}'
    return f' {PICK.choice(EMOJI)}' if chance < 0.1 else ''

"""Taking over the database of the original Flask app."""
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import bcrypt
import pytest

from chat import calls
from chat.search import index
from chat.text import markdown
from database import migrations
from errors import SetupError
from names import key
from tests.database.versions import prepare_as_of

CLASSIC = 'CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, username TEXT UNIQUE NOT NULL, password TEXT NOT NULL)'
LOOSE = 'CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, password TEXT)'
BLOBS = 'CREATE TABLE users (id INTEGER PRIMARY KEY AUTOINCREMENT, username VARCHAR(80) UNIQUE, password BLOB)'


def hashed(password):
    return bcrypt.hashpw(password.encode()[:72], bcrypt.gensalt(4))


def original(path, schema, users):
    connection = sqlite3.connect(path)
    connection.execute(schema)
    connection.executemany('INSERT INTO users (username, password) VALUES (?, ?)', users)
    connection.commit()
    connection.close()


@pytest.mark.parametrize('schema', [CLASSIC, LOOSE, BLOBS])
@pytest.mark.parametrize('as_text', [True, False])
def test_old_users_log_in_with_their_old_passwords(make_server, tmp_path, schema, as_text):
    passwords = {'ann': 'secret', 'Ann': 'other secret', 'bob smith!': 'x', 'x' * 100: 'long name', 'everyone': 'reserved',
                 'long': 'p' * 100, 'zoë 🎉': 'ünïcödé'}
    store = (lambda value: value.decode()) if as_text else (lambda value: value)
    original(tmp_path / 'chatroom.db', schema, [(name, store(hashed(word))) for name, word in passwords.items()])
    old = (tmp_path / 'chatroom.db').read_bytes()
    with make_server() as server:
        for name, word in passwords.items():
            assert server.post('/login', name, word).status_code == 303, name
            assert server.post('/login', name, word + '!').status_code == (303 if len(word) > 72 else 401), name
        assert server.post('/login', 'ANN', 'secret').status_code == 303, 'the first of the two has the folded name'
        assert server.post('/register', 'aNN').status_code == 409
        server.cookie('new', 'ne' * 36)
        assert server.post('/login', 'new', 'ne' * 36 + 'x').status_code == 401, 'nothing is cut for new accounts'
    connection = sqlite3.connect(tmp_path / 'chatroom.db')
    rows = connection.execute('SELECT id, username, password FROM users ORDER BY id').fetchall()
    connection.close()
    assert [row[:2] for row in rows] == list(enumerate([*passwords, 'new'], 1))
    assert all(isinstance(row[2], str) and row[2].startswith('$2b$') for row in rows)
    (copy,) = tmp_path.glob('chatroom.db.v0-*')
    assert stat.S_IMODE(copy.stat().st_mode) == stat.S_IMODE((tmp_path / 'chatroom.db').stat().st_mode) == 0o600
    assert sqlite_users(copy) == [(i, name) for i, name in enumerate(passwords, 1)]
    assert len(copy.read_bytes()) == len(old)


def sqlite_users(path):
    connection = sqlite3.connect(path)
    users = connection.execute('SELECT id, username FROM users ORDER BY id').fetchall()
    connection.close()
    return users


@pytest.mark.parametrize('schema', [LOOSE, 'CREATE TABLE users (id INT, username TEXT, password TEXT)'])
def test_rows_without_a_name_or_password_stop_nobody(make_server, tmp_path, schema):
    original(tmp_path / 'chatroom.db', schema, [(None, 'x'), ('nobody', None), ('odd', 'not a hash'), ('ann', hashed('secret'))])
    with make_server() as server:
        assert server.post('/login', 'ann', 'secret').status_code == 303
        for name, password in (('nobody', ''), ('odd', 'not a hash'), ('', ''), ('None', 'x')):
            assert server.post('/login', name, password).status_code == 401


def test_an_original_that_was_analysed_is_taken_over(make_server, tmp_path):
    original(tmp_path / 'chatroom.db', CLASSIC, [('ann', hashed('secret'))])
    connection = sqlite3.connect(tmp_path / 'chatroom.db')
    connection.execute('ANALYZE')
    connection.close()
    with make_server() as server:
        assert server.post('/login', 'ann', 'secret').status_code == 303


def test_odd_rows_keep_nobody_out(make_server, tmp_path):
    """Two rows with one id, and a name that is no UTF-8."""
    connection = sqlite3.connect(tmp_path / 'chatroom.db')
    connection.execute('CREATE TABLE users (id INTEGER, username TEXT, password TEXT)')
    connection.executemany('INSERT INTO users VALUES (?, ?, ?)', [(1, 'ann', hashed('secret')), (1, 'bob', hashed('word'))])
    connection.execute("INSERT INTO users VALUES (3, CAST(x'ff41' AS TEXT), 'x')")
    connection.commit()
    connection.close()
    with make_server() as server:
        assert server.post('/login', 'ann', 'secret').status_code == 303
        assert server.post('/login', 'bob', 'word').status_code == 303


def test_a_database_in_use_by_another_program_is_left_alone(tmp_path, monkeypatch):
    path = tmp_path / 'chatroom.db'
    original(path, CLASSIC, [('ann', hashed('secret'))])
    other = sqlite3.connect(path, isolation_level=None)
    other.execute('BEGIN IMMEDIATE')
    connect = sqlite3.connect
    monkeypatch.setattr(migrations.sqlite3, 'connect', lambda *args, **options: connect(*args, **{'timeout': 0.1, **options}))
    with pytest.raises(SetupError, match='locked'):
        migrations.prepare(path)
    other.close()
    assert [p.name for p in tmp_path.iterdir()] == ['chatroom.db']


def test_an_empty_original_is_taken_over(make_server, tmp_path):
    original(tmp_path / 'chatroom.db', CLASSIC, [])
    with make_server() as server:
        server.cookie('ann')


def test_a_log_that_the_original_left_behind_is_not_lost(make_server, tmp_path):
    """The original's last writes may still be in its write-ahead log."""
    connection = sqlite3.connect(tmp_path / 'original.db')
    connection.execute('PRAGMA journal_mode = wal')
    connection.execute(CLASSIC)
    connection.execute('INSERT INTO users (username, password) VALUES (?, ?)', ['ann', hashed('secret').decode()])
    connection.commit()
    for ending in ('', '-wal'):
        (tmp_path / f'chatroom.db{ending}').write_bytes((tmp_path / f'original.db{ending}').read_bytes())
    connection.close()
    with make_server() as server:
        assert server.post('/login', 'ann', 'secret').status_code == 303


def test_the_schema_is_what_was_promised(tmp_path):
    path = tmp_path / 'chatroom.db'
    migrations.prepare(path)
    connection = sqlite3.connect(path)
    users = connection.execute("SELECT sql FROM sqlite_master WHERE name = 'users'").fetchone()[0]
    indexes = {tuple(row[2] for row in connection.execute(f'PRAGMA index_info({name})'))
               for (_, name, *_) in connection.execute('PRAGMA index_list(messages)')}
    version = connection.execute('PRAGMA user_version').fetchone()[0]
    connection.close()
    assert 'id INTEGER PRIMARY KEY AUTOINCREMENT' in users
    assert indexes >= {('author', 'client_id'), ('room', 'id'), ('room', 'revision')}
    assert version == migrations.LATEST == 11


def test_a_database_of_this_version_is_not_touched(tmp_path):
    path = Path(tmp_path / 'chatroom.db')
    migrations.prepare(path)
    before = path.read_bytes()
    migrations.prepare(path)
    assert path.read_bytes() == before
    assert [p.name for p in tmp_path.iterdir()] == ['chatroom.db']


def test_the_rooms_of_the_first_version_are_taken_over(tmp_path, monkeypatch):
    """The Lobby is open, who came first is the administrator, and messages and what was read stay."""
    path = tmp_path / 'chatroom.db'
    prepare_as_of(1, path, monkeypatch)
    with closing(sqlite3.connect(path)) as connection:
        for name in ('ann', 'bob'):
            connection.execute("INSERT INTO users (username, password, name_key, created_at) VALUES (?, 'x', ?, '2026')", [name, name])
        connection.execute("INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, 2, 'hi', '2026', 1)")
        connection.execute('INSERT INTO memberships (room, user, last_read_id) VALUES (1, 1, 1), (1, 2, 0)')
        connection.commit()
    migrations.prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute('SELECT username FROM users WHERE is_admin').fetchall() == [('ann',)]
        assert connection.execute('SELECT kind, archived_at FROM rooms').fetchall() == [('open', None)]
        assert connection.execute('SELECT user, last_read_id, level FROM memberships').fetchall() == [(1, 1, 'all'), (2, 0, 'all')]
        assert connection.execute('PRAGMA foreign_key_check').fetchall() == []
        assert connection.execute('PRAGMA integrity_check').fetchone() == ('ok',)


MORE_TEXTS = {
    '```\n@everyone\n```\n@bob': False, '~~~ @everyone\n@everyone': False, '@bob\n``` py\n@everyone': False,
    '``@everyone ` `` @bob': False, '`@bob @everyone': True, '(@everyone)': True, '@EVERYONE...': True, '@ｅｖｅｒｙｏｎｅ': True, '@everyone\u0301 @bob': False,
    'a@everyone @bob': False, '@@everyone @bob': False, 'https://x.org/@everyone @bob': False, '@everyone_else @bob': False, '@everyone-': True, '@bob everyone': False,
}
'''Whether they call everyone, as messages of today do.'''
READ_OTHERWISE = {'@bob ```\n@everyone\n```': True}
'''What was not code then: a fence after a word.'''


def test_texts_were_read_as_they_are_today():
    assert {text: calls_everyone(text) for text in MORE_TEXTS} == MORE_TEXTS


def calls_everyone(text):
    places = markdown.called(text, lambda source: [(at, at + 1) for at in calls.positions(source)])
    return 'everyone' in {key(name) for place in places for name in calls.prefixes(*place)}


def test_who_called_everyone_before_that_was_stored_still_does(tmp_path, monkeypatch):
    path = tmp_path / 'chatroom.db'
    prepare_as_of(5, path, monkeypatch)
    with closing(sqlite3.connect(path)) as connection:
        for name in ('ann', 'bob'):
            connection.execute("INSERT INTO users (username, password, name_key, created_at) VALUES (?, 'x', ?, '2026')", [name, name])
        connection.executemany("INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, 1, ?, '2026', ?)", [
            ('@Everyone!', 1), ('@bob `@everyone`', 2), ('@everyone there is nobody', 3), ('hello', 4)])
        connection.execute('INSERT INTO mentions (message, user, room) VALUES (1, 2, 1), (2, 2, 1)')
        for revision, text in enumerate(MORE_TEXTS | READ_OTHERWISE, 5):
            connection.execute("INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, 1, ?, '2026', ?)", [text, revision])
            connection.execute('INSERT INTO mentions (message, user, room) VALUES (?, 2, 1)', [revision])
        connection.commit()
    migrations.prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        called = [1] + [number for number, calls in enumerate((MORE_TEXTS | READ_OTHERWISE).values(), 5) if calls]
        assert [number for (number,) in connection.execute('SELECT id FROM messages WHERE calls_everyone')] == called


@pytest.mark.parametrize('version', range(2, migrations.LATEST))
def test_what_was_written_before_there_were_system_messages_is_none(tmp_path, monkeypatch, version):
    path = tmp_path / 'chatroom.db'
    prepare_as_of(version, path, monkeypatch)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO users (username, password, name_key, created_at) VALUES ('ann', 'x', 'ann', '2026')")
        connection.execute("INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, 1, 'hi', '2026', 1)")
        connection.commit()
    migrations.prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute('SELECT body, system, about FROM messages').fetchall() == [('hi', None, None)]
        assert connection.execute('PRAGMA foreign_key_check').fetchall() == []


TEXTS = ['getUserName', "don't", '1,000', 'v1.2.30', ':tada:', 'کتاب على', 'plain words', '']


@pytest.mark.parametrize('version', [0, *range(1, migrations.LATEST)])
def test_the_index_of_an_earlier_version_becomes_that_of_today(tmp_path, monkeypatch, version):
    """What was written before stands in it as what is written since, and it is told how far it is."""
    path, said = tmp_path / 'chatroom.db', []
    if version:
        prepare_as_of(version, path, monkeypatch)
    else:
        original(path, CLASSIC, [('ann', 'x')])
        migrations.prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        if version:
            connection.execute("INSERT INTO users (username, password, name_key, created_at) VALUES ('ann', 'x', 'ann', '2026')")
        connection.executemany("INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, 1, ?, '2026', ?)",
                               [(text, number) for number, text in enumerate(TEXTS, 1)])
        if version >= 5:
            module = __import__('database.migrations.m0005_search', fromlist=['_tokens'])
            connection.executemany('INSERT INTO search (rowid, tokens) VALUES (?, ?)', [(number, module._tokens(1, 1, text)) for number, text in enumerate(TEXTS, 1)])
        connection.commit()
    migrations.prepare(path)
    index.prepare(path, said.append)
    assert said == ['The search index is made anew, for 8 messages.', 'The search index is ready.']
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO search (search) VALUES ('integrity-check')")
        connection.execute("CREATE VIRTUAL TABLE temp.vocabulary USING fts5vocab('main', 'search', 'instance')")
        stored = set(connection.execute('SELECT term, doc FROM temp.vocabulary'))
    assert stored == {(token, number) for number, text in enumerate(TEXTS, 1) for token in index._tokens(1, 1, text).split()}
    index.prepare(path, said.append)
    assert len(said) == 2, 'once'


def test_how_far_the_index_is_is_told_while_it_is_made(tmp_path, monkeypatch):
    monkeypatch.setattr(index, 'TELL_SECONDS', 0)
    monkeypatch.setattr(index, 'LONG', 3)
    path, said = tmp_path / 'chatroom.db', []
    migrations.prepare(path)
    index.prepare(path, said.append)
    assert said == [], 'there is nothing to be told of a new database'
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO users (username, password, name_key, created_at) VALUES ('ann', 'x', 'ann', '2026')")
        connection.executemany("INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, 1, 'x', '2026', ?)", [[number] for number in range(1, 5)])
        connection.commit()
    index.prepare(path, said.append)
    assert said == ['The search index is made anew, for 4 messages.', *(f'The search index: {number} of 4 messages ({25 * number} %).' for number in range(4)),
                    'The search index: putting it together.', 'The search index is ready.']


def test_an_upgrade_says_how_far_it_is_and_what_was_written_is_found(make_server, tmp_path, monkeypatch):
    path = tmp_path / 'chatroom.db'
    prepare_as_of(9, path, monkeypatch)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("INSERT INTO users (username, password, name_key, created_at) VALUES ('ann', ?, 'ann', '2026-01-01T00:00:00.000+00:00')", [hashed('secret').decode()])
        connection.execute('INSERT INTO memberships (room, user) VALUES (1, 1)')
        connection.execute("INSERT INTO messages (room, author, body, created_at, revision) VALUES (1, 1, 'call getUserName', '2026-01-01T00:00:00.000+00:00', 1)")
        connection.commit()
    with make_server() as server:
        assert 'The search index is made anew, for 1 message.' in server.log

"""An upgrade dies halfway."""
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing

import bcrypt
import pytest

from tests.running import ROOT, clean_environment, run_main

USERS = 3_000
HASHED = bcrypt.hashpw(b'secret', bcrypt.gensalt(4)).decode()

DYING = '''
import importlib, os, pathlib, signal, sqlite3, sys
from database import migrations
where, path = sys.argv[1], pathlib.Path(sys.argv[2])
step = importlib.import_module('database.migrations.m0001_foundation')
up = step.up
def die():
    os.kill(os.getpid(), signal.SIGKILL)
def dying(connection):
    connection.execute('PRAGMA cache_size = 5')  # so that what is half done reaches the file
    up(connection)
    die()
if where == 'copying':
    class Target(sqlite3.Connection):
        def backup(self, target):
            super().backup(target, pages=20, progress=lambda *_: die())
    connect = sqlite3.connect
    migrations.sqlite3.connect = lambda *args, **options: connect(*args, factory=Target, **options)
elif where == 'copied':
    step.up = lambda connection: die()
elif where == 'changing':
    step.up = dying
elif where == 'committed':
    class Interrupted(sqlite3.Connection):
        def execute(self, sql, *parameters):
            cursor = super().execute(sql, *parameters)
            if sql == 'COMMIT':
                raise SystemExit(0)
            return cursor
    connect = sqlite3.connect
    migrations.sqlite3.connect = lambda *args, **options: connect(*args, factory=Interrupted, **options)
else:
    def fail(connection):
        up(connection)
        raise RuntimeError('a mistake of ours')
    step.up = fail
try:
    migrations.prepare(path)
except migrations.SetupError as error:
    sys.exit(str(error))
'''


@pytest.fixture
def original(tmp_path):
    """A database of the original app, with many users."""
    path = tmp_path / 'chatroom.db'
    with closing(sqlite3.connect(path)) as connection:
        connection.execute('CREATE TABLE users (id INTEGER PRIMARY KEY, username TEXT UNIQUE, password TEXT)')
        connection.executemany('INSERT INTO users (username, password) VALUES (?, ?)', [(f'user{i}', HASHED) for i in range(USERS)])
        connection.commit()
    return path


def upgrade(where, path):
    return subprocess.run([sys.executable, '-c', DYING, where, path], cwd=ROOT, capture_output=True, text=True, check=False,
                          env=clean_environment(PYTHONDONTWRITEBYTECODE='1'))


def users(path):
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute('PRAGMA integrity_check').fetchone() == ('ok',)
        assert connection.execute('PRAGMA foreign_key_check').fetchone() is None
        return [row[0] for row in connection.execute('SELECT username FROM users ORDER BY id')]


@pytest.mark.parametrize('where', ['copying', 'copied', 'changing'])
def test_the_next_start_finishes_what_died(make_server, original, where):
    """Every file that is called a copy is a whole one."""
    assert upgrade(where, original).returncode == -signal.SIGKILL
    assert upgrade(where, original).returncode == -signal.SIGKILL, 'twice'
    if where == 'changing':
        assert original.with_name('chatroom.db-journal').stat().st_size > 0, 'the file is half changed'
    with make_server() as server:
        assert server.post('/login', 'user7', 'secret').status_code == 303
        server.cookie('new')
    assert users(original) == [*(f'user{i}' for i in range(USERS)), 'new']
    copies = list(original.parent.glob('chatroom.db.v0-*'))
    assert len(copies) == (1 if where == 'copying' else 3)
    assert {path.name for path in original.parent.iterdir()} == {'chatroom.db', 'log', *(copy.name for copy in copies)}
    for copy in copies:
        assert users(copy) == [f'user{i}' for i in range(USERS)]


def test_a_signal_just_after_the_commit_leaves_the_copy(original):
    """The copy is the only place of what the upgrade left behind."""
    assert upgrade('committed', original).returncode == 0
    (copy,) = original.parent.glob('chatroom.db.v0-*')
    assert users(copy) == users(original) == [f'user{i}' for i in range(USERS)]


@pytest.mark.parametrize('where', ['copying', 'changing'])
def test_a_link_to_a_database_is_no_obstacle(make_server, original, where):
    """What SQLite keeps beside a database is beside the file, and not beside the link to it."""
    disk = original.parent / 'disk'
    disk.mkdir()
    original.rename(disk / 'real.db')
    original.symlink_to(disk / 'real.db')
    assert upgrade(where, original.resolve()).returncode == -signal.SIGKILL
    with make_server() as server:
        assert server.post('/login', 'user7', 'secret').status_code == 303
        assert run_main(server.folder, 'backup', 'copy.db').returncode == 0
    assert run_main(server.folder, 'restore', 'copy.db').returncode == 0
    assert original.is_symlink()
    assert users(disk / 'real.db') == [f'user{i}' for i in range(USERS)]
    assert len(list(disk.glob('real.db.replaced-*'))) == 1


def test_an_upgrade_that_fails_leaves_the_file_as_it_was(original):
    before = original.read_bytes()
    done = upgrade('failing', original)
    assert 'could not be upgraded and is as it was: a mistake of ours.' in done.stderr
    assert 'Traceback' not in done.stderr
    assert original.read_bytes() == before
    assert [path.name for path in original.parent.iterdir()] == ['chatroom.db']


def test_a_database_that_broke_names_the_copy_to_restore(make_server, original):
    with make_server() as server:
        server.cookie('new')
    (copy,) = original.parent.glob('chatroom.db.v0-*')
    content = bytearray(original.read_bytes())
    content[4096:-4096] = b'\x55' * (len(content) - 8192)
    original.write_bytes(content)
    start = run_main(server.folder)
    assert (start.returncode, f'restore {copy}' in start.stderr) == (2, True), start.stderr
    done = run_main(server.folder, 'restore', copy.name)
    assert done.returncode == 0, done.stderr
    with server:
        assert server.post('/login', 'user7', 'secret').status_code == 303

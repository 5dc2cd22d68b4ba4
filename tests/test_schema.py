"""The tables have one shape: as `models.py` says, and as all migrations together make them."""
import ast
import re
import sqlite3
from contextlib import closing
from pathlib import Path

import peewee
import pytest

import models
from database import migrations
from tests.running import ROOT

OF_SEARCH = 'search'
'''With this begin the tables of the index, which are FTS5's.'''


def shape(path):
    """Columns, indexes, foreign keys, and what only the text of a table tells."""
    with closing(sqlite3.connect(path)) as connection:
        def pragma(what, name):
            return connection.execute(f'PRAGMA {what}("{name}")').fetchall()

        def columns_of(index):
            return tuple(row[2] for row in pragma('index_info', index))

        tables = {name: text for name, text in connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
                  if not name.startswith(('sqlite_', OF_SEARCH))}
        return {name: {
            'columns': {column: (kind, bool(not_null or key), default, key) for _, column, kind, not_null, default, key in pragma('table_info', name)},
            'indexes': {(columns_of(row[1]), bool(row[2])) for row in pragma('index_list', name)},
            'foreign keys': {(row[3], row[2], row[4] or 'id', row[6]) for row in pragma('foreign_key_list', name)},
            'text': [word for word in ('AUTOINCREMENT', 'WITHOUT ROWID') if re.search(word, text, re.IGNORECASE)],
            'checks': re.findall(r'CHECK\s*\(.*?\)', text, re.IGNORECASE),
        } for name, text in tables.items()}


@pytest.fixture
def by_models(tmp_path):
    path = tmp_path / 'by_models.db'
    database, tables = peewee.SqliteDatabase(path), models.Table.__subclasses__()
    with database.bind_ctx(tables):
        database.create_tables(tables)
    database.close()
    return path


def test_models_and_migrations_make_the_same_tables(tmp_path, by_models):
    migrations.prepare(tmp_path / 'migrated.db')
    assert shape(by_models) == shape(tmp_path / 'migrated.db')


@pytest.mark.parametrize('change', [
    'ALTER TABLE users ADD COLUMN bio TEXT', 'DROP INDEX rooms_kind', 'CREATE INDEX another ON pins (user)', 'DROP TABLE saves',
    'CREATE TABLE more (id INTEGER PRIMARY KEY)', 'ALTER TABLE rooms ADD COLUMN parent INTEGER REFERENCES rooms (id)'])
def test_a_difference_would_be_seen(tmp_path, by_models, change):
    path = tmp_path / 'migrated.db'
    migrations.prepare(path)
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(change)
    assert shape(by_models) != shape(path)


@pytest.mark.parametrize('step', migrations.STEPS)
def test_a_migration_is_what_it_was_whatever_becomes_of_the_code(step):
    """It imports nothing of ours, for that changes and what it did must not."""
    ours = {path.stem for path in [*ROOT.glob('*.py'), *(path.parent for path in ROOT.glob('*/__init__.py'))]}
    text = Path(migrations.__file__).with_name(f'{step}.py').read_text()
    imports = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.Import | ast.ImportFrom)]
    names = {name for node in imports for name in ([alias.name for alias in node.names] if isinstance(node, ast.Import) else [node.module or '.'])}
    assert not {name for name in names if name.partition('.')[0] in ours or name.startswith('.')}
    assert not any(isinstance(node, ast.ImportFrom) and node.level for node in imports)

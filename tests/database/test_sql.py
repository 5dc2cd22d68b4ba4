"""The SQL that is written by hand is understood by other databases, too: what only SQLite reads stands in few places."""
import ast
import re

import pytest

from tests.running import ROOT

OF_SQLITE = {'chat/search/index.py', 'chat/search/finding.py', 'models.py'}
'''The index is FTS5's; models.py says how tables are stored.'''
STATEMENT = re.compile(r'\s*(?:SELECT|INSERT|UPDATE|DELETE|WITH)\b')
ONLY_SQLITE = re.compile(
    r'\buser\b(?<![.:]user)(?!s)|\b(?:MIN|MAX)\([^()]*(?:\([^()]*\)[^()]*)*,|INSERT OR|REPLACE INTO|\bGLOB\b|\browid\b|\?|PRAGMA|'
    r'FROM \([^()]*(?:\([^()]*(?:\([^()]*\)[^()]*)*\)[^()]*)*\)\s*(?:WHERE|LIMIT|\)|\Z)')
'''A bare `user` is the role that is logged in; MIN and MAX of several values; questions without names; nameless subqueries.'''


def statements(source):
    """The texts in a module that are SQL, those of f-strings with their fields left out."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            text = ''.join(part.value if isinstance(part, ast.Constant) else '0' for part in node.values)
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            text = node.value
        else:
            continue
        if STATEMENT.match(text):
            yield text


def modules():
    for folder in ('chat', 'accounts', 'hub', 'doors', 'pages'):
        yield from (ROOT / folder).rglob('*.py')
    yield ROOT / 'auth.py'


def test_no_statement_is_only_for_sqlite():
    found = {(path.relative_to(ROOT).as_posix(), odd[0]) for path in modules() for text in statements(path.read_text())
             if path.relative_to(ROOT).as_posix() not in OF_SQLITE and (odd := ONLY_SQLITE.search(text))}
    assert found == set()


@pytest.mark.parametrize('statement', [
    'SELECT 1 FROM mentions WHERE user = :user', 'SELECT user FROM saves', 'UPDATE memberships SET last_read_id = MIN(:id, 3)',
    'SELECT MAX(COALESCE(id, 0), 3) FROM rooms', 'INSERT OR IGNORE INTO meta VALUES (1, 2)', 'SELECT 1 FROM users WHERE id = ?', 'SELECT rowid FROM users',
    "SELECT 1 FROM users WHERE username GLOB 'a*'", 'SELECT COUNT(*) FROM (SELECT 1 FROM rooms LIMIT 3) WHERE 1'])
def test_such_a_statement_would_be_seen(statement):
    assert ONLY_SQLITE.search(statement)


@pytest.mark.parametrize('statement', [
    'SELECT m.user FROM mentions m WHERE m.user = :user', 'SELECT username FROM users', 'SELECT MIN(id), 3 FROM rooms',
    'SELECT COALESCE(MAX(id), 0) FROM rooms', 'SELECT COUNT(*) FROM (SELECT 1 FROM rooms LIMIT 3) some'])
def test_such_a_one_is_fine(statement):
    assert not ONLY_SQLITE.search(statement)

"""Adds skeletons of usernames; whoever has not been written to yet no longer sees a direct conversation."""
import sqlite3
import unicodedata

from confusable_homoglyphs.utils import load

LONGEST = 1_000
SIGNS = '\u200e\u200f'
UNSEEN = '''
    DELETE FROM memberships WHERE EXISTS (
        SELECT 1 FROM rooms r WHERE r.id = memberships.room AND r.kind = 'direct' AND r.creator <> memberships.user
        AND NOT EXISTS (SELECT 1 FROM messages WHERE room = r.id))'''
'''Others see a conversation from its first message on; whoever opened it goes on seeing it.'''


def up(connection: sqlite3.Connection) -> None:
    """Add the column, with the skeletons that this version made, and leave only who began it in what is empty."""
    connection.execute('ALTER TABLE users ADD COLUMN skeleton TEXT')
    connection.execute('CREATE INDEX users_skeleton ON users (skeleton)')
    people = connection.execute('SELECT id, username FROM users').fetchall()
    prototypes = _prototypes() if people else {}
    connection.executemany('UPDATE users SET skeleton = :skeleton WHERE id = :id', [
        {'id': number, 'skeleton': skeleton(username, prototypes)} for number, username in people])
    connection.execute(UNSEEN)


def skeleton(name: str, prototypes: dict[str, str]) -> str:
    """Return what all names have in common that look alike, by the rule of that version."""
    if len(name) > LONGEST:
        return name
    seen = _replaced(unicodedata.normalize('NFKC', name), prototypes)
    return _replaced(seen.casefold(), prototypes).replace('i', 'l')


def _replaced(text: str, prototypes: dict[str, str]) -> str:
    apart = ''.join(prototypes.get(character, character) for character in unicodedata.normalize('NFD', text))
    return unicodedata.normalize('NFD', apart)


def _prototypes() -> dict[str, str]:
    alike = {_bare(one): [_bare(other['c']) for other in others] for one, others in load('confusables.json').items()}
    found = {one: others[0] for one, others in alike.items() if len(one) == 1 and len(others) == 1
             and (len(alike[others[0]]), len(others[0]), others[0]) > (1, 1, one)}
    return {one: ''.join(found.get(character, character) for character in other) for one, other in found.items()}


def _bare(text: str) -> str:
    return text.strip(SIGNS) or text

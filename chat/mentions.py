"""Whom a message names: `@name`, or `@everyone`."""
import re
from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from typing import Any

from peewee import ModelSelect

import names
from database import db
from errors import Refused
from models import Membership, User

from . import markdown

LETTER = rf'[\w{names.MARKS}.-]'
NAMED = re.compile(rf'(?<![\w{names.MARKS}@./-])@({LETTER}+)')
ADDRESS = re.compile(r'\b\w++://\S++')
ODD = '*[^a-zA-Z0-9._-]*'
EVERYONE = (0, 'everyone')
'''Stands for all members, who need not be listed wherever the message is shown.'''
SMALL = 100
'''Members of a room in which anybody may call everyone.'''
MOST_NAMED = 50
MOST_LETTERS, MOST_ENDINGS = 100, 8
'''Of what stands after an "@"; a name may end in a full stop, but more often a sentence does.'''

Person = tuple[int, str]
'''Id and username.'''


def found(author_id: int, room_id: int, body: str, replied: int | None = None) -> list[Person]:
    """The members of the room that a text names, and whom it replies to, without its author; a query.

    Raises Refused('forbidden') for calling everyone where only administrators may.
    """
    called = set()
    if replied is not None:
        called = {(person.id, person.username) for person in _members(room_id).where(User.id == replied)}
    if '@' in body:
        called |= _named_in(author_id, room_id, body)
    return sorted(person for person in called if person[0] != author_id)


def _named_in(author_id: int, room_id: int, body: str) -> set[Person]:
    tokens = list(dict.fromkeys(token for _, token in _tokens(body)))
    people = _named(room_id, tokens[:MOST_NAMED]) | _oddly_named(room_id, markdown.without_code(body))
    if any(map(_is_everyone, tokens)):
        _check_everyone(author_id, room_id)
        people.add(EVERYONE)
    return people


def store(message_id: int, room_id: int, author_id: int, people: Sequence[Person]) -> None:
    """In place of what was stored of this message before; inside an operation."""
    db.execute_sql('DELETE FROM mentions WHERE message = ?', (message_id,))
    if EVERYONE in people:
        db.execute_sql('INSERT INTO mentions (message, user, room) '
                       'SELECT ?, user, room FROM memberships WHERE room = ? AND user <> ?',
                       (message_id, room_id, author_id))
        return
    for user_id, _ in people:
        db.execute_sql('INSERT INTO mentions (message, user, room) VALUES (?, ?, ?)', (message_id, user_id, room_id))


def of(bodies: Iterable[tuple[int, str]], replies: AbstractSet[int]) -> dict[int, list[Person]]:
    """Whom stored messages name, by their ids; some of them are replies. A query."""
    texts = {message_id: body for message_id, body in bodies if '@' in body}
    to_all = [message_id for message_id, body in texts.items()
              if any(_is_everyone(token) for _, token in _tokens(body))]
    named: dict[int, list[Person]] = {}
    for message_id, user_id, username in _rows('message, user, username', (replies | texts.keys()) - set(to_all)):
        named.setdefault(message_id, []).append((user_id, username))
    return named | {message_id: [EVERYONE] for (message_id,) in _rows('DISTINCT message', to_all)}


def places(body: str, people: Sequence[Person]) -> list[tuple[int, int]]:
    """Where in a text these people are named, from where to where."""
    if not people:
        return []
    keys = {names.key(username) for _, username in people}
    spans = [(start, start + 1 + len(ending)) for start, token in _tokens(body)
             if (ending := next((each for each in _endings(token) if names.key(each) in keys), ''))]
    odd = [match.span() for _, username in people if not re.fullmatch(rf'{LETTER}+', username)
           for match in _odd(username).finditer(markdown.without_code(body))]
    return sorted(spans + odd)


def to_notify(message_id: int, room_id: int, author_id: int) -> list[int]:
    """Who wants to hear of a message that was just stored: whom it names, and everybody in a direct room."""
    return [user_id for (user_id,) in db.execute_sql('''
        SELECT m.user FROM memberships m JOIN rooms r ON r.id = m.room WHERE m.room = :room AND m.user <> :author AND (
            r.kind = 'direct' AND m.level IN ('all', 'hidden') OR m.level IN ('all', 'mentions')
            AND EXISTS (SELECT 1 FROM mentions WHERE message = :message AND user = m.user))''',
        {'room': room_id, 'author': author_id, 'message': message_id})]


def _rows(columns: str, message_ids: Iterable[int]) -> list[Any]:
    ids = list(message_ids)
    marks = ', '.join('?' * len(ids))
    found: list[Any] = db.execute_sql(
        f'SELECT {columns} FROM mentions JOIN users ON id = user WHERE message IN ({marks})', ids).fetchall()  # noqa: S608
    return found


def _tokens(body: str) -> Iterator[tuple[int, str]]:
    """What follows each "@", and where; not inside of code and web addresses."""
    text = ADDRESS.sub(lambda address: ' ' * len(address[0]), markdown.without_code(body))
    return ((match.start(), match[1][:MOST_LETTERS]) for match in NAMED.finditer(text))


def _endings(token: str) -> Iterator[str]:
    """What may be meant by a token, the longest first."""
    shortest = len(token.rstrip('.-_'))
    return (token[:end] for end in range(min(len(token), shortest + MOST_ENDINGS), max(shortest - 1, 0), -1))


def _is_everyone(token: str) -> bool:
    return names.key(token.rstrip('.-_')) == EVERYONE[1]


def _named(room_id: int, tokens: Sequence[str]) -> set[Person]:
    """For each token the member whose name is its longest ending; an exact name wins over one that differs in case."""
    texts = {ending for token in tokens for ending in _endings(token)}
    members = list(_members(room_id).where(User.username.in_(texts) | User.name_key.in_(set(map(names.key, texts)))))
    by_name = ({person.name_key: person for person in members} | {person.username: person for person in members})
    found = (next((person for ending in _endings(token)
                   if (person := by_name.get(ending) or by_name.get(names.key(ending)))), None) for token in tokens)
    return {(person.id, person.username) for person in found if person}


def _oddly_named(room_id: int, body: str) -> set[Person]:
    """The original app allowed spaces and any other characters in names: those stand in the text as they are."""
    odd = _members(room_id).where(User.taken_over, User.username % ODD)
    return {(person.id, person.username) for person in odd if _odd(person.username).search(body)}


def _odd(username: str) -> 're.Pattern[str]':
    return re.compile(rf'(?<![\w@./-])@{re.escape(username)}(?![\w{names.MARKS}])', re.IGNORECASE)


def _members(room_id: int) -> 'ModelSelect[User]':
    return User.select(User.id, User.username, User.name_key).join(Membership).where(Membership.room == room_id)


def _check_everyone(author_id: int, room_id: int) -> None:
    count = Membership.select().where(Membership.room == room_id).count()
    if count > SMALL and not User.get_by_id(author_id).is_admin:
        raise Refused('forbidden', f'Only administrators may call everyone in a room of more than {SMALL}.')

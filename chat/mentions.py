"""Finds and stores the users whom a message mentions by `@name` or `@everyone`."""
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any

from peewee import ModelSelect, Value

import names
from database import db
from errors import Refused
from models import Membership, Mention, Message, User

from .text import markdown

LETTER = rf'[\w{names.MARKS}.-]'
NAMED = re.compile(rf'(?<![\w{names.MARKS}@./-])@({LETTER}+)')
ADDRESS = re.compile(r'\b\w++://\S++')
ODD = '*[^a-zA-Z0-9._-]*'
ODD_PLACE = re.compile(r'(?<![\w@./-])@')
ENDED = re.compile(rf'(?![\w{names.MARKS}])')
EVERYONE = (0, 'everyone')
'''Stands for all members of a room, so that they need not be listed wherever the message is shown.'''
SMALL = 100
'''Maximum members of a room in which anybody may mention everyone; in larger ones only administrators may.'''
MOST_NAMED = 50
'''Maximum different names, and places of names with unusual characters, that are looked up for one text.'''
MOST_LETTERS, MOST_PREFIXES = 100, 8
'''Characters read after an "@", and how many final ".", "-", "_" may belong to the name: mostly they end a sentence.'''

Person = tuple[int, str]
'''A user's id and username.'''


def found(author_id: int, room_id: int, body: str, replied: int | None = None) -> list[Person]:
    """The members of the room whom a text mentions, and the one it replies to (`replied`), without its author.

    Runs in a database thread. Raises Refused('forbidden') for mentioning everyone where only administrators may.
    """
    called = set()
    if replied is not None:
        called = {(person.id, person.username) for person in _members(room_id).where(User.id == replied)}
    if '@' in body:
        called |= _named_in(author_id, room_id, body)
    return sorted(person for person in called if person[0] != author_id)


def _named_in(author_id: int, room_id: int, body: str) -> set[Person]:
    text = markdown.without_code(body)
    tokens = list(dict.fromkeys(token for _, token in _tokens(text)))
    people = _named(room_id, tokens[:MOST_NAMED]) | _oddly_named(room_id, text)
    if any(map(_is_everyone, tokens)):
        _check_everyone(author_id, room_id)
        people.add(EVERYONE)
    return people


def calls_everyone(body: str) -> bool:
    """Whether a text mentions everyone; of stored messages a column tells, since parsing may take 20 ms."""
    return '@' in body and any(_is_everyone(token) for _, token in _tokens(markdown.without_code(body)))


def store(message_id: int, room_id: int, author_id: int, people: Sequence[Person]) -> None:
    """Replace the stored mentions of a message; runs in a write operation."""
    Mention.delete().where(Mention.message == message_id).execute()
    columns = [Mention.message, Mention.user, Mention.room]
    if EVERYONE in people:
        members = (Membership.select(Value(message_id), Membership.user, Membership.room)
                   .where(Membership.room == room_id, Membership.user != author_id))
        Mention.insert_from(members, columns).execute()
    elif people:
        Mention.insert_many([(message_id, user_id, room_id) for user_id, _ in people], columns).execute()


def of(messages: Iterable[Message]) -> dict[int, list[Person]]:
    """By message id, the users whom stored messages mention; runs in a database thread."""
    messages = list(messages)
    to_all = {message.id for message in messages if message.calls_everyone}
    some = {message.id for message in messages if message.reply_to_id or '@' in message.body} - to_all
    named: dict[int, list[Person]] = {}
    for message_id, user_id, username in _rows(some):
        named.setdefault(message_id, []).append((user_id, username))
    return named | {message_id: [EVERYONE] for message_id in to_all}


def places(body: str, people: Sequence[Person]) -> list[tuple[int, int]]:
    """The (start, end) positions in a text where these users are mentioned."""
    if not people:
        return []
    text, keys = markdown.without_code(body), {names.key(username) for _, username in people}
    spans = [(start, start + 1 + len(prefix)) for start, token in _tokens(text)
             if (prefix := next((each for each in _prefixes(token) if names.key(each) in keys), ''))]
    odd = _by_key(person for person in people if not re.fullmatch(rf'{LETTER}+', person[1]))
    return sorted(spans + [(start, end) for start, end, _ in odd.places(text)])


def to_notify(message_id: int, room_id: int, author_id: int) -> list[int]:
    """Ids of users to notify of a new message, as their levels allow: those mentioned, and all in a direct room."""
    return [user_id for (user_id,) in db.execute_sql('''
        SELECT m.user FROM memberships m JOIN rooms r ON r.id = m.room WHERE m.room = :room AND m.user <> :author AND (
            r.kind = 'direct' AND m.level IN ('all', 'hidden') OR m.level IN ('all', 'mentions')
            AND EXISTS (SELECT 1 FROM mentions WHERE message = :message AND user = m.user))''',
        {'room': room_id, 'author': author_id, 'message': message_id})]


def _rows(message_ids: Iterable[int]) -> Any:
    return (Mention.select(Mention.message, Mention.user, User.username).join(User)
            .where(Mention.message.in_(list(message_ids))).tuples())


def _tokens(text: str) -> Iterator[tuple[int, str]]:
    """The position of each "@" outside of web addresses, and the text that follows it."""
    without = ADDRESS.sub(lambda address: ' ' * len(address[0]), text)
    return ((match.start(), match[1][:MOST_LETTERS]) for match in NAMED.finditer(without))


def _prefixes(token: str) -> Iterator[str]:
    """The names that a token may mean, longest first: punctuation at its end may belong to the sentence."""
    shortest = len(token.rstrip('.-_'))
    return (token[:end] for end in range(min(len(token), shortest + MOST_PREFIXES), max(shortest - 1, 0), -1))


def _is_everyone(token: str) -> bool:
    return names.key(token.rstrip('.-_')) == EVERYONE[1]


def _named(room_id: int, tokens: Sequence[str]) -> set[Person]:
    """The member with the longest name that each token may mean; an exact name wins over one that differs in case."""
    texts = {prefix for token in tokens for prefix in _prefixes(token)}
    members = list(_members(room_id).where(User.username.in_(texts) | User.name_key.in_(set(map(names.key, texts)))))
    by_name = ({person.name_key: person for person in members} | {person.username: person for person in members})
    found = (next((person for prefix in _prefixes(token)
                   if (person := by_name.get(prefix) or by_name.get(names.key(prefix)))), None) for token in tokens)
    return {(person.id, person.username) for person in found if person}


@dataclass(frozen=True, slots=True)
class _OddNames:
    """Users whose names have unusual characters, by name key, and the lengths of these names.

    After each "@" a text of each length is looked up as a name: there may be thousands of names, but MOST_NAMED places.
    """

    people: Mapping[str, Sequence[Person]]
    lengths: Sequence[int]

    def places(self, text: str) -> Iterator[tuple[int, int, Sequence[Person]]]:
        """The (start, end) positions of possible mentions, and the users who have that name."""
        if not self.people:
            return
        for match in islice(ODD_PLACE.finditer(text), MOST_NAMED):
            for end in (match.end() + length for length in self.lengths):
                is_ended = end <= len(text) and ENDED.match(text, end)
                if is_ended and (people := self.people.get(names.key(text[match.end():end]))):
                    yield match.start(), end, people


def _oddly_named(room_id: int, text: str) -> set[Person]:
    """Members mentioned by names with spaces or other unusual characters, which the original app allowed."""
    ids = {user_id for *_, people in _odd_names(str(db.database)).places(text) for user_id, _ in people}
    return {(person.id, person.username) for person in _members(room_id).where(User.id.in_(ids))} if ids else set()


@cache
def _odd_names(_database: str) -> _OddNames:
    """The unusual names of a database, cached: all of them come from the original app, and none is added later."""
    return _by_key((person.id, person.username) for person in User.select(User.id, User.username)
                   .where(User.taken_over, User.username % ODD))


def _by_key(people: Iterable[Person]) -> _OddNames:
    found: dict[str, list[Person]] = {}
    for person in people:
        found.setdefault(names.key(person[1]), []).append(person)
    lengths = {len(username) for each in found.values() for _, username in each}
    return _OddNames(found, sorted(length for length in lengths if length <= MOST_LETTERS))


def _members(room_id: int) -> 'ModelSelect[User]':
    return User.select(User.id, User.username, User.name_key).join(Membership).where(Membership.room == room_id)


def may_call_everyone(author_id: int, room_id: int) -> bool:
    """Whether somebody may mention everyone in a room; runs in a database thread."""
    count = Membership.select().where(Membership.room == room_id).limit(SMALL + 1).count()
    return count <= SMALL or User.get_by_id(author_id).is_admin


def _check_everyone(author_id: int, room_id: int) -> None:
    if not may_call_everyone(author_id, room_id):
        raise Refused('forbidden', f'Only administrators may call everyone in a room of more than {SMALL}.')

"""Finds and stores the users whom a message mentions by `@name` or `@everyone`."""
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cache
from typing import Any

from peewee import ModelSelect, Value

import names
from database import db
from errors import Refused
from models import Membership, Mention, Message, User, listed

from . import calls
from .text import markdown, render

ODD = '*[^a-zA-Z0-9._-]*'
ENDED = re.compile(rf'(?![\w{names.MARKS}])')
EVERYONE = (0, 'everyone')
'''Stands for all members of a room, so that they need not be listed wherever the message is shown.'''
SMALL = 100
'''Maximum members of a room in which anybody may mention everyone; in larger ones only administrators may.'''
MOST_NAMED = 50
'''Maximum different names, and places of names with unusual characters, that are looked up for one text.'''

Person = tuple[int, str]
'''A user's id and username.'''
Place = tuple[str, int]
'''A text, and the position of an "@" in it.'''


@dataclass(frozen=True, slots=True)
class Recalled:
    """Whom an edit has begun, or ceased, to mention; published to their pages, or to all of the room (`is_all`)."""

    room_id: int
    people: frozenset[int]
    is_all: bool


def found(author_id: int, room_id: int, body: str, replied: int | None = None) -> list[Person]:
    """The members of the room whom a text mentions, and the one it replies to (`replied`), without its author.

    Runs in a database thread. Raises Refused('forbidden') for mentioning everyone where only administrators may.
    """
    called = set()
    if replied is not None:
        called = {(person.id, person.username) for person in _members(room_id).where(User.id == replied)}
    if calls.may_call(body):
        places = markdown.called(body.removeprefix(render.ACTION), _each)
        called |= _named(places, _members(room_id)) | _oddly_named(places, _members(room_id))
    if EVERYONE in called:
        _check_everyone(author_id, room_id)
    return sorted(person for person in called if person[0] != author_id)


def _each(text: str) -> list[tuple[int, int]]:
    return [(at, at + 1) for at in calls.positions(text)]


def store(message_id: int, room_id: int, author_id: int, people: Sequence[Person]) -> frozenset[int]:
    """Replace the stored mentions of a message; runs in a write operation.

    Returns the ids of those whom it has begun, or ceased, to mention.
    """
    before = _stored(message_id)
    Mention.delete().where(Mention.message == message_id).execute()
    columns = [Mention.message, Mention.user, Mention.room]
    if EVERYONE in people:
        members = (Membership.select(Value(message_id), Membership.user, Membership.room)
                   .where(Membership.room == room_id, Membership.user != author_id))
        Mention.insert_from(members, columns).execute()
    elif people:
        Mention.insert_many([(message_id, user_id, room_id) for user_id, _ in people], columns).execute()
    return before ^ _stored(message_id)


def _stored(message_id: int) -> frozenset[int]:
    rows: Any = Mention.select(Mention.user).where(Mention.message == message_id).tuples()
    return frozenset(user_id for (user_id,) in rows)


def of(messages: Iterable[Message]) -> dict[int, list[Person]]:
    """By message id, the users whom stored messages mention; runs in a database thread.

    Of those to everyone only who stands there by name is listed, to be set apart, too. Their texts are not parsed for
    that, which may take 20 ms, so a name in code counts as well: everyone is mentioned.
    """
    messages = list(messages)
    to_all = {message.id: message for message in messages if message.calls_everyone}
    some = {each.id for each in messages if each.reply_to_id or calls.may_call(each.body)} - set(to_all)
    named: dict[int, list[Person]] = {}
    for message_id, user_id, username in _rows(some):
        named.setdefault(message_id, []).append((user_id, username))
    return named | {number: sorted({EVERYONE} | _named_besides(message)) for number, message in to_all.items()}


def _named_besides(message: Message) -> set[Person]:
    places = [(message.body, at) for at in calls.positions(message.body)]
    if len(places) == 1:
        return set()
    called = User.select(User.id, User.username, User.name_key).join(Mention).where(Mention.message == message.id)
    return _named(places, called) | _oddly_named(places, called)


def places(body: str, people: Sequence[Person]) -> list[tuple[int, int]]:
    """The (start, end) positions in a text where these users may be mentioned."""
    if not people:
        return []
    words = dict.fromkeys(names.EVERYONE, EVERYONE) if EVERYONE in people else {}
    known = words | {names.key(person[1]): person for person in people}
    odd = _by_key(person for person in people if not calls.LETTERS.fullmatch(person[1]))
    found = []
    for number, at in enumerate(calls.positions(body)):
        usual = _meant(calls.prefixes(body, at), known)
        ends = [at + 1 + len(usual[0])] if usual and usual[1] in people else []
        ends += [end for end, _ in odd.at(body, at)] if number < MOST_NAMED else []
        if ends:
            found.append((at, max(ends)))
    return found


def to_notify(message_id: int, room_id: int, author_id: int) -> list[int]:
    """Ids of users to notify of a new message, as their levels allow: those mentioned, and all in a direct room."""
    return [user_id for (user_id,) in db.execute_sql('''
        SELECT m.user FROM memberships m JOIN rooms r ON r.id = m.room WHERE m.room = :room AND m.user <> :author AND (
            r.kind = 'direct' AND m.level IN ('all', 'hidden') OR m.level IN ('all', 'mentions')
            AND EXISTS (SELECT 1 FROM mentions n WHERE n.message = :message AND n.user = m.user))''',
        {'room': room_id, 'author': author_id, 'message': message_id})]


def _rows(message_ids: Iterable[int]) -> Any:
    return (Mention.select(Mention.message, Mention.user, User.username).join(User)
            .where(Mention.message.in_(listed(message_ids))).tuples())


def _named(places: Iterable[Place], among: 'ModelSelect[User]') -> set[Person]:
    """Who of these is mentioned, or EVERYONE; an exact name wins over one that differs in case."""
    distinct = dict.fromkeys(calls.prefixes(text, at) for text, at in places)
    wanted = sorted(distinct, key=_is_nobody_but_a_person)[:MOST_NAMED]
    texts = {prefix for prefixes in wanted for prefix in prefixes}
    keys = set(map(names.key, texts))
    people = list(among.where(User.username.in_(texts) | User.name_key.in_(keys))) if texts else []
    known = (_words(keys) | {person.name_key: (person.id, person.username) for person in people if person.name_key}
             | {person.username: (person.id, person.username) for person in people})
    return {found[1] for prefixes in wanted if (found := _meant(prefixes, known))}


def _is_nobody_but_a_person(prefixes: Iterable[str]) -> bool:
    return names.EVERYONE.isdisjoint(map(names.key, prefixes))


def _words(keys: AbstractSet[str]) -> dict[str, Person]:
    """The words among these that call everyone: "all" does not where an account of before has this name."""
    words = keys & names.EVERYONE
    taken = {user.name_key for user in User.select(User.name_key).where(User.name_key.in_(words))} if words else set()
    return dict.fromkeys(words - taken, EVERYONE)


def _meant(prefixes: Iterable[str], known: Mapping[str, Person]) -> tuple[str, Person] | None:
    """The longest of these names that somebody has, and who that is; "everyone" is always all."""
    for prefix in prefixes:
        key = names.key(prefix)
        person = EVERYONE if key == EVERYONE[1] else known.get(prefix) or known.get(key)
        if person:
            return prefix, person
    return None


@dataclass(frozen=True, slots=True)
class _OddNames:
    """Users whose names have unusual characters, by name key, and the lengths of these names.

    After each "@" a text of each length is looked up as a name: there may be thousands of names, but MOST_NAMED places.
    """

    people: Mapping[str, Sequence[Person]]
    lengths: Sequence[int]

    def at(self, text: str, position: int) -> Iterator[tuple[int, Sequence[Person]]]:
        """The ends of the names that may be meant by what follows an "@", and the users who have them."""
        start = position + 1
        for end in (start + length for length in self.lengths):
            is_ended = end <= len(text) and ENDED.match(text, end)
            if is_ended and (people := self.people.get(names.key(text[start:end]))):
                yield end, people


def _oddly_named(places: Sequence[Place], among: 'ModelSelect[User]') -> set[Person]:
    """Who of these is mentioned by a name with spaces or other unusual characters, which the original app allowed."""
    odd = _odd_names(str(db.database))
    ids = {user_id for place in places[:MOST_NAMED] for _, people in odd.at(*place) for user_id, _ in people}
    return {(person.id, person.username) for person in among.where(User.id.in_(ids))} if ids else set()


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
    return _OddNames(found, sorted(length for length in lengths if length <= calls.MOST_LETTERS))


def _members(room_id: int) -> 'ModelSelect[User]':
    return User.select(User.id, User.username, User.name_key).join(Membership).where(Membership.room == room_id)


def may_call_everyone(author_id: int, room_id: int) -> bool:
    """Whether somebody may mention everyone in a room; runs in a database thread."""
    count = Membership.select().where(Membership.room == room_id).limit(SMALL + 1).count()
    return count <= SMALL or User.get_by_id(author_id).is_admin


def _check_everyone(author_id: int, room_id: int) -> None:
    if not may_call_everyone(author_id, room_id):
        raise Refused('forbidden', f'Only administrators may call everyone in a room of more than {SMALL}.')

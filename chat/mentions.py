"""Whom a message names: `@name`, or `@everyone`."""
import re

import names
from database import db
from errors import Refused
from models import Membership, User

NAMED = re.compile(r'(?<![\w@.-])@([\w.-]+)')
EVERYONE = 'everyone'
SMALL = 100
'''Members of a room in which anybody may call everyone.'''


def found(author_id: int, room_id: int, body: str) -> set[int]:
    """The members of the room that a text names, without its author; a query.

    Raises Refused('forbidden') for calling everyone where only administrators may.
    """
    if '@' not in body:
        return set()
    people = {user_id for token in set(NAMED.findall(body)) if (user_id := _member(room_id, token))}
    if any(_trimmed(token) == EVERYONE for token in NAMED.findall(body)):
        people |= _everyone(author_id, room_id)
    return people - {author_id}


def store(message_id: int, room_id: int, people: set[int]) -> None:
    """In place of what was stored of this message before; inside an operation."""
    db.execute_sql('DELETE FROM mentions WHERE message = ?', (message_id,))
    for user_id in people:
        db.execute_sql('INSERT INTO mentions (message, user, room) VALUES (?, ?, ?)', (message_id, user_id, room_id))


def _trimmed(token: str) -> str:
    return names.key(token.rstrip('.-_'))


def _member(room_id: int, token: str) -> int | None:
    """The member whose name begins the token: a full stop after a name belongs to the sentence."""
    members = User.select(User.id).join(Membership).where(Membership.room == room_id)
    for end in range(len(token), len(token.rstrip('.-_')) - 1, -1):
        name = token[:end]
        person = members.where(User.username == name).first() or members.where(User.name_key == names.key(name)).first()
        if person:
            user_id: int = person.id
            return user_id
    return None


def _everyone(author_id: int, room_id: int) -> set[int]:
    members = {row.user_id for row in Membership.select(Membership.user).where(Membership.room == room_id)}
    if len(members) > SMALL and not User.get_by_id(author_id).is_admin:
        raise Refused('forbidden', f'Only administrators may call everyone in a room of more than {SMALL}.')
    return members

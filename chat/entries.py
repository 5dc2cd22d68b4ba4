"""Messages as they are shown and sent: with whom they name, what they reply to, and who reacted."""
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from database import Written, db
from errors import Refused
from models import Membership, Message, iso
from models import messages as all_messages

from . import mentions
from .mentions import Person
from .rooms import is_archived

NEXT_REVISION = 'UPDATE rooms SET revision = revision + 1 WHERE id = ? AND archived_at IS NULL RETURNING revision'
QUOTED = 300
'''Characters that are looked at of a text that is quoted.'''


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that another one replies to, as it is now; without text once it is deleted."""

    id: int
    author_id: int
    author: str
    text: str
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A message as it is now. `reactions` are emoji with those who reacted, the first ones first."""

    id: int
    room_id: int
    revision: int
    author_id: int
    author: str
    text: str
    created_at: datetime
    edited_at: datetime | None
    is_deleted: bool
    mentions: Sequence[Person] = ()
    quote: Quote | None = None
    reactions: Mapping[str, Sequence[Person]] | None = None
    is_pinned: bool = False

    def to_dict(self) -> dict[str, Any]:
        """The form that programs get."""
        return {
            'id': self.id,
            'room': self.room_id,
            'revision': self.revision,
            'username': self.author,
            'message': self.text,
            'created_at': iso(self.created_at),
            'edited_at': iso(self.edited_at) if self.edited_at else None,
            'deleted': self.is_deleted,
            'reply_to': self.quote.id if self.quote else None,
            'reactions': {emoji: [name for _, name in people] for emoji, people in (self.reactions or {}).items()},
        }

    def quoted(self) -> Quote:
        """As replies to it show it."""
        return Quote(self.id, self.author_id, self.author, self.text[:QUOTED], is_deleted=self.is_deleted)


@dataclass(frozen=True, slots=True)
class Change:
    """An entry that is to be published, and who wants to be called to it; of a new one also what its author named it.

    It is rewritten when its text is another one, or gone.
    """

    entry: Entry
    is_new: bool
    notified: Sequence[int] = ()
    client_id: str | None = None
    is_rewritten: bool = False


def entries(rows: Iterable[Message]) -> list[Entry]:
    """All that belongs to these rows, which come with their authors; a query."""
    rows = list(rows)
    named = mentions.of(((row.id, row.body) for row in rows), {row.id for row in rows if row.reply_to_id})
    quotes = _quotes({row.reply_to_id for row in rows if row.reply_to_id})
    reactions = _reactions(row.id for row in rows)
    pinned = {message for (message,) in _of_messages('SELECT message FROM pins WHERE message IN', (r.id for r in rows))}
    return [Entry(row.id, row.room_id, row.revision, row.author_id, row.author.username, row.body, row.created_at,
                  row.edited_at, row.deleted_at is not None, named.get(row.id, ()), quotes.get(row.reply_to_id or 0),
                  reactions.get(row.id), row.id in pinned) for row in rows]


def original(room_id: int, message_id: int | None) -> Quote | None:
    """What is replied to, in this room; a query. Raises Refused('not_found')."""
    if message_id is None:
        return None
    found = Message.select().where(Message.id == message_id, Message.room == room_id, Message.deleted_at.is_null())
    if not found.exists():
        raise Refused('not_found', 'The message that this replies to is no longer there.')
    return _quotes({message_id})[message_id]


def visible(user_id: int, message_id: int) -> Message:
    """A message that this user may see, and that is not deleted; inside an operation. Raises Refused('not_found')."""
    is_member = Membership.select().where(Membership.user == user_id, Membership.room == Message.room)
    found: Message | None = all_messages().where(
        Message.id == message_id, Message.deleted_at.is_null(), fn.EXISTS(is_member)).first()
    if found is None:
        raise Refused('not_found', 'There is no such message.')
    return found


def changed(message: Message, *, is_rewritten: bool = False) -> Written[Entry]:
    """Store it with the next revision of its room: nobody else writes in this transaction."""
    message.revision = next_revision(message.room_id)
    message.save()
    entry = entries([message])[0]
    return Written(entry, [Change(entry, is_new=False, is_rewritten=is_rewritten)])


def next_revision(room_id: int) -> int:
    """Count a change of a room's messages. Raises Refused('forbidden') for an archived room."""
    found = db.execute_sql(NEXT_REVISION, (room_id,)).fetchall()
    if not found:
        raise is_archived()
    revision: int = found[0][0]
    return revision


def _quotes(message_ids: Iterable[int]) -> dict[int, Quote]:
    rows = _of_messages('SELECT m.id, author, username, body, deleted_at FROM messages m JOIN users u ON u.id = author '
                        'WHERE m.id IN', message_ids)
    return {number: Quote(number, author_id, author, body[:QUOTED], is_deleted=deleted_at is not None)
            for number, author_id, author, body, deleted_at in rows}


def _reactions(message_ids: Iterable[int]) -> dict[int, dict[str, list[Person]]]:
    found: dict[int, dict[str, list[Person]]] = {}
    for message, emoji, user_id, username in _of_messages(
            'SELECT message, emoji, user, username FROM reactions r JOIN users u ON u.id = user WHERE message IN',
            message_ids, 'ORDER BY r.id'):
        found.setdefault(message, {}).setdefault(emoji, []).append((user_id, username))
    return found


def _of_messages(select: str, message_ids: Iterable[int], order: str = '') -> list[Any]:
    ids = list(message_ids)
    found: list[Any] = db.execute_sql(f'{select} ({", ".join("?" * len(ids))}) {order}', ids).fetchall() if ids else []
    return found

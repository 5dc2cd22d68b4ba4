"""Messages as they are shown and sent, with their mentions, quotes, reactions and pins."""
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from peewee import fn

from database import Written, db
from errors import Refused
from models import Membership, Message, Pin, Reaction, User, iso, listed, now
from models import messages as all_messages

from . import mentions, system
from .mentions import Person
from .rooms import archived_error
from .system import System

NEXT_REVISION = 'UPDATE rooms SET revision = revision + 1 WHERE id = :room AND archived_at IS NULL RETURNING revision'
RAISED = 'UPDATE rooms SET revision = revision + :by WHERE id = :room RETURNING revision'
QUOTED = 300
'''Maximum characters of a quoted text that are loaded.'''


@dataclass(frozen=True, slots=True)
class Quote:
    """The message that another one replies to, in its current form; `text` is empty once it is deleted."""

    id: int
    author_id: int
    author: str
    text: str
    is_deleted: bool


@dataclass(frozen=True, slots=True)
class Entry:
    """A message in its current form. `reactions` maps each emoji to the users who reacted, earliest reaction first.

    `system`: what happened, if that is what it says.
    """

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
    system: System | None = None

    def to_dict(self) -> dict[str, Any]:
        """The JSON object that programs receive (PROGRAMS.md)."""
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
            'system': self.system.to_dict() if self.system else None,
        }

    def quoted(self) -> Quote:
        """The quote that replies to this message show."""
        return Quote(self.id, self.author_id, self.author, self.text[:QUOTED], is_deleted=self.is_deleted)


@dataclass(frozen=True, slots=True)
class Change:
    """A created or changed message to publish, and the ids of the users to notify of it (`notified`).

    `where`: the name of a new message's room, if that is the same for everybody. `client_id`: the id that the author's
    client gave it. `is_rewritten`: the text was edited or deleted.
    """

    entry: Entry
    is_new: bool
    notified: Sequence[int] = ()
    where: str | None = None
    client_id: str | None = None
    is_rewritten: bool = False


def entries(rows: Iterable[Message]) -> list[Entry]:
    """Load all that belongs to these messages, whose authors are already joined; runs in a database thread."""
    rows = list(rows)
    if not rows:
        return []
    named = mentions.of(rows)
    quotes = _quotes({row.reply_to_id for row in rows if row.reply_to_id})
    numbers = [row.id for row in rows]
    reactions = _reactions(numbers)
    pinned = {pin.message_id for pin in Pin.select(Pin.message).where(Pin.message.in_(listed(numbers)))}
    happened = system.of(rows)
    return [Entry(row.id, row.room_id, row.revision, row.author_id, row.author.username, _text(row, happened),
                  row.created_at, row.edited_at, row.deleted_at is not None, named.get(row.id, ()),
                  quotes.get(row.reply_to_id or 0), reactions.get(row.id), row.id in pinned, happened.get(row.id))
            for row in rows]


def _text(row: Message, happened: Mapping[int, System]) -> str:
    is_said = row.system is None or row.deleted_at is not None
    return row.body if is_said else happened[row.id].sentence(row.author.username)


def original(room_id: int, message_id: int | None) -> Quote | None:
    """Quote the message of this room that is replied to; in a database thread.

    Raises Refused: 'not_found', 'forbidden' for a system message.
    """
    if message_id is None:
        return None
    found = Message.select().where(Message.id == message_id, Message.room == room_id, Message.deleted_at.is_null())
    if not found.exists():
        raise Refused('not_found', 'The message that this replies to is no longer there.')
    if found.where(Message.system.is_null(False)).exists():
        raise system.forbidden()
    return _quotes({message_id})[message_id]


def visible(user_id: int, message_id: int) -> Message:
    """A message that is not deleted and that this user may see; in a database thread. Raises Refused('not_found')."""
    is_member = Membership.select().where(Membership.user == user_id, Membership.room == Message.room)
    found: Message | None = all_messages().where(
        Message.id == message_id, Message.deleted_at.is_null(), fn.EXISTS(is_member)).first()
    if found is None:
        raise Refused('not_found', 'There is no such message.')
    return found


def written(user_id: int, message_id: int) -> Message:
    """A visible message that somebody wrote. Raises Refused: 'not_found', 'forbidden' for a system message."""
    found = visible(user_id, message_id)
    if found.system:
        raise system.forbidden()
    return found


def happened(room_id: int, author_id: int, kind: str, *, people: Iterable[int | None] = (None,), value: str = '',
             ) -> list[Change]:
    """Store what somebody did in a room, archived or not: a system message for each of the people it is about.

    Runs in a write operation. They are in no search, and mention nobody.
    """
    about, moment = list(people), now()
    ((last,),) = db.execute_sql(RAISED, {'room': room_id, 'by': len(about)}).fetchall()
    before = last - len(about)
    if about:
        Message.insert_many([
            {'room': room_id, 'author': author_id, 'body': value, 'created_at': moment, 'revision': revision,
             'posted_revision': revision, 'system': kind, 'about_id': person}
            for revision, person in enumerate(about, before + 1)]).execute()
    stored = all_messages().where(Message.room == room_id, Message.revision > before).order_by(Message.id)
    return [Change(entry, is_new=True) for entry in entries(stored)]


def changed(message: Message, *, is_rewritten: bool = False) -> Written[Entry]:
    """Save a changed message with its room's next revision, in a write operation: there is no other writer."""
    message.revision = next_revision(message.room_id)
    message.save()
    entry = entries([message])[0]
    return Written(entry, [Change(entry, is_new=False, is_rewritten=is_rewritten)])


def next_revision(room_id: int) -> int:
    """Raise a room's revision by one and return it. Raises Refused('forbidden') for an archived room."""
    found = db.execute_sql(NEXT_REVISION, {'room': room_id}).fetchall()
    if not found:
        raise archived_error()
    revision: int = found[0][0]
    return revision


def _quotes(message_ids: Iterable[int]) -> dict[int, Quote]:
    rows: Any = (Message.select(Message.id, Message.author, User.username, fn.SUBSTR(Message.body, 1, QUOTED),
                                Message.deleted_at).join(User).where(Message.id.in_(listed(message_ids))).tuples())
    return {number: Quote(number, author_id, author, start, is_deleted=deleted_at is not None)
            for number, author_id, author, start, deleted_at in rows}


def _reactions(message_ids: Sequence[int]) -> dict[int, dict[str, list[Person]]]:
    rows: Any = (Reaction.select(Reaction.message, Reaction.emoji, Reaction.user, User.username).join(User)
                 .where(Reaction.message.in_(listed(message_ids))).order_by(Reaction.id).tuples())
    found: dict[int, dict[str, list[Person]]] = {}
    for message_id, emoji, user_id, username in rows:
        found.setdefault(message_id, {}).setdefault(emoji, []).append((user_id, username))
    return found

"""Posting, editing and deleting messages."""
import re
from dataclasses import replace

import database
import limits
from accounts.actor import Actor
from database import Written, db
from errors import Refused
from models import Mention, Message, Pin, Reaction, Save, User, iso, now
from models import messages as all_messages
from names import is_text, is_visible

from . import mentions, reading
from .entries import Change, Entry, changed, entries, next_revision, original, visible, written
from .rooms import RoomChange, no_room_error, reach
from .search import index

LENGTH = 4_000
'''Maximum characters of a message.'''
EMPTY_LINES = re.compile(r'\A\s*[\r\n]')
AUTHOR = '''
    SELECT u.username, CASE r.kind WHEN 'direct' THEN NULL ELSE r.name END
    FROM memberships m JOIN users u ON u.id = m.user JOIN rooms r ON r.id = m.room
    WHERE m.user = :user AND m.room = :room'''
INSERT = '''
    INSERT INTO messages
        (room, author, body, created_at, revision, posted_revision, client_id, reply_to, calls_everyone)
    VALUES (:room, :author, :body, :created_at, :revision, :revision, :client_id, :reply_to, :calls_everyone)'''
BELONGINGS = (Mention, Reaction, Pin, Save)
'''Tables whose rows are deleted together with a message.'''


async def post(actor: Actor, room_id: int, text: str, client_id: str | None = None,
               reply_to: int | None = None) -> Entry:
    """Store a message, maybe as a reply to another one of the room, and publish it.

    A `client_id` that this author has used before returns its first result, before any other check. Raises Refused:
    'invalid', 'too_fast', 'not_found', 'forbidden' in an archived room or for mentioning everyone, 'unavailable'.
    """
    is_counted = False

    def operation() -> Written[Entry]:
        nonlocal is_counted
        if client_id is not None:
            earlier = all_messages().where(Message.author == actor.user_id, Message.client_id == client_id).first()
            if earlier:
                return Written(replace(entries([earlier])[0], revision=earlier.posted_revision))
        body = check_text(text)
        if not is_counted:  # the writer may run this operation again after a failed commit
            limits.check_post(actor.user_id)
            is_counted = True
        return _inserted(actor.user_id, room_id, body, client_id, reply_to)

    return await database.write(operation)


async def edit(actor: Actor, message_id: int, text: str) -> Entry:
    """Replace the text of the actor's own message.

    Raises Refused: 'invalid', 'not_found', 'forbidden' for another author's, in an archived room or for mentioning
    everyone, 'too_fast', 'unavailable'.
    """
    limits.check_edit(actor.user_id)

    def operation() -> Written[Entry]:
        message = written(actor.user_id, message_id)
        if message.author_id != actor.user_id:
            raise Refused('forbidden', 'Only its author can edit a message.')
        body = check_text(text)
        index.remove(message_id, message.room_id, actor.user_id, message.body)
        index.add(message_id, message.room_id, actor.user_id, body)
        message.body = body
        message.edited_at = now()
        quote = entries([message])[0].quote
        people = mentions.found(actor.user_id, message.room_id, message.body, quote.author_id if quote else None)
        is_all = message.calls_everyone or mentions.EVERYONE in people
        recalled = mentions.store(message.id, message.room_id, actor.user_id, people)
        message.calls_everyone = mentions.EVERYONE in people
        edited = changed(message, is_rewritten=True)
        return Written(edited.result, [*edited.changes, *_told_of(message, recalled, is_all=is_all)])

    return await database.write(operation)


def _told_of(message: Message, people: frozenset[int], *, is_all: bool) -> list[mentions.Recalled | RoomChange]:
    """What is told of those whom an edit has begun, or ceased, to mention: the counts of who has not read it change."""
    if not people:
        return []
    counting = people & reading.not_read_by(message.room_id, message.id)
    return [mentions.Recalled(message.room_id, people, is_all), RoomChange(message.room_id, told=counting)]


async def delete(actor: Actor, message_id: int) -> Entry:
    """Remove the text of a message for good; its row stays, so that clients that reconnect learn of the deletion.

    Raises Refused: 'not_found', 'forbidden' in an archived room, or for another author's and for a system message
    unless the user is an administrator, 'too_fast', 'unavailable'.
    """
    limits.check_change(actor.user_id)

    def operation() -> Written[Entry]:
        message = visible(actor.user_id, message_id)
        is_own = message.author_id == actor.user_id and not message.system
        if not is_own and not User.get_by_id(actor.user_id).is_admin:
            raise Refused('forbidden', 'Only administrators can delete what says what happened.' if message.system else
                          'Only its author and administrators can delete a message.')
        if not message.system:
            index.remove(message_id, message.room_id, message.author_id, message.body)
        for table in BELONGINGS:
            table.delete().where(table.message == message_id).execute()
        message.body, message.about_id = '', None
        message.deleted_at = now()
        return changed(message, is_rewritten=True)

    return await database.write(operation)


def check_text(text: str) -> str:
    """The text as it is stored: without empty lines in front and white space at its end. Raises Refused('invalid')."""
    body = EMPTY_LINES.sub('', text).rstrip()
    if len(body) > LENGTH:
        raise Refused('invalid', f'The message has {len(body):,} characters, {LENGTH:,} are the most: shorten it.')
    if '\0' in body or not is_text(body):
        raise Refused('invalid', "The message contains characters that can't be stored: remove them.")
    if not any(map(is_visible, body)):
        raise Refused('invalid', 'The message is empty: write something.')
    return body


def _inserted(user_id: int, room_id: int, body: str, client_id: str | None, reply_to: int | None) -> Written[Entry]:
    """Insert a message. Three statements are SQL: building them by Peewee takes three times as long as running them.

    The first one of a direct conversation is what makes the others see it.
    """
    author = db.execute_sql(AUTHOR, {'user': user_id, 'room': room_id}).fetchone()
    if author is None:
        raise no_room_error()
    (username, room), created_at, quote = author, now(), original(room_id, reply_to)
    revision = next_revision(room_id)
    reached = [reach(room_id)] if room is None and revision == 1 else []
    people = mentions.found(user_id, room_id, body, quote.author_id if quote else None)
    cursor = db.execute_sql(INSERT, {
        'room': room_id, 'author': user_id, 'body': body, 'created_at': iso(created_at), 'revision': revision,
        'client_id': client_id, 'reply_to': reply_to, 'calls_everyone': mentions.EVERYONE in people})
    number = cursor.lastrowid
    index.add(number, room_id, user_id, body)
    if people:
        mentions.store(number, room_id, user_id, people)
    notified = mentions.to_notify(number, room_id, user_id) if people or room is None else []
    entry = Entry(number, room_id, revision, user_id, username, body, created_at, None, is_deleted=False,
                  mentions=people, quote=quote)
    return Written(entry, [*reached, Change(entry, is_new=True, notified=notified, where=room, client_id=client_id)])

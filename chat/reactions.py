"""Reactions: emoji that users add to a message."""
from collections.abc import Sequence

import database
import limits
from accounts.actor import Actor
from database import Written, db
from errors import Refused
from models import Reaction

from .entries import Entry, changed, entries, written
from .text import emoji as emojis

MOST = 20
'''Maximum different emoji on one message.'''
MOST_USUAL = 24
USUAL = f'''
    SELECT r.emoji, COUNT(*) FROM reactions r WHERE r.user = :user GROUP BY r.emoji
    ORDER BY COUNT(*) DESC, MIN(r.id) LIMIT {MOST_USUAL}'''  # noqa: S608


async def react(actor: Actor, message_id: int, emoji: str, *, on: bool) -> Entry:
    """Add the actor's reaction to a message, or remove it; does nothing if that is so already.

    Raises Refused: 'invalid' unless it is one emoji, 'not_found', 'forbidden' in an archived room, 'conflict' for one
    emoji too many, 'too_fast', 'unavailable'.
    """
    limits.check_change(actor.user_id)
    normal = emojis.normal(emoji)
    if normal is None:
        raise Refused('invalid', 'A reaction is one emoji.')

    def operation() -> Written[Entry]:
        message = written(actor.user_id, message_id)
        mine = (Reaction.message == message_id) & (Reaction.user == actor.user_id) & (Reaction.emoji == normal)
        if on == Reaction.select().where(mine).exists():
            return Written(entries([message])[0])
        if on:
            _check_room(message_id, normal)
            Reaction.create(message=message_id, user=actor.user_id, emoji=normal)
        else:
            Reaction.delete().where(mine).execute()
        return changed(message)

    return await database.write(operation)


async def usual(actor: Actor) -> Sequence[tuple[str, int]]:
    """The emoji with which this user reacts most, and how often they stand somewhere; the first one used comes first
    of those used alike.
    """
    return await database.read(lambda: db.execute_sql(USUAL, {'user': actor.user_id}).fetchall())


def _check_room(message_id: int, emoji: str) -> None:
    there = {row.emoji for row in Reaction.select(Reaction.emoji).where(Reaction.message == message_id).distinct()}
    if emoji not in there and len(there) >= MOST:
        raise Refused('conflict', f'A message has {MOST} different reactions at the most: join one of them.')

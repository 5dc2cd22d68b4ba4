"""Emoji under a message."""
import database
from database import Written
from errors import Refused
from models import Reaction

from . import emoji as emojis
from . import rates
from .entries import Entry, changed, entries, visible

MOST = 20
'''Different emoji under one message.'''


async def react(user_id: int, message_id: int, emoji: str, *, on: bool) -> Entry:
    """Put an emoji under a message, or take one's own away; what is so already stays so.

    Raises Refused: 'invalid' for what is no emoji, 'not_found', 'forbidden' in an archived room, 'conflict' for one
    emoji too many, 'too_fast', 'unavailable'.
    """
    rates.check_change(user_id)
    normal = emojis.normal(emoji)
    if normal is None:
        raise Refused('invalid', 'A reaction is one emoji.')

    def operation() -> Written[Entry]:
        message = visible(user_id, message_id)
        mine = (Reaction.message == message_id) & (Reaction.user == user_id) & (Reaction.emoji == normal)
        if on == Reaction.select().where(mine).exists():
            return Written(entries([message])[0])
        if on:
            _check_room(message_id, normal)
            Reaction.create(message=message_id, user=user_id, emoji=normal)
        else:
            Reaction.delete().where(mine).execute()
        return changed(message)

    return await database.write(operation)


def _check_room(message_id: int, emoji: str) -> None:
    there = {row.emoji for row in Reaction.select(Reaction.emoji).where(Reaction.message == message_id).distinct()}
    if emoji not in there and len(there) >= MOST:
        raise Refused('conflict', f'A message has {MOST} different reactions at the most: join one of them.')

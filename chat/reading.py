"""How far somebody has read, and what of a room they want to hear of."""
from peewee import fn

import database
from database import Written, db
from errors import Refused
from models import Membership, Message

from .rooms import RoomChange, member

READ = '''
    UPDATE memberships SET last_read_id = MIN(:id, (SELECT coalesce(MAX(id), 0) FROM messages WHERE room = :room))
    WHERE room = :room AND user = :user
        AND last_read_id < MIN(:id, (SELECT coalesce(MAX(id), 0) FROM messages WHERE room = :room))
    RETURNING last_read_id'''
LEVELS = ('all', 'mentions', 'nothing', 'hidden')


async def read(user_id: int, room_id: int, message_id: int, reader: str | None = None) -> int:
    """All up to this message is read; returns how far, which never moves back. Raises Refused('not_found').

    `reader` is the page's socket that need not be told.

    As SQL, since everybody in a room reads each of its messages.
    """
    def operation() -> Written[int]:
        moved = db.execute_sql(READ, {'id': message_id, 'room': room_id, 'user': user_id}).fetchall()
        if moved:
            return Written(moved[0][0], [RoomChange(room_id, told=frozenset([user_id]), reader=reader)])
        return Written(member(user_id, room_id).last_read_id)

    return await database.write(operation)


async def mark_unread(user_id: int, room_id: int, message_id: int) -> int:
    """This message and later ones are unread; returns how far is read. Raises Refused('not_found')."""
    def operation() -> Written[int]:
        before = member(user_id, room_id).last_read_id
        if not Message.select().where(Message.id == message_id, Message.room == room_id).exists():
            raise Refused('not_found', 'There is no such message.')
        earlier = Message.select(fn.MAX(Message.id)).where(Message.room == room_id, Message.id < message_id).scalar()
        after = min(before, earlier or 0)
        _of(user_id, room_id, last_read_id=after)
        return Written(after, [RoomChange(room_id, told=frozenset([user_id]), is_marking=True)])

    return await database.write(operation)


async def notify(user_id: int, room_id: int, level: str) -> None:
    """What of a room counts: everything, mentions only, nothing; or it is hidden. Raises Refused."""
    if level not in LEVELS:
        raise Refused('invalid', f'The level is one of {", ".join(LEVELS)}.')

    def operation() -> Written[None]:
        member(user_id, room_id)
        _of(user_id, room_id, level=level)
        return Written(None, [RoomChange(room_id, told=frozenset([user_id]))])

    await database.write(operation)


def _of(user_id: int, room_id: int, **changed: str | int) -> None:
    Membership.update(**changed).where(Membership.user == user_id, Membership.room == room_id).execute()

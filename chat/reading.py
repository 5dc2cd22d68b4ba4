"""How far each member has read a room, and their notification level in it."""
from peewee import fn

import database
from accounts.actor import Actor
from database import Written, db
from errors import Refused
from models import Membership, Message

from .rooms import RoomChange, member

READ = '''
    UPDATE memberships AS m SET last_read_id = read.id
    FROM (SELECT MAX(id) AS id FROM messages WHERE room = :room AND id <= :id) read
    WHERE m.room = :room AND m.user = :user AND m.last_read_id < read.id
    RETURNING last_read_id'''
LEVELS = ('all', 'mentions', 'nothing', 'hidden')


async def read(actor: Actor, room_id: int, message_id: int) -> int:
    """Mark messages as read up to this one; returns the id of the last one read, which never moves back.

    A page that asks for this is not told of its own change. Raises Refused('not_found').
    """
    reader = actor.sid if actor.kind == 'page' else None

    def operation() -> Written[int]:
        moved = db.execute_sql(READ, {'id': message_id, 'room': room_id, 'user': actor.user_id}).fetchall()
        if moved:
            return Written(moved[0][0], [RoomChange(room_id, told=frozenset([actor.user_id]), reader=reader)])
        return Written(member(actor.user_id, room_id).last_read_id)

    return await database.write(operation)


async def mark_unread(actor: Actor, room_id: int, message_id: int) -> int:
    """Mark this message and later ones as unread; returns the id of the last one read. Raises Refused('not_found')."""
    def operation() -> Written[int]:
        before = member(actor.user_id, room_id).last_read_id
        if not Message.select().where(Message.id == message_id, Message.room == room_id).exists():
            raise Refused('not_found', 'There is no such message.')
        earlier = Message.select(fn.MAX(Message.id)).where(Message.room == room_id, Message.id < message_id).scalar()
        after = min(before, earlier or 0)
        _of(actor.user_id, room_id, last_read_id=after)
        return Written(after, [RoomChange(room_id, told=frozenset([actor.user_id]), is_marking=True)])

    return await database.write(operation)


async def notify(actor: Actor, room_id: int, level: str) -> None:
    """Set the actor's notification level in a room, one of LEVELS. Raises Refused: 'invalid', 'not_found'."""
    if level not in LEVELS:
        raise Refused('invalid', f'The level is one of {", ".join(LEVELS)}.')

    def operation() -> Written[None]:
        member(actor.user_id, room_id)
        _of(actor.user_id, room_id, level=level)
        return Written(None, [RoomChange(room_id, told=frozenset([actor.user_id]))])

    await database.write(operation)


def not_read_by(room_id: int, message_id: int) -> frozenset[int]:
    """The ids of the members who have not read as far as this message; runs in a database thread."""
    found = Membership.select(Membership.user).where(Membership.room == room_id, Membership.last_read_id < message_id)
    return frozenset(membership.user_id for membership in found)


def _of(user_id: int, room_id: int, **changed: str | int) -> None:
    Membership.update(**changed).where(Membership.user == user_id, Membership.room == room_id).execute()

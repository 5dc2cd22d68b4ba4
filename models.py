"""The tables, and the queries that say who may see what."""
from datetime import UTC, datetime

from peewee import (
    AutoField,
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    ModelSelect,
    TextField,
    fn,
)

import names
from database import db

LOBBY = 1
'''The room that everyone joins.'''


def now() -> datetime:
    """The time in UTC, as precise as it is stored and sent: to the millisecond."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def iso(moment: datetime) -> str:
    """How a time is stored and sent; such texts sort like the times."""
    return moment.isoformat(timespec='milliseconds')


class UtcField(TextField):
    """A time in UTC, stored as ISO 8601."""

    def db_value(self, value: datetime | None) -> str | None:
        """Store."""
        return None if value is None else iso(value)

    def python_value(self, value: str | None) -> datetime | None:
        """Load."""
        return None if value is None else datetime.fromisoformat(value)


class Table(Model):
    """What all tables share."""

    class Meta:
        database = db
        legacy_table_names = False


class User(Table):
    """An account. The first three columns are those of the original app."""

    id = AutoField()
    username = TextField(unique=True)
    password = TextField()
    name_key = TextField(null=True, unique=True)
    taken_over = BooleanField(default=False)
    is_admin = BooleanField(default=False)
    last_room_id = IntegerField(column_name='last_room', null=True)
    created_at = UtcField(default=now)

    class Meta:
        table_name = 'users'


class Session(Table):
    """One login of one browser or program. Only the SHA-256 of its token is kept."""

    id = AutoField()
    user_id: int
    token_hash = TextField(unique=True)
    user = ForeignKeyField(User, column_name='user')
    created_at = UtcField(default=now)
    expires_at = UtcField()

    class Meta:
        table_name = 'sessions'


class Room(Table):
    """`kind` is 'open', 'closed' or 'direct'; `revision` counts the changes of the room's messages.

    A direct room has no name, but the ids of its people, upwards and with commas between: one room for each such text.
    """

    id = AutoField()
    creator_id: int | None
    name = TextField()
    kind = TextField(default='open')
    topic = TextField(default='')
    people = TextField(null=True, unique=True)
    creator = ForeignKeyField(User, column_name='creator', null=True)
    archived_at = UtcField(null=True)
    revision = IntegerField(default=0)
    created_at = UtcField(default=now)

    class Meta:
        table_name = 'rooms'


class Membership(Table):
    """Who may read and write in which room."""

    room_id: int
    user_id: int
    room = ForeignKeyField(Room, column_name='room')
    user = ForeignKeyField(User, column_name='user')
    last_read_id = IntegerField(default=0)
    level = TextField(default='all')

    class Meta:
        table_name = 'memberships'
        primary_key = CompositeKey('room', 'user')


class Message(Table):
    """`revision` is the room's count at the message's latest change; a deleted one stays as a row without text.

    `posted_revision` is the count when it was posted, which is answered to who sends it again.
    """

    id = AutoField()
    room_id: int
    author_id: int
    reply_to_id: int | None
    room = ForeignKeyField(Room, column_name='room')
    author = ForeignKeyField(User, column_name='author')
    body = TextField()
    created_at = UtcField(default=now)
    revision = IntegerField()
    edited_at = UtcField(null=True)
    deleted_at = UtcField(null=True)
    client_id = TextField(null=True)
    posted_revision = IntegerField(null=True)
    reply_to = ForeignKeyField('self', column_name='reply_to', null=True)

    class Meta:
        table_name = 'messages'


class Mention(Table):
    """A message names a member of its room."""

    message = ForeignKeyField(Message, column_name='message')
    user = ForeignKeyField(User, column_name='user')
    room = ForeignKeyField(Room, column_name='room')

    class Meta:
        table_name = 'mentions'
        primary_key = CompositeKey('message', 'user')


class Reaction(Table):
    """Somebody put an emoji under a message: each one once, by a constraint of the table."""

    id = AutoField()
    message = ForeignKeyField(Message, column_name='message')
    user = ForeignKeyField(User, column_name='user')
    emoji = TextField()

    class Meta:
        table_name = 'reactions'


class Pin(Table):
    """Somebody pinned a message to its room."""

    id = AutoField()
    message_id: int
    message = ForeignKeyField(Message, column_name='message')
    room = ForeignKeyField(Room, column_name='room')
    user = ForeignKeyField(User, column_name='user')

    class Meta:
        table_name = 'pins'


class Save(Table):
    """Somebody keeps a message for themselves."""

    id = AutoField()
    message_id: int
    user = ForeignKeyField(User, column_name='user')
    message = ForeignKeyField(Message, column_name='message')

    class Meta:
        table_name = 'saves'


def rooms_of(user_id: int) -> 'ModelSelect[Room]':
    """The rooms that this user may see: every room is reached from here."""
    return Room.select().join(Membership).where(Membership.user == user_id)


def messages_of(user_id: int, room_id: int) -> 'ModelSelect[Message]':
    """This room's messages with their authors' names, as far as this user may see them: all or none."""
    is_member = Membership.select().where(Membership.user == user_id, Membership.room == room_id)
    return messages().where(Message.room == room_id, fn.EXISTS(is_member))


def messages() -> 'ModelSelect[Message]':
    """All messages with their authors' names."""
    return Message.select(Message, User.id, User.username).join(User)


def user_named(username: str) -> User | None:
    """An exact name wins over one that differs in case: two such users may come from the original app."""
    return User.get_or_none(User.username == username) or User.get_or_none(User.name_key == names.key(username))


def newest_id(room_id: int) -> int:
    """The number of the newest message of a room; 0 if there is none."""
    found: int | None = Message.select(fn.MAX(Message.id)).where(Message.room == room_id).scalar()
    return found or 0


def epoch() -> str:
    """Names this history: another database, or a restored one, has another epoch."""
    value: str = db.execute_sql("SELECT value FROM meta WHERE key = 'epoch'").fetchone()[0]
    return value

"""The database tables, and the queries that decide who may see which rows."""
from collections.abc import Iterable
from datetime import UTC, datetime

from peewee import (
    SQL,
    AutoField,
    BooleanField,
    CompositeKey,
    ForeignKeyField,
    IntegerField,
    Model,
    ModelSelect,
    Node,
    TextField,
    Value,
    fn,
)

import names
import skeletons
from database import db

LOBBY = 1
'''Id of the room that every user joins.'''
MOST_ROOMS = 500
'''Most open rooms that everyone joins automatically; also the most open, and the most closed, rooms of one person.'''


def now() -> datetime:
    """Return the current time in UTC, cut to milliseconds, as times are stored and sent."""
    moment = datetime.now(UTC)
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def iso(moment: datetime) -> str:
    """Format a time as it is stored and sent: ISO 8601 with milliseconds. The texts sort in order of time."""
    return moment.isoformat(timespec='milliseconds')


AUTOINCREMENT: list[Node] = [SQL('AUTOINCREMENT')]
'''Constraint of an id column: the id of a deleted row is never used again.'''


def _stored(value: str | int) -> list[Node]:
    """A DEFAULT constraint, which gives rows that are older than the column this value."""
    return [SQL(f"DEFAULT '{value}'" if isinstance(value, str) else f'DEFAULT {value}')]


class UtcField(TextField):
    """A time in UTC, stored as ISO 8601."""

    def db_value(self, value: datetime | None) -> str | None:
        """Convert a datetime to its stored text."""
        return None if value is None else iso(value)

    def python_value(self, value: str | None) -> datetime | None:
        """Convert a stored text to a datetime."""
        return None if value is None else datetime.fromisoformat(value)


class Table(Model):
    """Base class of all tables."""

    class Meta:
        database = db
        legacy_table_names = False


class User(Table):
    """An account. The first three columns are those of the original app.

    Names with one `name_key` are one name; those with one `skeleton` may look alike (`skeletons.py`).
    """

    id = AutoField(constraints=AUTOINCREMENT)
    username = TextField(unique=True)
    password = TextField()
    name_key = TextField(null=True, unique=True)
    skeleton = TextField(null=True, index=True)
    taken_over = BooleanField(default=False, constraints=_stored(0))
    is_admin = BooleanField(default=False, constraints=_stored(0))
    last_room_id = IntegerField(column_name='last_room', null=True, constraints=[SQL('REFERENCES rooms (id)')])
    created_at = UtcField(default=now)

    class Meta:
        table_name = 'users'


class Session(Table):
    """One login of one browser or program. Only the SHA-256 of its token is kept."""

    id = AutoField(constraints=AUTOINCREMENT)
    user_id: int
    token_hash = TextField(unique=True)
    user = ForeignKeyField(User, column_name='user', on_delete='CASCADE')
    created_at = UtcField(default=now)
    expires_at = UtcField(index=True)

    class Meta:
        table_name = 'sessions'


class Browser(Table):
    """A browser in which a user has logged in. Only the SHA-256 of its token is kept."""

    id = AutoField()
    user = ForeignKeyField(User, column_name='user', on_delete='CASCADE', index=False)
    token_hash = TextField(index=True)
    seen_at = UtcField(default=now)

    class Meta:
        table_name = 'browsers'
        indexes = ((('user', 'token_hash'), True),)


class Room(Table):
    """A room; `kind` is 'open', 'closed' or 'direct', and `revision` counts the changes of its messages.

    A direct room has no name; its unique `people` holds the ids of its members, ascending and separated by commas.
    """

    id = AutoField()
    creator_id: int | None
    name = TextField()
    kind = TextField(default='open', constraints=_stored('open'), index=True)
    topic = TextField(default='', constraints=_stored(''))
    people = TextField(null=True, unique=True)
    creator = ForeignKeyField(User, column_name='creator', null=True)
    archived_at = UtcField(null=True)
    revision = IntegerField(default=0, constraints=_stored(0))
    created_at = UtcField(default=now)

    class Meta:
        table_name = 'rooms'


class Membership(Table):
    """A user's membership in a room, with which they may read and write there.

    `favourite` is the room's place among the favourites of the user, None for a room that is none of them.
    """

    room_id: int
    user_id: int
    room = ForeignKeyField(Room, column_name='room', index=False)
    user = ForeignKeyField(User, column_name='user')
    last_read_id = IntegerField(default=0, constraints=_stored(0))
    level = TextField(default='all', constraints=_stored('all'))
    favourite = IntegerField(null=True)

    class Meta:
        table_name = 'memberships'
        primary_key = CompositeKey('room', 'user')
        without_rowid = True


class Message(Table):
    """A message; `revision` is its room's count at its latest change. A deleted one stays as a row without text.

    `posted_revision` is the count when it was posted; it is the answer when a client sends the message again.

    A system message has a kind in `system`, the user `about` whom it is, and in `body` only what was set: a new name or
    topic. What it says is made when it is shown (`chat.system`).
    """

    id = AutoField()
    room_id: int
    author_id: int
    reply_to_id: int | None
    room = ForeignKeyField(Room, column_name='room', index=False)
    author = ForeignKeyField(User, column_name='author', index=False)
    body = TextField()
    created_at = UtcField(default=now)
    revision = IntegerField()
    edited_at = UtcField(null=True)
    deleted_at = UtcField(null=True)
    client_id = TextField(null=True)
    posted_revision = IntegerField(null=True)
    reply_to = ForeignKeyField('self', column_name='reply_to', null=True, index=False)
    calls_everyone = BooleanField(default=False, constraints=_stored(0))
    system = TextField(null=True)
    about_id = IntegerField(column_name='about', null=True, constraints=[SQL('REFERENCES users (id)')])

    class Meta:
        table_name = 'messages'
        indexes = ((('room', 'id'), False), (('room', 'revision'), True), (('author', 'client_id'), True))


class Mention(Table):
    """A mention of a room's member in a message."""

    message = ForeignKeyField(Message, column_name='message', on_delete='CASCADE', index=False)
    user = ForeignKeyField(User, column_name='user', on_delete='CASCADE', index=False)
    room = ForeignKeyField(Room, column_name='room', index=False)

    class Meta:
        table_name = 'mentions'
        primary_key = CompositeKey('message', 'user')
        indexes = ((('user', 'room', 'message'), False),)
        without_rowid = True


class Reaction(Table):
    """A user's emoji on a message; the unique index allows each emoji once per user and message."""

    id = AutoField()
    message = ForeignKeyField(Message, column_name='message', on_delete='CASCADE', index=False)
    user = ForeignKeyField(User, column_name='user', on_delete='CASCADE', index=False)
    emoji = TextField()

    class Meta:
        table_name = 'reactions'
        indexes = ((('message', 'user', 'emoji'), True), (('user', 'emoji'), False))


class Pin(Table):
    """A message that a user pinned to its room."""

    id = AutoField()
    message_id: int
    message = ForeignKeyField(Message, column_name='message', on_delete='CASCADE', unique=True)
    room = ForeignKeyField(Room, column_name='room')
    user = ForeignKeyField(User, column_name='user', index=False)

    class Meta:
        table_name = 'pins'


class Save(Table):
    """A message that a user saved for themselves."""

    id = AutoField()
    message_id: int
    user = ForeignKeyField(User, column_name='user', on_delete='CASCADE', index=False)
    message = ForeignKeyField(Message, column_name='message', on_delete='CASCADE', index=False)

    class Meta:
        table_name = 'saves'
        indexes = ((('user', 'message'), True),)


class Fact(Table):
    """A key and a value about the database itself, such as its epoch."""

    key = TextField(primary_key=True)
    value = TextField()

    class Meta:
        table_name = 'meta'
        without_rowid = True


def rooms_of(user_id: int) -> 'ModelSelect[Room]':
    """Query the rooms that this user may see; access to a room starts from here."""
    return Room.select().join(Membership).where(Membership.user == user_id)


def join_open_rooms(user_id: int) -> None:
    """Make a new user a member of the open rooms, with all messages read; one statement, inside an operation.

    Archived ones are left out: whoever wants to read them finds them by browsing.
    """
    newest = Message.select(fn.COALESCE(fn.MAX(Message.id), 0)).where(Message.room == Room.id)
    opened = (Room.select(Room.id, Value(user_id), newest).where(Room.kind == 'open', Room.archived_at.is_null())
              .order_by(Room.id).limit(MOST_ROOMS))
    Membership.insert_from(opened, [Membership.room, Membership.user, Membership.last_read_id]).execute()


def messages_of(user_id: int, room_id: int) -> 'ModelSelect[Message]':
    """Query this room's messages with their authors' names; none unless this user is a member."""
    is_member = Membership.select().where(Membership.user == user_id, Membership.room == room_id)
    return messages().where(Message.room == room_id, fn.EXISTS(is_member))


def messages() -> 'ModelSelect[Message]':
    """Query all messages with their authors' names."""
    return Message.select(Message, User.id, User.username).join(User)


def user_named(username: str) -> User | None:
    """Find a user. An exact name wins over one that differs in case: two such users may come from the original app."""
    return User.get_or_none(User.username == username) or User.get_or_none(User.name_key == names.key(username))


def looks_like_another(username: str) -> bool:
    """Whether a new username could be mistaken for that of somebody who is here."""
    skeleton = skeletons.skeleton(username)
    alike = User.select(User.username).where(User.skeleton == skeleton)
    return any(skeletons.are_mistaken(username, user.username) for user in alike)


def listed(ids: Iterable[int]) -> SQL:
    """These numbers for `in_`, in the text of the SQL: for parameters Peewee takes longer than SQLite for the query."""
    return SQL(f'({", ".join(map(str, ids)) or "NULL"})')


def newest_id(room_id: int) -> int:
    """Return the id of the newest message of a room; 0 if there is none."""
    found: int | None = Message.select(fn.MAX(Message.id)).where(Message.room == room_id).scalar()
    return found or 0


def epoch() -> str:
    """Return the id of this database's history; another database, or a restored one, has another epoch."""
    value: str = Fact.get_by_id('epoch').value
    return value


def secret() -> bytes:
    """Return the secret key that is stored only in this database."""
    value: str = Fact.get_by_id('secret').value
    return value.encode()

"""System messages: what happened in a room. They are stored as kind and numbers, and say it when they are shown."""
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from errors import Refused
from models import Message, User, listed

WHAT = {
    'joined': 'joined',
    'left': 'left',
    'added': 'added {person}',
    'removed': 'removed {person}',
    'made': 'made this room',
    'renamed': 'renamed this room to "{value}"',
    'topic': 'set the topic to "{value}"',
    'cleared': 'removed the topic',
    'opened': 'opened this room to everyone',
    'closed': 'closed this room to newcomers',
    'archived': 'archived this room',
    'unarchived': 'brought this room back from the archive',
}
'''What the one who did it did, in words that follow their name.'''
COUNTED = "(system IS NULL OR system = 'added' AND about = m.user)"
'''Whether a message counts as unread for the user of the membership `m`.'''


@dataclass(frozen=True, slots=True)
class System:
    """What happened: `person` is whom it is about, `value` the new name or topic; who did it is the message's author.

    A room that was made was `opened` with its first name. Of what was deleted only the kind is left.
    """

    kind: str
    person_id: int | None = None
    person: str | None = None
    value: str | None = None

    def to_dict(self) -> dict[str, str | None]:
        """The JSON object that programs receive (PROGRAMS.md)."""
        is_topic = self.kind == 'topic'
        return {'kind': self.kind, 'username': self.person, 'name': None if is_topic else self.value or None,
                'topic': self.value if is_topic else None}

    def what(self, show: Callable[[str], str] = str, show_person: Callable[[str], str] = str) -> str:
        """What was done, to follow the name of who did it; `show` makes of names what they are shown by."""
        words = {('opened', True): 'made', ('topic', False): 'cleared'}.get((self.kind, bool(self.value)), self.kind)
        return WHAT[words].format(person=show_person(self.person or ''), value=show(self.value or ''))

    def sentence(self, author: str) -> str:
        """All of it, as programs read it."""
        return f'{author} {self.what()}.'

    @property
    def counts_for(self) -> int | None:
        """The one person for whom it counts as unread."""
        return self.person_id if self.kind == 'added' else None


def of(rows: Iterable[Message]) -> Mapping[int, System]:
    """By message id, what those say that are system messages; runs in a database thread."""
    rows = [row for row in rows if row.system]
    about = {row.about_id for row in rows if row.about_id}
    people = list(User.select(User.id, User.username).where(User.id.in_(listed(about)))) if about else []
    called: Mapping[int | None, str] = {user.id: user.username for user in people}
    return {row.id: System(row.system or '', row.about_id, called.get(row.about_id),
                           None if row.deleted_at else row.body) for row in rows}


def forbidden() -> Refused:
    """The error for changing what says what happened."""
    return Refused('forbidden', 'This line only says what happened: it stays as it is.')

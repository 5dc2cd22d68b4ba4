"""Changes of messages that are broadcast, and the queue of those for the pages of a room."""
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

News = tuple[int, int, Sequence[int]]
'''A new message: its id, its author's id, and the ids of the users whom it mentions.'''


@dataclass(frozen=True, slots=True, kw_only=True)
class Update:
    """A message after a change: `html` for pages, `event` with `data` for programs."""

    id: int
    revision: int
    html: str
    event: str
    data: dict[str, Any]
    news: News | None = None


@dataclass(slots=True)
class Waiting:
    """Changes that wait for a packet, by message id, in order of revisions; `first` and `last` are revisions."""

    waiting: dict[int, Update] = field(default_factory=dict)
    news: list[News] = field(default_factory=list)
    first: int = 0
    last: int = 0
    is_telling: bool = False

    def add(self, update: Update) -> None:
        """Add a change to the next packet."""
        if not self.waiting:
            self.first = update.revision
        self.last = update.revision
        self.waiting.pop(update.id, None)  # a message changed twice is sent once, in its latest form
        self.waiting[update.id] = update
        if update.news:
            self.news.append(update.news)

    def take(self) -> tuple[dict[str, Any], list[News]]:
        """Return the packet for pages and the new messages in it, and empty the queue."""
        packet = {'from': self.first, 'to': self.last, 'html': ''.join(c.html for c in self.waiting.values())}
        news, self.waiting, self.news = self.news, {}, []
        return packet, news

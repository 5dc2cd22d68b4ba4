"""Presence of users: per user, not per tab or program. Changes are broadcast at most once a second."""
import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Literal

State = Literal['online', 'away', 'offline']

LINGER_SECONDS = 30.0
'''Seconds after a user's last socket until the user is offline: most only reload the page, or change networks.'''
TOLD_SECONDS = 1.0


@dataclass(slots=True)
class _Person:
    """A user; `sockets` says whether each is active, and `was_active` whether the last one was, once there is none."""

    username: str
    was_active: bool = True
    sockets: dict[str, bool] = field(default_factory=dict)
    leaving: asyncio.TimerHandle | None = None

    @property
    def state(self) -> State:
        return 'online' if (any(self.sockets.values()) if self.sockets else self.was_active) else 'away'


class Presence:
    """Tracks the presence of users; `tell` gets the changes: names and states by user id."""

    def __init__(self, tell: Callable[[dict[int, tuple[str, State]]], None]) -> None:
        self._tell = tell
        self._people: dict[int, _Person] = {}
        self._told: dict[int, State] = {}
        self._changed: dict[int, str] = {}
        self._telling: asyncio.TimerHandle | None = None
        self._told_at = float('-inf')

    def state(self, user_id: int) -> State:
        """Return the presence of a user."""
        person = self._people.get(user_id)
        return person.state if person else 'offline'

    def states(self) -> dict[int, State]:
        """Return the presence of all users who are not offline."""
        return {user_id: person.state for user_id, person in self._people.items()}

    def came(self, user_id: int, username: str, sid: str) -> None:
        """Add a socket of a user, as an active one."""
        person = self._people.setdefault(user_id, _Person(username))
        person.sockets[sid] = True
        if person.leaving:
            person.leaving.cancel()
            person.leaving = None
        self._change(user_id, username)

    def set_active(self, user_id: int, sid: str, *, is_active: bool) -> None:
        """Store whether a user is active at this socket, or has done nothing there for long."""
        person = self._people.get(user_id)
        if person and sid in person.sockets:
            person.sockets[sid] = is_active
            self._change(user_id, person.username)

    def gone(self, user_id: int, sid: str) -> None:
        """Remove a socket of a user; without any, the user is offline after LINGER_SECONDS."""
        person = self._people.get(user_id)
        if person is None or sid not in person.sockets:
            return
        person.was_active = person.state == 'online'
        del person.sockets[sid]
        if person.sockets:
            self._change(user_id, person.username)
        else:
            person.leaving = asyncio.get_running_loop().call_later(LINGER_SECONDS, self._leave, user_id)

    def stop(self) -> None:
        """Cancel all timers and forget all users."""
        for timer in (self._telling, *(person.leaving for person in self._people.values())):
            if timer:
                timer.cancel()
        self._people.clear()
        self._told.clear()
        self._changed.clear()
        self._telling = None

    def _leave(self, user_id: int) -> None:
        self._change(user_id, self._people.pop(user_id).username)

    def _change(self, user_id: int, username: str) -> None:
        self._changed[user_id] = username
        if self._telling is None:
            loop = asyncio.get_running_loop()
            self._telling = loop.call_at(max(loop.time(), self._told_at + TOLD_SECONDS), self._tell_changes)

    def _tell_changes(self) -> None:
        changed, self._changed, self._telling = self._changed, {}, None
        now = {user_id: self.state(user_id) for user_id in changed}
        news = {user_id: state for user_id, state in now.items() if state != self._told.get(user_id, 'offline')}
        if news:
            self._told = {user_id: state for user_id, state in (self._told | news).items() if state != 'offline'}
            self._told_at = asyncio.get_running_loop().time()
            self._tell({user_id: (changed[user_id], state) for user_id, state in news.items()})

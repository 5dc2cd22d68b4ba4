"""Where in the chat somebody wants to be: a room, and a message in it.

A place travels through the login as two numbers, from which its address is made anew: whatever stands in a URL, nobody
is led anywhere but into a room of ours.
"""
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self
from urllib.parse import urlencode

from fastapi import Request

NOTHING = 10 ** 15
'''A number that no room and no message has: stands for what is no number, and for one that no script could hold.'''


@dataclass(frozen=True, slots=True)
class Place:
    """The ids of a room and of a message; None for the room where one was last, and for no certain message."""

    room: int | None = None
    at: int | None = None

    @classmethod
    def named(cls, named: Mapping[str, str]) -> Self:
        """Return the place that these values of a URL stand for."""
        return cls(number(named.get('room')), number(named.get('at')))

    @property
    def path(self) -> str:
        """The address of the room, at the message."""
        return '/chat' + ('' if self.room is None else f'/{self.room}') + _query(at=self.at)

    @property
    def query(self) -> str:
        """What an address ends in that leads to this place by a login: "?room=33&at=100", or ""."""
        return _query(room=self.room, at=self.at)


def number(text: str | None) -> int | None:
    """Parse an id in a URL; None if there is none, NOTHING for what is no id."""
    if not text:
        return None
    is_id = text.isascii() and text.isdecimal() and len(text) < len(str(NOTHING))
    return int(text) or NOTHING if is_id else NOTHING


def wanted(request: Request) -> Place:
    """Return the place that the path and the query of a request name, on whichever way to it."""
    return Place.named({**request.query_params, **request.path_params})


def _query(**ids: int | None) -> str:
    named = {name: value for name, value in ids.items() if value is not None}
    return f'?{urlencode(named)}' if named else ''

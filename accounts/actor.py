"""The user on whose behalf a request is handled."""
from dataclasses import dataclass

from hub import Kind


@dataclass(frozen=True, slots=True)
class Actor:
    """A user, and the page or program that sends a request for them, in an open session.

    `sid` is the id of the requesting socket; '' if there is none.
    """

    user_id: int
    username: str
    session_id: int
    kind: Kind = 'page'
    sid: str = ''

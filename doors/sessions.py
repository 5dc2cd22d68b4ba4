"""Which session a request or a socket belongs to, by the cookies that it shows."""
from collections.abc import Mapping
from dataclasses import dataclass

import auth

from . import cookies


@dataclass(frozen=True, slots=True)
class Shown:
    """An open session, and the token that was shown for it."""

    token: str
    login: auth.Login


async def find(jar: Mapping[str, str]) -> Shown | None:
    """Return the first open session of which a token stands in these cookies; this also extends it."""
    for token in cookies.session_tokens(jar):
        if login := await auth.find(token):
            return Shown(token, login)
    return None

"""Browsers in which a user has logged in: strangers' failed logins for a name don't lock these out."""
from datetime import timedelta
from typing import Any

from accounts import tokens
from models import Browser, User, now

KNOWN_FOR = timedelta(days=90)
'''Time after its latest login for which a browser is known.'''
MOST = 10
'''Known browsers of one user; older ones are forgotten.'''


def remember(user_id: int, earlier: str | None, token: str) -> None:
    """Store the new token of a browser in which a user has just logged in, in place of its earlier token.

    Each login makes a new token, so that nobody can plant a token and have it known. The rows of other users of the
    same browser get it, too.
    """
    if earlier:
        Browser.update(token_hash=tokens.digest(token)).where(Browser.token_hash == tokens.digest(earlier)).execute()
    Browser.insert(user=user_id, token_hash=tokens.digest(token)).on_conflict(
        conflict_target=[Browser.user, Browser.token_hash], preserve=[Browser.seen_at]).execute()
    mine = Browser.select(Browser.id).where(Browser.user == user_id).order_by(Browser.seen_at.desc(), Browser.id.desc())
    Browser.delete().where(Browser.user == user_id, Browser.id.not_in(mine.limit(MOST))).execute()


def is_known(user: User | None, token: str | None) -> bool:
    """Whether this user has logged in with the browser that has this token."""
    return bool(user and token) and Browser.select().where(
        Browser.user == user, Browser.token_hash == tokens.digest(token or ''), _is_fresh()).exists()


def forget_old() -> int:
    """Delete the browsers that are no longer known; return their number."""
    dropped: int = Browser.delete().where(~_is_fresh()).execute()
    return dropped


def _is_fresh() -> Any:
    return Browser.seen_at > now() - KNOWN_FOR

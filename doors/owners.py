"""Which session, or which browser, a NiceGUI client (one open page) belongs to.

A client's id is in the URL of every socket, and so in the logs of proxies: it does not prove identity. An event for a
page is accepted only from a socket that shook hands for this very page and has the page's session, or, for the entry
page, its nonce.
"""
from dataclasses import dataclass
from typing import Any
from weakref import WeakKeyDictionary

from nicegui import Client, core

import auth
from accounts import tokens
from hub import sockets

from . import cookies


@dataclass(frozen=True, slots=True)
class Owner:
    """A session and its user; or, for a page without a login, the hash of the browser's nonce."""

    session_id: int | None = None
    user_id: int | None = None
    nonce: str = ''


_owners: 'WeakKeyDictionary[Client, Owner]' = WeakKeyDictionary()


def give_to_session(client: Client, session: auth.Login) -> None:
    """Make this page belong to a session and its user."""
    _owners[client] = Owner(session_id=session.session_id, user_id=session.user_id)


def give_to_nonce(client: Client, nonce: str) -> None:
    """Make this page belong to the browser that has this nonce."""
    _owners[client] = Owner(nonce=tokens.digest(nonce))


def is_of_user(client: Client, user_id: int) -> bool:
    """Whether this page belongs to this user, in whichever of their sessions."""
    return _of(client).user_id == user_id


def is_owner(client: Client, sid: str) -> bool:
    """Whether a socket has the session, or the nonce, that this page belongs to."""
    owner, socket = _of(client), sockets.socket(sid)
    if owner.session_id is not None:
        return socket is not None and socket.session_id == owner.session_id
    return bool(owner.nonce) and owner.nonce == tokens.digest(_nonce(core.sio.get_environ(sid) or {}))


def _of(client: Client) -> Owner:
    return _owners.get(client, Owner())


def _nonce(environ: dict[str, Any]) -> str:
    return cookies.of_socket(environ).get(cookies.NONCE_COOKIE, '')

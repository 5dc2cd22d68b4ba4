"""Accounts, passwords, sessions, and the one-time tickets with which a page's login sets a cookie."""
import asyncio
import re
import secrets
import time
from collections.abc import Callable, Collection, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from peewee import IntegrityError, fn

import database
import names
import settings
import skeletons
from accounts import browsers, decoys, passwords, tokens
from accounts.actor import Actor
from accounts.hashing import PASSWORD_BYTES, Hasher, cost
from database import Written
from errors import Refused
from hub import Kind, sockets
from limits import LoginThrottle
from models import Session, User, join_open_rooms, looks_like_another, now, user_named

PASSWORD_CHARACTERS = 8
ONE_CHARACTER = re.compile(
    f'([\U0001f1e6-\U0001f1ff]{{2}}|.(?:[{names.MARKS}\U0001f3fb-\U0001f3ff\U000e0020-\U000e007f]|\u200d[\u2190-\U0001faff])*)\\1*',
    re.DOTALL)
'''One character, repeated any number of times: a flag, or any other with its combining marks, skin tone, and the emoji
that are joined to it.'''
TICKET_SECONDS = 30
SLIDE_AFTER = timedelta(minutes=1)
'''Least time between two extensions of a session.'''
LONGEST_SESSION = timedelta(days=365)
'''Longest life of a session, however much it is used.'''
HOUSEKEEPING_SECONDS = 3600

COMMON_PASSWORDS = frozenset('''
    12121212 12341234 12344321 123123123 12345678 123456789 1234567890 123456789a 12qwaszx 147258369
    1q2w3e4r 1q2w3e4r5t 1qaz2wsx 87654321 987654321 a1234567
    a12345678 aa123456 aa12345678 abc12345 abcd1234 abcdefgh access14 admin123 administrator asdfasdf asdfghjk
    asdfghjkl baseball basketball chatroom changeme charlie1 chocolate computer corvette dragon123 elephant facebook
    firebird football freedom1 hello123 hellohello iloveyou iloveyou1 internet jennifer jordan23 letmein1 liverpool
    marlboro mercedes michelle midnight monkey123 mustang1 november p@ssw0rd p@ssword passw0rd password password!
    password1 password12 password123 princess princess1 q1w2e3r4 q1w2e3r4t5 qazwsxedc qwer1234 qwerasdf qwerty12
    qwerty123 qwertyui qwertyuiop rush2112 samantha scorpion secret123 starwars steelers sunshine superman superstar
    test1234 testtest trustno1 victoria welcome1 welcome123 whatever zaq12wsx zxcvbnm1
'''.split())


@dataclass(frozen=True, slots=True)
class Login:
    """The session and the user of a request or a socket."""

    session_id: int
    user_id: int
    username: str
    created_at: datetime

    def actor(self, kind: Kind = 'page', sid: str = '') -> Actor:
        """Return this user as an Actor at a page or a program; `sid` is the id of the socket, if any."""
        return Actor(self.user_id, self.username, self.session_id, kind, sid)


_hasher: Hasher | None = None
_throttle: LoginThrottle | None = None
_tickets: dict[str, tuple[int, str, float]] = {}
_background: set[asyncio.Task[None]] = set()


def start() -> None:
    """Start the hashing threads, the login throttle and the housekeeping task."""
    global _hasher, _throttle  # noqa: PLW0603
    _hasher = Hasher()
    _throttle = LoginThrottle() if settings.current().rate_limits == 'on' else None
    _start(_keep_house())


async def stop() -> None:
    """Stop background tasks and hashing threads; wait for a hash that is being computed."""
    for task in _background:
        task.cancel()
    _tickets.clear()
    if _hasher:
        await _hasher.stop()


def _start(work: Coroutine[Any, Any, None]) -> None:
    task = asyncio.get_running_loop().create_task(work)
    _background.add(task)
    task.add_done_callback(_background.discard)


# Accounts ---------------------------------------------------------------------------------------------------------

async def register(username: str, password: str, tell: Callable[[int], Sequence[Any]] = lambda _: ()) -> int:
    """Make an account and return its id; `tell` returns, in the same write operation, what is to be told of it.

    Raises Refused: 'forbidden' when registration is closed, 'invalid' for a broken rule, 'conflict' for a name that is
    taken, or can be mistaken for one that is, 'too_fast' when too many requests wait for hashing.
    """
    if settings.current().registration == 'closed':
        raise Refused('forbidden', 'Registration is closed: ask the people who run this chat for an account.')
    if not names.is_text(username + password):
        raise Refused('invalid', "This contains characters that can't be stored: choose others.", field='username')
    names.check(username)
    password = passwords.composed(password)
    check_password(username, password)
    assert _hasher
    hashed = await _hasher.hash('registration', password)

    def operation() -> Written[int]:
        number = _create(username, hashed)
        return Written(number, tell(number))

    try:
        user_id = await database.write(operation)
    except IntegrityError:
        raise Refused('conflict', f'The username "{username}" is taken, choose another one.',
                      field='username') from None
    sockets.tell_newcomer()
    return user_id


def check_password(username: str, password: str) -> None:
    """Raise Refused('invalid') unless a new account may have this password."""
    if len(password) < PASSWORD_CHARACTERS:
        raise Refused('invalid', f'A password has at least {PASSWORD_CHARACTERS} characters.', field='password')
    if not passwords.fits(password):
        raise Refused('invalid', f'A password has at most {PASSWORD_BYTES} bytes: choose a shorter one.',
                      field='password')
    if names.key(password) == names.key(username):
        raise Refused('invalid', 'The password must not be the username.', field='password')
    compared = names.key(password)
    if any(map(ONE_CHARACTER.fullmatch, (password.casefold(), compared, ''.join(filter(names.is_visible, compared))))):
        raise Refused('invalid', 'This password is one character again and again: choose another one.',
                      field='password')
    if names.key(password) in COMMON_PASSWORDS:
        raise Refused('invalid', 'This password is one of the first that anybody would try: choose another one.',
                      field='password')


def _create(username: str, hashed: str) -> int:
    """Insert a user and join the open rooms with all messages read; the first user becomes the administrator.

    Raises Refused('conflict'), IntegrityError.
    """
    if looks_like_another(username):
        raise Refused('conflict', f'The username "{username}" can be mistaken for another one: choose another one.',
                      field='username')
    user = User.create(username=username, password=hashed, name_key=names.key(username),
                       skeleton=skeletons.skeleton(username), is_admin=~fn.EXISTS(User.select()))
    join_open_rooms(user.id)
    return user.id


async def login(username: str, password: str, address: str, browser: str | None = None) -> int:
    """Return the id of the user with this name and password; `browser` is the browser's token, if it has one.

    Spaces around the name are forgiven, unless somebody from the original app has just that name.

    Raises Refused: 'not_logged_in' for a wrong name or password, 'too_fast' after too many failures, or when too many
    logins wait.
    """
    if len(username) > names.LONGEST_COMPARED or not names.is_text(username + password):
        username, password = '', ''
    assert _hasher
    return await _hasher.in_turn('login', lambda: _try(username, password, address, browser))


async def _try(username: str, password: str, address: str, browser: str | None) -> int:
    """Do the same work for known and unknown names, so that timing does not reveal which exist."""
    def query() -> tuple[User | None, str, bool]:
        found = user_named(username) or user_named(name)
        return found, decoys.stored_for(name), browsers.is_known(found, browser)

    name = username.strip()
    user, stored, is_known = await database.read(query)
    succeed = _throttle.begin(name, address, browser if is_known else None) if _throttle else lambda: None
    # bcrypt before 5 cut passwords at 72 bytes, so the original app's users may have longer ones
    spelling = await _matching(password, user.password if user else stored, may_be_cut=bool(user and user.taken_over))
    if user is None or spelling is None:
        raise Refused('not_logged_in', 'Wrong username or password.')
    succeed()
    lasting = passwords.lasting(spelling)
    if cost(user.password) != settings.current().bcrypt_rounds or spelling != lasting:
        _start(_renew(user, lasting))
    return user.id


async def _matching(password: str, stored: str, *, may_be_cut: bool) -> str | None:
    """The spelling of the password of which the stored hash was made; None for a wrong password."""
    assert _hasher
    for spelling in passwords.spellings(password):
        if await _hasher.matches(spelling, stored) and (may_be_cut or passwords.fits(spelling)):
            return spelling
    return None


async def _renew(user: User, password: str) -> None:
    """Hash the password anew at the configured cost; if that is refused now, the next login tries again."""
    assert _hasher
    with suppress(Refused):
        hashed = await _hasher.hash('renewal', password)
        await database.write(lambda: Written(
            User.update(password=hashed).where(User.id == user.id, User.password == user.password).execute()))


# Sessions ---------------------------------------------------------------------------------------------------------

async def open_session(user_id: int, earlier: str | None = None, browser: str | None = None) -> tuple[str, str]:
    """Start a session; return its token and a new browser token, of which only the hashes are stored.

    `earlier` and `browser` are the session and browser tokens from before the login. An earlier session of another user
    ends; one of the same user keeps its id, pages and sockets, and only its old token becomes invalid.
    """
    token, new_browser = tokens.new(), tokens.new()

    def operation() -> Written[int | None]:
        browsers.remember(user_id, browser, new_browser)
        before = _live(Session.token_hash == tokens.digest(earlier)) if earlier else None
        begun = {'token_hash': tokens.digest(token), 'created_at': now(), 'expires_at': _expiry()}
        if before and before.user_id == user_id:
            Session.update(begun).where(Session.id == before.id).execute()
            return Written(None)
        if before:
            before.delete_instance()
        Session.create(user=user_id, **begun)
        return Written(before.id if before else None)

    ended = await database.write(operation)
    if ended is not None:
        await sockets.close(ended)
    return token, new_browser


async def find(token: str | None) -> Login | None:
    """Return the login with this token, if its session is open; this also extends the session."""
    if not token:
        return None
    session = await database.read(lambda: _live(Session.token_hash == tokens.digest(token)))
    if session is None:
        return None
    if session.expires_at < _expiry() - SLIDE_AFTER:
        with suppress(Refused):  # a full disk must not keep users out
            await _extend([session.id])
    return Login(session.id, session.user_id, session.user.username, session.created_at)


async def is_open(session_id: int) -> bool:
    """Whether this session exists and has not expired."""
    return await database.read(lambda: _live(Session.id == session_id)) is not None


async def ended(session_ids: Collection[int]) -> set[int]:
    """Return which of these sessions have ended or expired."""
    def query() -> set[int]:
        found = Session.select(Session.id).where(Session.id.in_(list(session_ids)), _is_open())
        return set(session_ids) - {session.id for session in found}

    return await database.read(query)


async def end(session_id: int) -> None:
    """Delete a session, and close its pages and sockets at once."""
    await database.write(lambda: Written(Session.delete().where(Session.id == session_id).execute()))
    await sockets.close(session_id)


def lifetime(created_at: datetime) -> timedelta:
    """Return how long a session that was created then stays valid from now on without being used."""
    return min(timedelta(days=settings.current().session_days), created_at + LONGEST_SESSION - now())


def _live(condition: object) -> Session | None:
    session: Session | None = (Session.select(Session, User.id, User.username).join(User)
                               .where(condition, _is_open()).first())
    return session


def _is_open() -> Any:
    return (Session.expires_at > now()) & (Session.created_at > now() - LONGEST_SESSION)


async def _extend(session_ids: list[int]) -> None:
    await database.write(lambda: Written(
        Session.update(expires_at=_expiry()).where(Session.id.in_(session_ids), _is_open()).execute()))


def _expiry() -> datetime:
    return now() + timedelta(days=settings.current().session_days)


async def _keep_house() -> None:
    """Regularly extend the sessions that have a socket, and end those that have expired."""
    while True:
        with suppress(Refused):
            await _extend(sockets.sessions())
            for session_id in await database.write(_clean_up):
                await sockets.close(session_id)
        await asyncio.sleep(HOUSEKEEPING_SECONDS)


def _clean_up() -> Written[list[int]]:
    """Delete old browsers and expired sessions; return the ids of these sessions."""
    browsers.forget_old()
    over = Session.delete().where(~_is_open()).returning(Session.id).execute()
    return Written([session.id for session in over])


# Tickets ----------------------------------------------------------------------------------------------------------

def issue_ticket(user_id: int, nonce: str) -> str:
    """Return a ticket that a route exchanges for a session cookie, since a page's event handler can't set one.

    It is valid once, for 30 seconds, and only in the browser that has the nonce: otherwise another site could log a
    user in to a different account (login CSRF).
    """
    for old in [ticket for ticket, (_, _, until) in _tickets.items() if until < time.monotonic()]:
        del _tickets[old]
    ticket = tokens.new()
    _tickets[tokens.digest(ticket)] = (user_id, tokens.digest(nonce), time.monotonic() + TICKET_SECONDS)
    return ticket


def redeem_ticket(ticket: str, nonce: str | None) -> int | None:
    """Use up a ticket; return its user's id, or None if it is unknown or late, or the nonce is not its own."""
    user_id, bound_to, until = _tickets.pop(tokens.digest(ticket), (0, '', 0.0))
    is_good = nonce and until >= time.monotonic() and secrets.compare_digest(bound_to, tokens.digest(nonce))
    return user_id if is_good else None

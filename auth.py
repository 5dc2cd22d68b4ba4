"""Accounts, passwords, sessions, and the tickets that carry a login from a page to a cookie."""
import asyncio
import hashlib
import os
import secrets
import sys
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

import bcrypt
from peewee import IntegrityError

import database
import names
import settings
from database import Written
from errors import Refused
from hub import hub
from models import Membership, Room, Session, User, newest_id, now, user_named
from throttle import LoginThrottle

T = TypeVar('T')

PASSWORD_CHARACTERS = 8
PASSWORD_BYTES = 72
'''bcrypt reads no further.'''
HASHING_THREADS = 2
TICKET_SECONDS = 30
SLIDE_AFTER = timedelta(minutes=1)
'''A session's expiry is moved at most this often.'''
HOUSEKEEPING_SECONDS = 3600

COMMON_PASSWORDS = frozenset('''
    00000000 11111111 12121212 12341234 12344321 123123123 12345678 123456789 1234567890 123456789a 12qwaszx 147258369
    1q2w3e4r 1q2w3e4r5t 1qaz2wsx 22222222 55555555 66666666 77777777 87654321 88888888 987654321 99999999 a1234567
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
    """Who is behind a request or a socket."""

    session_id: int
    user_id: int
    username: str


_pool: ThreadPoolExecutor | None = None
_turns: asyncio.Semaphore | None = None
_throttle: LoginThrottle | None = None
_tickets: dict[str, tuple[int, str, float]] = {}
_housekeeping: set[asyncio.Task[None]] = set()


def _give_way() -> None:
    """Where the system has priorities for threads, let hashing wait for the loop."""
    if sys.platform == 'linux':
        os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), 10)


def start() -> None:
    """Build what hashing, throttling and housekeeping need."""
    global _pool, _turns, _throttle  # noqa: PLW0603
    _pool = ThreadPoolExecutor(HASHING_THREADS, 'bcrypt', _give_way)
    _turns = asyncio.Semaphore(HASHING_THREADS)
    _throttle = LoginThrottle() if settings.current().rate_limits == 'on' else None
    _housekeeping.add(asyncio.get_running_loop().create_task(_keep_house()))


async def stop() -> None:
    """End the threads; a hash that is being computed is waited for."""
    for task in _housekeeping:
        task.cancel()
    _housekeeping.clear()
    _tickets.clear()
    if _pool:
        await asyncio.to_thread(_pool.shutdown, cancel_futures=True)


# Accounts ---------------------------------------------------------------------------------------------------------

async def register(username: str, password: str) -> int:
    """Make an account and return its id.

    Raises Refused: 'forbidden' when registration is closed, 'invalid' for a broken rule, 'conflict' for a taken name.
    """
    if settings.current().registration == 'closed':
        raise Refused('forbidden', 'Registration is closed: ask the people who run this chat for an account.')
    if not names.is_text(username + password):
        raise Refused('invalid', "This contains characters that can't be stored: choose others.", field='username')
    names.check(username)
    check_password(username, password)
    hashed = await _in_turn(lambda: _hashed(password))
    try:
        return await database.write(lambda: Written(_create(username, hashed)))
    except IntegrityError:
        raise Refused('conflict', f'The username "{username}" is taken, choose another one.',
                      field='username') from None


def check_password(username: str, password: str) -> None:
    """Raise Refused('invalid') unless a new account may have this password."""
    if len(password) < PASSWORD_CHARACTERS:
        raise Refused('invalid', f'A password has at least {PASSWORD_CHARACTERS} characters.', field='password')
    if len(password.encode()) > PASSWORD_BYTES:
        raise Refused('invalid', f'A password has at most {PASSWORD_BYTES} bytes: choose a shorter one.',
                      field='password')
    if names.key(password) == names.key(username):
        raise Refused('invalid', 'The password must not be the username.', field='password')
    if password.casefold() in COMMON_PASSWORDS:
        raise Refused('invalid', 'This password is one of the first that anybody would try: choose another one.',
                      field='password')


def _create(username: str, hashed: str) -> int:
    """The first of all is the administrator. Everyone is in the open rooms, with all that is there read."""
    user = User.create(username=username, password=hashed, name_key=names.key(username),
                       is_admin=not User.select().exists())
    for room in Room.select(Room.id).where(Room.kind == 'open'):
        Membership.create(room=room, user=user, last_read_id=newest_id(room.id))
    return user.id


async def login(username: str, password: str, address: str) -> int:
    """Return the id of the user with this name and password.

    Raises Refused: 'not_logged_in' for a wrong name or password, 'too_fast' after too many failures.
    """
    def attempt() -> Callable[[], None]:
        return _throttle.begin(username, address) if _throttle else lambda: None

    if not names.is_text(username + password):
        username, password = '', ''
    assert _turns
    async with _turns:
        succeed = attempt()
        user = await database.read(lambda: user_named(username))
        if not await _hashing(lambda: _matches(user, password)) or user is None:
            raise Refused('not_logged_in', 'Wrong username or password.')
        succeed()
        return user.id


def _hashed(password: str) -> str:
    return bcrypt.hashpw(password.encode(), bcrypt.gensalt(settings.current().bcrypt_rounds)).decode()


def _matches(user: User | None, password: str) -> bool:
    """Takes the same time for an unknown name: a hash is computed in any case.

    bcrypt before 5 cut passwords at 72 bytes, so the original app's users may have longer ones.
    """
    secret = password.encode()
    possible = user is not None and (len(secret) <= PASSWORD_BYTES or user.taken_over)
    try:
        return bcrypt.checkpw(secret[:PASSWORD_BYTES], user.password.encode() if user else _nobody()) and possible
    except ValueError:  # what is stored is no bcrypt hash
        return bcrypt.checkpw(secret[:PASSWORD_BYTES], _nobody()) and False


def _nobody() -> bytes:
    """A hash that costs as much as any, and that no password has."""
    return bcrypt.gensalt(settings.current().bcrypt_rounds) + b'.' * 31


async def _in_turn(work: Callable[[], T]) -> T:
    assert _turns
    async with _turns:
        return await _hashing(work)


async def _hashing(work: Callable[[], T]) -> T:
    """Run in the pool of few threads, where bcrypt releases the GIL, so that logins don't delay messages."""
    return await asyncio.get_running_loop().run_in_executor(_pool, work)


# Sessions ---------------------------------------------------------------------------------------------------------

async def open_session(user_id: int) -> str:
    """Start a session and return its token, which is kept nowhere else."""
    token = secrets.token_urlsafe(32)
    await database.write(lambda: Written(
        Session.create(token_hash=_digest(token), user=user_id, expires_at=_expiry())))
    return token


async def find(token: str | None) -> Login | None:
    """Who has this token, if its session is open. Being used moves the session's expiry."""
    if not token:
        return None
    session = await database.read(lambda: _live(Session.token_hash == _digest(token)))
    if session is None:
        return None
    if session.expires_at < _expiry() - SLIDE_AFTER:
        with suppress(Refused):  # a disk that is full keeps nobody out
            await _extend([session.id])
    return Login(session.id, session.user_id, session.user.username)


async def is_open(session_id: int) -> bool:
    """Whether this session still is."""
    return await database.read(lambda: _live(Session.id == session_id)) is not None


async def end(session_id: int) -> None:
    """End a session, and with it, at once, its pages and its sockets."""
    await database.write(lambda: Written(Session.delete().where(Session.id == session_id).execute()))
    await hub.close(session_id)


def _live(condition: object) -> Session | None:
    session: Session | None = (Session.select(Session, User.id, User.username).join(User)
                               .where(condition, Session.expires_at > now()).first())
    return session


async def _extend(session_ids: list[int]) -> None:
    await database.write(lambda: Written(
        Session.update(expires_at=_expiry()).where(Session.id.in_(session_ids), Session.expires_at > now()).execute()))


def _expiry() -> datetime:
    return now() + timedelta(days=settings.current().session_days)


def _digest(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()


async def _keep_house() -> None:
    """A page that is open is a session in use; what nobody used for long ends."""
    while True:
        with suppress(Refused):
            await _extend(hub.sessions())
            expired = await database.read(lambda: [s.id for s in Session.select().where(Session.expires_at <= now())])
            for session_id in expired:
                await end(session_id)
        await asyncio.sleep(HOUSEKEEPING_SECONDS)


# Tickets ----------------------------------------------------------------------------------------------------------

def issue_ticket(user_id: int, nonce: str) -> str:
    """A page's handler can't set a cookie: it sends the browser with this ticket to a route that can.

    It is good once, for 30 seconds, and in the browser that has the nonce, or else a foreign page could log someone in
    as someone else.
    """
    for old in [ticket for ticket, (_, _, until) in _tickets.items() if until < time.monotonic()]:
        del _tickets[old]
    ticket = secrets.token_urlsafe(32)
    _tickets[_digest(ticket)] = (user_id, _digest(nonce), time.monotonic() + TICKET_SECONDS)
    return ticket


def redeem_ticket(ticket: str, nonce: str | None) -> int | None:
    """The user who got this ticket in this browser, once."""
    user_id, bound_to, until = _tickets.pop(_digest(ticket), (0, '', 0.0))
    is_good = nonce and until >= time.monotonic() and secrets.compare_digest(bound_to, _digest(nonce))
    return user_id if is_good else None

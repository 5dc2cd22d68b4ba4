"""Rate limits per user (a burst, then a rate per second), and waiting times after failed logins."""
import hashlib
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from math import ceil
from typing import Protocol

from throttled import RateLimiterType, Throttled, rate_limiter, store

import addresses
import settings
from errors import Refused
from names import key

MOST_PEOPLE = 100_000


class Check(Protocol):
    """Counts an action of a user against a rate limit. Raises Refused('too_fast')."""

    def __call__(self, user_id: int, cost: int = 1) -> None:
        """Count `cost` units, at most the limit's burst."""


def limit(sentence: str, *, burst: int, per_second: float) -> Check:
    """Make the check of a new rate limit; `sentence` is the text of its refusals."""
    @cache
    def limiter() -> Throttled:
        quota = rate_limiter.per_duration(timedelta(minutes=1), limit=round(60 * per_second), burst=burst)
        return Throttled(using=RateLimiterType.GCRA.value, quota=quota,
                         store=store.MemoryStore(options={'MAX_SIZE': MOST_PEOPLE}))

    def check(user_id: int, cost: int = 1) -> None:
        if not are_on():
            return
        result = limiter().limit(str(user_id), cost)
        if result.limited:
            raise Refused('too_fast', sentence, retry_after=max(1, ceil(result.state.retry_after)))

    _forget.append(limiter.cache_clear)
    return check


_forget: list[Callable[[], None]] = []


def are_on() -> bool:
    """Whether the limits on what one user may do and have are on."""
    return settings.current().rate_limits == 'on'


def forget() -> None:
    """Reset all rate limits."""
    for each in _forget:
        each()


check_post = limit('You are sending too fast: wait a moment.', burst=10, per_second=5)
check_change = limit('You are changing too much at once: wait a moment.', burst=100, per_second=20)
'''Rate limit of deleting, reacting, pinning and saving.'''
check_edit = limit('You are editing too fast: wait a moment.', burst=10, per_second=5)
'''Equal to posting, since an edit costs as much: its text is indexed, searched for mentions, and broadcast.'''
check_search = limit('You are searching too fast: wait a moment.', burst=30, per_second=10)
check_make = limit('You are making rooms and conversations too fast: wait a moment.', burst=30, per_second=0.1)
'''Low, since each new room or conversation is shown to all of its members.'''
check_manage = limit('You are changing rooms and their people too fast: wait a moment.', burst=50, per_second=2)
'''Rate limit of changing and archiving rooms, inviting, removing, joining and leaving.'''
check_page = limit('You are opening pages too fast: wait a moment.', burst=200, per_second=3)
'''A page costs the server 8 ms, and 100 KB for a minute; fifty tabs can load, and reconnect after a restart.'''
check_look = limit('You are asking for too much at once: wait a moment.', burst=600, per_second=40)
'''Rate limit of reading lists, rooms and messages; a unit costs the server at most 2 to 4 ms. A page that reconnects
takes 7 units, opening a room 3: fifty tabs can reconnect at once, and `Alt+↓` can be held for ten seconds.'''
check_signal = limit('Your signals come too fast: wait a moment.', burst=300, per_second=30)
'''Rate limit of what pages send by themselves: read positions, presence and typing.'''


# Failed logins -----------------------------------------------------------------------------------------------------

WINDOW = 3600.0
'''Seconds for which a failed login counts.'''
FIRST_WAIT = 10.0
LONGEST_WAIT = 900.0
PER_NAME_AND_ADDRESS, PER_ADDRESS, PER_NAME = 5, 20, 100
PER_BROWSER = 5
'''Failures of a browser that has logged in with this name before; after these the other limits apply to it.'''
MOST_KEYS = 50_000


@dataclass(slots=True)
class _Failures:
    limit: int
    times: list[float] = field(default_factory=list)

    def count(self, now: float) -> int:
        """Forget failures older than WINDOW; return the number of the others."""
        self.times[:] = [at for at in self.times if at > now - WINDOW]
        return len(self.times)

    def wait(self, now: float) -> float:
        """Return the seconds until the next attempt: 0 below the limit, then a time that doubles with each failure."""
        excess = self.count(now) - self.limit
        return self.times[-1] + min(FIRST_WAIT * 2 ** excess, LONGEST_WAIT) - now if excess >= 0 else 0.0


class LoginThrottle:
    """Counts failed logins by name and address, by address, and by name from anywhere.

    The three limits are separate so that a stranger's failures slow down the stranger, and not the account's owner,
    unless there are very many. A browser that the owner has used before first has a count of its own.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[Hashable, _Failures] = {}

    def begin(self, name: str, address: str, browser: str | None = None) -> Callable[[], None]:
        """Count an attempt as failed until the function returned here is called on success.

        Counting first means that simultaneous attempts can't exceed a limit together. `browser` is the token of one
        that has logged in with this name before. Raises Refused('too_fast').
        """
        now = self._clock()
        counters = self._counters(name, address, browser, now)
        wait = max(failures.wait(now) for failures in counters.values())
        if wait > 0:
            seconds = ceil(wait)
            raise Refused('too_fast', f'Too many failed logins: try again in {seconds} seconds.', retry_after=seconds)
        self._make_room(now)
        self._failures |= counters  # only now: refused attempts are cheap for an attacker and must take no memory
        for failures in counters.values():
            failures.times.append(now)

        def succeed() -> None:
            own, *shared = counters.values()
            own.times.clear()
            for failures in shared:
                failures.times.remove(now)

        return succeed

    def _counters(self, name: str, address: str, browser: str | None, now: float) -> dict[Hashable, _Failures]:
        who, where = hashlib.sha256(key(name).encode()).digest(), addresses.network(address)
        if browser:
            own = self._failures.get((who, None, browser), _Failures(PER_BROWSER))
            if own.count(now) < PER_BROWSER:
                return {(who, None, browser): own}
        return {at: self._failures.get(at, _Failures(limit)) for at, limit in (
            ((who, where), PER_NAME_AND_ADDRESS), (where, PER_ADDRESS), (who, PER_NAME))}

    def _make_room(self, now: float) -> None:
        """When full, drop the half with the fewest failures, so that an attacker can't displace the high counts."""
        if len(self._failures) >= MOST_KEYS:
            for at in sorted(self._failures, key=lambda at: self._failures[at].count(now))[:MOST_KEYS // 2]:
                del self._failures[at]

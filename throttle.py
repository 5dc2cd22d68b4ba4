"""How long to wait after failed logins."""
import hashlib
import ipaddress
import math
import time
from collections import deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field

from errors import Refused
from names import key

WINDOW = 3600.0
'''Seconds for which a failure counts.'''
FIRST_WAIT = 10.0
LONGEST_WAIT = 900.0
PER_NAME_AND_ADDRESS, PER_ADDRESS, PER_NAME = 5, 20, 100
MOST_KEYS = 50_000


@dataclass(slots=True)
class _Failures:
    limit: int
    times: deque[float] = field(default_factory=lambda: deque(maxlen=PER_NAME + 10))

    def wait(self, now: float) -> float:
        """Seconds until the next attempt: none below the limit, then a time that doubles with each failure."""
        while self.times and self.times[0] <= now - WINDOW:
            self.times.popleft()
        excess = len(self.times) - self.limit
        return self.times[-1] + min(FIRST_WAIT * 2 ** excess, LONGEST_WAIT) - now if excess >= 0 else 0.0


class LoginThrottle:
    """Counts failed logins by name and address, by address, and by name from anywhere.

    The three limits are apart so that a stranger's failures slow down the stranger, and not the name's owner, until
    there are very many of them.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._failures: dict[Hashable, _Failures] = {}

    def begin(self, name: str, address: str) -> Callable[[], None]:
        """Count an attempt as failed until the function returned here is called on success.

        Counting first means that attempts made at the same time can't slip through together.
        Raises Refused('too_fast').
        """
        now = self._clock()
        self._forget(now)
        entries = self._entries(name, address)
        wait = max(failures.wait(now) for failures in entries)
        if wait > 0:
            seconds = math.ceil(wait)
            raise Refused('too_fast', f'Too many failed logins: try again in {seconds} seconds.', retry_after=seconds)
        for failures in entries:
            failures.times.append(now)

        def succeed() -> None:
            entries[0].times.clear()
            for failures in entries[1:]:
                failures.times.remove(now)

        return succeed

    def _entries(self, name: str, address: str) -> list[_Failures]:
        who, where = hashlib.sha256(key(name).encode()).digest(), _network(address)
        return [self._failures.setdefault(at, _Failures(limit)) for at, limit in (
            ((who, where), PER_NAME_AND_ADDRESS), (where, PER_ADDRESS), (who, PER_NAME))]

    def _forget(self, now: float) -> None:
        if len(self._failures) < MOST_KEYS:
            return
        old = [at for at, failures in self._failures.items() if not failures.times or failures.times[-1] < now - WINDOW]
        for at in old or list(self._failures)[:MOST_KEYS // 2]:
            del self._failures[at]


def _network(address: str) -> str:
    """One person has one IPv4 address, but a whole /64 of IPv6."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    return str(ipaddress.ip_network(f'{address}/64', strict=False)) if parsed.version == 6 else address

"""How much a person may do at once, and then in each second."""
from collections.abc import Callable
from functools import cache
from math import ceil

from throttled import RateLimiterType, Throttled, rate_limiter, store

import settings
from errors import Refused

MOST_PEOPLE = 100_000


def limit(sentence: str, *, burst: int, per_second: int) -> Callable[[int], None]:
    """A check for the id of a user, which raises Refused('too_fast') with this sentence."""
    @cache
    def limiter() -> Throttled:
        return Throttled(using=RateLimiterType.GCRA.value, quota=rate_limiter.per_sec(per_second, burst=burst),
                         store=store.MemoryStore(options={'MAX_SIZE': MOST_PEOPLE}))

    def check(user_id: int) -> None:
        if settings.current().rate_limits == 'off':
            return
        result = limiter().limit(str(user_id))
        if result.limited:
            raise Refused('too_fast', sentence, retry_after=max(1, ceil(result.state.retry_after)))

    _forget.append(limiter.cache_clear)
    return check


_forget: list[Callable[[], None]] = []


def forget() -> None:
    """Start counting afresh."""
    for each in _forget:
        each()


check_post = limit('You are sending too fast: wait a moment.', burst=10, per_second=5)
check_change = limit('You are changing too much at once: wait a moment.', burst=100, per_second=20)
'''Editing, deleting, reacting, pinning and saving.'''
check_search = limit('You are searching too fast: wait a moment.', burst=30, per_second=10)

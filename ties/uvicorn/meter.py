"""A rate limit for one connection."""


class Meter:
    """A token bucket: `burst` at once, and then `per_second`."""

    __slots__ = ('_at', '_burst', '_left', '_per_second')

    def __init__(self, burst: int, per_second: float, now: float) -> None:
        self._burst = burst
        self._per_second = per_second
        self._left = float(burst)
        self._at = now

    def take(self, now: float) -> float:
        """Take one token, and return the seconds until it would have been available, 0 if it was."""
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second) - 1
        self._at = now
        return max(0.0, -self._left / self._per_second)

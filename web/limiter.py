"""How often within a minute: each one counted by itself, in a window that moves with the clock."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Hashable

#: The window, in seconds.
WINDOW = 60.0
#: Where so many are counted, those of whom nothing was seen for a minute are let go.
_MANY = 10_000


class Limiter:
    """Counts within one process, for one thread (that of the event loop).

    Of each that is counted the moments of one minute are kept, and no more of them than are allowed.
    """

    def __init__(self, seconds: Callable[[], float] = time.monotonic) -> None:
        """`seconds` is the clock."""
        self._seconds = seconds
        self._seen: dict[Hashable, deque[float]] = {}
        self._sweep_at = _MANY

    def hit(self, most: int, *who: Hashable) -> bool:
        """Count once more; return False, and count nothing, where there were so many within a minute already."""
        now = self._seconds()
        seen = self._seen.get(who)
        if seen is None:
            self._sweep(now)
            seen = self._seen[who] = deque()
        _forget(seen, now)
        if len(seen) >= most:
            return False
        seen.append(now)
        return True

    def test(self, most: int, *who: Hashable) -> bool:
        """Return whether there were fewer than so many within a minute; nothing is counted."""
        seen = self._seen.get(who)
        if seen is None:
            return most > 0
        _forget(seen, self._seconds())
        return len(seen) < most

    def _sweep(self, now: float) -> None:
        if len(self._seen) >= self._sweep_at:
            self._seen = {who: seen for who, seen in self._seen.items() if seen and now - seen[-1] < WINDOW}
            self._sweep_at = max(_MANY, 2 * len(self._seen))


def _forget(seen: deque[float], now: float) -> None:
    while seen and now - seen[0] >= WINDOW:
        seen.popleft()

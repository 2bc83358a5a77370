"""How long to wait for a vendor, and how many calls at once: pure where it can be, with time handed in."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

#: First wait after a failure that passes by itself, doubled each time, and the longest of them, in seconds.
_FIRST, _LONGEST = 1.0, 60.0
#: Where a vendor says when its window ends: seconds, or the moment as seconds since 1970 (Okta, GitHub, OneLogin).
_RESETS = ("x-rate-limit-reset", "x-ratelimit-reset", "ratelimit-reset")
_REMAINING = ("x-rate-limit-remaining", "x-ratelimit-remaining", "ratelimit-remaining")
_LIMITS = ("x-rate-limit-limit", "x-ratelimit-limit", "ratelimit-limit")
_EPOCH = 1_000_000_000


def backoff(attempt: int, jitter: float) -> float:
    """Return how many seconds to wait after failure number `attempt` (from 1): doubling, half of it by chance."""
    longest: float = min(_LONGEST, _FIRST * 2 ** (attempt - 1))
    return longest * (0.5 + jitter / 2)


def asked_rest(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds of rest that an answer asks for; None where it says nothing that can be read.

    `Retry-After` is seconds or a date (RFC 9110, section 10.2.3). A reset that is a moment is counted from the
    answer's own `Date`, since this machine's clock may be wrong, and a second is added: it is given in whole ones.
    Okta answers with a limit of 0 where too many calls run at once; its reset is then a mere suggestion.
    """
    if (after := retry_after(headers, now)) is not None:
        return after
    sent = told_time(headers) or now
    if _number(headers, _LIMITS) == 0:
        return None
    reset = _number(headers, _RESETS)
    if reset is None:
        return None
    return max(0.0, reset - sent.timestamp() + 1) if reset > _EPOCH else float(reset)


def retry_after(headers: Mapping[str, str], now: datetime) -> float | None:
    """Return the seconds that `Retry-After` asks for; None where it is not there, or cannot be read."""
    after = headers.get("retry-after", "").strip()
    if after.isdecimal() and len(after) < 15:
        return float(after)
    moment = _date(after) if after else None
    return None if moment is None else max(0.0, (moment - (told_time(headers) or now)).total_seconds())


def is_used_up(headers: Mapping[str, str]) -> bool:
    """Tell whether an answer says that the next call of its kind will be refused for want of rest."""
    return _number(headers, _REMAINING) == 0 and _number(headers, _LIMITS) != 0


def told_time(headers: Mapping[str, str]) -> datetime | None:
    """Return the source's own time of an answer."""
    return _date(headers.get("date", ""))


def _date(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _number(headers: Mapping[str, str], names: tuple[str, ...]) -> int | None:
    found = next((headers[name] for name in names if name in headers), "").strip()
    return int(found) if found.isdecimal() and len(found) < 15 else None


class Pace:
    """At most `calls` in any `seconds`: for vendors with a fixed limit, such as five in ten seconds."""

    def __init__(self, calls: int, seconds: float) -> None:
        self._calls, self._seconds = calls, seconds
        self._taken: deque[float] = deque(maxlen=calls)
        self._lock = threading.Lock()

    def wait(self, now: datetime) -> float:
        """Take the next place; return how many seconds from now it is."""
        moment = now.timestamp()
        with self._lock:
            earliest = self._taken[0] + self._seconds if len(self._taken) == self._calls else moment
            # A clock that was set back would make everybody wait for hours.
            at = max(moment, min(earliest, moment + self._calls * self._seconds))
            self._taken.append(at)
        return at - moment


class Slots:
    """How many calls run at once: at most `most`, halved when the source asks for rest, one more after calm."""

    _CALM = 20

    def __init__(self, most: int) -> None:
        self._most = self.width = most
        self._busy = self._calm = 0
        self._free = threading.Condition()

    @contextmanager
    def one(self, check: Callable[[], None]) -> Iterator[None]:
        """Hold a slot; `check` raises where waiting has become pointless."""
        with self._free:
            while self._busy >= self.width:
                self._free.wait(0.1)
                check()
            self._busy += 1
        try:
            yield
        finally:
            with self._free:
                self._busy -= 1
                self._free.notify()

    def went_well(self) -> None:
        """Count an answer; enough of them widen."""
        with self._free:
            self._calm += 1
            if self._calm >= self._CALM and self.width < self._most:
                self.width, self._calm = self.width + 1, 0

    def was_too_much(self) -> None:
        """Narrow: the source asked for rest."""
        with self._free:
            self.width, self._calm = max(1, self.width // 2), 0

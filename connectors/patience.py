"""How long to wait for a vendor, and how many calls at once: pure where it can be, with time handed in."""

from __future__ import annotations

import threading
from collections import Counter, deque
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


def calls_left(headers: Mapping[str, str]) -> int | None:
    """Return how many more calls of its kind an answer allows before the reset; None where it does not say."""
    return None if _number(headers, _LIMITS) == 0 else _number(headers, _REMAINING)


def is_used_up(headers: Mapping[str, str]) -> bool:
    """Tell whether an answer says that the next call of its kind will be refused for want of rest."""
    return calls_left(headers) == 0


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


class Budget:
    """How often a call may still be tried again, and how many rests it may take.

    It holds for all that the call needs: a token that has to be fetched first draws on the same, so that patience
    within patience is never multiplied.
    """

    def __init__(self, tries: int, rests: int) -> None:
        self._tries, self._rests, self._failures = tries, rests, 0

    def try_again(self) -> int | None:
        """Take one of the tries; return the number of the failure (from 1), None where none is left."""
        self._failures += 1
        return self._failures if self._failures <= self._tries else None

    def rest(self) -> bool:
        """Take one of the rests; False where none is left."""
        self._rests -= 1
        return self._rests >= 0


class Slots:
    """How many calls run at once: at most `most`, halved when the source asks for rest, one more after calm.

    Where answers say how many calls of a kind are left, no more than half of those run at once: what is under way when
    one of them is answered is then still within what the source allows, also where answers overtake one another a bit.
    """

    _CALM = 20

    def __init__(self, most: int) -> None:
        self._most = self.width = most
        self._calm = 0
        self._busy, self._left = Counter[str](), dict[str, int]()
        self._free = threading.Condition()

    @contextmanager
    def one(self, check: Callable[[], None], kind: str = "") -> Iterator[None]:
        """Hold a slot for a call of a kind; `check` raises where waiting has become pointless."""
        with self._free:
            while not self._is_free(kind):
                self._free.wait(0.1)
                check()
            self._busy[kind] += 1
        try:
            yield
        finally:
            with self._free:
                self._busy[kind] -= 1
                self._free.notify_all()

    def told(self, kind: str, left: int | None) -> None:
        """Take what an answer says of how many calls of its kind are left."""
        with self._free:
            if left is None:
                self._left.pop(kind, None)
            else:
                self._left[kind] = left

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

    def _is_free(self, kind: str) -> bool:
        left = self._left.get(kind)
        allowed = self.width if left is None else min(self.width, max(1, left // 2))
        return self._busy.total() < self.width and self._busy[kind] < allowed

"""What many pages need and takes long to make: made by the first who asks, while the others wait for that one."""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable
from typing import Any, TypeVar

T = TypeVar("T")


class MadeOnce:
    """Values by key, each made once; where making one fails, the next who asks tries again."""

    def __init__(self) -> None:
        """Hold nothing yet."""
        self._made: dict[Hashable, Any] = {}
        self._lock, self._locks = threading.Lock(), dict[Hashable, threading.Lock]()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, made by `make` where nobody has asked for it before."""
        if key not in self._made:
            with self._lock:
                lock = self._locks.setdefault(key, threading.Lock())
            with lock:
                if key not in self._made:
                    self._made[key] = make()
        found: T = self._made[key]
        return found


class MadeLately:
    """Values by key, of which those asked for last are kept: what people look for is without end."""

    def __init__(self, most: int) -> None:
        """Keep so many."""
        self._most, self._made = most, dict[Hashable, Any]()
        self._lock = threading.Lock()

    def get(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the value of a key, made by `make` where it is not kept; two who ask at once may both make it."""
        with self._lock:
            found = self._made.pop(key, self)
            if found is not self:
                self._made[key] = found  # the last in the order of the dictionary was asked for last
                kept: T = found
                return kept
        made = make()
        with self._lock:
            self._made[key] = made
            while len(self._made) > self._most:
                del self._made[next(iter(self._made))]
        return made

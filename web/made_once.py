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

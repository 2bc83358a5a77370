"""Tokens that calls side by side share: fetched once for all that wait for one, and renewed once for all refused."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future
from typing import Generic, TypeVar

_Token = TypeVar("_Token")


class KeptTokens(Generic[_Token]):
    """A token for each key, such as a scope.

    `fetch` gets one; whatever it raises is raised in every call that waited for it, so that none tries the same anew.
    `is_good` tells whether one may still be used.
    """

    def __init__(self, fetch: Callable[[str], _Token], is_good: Callable[[_Token], bool]) -> None:
        self._fetch, self._is_good = fetch, is_good
        self._lock = threading.Lock()
        self._kept: dict[str, _Token] = {}
        self._coming: dict[str, Future[_Token]] = {}
        self._used = threading.local()

    def get(self, key: str = "") -> _Token:
        """Return the token, fetched where there is none that is good."""
        with self._lock:
            kept = self._kept.get(key)
            if kept is not None and self._is_good(kept):
                self._used.token = kept
                return kept
            coming = self._coming.get(key)
            mine = None if coming else Future[_Token]()
            if mine is not None:
                coming = self._coming[key] = mine
        if mine is not None:
            self._bring(key, mine)
        assert coming is not None
        self._used.token = coming.result()
        return coming.result()

    def forget(self, key: str = "") -> bool:
        """Drop the token that this thread was given last, unless another came since; tell whether there was one."""
        used = getattr(self._used, "token", None)
        with self._lock:
            if used is not None and self._kept.get(key) is used:
                del self._kept[key]
        return used is not None

    def clear(self) -> None:
        """Forget all."""
        with self._lock:
            self._kept.clear()
        self._used = threading.local()

    def _bring(self, key: str, coming: Future[_Token]) -> None:
        try:
            token = self._fetch(key)
        except BaseException as error:  # noqa: BLE001 (raised again by all who wait, this call among them)
            with self._lock:
                del self._coming[key]
            coming.set_exception(error)
        else:
            with self._lock:
                self._kept[key] = token
                del self._coming[key]
            coming.set_result(token)

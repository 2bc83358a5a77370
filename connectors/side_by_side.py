"""Chains of calls side by side, such as the pages of many apps, handed on as if they were read one after the other."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Generic, TypeVar

#: How many findings of one chain wait for their turn; the chain pauses then. With `2 * width` chains it bounds memory.
_AHEAD = 2

_Item = TypeVar("_Item")
_Found = TypeVar("_Found")


def chained(
    items: Iterable[_Item], calls: Callable[[_Item], Iterator[_Found]], width: int
) -> Iterator[tuple[_Item, _Found]]:
    """Yield (item, finding) in the order of the items and of each item's findings, `width` chains running at once.

    An error comes out where sequential reading would meet it: after all that lies before it, and whatever lies behind.
    Items are taken in the caller's thread as places become free; what goes wrong there comes after the items before.
    """
    desk = _Desk()
    waiting: deque[tuple[_Item, _Chain[_Found]]] = deque()
    taken, failed = iter(items), list[Exception]()
    with ThreadPoolExecutor(width) as pool:
        try:
            while True:
                while len(waiting) <= 2 * width and not failed and (found := _next(taken, failed)):
                    chain = _Chain[_Found](desk)
                    waiting.append((found[0], chain))
                    pool.submit(chain.run, partial(calls, found[0]))
                if not waiting:
                    break
                item, chain = waiting.popleft()
                for one in chain.findings():
                    yield item, one
            if failed:
                raise failed[0]
        finally:
            desk.close()
            pool.shutdown(wait=False, cancel_futures=True)


def _next(taken: Iterator[_Item], failed: list[Exception]) -> tuple[_Item] | None:
    try:
        return (next(taken),)
    except StopIteration:
        return None
    except Exception as error:  # noqa: BLE001 (it is raised again where its turn comes)
        failed.append(error)
        return None


class _Desk:
    """Where threads wait for one another, until it closes."""

    def __init__(self) -> None:
        self.changed = threading.Condition()
        self.is_closed = False

    def close(self) -> None:
        """Send all away."""
        with self.changed:
            self.is_closed = True
            self.changed.notify_all()


class _End:
    """The end of a chain, and the error that it ended with."""

    def __init__(self, error: BaseException | None = None) -> None:
        self.error = error


class _Closed(Exception):
    """Nobody waits for the chain any more."""


class _Chain(Generic[_Found]):
    """One item's findings, on their way from the thread that reads them to the one that hands them on."""

    def __init__(self, desk: _Desk) -> None:
        self._desk = desk
        self._found: deque[_Found | _End] = deque()

    def run(self, calls: Callable[[], Iterator[_Found]]) -> None:
        """Read to the end, or until nobody waits any more."""
        try:
            end = self._read(calls)
            self._put(end)
        except _Closed:
            pass

    def findings(self) -> Iterator[_Found]:
        """Yield what was found, as it comes; raise what went wrong."""
        while True:
            with self._desk.changed:
                self._desk.changed.wait_for(lambda: self._found)
                found = self._found.popleft()
                self._desk.changed.notify_all()
            if not isinstance(found, _End):
                yield found
            elif found.error is not None:
                raise found.error
            else:
                return

    def _read(self, calls: Callable[[], Iterator[_Found]]) -> _End:
        try:
            for found in calls():
                self._put(found)
        except _Closed:
            raise
        except BaseException as error:  # noqa: BLE001 (it is raised again where its turn comes)
            return _End(error)
        return _End()

    def _put(self, found: _Found | _End) -> None:
        desk = self._desk
        with desk.changed:
            desk.changed.wait_for(lambda: desk.is_closed or len(self._found) < _AHEAD)
            if desk.is_closed:
                raise _Closed
            self._found.append(found)
            desk.changed.notify_all()

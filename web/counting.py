"""Figures that take long to count: counted beside the pages, once for each state of the store, and held until then."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Generic, TypeVar
from zoneinfo import ZoneInfo

from model.ports import Clock
from storage import entered, moved
from storage.moved import Mark
from storage.store import Store
from web.beside import Beside, in_thread
from web.made_once import MadeLately
from web.undisturbed import undisturbed

_log = logging.getLogger("ostiary.web")
_T = TypeVar("_T")
#: So much of what follows from figures is held at most.
_KEPT = 120
#: Pages wait until counting has taken so many seconds, for the first figures, and for new ones where the last took no
#: longer than that.
PATIENCE = 1.0
#: What people do meanwhile has figures counted anew only after so many times what counting took.
_REST = 10.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """What figures follow from: how far acts, runs and what people enter had come, and the company's day."""

    mark: Mark
    entered: tuple[int, ...]
    day: date

    def same_run(self, other: Version) -> bool:
        """Whether nothing but acts of people lies between the two."""
        return (self.mark.run, self.day) == (other.mark.run, other.day)


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted(Generic[_T]):
    """Figures, and when they were counted. `stale`: something has happened since, and newer ones are to come.

    `kept` is what pages made of them.
    """

    value: _T
    version: Version
    at: datetime
    stale: bool = False
    kept: MadeLately = field(default_factory=lambda: MadeLately(_KEPT), compare=False, repr=False)


class Counting(Generic[_T]):
    """Gives figures to any thread. `make` counts them from the store; it is never called twice at a time."""

    def __init__(
        self,
        make: Callable[[], _T],
        store: Store,
        clock: Clock,
        zone: Callable[[], ZoneInfo],
        *,
        only_decisions: bool = False,
        patience: float = PATIENCE,
        beside: Beside | None = None,
        seconds: Callable[[], float] = time.perf_counter,
    ) -> None:
        """`beside` runs a call beside pages (a thread, unless said otherwise); `seconds` says what counting took.

        With `only_decisions` figures hold on whatever happens to cases, until somebody decides.
        """
        self._only_decisions = only_decisions
        self._make, self._store, self._clock, self._zone = make, store, clock, zone
        self._patience, self._beside, self._seconds = patience, beside or in_thread("ostiary-counting"), seconds
        self._lock = threading.Lock()
        self._done = threading.Event()
        self._now: Counted[_T] | None = None
        self._making = False
        self._began = self._took = self._ended = 0.0
        self._failed: Version | None = None

    def current(self) -> Counted[_T] | None:
        """Return the figures; None where the first ones are still being counted, or could not be."""
        version = self._version()
        if self._now is not None and self._now.version == version:
            return self._now
        self._begin(version)
        if self._now is None or self._took <= self._patience:
            # Counting may take so long, and not each page that asks meanwhile.
            self._done.wait(max(0.0, self._began + self._patience - self._seconds()))
        now = self._now
        if now is None or now.version == version:
            return now
        return replace(now, stale=True)

    @property
    def failed(self) -> bool:
        """Whether the last counting broke down."""
        return self._failed is not None

    def _version(self) -> Version:
        day = self._clock.now().astimezone(self._zone()).date()
        with self._store.read() as connection:
            mark = moved.mark(connection)
            if self._only_decisions:
                mark = replace(mark, event=0)
            return Version(mark=mark, entered=entered.last(connection), day=day)

    def _begin(self, version: Version) -> None:
        with self._lock:
            if self._making or self._failed == version or self._rests(version):
                return
            self._making, self._began = True, self._seconds()
            self._done.clear()
        self._beside(self._run)

    def _rests(self, version: Version) -> bool:
        """Whether only acts moved and figures that take long were counted a moment ago."""
        if self._now is None or not self._now.version.same_run(version) or self._took <= self._patience:
            return False
        return self._seconds() - self._ended < _REST * self._took

    def _run(self) -> None:
        began = self._seconds()
        version, at = self._version(), self._clock.now()
        try:
            with undisturbed(much=self._took > self._patience):
                self._now, self._failed = Counted(value=self._make(), version=version, at=at), None
        except Exception:  # noqa: BLE001 (what was counted before stays; the next state of the store is counted again)
            _log.exception("the figures could not be counted")
            self._failed = version
        finally:
            self._ended = self._seconds()
            self._took = self._ended - began
            self._making = False
            self._done.set()

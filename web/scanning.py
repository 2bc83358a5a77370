"""Scans that were begun from a page: one at a time, beside the pages, which say how far it is and what came of it."""

from __future__ import annotations

import itertools
import logging
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

from model.errors import ConfigError, OstiaryError, Unavailable
from model.ports import Clock, Progress
from web.beside import Beside, in_thread

_log = logging.getLogger("ostiary.web")
#: So many scans are remembered; what they read stands in the store for good.
_KEPT = 20
BUSY = "Another scan, or what follows from a decision, is under way on this database. Begin again when that has ended."


@dataclass(frozen=True, slots=True, kw_only=True)
class Read:
    """What a scan read: `outcome` is complete, partial or failed; `streams` are rows of coverage of that run.

    `opened` are cases that it opened, `approved` tools that a rule let in, `changed` findings that are others.
    """

    outcome: str
    run: int
    streams: Sequence[Mapping[str, Any]]
    opened: int = 0
    approved: int = 0
    changed: int = 0
    notes: Sequence[str] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """What is being done: in words, since when, how much of it is done (`total` None: unknown)."""

    what: str
    at: datetime
    done: int = 0
    total: int | None = None

    def left(self, now: datetime) -> timedelta | None:
        """Return how long this step will still take, None where nothing is known of that."""
        if not self.total or not self.done or self.done >= self.total:
            return None
        return (now - self.at) * (self.total - self.done) / self.done


@dataclass(frozen=True, slots=True, kw_only=True)
class Scan:
    """One scan. `took` is how long the last one of the same sources took; `outcome` None: it is under way."""

    id: int
    sources: tuple[str, ...]
    by: str
    at: datetime
    took: timedelta | None = None
    steps: tuple[Step, ...] = field(default=())
    ended_at: datetime | None = None
    outcome: str | None = None
    problem: str | None = None
    read: Read | None = None

    @property
    def step(self) -> Step | None:
        """What is being done."""
        return self.steps[-1] if self.steps else None

    def left(self, now: datetime) -> timedelta | None:
        """Return how long it will still take, as the last one did; None where nothing is known of that."""
        if self.took is None or self.took <= now - self.at:
            return None
        return self.took - (now - self.at)


Run = Callable[[Sequence[str], Progress], Read]


class Scans:
    """Begins scans and remembers the last ones, for any thread."""

    def __init__(self, run: Run, clock: Clock, *, beside: Beside | None = None) -> None:
        """`run` reads the sources named and is told a `Progress`; `beside` runs a call in a thread unless said so."""
        self._run, self._clock, self._beside = run, clock, beside or in_thread("ostiary-scan")
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._scans: dict[int, Scan] = {}

    def current(self) -> Scan | None:
        """Return the scan that is under way, or None."""
        return next((scan for scan in self.lately() if scan.outcome is None), None)

    def lately(self) -> list[Scan]:
        """Return the last scans, the latest first."""
        return sorted(self._scans.values(), key=lambda scan: -scan.id)

    def get(self, number: int) -> Scan | None:
        """Return a scan, None where it is not remembered."""
        return self._scans.get(number)

    def start(self, sources: Sequence[str], by: str, took: timedelta | None = None) -> tuple[Scan, bool]:
        """Begin a scan; return it and true, or the one that is under way already and false."""
        with self._lock:
            under_way = self.current()
            if under_way is not None:
                return under_way, False
            scan = Scan(id=next(self._numbers), sources=tuple(sources), by=by, at=self._clock.now(), took=took)
            self._scans = {one.id: one for one in [scan, *self.lately()][:_KEPT]}
        self._beside(lambda: self._read(scan.id))
        return self._scans[scan.id], True

    def _read(self, number: int) -> None:
        try:
            found = self._run(self._scans[number].sources, _Telling(self, number, self._clock))
        except Unavailable as error:
            self._end(number, outcome="failed", problem=BUSY if "under way" in str(error) else str(error))
        except ConfigError as error:
            self._end(number, outcome="failed", problem=str(error))
        except OstiaryError as error:
            self._end(number, outcome="failed", problem=str(error))
        except Exception as error:  # noqa: BLE001 (one scan that breaks down does not end the others)
            _log.exception("a scan broke down")
            self._end(number, outcome="failed", problem=f"It broke down ({type(error).__name__}); the log says where.")
        else:
            self._end(number, outcome=found.outcome, read=found)

    def _end(self, number: int, **changed: Any) -> None:
        self.change(number, ended_at=self._clock.now(), **changed)

    def change(self, number: int, **changed: Any) -> None:
        """Note what has come of a scan."""
        self._scans[number] = replace(self._scans[number], **changed)


class _Telling:
    """Takes note of how far a scan is."""

    def __init__(self, scans: Scans, number: int, clock: Clock) -> None:
        self._scans, self._number, self._clock = scans, number, clock

    def step(self, what: str, total: int | None = None) -> None:
        """Begin a step."""
        scan = self._scans.get(self._number)
        assert scan is not None
        step = Step(what=what, at=self._clock.now(), total=total)
        self._scans.change(self._number, steps=(*scan.steps, step)[-40:])

    def advance(self, by: int = 1) -> None:
        """Tell that so much more is done."""
        scan = self._scans.get(self._number)
        if scan is not None and scan.step is not None:
            step = replace(scan.step, done=scan.step.done + by)
            self._scans.change(self._number, steps=(*scan.steps[:-1], step))

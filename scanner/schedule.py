"""Scans on their own: when each source is due, and the loop that runs named jobs at those times.

APScheduler knows cron, periods and time zones, and gives the beat; the rows of `storage.due` say what was run already.
"""

from __future__ import annotations

import itertools
import queue
import zlib
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any, Self
from zoneinfo import ZoneInfo

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from apscheduler.triggers.interval import IntervalTrigger

from model.errors import ConfigError, OstiaryError, Unavailable
from model.ports import Clock
from scanner.cron import fields, period
from scanner.stopping import Stop
from storage import due
from storage.lock import run_lock, schedule_lock
from storage.store import Store

_HOW = '"cron: 0 3 * * *" (minute, hour, day, month, day of the week) or "every: 6h"'
_UTC_ZONE = ZoneInfo("UTC")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_STEP = timedelta(milliseconds=1)
#: No clock is moved by more; a day left out (Samoa, 2011) is.
_SHIFT = timedelta(hours=3)
_LEAST, _MOST = timedelta(minutes=5), timedelta(days=31)
_MOST_JITTER = timedelta(hours=12)


@dataclass(frozen=True, kw_only=True)
class Timetable:
    """When one source is due. `spec` is how the configuration writes it.

    Cron is read in `zone`, and periods count from midnight UTC of 1970, so that every process comes to the same due
    times. `jitter` delays each due run by up to so much; by how much follows from source and time, the same everywhere.
    """

    source: str
    spec: str
    jitter: timedelta = timedelta(0)
    zone: ZoneInfo = _UTC_ZONE
    job: str = "scan"

    @classmethod
    def parsed(cls, source: str, spec: object, jitter: object = None, zone: ZoneInfo | None = None) -> Self:
        """Check what a configuration says. Raises ValueError that begins with the key: `.schedule: ...`."""
        try:
            delay = timedelta(0) if jitter is None else _bounded(_text(jitter), timedelta(minutes=1), _MOST_JITTER)
        except ValueError as error:
            raise ValueError(f".jitter: {error}") from None
        try:
            made = cls(source=source, spec=_text(spec), jitter=delay, zone=zone or _UTC_ZONE)
            first = next(made.after(_EPOCH), None)
        except ValueError as error:
            raise ValueError(f".schedule: {error}") from None
        if first is None:
            raise ValueError(".schedule: there is no such day")
        return made

    @property
    def key(self) -> str:
        """What the rows of its due runs are called."""
        return f"{self.job} {self.source}"

    @cached_property
    def _trigger(self) -> Any:
        kind, sign, rest = self.spec.partition(":")
        if not sign or kind.strip() not in {"cron", "every"}:
            raise ValueError(f"write {_HOW}")
        if kind.strip() == "every":
            seconds = int(_bounded(rest, _LEAST, _MOST).total_seconds())
            return IntervalTrigger(seconds=seconds, start_date=_EPOCH, timezone=UTC)
        # APScheduler 3.11.3 passes over due times around clock changes (midnight of 1 April in Berlin, from March), so
        # it is asked in wall time, as if there were no zones.
        return CronTrigger(**fields(rest), timezone=UTC)

    def after(self, moment: datetime) -> Iterator[datetime]:
        """Yield the due times after a moment, in UTC, without end.

        An hour that a clock change repeats counts once; what is due in one that it leaves out is due an hour later.
        """
        zone = self.zone if self.spec.startswith("cron") else UTC
        wall = moment.astimezone(zone).replace(tzinfo=UTC, fold=0) - _SHIFT
        while (found := self._trigger.get_next_fire_time(None, wall)) is not None:
            wall = found + _STEP
            at = found.replace(tzinfo=zone).astimezone(UTC)
            if at > moment:
                moment = at
                yield at

    def begins(self, due_at: datetime) -> datetime:
        """Return when the run of a due time begins: later than that by its jitter."""
        share = zlib.crc32(f"{self.key} {due_at.isoformat()}".encode()) / 2**32
        return due_at + timedelta(seconds=int(self.jitter.total_seconds() * share))

    def latest(self, after: datetime, now: datetime) -> datetime | None:
        """Return the last due time after `after` whose run should have begun by now; those before it are passed over.

        None where there is none.
        """
        window = timedelta(hours=1) + self.jitter
        while after < now:
            since = max(after, now - window)
            times = itertools.takewhile(lambda at: at <= now, self.after(since))
            if found := [at for at in times if self.begins(at) <= now]:
                return found[-1]
            if since == after:
                break
            window *= 2
        return None

    def following(self, now: datetime) -> datetime | None:
        """Return when the next run begins, after now."""
        return next((begin for at in self.after(now - self.jitter) if (begin := self.begins(at)) > now), None)


def _text(given: object) -> str:
    if not isinstance(given, str):
        raise ValueError("a text is wanted")  # noqa: TRY004 (told together with all that is wrong in a table)
    return given.strip()


def _bounded(text: str, least: timedelta, most: timedelta) -> timedelta:
    found = period(text)
    if not least <= found <= most:
        raise ValueError(f"from {_short(least)} to {_short(most)}")
    return found


def _short(given: timedelta) -> str:
    minutes = int(given.total_seconds()) // 60
    return f"{minutes // 1440}d" if minutes >= 1440 else f"{minutes // 60}h" if minutes >= 60 else f"{minutes}m"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ran:
    """What a job did: `outcome` is `complete`, `partial` or `failed`."""

    outcome: str
    run_id: int | None = None


Job = Callable[[str], Ran]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where a schedule stands: when its next run begins, and whether that moment has passed already."""

    next_at: datetime | None
    overdue: bool


def standing(timetable: Timetable, last: due.Due | None, now: datetime) -> Standing:
    """Say when a schedule runs next, from its latest due run."""
    missed = _missed(timetable, last, now)
    if missed is None or last is None or (last.state == "running" and missed == last.due_at):
        return Standing(next_at=timetable.following(now), overdue=False)
    return Standing(next_at=timetable.begins(missed), overdue=True)


def _missed(timetable: Timetable, last: due.Due | None, now: datetime) -> datetime | None:
    """Return the due time that is to be run now: the last that passed, or else the one that was cut off."""
    if last is None or last.spec != timetable.spec:
        return None
    found = timetable.latest(last.due_at, now)
    return last.due_at if found is None and last.is_open else found


class Scheduler:
    """Runs what is due, one job after the other, in the thread that calls it: there Ctrl-C reaches the job."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        timetables: Sequence[Timetable],
        jobs: Mapping[str, Job],
        tell: Callable[[str], None],
        *,
        stop: Stop | None = None,
    ) -> None:
        """Take the named jobs, each called with the name of a source, and `tell`, which says one line to a person.

        A `stop` that handles signals ends a job at once, and not what is written before and after it.
        """
        self._stop = stop or Stop()
        self._store, self._clock, self._timetables = store, clock, timetables
        self._jobs, self._tell, self._said = jobs, tell, ""

    def run(self, beats: Iterable[object]) -> None:
        """Look now, and at each beat; KeyboardInterrupt passes through after what was under way is marked."""
        for _ in itertools.chain((None,), beats):
            self.look()

    def look(self) -> list[str]:
        """Run all that is due now; return how each run ended. What passes by itself is tried again at the next look."""
        with self._stop.later():
            return self._look()

    def _look(self) -> list[str]:
        found: list[str] = []
        try:
            with schedule_lock(self._store):
                for timetable in self._timetables:
                    found += self._look_at(timetable)
                self._said = ""
        except (Unavailable, ConfigError) as error:
            self._say_once(str(error))
        finally:
            self._store.close()  # a connection that nobody uses for hours is not there when it is needed
        return found

    def _look_at(self, timetable: Timetable) -> list[str]:
        with self._store.read() as connection:
            last = due.latest(connection, timetable.key)
        now = self._clock.now()
        if last is None or last.spec != timetable.spec:
            with self._store.write() as connection:
                due.begin(connection, timetable.key, timetable.spec, now)
            return []
        due_at = _missed(timetable, last, now)
        if due_at is None:
            return []
        self._check_free()
        attempt = self._take(timetable, due_at, again=due_at == last.due_at)
        return [] if attempt is None else [self._run(timetable, due_at, attempt)]

    def _check_free(self) -> None:
        """Raise Unavailable where another command runs: then nothing is taken, and no attempt is lost."""
        with run_lock(self._store):
            pass

    def _take(self, timetable: Timetable, due_at: datetime, *, again: bool) -> int | None:
        now = self._clock.now()
        with self._store.write() as connection:
            if again:
                return due.retake(connection, timetable.key, due_at, now)
            due.abandon(connection, timetable.key, due_at, now)
            return due.take(connection, timetable.key, timetable.spec, due_at, now)

    def _run(self, timetable: Timetable, due_at: datetime, attempt: int) -> str:
        self._tell(f"{timetable.source}: due at {_minute(due_at, timetable.zone)}")
        run_id, reason = None, None
        try:
            with self._stop.at_once():
                ran = self._jobs[timetable.job](timetable.source)
            state, run_id = ran.outcome, ran.run_id
        except KeyboardInterrupt:
            with suppress(Unavailable, ConfigError):  # whatever the store says: the person wants to stop
                self._settle(timetable, due_at, attempt, state="interrupted")
            raise
        except Unavailable as error:
            state, reason = "failed" if attempt >= due.ATTEMPTS else "waiting", str(error)
        except OstiaryError as error:
            state, reason = "failed", str(error)
        except Exception as error:  # noqa: BLE001 (one source that breaks does not end the schedules of the others)
            state, reason = "failed", type(error).__name__
        self._settle(timetable, due_at, attempt, state=state, run_id=run_id, reason=reason)
        self._tell(f"{timetable.source}: {state}{f': {reason}' if reason else ''}")
        return state

    def _settle(
        self,
        timetable: Timetable,
        due_at: datetime,
        attempt: int,
        *,
        state: str,
        run_id: int | None = None,
        reason: str | None = None,
    ) -> None:
        now = self._clock.now()
        with self._store.write() as connection:
            due.settle(connection, timetable.key, due_at, attempt, state=state, now=now, run_id=run_id, reason=reason)

    def _say_once(self, text: str) -> None:
        """Say what keeps a look from running, but not every minute again."""
        if text != self._said:
            self._tell(f"not now: {text}")
        self._said = text


def _minute(moment: datetime, zone: ZoneInfo) -> str:
    return moment.astimezone(zone).strftime("%Y-%m-%d %H:%M")


def beats(trigger: Any = None) -> Generator[None, None, None]:
    """Yield at the beginning of every minute, or as an APScheduler trigger says, without end.

    Every minute rather than at the next due time: a machine that slept, a clock that was set and a run that waits for
    another are all seen at the next beat.
    """
    waiting: queue.Queue[None] = queue.Queue(maxsize=1)

    def beat() -> None:
        with suppress(queue.Full):
            waiting.put_nowait(None)

    scheduler = BackgroundScheduler(timezone=UTC)
    scheduler.add_job(beat, trigger or CronTrigger(minute="*", timezone=UTC), coalesce=True, misfire_grace_time=None)
    scheduler.start()
    try:
        while True:
            # With a limit, so that a signal which another thread received is seen soon.
            with suppress(queue.Empty):
                yield waiting.get(timeout=1.0)
    finally:
        scheduler.shutdown(wait=False)

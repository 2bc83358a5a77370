"""Reading one file, in a worker process or in this one: the second lane first, the translator where that refuses.

`read_file` is a generator: it yields what it found, and is sent the numbers of names it asked for. So the same code
runs behind a pipe and in the process itself, and knows nothing of the store.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Generator, Sequence
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from operator import attrgetter
from typing import Any, BinaryIO, cast
from zoneinfo import ZoneInfo

from connectors.bulk import lane
from connectors.formats import Bad, Context, Format, Raw
from connectors.inputs import Input
from connectors.registry import FORMATS
from connectors.segments import segments
from model.errors import AccessDenied, ConfigError, Interrupted, Malformed
from model.signal import METHODS, Actor, AppIdentity, Signal, SignalKind
from model.stream import Coverage, Status
from scanner.telling import Report, hint, telling, worsen
from storage.landing import Event, Landing, LaneRefused, Part, event_id
from storage.times import from_ms, to_ms

#: How many signals are handed on at once: bounds the memory of a worker and of the run.
BATCH = 5_000
#: A record that is further ahead of now is wrong: clocks differ by minutes, zones by hours, nothing by more than a day.
_AHEAD = timedelta(days=1)
#: From so many bytes on, packed, a file is likely to be read in more than one piece.
_LARGE = 4 * 1024 * 1024
#: How many bad places of one file are told one by one; all are counted.
_TOLD = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """One file to read as one FORMAT. `live`: its records come from a source that is known to be of this FORMAT."""

    number: int
    format: str
    input: Input
    source: str
    now: datetime
    zone: str
    currency: str | None
    profile: tuple[tuple[str, str], ...] = ()
    live: bool = False


@dataclass(frozen=True, slots=True)
class Names:
    """Asks for numbers: the reply is two lists of numbers, in order.

    With `more`, those that this file told ahead come first in the reply, and are not named again.
    """

    apps: list[AppIdentity]
    actors: list[Actor]
    more: bool = False

    def __reduce__(self) -> tuple[object, ...]:
        """Travel as plain tuples: ten thousands of dataclasses would take as long to pack as a file to read."""
        return _names, ([_app_values(a) for a in self.apps], [_actor_values(a) for a in self.actors], self.more)


_app_values, _actor_values = (attrgetter(*(f.name for f in fields(kind))) for kind in (AppIdentity, Actor))


def _names(apps: list[tuple[Any, ...]], actors: list[tuple[Any, ...]], more: bool) -> Names:
    app_fields, actor_fields = ([f.name for f in fields(kind)] for kind in (AppIdentity, Actor))
    return Names(
        [AppIdentity(**dict(zip(app_fields, values, strict=True))) for values in apps],
        [Actor(**dict(zip(actor_fields, values, strict=True))) for values in actors],
        more,
    )


@dataclass(frozen=True, slots=True)
class Ahead:
    """Names that will be asked for: the store numbers them while the file is read on. The reply comes with the rest."""

    names: Names


@dataclass(frozen=True, slots=True)
class Records:
    """Signals that are kept one by one."""

    signals: list[Signal]


@dataclass(frozen=True, slots=True)
class Landed:
    """Landing files to put away; the reply comes when they are."""

    parts: list[Part]


@dataclass(frozen=True, slots=True)
class Unmerged:
    """A batch of rows of a format whose files are first made one (see `Format.merge`)."""

    rows: list[Any]


Message = Names | Ahead | Records | Landed | Unmerged
Reading = Generator[Message, tuple[list[int], list[int]] | None, Report]


def read_file(task: Task, landing: Landing, advance: Callable[[int], None]) -> Reading:
    """Read one file; `advance` is told how many bytes of it are done.

    Raises ConfigError for a wrong setting, and nothing for what the file holds.
    """
    found = FORMATS[task.format]
    report = Report(task.input.name, {s.name: Coverage(stream=s.name) for s in found.streams})
    landing.clear()
    if found.bulk is not None and task.input.path is not None:
        try:
            yield from _read_bulk(task, found, landing, report)
        except LaneRefused:
            landing.clear()
        else:
            advance(task.input.size)
            return report
    if found.merge is not None:
        yield from _read_unmerged(task, found, report, advance)
    else:
        yield from _read_translated(task, found, landing, report, advance)
    return report


def _read_bulk(task: Task, found: Format, landing: Landing, report: Report) -> Generator[Message, object, None]:
    chosen = lane(str(found.bulk))
    told = _Lists(chosen.app, chosen.actor)
    try:
        read = yield from _loaded(task, chosen.SQL, landing, told)
        if not read:
            raise LaneRefused
        rest = [s for raw in landing.rest() for s in found.translate(raw, _context(task, report))]
        more = told.take(*landing.new_names())
    except (Malformed, ValueError) as error:
        raise LaneRefused from error
    report.lane = "bulk"
    for coverage in report.coverage.values():
        coverage.read = read
    for signal in rest:
        report.coverage[signal.stream].widen(signal.seen_at)
    yield from _number(landing, told, more)
    yield from _put_away(landing, report)
    yield from _records(rest, report)


class _Lists:
    """The distinct names of a file that have no number yet, in the order in which numbers are asked for."""

    def __init__(self, app_of: Callable[[str], AppIdentity | None], actor_of: Callable[[str], Actor | None]) -> None:
        self._app_of, self._actor_of = app_of, actor_of
        self.apps: dict[str, AppIdentity | None] = {}
        self.actors: dict[str, Actor | None] = {}
        self.ahead = False

    def take(self, apps: Sequence[str], actors: Sequence[str]) -> Names:
        """Add names; return those that were not taken before and name something. Raises ValueError."""
        fresh_apps = {name: self._app_of(name) for name in apps if name not in self.apps}
        fresh_actors = {name: self._actor_of(name) for name in actors if name not in self.actors}
        self.apps |= fresh_apps
        self.actors |= fresh_actors
        return Names(
            [app for app in fresh_apps.values() if app is not None],
            [actor for actor in fresh_actors.values() if actor is not None],
            more=self.ahead,
        )


def _loaded(task: Task, sql: str, landing: Landing, told: _Lists) -> Generator[Message, object, int]:
    """Load a file piece by piece; what cannot be unpacked to its end is for the translator to tell.

    In the first file of a worker nearly all names are new: those of its first piece are told at once, so that the store
    numbers them while the rest is read.
    """
    read = 0
    try:
        with task.input.open() as data:
            latest = to_ms(task.now + _AHEAD)
            for path in segments(data, landing.folder):
                read += landing.load_bulk(sql, path, latest)
                if not landing.knows_names and task.input.size > _LARGE:
                    landing.knows_names = True
                    yield Ahead(told.take(*landing.new_names()))
                    told.ahead = True
    except (AccessDenied, Interrupted, OSError) as error:
        raise LaneRefused from error
    return read


def _number(landing: Landing, told: _Lists, wanted: Names) -> Generator[Message, object, None]:
    """Have the distinct names numbered; what names nothing gets no number."""
    if not told.apps and not told.actors:
        return
    reply = yield wanted
    assert isinstance(reply, tuple)
    app_numbers, actor_numbers = iter(reply[0]), iter(reply[1])
    landing.number(
        [(name, None if app is None else next(app_numbers)) for name, app in told.apps.items()],
        [(name, None if actor is None else next(actor_numbers)) for name, actor in told.actors.items()],
    )


def _put_away(landing: Landing, report: Report) -> Generator[Message, object, None]:
    for seen in landing.seen():
        coverage = report.coverage[seen.stream]
        coverage.stored += seen.rows
        coverage.widen(from_ms(seen.first))
        coverage.widen(from_ms(seen.last))
    parts = landing.write()
    if parts:
        yield Landed(parts)
    landing.clear()


def _records(signals: list[Signal], report: Report) -> Generator[Message, object, None]:
    for at in range(0, len(signals), BATCH):
        yield Records(signals[at : at + BATCH])
    for signal in signals:
        report.coverage[signal.stream].stored += 1


def _context(task: Task, report: Report) -> Context:
    read_at = task.input.modified.astimezone(UTC)
    return Context(
        source=task.source,
        file=task.input.name,
        read_at=min(read_at, task.now),
        now=task.now,
        zone=ZoneInfo(task.zone),
        currency=task.currency,
        profile=dict(task.profile),
        note=report.notes.append,
        page=report.pages.append,
        nothing_of=report.nothing_of.append,
        path=task.input.path,
    )


def _read_translated(
    task: Task, found: Format, landing: Landing, report: Report, advance: Callable[[int], None]
) -> Generator[Message, object, None]:
    context = _context(task, report)
    good = 0
    batch: list[Signal] = []
    told = _Told(report)
    with telling(found, report), task.input.open() as data:
        for item in found.read(cast("BinaryIO", data), context):
            signals = told.translated(found, item, context)
            if signals is None:
                continue
            good += 1
            batch.extend(signals)
            if len(batch) >= BATCH:
                yield from _flush(batch, landing, report)
                batch = []
    advance(task.input.size)
    _count(task, found, report, told, good)
    yield from _flush(batch, landing, report)
    yield from _land(landing, report)


def _read_unmerged(
    task: Task, found: Format, report: Report, advance: Callable[[int], None]
) -> Generator[Message, object, None]:
    """Read a file whose records are translated only when those of all files are one."""
    report.lane = "roll-up"
    context, told = _context(task, report), _Told(report)
    good = 0
    with telling(found, report), task.input.open() as data:
        for item in found.read(cast("BinaryIO", data), context):
            if isinstance(item, Bad):
                told.bad(item.number, item.reason, item.count)
            else:
                good += item.count
                yield Unmerged(item.data)
    advance(task.input.size)
    _count(task, found, report, told, good)


def _count(task: Task, found: Format, report: Report, told: _Told, good: int) -> None:
    refused = any(c.status is not Status.COMPLETE for c in report.coverage.values())
    if not good and told.count and not refused and not task.live:
        _refuse_whole(task, found, report, told)
        return
    for coverage in report.coverage.values():
        coverage.read, coverage.quarantined = good + told.count, told.count


class _Told:
    """Turns items of a file into signals, and keeps what could not be turned."""

    def __init__(self, report: Report) -> None:
        self._report = report
        self.count = 0

    def translated(self, found: Format, item: Raw | Bad, context: Context) -> list[Signal] | None:
        if isinstance(item, Bad):
            self.bad(item.number, item.reason, item.count)
            return None
        try:
            signals = list(found.translate(item.data, context))
        except Malformed as error:
            self.bad(item.number, str(error))
            return None
        if any(signal.seen_at > context.now + _AHEAD for signal in signals):
            self.bad(item.number, "the time lies in the future")
            return None
        return signals

    def bad(self, number: int, reason: str, count: int = 1) -> None:
        """Count what could not be turned, and keep the first of it."""
        self.count += count
        if len(self._report.bad) < _TOLD:
            self._report.bad.append((number, reason))


def _refuse_whole(task: Task, found: Format, report: Report, told: _Told) -> None:
    """Report a file of another FORMAT: not one of its records is of this one, so nothing of it was read."""
    number, why = report.bad[0]
    reason = f"not {found.name}: none of its {told.count} records is one (record {number}: {why})"
    report.bad.clear()
    worsen(report, Status.FAILED, f"{task.input.name}: {reason}", hint(found))


def _flush(signals: list[Signal], landing: Landing, report: Report) -> Generator[Message, object, None]:
    """Hand on a batch: sign-ins are landed, all else is kept one by one."""
    events = [s for s in signals if s.kind is SignalKind.SIGN_IN]
    if events:
        landing.load_events(_event(s) for s in events)
    others = [s for s in signals if s.kind is not SignalKind.SIGN_IN]
    for signal in others:
        report.coverage[signal.stream].widen(signal.seen_at)
    yield from _records(others, report)


def _land(landing: Landing, report: Report) -> Generator[Message, object, None]:
    """Write the events of the file at its end, so that a long file gives few landing files."""
    told = _Lists(lambda name: AppIdentity(**json.loads(name)), _actor_of)
    yield from _number(landing, told, told.take(*landing.new_names()))
    yield from _put_away(landing, report)


def _event(signal: Signal) -> Event:
    assert signal.app is not None
    actor = signal.actor
    return (
        signal.stream,
        event_id(signal.native_id),
        to_ms(signal.seen_at),
        json.dumps(signal.app.named(), sort_keys=True),
        None if actor is None else json.dumps([actor.native_id, actor.address, actor.name, actor.kind]),
        next((i for i, m in enumerate(METHODS) if m.value == signal.facts.get("method")), 0),
        bool(signal.facts.get("success")),
        bool(signal.facts.get("second_factor")),
    )


def _actor_of(name: str) -> Actor:
    native_id, address, shown, kind = json.loads(name)
    return Actor(native_id=native_id, address=address, name=shown, kind=kind)


def drive(
    reading: Reading,
    answer: Callable[[Message], tuple[list[int], list[int]] | None],
    crash: Callable[[Exception], Report] | None = None,
) -> Report:
    """Run a reading to its end, answering what it asks; what goes wrong in answering is no fault of the file.

    `crash` makes a report of what goes wrong in reading: the stream boundary, with the one broad except. A wrong
    setting is no fault of the file either: it stops the run.
    """
    reply: tuple[list[int], list[int]] | None = None
    while True:
        try:
            message = reading.send(reply)
        except StopIteration as end:
            report: Report = end.value
            return report
        except ConfigError:
            raise
        except Exception as error:
            if crash is None:
                raise
            return crash(error)
        reply = answer(message)

"""A run: collect, roll up, derive, and one audit row with the digest of all it changed."""

from __future__ import annotations

import contextlib
import functools
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TypeVar

from catalog.categories import CATEGORIES
from gate import rules as gate_rules
from gate.acting import Settings
from gate.audit import Trail
from model.company import Company
from model.errors import ConfigError, Unavailable
from model.ports import Clock, ObjectStore, Progress
from model.stream import Status
from policies import risk as risk_rules
from policies.engine import load
from policies.shape import Pack
from scanner.collect import Collected, Collector, run_moment
from scanner.derive import Derived, derive
from scanner.identifying import Index
from scanner.judging import Judged, judge
from scanner.reading import Task
from storage import derived, events, runs
from storage.lock import run_lock
from storage.store import Store, Writer
from storage.times import from_ms, to_ms

AnyCollector = TypeVar("AnyCollector", bound=Collector)


@functools.cache
def shipped_pack() -> Pack:
    """Return the policies that come with the program, checked."""
    return load(categories=CATEGORIES)


@functools.cache
def shipped_gate() -> Settings:
    """Return the gate's settings that come with the program."""
    return Settings(rules=gate_rules.load_rules(categories=CATEGORIES), risk_rules=risk_rules.load_rules())


@dataclass(frozen=True, slots=True, kw_only=True)
class Rooms:
    """What a run needs, built by the caller."""

    store: Store
    objects: ObjectStore
    clock: Clock
    index: Callable[[], Index]
    company: Company
    trail: Trail
    progress: Progress
    pack: Callable[[], Pack] = shipped_pack
    gate: Callable[[], Settings] = shipped_gate


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What a run did."""

    run_id: int
    as_of: datetime
    collected: Collected
    rolled: int
    derived: Derived
    judged: Judged


def ingest(rooms: Rooms, tasks: Sequence[Task], as_of: datetime | None, *, processes: int | None = None) -> Outcome:
    """Read files into the store and derive anew.

    Raises Unavailable where another run is under way or there is no space, ConfigError for a wrong setting;
    KeyboardInterrupt passes through after what was read is marked as partial. Whatever ends it, the same call again
    completes it.
    """
    formats = dict.fromkeys(task.format for task in tasks)

    def collect(collector: Collector, moment: datetime) -> Collected:
        return collector.collect([replace(t, now=moment) for t in tasks], rooms.progress, processes=processes)

    return collecting(rooms, f"ingest {' '.join(formats)}", as_of, Collector, collect)


def collecting(
    rooms: Rooms,
    command: str,
    as_of: datetime | None,
    make: Callable[[Writer, ObjectStore, Clock, int, int], AnyCollector],
    collect: Callable[[AnyCollector, datetime], Collected],
) -> Outcome:
    """Run `collect`, which is told when the run began, and derive anew. Raises what `ingest` raises."""
    with run_lock(rooms.store), rooms.store.writer() as writer:
        run_id, run_at = _begin(rooms, writer, command, as_of)
        collector = make(writer, rooms.objects, rooms.clock, run_id, run_at)
        try:
            with writer.transaction() as connection:
                events.sweep(connection, rooms.objects, rooms.clock.now())
            collected = collect(collector, from_ms(run_at))
            rolled = sum(written for _, _, written in roll_due(rooms, writer, run_id))
            found, judged = _derive(rooms, writer, (run_id, run_at), as_of)
        except (KeyboardInterrupt, ConfigError, Unavailable, OSError) as error:
            reason = "interrupted" if isinstance(error, KeyboardInterrupt) else str(error)
            _fail(rooms, writer, collector, run_id, reason, wrong=isinstance(error, ConfigError))
            raise
        _end(rooms, writer, run_id, collected)
        when = as_of or from_ms(run_at)
        return Outcome(run_id=run_id, as_of=when, collected=collected, rolled=rolled, derived=found, judged=judged)


def rebuild(rooms: Rooms) -> Derived:
    """Derive everything anew from signals, landing files, decisions and the catalogue; sealed months are input."""
    with run_lock(rooms.store), rooms.store.writer() as writer:
        with writer.transaction() as connection:
            last = runs.last_as_of(connection)
        as_of = None if last is None else from_ms(last)
        run_id, run_at = _begin(rooms, writer, "rebuild", as_of)
        with writer.transaction() as connection:
            derived.clear(connection)
            due = events.months(connection)
        for _ in rolled_months(rooms, writer, due):
            pass
        found, _ = _derive(rooms, writer, (run_id, run_at), as_of, anew=True)
        _end(rooms, writer, run_id, Collected())
        return found


def derive_again(rooms: Rooms, about: str) -> Derived:
    """Derive after a decision; usage stays as it is. Figures keep the as-of of the last run."""
    with run_lock(rooms.store), rooms.store.writer() as writer:
        with writer.transaction() as connection:
            last = runs.last_as_of(connection)
        as_of = None if last is None else from_ms(last)
        run_id, run_at = _begin(rooms, writer, about, as_of)
        found, _ = _derive(rooms, writer, (run_id, run_at), as_of)
        _end(rooms, writer, run_id, Collected())
        return found


def roll_due(rooms: Rooms, writer: Writer, run_id: int) -> Iterator[tuple[int, int, int]]:
    """Roll up the months that changed, and merge the small files of those that are over."""
    with writer.transaction() as connection:
        due = events.months(connection, "dirty")
    yield from rolled_months(rooms, writer, due)
    events.merge_closed(writer, rooms.objects, due, run_id, rooms.clock.now())


def rolled_months(rooms: Rooms, writer: Writer, due: Sequence[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
    """Roll up months, telling how far it is."""
    if due:
        rooms.progress.step(f"Rolling up {len(due)} month{'s' * (len(due) != 1)}", len(due))
    for done in events.roll_up(writer, rooms.objects, due, rooms.clock.now()):
        rooms.progress.advance(1)
        yield done


def _begin(rooms: Rooms, writer: Writer, command: str, as_of: datetime | None) -> tuple[int, int]:
    with writer.transaction() as connection:
        run_at = run_moment(rooms.clock, runs.last_started(connection))
        return runs.begin_run(connection, command, from_ms(run_at), as_of or from_ms(run_at)), run_at


def _derive(
    rooms: Rooms, writer: Writer, run: tuple[int, int], as_of: datetime | None, *, anew: bool = False
) -> tuple[Derived, Judged]:
    run_id, run_at = run
    moment = run_at if as_of is None else to_ms(as_of)
    index = rooms.index()
    rooms.progress.step("Identifying tools and people")
    found = derive(
        writer, company=rooms.company, index=index, trail=rooms.trail, clock=rooms.clock, now=run_at, as_of=moment
    )
    rooms.progress.step("Judging")
    judged = judge(
        writer,
        company=rooms.company,
        index=index,
        pack=rooms.pack(),
        settings=rooms.gate(),
        trail=rooms.trail,
        run_id=run_id,
        now=run_at,
        as_of=moment,
        anew=anew,
        current=found.current,
    )
    return found, judged


def _end(rooms: Rooms, writer: Writer, run_id: int, collected: Collected) -> None:
    digest = collected.digest.hexdigest()
    outcome = "complete" if collected.status is Status.COMPLETE else "partial"
    with writer.transaction() as connection:
        version = rooms.index().version
        now = rooms.clock.now()
        runs.end_run(connection, run_id, now, outcome=outcome, catalog_version=version, digest=digest)
        detail = {"added": collected.added, "changed": collected.changed, "closed": collected.closed, "digest": digest}
        rooms.trail.write(connection, at=now, actor="system", act="run", about=f"run:{run_id}", detail=detail)


def _fail(rooms: Rooms, writer: Writer, collector: Collector, run_id: int, reason: str, *, wrong: bool) -> None:
    """Say in the store that the run did not end, as far as it still takes that; `wrong` is a call that never could."""
    with contextlib.suppress(ConfigError, Unavailable, OSError), writer.transaction() as connection:
        digest = hashlib.sha256(reason.encode()).hexdigest()
        runs.end_run(connection, run_id, rooms.clock.now(), outcome="failed", catalog_version=None, digest=digest)
    with contextlib.suppress(ConfigError, Unavailable, OSError):
        collector.abandon(reason, untouched=not wrong)

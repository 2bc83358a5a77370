"""Collect: what the readings find goes into the store, numbered, in short transactions."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from connectors.registry import FORMATS
from model.ports import Clock, ObjectStore, Progress
from model.signal import Actor, AppIdentity, Signal, SignalKind
from model.stream import BILL_SUFFIX, Coverage, Mode, Status, Stream
from scanner.merging import Merged, Pool
from scanner.reading import BATCH, Ahead, Landed, Message, Names, Records, Task, Unmerged
from scanner.telling import Report
from scanner.workers import read_all
from storage import events, names, records, runs
from storage.landing import Part
from storage.store import Connection, Writer
from storage.times import to_ms


@dataclass(slots=True, kw_only=True)
class Collected:
    """What a run read: coverage by (source, stream), the notes of files, and a digest of all that it kept."""

    coverage: dict[tuple[str, str], Coverage] = field(default_factory=dict)
    notes: list[tuple[str, str]] = field(default_factory=list)
    bad: list[tuple[str, int, str]] = field(default_factory=list)
    lanes: dict[str, int] = field(default_factory=dict)
    added: int = 0
    changed: int = 0
    closed: int = 0
    digest: hashlib._Hash = field(default_factory=hashlib.sha256)

    @property
    def status(self) -> Status:
        """Return the worst status of all streams."""
        order = list(Status)
        return max((c.status for c in self.coverage.values()), key=order.index, default=Status.COMPLETE)


#: Actors remembered within a run; beyond that the memory is emptied.
_REMEMBERED = 20_000


class Collector:
    """Keeps what readings find, for one run."""

    def __init__(self, writer: Writer, objects: ObjectStore, clock: Clock, run_id: int, run_at: int) -> None:
        """`run_at` is the run's start in milliseconds: the birth of every version it writes."""
        self._writer, self._objects, self._clock = writer, objects, clock
        self._run_id, self._run_at = run_id, run_at
        self._sources: dict[str, int] = {}
        self._streams: dict[tuple[str, str], tuple[int, Stream]] = {}
        self._pages: dict[tuple[str, str], list[bool]] = {}
        self._emptied: set[tuple[str, str]] = set()
        self._pool = Pool()
        self._actors: dict[tuple[int, Actor], int] = {}
        self._ahead: dict[Task, tuple[list[int], list[int]]] = {}
        self.found = Collected()

    def collect(self, tasks: Sequence[Task], progress: Progress, *, processes: int | None = None) -> Collected:
        """Read all files and keep what they hold; snapshots that were read to the end close what they no longer see."""
        self._prepare(tasks)
        progress.step(f"Reading {len(tasks)} file{'s' * (len(tasks) != 1)}", sum(t.input.size for t in tasks) or None)
        for task, report in read_all(tasks, self._answer, progress.advance, processes=processes):
            self._take_report(task, report)
        for merged in self._pool.drain():
            self._keep_merged(merged)
        self._close_snapshots(partial=False)
        return self.found

    def abandon(self, reason: str, *, untouched: bool = True) -> None:
        """Mark every stream as not read to the end: nothing is closed, and coverage says so.

        Without `untouched`, streams of which nothing was read keep what earlier runs say of them.
        """
        if not untouched:
            self.found.coverage = {key: found for key, found in self.found.coverage.items() if found.read}
        for coverage in self.found.coverage.values():
            coverage.worsen(Status.PARTIAL, reason, "run the same command again to complete it")
        self._close_snapshots(partial=True)

    def _prepare(self, tasks: Sequence[Task]) -> None:
        with self._writer.transaction() as connection:
            records.forget_seen(connection)
            for task in tasks:
                source = names.source_number(connection, task.source)
                self._sources[task.source] = source
                read_as = FORMATS[task.format]
                for stream in read_as.streams:
                    number = names.stream_number(connection, source, stream, read_as.system)
                    self._streams[task.source, stream.name] = (number, stream)
                    self.found.coverage.setdefault((task.source, stream.name), Coverage(stream=stream.name))

    def _answer(self, task: Task, message: Message) -> tuple[list[int], list[int]] | None:
        if isinstance(message, Names):
            apps, actors = self._number(task, message)
            before = self._ahead.pop(task, ([], [])) if message.more else ([], [])
            return [*before[0], *apps], [*before[1], *actors]
        if isinstance(message, Ahead):
            self._ahead[task] = self._number(task, message.names)
        elif isinstance(message, Records):
            self._keep(task, message.signals)
        elif isinstance(message, Landed):
            self._put_away(task, message.parts)
        elif isinstance(message, Unmerged):
            self._pool.add(task, message.rows)
        return None

    def _number(self, task: Task, wanted: Names) -> tuple[list[int], list[int]]:
        source = self._sources[task.source]
        with self._writer.transaction() as connection:
            return (
                names.identity_numbers(connection, source, wanted.apps, registered=False, seen_at=self._run_at),
                self._number_actors(connection, source, wanted.actors),
            )

    def _number_actors(self, connection: Connection, source: int, actors: Sequence[Actor]) -> list[int]:
        """Ask the store once for what is said of somebody: all workers meet the same people."""
        if len(self._actors) > _REMEMBERED:
            self._actors.clear()
        fresh = [actor for actor in actors if (source, actor) not in self._actors]
        numbers = names.actor_numbers(connection, source, fresh)
        self._actors |= {(source, actor): number for actor, number in zip(fresh, numbers, strict=True)}
        return [self._actors[source, actor] for actor in actors]

    def _put_away(self, task: Task, parts: Sequence[Part]) -> None:
        """Enter as pending, write, commit: what is not committed does not count, and is swept later."""
        fresh = self._enter(task, parts)
        if fresh:
            with self._writer.transaction() as connection:
                events.commit_files(connection, fresh, self._clock.now())

    def _enter(self, task: Task, parts: Sequence[Part]) -> list[events.NewFile]:
        now = self._clock.now()
        found = {}
        for part in parts:
            number = self._streams[task.source, part.stream][0]
            name = events.object_name(number, part.month, part.name)
            found[name] = (part, events.NewFile(name, number, part.month, part.rows, part.bytes))
        with self._writer.transaction() as connection:
            fresh = events.enter_pending(connection, [file for _, file in found.values()], self._run_id, now)
        for file in fresh:
            self._objects.put(found[file.name][0].path, file.name)
            self.found.digest.update(file.name.encode())
        return fresh

    def _keep(self, task: Task, signals: Sequence[Signal]) -> None:
        with self._writer.transaction() as connection:
            self._keep_in(connection, task, signals)

    def _keep_in(self, connection: Connection, task: Task, signals: Sequence[Signal]) -> None:
        source = self._sources[task.source]
        by_stream: dict[str, list[Signal]] = {}
        for signal in signals:
            by_stream.setdefault(signal.stream, []).append(signal)
        for name, group in by_stream.items():
            number, stream = self._streams[task.source, name]
            apps = _numbers_of_apps(connection, source, group, self._run_at)
            actors = _numbers_of_actors(connection, source, group)
            timeless = stream.mode is Mode.SNAPSHOT
            rows = [records.staged(s, i, a, timeless=timeless) for s, i, a in zip(group, apps, actors, strict=True)]
            applied = records.apply(connection, number, self._run_at, rows, events=not timeless)
            self.found.added += applied.added
            self.found.changed += applied.changed
            for row in rows:
                self.found.digest.update(repr((number, row)).encode())

    def _keep_merged(self, merged: Merged) -> None:
        """Keep what all files of a source hold together.

        Where one of them could not be read to its end, bills that the store knows stay as they are: half a bill would
        pass for a lower one.
        """
        task, source = merged.task, merged.task.source
        name = FORMATS[task.format].streams[0].name
        coverage, signals = self.found.coverage[source, name], merged.signals
        coverage.quarantined += len(merged.bad)
        self.found.notes.extend((source, note) for note in merged.notes)
        if coverage.status is not Status.COMPLETE:
            with self._writer.transaction() as connection:
                known = records.open_bills(connection, self._streams[source, name][0])
            signals = [s for s in signals if s.native_id[:-BILL_SUFFIX] not in known]
        for at in range(0, len(signals), BATCH):
            self._keep(task, signals[at : at + BATCH])
        coverage.stored += len(signals)
        for signal in signals:
            coverage.widen(signal.seen_at)

    def _take_report(self, task: Task, report: Report) -> None:
        self.found.lanes[report.lane] = self.found.lanes.get(report.lane, 0) + 1
        self.found.notes.extend((report.file, note) for note in report.notes)
        self.found.bad.extend((report.file, number, reason) for number, reason in report.bad)
        first = next(iter(report.coverage))
        for name in report.coverage:
            self._pages.setdefault((task.source, name), []).extend(report.pages)
        for name, found in report.coverage.items():
            total = self.found.coverage[task.source, name]
            total.read += found.read
            total.stored += found.stored
            # A bad place belongs to no stream in particular: it is counted once, on the format's first.
            total.quarantined += found.quarantined if name == first else 0
            if found.status is not Status.COMPLETE:
                total.worsen(found.status, str(found.reason), found.remedy)
            for at in (found.window_start, found.window_end):
                if at is not None:
                    total.widen(at)
        self._keep_bad(task, report, first)
        self._keep_nothing(task, report, first)

    def _keep_bad(self, task: Task, report: Report, stream: str) -> None:
        number = self._streams[task.source, stream][0]
        with self._writer.transaction() as connection:
            runs.quarantine(connection, self._run_id, [(number, report.file, n, reason) for n, reason in report.bad])

    def _keep_nothing(self, task: Task, report: Report, stream: str) -> None:
        """Remember of whom a file says that nothing is held: their records may be closed, too."""
        if report.nothing_of:
            number = self._streams[task.source, stream][0]
            with self._writer.transaction() as connection:
                actors = names.actors_called(connection, self._sources[task.source], report.nothing_of)
                records.remember_actors(connection, number, actors)
            self._emptied.add((task.source, stream))

    def _close_snapshots(self, *, partial: bool) -> None:
        """Write coverage, and in the same transaction close what complete snapshots no longer see."""
        for key, coverage in self.found.coverage.items():
            number, stream = self._streams[key]
            with self._writer.transaction() as connection:
                self._check_pages(key, stream, coverage)
                whole = may_close(coverage, stream, emptied=key in self._emptied)
                if stream.mode is Mode.SNAPSHOT and whole and not partial:
                    self.found.closed += records.close_unseen(
                        connection,
                        number,
                        self._run_at,
                        within_actors=stream.closes == "actor",
                        within_bills=stream.closes == "bill",
                    )
                runs.write_coverage(connection, self._run_id, number, coverage)

    def _check_pages(self, key: tuple[str, str], stream: Stream, coverage: Coverage) -> None:
        """Pages that all name a further one are not the whole of a snapshot."""
        pages = self._pages.get(key, [])
        if stream.mode is Mode.SNAPSHOT and pages and all(pages):
            coverage.worsen(
                Status.PARTIAL,
                "the last page is missing: each page names a further one",
                "export all pages, and ingest them in one call",
            )


def may_close(coverage: Coverage, stream: Stream | None = None, *, emptied: bool = False) -> bool:
    """Whether a snapshot may close what it does not hold: read to the end, every record understood, and not empty.

    A record that could not be read may be the very one that seems gone. An export without a single record is far more
    often a failed export than a company without people or apps, unless it names those who have none (`emptied`). A bill
    is replaced although rows of it could not be read: what an older assembly says beside the newer one would be counted
    as well.
    """
    whole = not coverage.quarantined or (stream is not None and stream.closes == "bill")
    return coverage.status is Status.COMPLETE and whole and (coverage.stored > 0 or emptied)


def _numbers_of_apps(connection: object, source: int, group: Sequence[Signal], seen_at: int) -> list[int | None]:
    found: list[AppIdentity] = [s.app for s in group if s.app is not None]
    registered = any(s.kind is SignalKind.REGISTRATION for s in group)
    given = iter(names.identity_numbers(connection, source, found, registered=registered, seen_at=seen_at))  # type: ignore[arg-type]
    return [None if s.app is None else next(given) for s in group]


def _numbers_of_actors(connection: object, source: int, group: Sequence[Signal]) -> list[int]:
    found: list[Actor] = [s.actor for s in group if s.actor is not None]
    listed = any(s.kind is SignalKind.PERSON for s in group)
    given = iter(names.actor_numbers(connection, source, found, listed=listed))  # type: ignore[arg-type]
    return [names.NOBODY if s.actor is None else next(given) for s in group]


def run_moment(clock: Clock, last: int) -> int:
    """Return the start of a run in milliseconds, always after the run before, so that versions never share a start."""
    return max(to_ms(clock.now()), last + 1)

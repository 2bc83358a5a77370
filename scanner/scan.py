"""Scan: the live sources, read side by side, through the very same reading and keeping as exported files."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path

from connectors.inputs import Input
from connectors.live import Feed, Window, Wire
from connectors.source_tables import Opened
from model.stream import Coverage, Mode, Status
from scanner.collect import Collected, Collector
from scanner.reading import Landed, Message, Records, Task, drive, read_file
from scanner.run import Outcome, Rooms, collecting
from scanner.spooling import Ended, Fetching, Job, Spool
from scanner.telling import Report, crashed, fell_short
from scanner.windows import Mark, Marks, believed, marks, moved, plan, resumed
from storage import events, names, records, runs
from storage.landing import Landing
from storage.store import Connection

MakeWire = Callable[[Opened], Wire]


@dataclass(frozen=True, slots=True, kw_only=True)
class Planned:
    """What would be read of one feed, and what the source no longer keeps."""

    source: str
    feed: Feed
    window: Window
    gap: str | None
    mark: Mark | None


@dataclass(slots=True)
class _Course:
    """How far the reading of one feed has come in this run."""

    planned: Planned
    wire: Wire
    mark: Mark | None
    whole: bool = True
    opaque: bool = False
    told: bool = False
    records: int = field(default=0)


def scan(
    rooms: Rooms,
    sources: Sequence[Opened],
    make_wire: MakeWire,
    as_of: datetime | None = None,
    *,
    same_tenant: bool = False,
) -> Outcome:
    """Read the sources and derive anew. `same_tenant`: a tenant that is called otherwise than before is the same.

    Raises Unavailable where another run is under way or there is no space; KeyboardInterrupt passes through after what
    was read is marked as partial. Whatever ends it, the same call again completes it.
    """

    def collect(collector: Harvest, moment: datetime) -> Collected:
        return collector.harvest(sources, make_wire, rooms, moment, same_tenant=same_tenant)

    return collecting(rooms, f"scan {' '.join(s.name for s in sources)}", as_of, Harvest, collect)


def planned(connection: Connection, sources: Sequence[Opened], now: datetime) -> list[Planned]:
    """Return what a scan would read, without calling anybody or writing anything."""
    found = []
    for opened in sources:
        held = {feed.name: marks(runs.cursor_of(connection, opened.name, feed.filled[0].name)) for feed in opened.feeds}
        found += [_planned(opened, feed, held[feed.name], now) for feed in opened.feeds]
    return found


def _planned(opened: Opened, feed: Feed, held: Marks, now: datetime) -> Planned:
    mark = held.feeds.get(feed.name)
    window, gap = plan(feed, mark, now, timedelta(days=opened.backfill_days))
    return Planned(source=opened.name, feed=feed, window=window, gap=gap, mark=mark)


class Harvest(Collector):
    """A collector of spools: the cursor moves in the transaction that keeps the last of what a spool holds."""

    def harvest(
        self,
        sources: Sequence[Opened],
        make_wire: MakeWire,
        rooms: Rooms,
        moment: datetime,
        *,
        same_tenant: bool,
    ) -> Collected:
        """Read all sources and keep what they hold."""
        self._rooms, self._moment, self._last_step = rooms, moment, ""
        self._opened = {opened.name: opened for opened in sources}
        self._marks: dict[tuple[str, str], Marks] = {}
        self._courses: dict[tuple[str, str], _Course] = {}
        self._files: list[events.NewFile] = []
        self._batch: tuple[Task, Records] | None = None
        rooms.progress.step(f"Reading {', '.join(self._opened)}")
        with self._writer.transaction() as connection:
            records.forget_seen(connection)
        jobs = [job for opened in sources if (job := self._begin(opened, make_wire, same_tenant=same_tenant))]
        with tempfile.TemporaryDirectory(prefix="ostiary-scan-", ignore_cleanup_errors=True) as folder:
            self._read(jobs, Path(folder))
        for merged in self._pool.drain():
            self._keep_merged(merged)
        self._close_snapshots(partial=False)
        return self.found

    def _begin(self, opened: Opened, make_wire: MakeWire, *, same_tenant: bool) -> Job | None:
        """Prepare a source: its numbers and windows. Return None where it is not to be read at all."""
        wire = make_wire(opened)
        with self._writer.transaction() as connection:
            self._number_streams(connection, opened)
            held = {f.name: self._held(connection, opened, f) for f in opened.source.feeds}
        before = {m.tenant for m in held.values() if m.tenant not in {None, opened.tenant}}
        if before and not same_tenant:
            self._refuse_tenant(opened, str(before.pop()))
            return None
        windows = []
        for feed in opened.feeds:
            found = _planned(opened, feed, held[feed.name], self._moment)
            self._courses[opened.name, feed.name] = _Course(found, wire, found.mark)
            windows.append((feed, found.window))
            for stream in feed.filled:
                coverage = self.found.coverage[opened.name, stream.name]
                coverage.gap = coverage.gap or found.gap
        self._leave_out(opened)
        return Job(opened=opened, wire=wire, windows=tuple(windows))

    def _number_streams(self, connection: Connection, opened: Opened) -> None:
        source = self._sources[opened.name] = names.source_number(connection, opened.name)
        for feed in opened.feeds:
            for stream in feed.format.streams:
                number = names.stream_number(connection, source, stream, feed.format.system)
                self._streams[opened.name, stream.name] = (number, stream)
            for stream in feed.filled:
                self.found.coverage.setdefault((opened.name, stream.name), Coverage(stream=stream.name))

    def _held(self, connection: Connection, opened: Opened, feed: Feed) -> Marks:
        stream = feed.filled[0].name
        held = marks(runs.cursor_of(connection, opened.name, stream))
        self._marks.setdefault((opened.name, stream), held)
        return held

    def _refuse_tenant(self, opened: Opened, before: str) -> None:
        for feed in opened.feeds:
            for stream in feed.filled:
                self.found.coverage[opened.name, stream.name].worsen(
                    Status.FAILED,
                    f"{opened.name} was read from {before} before, and is now set to {opened.tenant}",
                    f"give {opened.tenant} a table of another name; if both are one, scan once with --same-tenant",
                )

    def _leave_out(self, opened: Opened) -> None:
        """Say of streams that are filled by a feed left out, too, that they are not whole: nothing of them closes."""
        for feed in opened.source.feeds:
            for stream in feed.filled if feed.name in opened.skip else ():
                if (opened.name, stream.name) in self.found.coverage:
                    self.found.coverage[opened.name, stream.name].worsen(
                        Status.PARTIAL, f"the configuration leaves out {feed.name}", "take it out of `skip`"
                    )

    def _read(self, jobs: list[Job], folder: Path) -> None:
        if not jobs:
            return
        landing, fetching = Landing(), Fetching(jobs, folder)
        try:
            for item in fetching.found():
                if isinstance(item, Ended):
                    self._end(item)
                else:
                    self._take(item, landing)
        finally:
            fetching.stop()
            landing.close()
            for job in jobs:
                self.found.notes.extend((job.opened.name, note) for note in job.wire.notes)

    def _take(self, spool: Spool, landing: Landing) -> None:
        """Read a spool, and keep it with the cursor that it brings."""
        course = self._courses[spool.source, spool.feed.name]
        self._tell(spool)
        report = self._report(spool, course, landing) if spool.path is not None and course.whole else None
        if report is not None:
            course.whole = all(c.status is Status.COMPLETE for c in report.coverage.values())
            self._take_report(self._task(spool, course), report)
            course.records += next(iter(report.coverage.values())).read
        mark = self._mark(course, spool) if course.whole else None
        self._commit(course, mark)
        if spool.path is not None:
            spool.path.unlink(missing_ok=True)

    def _report(self, spool: Spool, course: _Course, landing: Landing) -> Report:
        task = self._task(spool, course)

        def crash(error: Exception) -> Report:
            landing.clear()
            return crashed(task.format, task.input.name, error)

        def answer(message: Message) -> tuple[list[int], list[int]] | None:
            return self._answer(task, message)

        report = drive(read_file(task, landing, lambda _done: None), answer, crash)
        filled = {s.name for s in spool.feed.filled}
        report.coverage = {name: found for name, found in report.coverage.items() if name in filled}
        report.pages.clear()  # how far it goes is known here, and need not be told from the pages
        return report

    def _task(self, spool: Spool, course: _Course) -> Task:
        ahead = max(course.wire.offset or timedelta(0), timedelta(0))
        company = self._rooms.company
        return Task(
            number=spool.number,
            format=spool.feed.format.name,
            input=Input(f"{spool.source}/{spool.feed.name}", spool.path, spool.size, self._moment),
            source=spool.source,
            now=self._moment + ahead,
            zone=company.timezone,
            currency=company.base_currency,
            live=True,
        )

    def _answer(self, task: Task, message: Message) -> tuple[list[int], list[int]] | None:
        """Hold back what is to be kept last, so that the cursor can move in the same transaction."""
        if isinstance(message, Landed):
            self._files += self._enter(task, message.parts)
            return None
        if isinstance(message, Records):
            if self._batch is not None:
                self._keep(self._batch[0], self._batch[1].signals)
            self._batch = (task, message)
            return None
        return super()._answer(task, message)

    def _commit(self, course: _Course, mark: Mark | None) -> None:
        """Keep what was held back, and move the cursor, at once."""
        now, batch, files = self._clock.now(), self._batch, self._files
        self._batch, self._files = None, []
        with self._writer.transaction() as connection:
            if batch is not None:
                self._keep_in(connection, batch[0], batch[1].signals)
            if files:
                events.commit_files(connection, files, now)
            if mark is not None:
                self._move(connection, course, mark)

    def _mark(self, course: _Course, spool: Spool) -> Mark | None:
        """Return the mark that a spool brings; None where it says nothing of how far the feed was read."""
        feed, window = spool.feed, course.planned.window
        gap = course.planned.gap is not None and not course.told
        if not feed.is_events:
            return resumed(course.mark, spool.token) if feed.resumes and spool.token else None
        if feed.newest_first or (spool.token is None and spool.until is None):
            return None
        token = spool.token
        if token is None and course.opaque and course.mark is not None:
            token = course.mark.token  # a spool that brings only a time leaves the source's own word in force
        course.opaque = course.opaque or spool.token is not None
        until = None if spool.until is None else believed(spool.until, feed, window, course.wire.offset)
        return moved(course.mark, window, until=until, token=token, gap=gap)

    def _move(self, connection: Connection, course: _Course, mark: Mark | None) -> None:
        """Write the mark of a feed beside those of others that fill the same stream."""
        source, feed = course.planned.source, course.planned.feed
        key = (source, feed.filled[0].name)
        feeds = dict(self._marks[key].feeds)
        feeds.pop(feed.name, None)
        if mark is not None:
            feeds[feed.name] = mark
        held = self._marks[key] = Marks(tenant=self._opened[source].tenant, feeds=feeds)
        course.mark, course.told = mark, True
        runs.move_cursor(connection, self._streams[key][0], held.to_text(), self._run_id, self._clock.now())

    def _end(self, ended: Ended) -> None:
        """Take note of how a feed ended; only one that was read to its end moves its cursor to the window's end."""
        course = self._courses[ended.source, ended.feed.name]
        feed, window = ended.feed, course.planned.window
        for stream in feed.filled:
            coverage = self.found.coverage[ended.source, stream.name]
            if ended.error is not None:
                fell_short(coverage, stream, ended.error, name=f"{ended.source}: {feed.name}")
        if ended.error is not None or not course.whole:
            return
        mark = None
        if feed.is_events:
            until = believed(window.until, feed, window, course.wire.offset)
            gap = course.planned.gap is not None and not course.told
            token = course.mark.token if course.mark and course.opaque else None
            mark = moved(course.mark, window, until=until, token=token, gap=gap)
        with self._writer.transaction() as connection:
            self._move(connection, course, mark)
        self._widen(ended, mark)

    def _widen(self, ended: Ended, mark: Mark | None) -> None:
        """Say which time was covered, also where nothing happened in it."""
        for stream in ended.feed.filled:
            coverage = self.found.coverage[ended.source, stream.name]
            if mark is None:
                coverage.widen(self._moment)
            else:
                coverage.widen(mark.begun or self._moment)
                coverage.widen(mark.until or self._moment)
            if ended.feed.may_be_empty and stream.mode is Mode.SNAPSHOT:
                self._emptied.add((ended.source, stream.name))

    def _tell(self, spool: Spool) -> None:
        step = f"Reading {spool.source}: {spool.feed.name.replace('_', ' ')}"
        if step != self._last_step:
            self._rooms.progress.step(step)
            self._last_step = step

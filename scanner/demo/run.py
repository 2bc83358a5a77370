"""The demo's runs: the exported files through the real pipeline, all that was saved on one day in one run."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path

from connectors.inputs import Input
from gate.acting import Settings
from scanner.demo.company import AS_OF, COMPANY, FIRST_SAVED, LAST_SAVED
from scanner.demo.drawing import Export
from scanner.demo.files import write
from scanner.reading import Task
from scanner.run import Outcome, Rooms, ingest
from storage import runs
from storage.times import to_ms

#: How long after the exports were saved they are read: after the last of them, before the as-of.
_READ_AFTER = timedelta(hours=3)


@dataclass(frozen=True, slots=True)
class DemoClock:
    """A clock that stands still; without a time of its own it stands at the demo's as-of."""

    at: datetime = AS_OF

    def now(self) -> datetime:
        """Return the moment at which it stands."""
        return self.at


@dataclass(frozen=True, slots=True)
class Wave:
    """The files that were saved on one day, when they are read, and the as-of of that run.

    They make one run: what half of a company's exports says is worth no judgement, and no line in a finding's history.
    """

    at: datetime
    as_of: datetime
    tasks: Sequence[Task]


def load(rooms: Rooms, folder: Path) -> list[Outcome]:
    """Write the demo company's exports into `folder` and read them into the store; return what each run did.

    The company and the clock are the demo's own, whatever `rooms` has: the first run is of June 2026, the second one of
    the end of October, and the figures count back from `AS_OF`. Where the store knows October already, the exports
    of June are not read again: they would undo and redo what changed since. Raises what `ingest` raises.
    """

    def gate() -> Settings:
        settings = rooms.gate()
        return replace(settings, time=replace(settings.time, zone=COMPANY.timezone))

    with rooms.store.read() as connection:
        known = runs.last_started(connection) >= to_ms(LAST_SAVED)
    return [
        ingest(replace(rooms, company=COMPANY, gate=gate, clock=DemoClock(wave.at)), wave.tasks, wave.as_of)
        for wave in waves(folder)
        if not known or wave.at > LAST_SAVED
    ]


def waves(folder: Path) -> Iterator[Wave]:
    """Write the exports into `folder`, and yield them in the order of time."""
    for number, group in groupby(write(folder), key=lambda export: export.wave):
        at = (FIRST_SAVED if number == 1 else LAST_SAVED) + _READ_AFTER
        tasks = [_task(place, export, folder, at) for place, export in enumerate(group, 1)]
        yield Wave(at, at if number == 1 else AS_OF, tasks)


def _task(number: int, export: Export, folder: Path, at: datetime) -> Task:
    path = folder / export.name
    return Task(
        number=number,
        format=export.format,
        input=Input(export.name, path, len(export.content), export.saved),
        source=export.source,
        now=at,
        zone=COMPANY.timezone,
        currency=COMPANY.base_currency,
    )

"""One run of the program on generated files, in a process of its own that tells when each step began.

Called by the benchmarks: `stepwise.py ingest FORMAT DATABASE FILE...` and `stepwise.py reroll DATABASE`; the last line of
standard output is JSON.
"""

from __future__ import annotations

import json
import sys
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

from catalog.index import load_index
from connectors.inputs import find_inputs
from connectors.objects import Folder
from gate.audit import Trail
from model.company import Company
from model.ports import SystemClock
from scanner.reading import Task
from scanner.run import Rooms, ingest, rolled_months
from storage import events, schema
from storage.store import Store


class Steps:
    """A `Progress` that remembers when each step began."""

    def __init__(self) -> None:
        """Begin to count."""
        self.times = [("begin", time.perf_counter())]

    def step(self, what: str, total: int | None = None) -> None:
        """Remember the first word of the step."""
        del total
        self.times.append((what.split()[0].lower(), time.perf_counter()))

    def advance(self, by: int = 1) -> None:
        """Do nothing."""

    def seconds(self) -> dict[str, float]:
        """Return how long after the beginning each step began, and now as `end`."""
        first = self.times[0][1]
        return {name: at - first for name, at in [*self.times[1:], ("end", time.perf_counter())]}


def rooms(database: str, steps: Steps) -> Rooms:
    """Return the rooms of a run on an SQLite file, made where it is not there yet."""
    store = Store(f"sqlite:///{database}")
    schema.upgrade(store)
    return Rooms(
        store=store,
        objects=Folder(Path(f"{database}.landing")),
        clock=SystemClock(),
        index=cache(load_index),
        company=Company(),
        trail=Trail(None),
        progress=steps,
    )


def run_ingest(form: str, database: str, files: list[str]) -> dict[str, object]:
    """Ingest files; return the seconds at which each step began, and what was counted."""
    steps = Steps()
    opened = rooms(database, steps)
    now = datetime.now(UTC)
    tasks = [
        Task(number=n, format=form, input=found, source="bench:load", now=now, zone="UTC", currency=None)
        for n, found in enumerate(find_inputs(files))
    ]
    steps.times[0] = ("begin", time.perf_counter())
    outcome = ingest(opened, tasks, None)
    streams = {name: [c.read, c.stored, c.quarantined, c.status.value] for (_, name), c in outcome.collected.coverage.items()}
    return {
        "seconds": steps.seconds(),
        "rolled": outcome.rolled,
        "added": outcome.collected.added,
        "lanes": outcome.collected.lanes,
        "streams": streams,
        "tools": outcome.derived.tools,
    }


def run_reroll(database: str) -> dict[str, object]:
    """Roll up all months from the landing files into an emptied table, then once more with nothing to write."""
    opened = rooms(database, Steps())
    found: dict[str, object] = {}
    with opened.store.writer() as writer:
        with writer.transaction() as connection:
            connection.exec_driver_sql("DELETE FROM usage")
            due = events.months(connection)
        for name in ("into an empty table", "nothing to write"):
            started = time.perf_counter()
            written = sum(rows for _, _, rows in rolled_months(opened, writer, due))
            found[name] = {"seconds": time.perf_counter() - started, "written": written}
    return found


def main(given: list[str]) -> None:
    if given[0] == "ingest":
        print(json.dumps(run_ingest(given[1], given[2], given[3:])))
    else:
        print(json.dumps(run_reroll(given[1])))


if __name__ == "__main__":
    main(sys.argv[1:])

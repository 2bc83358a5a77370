"""One run of the program on generated files, in a process of its own that tells when each step began.

Called by the benchmarks: `stepwise.py ingest FORMAT DATABASE FILE...` and `stepwise.py reroll DATABASE`; the last line
of standard output is JSON.
"""

from __future__ import annotations

import json
import os
import resource
import sys
import time
from datetime import UTC, datetime
from functools import cache
from pathlib import Path

if __name__ != "__mp_main__":  # a worker process begins by reading this file, and needs as little of it as of `cli`
    from benchmarks.measuring import cpu_of, tree
    from catalog.index import load_index
    from connectors.inputs import find_inputs
    from connectors.objects import Folder
    from gate.audit import Trail
    from model.company import Company
    from model.ports import SystemClock
    from scanner.reading import Task
    from scanner.run import Rooms, ingest, rolled_months
    from scanner.workers import warm_up
    from storage import events, schema
    from storage.store import Store


def cpu() -> float:
    """Return the processor seconds of this process, of those it has waited for, and of those that run below it now."""
    used = (resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used) + sum(map(cpu_of, tree(os.getpid())[1:]))


class Steps:
    """A `Progress` that remembers when each step began, on the clock and in processor seconds."""

    def __init__(self) -> None:
        """Begin to count."""
        self.begin()

    def begin(self) -> None:
        """Count from now on."""
        self._times = [("begin", time.perf_counter(), cpu())]

    def step(self, what: str, total: int | None = None) -> None:
        """Remember the first word of the step."""
        del total
        self._times.append((what.split(maxsplit=1)[0].lower(), time.perf_counter(), cpu()))

    def advance(self, by: int = 1) -> None:
        """Do nothing."""

    def told(self) -> dict[str, dict[str, float]]:
        """Return how long after the beginning each step began, and now as `end`: seconds, and processor seconds."""
        (_, wall, used), *rest = [*self._times, ("end", time.perf_counter(), cpu())]
        return {"seconds": {name: at - wall for name, at, _ in rest}, "cpu": {name: at - used for name, _, at in rest}}


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
    steps, inputs = Steps(), list(find_inputs(files))
    warm_up(inputs)  # as the command does, before it opens the store
    opened = rooms(database, steps)
    now = datetime.now(UTC)
    tasks = [
        Task(number=n, format=form, input=found, source="bench:load", now=now, zone="UTC", currency=None)
        for n, found in enumerate(inputs)
    ]
    steps.begin()
    outcome = ingest(opened, tasks, None)
    streams = {
        name: [c.read, c.stored, c.quarantined, c.status.value] for (_, name), c in outcome.collected.coverage.items()
    }
    return {
        **steps.told(),
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

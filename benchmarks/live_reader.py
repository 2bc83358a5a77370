"""Readers of the tenant of `live_vendor.py`, each in a process of its own; the last line of standard output is JSON.

`live_reader.py scan ADDRESS FOLDER` runs the scan of the program into a fresh store; `live_reader.py bare ADDRESS`
fetches the same pages with the same client, one after the other, and parses them.
"""

from __future__ import annotations

import json
import os
import sys
import time
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from benchmarks.live_vendor import APPS
from benchmarks.measuring import Sampler
from benchmarks.stepwise import cpu
from catalog.index import load_index
from connectors.live import Wire
from connectors.objects import Folder
from connectors.okta_live import FILTER
from connectors.registry import SOURCES
from connectors.secrets import References
from connectors.source_tables import Opened, opened
from gate.audit import Trail
from model.company import Company
from scanner.run import Rooms
from scanner.scan import scan
from storage import schema
from storage.store import Store

#: A tenth of the tenant is read in a second: seldom samples would miss its peak, and find that of the whole.
_EVERY = 0.03


class Simulated:
    """A clock on which what is waited for passes at once."""

    def __init__(self) -> None:
        """Begin with the machine's time."""
        self.waited = 0.0

    def now(self) -> datetime:
        """Return the machine's time and all that was waited for."""
        return datetime.now(UTC) + timedelta(seconds=self.waited)

    def sleep(self, seconds: float) -> None:
        """Let time pass."""
        self.waited += seconds


class Steps:
    """A `Progress` that measures each step: seconds, processor seconds, and the largest PSS in bytes."""

    def __init__(self) -> None:
        """Begin with what comes before the first step."""
        self.found: dict[str, dict[str, float | None]] = {}
        self._begin("begin")

    def step(self, what: str, total: int | None = None) -> None:
        """End a step and begin the next."""
        del total
        self.end()
        self._begin(what)

    def advance(self, by: int = 1) -> None:
        """Do nothing."""

    def end(self) -> None:
        """Keep what the step took."""
        self._sampler.__exit__()
        wall, used = time.perf_counter() - self._wall, cpu() - self._cpu
        self.found[self._name] = {"seconds": wall, "cpu": used, "pss": self._sampler.highest}

    def _begin(self, name: str) -> None:
        self._name, self._wall, self._cpu = name, time.perf_counter(), cpu()
        self._sampler = Sampler(os.getpid(), _EVERY)
        self._sampler.__enter__()


def run_scan(base: str, folder: str) -> dict[str, Any]:
    """Scan into a fresh store; return what each step took, what was waited for, and what the store then holds."""
    store, clock = Store(f"sqlite:///{folder}/bench.db"), Simulated()
    schema.upgrade(store)
    (source,) = opened({"okta": {"kind": "okta", "org_url": base, "token": "env:TOKEN"}}, SOURCES).values()
    secrets = References(Path(folder), {"TOKEN": "x"})

    def wire(_: Opened) -> Wire:
        return Wire(secrets=secrets, clock=clock, sleep=clock.sleep, jitter=lambda: 0.5)

    steps = Steps()
    rooms = Rooms(
        store=store,
        objects=Folder(Path(folder) / "landing"),
        clock=clock,
        index=cache(load_index),
        company=Company(domains=("acme.example",), marketing_units=("Marketing",)),
        trail=Trail(None),
        progress=steps,
    )
    outcome = scan(rooms, [source], wire)
    steps.end()
    streams = {name: [c.status.value, c.stored] for (_, name), c in outcome.collected.coverage.items()}
    with store.read() as connection:
        usage = connection.exec_driver_sql("SELECT sum(successes), count(DISTINCT actor_id) FROM usage").one()
    return {"steps": steps.found, "waited": clock.waited, "streams": streams, "usage": list(usage)}


def run_bare(base: str) -> dict[str, Any]:
    """Fetch and parse every page that a scan reads; return the seconds and what was counted."""
    import httpx2  # noqa: PLC0415 (the clock starts after the program's own rooms were loaded, as for a scan)

    begun, used, counted = time.perf_counter(), cpu(), 0
    lists = ["/api/v1/users?limit=200", "/api/v1/apps?limit=200"]
    parts = ("users", "groups", "grants")
    lists += [f"/api/v1/apps/0oa{app:03}/{part}" for part in parts for app in range(APPS)]
    with httpx2.Client() as client:
        for target in (*lists, str(httpx2.URL("/api/v1/logs", params={"limit": 1000, "filter": FILTER}))):
            link: str | None = base + target
            while link is not None:
                answer = client.get(link)
                if answer.status_code != 200:
                    continue
                found = answer.json()
                counted += len(found)
                link = answer.links.get("next", {}).get("url") if found else None
    return {"seconds": time.perf_counter() - begun, "cpu": cpu() - used, "counted": counted}


def main(what: str, *given: str) -> None:
    print(json.dumps(run_scan(*given) if what == "scan" else run_bare(*given)))


if __name__ == "__main__":
    main(*sys.argv[1:])

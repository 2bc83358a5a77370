"""A company that scans: a house, sources of fakes, and time that passes only by waiting."""

from __future__ import annotations

import json
import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from connectors.live import Wire
from connectors.registry import SOURCES
from connectors.secrets import References
from connectors.source_tables import opened
from scanner.scan import scan
from scanner.windows import plan
from tests.scanner.house import Ticking


class Waiting(Ticking):
    """A clock that goes on by what is waited for."""

    def __init__(self, *given):
        super().__init__(*given)
        self.waits = []

    def sleep(self, seconds):
        self.waits.append(seconds)
        self.at += timedelta(seconds=seconds)


class Live:
    """A house with configured sources."""

    def __init__(self, house, *, known=SOURCES):
        self.house, self.known = house, known
        self.tables, self.environment, self.wires = {}, {}, []

    def add(self, name, fake):
        self.tables[name] = fake.table
        self.environment |= fake.environment
        return self

    @property
    def opened(self):
        return opened(self.tables, self.known)

    def wire(self, source):
        del source
        secrets = References(self.house.folder, self.environment)
        clock = self.house.clock
        self.wires.append(Wire(secrets=secrets, clock=clock, sleep=clock.sleep, jitter=lambda: 0.5))
        return self.wires[-1]

    def scan(self, *names, **options):
        self.house.clock.at += timedelta(hours=1)
        chosen = [self.opened[name] for name in names or self.tables]
        return scan(self.house.rooms, chosen, self.wire, **options)

    def coverage(self):
        """Return the last run's coverage by source and stream."""
        rows = self.house.rows(
            "SELECT s.name AS source, st.name AS stream, c.* FROM coverage c JOIN stream st ON st.id = c.stream_id"
            " JOIN source s ON s.id = st.source_id WHERE c.run_id = (SELECT max(id) FROM run)"
        )
        return {(row["source"], row["stream"]): row for row in rows}

    def open_records(self):
        return [row for row in self.picture()["records"] if "'open': 1" in row or "'open': True" in row]

    def picture(self):
        """Return all signals, free of when they were read: two equal pictures are equal signals."""
        rows = self.house.rows(
            "SELECT s.name AS source, st.name AS stream, st.mode, r.native_id, r.kind, r.seen_at, i.key,"
            " a.native_id AS actor, r.app, r.facts, r.valid_to IS NULL AS open FROM record r"
            " JOIN stream st ON st.id = r.stream_id JOIN source s ON s.id = st.source_id"
            " LEFT JOIN identity i ON i.id = r.identity_id LEFT JOIN actor a ON a.id = r.actor_id"
        )
        for row in rows:
            if row["mode"] == "snapshot":
                row["seen_at"] = None
        found = {name: self.house.picture()[name] for name in ("usage", "tools", "people")}
        return json.loads(json.dumps(found | {"records": sorted(map(repr, rows))}, default=str))


@dataclass(frozen=True)
class FirstScan:
    """What the first scan of a source left: store, landing files, the time it took, and the calls that it made."""

    folder: Path
    at: datetime
    calls: tuple[Any, ...]

    @classmethod
    def of(cls, live, fake, folder):
        """Keep what a company has read by now."""
        live.house.store.close()  # what stands beside the database file is written into it
        shutil.copyfile(live.house.folder / "store.db", folder / "store.db")
        shutil.copytree(live.house.folder / "landing", folder / "landing", dirs_exist_ok=True)
        return cls(folder, live.house.clock.at, tuple(fake.calls))

    def repeat(self, live, fake):
        """Leave a company of the same source and vendor that has read nothing as the first scan left that one."""
        live.house.store.close()
        shutil.copyfile(self.folder / "store.db", live.house.folder / "store.db")
        shutil.copytree(self.folder / "landing", live.house.folder / "landing", dirs_exist_ok=True)
        live.house.clock.at = self.at
        fake.calls = list(self.calls)


def statuses(live):
    """Return how the last run ended, by stream."""
    return {stream: row["status"] for (_, stream), row in live.coverage().items()}


def pages(live, kind, feed):
    """Return the pages of one feed, as they come over the wire."""
    found = live.opened[kind]
    session = found.source.connect(found.config, live.wire(found))
    window, _ = plan(feed, None, live.house.clock.now(), timedelta(days=90))
    try:
        return [page.body for page in session.pages(feed, window)]
    finally:
        session.close()

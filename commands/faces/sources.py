"""Sources, by the functions of `ostiary coverage`, `schedule` and `scan`."""

from __future__ import annotations

import shlex
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from commands.coverage import FIELDS
from commands.notifying import tell_after
from commands.opening import Desk
from commands.scan import status_of
from commands.schedule import OUTCOMES, schedule_row, timetables
from commands.sources import Wires
from connectors.live import Feed
from connectors.registry import FORMATS, SOURCES
from model.errors import ConfigError
from model.ports import Progress
from model.signal import SignalKind
from model.stream import Stream
from scanner.scan import scan
from storage import runs
from storage.listings import coverage as listings
from storage.store import Connection
from web.ports.listed import Row
from web.ports.sources import SourceState, StreamState
from web.scanning import Read, Scans

#: What a kind of signal is in plain words.
HOLDS = {
    SignalKind.PERSON: "people and their units",
    SignalKind.REGISTRATION: "apps that are set up",
    SignalKind.SIGN_IN: "who signs in where",
    SignalKind.GRANT: "rights that tools hold",
    SignalKind.ASSIGNMENT: "who is given which tool",
    SignalKind.INSTALLATION: "what is installed",
    SignalKind.AUDIT_EVENT: "what was done to tools, or at them",
    SignalKind.CHARGE: "money that was paid",
    SignalKind.DECLARATION: "tools on the company's own lists",
}
#: Systems that are read from files alone.
_FILES = {
    "card": "card statements",
    "focus": "cloud bills",
    "people": "the list of people",
    "approved": "the list of decided tools",
}
_FIRST = "docs/how-to/connect-a-first-source.md"


class Sources:
    """Sources: coverage, what is missing, when they are read next, and reading them now."""

    fields = FIELDS

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk
        self.scans = Scans(self.read, desk.clock)

    def sources(self, connection: Connection) -> list[SourceState]:
        """Return all sources that were read or are configured, by name."""
        rows: dict[str, dict[str, Row]] = defaultdict(dict)
        for row in listings.coverage(connection):
            rows[row["source"]][row["stream"]] = row
        how = listings.read_by(connection)
        now = self._desk.clock.now()
        planned = {one.source: schedule_row(connection, one, now) for one in timetables(self._desk)}
        names = sorted({*rows, *self._desk.settings.sources}, key=str.casefold)
        return [self._source(name, rows[name], how, planned.get(name)) for name in names]

    def places(self, connection: Connection, source: str, stream: str, most: int) -> list[Row]:
        """Return where records of a list could not be read in its last run: file, number, reason."""
        return listings.quarantined(connection, source, stream, most)

    def live(self) -> list[str]:
        """Return the names of the sources that can be read now."""
        return list(self._desk.settings.sources)

    def kinds(self) -> list[tuple[str, str, str]]:
        """Return what could be connected: kind, what it is, and the document that says how."""
        live = [(source.kind, source.about.partition(":")[0], source.guide) for source in SOURCES.values()]
        return [*live, *((system, about, _FIRST) for system, about in _FILES.items())]

    def took(self, connection: Connection, sources: Sequence[str]) -> timedelta | None:
        """Return how long the last whole scan of these sources took; None where there was none."""
        found = runs.took(connection, f"scan {' '.join(sources)}")
        return None if found is None else timedelta(milliseconds=found)

    def read(self, names: Sequence[str], told: Progress) -> Read:
        """Read sources now, and tell people what came of it. Raises what a scan raises."""
        desk = self._desk
        if unknown := [name for name in names if name not in desk.settings.sources]:
            raise ConfigError(f"the configuration has no source {unknown[0]!r}")
        outcome = scan(desk.rooms(told), [desk.settings.sources[name] for name in names], Wires(desk))
        with desk.store.read() as connection:
            streams = [row for row in listings.coverage(connection) if row["run"] == outcome.run_id]
        tell_after(desk)
        return Read(
            outcome=OUTCOMES[status_of(outcome.collected, strict=False)],
            run=outcome.run_id,
            streams=streams,
            opened=outcome.judged.opened,
            approved=outcome.judged.approved,
            changed=outcome.judged.findings,
            notes=[f"{source}: {note}" for source, note in outcome.collected.notes][:20],
        )

    # --- one source --------------------------------------------------------------------------------------------------

    def _source(
        self,
        name: str,
        rows: Mapping[str, Row],
        how: Mapping[tuple[str, str], tuple[str, str | None]],
        planned: Mapping[str, Any] | None,
    ) -> SourceState:
        opened = self._desk.settings.sources.get(name)
        system = next((how[name, stream][1] for stream in rows if (name, stream) in how), None)
        feeds = {} if opened is None else {stream.name: feed for feed in opened.feeds for stream in feed.filled}
        names = list(dict.fromkeys([*rows, *feeds]))
        streams = [
            _stream(name, stream, rows.get(stream), feeds.get(stream), how.get((name, stream))) for stream in names
        ]
        kind = _about(opened.source.kind if opened is not None else system)
        guide = opened.source.guide if opened is not None else getattr(SOURCES.get(system or ""), "guide", _FIRST)
        told = planned or {}
        return SourceState(
            name=name,
            kind=kind,
            is_live=opened is not None,
            streams=streams,
            guide=guide,
            schedule=told.get("schedule"),
            next_at=told.get("next_at"),
            overdue=bool(told.get("overdue")),
            last=None if planned is None else dict(planned),
        )


def _about(system: str | None) -> str:
    if system in SOURCES:
        return SOURCES[system].about.partition(":")[0]
    return _FILES.get(system or "", (system or "").replace("-", " "))


def _stream(
    source: str, name: str, row: Row | None, feed: Feed | None, how: tuple[str, str | None] | None
) -> StreamState:
    command, system = how or ("", None)
    formats = [one for one in FORMATS.values() if one.system == system and any(s.name == name for s in one.streams)]
    read = [one for one in formats if one.name in command.split()] or formats
    declared: Stream | None = None
    if feed is not None:
        declared = next((one for one in feed.filled if one.name == name), None)
    elif read:
        declared = next(one for one in read[0].streams if one.name == name)
    renew = f"ostiary ingest {read[0].name} PATH --source {shlex.quote(source)}" if feed is None and read else None
    if declared is None:
        return StreamState(name=name, row=row, renew=renew)
    return StreamState(
        name=name,
        row=row,
        holds=", ".join(HOLDS[kind] for kind in declared.kinds if kind in HOLDS),
        blinds="" if feed is None else feed.blinds,
        permissions=declared.permissions,
        remedy=declared.remedy,
        lag=declared.lag or None,
        retention=declared.retention,
        retention_source=declared.retention_source,
        renew=renew,
    )

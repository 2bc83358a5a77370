"""What the areas derive from: the store's rows, by tool, and what the streams behind them really covered."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from connectors.registry import FORMATS
from model.company import Company
from model.facts import Unknown
from model.signal import SignalKind
from storage.times import from_ms, month_text, to_ms

DAY = timedelta(days=1)
#: How far a stream's window may fall short of what is asked: weekends, and the lag of sources.
_SLACK = timedelta(days=7)
#: States of people in directories that mean that somebody is not with the company any more.
LEFT = frozenset({"deprovisioned", "left", "deleted", "terminated", "inactive", "disabled"})
GUESTS = frozenset({"guest", "agency", "contractor", "freelancer", "external"})


def _kinds() -> Mapping[str, frozenset[SignalKind]]:
    found: dict[str, set[SignalKind]] = defaultdict(set)
    for known in FORMATS.values():
        for stream in known.streams:
            found[stream.name].update(stream.kinds)
    return {name: frozenset(kinds) for name, kinds in found.items()}


def _systems() -> Mapping[str, str]:
    return {stream.name: known.system for known in FORMATS.values() for stream in known.streams}


#: What kinds of signal a stream gives, and which system it is one of, by the stream's name.
KINDS = _kinds()
SYSTEMS = _systems()


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """One stream: how its last run ended, and the window of all complete runs."""

    source: str
    stream: str
    status: str
    reason: str | None
    first_at: int | None
    last_at: int | None

    @property
    def name(self) -> str:
        """SOURCE/STREAM."""
        return f"{self.source}/{self.stream}"

    def blinded(self) -> str | None:
        """Return why the stream cannot be relied on, or None."""
        if self.status == "complete":
            return None
        return f"{self.name} {self.status}" + (f": {self.reason}" if self.reason else "")

    def covers(self, since: datetime, until: datetime) -> bool:
        """Whether its complete runs span a window, but for a slack of a week at either end."""
        if self.first_at is None or self.last_at is None:
            return False
        return from_ms(self.first_at) <= since + _SLACK and from_ms(self.last_at) >= until - _SLACK


@dataclass(slots=True, kw_only=True)
class Subject:
    """All rows about one tool."""

    id: str
    name: str
    category: str | None
    marketing: bool | None
    provisional: bool
    status: str
    records: list[dict[str, Any]] = field(default_factory=list)
    use: list[Any] = field(default_factory=list)
    charges: list[Any] = field(default_factory=list)
    named_by: set[tuple[str, str]] = field(default_factory=set)
    imitates: list[Any] = field(default_factory=list)
    decisions: list[dict[str, Any]] = field(default_factory=list)

    def of_kind(self, kind: SignalKind) -> list[dict[str, Any]]:
        """Return the records of a kind."""
        return [r for r in self.records if r["kind"] == kind.value]


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    """One person: kind, unit, whether in marketing (None: no unit known), and what the directory says (None: nothing)."""

    number: int
    kind: str
    unit: str | None
    marketing: bool | None
    address: str | None
    directory: Mapping[str, Any] | None

    @property
    def has_left(self) -> bool | None:
        """Whether the person has left, or None where no directory knows the person."""
        if self.directory is None:
            return None
        return str(self.directory.get("status", "")).casefold() in LEFT or "left_at" in self.directory


@dataclass(slots=True, kw_only=True)
class World:
    """What is the same for all tools."""

    company: Company
    as_of: datetime
    streams: list[StreamState]
    people: Mapping[int, Person]
    subjects: Mapping[str, Subject]
    budgets: Mapping[str, bool | None]
    ended: frozenset[str] = frozenset()
    catalogued: frozenset[str] = frozenset()

    def since(self, days: int) -> datetime:
        """Return the moment so many days before as-of."""
        return self.as_of - days * DAY

    def of_kinds(self, *kinds: SignalKind) -> list[StreamState]:
        """Return the streams that give signals of any of the kinds."""
        return [s for s in self.streams if KINDS.get(s.stream, frozenset()) & {*kinds}]

    def relevant(self, subject: Subject, *kinds: SignalKind) -> list[StreamState]:
        """Return the streams that could name the tool: those that have, or all of the kinds where none has."""
        streams = self.of_kinds(*kinds)
        return [s for s in streams if (s.source, s.stream) in subject.named_by] or streams

    def blind(self, subject: Subject, what: str, *kinds: SignalKind, days: int | None = None) -> Unknown | None:
        """Return why nothing can be said from streams of these kinds, or None where they can be relied on.

        `days`: they must also span so many days before as-of.
        """
        streams = self.relevant(subject, *kinds)
        if not streams:
            return Unknown(f"no {what} was read")
        for stream in streams:
            if (reason := stream.blinded()) is not None:
                return Unknown(reason)
        if days is not None and not any(s.covers(self.since(days), self.as_of) for s in streams):
            names = ", ".join(s.name for s in streams[:3])
            return Unknown(f"{names} does not span the {days} days before {self.as_of:%d %B %Y}")
        return None

    def directory_blind(self) -> Unknown | None:
        """Return why the directory cannot be relied on, or None."""
        streams = self.of_kinds(SignalKind.PERSON)
        if not streams:
            return Unknown("no directory was read")
        return next((Unknown(r) for s in streams if (r := s.blinded()) is not None), None)


def usage_key(row: Any) -> str:
    """Return the evidence key of a row of use: its latest month."""
    return f"usage:{row.source}/{row.key}/{month_text(row.month)}"


def record_key(row: Mapping[str, Any]) -> str:
    """Return the evidence key of a record."""
    return f"signal:{row['source']}/{row['stream']}/{row['native_id']}"


def charge_key(row: Any) -> str:
    """Return the evidence key of a charge."""
    return f"signal:{row.source}/{row.stream}/{row.native_id}"


def keys(found: Iterable[str]) -> tuple[str, ...]:
    """Return evidence keys, each once, in order."""
    return tuple(dict.fromkeys(found))


def latest(times: Iterable[int]) -> datetime | None:
    """Return the latest of some times in milliseconds, or None."""
    last = max(times, default=None)
    return None if last is None else from_ms(last)


def day_of(moment: datetime) -> date:
    """Return the UTC day of a moment."""
    return moment.date()


def ms(moment: datetime) -> int:
    """Return milliseconds since 1970 UTC."""
    return to_ms(moment)

"""Streams as facts see them: what each can show, how its last run ended, and which days it covers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from connectors.registry import FORMATS
from model.signal import SignalKind
from model.stream import Mode
from storage.times import from_ms

#: How far a stream's window may fall short of what is asked: weekends, and the lag of sources.
_SLACK = timedelta(days=7)
#: The same for money: statements and bills come by the month.
_MONEY_SLACK = timedelta(days=35)


def _kinds() -> Mapping[str, frozenset[SignalKind]]:
    found: dict[str, set[SignalKind]] = defaultdict(set)
    for known in FORMATS.values():
        for stream in known.streams:
            found[stream.name].update(stream.kinds)
    return {name: frozenset(kinds) for name, kinds in found.items()}


def _systems() -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for known in FORMATS.values():
        for stream in known.streams:
            found[stream.name].add(known.system)
    return {name: frozenset(systems) for name, systems in found.items()}


#: What kinds of signal a stream gives, and which systems have one of that name.
KINDS = _kinds()
SYSTEMS_OF = _systems()
#: Lists that hold everybody's: what they no longer name is gone.
WHOLE = frozenset(
    s.name for f in FORMATS.values() for s in f.streams if s.mode is Mode.SNAPSHOT and s.closes == "stream"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """One stream: of which system it was read, how its last run ended, and the window of all complete runs.

    `system` is None where it was last read before the store kept it.
    """

    source: str
    stream: str
    status: str
    mode: str = Mode.EVENTS.value
    system: str | None = None
    reason: str | None = None
    first_at: int | None = None
    last_at: int | None = None

    @property
    def name(self) -> str:
        """SOURCE/STREAM."""
        return f"{self.source}/{self.stream}"

    @property
    def of_money(self) -> bool:
        """Whether it tells of charges."""
        return SignalKind.CHARGE in KINDS.get(self.stream, frozenset())

    @property
    def lists(self) -> bool:
        """Whether one reading tells how things stand; a bill, although replaced whole, speaks of its own months."""
        return self.mode == Mode.SNAPSHOT.value and not self.of_money

    def blinded(self) -> str | None:
        """Return why the stream cannot be relied on, or None."""
        if self.status == "complete":
            return None
        return f"{self.name} {self.status}" + (f": {self.reason}" if self.reason else "")

    def covers(self, since: datetime, until: datetime) -> bool:
        """Whether its complete runs span a window, but for a slack at either end; a list need only be recent."""
        slack = _MONEY_SLACK if self.of_money else _SLACK
        if self.last_at is None or from_ms(self.last_at) < until - slack:
            return False
        return self.lists or (self.first_at is not None and from_ms(self.first_at) <= since + slack)

"""Streams: one kind of thing read from a source, and what a run really read of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from model.signal import SignalKind

#: How long the part of a native id is that tells records of one bill apart: a slash and 32 hexadecimal digits.
BILL_SUFFIX = 33


class Mode(StrEnum):
    """Events only ever grow; a snapshot read to its end may close what it no longer sees."""

    EVENTS = "events"
    SNAPSHOT = "snapshot"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stream:
    """What is read: its mode, the permissions it needs, its lag, overlap and retention, and who says how long that is.

    `closes` says what a complete snapshot may close: all that it no longer sees (`stream`), or only what belongs to
    actors that it does see (`actor`), where a file may hold some people's records and not all, or only what belongs to
    bills that it does see (`bill`): one account's of one billing period, which the native id names up to its last
    `BILL_SUFFIX` characters. A bill is replaced whole: rows of it that could not be read keep no old ones alive.
    """

    name: str
    kinds: tuple[SignalKind, ...]
    mode: Mode
    permissions: tuple[str, ...] = ()
    remedy: str = ""
    lag: timedelta = timedelta(0)
    overlap: timedelta = timedelta(0)
    retention: timedelta | None = None
    retention_source: str = ""
    closes: str = "stream"


class Status(StrEnum):
    """How far a stream was read. `complete` means read to the end."""

    COMPLETE = "complete"
    PARTIAL = "partial"
    REFUSED = "refused"
    FAILED = "failed"


@dataclass(slots=True, kw_only=True)
class Coverage:
    """What one run really read of one stream. Counts are records of the source, not signals."""

    stream: str
    status: Status = Status.COMPLETE
    window_start: datetime | None = None
    window_end: datetime | None = None
    read: int = 0
    stored: int = 0
    quarantined: int = 0
    gap: str | None = None
    reason: str | None = None
    remedy: str | None = None
    notes: list[str] = field(default_factory=list)

    def worsen(self, status: Status, reason: str, remedy: str | None = None) -> None:
        """Lower the status (complete > partial > refused > failed); the first reason of the worst status stays."""
        order = list(Status)
        if order.index(status) > order.index(self.status):
            self.status, self.reason, self.remedy = status, reason, remedy

    def widen(self, at: datetime) -> None:
        """Take a record's time into the window."""
        if self.window_start is None or at < self.window_start:
            self.window_start = at
        if self.window_end is None or at > self.window_end:
            self.window_end = at

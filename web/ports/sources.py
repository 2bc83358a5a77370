"""Sources: coverage, what is missing, when they are read next, and reading them now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol

from storage.store import Connection
from web.ports.listed import Row
from web.scanning import Scans


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamState:
    """One list of a source: what its last run read (`row`: a row of coverage, None where it was never read).

    `holds` says in words what it tells of, `blinds` what stays unseen without it. `lag` is how late the source has what
    happened, `retention` how long it keeps it, by `retention_source`. `renew` is the command that reads a newer file,
    None for what is read live.
    """

    name: str
    row: Row | None
    holds: str = ""
    blinds: str = ""
    permissions: tuple[str, ...] = ()
    remedy: str = ""
    lag: timedelta | None = None
    retention: timedelta | None = None
    retention_source: str = ""
    renew: str | None = None

    @property
    def status(self) -> str:
        """How far it was read: complete, partial, refused, failed, or unread."""
        return "unread" if self.row is None else str(self.row["status"])


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceState:
    """A source with its lists. `kind` is what it is in words; `is_live`: it is configured, and can be read now.

    `guide` names the document that says how to connect it. `next_at` is ISO 8601; `schedule` is what the configuration
    says, None where it has none.
    """

    name: str
    kind: str
    is_live: bool
    streams: Sequence[StreamState] = field(default=())
    guide: str = ""
    schedule: str | None = None
    next_at: str | None = None
    overdue: bool = False
    last: Row | None = None

    @property
    def read_at(self) -> str | None:
        """When anything of it was read last."""
        return max((one.row["started_at"] for one in self.streams if one.row is not None), default=None)

    @property
    def lacking(self) -> list[StreamState]:
        """The lists that were not read to their end."""
        return [one for one in self.streams if one.status != "complete"]


class SourcesPort(Protocol):
    """Sources: coverage, what is missing, when they are read next, and reading them now."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a row of coverage, as programs get them."""
        ...

    @property
    def scans(self) -> Scans:
        """What begins scans, and remembers the last ones."""
        ...

    def sources(self, connection: Connection) -> list[SourceState]:
        """Return all sources that were read or are configured, by name."""
        ...

    def places(self, connection: Connection, source: str, stream: str, most: int) -> list[Row]:
        """Return where records of a list could not be read in its last run: file, number, reason."""
        ...

    def live(self) -> list[str]:
        """Return the names of the sources that can be read now."""
        ...

    def kinds(self) -> list[tuple[str, str, str]]:
        """Return what could be connected: kind, what it is, and the document that says how."""
        ...

    def took(self, connection: Connection, sources: Sequence[str]) -> timedelta | None:
        """Return how long the last whole scan of these sources took; None where there was none."""
        ...

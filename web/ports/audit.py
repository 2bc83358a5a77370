"""The audit trail: rows, verification, its head."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from storage.store import Connection
from web.ports.listed import Row


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """Whether the trail holds: `why` says where it breaks. `keyed`: forgery shows, not slips alone.

    `against`: a head that was noted elsewhere was compared, so that what is cut off shows too.
    """

    rows: int
    keyed: bool
    against: bool
    why: str | None = None


class AuditPort(Protocol):
    """The audit trail: rows, verification, its head."""

    @property
    def fields(self) -> Sequence[str]:
        """The fields of a row, in the order in which programs get them."""
        ...

    def page(
        self, connection: Connection, wanted: Mapping[str, Any], *, limit: int, offset: int
    ) -> tuple[Sequence[Row], int]:
        """Return some rows, the newest first, as `ostiary audit list` has them, and how many there are like that.

        `wanted` may name actor, object, act, since and until (milliseconds).
        """
        ...

    def actors(self, connection: Connection) -> Mapping[str, str]:
        """Return who stands in the trail -> how pages call it: accounts by their address."""
        ...

    def acts(self, connection: Connection) -> Sequence[str]:
        """Return which acts stand in the trail."""
        ...

    def head(self, connection: Connection) -> str:
        """Return the head as it is noted elsewhere: JSON on one line."""
        ...

    def verify(self, connection: Connection, head: str | None) -> Verified:
        """Check every row against the one before, and against a noted head. Raises ValueError where that is none."""
        ...

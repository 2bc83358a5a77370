"""The rows of the great lists, from which the snapshot is made."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any, Protocol

Row = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """Rows of three lists with the fields that the commands give to programs.

    What a row owes to the rows beside it is not in it yet: a case has no place in the queue, a row of the inventory
    names nothing to use instead (see `Listed.queued` and `gate.inventory.beside`). `instead` leads from a tool to the
    one that the decision on it names.
    """

    tools: list[Row]
    cases: list[Row]
    inventory: list[Row]
    instead: dict[str, str]


class Listed(Protocol):
    """The rows of the great lists, from which the snapshot is made."""

    def lists(self, tools: Collection[str] | None = None) -> Lists:
        """Return the rows of some tools (ids), or of all; of a tool that is gone there is none."""
        ...

    def queued(self, cases: Iterable[Row]) -> list[Row]:
        """Return cases in the order of the queue, each with its place (`rank`) and the reason for it (`rank_why`)."""
        ...

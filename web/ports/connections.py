"""Which tool holds what right on which system, and who gave it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Protocol

from web.ports.listed import Row


class Connected:
    """All connections as of a run, the gravest first, and what pages made of them: that goes when they go."""

    def __init__(self, run: int, rows: Sequence[Row]) -> None:
        """Take rows as `ostiary connections` gives them; persons are `person N`."""
        self.run, self.rows = run, rows
        self.made: dict[Any, Any] = {}


class ConnectionsPort(Protocol):
    """Which tool holds what right on which system, and who gave it."""

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of a row of the list, as programs get them."""
        ...

    def rows(self, run: int) -> Connected:
        """Return all connections as of a run; they are held in memory until another run is asked for."""
        ...

    def of_tool(self, tool: str, *, named: bool) -> list[Row]:
        """Return what a tool holds, with `rated` and `grants`; persons by address only where `named`."""
        ...

    def blind(self) -> list[str]:
        """Return sentences that say which lists of grants could not be read: what these would show is unknown."""
        ...

    def is_read(self) -> bool:
        """Return whether any list of grants was read at all."""
        ...

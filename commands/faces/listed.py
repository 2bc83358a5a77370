"""The rows of the great lists, from which the snapshot is made."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from commands.cases import CASES, case_rows
from commands.figures import listed_tools
from commands.inventory import INVENTORY, current_ids, decided_rows
from commands.opening import Desk
from commands.risks import listed_risks
from commands.tools import TOOLS
from gate.ranking import ranked
from web.ports.listed import Lists, Row


class Listed:
    """The rows of the great lists, from which the snapshot is made."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk
        self._current: Mapping[str, str] = {}

    def lists(self, tools: Collection[str] | None = None) -> Lists:
        """Return the rows of some tools (ids), or of all; of a tool that is gone there is none."""
        bands = listed_risks(self._desk, tools)
        found = listed_tools(self._desk, tools, bands)
        current = current_ids(found) if tools is None else {**self._current, **current_ids(found)}
        self._current = current
        ruled = decided_rows(self._desk, found, tools, current)
        return Lists(
            tools=[{name: row[name] for name in TOOLS.fields} for row in found],
            cases=[{name: row.get(name) for name in CASES.fields} for row in case_rows(self._desk, tools, bands)],
            inventory=[{name: row.get(name) for name in INVENTORY.fields} for row in ruled.rows],
            instead=ruled.instead,
        )

    def queued(self, cases: Iterable[Row]) -> list[Row]:
        """Return cases in the order of the queue, each with its place (`rank`) and the reason for it (`rank_why`)."""
        return ranked(cases, self._desk.gate_rules)

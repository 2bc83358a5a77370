"""The catalogue with what people taught it: aliases of decisions stand before it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

from catalog.aliases import Aliases, aliases_of
from gate import decisions
from model.match import Entry, Reading
from model.signal import AppIdentity
from scanner.identifying import Index, lasting

_NOTHING: Mapping[str, str] = MappingProxyType({})


def learned(rows: Iterable[dict[str, Any]], index: Index, current: Mapping[str, str] = _NOTHING) -> Aliases:
    """Return the aliases that stand. `current` gives today's ids of provisional tools by their lasting part."""
    standing = [row for row in decisions.in_force(rows) if row["kind"] == "alias"]
    return aliases_of(standing, index.entry, lambda tool: current.get(lasting(tool), tool))


class LearnedIndex:
    """An index that has learned: what a person ruled of a string decides, else the index below."""

    def __init__(self, index: Index, aliases: Aliases) -> None:
        self._index, self._aliases = index, aliases
        self.version = index.version

    def read_app(self, app: AppIdentity, *, mcc: str | None = None) -> Reading:
        """Say which tool an identity is."""
        return self._aliases.over_app(app, self._index.read_app(app, mcc=mcc))

    def entry(self, tool_id: str) -> Entry | None:
        """Return a tool of the catalogue."""
        return self._index.entry(tool_id)

    def ended(self, tool_id: str) -> date | None:
        """Return the day on which a product was withdrawn, or None."""
        return self._index.ended(tool_id)

    def end_notice(self, tool_id: str) -> tuple[date, str] | None:
        """Return the day of a product's end and the page that says it, or None."""
        return self._index.end_notice(tool_id)

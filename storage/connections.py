"""Connections in the store: what each tool holds, written where it differs."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from storage.tables import metadata

_TABLE = metadata.tables["connection"]


def connected_tools(connection: Connection) -> set[str]:
    """Return the tools that hold anything."""
    return set(connection.scalars(select(_TABLE.c.tool_id).distinct()))


def held_by(connection: Connection, tool: str) -> list[dict[str, Any]]:
    """Return what a tool holds: system, held (the right), reach, held_to, sources (a list); nobody's name."""
    chosen = select(_TABLE.c.system, _TABLE.c.held, _TABLE.c.reach, _TABLE.c.held_to, _TABLE.c.sources)
    rows = connection.execute(chosen.where(_TABLE.c.tool_id == tool).order_by(_TABLE.c.system, _TABLE.c.held))
    return [dict(row._mapping) | {"sources": json.loads(row.sources)} for row in rows]


def write_connections(connection: Connection, tools: Collection[str], rows: Iterable[Mapping[str, Any]]) -> int:
    """Make the connections of some tools equal to `rows` (every column); return how many tools hold other ones now."""
    wanted: dict[str, list[dict[str, Any]]] = {tool: [] for tool in tools}
    for row in rows:
        wanted[row["tool_id"]].append(dict(row))
    current: dict[str, list[dict[str, Any]]] = {tool: [] for tool in tools}
    for found in connection.execute(select(_TABLE).where(_TABLE.c.tool_id.in_(list(tools)))):
        current[found.tool_id].append(dict(found._mapping))
    other = [tool for tool in wanted if _by_key(wanted[tool]) != _by_key(current[tool])]
    if other:
        connection.execute(delete(_TABLE).where(_TABLE.c.tool_id.in_(other)))
    if fresh := [row for tool in other for row in wanted[tool]]:
        connection.execute(insert(_TABLE), fresh)
    return len(other)


def _by_key(rows: Iterable[Mapping[str, Any]]) -> dict[tuple[str, str], Mapping[str, Any]]:
    return {(row["system"], row["held"]): row for row in rows}

"""Connections as the store keeps them: persons as numbers, moments as milliseconds, the newest grants as evidence."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from model.company import Company
from scanner.facts.connections import UNRATED, Edge, Given, edges
from scanner.facts.derive import world
from scanner.facts.world import World
from scanner.identifying import Index
from storage import kept
from storage.store import Connection
from storage.times import to_ms

#: So many grants are kept with a connection, the newest first; the persons behind it are kept all.
_GRANTS = 50


def rows(tools: Iterable[str], found: World) -> Iterator[dict[str, Any]]:
    """Yield the connections of some tools, each with every column of the store."""
    for tool in tools:
        for edge in edges(found.subjects[tool].in_order(), found):
            yield _row(tool, edge)


def rows_at(connection: Connection, company: Company, index: Index, as_of: int) -> list[dict[str, Any]]:
    """Return the connections of all tools as of another moment (milliseconds)."""
    found = world(connection, company, as_of, kept.decisions(connection), index)
    return list(rows(sorted(found.subjects), found))


def _row(tool: str, edge: Edge) -> dict[str, Any]:
    return {
        "tool_id": tool,
        "system": edge.system,
        "held": edge.right,
        "scopes": _json([_scope(name, edge) for name in edge.scopes]),
        "scope_class": edge.scope_class,
        "reach": edge.reach,
        "held_to": edge.limit,
        "consent": edge.consent,
        "people": _json(edge.people),
        "sources": _json(sorted({g.grant["source"] for g in edge.given})),
        "grants": _json([_grant(given) for given in edge.given[:_GRANTS]]),
        "first_seen": to_ms(edge.first_seen),
        "last_used": _ms(edge.last_used),
        "stale": _flag(edge.stale),
        "orphaned": _flag(edge.orphaned),
        "over_broad": _flag(edge.over_broad),
    }


def _scope(name: str, edge: Edge) -> dict[str, str | None]:
    rated = edge.rated.get(name)
    if rated is None:
        return {"scope": name, "class": UNRATED, "meaning": None, "limit": None}
    return {"scope": name, "class": rated.sensitivity, "meaning": rated.meaning, "limit": rated.limit or None}


def _grant(given: Given) -> dict[str, Any]:
    return {
        "evidence": given.key,
        "person": given.grant["person_id"] or None,
        "since": to_ms(given.since),
        "last_used": _ms(given.last_used),
        "stale": given.stale,
        "left": given.left,
        "consent": given.grant["facts"].get("consent"),
    }


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _ms(at: datetime | None) -> int | None:
    return None if at is None else to_ms(at)


def _flag(value: bool | None) -> int | None:
    return None if value is None else int(value)

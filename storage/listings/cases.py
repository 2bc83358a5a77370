"""Cases: the gatekeeper's reviews, those that are open first."""

from __future__ import annotations

import json
from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, text

from storage.times import iso

_CASES = """
    SELECT c.*, coalesce(t.name, c.tool_id) AS tool, t.status, coalesce(f.open, 0) AS open FROM review_case c
    LEFT JOIN tool t ON t.id = c.tool_id
    LEFT JOIN (SELECT tool_id, count(*) AS open FROM finding
        WHERE valid_to IS NULL AND verdict = 'violated' AND state = 'open' GROUP BY tool_id) f ON f.tool_id = c.tool_id
    ORDER BY CASE WHEN c.state = 'open' THEN 0 ELSE 1 END, c.due_at, open DESC, tool, c.id"""
_OWNERS = """
    SELECT l.tool_id, coalesce(a.address, a.native_id) AS owner, r.facts FROM record r
    JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL JOIN actor a ON a.id = r.actor_id
    WHERE r.kind = 'declaration' AND r.valid_to IS NULL AND l.tool_id IS NOT NULL ORDER BY r.seen_at, r.native_id"""


def cases(connection: Connection, risks: Mapping[str, dict[str, Any]] = MappingProxyType({})) -> list[dict[str, Any]]:
    """Return all cases with the contract's fields, and: why, closed_at, status (of the tool), findings_open.

    Owners are those that the case names, else those that the company's lists declare. `risks` (tool -> fields) say the
    bands of risk, which follow from rules that this room does not know; a tool that is not among them is unknown.
    """
    declared = owners(connection)
    rows = (dict(row._mapping) for row in connection.execute(text(_CASES)))
    return [_row(row, declared) | risks.get(row["tool_id"], {}) for row in rows]


def owners(connection: Connection) -> dict[tuple[str, str], str]:
    """Return (tool id, side) -> owner, the latest declaration's; a list that names no side means the business."""
    found: dict[tuple[str, str], str] = {}
    for tool, owner, facts in connection.execute(text(_OWNERS)):
        side = "technical" if json.loads(facts).get("owner_side") == "technical" else "business"
        found[tool, side] = owner
    return found


def _row(row: Mapping[str, Any], declared: Mapping[tuple[str, str], str]) -> dict[str, Any]:
    tool = row["tool_id"]
    return {
        "id": row["id"],
        "kind": row["kind"],
        "tool_id": tool,
        "tool": row["tool"],
        "state": row["state"],
        "stage": row["stage"],
        "waiting_for": row["waiting_for"],
        "opened_at": iso(row["opened_at"]),
        "due_at": iso(row["due_at"]),
        "technology_risk": "unknown",
        "customer_risk": "unknown",
        "assignee": row["assignee"],
        "owner_business": row["owner_business"] or declared.get((tool, "business")),
        "owner_technical": row["owner_technical"] or declared.get((tool, "technical")),
        "closed_at": iso(row["closed_at"]),
        "why": row["why"],
        "status": row["status"],
        "findings_open": int(row["open"]),
    }

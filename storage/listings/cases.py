"""Cases: the gatekeeper's reviews, those that are open first."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Collection, Mapping
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection

from storage import declared, queries
from storage.narrowing import of_some, unindexed
from storage.times import iso

_CASES = """
    SELECT c.*, coalesce(t.name, c.tool_id) AS tool, t.status FROM review_case c LEFT JOIN tool t ON t.id = c.tool_id
    WHERE 1 = 1{of_some}"""
_OPEN = """
    SELECT tool_id FROM finding WHERE valid_to IS NULL AND verdict = 'violated' AND {state} = 'open'{{of_some}}"""
#: Who was ruled to answer for a tool on a side, the latest last.
_RULED = """
    SELECT d.object, d.detail FROM decision d WHERE d.kind = 'owner'
    AND NOT EXISTS (SELECT 1 FROM decision u WHERE u.kind = 'undo' AND u.object = 'decision:' || CAST(d.id AS TEXT))
    {of_some} ORDER BY d.id"""


def cases(
    connection: Connection,
    risks: Mapping[str, dict[str, Any]] = MappingProxyType({}),
    wanted: Collection[str] | None = None,
) -> list[dict[str, Any]]:
    """Return all cases with the contract's fields, and: why, closed_at, status (of the tool), findings_open, unit.

    Owners are those that the case names, else those that the company's lists declare. `risks` (tool -> fields) say the
    bands of risk, which follow from rules that this room does not know; a tool that is not among them is unknown.
    `wanted` names the tools whose cases are asked for; None: all.
    """
    answering = owners(connection, wanted)
    sql = _OPEN.format(state=unindexed("state", wanted))
    open_ = Counter(row.tool_id for row in of_some(connection, sql, "tool_id", wanted))
    found = [row._mapping for row in of_some(connection, _CASES, "c.tool_id", wanted)]
    rows = [_row(row, answering, open_.get(row["tool_id"], 0)) for row in sorted(found, key=_order(open_))]
    return [row | risks.get(row["tool_id"], {}) for row in rows]


def owners(connection: Connection, wanted: Collection[str] | None = None) -> dict[tuple[str, str], str]:
    """Return (tool id, side) -> owner: who was ruled to be it stands before whom the latest declaration names.

    A list that names no side means the business. `wanted` names the tools that are asked of; None: all.
    """
    found: dict[tuple[str, str], str] = {}
    for row in declared.owners(connection, wanted):
        side = "technical" if json.loads(row.facts).get("owner_side") == "technical" else "business"
        found[row.tool_id, side] = row.owner
    return found | ruled_owners(connection, wanted)


def ruled_owners(connection: Connection, wanted: Collection[str] | None = None) -> dict[tuple[str, str], str]:
    """Return (tool id, side) -> whom somebody ruled to answer for it; sides are business, technical and deputy."""
    ruled: dict[tuple[str, str], int] = {}
    objects = None if wanted is None else [f"tool:{tool}" for tool in wanted]
    for about, told in of_some(connection, _RULED, "d.object", objects):
        detail = json.loads(told)
        ruled[about.removeprefix("tool:"), detail["side"]] = detail["actor"]
    names = queries.actor_names(connection, {*ruled.values()})
    return {key: names[actor] for key, actor in ruled.items() if actor in names}


def _order(open_: Mapping[str, int]) -> Callable[[Mapping[str, Any]], tuple[Any, ...]]:
    """Return what sorts cases: the open ones first, by the day on which they are due, those with most findings."""

    def key(row: Mapping[str, Any]) -> tuple[Any, ...]:
        due = row["due_at"]
        return row["state"] != "open", due is None, due or 0, -open_.get(row["tool_id"], 0), row["tool"], row["id"]

    return key


def _row(row: Mapping[str, Any], answering: Mapping[tuple[str, str], str], findings: int) -> dict[str, Any]:
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
        "owner_business": row["owner_business"] or answering.get((tool, "business")),
        "owner_technical": row["owner_technical"] or answering.get((tool, "technical")),
        "closed_at": iso(row["closed_at"]),
        "why": row["why"],
        "status": row["status"],
        "findings_open": findings,
        "unit": row["unit"],
    }

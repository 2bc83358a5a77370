"""Findings of policies of which it is not known whether they apply: nearly all of a tool, so kept in one row."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, delete, insert, select

from storage.recalled import once_a_read
from storage.tables import metadata

_TABLE = metadata.tables["may_apply"]
_SEVERITIES = ("critical", "high", "medium", "low")
_Entry = list[Any]


def is_one(row: Mapping[str, Any]) -> bool:
    """Return whether a finding is one that nobody waits for and that never was more: its policy may apply."""
    return bool(
        row["verdict"] == "unknown"
        and row["state"] == "open"
        and row["evaluated"]
        and not row["queued"]
        and not row["violated_once"]
    )


def write(
    connection: Connection,
    tools: Collection[str],
    rows: Iterable[Mapping[str, Any]],
    policies: Collection[str] | None = None,
) -> None:
    """Keep the findings of some tools whose policies may apply; of `policies` alone where these are named."""
    current = _entries(connection, tools)
    wanted: dict[str, dict[str, _Entry]] = {
        tool: {} if policies is None else {p: e for p, e in current.get(tool, {}).items() if p not in policies}
        for tool in tools
    }
    for row in rows:
        missing = json.loads(row["missing"]) if row["missing"] else []
        sides = [_SEVERITIES.index(row[side]) for side in ("severity", "customer_severity")]
        wanted[row["tool_id"]][row["policy"]] = [row["gap"], *sides, int(row["watched"]), missing]
    other = [tool for tool in tools if wanted[tool] != current.get(tool, {})]
    if other:
        connection.execute(delete(_TABLE).where(_TABLE.c.tool_id.in_(other)))
    fresh = [
        {"tool_id": tool, "policies": json.dumps(wanted[tool], sort_keys=True, separators=(",", ":"))}
        for tool in other
        if wanted[tool]
    ]
    if fresh:
        connection.execute(insert(_TABLE), fresh)


def findings(
    connection: Connection, tools: Collection[str] | None = None, policies: Collection[str] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Return the findings of some tools (None: of all), by tool, with the columns of a finding; `reading` is empty."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for tool, entries in _entries(connection, tools).items():
        for policy, entry in sorted(entries.items()):
            if policies is None or policy in policies:
                found[tool].append(_row(tool, policy, entry))
    return dict(found)


@once_a_read
def _entries(connection: Connection, tools: Collection[str] | None) -> dict[str, dict[str, _Entry]]:
    chosen = select(_TABLE)
    if tools is not None:
        chosen = chosen.where(_TABLE.c.tool_id.in_(list(tools)))
    return {row.tool_id: json.loads(row.policies) for row in connection.execute(chosen)}


def _row(tool: str, policy: str, entry: _Entry) -> dict[str, Any]:
    gap, severity, customer, watched, missing = entry
    why = f"{', '.join(missing)} unknown" if missing else "the expression fails on these values"
    return {
        "policy": policy,
        "tool_id": tool,
        "verdict": "unknown",
        "state": "open",
        "violated_once": 0,
        "queued": 0,
        "watched": watched,
        "evaluated": 1,
        "gap": gap,
        "severity": _SEVERITIES[severity],
        "customer_severity": _SEVERITIES[customer],
        "message": f"may apply: {why}",
        "reading": [],
        "missing": missing,
        "waived_until": None,
    }

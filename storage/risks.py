"""What the bands of risk rest on: findings that stand, and which facts are known."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, bindparam, text

_STANDING = """
    SELECT tool_id, policy, verdict, state, severity, customer_severity, gap, missing FROM finding
    WHERE valid_to IS NULL AND state <> 'resolved' AND watched = 0
        AND (verdict = 'violated' OR queued = 1 OR state = 'waived'){of_tool} ORDER BY tool_id, policy"""
_KNOWN = """
    SELECT tool_id, name FROM fact
    WHERE valid_to IS NULL AND value IS NOT NULL AND name IN :names{of_tool}"""


def standing(connection: Connection, tool: str | None = None) -> dict[str, list[dict[str, Any]]]:
    """Return the findings that stand, by tool and in order of policies, of all tools or of one.

    Those are violated ones, unknown ones of policies that apply, and waived ones; none that is only watched. A row has
    policy, verdict, state, severity, customer_severity, gap and missing (a list of facts).
    """
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in connection.execute(text(_STANDING.format(of_tool=_of(tool))), _bound(tool)):
        named = dict(row._mapping) | {"missing": json.loads(row.missing) if row.missing else []}
        found[named.pop("tool_id")].append(named)
    return dict(found)


def known(connection: Connection, names: Sequence[str], tool: str | None = None) -> dict[str, frozenset[str]]:
    """Return tool -> those of some facts that are known of it; every tool that has facts in force is there."""
    judged = text(f"SELECT DISTINCT tool_id FROM fact WHERE valid_to IS NULL{_of(tool)}")
    found: dict[str, set[str]] = {name: set() for name in connection.scalars(judged, _bound(tool))}
    sql = text(_KNOWN.format(of_tool=_of(tool))).bindparams(bindparam("names", expanding=True))
    # PostgreSQL cannot compare a text with an empty list.
    for row in connection.execute(sql, _bound(tool) | {"names": list(names)}) if names else ():
        found[row.tool_id].add(row.name)
    return {name: frozenset(facts) for name, facts in found.items()}


def _of(tool: str | None) -> str:
    return "" if tool is None else " AND tool_id = :tool"


def _bound(tool: str | None) -> dict[str, Any]:
    return {} if tool is None else {"tool": tool}

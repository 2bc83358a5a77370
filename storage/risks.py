"""What the bands of risk rest on: findings that stand, and which facts are known."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Sequence
from itertools import groupby
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection

from storage.narrowing import of_some

_STANDING = """
    SELECT tool_id, policy, verdict, state, severity, customer_severity, gap, missing FROM finding
    WHERE valid_to IS NULL AND state <> 'resolved' AND watched = 0
        AND (verdict = 'violated' OR queued = 1 OR state = 'waived'){of_some} ORDER BY tool_id"""
_JUDGED = "SELECT DISTINCT tool_id FROM fact WHERE valid_to IS NULL{of_some}"
_KNOWN = """
    SELECT tool_id, name FROM fact
    WHERE valid_to IS NULL AND value IS NOT NULL AND name IN ({names}){{of_some}}"""


def standing(connection: Connection, tools: Collection[str] | None = None) -> dict[str, list[dict[str, Any]]]:
    """Return the findings that stand, by tool and in order of policies, of all tools or of some.

    Those are violated ones, unknown ones of policies that apply, and waived ones; none that is only watched. A row has
    policy, verdict, state, severity, customer_severity, gap and missing (a list of facts).
    """
    return dict(each_standing(connection, tools))


def each_standing(
    connection: Connection, tools: Collection[str] | None = None
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Yield what `standing` returns, tool after tool: of a large company all of it is much to hold."""
    decoded: dict[str | None, list[str]] = {None: []}
    rows = of_some(connection, _STANDING, "tool_id", tools)
    for tool, found in groupby(rows, key=_TOOL):
        named: list[dict[str, Any]] = []
        for _, *values, missing in found:
            if missing not in decoded:
                decoded[missing] = json.loads(missing)
            named.append(dict(zip(_FIELDS, (*values, decoded[missing]), strict=True)))
        # Of each tool they are few: sorting all of them in the database takes longer than reading them.
        yield tool, sorted(named, key=_POLICY)


_TOOL = itemgetter(0)
_POLICY = itemgetter("policy")
_FIELDS = ("policy", "verdict", "state", "severity", "customer_severity", "gap", "missing")


def known(
    connection: Connection, names: Sequence[str], tools: Collection[str] | None = None
) -> dict[str, frozenset[str]]:
    """Return tool -> those of some facts that are known of it; every tool that has facts in force is there."""
    found: dict[str, set[str]] = {row.tool_id: set() for row in of_some(connection, _JUDGED, "tool_id", tools)}
    bound = {f"name_{at}": name for at, name in enumerate(names)}
    sql = _KNOWN.format(names=", ".join(f":{name}" for name in bound))
    for row in of_some(connection, sql, "tool_id", tools, **bound) if names else ():
        found[row.tool_id].add(row.name)
    return {name: frozenset(facts) for name, facts in found.items()}

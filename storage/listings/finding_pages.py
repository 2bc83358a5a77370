"""Findings a page at a time, the worst first: of hundreds of thousands only the rows that are shown are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, text

from storage.listings.findings import SEVERITIES
from storage.times import iso

#: What can be asked for by its very value.
FILTERS = ("state", "verdict", "severity", "customer_severity", "gap", "policy")
_COUNTS = """
    SELECT severity, customer_severity, watched, count(*) AS rows FROM finding
    WHERE valid_to IS NULL{where} GROUP BY severity, customer_severity, watched"""
_ROWS = """
    SELECT f.policy, f.tool_id, coalesce(t.name, f.tool_id) AS tool, f.verdict, f.state, f.severity,
        f.customer_severity, f.watched, f.queued, f.gap, f.message, f.valid_from, f.waived_until, f.evaluated
    FROM finding f LEFT JOIN tool t ON t.id = f.tool_id
    WHERE f.valid_to IS NULL{where} AND f.severity = :one AND f.customer_severity = :two AND f.watched = :watched
    ORDER BY f.tool_id, f.policy LIMIT :limit OFFSET :offset"""


def page(
    connection: Connection, wanted: Mapping[str, str | None], *, limit: int, offset: int
) -> tuple[list[dict[str, Any]], int]:
    """Return some findings in force and how many there are; `wanted` names fields of FILTERS, None stands for any.

    Those that ask somebody to act stand first, the worst of either side above; then by tool and policy. A row has id,
    policy, tool_id, tool, verdict, state, severity, customer_severity, watched, queued, evaluated, gap, message, since,
    waived_until.
    """
    asked = {name: value for name, value in wanted.items() if value is not None and name in FILTERS}
    where = "".join(f" AND {name} = :{name}" for name in asked)
    groups = [*connection.execute(text(_COUNTS.format(where=where)), asked)]
    groups.sort(key=lambda group: _worst_first(group.severity, group.customer_severity, group.watched))
    rows = _rows(connection, asked, groups, (limit, offset))
    return rows, sum(group.rows for group in groups)


def _worst_first(one: str, two: str, watched: int) -> tuple[int, ...]:
    return watched, *sorted((SEVERITIES.index(one), SEVERITIES.index(two))), SEVERITIES.index(one)


def _rows(
    connection: Connection, asked: Mapping[str, str], groups: Sequence[Any], part: tuple[int, int]
) -> list[dict[str, Any]]:
    statement = text(_ROWS.format(where="".join(f" AND f.{name} = :{name}" for name in asked)))
    left, skip = part
    found: list[dict[str, Any]] = []
    for group in groups:
        if left <= 0:
            break
        if skip >= group.rows:
            skip -= group.rows
            continue
        of = {"one": group.severity, "two": group.customer_severity, "watched": group.watched}
        rows = connection.execute(statement, {**asked, **of, "limit": left, "offset": skip}).all()
        found += [_row(row) for row in rows]
        left, skip = left - len(rows), 0
    return found


def _row(row: Any) -> dict[str, Any]:
    found = dict(row._mapping)
    found |= {name: bool(found[name]) for name in ("watched", "queued", "evaluated")}
    return found | {"id": f"{row.policy}:{row.tool_id}", "since": iso(found.pop("valid_from"))}

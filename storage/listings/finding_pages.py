"""Findings a page at a time, the worst first: of hundreds of thousands only the rows that are shown are read."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import Connection, text

from storage.listings.findings import SEVERITIES
from storage.times import iso

#: What can be asked for by its very value.
FILTERS = ("state", "verdict", "severity", "customer_severity", "gap", "policy", "tool_id")
_COUNTS = """
    SELECT severity, customer_severity, watched, count(*) AS rows FROM finding
    WHERE valid_to IS NULL{where} GROUP BY severity, customer_severity, watched"""
_ROW = """
    SELECT f.policy, f.tool_id, coalesce(t.name, f.tool_id) AS tool, f.verdict, f.state, f.severity,
        f.customer_severity, f.watched, f.queued, f.gap, f.message, f.valid_from, f.waived_until, f.evaluated
    FROM finding f LEFT JOIN tool t ON t.id = f.tool_id
    WHERE f.valid_to IS NULL{where} AND f.severity = :one AND f.customer_severity = :two AND f.watched = :watched
{onward}    ORDER BY f.tool_id, f.policy"""
_ONWARD = "    AND (f.tool_id > :tool_id_before OR (f.tool_id = :tool_id_before AND f.policy > :policy_before))\n"
_VERDICTS = ("violated", "unknown", "met")


class Place(NamedTuple):
    """Where a finding stands in the list."""

    severity: str
    customer_severity: str
    watched: bool
    tool_id: str
    policy: str


def place(row: Mapping[str, Any]) -> Place:
    """Return where a row of the list stands in it."""
    return Place(row["severity"], row["customer_severity"], row["watched"], row["tool_id"], row["policy"])


@dataclass(frozen=True, slots=True)
class Group:
    """How many findings have both severities, and whether they are only watched."""

    severity: str
    customer_severity: str
    watched: int
    rows: int


def groups(connection: Connection, wanted: Mapping[str, str | None]) -> list[Group]:
    """Return how many findings in force there are of each severity, the worst first."""
    asked = _asked(wanted)
    where = "".join(f" AND {name} = :{name}" for name in asked)
    found = [Group(*row) for row in connection.execute(text(_COUNTS.format(where=where)), asked)]
    return sorted(found, key=_worst_first)


def _worst_first(one: Group | Place) -> tuple[int, ...]:
    places = (SEVERITIES.index(one.severity), SEVERITIES.index(one.customer_severity))
    return int(one.watched), *sorted(places), places[0]


def _asked(wanted: Mapping[str, str | None]) -> dict[str, str]:
    return {name: value for name, value in wanted.items() if value is not None and name in FILTERS}


def page(
    connection: Connection,
    wanted: Mapping[str, str | None],
    *,
    limit: int,
    offset: int,
    counted: Sequence[Group] | None = None,
) -> tuple[list[dict[str, Any]], int]:
    """Return some findings in force and how many there are; `wanted` names fields of FILTERS, None stands for any.

    `counted` is what `groups` gives, where somebody has that already. Those that ask somebody to act stand first, the
    worst of either side above; then by tool and policy. A row has id, policy, tool_id, tool, verdict, state, severity,
    customer_severity, watched, queued, evaluated, gap, message, since, waived_until.
    """
    found = groups(connection, wanted) if counted is None else counted
    rows = _rows(connection, _asked(wanted), found, (limit, offset))
    return rows, sum(group.rows for group in found)


def after(
    connection: Connection,
    wanted: Mapping[str, str | None],
    begin: Place | None,
    *,
    limit: int,
    counted: Sequence[Group] | None = None,
) -> tuple[list[dict[str, Any]], int]:
    """Return the findings that follow on a place (None: the first ones), and how many there are, as `page` does.

    What comes or goes before the place shifts nothing. Raises ValueError where there can be no such place.
    """
    found = groups(connection, wanted) if counted is None else counted
    left, onward = found, None
    if begin is not None:
        mark = _worst_first(begin)
        left = [group for group in found if _worst_first(group) >= mark]
        if left and _worst_first(left[0]) == mark:
            onward = {"tool_id_before": begin.tool_id, "policy_before": begin.policy}
    return _rows(connection, _asked(wanted), left, (limit, 0), onward), sum(group.rows for group in found)


def _rows(
    connection: Connection,
    asked: Mapping[str, str],
    groups: Sequence[Group],
    part: tuple[int, int],
    onward: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """Return so many rows (limit, offset); of the first group those after `onward` alone."""
    left, skip = part
    found: list[dict[str, Any]] = []
    for group in groups:
        if left <= 0:
            break
        if skip >= group.rows:
            skip -= group.rows
            continue
        of = {"one": group.severity, "two": group.customer_severity, "watched": group.watched}
        bound = {**asked, **of, "limit": left, "offset": skip, "end": skip + left, **(onward or {})}
        rows = connection.execute(text(_statement(asked, _ONWARD if onward else "")), bound).all()
        found += [_row(row) for row in rows]
        left, skip, onward = left - len(rows), 0, None
    return found


def _statement(asked: Mapping[str, str], onward: str) -> str:
    """Return what asks for the rows of a group.

    Those of one state and any verdict are asked for verdict by verdict: so the index has each in order, and no more are
    read than are shown.
    """
    where = "".join(f" AND f.{name} = :{name}" for name in asked)
    if "state" not in asked or "verdict" in asked:
        return _ROW.format(where=where, onward=onward) + " LIMIT :limit OFFSET :offset"
    each = (_ROW.format(where=f"{where} AND f.verdict = '{verdict}'", onward=onward) for verdict in _VERDICTS)
    parts = " UNION ALL ".join(f"SELECT * FROM ({one} LIMIT :end) AS part" for one in each)
    return f"{parts} ORDER BY tool_id, policy LIMIT :limit OFFSET :offset"


def _row(row: Any) -> dict[str, Any]:
    found = dict(row._mapping)
    found |= {name: bool(found[name]) for name in ("watched", "queued", "evaluated")}
    return found | {"id": f"{row.policy}:{row.tool_id}", "since": iso(found.pop("valid_from"))}

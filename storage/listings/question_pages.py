"""Questions a page at a time: the open ones first, those that are due first; then the others, the latest first."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from storage.statements import statement

_STATE = "CASE WHEN q.state = 'open' AND c.state = 'closed' THEN 'expired' ELSE q.state END"
_FROM = """
    FROM question q LEFT JOIN review_case c ON c.id = q.case_id LEFT JOIN actor a ON a.id = q.actor_id
    LEFT JOIN actor_person p ON p.actor_id = q.actor_id AND p.valid_to IS NULL"""
_ROWS = f"""
    SELECT q.id, q.tool_id, q.case_id, q.fact, q.asks, q.actor_id, q.asked_at, q.due_at, q.answer, q.closed_at,
        {_STATE} AS state, coalesce(t.name, q.tool_id) AS tool, coalesce(a.address, a.name, a.native_id) AS address,
        coalesce(p.person_id, q.actor_id) AS person{_FROM} LEFT JOIN tool t ON t.id = q.tool_id
    WHERE 1 = 1{{where}} ORDER BY CASE WHEN {_STATE} = 'open' THEN 0 ELSE 1 END,
        CASE WHEN {_STATE} = 'open' THEN q.due_at END, q.id DESC LIMIT :limit OFFSET :offset"""
_LATEST = f"SELECT q.id{_FROM} WHERE q.id < :number{{where}} ORDER BY q.id DESC LIMIT :limit"
_STATES = f"SELECT {_STATE} AS state, count(*) AS rows {_FROM} WHERE 1 = 1{{where}} GROUP BY 1"


def page(
    connection: Connection, *, state: str | None, of: tuple[int, str] | None, limit: int, offset: int
) -> tuple[list[dict[str, Any]], dict[str, int]]:
    """Return some questions, and state -> how many there are.

    `of` leaves those of one person: a person's number, and an address by which they are known as well.
    """
    mine = "" if of is None else " AND (coalesce(p.person_id, q.actor_id) = :person OR lower(a.address) = :address)"
    bound: dict[str, Any] = {} if of is None else {"person": of[0], "address": of[1]}
    counts = {row.state: int(row.rows) for row in connection.execute(statement(_STATES.format(where=mine)), bound)}
    where = mine if state is None else f"{mine} AND {_STATE} = :state"
    wanted = bound | ({} if state is None else {"state": state}) | {"limit": limit, "offset": offset}
    rows = [dict(row._mapping) for row in connection.execute(statement(_ROWS.format(where=where)), wanted)]
    return rows, counts


def before(
    connection: Connection, *, state: str | None, of: tuple[int, str] | None, number: int | None, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Return some questions (their ids), the latest first, before one (None: the latest), and how many there are."""
    mine = "" if of is None else " AND (coalesce(p.person_id, q.actor_id) = :person OR lower(a.address) = :address)"
    bound: dict[str, Any] = {} if of is None else {"person": of[0], "address": of[1]}
    counts = {row.state: int(row.rows) for row in connection.execute(statement(_STATES.format(where=mine)), bound)}
    where = mine if state is None else f"{mine} AND {_STATE} = :state"
    wanted = bound | ({} if state is None else {"state": state})
    wanted |= {"number": 2**62 if number is None else number, "limit": limit}
    rows = [dict(row._mapping) for row in connection.execute(statement(_LATEST.format(where=where)), wanted)]
    return rows, sum(counts.values()) if state is None else counts.get(state, 0)

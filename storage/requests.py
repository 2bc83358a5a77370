"""Requests: tools that somebody wants before they are bought. A request is input, and keeps its tool in the list."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from storage.figures import PEOPLE_DAYS
from storage.listings import tools
from storage.statements import statement
from storage.tables import metadata
from storage.times import iso

_REQUEST, _TOOL = metadata.tables["request"], metadata.tables["tool"]
#: The event by which a case knows that a request for its tool was taken back.
WITHDRAWN = "request_withdrawn"
_DAY_MS = 86_400_000
_FOUND = f"""
    SELECT r.*, c.kind AS case_kind, c.state, c.stage, c.waiting_for, c.stage_at, c.opened_at, c.due_at, c.closed_at,
        c.assignee, coalesce(t.name, r.name) AS tool, t.status, a.address AS by_address, w.at AS withdrawn_at
    FROM request r JOIN review_case c ON c.id = r.case_id LEFT JOIN tool t ON t.id = r.tool_id
    LEFT JOIN account u ON u.id = r.account_id LEFT JOIN actor a ON a.id = u.actor_id
    LEFT JOIN case_event w ON w.case_id = r.case_id AND w.kind = '{WITHDRAWN}'
        AND w.detail = '{{"request": ' || CAST(r.id AS TEXT) || '}}'
    {{where}} ORDER BY r.id"""


def add(connection: Connection, row: Mapping[str, Any]) -> int:
    """Enter a request: the columns of the table, `data` and `needs` as lists, `answered` as a mapping; its number."""
    packed = {name: json.dumps(row[name], ensure_ascii=False) for name in ("data", "needs")}
    packed["answered"] = json.dumps(row["answered"], sort_keys=True, ensure_ascii=False)
    key = connection.execute(insert(_REQUEST).values(dict(row) | packed)).inserted_primary_key
    assert key is not None
    return int(key[0])


def requests(
    connection: Connection,
    *,
    number: int | None = None,
    case: int | None = None,
    tool: str | None = None,
    account: int | None = None,
) -> list[dict[str, Any]]:
    """Return requests in order: all, or the one of a number, or those of a case, a tool or an account; lists decoded.

    A row has the columns of the table, those of its case (state, stage, waiting_for, stage_at, opened_at, due_at,
    closed_at, assignee, case_kind), the tool's name and status, by_address, and withdrawn_at (None: it stands).
    """
    wanted = {"r.id": number, "r.case_id": case, "r.tool_id": tool, "r.account_id": account}
    named = [(column, value) for column, value in wanted.items() if value is not None]
    where = "" if not named else "WHERE " + " AND ".join(f"{column} = :v{at}" for at, (column, _) in enumerate(named))
    bound = {f"v{at}": value for at, (_, value) in enumerate(named)}
    rows = connection.execute(statement(_FOUND.replace("{where}", where)), bound)
    return [
        dict(row._mapping) | {n: json.loads(getattr(row, n)) for n in ("data", "needs", "answered")} for row in rows
    ]


def standing(connection: Connection, *, case: int | None = None) -> list[dict[str, Any]]:
    """Return the requests that were not taken back, as `requests` does."""
    return [row for row in requests(connection, case=case) if row["withdrawn_at"] is None]


def add_tool(connection: Connection, row: Mapping[str, Any]) -> bool:
    """Enter a tool that is wanted (id, name, vendor, category, marketing, provisional); return whether it is new."""
    if connection.scalar(select(_TOOL.c.id).where(_TOOL.c.id == row["id"])) is not None:
        return False
    connection.execute(insert(_TOOL).values(dict(row) | {"noise": None, "status": "new"}))
    return True


def tool(connection: Connection, name: str) -> dict[str, Any] | None:
    """Return a tool's row, or None."""
    row = connection.execute(select(_TOOL).where(_TOOL.c.id == name)).one_or_none()
    return None if row is None else dict(row._mapping)


def approved(connection: Connection, category: str) -> list[dict[str, Any]]:
    """Return the approved tools of a category (id, name, status, people), those with most people first."""
    rows = connection.execute(
        statement(
            "SELECT t.id, t.name, t.status, coalesce(f.people, 0) AS people FROM tool t"
            " LEFT JOIN figures f ON f.tool_id = t.id WHERE t.category = :category"
            " AND t.status IN ('approved', 'approved_with_conditions') ORDER BY people DESC, t.name, t.id"
        ),
        {"category": category},
    )
    return [dict(row._mapping) for row in rows]


def units(connection: Connection, name: str, as_of: int) -> list[dict[str, Any]]:
    """Return which units use a tool, with how many people each (unit None: unknown): the last 90 days, nobody's name.

    Grants that are in force count as use, as they do in the figures.
    """
    since = iso(as_of - PEOPLE_DAYS * _DAY_MS) or ""
    used = [
        row
        for row in tools.people(connection, name)
        if row["kind"] != "service" and (row["successes"] == 0 or (row["last_at"] or "") >= since)
    ]
    counted = Counter(row["unit"] for row in used)
    return [{"unit": unit, "people": count} for unit, count in sorted(counted.items(), key=_most)]


def _most(pair: tuple[str | None, int]) -> tuple[int, str]:
    return -pair[1], pair[0] or "\uffff"


def unit_of(connection: Connection, account: int) -> str | None:
    """Return the unit in which a directory has the person of an account, or None."""
    sql = (
        "SELECT p.unit FROM account c JOIN actor a ON a.id = c.actor_id"
        " JOIN actor o ON lower(o.address) = lower(a.address)"
        " JOIN actor_person p ON p.actor_id = o.id AND p.valid_to IS NULL AND p.unit IS NOT NULL"
        " WHERE c.id = :account ORDER BY o.id LIMIT 1"
    )
    found = connection.scalar(statement(sql), {"account": account})
    return None if found is None else str(found)


def follow(connection: Connection, moves: Mapping[str, str]) -> None:
    """Let requests, questions and cases of wanted tools go to what the tools turned out to be (former id -> id).

    A tool has one open case: where the other one has one already, the requests join it.
    """
    for former, tool_ in sorted(moves.items()):
        ours, theirs = _open_case(connection, former), _open_case(connection, tool_)
        if ours is not None and theirs is not None:
            _join(connection, ours, theirs)
        for table in ("review_case", "request", "question"):
            sql = f"UPDATE {table} SET tool_id = :tool WHERE tool_id = :former"
            connection.execute(statement(sql), {"tool": tool_, "former": former})


def _open_case(connection: Connection, name: str) -> int | None:
    sql = "SELECT id FROM review_case WHERE tool_id = :tool AND state = 'open'"
    found = connection.scalar(statement(sql), {"tool": name})
    return None if found is None else int(found)


def _join(connection: Connection, ours: int, theirs: int) -> None:
    bound = {"ours": ours, "theirs": theirs}
    at = "(SELECT max(e.at) FROM case_event e WHERE e.case_id = :ours)"
    connection.execute(statement("UPDATE request SET case_id = :theirs WHERE case_id = :ours"), bound)
    connection.execute(
        statement(
            f"UPDATE case_event SET case_id = :theirs WHERE case_id = :ours AND kind IN ('requested', '{WITHDRAWN}')"
        ),
        bound,
    )
    connection.execute(
        statement(
            "UPDATE review_case SET state = 'closed', stage = 'joined', waiting_for = NULL,"
            f" closed_at = coalesce(stage_at, {at}, opened_at) WHERE id = :ours"
        ),
        {"ours": ours},
    )


def wishes(connection: Connection) -> list[dict[str, Any]]:
    """Return tool_id, name and category of the tools that somebody wants or wanted, the first request's, in order."""
    found: dict[str, dict[str, Any]] = {}
    for row in standing(connection):
        held = {"tool_id": row["tool_id"], "name": row["name"], "category": row["category"]}
        one = found.setdefault(row["tool_id"], held)
        one["category"] = one["category"] or row["category"]
    return list(found.values())


def decided(connection: Connection) -> list[dict[str, Any]]:
    """Return of every case that began with a request and was decided: asked_at, closed_at, category; the last first."""
    rows = connection.execute(
        statement(
            "SELECT c.id, min(r.at) AS asked_at, c.closed_at, max(coalesce(r.category, t.category)) AS category"
            " FROM request r JOIN review_case c ON c.id = r.case_id LEFT JOIN tool t ON t.id = r.tool_id"
            " WHERE c.state = 'closed' AND c.stage = 'decided' GROUP BY c.id, c.closed_at"
            " ORDER BY c.closed_at DESC, c.id DESC"
        )
    )
    return [dict(row._mapping) for row in rows]

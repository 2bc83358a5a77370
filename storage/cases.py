"""Cases as people work on them: one row a case, one row for each thing that happened to it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select, update

from storage import declared
from storage.recalled import once_a_read
from storage.statements import statement
from storage.tables import metadata

_CASE, _EVENT = metadata.tables["review_case"], metadata.tables["case_event"]
_STATE, _REQUEST = metadata.tables["material_state"], metadata.tables["request"]

#: What is shorter names no state.
_SHORTEST = 8


def case(connection: Connection, number: int) -> dict[str, Any] | None:
    """Return a case with every column, `spent` decoded; None where there is none."""
    row = connection.execute(select(_CASE).where(_CASE.c.id == number)).one_or_none()
    return None if row is None else _decoded(row)


def open_of(connection: Connection, tool: str) -> dict[str, Any] | None:
    """Return the open case of a tool, or None."""
    row = connection.execute(select(_CASE).where((_CASE.c.tool_id == tool) & (_CASE.c.state == "open"))).one_or_none()
    return None if row is None else _decoded(row)


def status_of_tool(connection: Connection, tool: str) -> str | None:
    """Return the status of a tool, None where it is gone."""
    found = connection.scalar(statement("SELECT status FROM tool WHERE id = :tool"), {"tool": tool})
    return None if found is None else str(found)


def unit_of(connection: Connection, tool: str) -> str | None:
    """Return the unit to which the latest case of a tool belongs, None where nobody knows."""
    chosen = select(_CASE.c.unit).where((_CASE.c.tool_id == tool) & _CASE.c.unit.is_not(None))
    return connection.scalar(chosen.order_by(_CASE.c.id.desc()).limit(1))


def _decoded(row: Any) -> dict[str, Any]:
    return dict(row._mapping) | {"spent": json.loads(row.spent) if row.spent else {}}


def change(connection: Connection, number: int, values: Mapping[str, Any]) -> None:
    """Give a case other values; `spent` as a mapping."""
    known = dict(values)
    if "spent" in known:
        known["spent"] = json.dumps(known["spent"], sort_keys=True)
    connection.execute(update(_CASE).where(_CASE.c.id == number).values(known))


def add_event(connection: Connection, case_id: int, *, at: int, by: str, kind: str, detail: Mapping[str, Any]) -> int:
    """Append what happened to a case; return the row's number."""
    row = {"case_id": case_id, "at": at, "by": by, "kind": kind, "detail": json.dumps(detail, sort_keys=True)}
    key = connection.execute(insert(_EVENT).values(row)).inserted_primary_key
    assert key is not None
    return int(key[0])


@once_a_read
def events(connection: Connection, case_id: int | None = None) -> list[dict[str, Any]]:
    """Return what happened to one case, or to all, in order; `detail` decoded."""
    chosen = select(_EVENT).order_by(_EVENT.c.id)
    if case_id is not None:
        chosen = chosen.where(_EVENT.c.case_id == case_id)
    return [dict(row._mapping) | {"detail": json.loads(row.detail)} for row in connection.execute(chosen)]


def keep_state(connection: Connection, digest: str, body: Mapping[str, Any]) -> None:
    """Keep a state by its digest; what is there already stays."""
    if connection.scalar(select(_STATE.c.digest).where(_STATE.c.digest == digest)) is None:
        plain = json.dumps(body, sort_keys=True, ensure_ascii=False)
        connection.execute(insert(_STATE).values(digest=digest, body=plain))


def state(connection: Connection, digest: str) -> dict[str, Any] | None:
    """Return the state of a digest, or of the beginning of one that names one state alone; else None."""
    if len(digest) < _SHORTEST:
        return None
    found = connection.scalars(
        select(_STATE.c.body).where(_STATE.c.digest.startswith(digest, autoescape=True)).limit(2)
    )
    bodies = list(found)
    return dict(json.loads(bodies[0])) if len(bodies) == 1 else None


def request_of(connection: Connection, case_id: int) -> dict[str, Any] | None:
    """Return the first request of a case, lists decoded; None where nobody asked for its tool."""
    row = connection.execute(select(_REQUEST).where(_REQUEST.c.case_id == case_id).order_by(_REQUEST.c.id)).first()
    return None if row is None else dict(row._mapping) | {n: json.loads(getattr(row, n)) for n in ("data", "needs")}


@once_a_read
def declared_owners(connection: Connection, tool: str) -> list[tuple[str, int]]:
    """Return (side, person) of those whom the company's lists declare, the latest last."""
    rows = declared.owners(connection, tool)
    return [(json.loads(row.facts).get("owner_side") or "business", int(row.person)) for row in rows]


@once_a_read
def person_of(connection: Connection, actor: int) -> int:
    """Return the person that an actor is by now, else the actor's own number."""
    sql = "SELECT person_id FROM actor_person WHERE actor_id = :actor AND valid_to IS NULL"
    found = connection.scalar(statement(sql), {"actor": actor})
    return actor if found is None else int(found)


def rights(connection: Connection, tool: str) -> list[tuple[str, str, str]]:
    """Return (system, right, class of scope) of what a tool holds."""
    sql = "SELECT system, held, scope_class FROM connection WHERE tool_id = :tool ORDER BY system, held"
    return [(row.system, row.held, row.scope_class) for row in connection.execute(statement(sql), {"tool": tool})]


def set_status(connection: Connection, tool: str, status: str) -> None:
    """Give a tool the status that a decision just gave it; deriving anew gives the same."""
    connection.execute(statement("UPDATE tool SET status = :status WHERE id = :tool"), {"status": status, "tool": tool})


def open_cases(connection: Connection) -> list[dict[str, Any]]:
    """Return all open cases in order, `spent` decoded."""
    return [
        _decoded(row) for row in connection.execute(select(_CASE).where(_CASE.c.state == "open").order_by(_CASE.c.id))
    ]


def close(connection: Connection, number: int, stage: str, at: int) -> None:
    """Close a case, `stage` saying how it ended."""
    change(connection, number, {"state": "closed", "stage": stage, "waiting_for": None, "closed_at": at})


def requesters(connection: Connection, case_id: int, tool: str) -> set[int]:
    """Return the accounts that ever asked for the tool of a case: whoever asked for it does not decide on it."""
    where = (_REQUEST.c.case_id == case_id) | (_REQUEST.c.tool_id == tool)
    return set(connection.scalars(select(_REQUEST.c.account_id).where(where)))

"""Decisions and rows of the audit trail a page at a time, the latest first: they are many, and only grow."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

from storage import kept
from storage.times import iso

_DECISIONS = """
    SELECT d.id, d.at, d.by, d.kind, d.object, d.detail, t.body AS reason, EXISTS (SELECT 1 FROM decision u
        WHERE u.kind = 'undo' AND u.object = 'decision:' || CAST(d.id AS TEXT)) AS undone
    FROM decision d LEFT JOIN text t ON t.hash = d.reason_hash
    WHERE d.id < :number{where} ORDER BY d.id DESC LIMIT :limit"""
_ROWS = """
    SELECT n, at, actor, act, object, detail, mac FROM audit
    WHERE n < :number{where} ORDER BY n DESC LIMIT :limit OFFSET :offset"""
_LARGEST = 2**62


def decisions(
    connection: Connection, *, kind: str | None, about: str | None, number: int | None, limit: int
) -> tuple[list[dict[str, Any]], int]:
    """Return decisions before a number (None: the latest), and how many there are.

    A row has id, at, by, kind, object, detail (without the names of words), reason and in_force; `kind` and `about`
    (the object: `tool:hubspot`) ask for some of them.
    """
    wanted = {"kind": kind, "object": about}
    asked = {name: value for name, value in wanted.items() if value is not None}
    where = "".join(f" AND d.{name} = :{name}" for name in asked)
    bound = asked | {"number": _LARGEST if number is None else number, "limit": limit}
    rows = [_decision(row) for row in connection.execute(text(_DECISIONS.format(where=where)), bound)]
    count = f"SELECT count(*) FROM decision d WHERE 1 = 1{where}"
    return rows, int(connection.scalar(text(count), asked) or 0)


def _decision(row: Any) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in ("id", "by", "kind", "object", "reason")}
    detail = {name: value for name, value in json.loads(row.detail).items() if name != "words"}
    return found | {"at": iso(row.at), "detail": detail, "in_force": not row.undone or row.kind == "undo"}


def trail(
    connection: Connection,
    *,
    actor: str | None = None,
    act: str | None = None,
    since: int | None = None,
    until: int | None = None,
    about: str | None = None,
    number: int | None = None,
    limit: int = 50,
    offset: int = 0,
) -> tuple[list[dict[str, Any]], int]:
    """Return rows of the trail before a number (None: the latest), `detail` as its text, and how many there are.

    `actor` is its very name (`account:3`), `about` the very object (`tool:hubspot`); `act` is one act
    (`decision.status`), or what several begin with (`account`).
    """
    tests = {
        "actor": (actor, "actor = :actor"),
        "act": (act, "(act = :act OR act LIKE :act_begin ESCAPE '!')"),
        "since": (since, "at >= :since"),
        "until": (until, "at <= :until"),
        "about": (about, "object = :about"),
    }
    asked: dict[str, Any] = {name: value for name, (value, _) in tests.items() if value is not None}
    where = "".join(f" AND {tests[name][1]}" for name in asked)
    if act is not None:
        asked["act_begin"] = _escaped(act.rstrip(".")) + ".%"
    bound = asked | {"number": _LARGEST if number is None else number, "limit": limit, "offset": offset}
    with kept.any_bytes(connection):
        rows = [dict(row._mapping) for row in connection.execute(text(_ROWS.format(where=where)), bound)]
    return rows, int(connection.scalar(text(f"SELECT count(*) FROM audit WHERE 1 = 1{where}"), asked) or 0)


def names(connection: Connection) -> tuple[list[str], list[str]]:
    """Return who stands in the trail, and which acts."""
    with kept.any_bytes(connection):
        actors = sorted(str(one) for one in connection.scalars(text("SELECT DISTINCT actor FROM audit")))
        return actors, sorted(str(one) for one in connection.scalars(text("SELECT DISTINCT act FROM audit")))


def _escaped(words: str) -> str:
    return words.replace("!", "!!").replace("%", "!%").replace("_", "!_")

"""Signals: records one by one, landed events as their monthly roll-up."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Connection, text

from model.signal import METHODS
from storage.times import iso, month_text

_MONTH = re.compile(r"[0-9]{4}-[0-9]{2}")
_RECORDS = """
    SELECT s.name AS source, st.name AS stream, r.kind, r.native_id, r.seen_at,
        coalesce(a.address, a.name, a.native_id) AS actor, r.app, r.facts, r.amount_micros, r.currency, r.valid_from,
        r.valid_to
    FROM record r JOIN stream st ON st.id = r.stream_id JOIN source s ON s.id = st.source_id
    LEFT JOIN actor a ON a.id = r.actor_id LEFT JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL
    WHERE {where} ORDER BY s.name, st.name, r.seen_at, r.native_id"""
_USAGE = """
    SELECT s.name AS source, st.name AS stream, i.key, u.month, u.method, u.successes, u.failures, u.first_at,
        u.last_at, u.second_factor, u.days, coalesce(a.address, a.name, a.native_id) AS actor, u.actor_id, i.app
    FROM usage u JOIN stream st ON st.id = u.stream_id JOIN source s ON s.id = st.source_id
    JOIN identity i ON i.id = u.identity_id LEFT JOIN actor a ON a.id = u.actor_id
    LEFT JOIN link l ON l.identity_id = u.identity_id AND l.valid_to IS NULL
    WHERE 1 = 1 {where} ORDER BY s.name, st.name, u.month, i.key, u.actor_id, u.method"""


def signals(
    connection: Connection,
    *,
    source: str | None = None,
    stream: str | None = None,
    kind: str | None = None,
    tool: str | None = None,
) -> Iterator[dict[str, Any]]:
    """Yield signals in force; of landed events one row a month, app, person and method.

    There `count` is the successful ones, `failures` stands beside it, `native_id` is APP/MONTH/ACTOR NUMBER/METHOD.
    """
    where = "".join(
        f" AND {column} = :{name}"
        for name, column, value in (
            ("source", "s.name", source),
            ("stream", "st.name", stream),
            ("tool", "l.tool_id", tool),
        )
        if value is not None
    )
    bound = {"source": source, "stream": stream, "tool": tool, "kind": kind}
    with_kind = "r.valid_to IS NULL" + where + (" AND r.kind = :kind" if kind else "")
    for row in connection.execute(text(_RECORDS.format(where=with_kind)), bound):
        yield _record(dict(row._mapping))
    if kind in {None, "sign_in"}:
        for row in connection.execute(text(_USAGE.format(where=where)), bound):
            yield _usage(dict(row._mapping))


def record(connection: Connection, source: str, stream: str, native: str) -> dict[str, Any] | None:
    """Return one record, as it is in force or as it was last; then `gone_since` says since when it is not any more."""
    where = "s.name = :source AND st.name = :stream AND r.native_id = :native"
    bound = {"source": source, "stream": stream, "native": native}
    rows = [dict(row._mapping) for row in connection.execute(text(_RECORDS.format(where=where)), bound)]
    if not rows:
        return None
    last = max(rows, key=lambda row: (row["valid_to"] is None, row["valid_from"]))
    return _record(last) | ({} if last["valid_to"] is None else {"gone_since": iso(last["valid_to"])})


def months(connection: Connection, source: str, key: str, month: str) -> list[dict[str, Any]]:
    """Return the rows of use of one name of a source in a month (2026-06), as `signals` gives them."""
    if not _MONTH.fullmatch(month):
        return []
    where = " AND s.name = :source AND i.key = :key AND u.month = :month"
    bound = {"source": source, "key": key, "month": int(month.replace("-", ""))}
    return [_usage(dict(row._mapping)) for row in connection.execute(text(_USAGE.format(where=where)), bound)]


def _record(row: Mapping[str, Any]) -> dict[str, Any]:
    facts = json.loads(row["facts"])
    if row["amount_micros"] is not None:
        facts |= {"amount_micros": row["amount_micros"], "currency": row["currency"]}
    return {
        "source": row["source"],
        "stream": row["stream"],
        "kind": row["kind"],
        "native_id": row["native_id"],
        "seen_at": iso(row["seen_at"]),
        "actor": row["actor"],
        "count": 1,
        "failures": 0,
        **(json.loads(row["app"]) if row["app"] else {}),
        **facts,
    }


def _usage(row: Mapping[str, Any]) -> dict[str, Any]:
    method = METHODS[row["method"]].value
    month = month_text(row["month"])
    return {
        "source": row["source"],
        "stream": row["stream"],
        "kind": "sign_in",
        "native_id": f"{row['key']}/{month}/{row['actor_id']}/{method}",
        "seen_at": iso(row["last_at"]),
        "actor": row["actor"],
        "count": row["successes"],
        "failures": row["failures"],
        **json.loads(row["app"]),
        "method": method,
        "month": month,
        "first_seen": iso(row["first_at"]),
        "second_factor": row["second_factor"],
        "active_days": row["days"].bit_count(),
    }


def names(connection: Connection) -> tuple[dict[int, dict[str, Any]], dict[int, str]]:
    """Return what single events need: identity number -> source, key and app; actor number -> how it is shown."""
    identities = {
        row.id: {"source": row.source, "key": row.key, "app": json.loads(row.app)}
        for row in connection.execute(
            text("SELECT i.id, s.name AS source, i.key, i.app FROM identity i JOIN source s ON s.id = i.source_id")
        )
    }
    actors = {
        row.id: row.shown
        for row in connection.execute(text("SELECT id, coalesce(address, name, native_id) AS shown FROM actor"))
    }
    return identities, actors


def streams(connection: Connection) -> dict[int, str]:
    """Return stream number -> name."""
    return {row.id: row.name for row in connection.execute(text("SELECT id, name FROM stream"))}

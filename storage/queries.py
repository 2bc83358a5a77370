"""Small questions to the store: is there such a tool, what was declared."""

from __future__ import annotations

import json
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection

from model.merchant import merchant_name
from storage.narrowing import of_some
from storage.statements import statement
from storage.words import clean


def has_tool(connection: Connection, tool: str) -> bool:
    """Whether there is a tool of this id."""
    return connection.scalar(statement("SELECT 1 FROM tool WHERE id = :id"), {"id": clean(tool)}) is not None


def tool_count(connection: Connection) -> int:
    """Return how many tools there are, whatever became of them."""
    return connection.scalar(statement("SELECT count(*) FROM tool")) or 0


def has_identity(connection: Connection, identity: str) -> bool:
    """Whether a source names an app so: SOURCE/KEY."""
    sql = "SELECT 1 FROM identity i JOIN source s ON s.id = i.source_id WHERE s.name || '/' || i.key = :identity"
    return connection.scalar(statement(sql), {"identity": clean(identity)}) is not None


def actor_of_address(connection: Connection, address: str) -> int | None:
    """Return the number of an actor of this address, one whom a directory lists before others; None without any."""
    sql = (
        "SELECT a.id FROM actor a LEFT JOIN record r ON r.actor_id = a.id AND r.kind = 'person' AND r.valid_to IS NULL"
        " WHERE lower(a.address) = :address ORDER BY CASE WHEN r.actor_id IS NULL THEN 1 ELSE 0 END, a.id LIMIT 1"
    )
    found = connection.scalar(statement(sql), {"address": clean(address).casefold()})
    return None if found is None else int(found)


def actor_name(connection: Connection, actor: int) -> str | None:
    """Return the address of an actor, or how its source names it; None where that was erased."""
    sql = "SELECT coalesce(address, native_id) FROM actor WHERE id = :id"
    found = connection.scalar(statement(sql), {"id": actor})
    return None if found is None else str(found)


def actor_names(connection: Connection, actors: Collection[int]) -> dict[int, str]:
    """Return actor -> name as `actor_name` gives it, of those that have one."""
    sql = "SELECT id, coalesce(address, native_id) AS name FROM actor WHERE 1 = 1{of_some}"
    rows = of_some(connection, sql, "id", actors)
    return {row.id: row.name for row in rows if row.name is not None}


def tool_name(connection: Connection, tool: str) -> str | None:
    """Return the name of the tool of this id, or None where there is none."""
    found = connection.scalar(statement("SELECT name FROM tool WHERE id = :id"), {"id": clean(tool)})
    return None if found is None else str(found)


def merchants(connection: Connection) -> set[str]:
    """Return whom charges name, as `spend --unmatched` lists them: folded."""
    rows = connection.execute(
        statement(
            "SELECT l.counterparty, i.key, i.app FROM link l JOIN identity i ON i.id = l.identity_id"
            " WHERE l.valid_to IS NULL AND (i.key LIKE 'descriptor:%' OR EXISTS"
            " (SELECT 1 FROM record r WHERE r.identity_id = i.id AND r.kind = 'charge'))"
        )
    )
    return {
        merchant_name(row.key, counterparty=row.counterparty, descriptor=json.loads(row.app).get("descriptor"))
        for row in rows
    }


def people(connection: Connection, tool: str | None = None) -> list[tuple[str | None, ...]]:
    """Return how sources call persons, services left out: name, address, id; of a tool those who are tied to it."""
    of_tool = (
        " AND a.id IN (SELECT u.actor_id FROM usage u JOIN link l ON l.identity_id = u.identity_id"
        " WHERE l.valid_to IS NULL AND l.tool_id = :tool UNION SELECT r.actor_id FROM record r"
        " JOIN link l ON l.identity_id = r.identity_id WHERE l.valid_to IS NULL AND l.tool_id = :tool)"
    )
    sql = "SELECT a.name, a.address, a.native_id FROM actor a WHERE a.kind <> 'service'"
    rows = (
        connection.execute(statement(sql + of_tool), {"tool": clean(tool)})
        if tool
        else connection.execute(statement(sql))
    )
    return [tuple(row) for row in rows]


def declarations(connection: Connection) -> list[dict[str, Any]]:
    """Return what lists of approved tools declare and is in force, `app` and `facts` as dicts."""
    rows = connection.execute(
        statement(
            "SELECT s.name AS source, r.native_id, r.digest, r.identity_id, i.key, r.app, r.facts, r.actor_id"
            " FROM record r JOIN stream st ON st.id = r.stream_id JOIN source s ON s.id = st.source_id"
            " JOIN identity i ON i.id = r.identity_id"
            " WHERE r.kind = 'declaration' AND r.valid_to IS NULL ORDER BY r.seen_at, s.name, r.native_id"
        )
    )
    return [dict(row._mapping) | {"app": json.loads(row.app), "facts": json.loads(row.facts)} for row in rows]


def ended_by(connection: Connection, page: str) -> list[dict[str, Any]]:
    """Return tool and last day (ISO 8601) of the products whose end a page says, as facts have it today."""
    sql = (
        "SELECT t.name AS tool, f.value FROM fact f JOIN tool t ON t.id = f.tool_id WHERE f.name = :name"
        " AND f.valid_to IS NULL AND f.value IS NOT NULL AND f.evidence = :page ORDER BY t.name"
    )
    bound = {"name": "lifecycle.end_of_life", "page": json.dumps([page], ensure_ascii=False)}
    return [{"tool": row.tool, "ends": json.loads(row.value)} for row in connection.execute(statement(sql), bound)]

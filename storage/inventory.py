"""What the inventory reads beside tools and decisions: who answers for a tool, and by which names sources know it."""

from __future__ import annotations

import json

from sqlalchemy import Connection, text

_OWNERS = """
    SELECT l.tool_id, r.facts, coalesce(p.person_id, r.actor_id) AS person FROM record r
    JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL
    LEFT JOIN actor_person p ON p.actor_id = r.actor_id AND p.valid_to IS NULL
    WHERE r.kind = 'declaration' AND r.valid_to IS NULL AND r.actor_id <> 0 AND l.tool_id IS NOT NULL
    ORDER BY r.seen_at, r.native_id"""
_IDENTIFIERS = """
    SELECT l.tool_id, s.name AS source, i.key FROM link l JOIN identity i ON i.id = l.identity_id
    JOIN source s ON s.id = i.source_id WHERE l.valid_to IS NULL AND l.tool_id IS NOT NULL
    ORDER BY l.tool_id, s.name, i.key"""
_PERSONS = "SELECT actor_id, person_id FROM actor_person WHERE valid_to IS NULL"
_NAMES = "SELECT id, coalesce(address, name, native_id) AS name FROM actor"
_ACCOUNTS = "SELECT c.id, coalesce(a.address, a.native_id) AS name FROM account c JOIN actor a ON a.id = c.actor_id"
_REQUESTED = "SELECT tool_id, name, category FROM request ORDER BY id"
_OPEN = "SELECT tool_id, id FROM review_case WHERE state = 'open'"


def declared_owners(connection: Connection) -> dict[str, dict[str, int]]:
    """Return tool -> side -> person (or actor, where none is known) that the company's lists declare, the latest."""
    found: dict[str, dict[str, int]] = {}
    for row in connection.execute(text(_OWNERS)):
        side = json.loads(row.facts).get("owner_side") or "business"
        found.setdefault(row.tool_id, {})[side] = row.person
    return found


def persons(connection: Connection) -> dict[int, int]:
    """Return actor -> the person that the actor is by now."""
    return {row.actor_id: row.person_id for row in connection.execute(text(_PERSONS))}


def names(connection: Connection) -> dict[int, str]:
    """Return actor -> how listings name it: the address, else the name, else the source's own id."""
    return {row.id: row.name for row in connection.execute(text(_NAMES))}


def accounts(connection: Connection) -> dict[str, str]:
    """Return how decisions name an account (`account:N`) -> its address."""
    return {f"account:{row.id}": row.name for row in connection.execute(text(_ACCOUNTS))}


def identifiers(connection: Connection) -> dict[str, list[str]]:
    """Return tool -> the names that sources have for it, each `SOURCE/FIELD:VALUE`, in order."""
    found: dict[str, list[str]] = {}
    for row in connection.execute(text(_IDENTIFIERS)):
        found.setdefault(row.tool_id, []).append(f"{row.source}/{row.key}")
    return found


def requested(connection: Connection) -> dict[str, tuple[str, str | None]]:
    """Return tool -> (name, category) as the latest request for it words them."""
    return {row.tool_id: (row.name, row.category) for row in connection.execute(text(_REQUESTED))}


def open_cases(connection: Connection) -> dict[str, int]:
    """Return tool -> the number of its open case."""
    return {row.tool_id: row.id for row in connection.execute(text(_OPEN))}

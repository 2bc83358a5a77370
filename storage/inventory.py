"""What the inventory reads beside tools and decisions: who answers for a tool, and by which names sources know it."""

from __future__ import annotations

import json
from collections.abc import Collection

from sqlalchemy import Connection, text

from storage import declared
from storage.narrowing import of_some

_IDENTIFIERS = """
    SELECT l.tool_id, s.name AS source, i.key FROM link l JOIN identity i ON i.id = l.identity_id
    JOIN source s ON s.id = i.source_id WHERE l.valid_to IS NULL AND l.tool_id IS NOT NULL{of_some}
    ORDER BY l.tool_id, s.name, i.key"""
_PERSONS = "SELECT actor_id, person_id FROM actor_person WHERE valid_to IS NULL{of_some}"
_NAMES = "SELECT id, coalesce(address, name, native_id) AS name FROM actor WHERE 1 = 1{of_some}"
_ACCOUNTS = "SELECT c.id, coalesce(a.address, a.native_id) AS name FROM account c JOIN actor a ON a.id = c.actor_id"
_REQUESTED = "SELECT tool_id, name, category FROM request WHERE 1 = 1{of_some} ORDER BY id"
_OPEN = "SELECT tool_id, id FROM review_case WHERE state = 'open'{of_some}"


Wanted = Collection[str] | None


def declared_owners(connection: Connection, wanted: Wanted = None) -> dict[str, dict[str, int]]:
    """Return tool -> side -> person (or actor, where none is known) that the company's lists declare, the latest.

    `wanted` names the tools that are asked of, here and below; None: all.
    """
    found: dict[str, dict[str, int]] = {}
    for row in declared.owners(connection, wanted):
        side = json.loads(row.facts).get("owner_side") or "business"
        found.setdefault(row.tool_id, {})[side] = row.person
    return found


def persons(connection: Connection, actors: Collection[int] | None = None) -> dict[int, int]:
    """Return actor -> the person that the actor is by now, of all actors or of some."""
    return {row.actor_id: row.person_id for row in of_some(connection, _PERSONS, "actor_id", actors)}


def names(connection: Connection, actors: Collection[int] | None = None) -> dict[int, str]:
    """Return actor -> how listings name it (address, else name, else the source's own id), of all or of some."""
    return {row.id: row.name for row in of_some(connection, _NAMES, "id", actors)}


def accounts(connection: Connection) -> dict[str, str]:
    """Return how decisions name an account (`account:N`) -> its address."""
    return {f"account:{row.id}": row.name for row in connection.execute(text(_ACCOUNTS))}


def identifiers(connection: Connection, wanted: Wanted = None) -> dict[str, list[str]]:
    """Return tool -> the names that sources have for it, each `SOURCE/FIELD:VALUE`, in order."""
    found: dict[str, list[str]] = {}
    for row in of_some(connection, _IDENTIFIERS, "l.tool_id", wanted):
        found.setdefault(row.tool_id, []).append(f"{row.source}/{row.key}")
    return found


def requested(connection: Connection, wanted: Wanted = None) -> dict[str, tuple[str, str | None]]:
    """Return tool -> (name, category) as the latest request for it words them."""
    return {row.tool_id: (row.name, row.category) for row in of_some(connection, _REQUESTED, "tool_id", wanted)}


def open_cases(connection: Connection, wanted: Wanted = None) -> dict[str, int]:
    """Return tool -> the number of its open case."""
    return {row.tool_id: row.id for row in of_some(connection, _OPEN, "tool_id", wanted)}

"""Facts as they were: the versions that were valid at a moment."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, bindparam, text

_AT = "valid_from <= :at AND (valid_to IS NULL OR valid_to > :at)"


def first_facts(connection: Connection) -> int | None:
    """Return from when on facts are kept (milliseconds), None where there are none."""
    found = connection.scalar(text("SELECT min(valid_from) FROM fact"))
    return None if found is None else int(found)


def facts_at(connection: Connection, at: int) -> dict[str, dict[str, tuple[Any, str | None, list[str]]]]:
    """Return tool -> fact -> (value as JSON has it, reason where it was unknown, evidence) as of a moment."""
    found: dict[str, dict[str, tuple[Any, str | None, list[str]]]] = defaultdict(dict)
    rows = connection.execute(text(f"SELECT tool_id, name, value, reason, evidence FROM fact WHERE {_AT}"), {"at": at})
    for tool, name, value, reason, evidence in rows:
        found[tool][name] = (None if value is None else json.loads(value), reason, json.loads(evidence))
    return dict(found)


def named_facts(
    connection: Connection, names: Collection[str], at: int
) -> dict[str, dict[str, tuple[Any, str | None, list[str]]]]:
    """Return what `facts_at` does, of some facts alone and without evidence: each is looked up, not all read."""
    found: dict[str, dict[str, tuple[Any, str | None, list[str]]]] = defaultdict(dict)
    sql = (
        "SELECT f.tool_id, f.name, f.value, f.reason FROM tool t JOIN fact f ON f.tool_id = t.id"
        " WHERE f.name IN :names AND f.valid_from <= :at AND (f.valid_to IS NULL OR f.valid_to > :at)"
    )
    wanted = text(sql).bindparams(bindparam("names", expanding=True))
    for tool, name, value, reason in connection.execute(wanted, {"names": sorted(names), "at": at}):
        found[tool][name] = (None if value is None else json.loads(value), reason, [])
    return dict(found)


def judged(connection: Connection) -> set[str]:
    """Return the tools of which any fact is in force: they were judged."""
    sql = "SELECT id FROM tool t WHERE EXISTS (SELECT 1 FROM fact f WHERE f.tool_id = t.id AND f.valid_to IS NULL)"
    return {*connection.scalars(text(sql))}


def tools(connection: Connection) -> dict[str, Any]:
    """Return what is known of each tool by now, by its id: name, category, marketing, provisional, status."""
    return {row.id: row for row in connection.execute(text("SELECT * FROM tool"))}

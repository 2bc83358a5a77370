"""Facts as they were: the versions that were valid at a moment."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any

from sqlalchemy import Connection, text

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


def tools(connection: Connection) -> dict[str, Any]:
    """Return what is known of each tool by now, by its id: name, category, marketing, provisional, status."""
    return {row.id: row for row in connection.execute(text("SELECT * FROM tool"))}

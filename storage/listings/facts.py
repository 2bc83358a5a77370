"""Facts: what is known of one tool, and why the rest is not."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

from storage.times import iso

_OF_TOOL = text(
    "SELECT name, value, reason, evidence, seen_at, valid_from FROM fact"
    " WHERE tool_id = :tool AND valid_to IS NULL ORDER BY name"
)


def facts(connection: Connection, tool: str) -> list[dict[str, Any]]:
    """Return the facts in force about a tool by name: fact, value, reason (where unknown), evidence, seen_at, since.

    A value is as JSON has it: money in millionths, a day as text, a list as a list; None where it is unknown.
    """
    return [
        {
            "fact": name,
            "value": None if value is None else json.loads(value),
            "reason": reason,
            "evidence": [] if evidence == "[]" else json.loads(evidence),
            "seen_at": iso(seen_at),
            "since": iso(valid_from),
        }
        for name, value, reason, evidence, seen_at, valid_from in connection.execute(_OF_TOOL, {"tool": tool}).all()
    ]

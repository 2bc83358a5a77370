"""What the gate's measures are counted from: cases, what happened to them, decisions on tools, requests, states."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

_CASES = """
    SELECT id, kind, tool_id, state, stage, waiting_for, opened_at, due_at, closed_at, stage_at, reopens
    FROM review_case ORDER BY id"""
_EVENTS = "SELECT case_id, at, by, kind, detail FROM case_event ORDER BY at, id"
_REQUESTS = "SELECT case_id, tool_id, at FROM request ORDER BY at, id"
_STATES = "SELECT digest, body FROM material_state"


def cases(connection: Connection) -> list[dict[str, Any]]:
    """Return all cases in order: id, kind, tool_id, state, stage, waiting_for, opened_at, due_at, closed_at, ..."""
    return [dict(row._mapping) for row in connection.execute(text(_CASES))]


def events(connection: Connection) -> list[dict[str, Any]]:
    """Return what happened to cases in the order of time: case_id, at, by, kind, detail (dict)."""
    rows = connection.execute(text(_EVENTS))
    return [dict(row._mapping) | {"detail": json.loads(row.detail)} for row in rows]


def requests(connection: Connection) -> list[dict[str, Any]]:
    """Return all requests in the order of time: case_id, tool_id, at."""
    return [dict(row._mapping) for row in connection.execute(text(_REQUESTS))]


def bands(connection: Connection) -> dict[str, tuple[str, str]]:
    """Return digest of a state that was decided on -> its bands of technology and customer risk."""
    found = {row.digest: json.loads(row.body) for row in connection.execute(text(_STATES))}
    return {digest: (body["technology"], body["customer"]) for digest, body in found.items()}


def tools_of_cases(connection: Connection) -> dict[int, str]:
    """Return case -> the tool that it is about."""
    return {row.id: row.tool_id for row in connection.execute(text("SELECT id, tool_id FROM review_case"))}

"""Schedules: what last ran for each, and what it read."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, text

from model.stream import Status
from storage.due import latest
from storage.times import iso, to_ms

_ORDER = [status.value for status in Status]


def last_run(connection: Connection, schedule: str, source: str) -> dict[str, Any]:
    """Return what last ran for a schedule, with how much of the source it read; all None where nothing ran."""
    found = latest(connection, schedule, ran=True)
    if found is None:
        return dict.fromkeys(("due_at", "started_at", "ended_at", "outcome", "coverage", "run", "reason"))
    return {
        "due_at": iso(to_ms(found.due_at)),
        "started_at": iso(to_ms(found.taken_at)),
        "ended_at": None if found.ended_at is None else iso(to_ms(found.ended_at)),
        "outcome": found.state,
        "coverage": None if found.run_id is None else _worst(connection, found.run_id, source),
        "run": found.run_id,
        "reason": found.reason,
    }


def _worst(connection: Connection, run_id: int, source: str) -> str | None:
    rows = connection.execute(
        text(
            "SELECT DISTINCT c.status FROM coverage c JOIN stream st ON st.id = c.stream_id"
            " JOIN source s ON s.id = st.source_id WHERE c.run_id = :run AND s.name = :source"
        ),
        {"run": run_id, "source": source},
    )
    return max(rows.scalars(), key=_ORDER.index, default=None)

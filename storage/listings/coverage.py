"""Coverage: what the last run of each stream really read, and what it could not."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection

from storage.recalled import once_a_read
from storage.statements import statement
from storage.times import iso

_FIELDS = (
    "s.name AS source, st.name AS stream, c.status, c.window_start, c.window_end, c.read, c.stored, c.quarantined,"
    " c.gap, c.reason, c.remedy, c.run_id AS run, r.started_at"
)
_JOINED = (
    " JOIN stream st ON st.id = c.stream_id JOIN source s ON s.id = st.source_id JOIN run r ON r.id = c.run_id"
    " ORDER BY s.name, st.name, c.run_id DESC"
)
#: Asked of each stream: runs are many.
_LAST = (
    " FROM (SELECT n.id AS stream_id, (SELECT max(x.run_id) FROM coverage x WHERE x.stream_id = n.id) AS run_id"
    " FROM stream n) last JOIN coverage c ON c.run_id = last.run_id AND c.stream_id = last.stream_id"
)


@once_a_read
def coverage(connection: Connection, *, every_run: bool = False) -> list[dict[str, Any]]:
    """Return one row a stream, of the last run that read it; `every_run`: one row a run and stream, latest first."""
    chosen = " FROM coverage c" if every_run else _LAST
    rows = connection.execute(statement(f"SELECT {_FIELDS}{chosen}{_JOINED}"))
    return [_row(row) for row in rows]


def _row(row: Any) -> dict[str, Any]:
    times = {name: iso(getattr(row, name)) for name in ("window_start", "window_end", "started_at")}
    return dict(row._mapping) | times


def quarantined(connection: Connection, source: str, stream: str, limit: int = 50) -> list[dict[str, Any]]:
    """Return where records of a stream could not be read in its last run: file, number, reason."""
    rows = connection.execute(
        statement(
            "SELECT q.file, q.number, q.reason FROM quarantine q JOIN stream st ON st.id = q.stream_id"
            " JOIN source s ON s.id = st.source_id WHERE s.name = :source AND st.name = :stream"
            " AND q.run_id = (SELECT max(run_id) FROM coverage WHERE stream_id = st.id) ORDER BY q.id LIMIT :limit"
        ),
        {"source": source, "stream": stream, "limit": limit},
    )
    return [dict(row._mapping) for row in rows]


def read_by(connection: Connection) -> dict[tuple[str, str], tuple[str, str | None]]:
    """Return (source, stream) -> the command of the run that read it last, and of which system it was read."""
    rows = connection.execute(
        statement(
            "SELECT s.name AS source, st.name AS stream, st.system, r.command FROM stream st"
            " JOIN source s ON s.id = st.source_id JOIN run r ON r.id ="
            " (SELECT max(c.run_id) FROM coverage c WHERE c.stream_id = st.id)"
        )
    )
    return {(row.source, row.stream): (row.command, row.system) for row in rows}

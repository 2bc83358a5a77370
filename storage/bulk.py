"""Many rows at once: sorted upserts into SQLite, COPY and ON CONFLICT on PostgreSQL."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from operator import itemgetter, lt
from typing import Any, cast

from sqlalchemy import Connection, Integer, Table

Row = Sequence[Any]
#: Bound values of one statement: every SQLite takes 999.
_MARKS = 500


def upsert(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> int:
    """Insert rows, or update those of the same primary key where any other column differs.

    `rows` hold values in the order of `columns` and are best sorted by the key; keys must not repeat within one call.
    Returns how many rows were written: those that were equal are neither written nor counted. A list of rows whose keys
    lie where the table holds nothing is written faster on PostgreSQL than the same rows one by one.
    """
    keys = [c.name for c in table.primary_key.columns]
    rest = [c for c in columns if c not in keys]
    name, listed = _quoted(table.name), ", ".join(map(_quoted, columns))
    conflict = f"ON CONFLICT ({', '.join(map(_quoted, keys))}) DO " + _update(name, rest, connection.dialect.name)
    if connection.dialect.name == "sqlite":
        return _insert(connection, f"INSERT INTO {name} ({listed}) VALUES {{}} {conflict}", len(columns), rows)
    if isinstance(rows, list) and _is_free(connection, table, keys, [columns.index(k) for k in keys], rows):
        _copy(connection, f"{name} ({listed})", rows)
        return len(rows)
    stage(connection, "ostiary_stage", table, columns, rows)
    order = ", ".join(map(_quoted, keys))
    done = _driver(connection).execute(
        f"INSERT INTO {name} ({listed}) SELECT {listed} FROM ostiary_stage ORDER BY {order} {conflict}"
    )
    return int(done.rowcount)


def insert(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Insert rows whose keys the table gives itself; `rows` hold values in the order of `columns`."""
    name, listed = _quoted(table.name), ", ".join(map(_quoted, columns))
    if connection.dialect.name == "sqlite":
        _insert(connection, f"INSERT INTO {name} ({listed}) VALUES {{}}", len(columns), rows)
        return
    _copy(connection, f"{name} ({listed})", rows)


def stage(connection: Connection, name: str, like: Table, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Fill a temporary table `name` with rows; `columns` have the types they have in `like`."""
    driver = _driver(connection)
    kinds = ", ".join(f"{_quoted(c)} {like.c[c].type.compile(connection.dialect)}" for c in columns)
    driver.execute(f"DROP TABLE IF EXISTS {name}")
    driver.execute(f"CREATE TEMPORARY TABLE {name} ({kinds})")
    if connection.dialect.name == "sqlite":
        _insert(connection, f"INSERT INTO {name} VALUES {{}}", len(columns), rows)
        return
    _copy(connection, name, rows)


def _copy(connection: Connection, target: str, rows: Iterable[Row]) -> None:
    with _driver(connection).copy(f"COPY {target} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def _is_free(connection: Connection, table: Table, keys: Sequence[str], at: Sequence[int], rows: Sequence[Row]) -> bool:
    """Whether no row lies between the first and the last of these keys, so that nothing can be there to update.

    Only numbers sort alike here and in the database.
    """
    if not rows or not all(isinstance(column.type, Integer) for column in table.primary_key.columns):
        return False
    if list(at) == list(range(len(at))):  # rows begin with their key, and no two have the same: they compare as keys do
        alike = cast("list[tuple[Any, ...]]", rows)
        in_order = all(map(lt, alike, islice(alike, 1, None)))
        first, last = (alike[0], alike[-1]) if in_order else (min(alike), max(alike))
        ends = [list(first[: len(at)]), list(last[: len(at)])]
    else:
        key = itemgetter(*at)
        ends = [[value] if len(at) == 1 else list(value) for value in (min(map(key, rows)), max(map(key, rows)))]
    listed, marks = ", ".join(map(_quoted, keys)), ", ".join(["%s"] * len(keys))
    between = f"({listed}) >= ({marks}) AND ({listed}) <= ({marks})"
    # In order, so that the index is asked: without statistics the whole table would be read.
    sql = f"SELECT 1 FROM {_quoted(table.name)} WHERE {between} ORDER BY {listed} LIMIT 1"
    found = _driver(connection).execute(sql, ends[0] + ends[1])
    return found.fetchone() is None


def _insert(connection: Connection, sql: str, width: int, rows: Iterable[Row]) -> int:
    """Run an SQLite statement whose `{}` stands for the values, many rows at a time; return how many it wrote.

    What a statement costs beside its rows is shared by them: four rows in five seconds become seven.
    """
    at_once = max(1, _MARKS // width)
    one, waiting, driver = f"({', '.join('?' * width)})", iter(rows), _driver(connection)
    last: list[Row] = []

    def groups() -> Iterator[Row]:
        while len(group := list(islice(waiting, at_once))) == at_once:
            yield list(chain.from_iterable(group))
        last.extend(group)

    written = driver.executemany(sql.format(", ".join([one] * at_once)), groups()).rowcount
    return int(max(written, 0) + max(driver.executemany(sql.format(one), last).rowcount, 0))


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

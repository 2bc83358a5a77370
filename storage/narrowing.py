"""Asking of some things (tools, actors), or of all of them, by one statement."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import Connection, CursorResult

from storage.statements import statement, statement_of_some

#: So many are named in one statement: every database takes them.
_MOST = 500
#: So many rows are fetched at once.
_PORTION = 1_000


def unindexed(column: str, wanted: object) -> str:
    """Return a column (a text) by which no index is sought where few keys are wanted: those of the keys lead to less.

    SQLite knows no counts, and of two indexes it takes the one of which more columns are named.
    """
    return column if wanted is None else f"coalesce({column}, '')"


def of_some(
    connection: Connection, sql: str, column: str, wanted: Collection[str] | Collection[int] | None, **bound: Any
) -> Iterator[Any]:
    """Yield the rows of a statement whose `{of_some}` leaves those where a column is one of some keys; None: all rows.

    It stands behind a condition, and in its place stands ` AND column IN (...)`, or nothing. A text is one key. Rows
    come in the order of the statement; of more keys than one statement takes, portion after portion.
    """
    if wanted is None:
        yield from _rows(connection.execute(statement(sql.format(of_some="")), bound))
        return
    some = statement_of_some(sql.format(of_some=f" AND {column} IN :of_some"))
    keys = [wanted] if isinstance(wanted, str) else sorted(wanted)
    for at in range(0, len(keys), _MOST):
        yield from _rows(connection.execute(some, bound | {"of_some": keys[at : at + _MOST]}))


def _rows(found: CursorResult[Any]) -> Iterator[Any]:
    """Yield rows, fetched many at a time: one by one takes twice as long."""
    for portion in found.partitions(_PORTION):
        yield from portion

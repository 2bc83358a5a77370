"""Lists: filtered, sorted and paged on the server, all of it in the address."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import Any

from fastapi.responses import Response

from reports import machine
from web.here import Here

#: So many rows a page has.
ROWS = 50
Row = Mapping[str, Any]
Key = Callable[[Row], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """One page of a list. `first` and `last` count from 1; `known` is how many there are without any filter."""

    rows: Sequence[Row]
    total: int
    known: int
    number: int
    sort: str | None
    noun: str
    formats: tuple[str, ...] = ()

    @property
    def first(self) -> int:
        """The number of the first row."""
        return (self.number - 1) * ROWS + 1 if self.total else 0

    @property
    def last(self) -> int:
        """The number of the last row."""
        return min(self.number * ROWS, self.total)


def page_of(
    here: Here,
    rows: Sequence[Row],
    *,
    noun: str,
    known: int | None = None,
    sorts: Mapping[str, Key] | None = None,
    formats: tuple[str, ...] = ("csv", "json"),
) -> Page:
    """Return the page of `rows` that the query asks for, by `sort` and `page`; what it cannot be is passed over.

    A key of `sorts` gives None for what is not known: such rows come last either way. Equal rows keep their order.
    """
    query = here.request.query_params
    sort = query.get("sort", "")
    key = (sorts or {}).get(sort.removeprefix("-"))
    if key is not None:
        rows = ordered(rows, key, down=sort.startswith("-"))
    pages = max(1, -(-len(rows) // ROWS))
    given = query.get("page", "1")
    number = min(max(int(given), 1), pages) if given.isdecimal() and len(given) < 8 else 1
    return Page(
        rows=rows[(number - 1) * ROWS : number * ROWS],
        total=len(rows),
        known=len(rows) if known is None else known,
        number=number,
        sort=sort if key is not None else None,
        noun=noun,
        formats=formats,
    )


def ordered(rows: Sequence[Row], key: Key, *, down: bool) -> list[Row]:
    """Return rows sorted by a key, those without one last."""
    keyed = [(key(row), row) for row in rows]
    found = sorted((pair for pair in keyed if pair[0] is not None), key=lambda pair: pair[0], reverse=down)
    return [row for _, row in found] + [row for value, row in keyed if value is None]


def exported(here: Here, rows: Sequence[Row], fields: Sequence[str], name: str) -> Response | None:
    """Return all rows as a file where the query asks for one (`format`), else None."""
    form = here.request.query_params.get("format")
    if form not in {"csv", "json", "jsonl"}:
        return None
    text = StringIO()
    # JSON has what a row has: nothing beyond the named fields leaves by a file.
    machine.write(form, ({name: row.get(name) for name in fields} for row in rows), fields, text)
    kinds = {"csv": "text/csv; charset=utf-8", "json": "application/json", "jsonl": "application/x-ndjson"}
    headers = {"content-disposition": f'attachment; filename="{name}.{form}"'}
    return Response(text.getvalue(), media_type=kinds[form], headers=headers)

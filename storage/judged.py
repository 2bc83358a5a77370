"""Facts, findings and cases in the store: only what differs is written, and versions are kept.

All is written for some tools at a time, so that no transaction is long: rows of other tools stay as they are.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, bindparam, delete, func, insert, select, text, tuple_, update

from storage import may_apply
from storage.narrowing import of_some
from storage.recalled import once_a_read
from storage.tables import metadata

_FACT, _FINDING, _CASE, _MARK = (metadata.tables[n] for n in ("fact", "finding", "review_case", "judged_mark"))
_TOOL = metadata.tables["tool"]
_KEYS = {"fact": ("tool_id", "name"), "finding": ("policy", "tool_id")}
_STANDING = (
    *("verdict", "state", "violated_once", "queued", "watched", "evaluated", "severity", "customer_severity"),
    "waived_until",
)


def judged_tools(connection: Connection) -> set[str]:
    """Return the tools that facts or findings in force speak of."""
    of_facts = select(_FACT.c.tool_id).where(_FACT.c.valid_to.is_(None)).distinct()
    of_findings = select(_FINDING.c.tool_id).where(_FINDING.c.valid_to.is_(None)).distinct()
    return {*connection.scalars(of_facts), *connection.scalars(of_findings)}


def write_facts(
    connection: Connection, tools: Collection[str], rows: Iterable[Mapping[str, Any]], now: int, *, anew: bool = False
) -> int:
    """Make the facts in force of some tools equal to `rows`; return how many became other ones.

    A row has tool_id, name, value or reason, evidence, seen_at. A fact whose value and reason are the same is no new
    version, whatever its evidence. `anew` derives what is in force once more: no version begins or ends.
    """
    return _write(connection, _FACT, tools, rows, now, told_apart=("value", "reason"), anew=anew)


def write_findings(
    connection: Connection,
    tools: Collection[str],
    rows: Iterable[Mapping[str, Any]],
    now: int,
    policies: Collection[str] | None = None,
) -> int:
    """Make the findings in force of some tools equal to `rows`; return how many became other ones.

    With `policies` only the findings of these: those of others stay as they are.
    What moves in a message or in what was read is written in place: it makes no version.
    """
    held: list[Mapping[str, Any]] = []
    open_: list[Mapping[str, Any]] = []
    for row in rows:
        (open_ if may_apply.is_one(row) else held).append(row)
    may_apply.write(connection, tools, open_, policies)
    return _write(connection, _FINDING, tools, held, now, told_apart=_STANDING, anew=False, policies=policies)


_Key = tuple[Any, ...]
_Values = tuple[Any, ...]


def _write(
    connection: Connection,
    table: Table,
    tools: Collection[str],
    rows: Iterable[Mapping[str, Any]],
    now: int,
    *,
    told_apart: Sequence[str],
    anew: bool,
    policies: Collection[str] | None = None,
) -> int:
    key, names = _KEYS[table.name], _value_names(table)
    current = _in_force(connection, table, tools, policies)
    wanted = {(row[key[0]], row[key[1]]): tuple([row.get(name) for name in names]) for row in rows}
    telling = [names.index(name) for name in told_apart]
    fresh = [k for k in wanted if k not in current]
    gone = [k for k in current if k not in wanted]
    moved = [k for k, values in wanted.items() if k in current and current[k] != values]
    other = [k for k in moved if any(current[k][at] != wanted[k][at] for at in telling)]
    begins = dict.fromkeys(fresh, now)
    if anew:
        begins |= _last_ends(connection, table, tools, fresh)
        _delete(connection, table, gone)
    else:
        _end(connection, table, [*other, *gone], now)
        begins |= dict.fromkeys(other, now)
    _write_in_place(connection, table, {k: wanted[k] for k in moved if k not in begins})
    if begins:
        made = [_row(table, k, wanted[k]) | {"valid_from": begins[k], "valid_to": None} for k in sorted(begins)]
        connection.execute(insert(table), made)
    return len(other) + len(fresh) + len(gone)


def _value_names(table: Table) -> list[str]:
    """Return the columns that are said of a key."""
    return [c.name for c in table.c if c.name not in {*_KEYS[table.name], "valid_from", "valid_to"}]


def _row(table: Table, key: _Key, values: _Values) -> dict[str, Any]:
    return dict(zip((*_KEYS[table.name], *_value_names(table)), (*key, *values), strict=True))


def _in_force(
    connection: Connection, table: Table, tools: Collection[str], policies: Collection[str] | None = None
) -> dict[_Key, _Values]:
    """Return key -> values of what is in force of some tools."""
    columns = [table.c[name] for name in (*_KEYS[table.name], *_value_names(table))]
    where = table.c.valid_to.is_(None) & table.c.tool_id.in_(list(tools))
    if policies is not None:
        where &= table.c.policy.in_(list(policies))
    found = connection.execute(select(*columns).where(where))
    return {(row[0], row[1]): tuple(row[2:]) for row in found}


def _last_ends(
    connection: Connection, table: Table, tools: Collection[str], fresh: Collection[_Key]
) -> dict[_Key, int]:
    """Return where the history of some rows ends: what is made anew begins there."""
    columns = [table.c[name] for name in _KEYS[table.name]]
    where = table.c.valid_to.is_not(None) & table.c.tool_id.in_(list(tools))
    ends = connection.execute(select(*columns, func.max(table.c.valid_to)).where(where).group_by(*columns))
    wanted = {*fresh}
    return {(row[0], row[1]): row[2] for row in ends if (row[0], row[1]) in wanted}


def _delete(connection: Connection, table: Table, gone: Sequence[_Key]) -> None:
    if gone:
        columns = tuple_(*(table.c[name] for name in _KEYS[table.name]))
        for at in range(0, len(gone), 300):
            where = table.c.valid_to.is_(None) & columns.in_(gone[at : at + 300])
            connection.execute(delete(table).where(where))


def _end(connection: Connection, table: Table, ended: Sequence[_Key], now: int) -> None:
    """End versions; one that began in this very moment is replaced whole."""
    first, second = _KEYS[table.name]
    bound = [{"a": a, "b": b, "now": now} for a, b in ended]
    if bound:
        where = f"{first} = :a AND {second} = :b AND valid_to IS NULL"
        connection.execute(text(f"DELETE FROM {table.name} WHERE {where} AND valid_from >= :now"), bound)
        connection.execute(text(f"UPDATE {table.name} SET valid_to = :now WHERE {where}"), bound)


def _write_in_place(connection: Connection, table: Table, rows: Mapping[_Key, _Values]) -> None:
    if rows:
        first, second = _KEYS[table.name]
        where = (table.c[first] == bindparam("key_a")) & (table.c[second] == bindparam("key_b"))
        names = _value_names(table)
        kept: dict[str, Any] = {name: bindparam(f"new_{name}") for name in names}
        new = [f"new_{name}" for name in names]
        bound = [dict(zip(("key_a", "key_b", *new), (*k, *values), strict=True)) for k, values in rows.items()]
        connection.execute(update(table).where(where & table.c.valid_to.is_(None)).values(kept), bound)


# --- findings --------------------------------------------------------------------------------------------------------


@once_a_read
def findings(
    connection: Connection, tools: Collection[str], policies: Collection[str] | None = None
) -> dict[str, list[dict[str, Any]]]:
    """Return the findings in force of some tools, by tool; `reading` and `missing` decoded; of some policies or all."""
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for key, values in _in_force(connection, _FINDING, tools, policies).items():
        row = _row(_FINDING, key, values)
        decoded = {"reading": json.loads(row["reading"]), "missing": json.loads(row["missing"] or "[]")}
        found[row["tool_id"]].append(row | decoded)
    for tool, rows in may_apply.findings(connection, tools, policies).items():
        found[tool].extend(rows)
    return dict(found)


def marks(connection: Connection) -> dict[str, str]:
    """Return tool id -> the mark of what its findings in force were judged by."""
    return {row.tool_id: row.mark for row in connection.execute(select(_MARK))}


def keep_marks(connection: Connection, found: Mapping[str, str | None]) -> None:
    """Keep the marks of some tools in the place of those they had; None keeps none."""
    had = select(_MARK).where(_MARK.c.tool_id.in_(list(found)))
    known = {row.tool_id: row.mark for row in connection.execute(had)}
    other = {tool: mark for tool, mark in found.items() if known.get(tool) != mark}
    if other:
        connection.execute(delete(_MARK).where(_MARK.c.tool_id.in_(list(other))))
        rows = [{"tool_id": tool, "mark": mark} for tool, mark in other.items() if mark is not None]
        if rows:
            connection.execute(insert(_MARK), rows)


def attributes(connection: Connection, tool: str) -> dict[str, bool | str | None] | None:
    """Return what the record of a tool says of itself, by the names of policies; None where there is no such tool."""
    row = connection.execute(select(_TOOL).where(_TOOL.c.id == tool)).one_or_none()
    if row is None:
        return None
    return {
        "tool.name": row.name,
        "tool.category": row.category or "",
        "tool.marketing": None if row.marketing is None else bool(row.marketing),
        "tool.status": row.status,
        "tool.provisional": bool(row.provisional),
    }


# --- cases -----------------------------------------------------------------------------------------------------------


def open_cases(connection: Connection) -> set[str]:
    """Return the tools that have an open case."""
    return set(connection.scalars(select(_CASE.c.tool_id).where(_CASE.c.state == "open")))


def open_case(connection: Connection, row: Mapping[str, Any]) -> int:
    """Open a case (kind, tool_id, opened_at, opened_by_run, due_at, why) and return its number."""
    values = dict(row) | {"state": "open", "stage": "new", "waiting_for": "security"}
    key = connection.execute(insert(_CASE).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def untouched_cases(connection: Connection, why: str) -> set[str]:
    """Return the tools whose open case has this reason, and that nobody has taken up yet."""
    where = (_CASE.c.state == "open") & (_CASE.c.stage == "new") & _CASE.c.assignee.is_(None) & (_CASE.c.why == why)
    return set(connection.scalars(select(_CASE.c.tool_id).where(where)))


def word_case(connection: Connection, tool: str, why: str) -> None:
    """Give the open case of a tool another reason."""
    where = (_CASE.c.state == "open") & (_CASE.c.tool_id == tool)
    connection.execute(update(_CASE).where(where).values(why=why))


def close_cases(connection: Connection, tools: Iterable[str], now: int, *, stage: str = "decided") -> int:
    """Close the open cases of some tools, `stage` saying why (decided, gone, not_marketing); return how many."""
    closed = 0
    wanted = sorted({*tools} & open_cases(connection))
    for at in range(0, len(wanted), 500):
        where = (_CASE.c.state == "open") & _CASE.c.tool_id.in_(wanted[at : at + 500])
        values = {"state": "closed", "stage": stage, "waiting_for": None, "closed_at": now}
        closed += int(connection.execute(update(_CASE).where(where).values(values)).rowcount)
    return closed


# --- shares ----------------------------------------------------------------------------------------------------------

#: The facts that listings of tools show.
SHOWN = ("people.marketing", "people.marketing_share", "spend.marketing_share")


_SHOWN = f"SELECT tool_id, name, value FROM fact WHERE valid_to IS NULL AND name IN {SHOWN!r}{{of_some}}"


def shown_facts(connection: Connection, wanted: Collection[str] | None = None) -> dict[str, dict[str, Any]]:
    """Return tool -> fact -> value (None where unknown) of `SHOWN`, as derived last, of some tools or of all."""
    found: dict[str, dict[str, Any]] = defaultdict(dict)
    for tool, name, value in of_some(connection, _SHOWN, "tool_id", wanted):
        found[tool][name] = None if value is None else json.loads(value)
    return dict(found)

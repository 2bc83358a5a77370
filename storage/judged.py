"""Facts, findings and cases in the store: only what differs is written, and versions are kept."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text, tuple_, update

from storage.tables import metadata

_FACT, _FINDING, _CASE = (metadata.tables[name] for name in ("fact", "finding", "review_case"))
_CHUNK = 300


def write_facts(connection: Connection, rows: Iterable[Mapping[str, Any]], now: int) -> int:
    """Make the facts in force equal to `rows` (tool_id, name, value or reason, evidence, seen_at); return what changed.

    A fact whose value and reason are the same is no new version, whatever its evidence.
    """
    return _write(connection, _FACT, ("tool_id", "name"), rows, now, told_apart=("value", "reason"))


_STANDING = ("verdict", "state", "violated_once", "queued", "watched", "severity", "customer_severity")


def write_findings(connection: Connection, rows: Iterable[Mapping[str, Any]], now: int) -> int:
    """Make the findings in force equal to `rows`; return how many became other ones. Texts are brought up to date."""
    return _write(connection, _FINDING, ("policy", "tool_id"), rows, now, told_apart=_STANDING)


def _write(
    connection: Connection,
    table: Table,
    key: tuple[str, str],
    rows: Iterable[Mapping[str, Any]],
    now: int,
    *,
    told_apart: Sequence[str],
) -> int:
    in_force = select(table).where(table.c.valid_to.is_(None))
    current = {tuple(row._mapping[k] for k in key): row._mapping for row in connection.execute(in_force)}  # noqa: SLF001
    wanted = {tuple(row[k] for k in key): row for row in rows}
    fresh = [k for k in wanted if k not in current or _differs(current[k], wanted[k], told_apart)]
    ended = [k for k in current if k not in wanted or k in set(fresh)]
    touched = [k for k in wanted if k in current and k not in set(fresh) and _differs(current[k], wanted[k], wanted[k])]
    _end(connection, table, key, ended, now)
    if fresh:
        connection.execute(
            insert(table), [dict(wanted[k]) | {"valid_from": now, "valid_to": None} for k in sorted(fresh)]
        )
    for k in touched:
        where = tuple_(*(table.c[name] for name in key)) == tuple_(*k)
        connection.execute(update(table).where(where & table.c.valid_to.is_(None)).values(dict(wanted[k])))
    return len(set(ended) | set(fresh))


def _differs(old: Mapping[str, Any], new: Mapping[str, Any], names: Iterable[str]) -> bool:
    return any(old[name] != new[name] for name in names)


def _end(
    connection: Connection, table: Table, key: tuple[str, str], ended: Sequence[tuple[Any, ...]], now: int
) -> None:
    """End versions; one that began in this very moment is replaced whole."""
    first, second = key
    bound = [{"a": a, "b": b, "now": now} for a, b in ended]
    if bound:
        where = f"{first} = :a AND {second} = :b AND valid_to IS NULL"
        connection.execute(text(f"DELETE FROM {table.name} WHERE {where} AND valid_from >= :now"), bound)
        connection.execute(text(f"UPDATE {table.name} SET valid_to = :now WHERE {where}"), bound)


def findings(connection: Connection) -> list[dict[str, Any]]:
    """Return the findings in force, `reading` decoded."""
    rows = connection.execute(select(_FINDING).where(_FINDING.c.valid_to.is_(None)))
    return [dict(row._mapping) | {"reading": json.loads(row.reading)} for row in rows]  # noqa: SLF001


def open_cases(connection: Connection) -> set[str]:
    """Return the tools that have an open case."""
    return set(connection.scalars(select(_CASE.c.tool_id).where(_CASE.c.state == "open")))


def open_case(connection: Connection, row: Mapping[str, Any]) -> int:
    """Open a case (kind, tool_id, opened_at, opened_by_run, due_at, why) and return its number."""
    values = dict(row) | {"state": "open", "stage": "new", "waiting_for": "security"}
    key = connection.execute(insert(_CASE).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def close_cases(connection: Connection, tools: Iterable[str], now: int) -> int:
    """Close the open cases of tools that were decided; return how many."""
    where = (_CASE.c.state == "open") & _CASE.c.tool_id.in_(list(tools))
    return int(
        connection.execute(
            update(_CASE).where(where).values(state="closed", stage="decided", waiting_for=None, closed_at=now)
        ).rowcount
    )

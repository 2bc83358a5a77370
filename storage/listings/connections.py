"""Connections: which tool holds what right on which system, the gravest first."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping
from typing import Any

from sqlalchemy import Connection

from model.systems import SYSTEMS
from storage.listings.cases import owners
from storage.narrowing import of_some
from storage.times import iso

_PEOPLE = """
    SELECT p.person_id, max(coalesce(a.address, a.name, a.native_id)) AS address FROM actor_person p
    JOIN actor a ON a.id = p.actor_id WHERE p.valid_to IS NULL{of_some} GROUP BY p.person_id"""
_NAMES = "SELECT id, name FROM tool WHERE 1 = 1{of_some}"
#: Of so many tools their own rows are asked for; of more, all.
_FEW = 500
_GRAVITY = ("critical", "high", "unrated", "medium", "low")
UNKNOWN = "unknown"

_Row = dict[str, Any]


def connections(
    connection: Connection, stored: Iterable[Mapping[str, Any]] | None = None, *, named: bool = True
) -> list[_Row]:
    """Return all connections with the contract's fields, and: reach, limit, orphaned, over_broad, sources.

    System and right are None where the scope is in no table. `granted_by` names every person, and is empty where the
    grant is everybody's. `owner` is the business's, else the technical one. `stored` are rows as the store has them, of
    another moment; those of the last run stand where none are given. Unless `named`, persons are `person N`.
    """
    found = [*(_stored(connection) if stored is None else stored)]
    tools = {row["tool_id"] for row in found}
    wanted = tools if len(tools) <= _FEW else None
    names = {row.id: row.name for row in of_some(connection, _NAMES, "id", wanted)}
    people = _people(connection, found, wanted=wanted) if named else {}
    declared = owners(connection, wanted)
    return sorted((_row(row, names, people, declared) for row in found), key=_order)


def _order(row: _Row) -> tuple[object, ...]:
    gravity, system = _GRAVITY.index(row["scope_class"]), row["system"] or UNKNOWN
    place = SYSTEMS.index(system) if system in SYSTEMS else len(SYSTEMS)
    return gravity, row["tool"].casefold(), row["tool_id"], place, system, row["right"] or ""


def of_tool(
    connection: Connection, tool: str, stored: Iterable[Mapping[str, Any]] | None = None, *, named: bool = True
) -> list[_Row]:
    """Return the connections of a tool as `connections` does, with meanings and grants.

    `rated` is a list of {scope, class, meaning, limit}; `grants` holds the newest 50 grants: evidence, person (address
    or None), since, last_used, stale, left, consent.
    """
    kept = _stored(connection, tool) if stored is None else [row for row in stored if row["tool_id"] == tool]
    people = _people(connection, kept, wanted={tool}) if named else {}
    more = {
        (row["system"], row["held"]): {
            "rated": json.loads(row["scopes"]),
            "grants": [_grant(grant, people) for grant in json.loads(row["grants"])],
        }
        for row in kept
    }
    return [
        row | more[row["system"] or UNKNOWN, row["right"] or UNKNOWN]
        for row in connections(connection, stored=kept, named=named)
    ]


def _stored(connection: Connection, tool: str | None = None) -> list[Mapping[str, Any]]:
    wanted = None if tool is None else [tool]
    sql = "SELECT * FROM connection WHERE 1 = 1{of_some} ORDER BY tool_id, system, held"
    return [dict(row._mapping) for row in of_some(connection, sql, "tool_id", wanted)]


def _people(
    connection: Connection, rows: Iterable[Mapping[str, Any]], *, wanted: Collection[str] | None
) -> dict[int, str]:
    """Return person -> address: of all, or where few tools are `wanted`, of those who gave them something."""
    some = None if wanted is None else _numbers(rows)
    return {row.person_id: row.address for row in of_some(connection, _PEOPLE, "p.person_id", some)}


def _numbers(rows: Iterable[Mapping[str, Any]]) -> set[int]:
    given: set[int] = set()
    for row in rows:
        given.update(json.loads(row["people"]))
        given.update(grant["person"] for grant in json.loads(row["grants"]) if grant["person"] is not None)
    return given


def _row(
    row: Mapping[str, Any],
    names: Mapping[str, str],
    people: Mapping[int, str],
    declared: Mapping[tuple[str, str], str],
) -> _Row:
    tool = row["tool_id"]
    return {
        "tool_id": tool,
        "tool": names.get(tool, tool),
        "system": _known(row["system"]),
        "right": _known(row["held"]),
        "scopes": [scope["scope"] for scope in json.loads(row["scopes"])],
        "scope_class": row["scope_class"],
        "consent": row["consent"],
        "granted_by": sorted(people.get(number, f"person {number}") for number in json.loads(row["people"])),
        "owner": declared.get((tool, "business")) or declared.get((tool, "technical")),
        "first_seen": iso(row["first_seen"]),
        "last_used": iso(row["last_used"]),
        "stale": _truth(row["stale"]),
        "orphaned": _truth(row["orphaned"]),
        "over_broad": _truth(row["over_broad"]),
        "reach": row["reach"],
        "limit": row["held_to"],
        "sources": json.loads(row["sources"]),
    }


def _grant(grant: Mapping[str, Any], people: Mapping[int, str]) -> _Row:
    person = grant["person"]
    return {
        **grant,
        "person": None if person is None else people.get(person, f"person {person}"),
        "since": iso(grant["since"]),
        "last_used": iso(grant["last_used"]),
    }


def _known(value: str) -> str | None:
    return None if value == UNKNOWN else value


def _truth(value: int | None) -> bool | None:
    return None if value is None else bool(value)

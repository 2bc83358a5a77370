"""Connections: which tool holds what right on which system, the gravest first."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from sqlalchemy import Connection, bindparam, text

from model.systems import SYSTEMS
from storage.listings.cases import owners
from storage.times import iso

_PEOPLE = """
    SELECT p.person_id, max(coalesce(a.address, a.name, a.native_id)) AS address FROM actor_person p
    JOIN actor a ON a.id = p.actor_id WHERE p.valid_to IS NULL{those} GROUP BY p.person_id"""
_GRAVITY = ("critical", "high", "unrated", "medium", "low")
UNKNOWN = "unknown"

_Row = dict[str, Any]


def connections(connection: Connection, stored: Iterable[Mapping[str, Any]] | None = None) -> list[_Row]:
    """Return all connections with the contract's fields, and: reach, limit, orphaned, over_broad, sources.

    System and right are None where the scope is in no table. `granted_by` names every person, and is empty where the
    grant is everybody's. `owner` is the business's, else the technical one. `stored` are rows as the store has them, of
    another moment; those of the last run stand where none are given.
    """
    found = _stored(connection) if stored is None else stored
    names = {row.id: row.name for row in connection.execute(text("SELECT id, name FROM tool"))}
    return _told(found, names, _people(connection), owners(connection))


def _told(
    found: Iterable[Mapping[str, Any]],
    names: Mapping[str, str],
    people: Mapping[int, str],
    declared: Mapping[tuple[str, str], str],
) -> list[_Row]:
    return sorted((_row(row, names, people, declared) for row in found), key=_order)


def _order(row: _Row) -> tuple[object, ...]:
    gravity, system = _GRAVITY.index(row["scope_class"]), SYSTEMS.index(row["system"] or UNKNOWN)
    return gravity, row["tool"].casefold(), row["tool_id"], system, row["right"] or ""


def of_tool(connection: Connection, tool: str, stored: Iterable[Mapping[str, Any]] | None = None) -> list[_Row]:
    """Return the connections of a tool as `connections` does, with meanings and grants.

    `rated` is a list of {scope, class, meaning, limit}; `grants` holds the newest 50 grants: evidence, person (address
    or None), since, last_used, stale, left, consent.
    """
    kept = [row for row in (_stored(connection, tool) if stored is None else stored) if row["tool_id"] == tool]
    named = {number for row in kept for number in json.loads(row["people"])}
    named |= {grant["person"] for row in kept for grant in json.loads(row["grants"]) if grant["person"] is not None}
    people = _people(connection, named)
    name = connection.scalar(text("SELECT name FROM tool WHERE id = :tool"), {"tool": tool})
    more = {
        (row["system"], row["held"]): {
            "rated": json.loads(row["scopes"]),
            "grants": [_grant(grant, people) for grant in json.loads(row["grants"])],
        }
        for row in kept
    }
    rows = _told(kept, {tool: name or tool}, people, owners(connection, [tool]))
    return [row | more[row["system"] or UNKNOWN, row["right"] or UNKNOWN] for row in rows]


def _stored(connection: Connection, tool: str | None = None) -> list[Mapping[str, Any]]:
    of_tool, bound = ("", {}) if tool is None else (" WHERE tool_id = :tool", {"tool": tool})
    sql = f"SELECT * FROM connection{of_tool} ORDER BY tool_id, system, held"
    return [dict(row._mapping) for row in connection.execute(text(sql), bound)]


def _people(connection: Connection, numbers: Iterable[int] | None = None) -> dict[int, str]:
    """Return person -> address, of some persons or of all."""
    if numbers is None:
        return {row.person_id: row.address for row in connection.execute(text(_PEOPLE.format(those="")))}
    wanted, found = sorted(numbers), dict[int, str]()
    some = text(_PEOPLE.format(those=" AND p.person_id IN :numbers")).bindparams(bindparam("numbers", expanding=True))
    for at in range(0, len(wanted), 500):
        rows = connection.execute(some, {"numbers": wanted[at : at + 500]})
        found.update((row.person_id, row.address) for row in rows)
    return found


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

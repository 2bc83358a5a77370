"""Puts the areas together: every fact of the vocabulary for every tool, known or unknown with its reason."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from gate import decisions
from model.company import Company
from model.facts import VOCABULARY, Attributes, Facts, Known, Unknown, fits
from scanner.facts import access, grants, people, records, spend
from scanner.facts.world import Person, StreamState, Subject, World
from storage import factbase, figures
from storage.store import Connection
from storage.times import from_ms, to_ms

_AREAS: Sequence[Callable[[Subject, World], dict[str, Known | Unknown]]] = (
    people.derive,
    access.derive,
    grants.derive,
    spend.derive,
    records.derive,
)


def world(
    connection: Connection, company: Company, as_of: int, ruled: Sequence[dict[str, Any]], catalogue: Any
) -> World:
    """Read what facts are derived from. `catalogue` answers `entry(tool_id)` and `ended(tool_id)`."""
    moment = from_ms(as_of)
    subjects = _subjects(connection, as_of, ruled)
    return World(
        company=company,
        as_of=moment,
        streams=[_stream(row) for row in factbase.streams(connection)],
        people=_people(connection),
        subjects=subjects,
        budgets={b: company.is_marketing(b) for b in figures.budgets(connection)},
        catalogued=frozenset(t for t in subjects if catalogue.entry(t) is not None),
        ended=frozenset(t for t in subjects if _ended(catalogue, t, moment)),
    )


def _ended(catalogue: Any, tool: str, moment: datetime) -> bool:
    ended = catalogue.ended(tool)
    return ended is not None and ended <= moment.date()


def _stream(row: Any) -> StreamState:
    return StreamState(
        source=row.source,
        stream=row.stream,
        status=row.status,
        reason=row.reason,
        first_at=row.first_at,
        last_at=row.last_at,
    )


def _people(connection: Connection) -> Mapping[int, Person]:
    found: dict[int, Person] = {}
    for row in factbase.people(connection):
        known = found.get(row["person_id"])
        if known is not None and (known.directory is not None or row["facts"] is None):
            continue
        found[row["person_id"]] = Person(
            number=row["person_id"],
            kind=row["kind"],
            unit=row["unit"],
            marketing=None if row["marketing"] is None else bool(row["marketing"]),
            address=row["address"] or (known.address if known is not None else None),
            directory=row["facts"],
        )
    return found


def _subjects(connection: Connection, as_of: int, ruled: Sequence[dict[str, Any]]) -> dict[str, Subject]:
    found = {
        row.id: Subject(
            id=row.id,
            name=row.name,
            category=row.category,
            marketing=None if row.marketing is None else bool(row.marketing),
            provisional=bool(row.provisional),
            status=row.status,
        )
        for row in factbase.tools(connection)
    }
    year = to_ms(from_ms(as_of) - timedelta(days=365))
    for record in factbase.records(connection, as_of):
        found[record["tool_id"]].records.append(record)
    for row in factbase.use(connection, 0, as_of):
        found[row.tool_id].use.append(row)
    for row in factbase.charges(connection, year, as_of):
        found[row.tool_id].charges.append(row)
    for row in factbase.named_by(connection):
        found[row.tool_id].named_by.add((row.source, row.stream))
    for row in factbase.look_alikes(connection):
        found[row.tool_id].imitates.append(row)
    for decision in decisions.in_force(ruled):
        subject = found.get(decision["object"].removeprefix("tool:"))
        if subject is not None and decision["kind"] == "status":
            subject.decisions.append(decision)
    return found


def facts(subject: Subject, found: World) -> Facts:
    """Return every fact of the vocabulary: what no area derives is unknown. Raises ValueError for a value that cannot be."""
    derived: dict[str, Known | Unknown] = {}
    for area in _AREAS:
        derived |= area(subject, found)
    for name, fact in derived.items():
        if name not in VOCABULARY or (isinstance(fact, Known) and not fits(VOCABULARY[name], fact.value)):
            raise ValueError(f"{name}: the vocabulary has no such fact, or not such a value")
    return {name: derived.get(name, Unknown("no source at hand gives it")) for name in VOCABULARY}


def attributes(subject: Subject) -> Attributes:
    """Return what the tool's own record says of itself."""
    return {
        "tool.name": subject.name,
        "tool.category": subject.category or "",
        "tool.marketing": subject.marketing,
        "tool.status": subject.status,
        "tool.provisional": subject.provisional,
    }

"""Reads the world from the store: everything that facts are derived from."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from gate import decisions
from model.company import Company
from model.match import Entry, SaidBy
from model.signal import SignalKind
from scanner.corrections import today
from scanner.facts.directory import Person, has_left
from scanner.facts.streams import StreamState
from scanner.facts.world import Subject, World, record_key
from scanner.identifying import lasting
from storage import factbase, figures
from storage.store import Connection
from storage.times import from_ms, to_ms

#: So far back charges are read: a year before the last year, and what bills are late.
_MONEY_BACK = timedelta(days=760)
#: What a directory may call somebody's unit.
_UNITS = ("department", "division", "cost_center", "unit")


def world(
    connection: Connection,
    company: Company,
    as_of: int,
    ruled: Sequence[dict[str, Any]],
    catalogue: Any,
    *,
    current: Mapping[str, str] | None = None,
) -> World:
    """Read what facts are derived from. `catalogue` answers `entry`, `ended` and `end_notice` of a tool's id.

    `current` leads from the lasting part of a provisional tool's earlier id to the tool that it is by now.
    """
    moment = from_ms(as_of)
    held = _with_firsts(factbase.records(connection, as_of), factbase.first_grants(connection))
    subjects = _subjects(connection, as_of, ruled, held, current or {})
    listed = factbase.people(connection)
    budgets = figures.budgets(connection)
    return World(
        company=company,
        as_of=moment,
        streams=[_stream(row) for row in factbase.streams(connection)],
        people=_people(listed, company, moment),
        persons_of={row["actor_id"]: row["person_id"] for row in listed},
        subjects=subjects,
        budgets={b: company.is_marketing(b) for b in budgets},
        budgets_it={b: company.is_it(b) for b in budgets},
        notices={t: found for t in subjects if (found := catalogue.end_notice(t)) is not None},
        scopes_then=_scopes_then(connection, subjects),
        catalogued=frozenset(t for t in subjects if catalogue.entry(t) is not None),
        personal=frozenset(t for t in subjects if _company_says(catalogue.entry(t))),
        ended=frozenset(t for t in subjects if _ended(catalogue, t, moment)),
        listed=frozenset(
            (r["source"], r["person_id"])
            for r in held
            if r["kind"] == SignalKind.GRANT.value and r["mode"] == "snapshot" and r["person_id"]
        ),
    )


def _with_firsts(held: list[dict[str, Any]], firsts: Mapping[tuple[str, str, str], int]) -> list[dict[str, Any]]:
    """Return the records, grants with the time at which their source first listed them."""
    for record in held:
        if record["kind"] == SignalKind.GRANT.value:
            record["first_at"] = firsts.get((record["source"], record["stream"], record["native_id"]))
    return held


def _company_says(entry: Entry | None) -> bool:
    """Whether the company's own record says that a tool holds data of persons; what others hold is no fact."""
    return entry is not None and entry.personal_data_by is SaidBy.COMPANY


def _ended(catalogue: Any, tool: str, moment: datetime) -> bool:
    ended = catalogue.ended(tool)
    return ended is not None and ended <= moment.date()


def _stream(row: Any) -> StreamState:
    return StreamState(
        source=row.source,
        stream=row.stream,
        mode=row.mode,
        system=row.system,
        status=row.status,
        reason=row.reason,
        first_at=row.first_at,
        last_at=row.last_at,
    )


def _people(rows: Sequence[Mapping[str, Any]], company: Company, as_of: datetime) -> Mapping[int, Person]:
    """Return the persons by number; of two directories the one that was read last speaks."""
    found: dict[int, Person] = {}
    for row in rows:
        known = found.get(row["person_id"])
        if known is not None and (known.directory is not None or row["facts"] is None):
            continue
        listed = row["facts"] is not None
        found[row["person_id"]] = Person(
            number=row["person_id"],
            kind=row["kind"],
            unit=row["unit"],
            marketing=None if row["marketing"] is None else bool(row["marketing"]),
            address=row["address"] or (known.address if known is not None else None),
            directory=row["facts"],
            listed_in=(row["source"], row["stream"]) if listed else None,
            record=record_key(row) if listed else None,
            left=has_left(row["facts"], as_of),
            it=company.is_it(*((row["facts"] or {}).get(name) for name in _UNITS)),
        )
    return found


def _scopes_then(connection: Connection, subjects: Mapping[str, Subject]) -> dict[str, tuple[str, ...] | None]:
    """Return what grants.scopes was when a tool was last decided on: None where it was unknown.

    A tool of which no version of it was ever kept is left out: it is decided on in the very run that first derives it.
    """
    decided = {
        tool: max(s.decisions, key=lambda d: int(d["id"]))["at"]
        for tool, s in subjects.items()
        if s.decisions and s.of_kind(SignalKind.GRANT)
    }
    found: dict[str, tuple[str, ...] | None] = {}
    for tool, versions in factbase.versions(connection, "grants.scopes", decided).items():
        at = decided[tool]
        then = [v for v in versions if v["valid_from"] <= at and (v["valid_to"] is None or v["valid_to"] > at)]
        found[tool] = None if not then or then[-1]["value"] is None else tuple(then[-1]["value"])
    return found


def _subjects(
    connection: Connection,
    as_of: int,
    ruled: Sequence[dict[str, Any]],
    held: Sequence[dict[str, Any]],
    current: Mapping[str, str],
) -> dict[str, Subject]:
    found = {
        row.id: Subject(
            id=row.id,
            name=row.name,
            category=row.category,
            marketing=None if row.marketing is None else bool(row.marketing),
            provisional=bool(row.provisional),
            status=row.status,
            noise=bool(row.noise),
            first_seen=row.first_seen,
        )
        for row in factbase.tools(connection)
    }
    moment = from_ms(as_of)
    year, quarter = to_ms(moment - timedelta(days=365)), to_ms(moment - timedelta(days=90))
    before = to_ms(moment - timedelta(days=60)), to_ms(moment - timedelta(days=30))
    for record in held:
        found[record["tool_id"]].records.append(record)
    for use in factbase.use(connection, quarter, as_of, before):
        found[use.tool_id].use.append(use)
    for charge in factbase.charges(connection, to_ms(moment - _MONEY_BACK), as_of):
        subject = found[charge.tool_id]
        (subject.charges if charge.seen_at > year else subject.earlier).append(charge)
    for link in factbase.matchers(connection):
        found[link.tool_id].links.append(link)
    for name in factbase.named_by(connection):
        found[name.tool_id].named_by.add((name.source, name.stream))
    for alike in factbase.look_alikes(connection):
        found[alike.tool_id].imitates.append(alike)
    _add_decisions(found, ruled, current)
    return found


#: Kind of decision -> where the subject keeps it.
_ABOUT_TOOLS = {"status": "decisions", "answer": "answers", "owner": "owners", "rating": "ratings"}


def _add_decisions(found: Mapping[str, Subject], ruled: Sequence[dict[str, Any]], known: Mapping[str, str]) -> None:
    current = {**{lasting(tool): tool for tool in found}, **known}
    for decision in decisions.in_force(ruled):
        subject = found.get(today(decision["object"].removeprefix("tool:"), current))
        if subject is not None and decision["kind"] in _ABOUT_TOOLS:
            getattr(subject, _ABOUT_TOOLS[decision["kind"]]).append(decision)

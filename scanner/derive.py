"""Derive: persons, links, tools and their figures, from what the store holds. Writes only what differs."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gate import decisions
from gate.audit import Trail
from gate.decisions import Ruling
from model.company import Company
from model.ports import Clock
from model.signal import AppIdentity
from scanner import identifying, persons
from scanner.corrections import corrections, today
from scanner.home import HomeIndex
from scanner.identifying import Evidence, Index
from scanner.joining import joined
from storage import derived, figures, kept, queries
from storage.store import Connection, Writer
from storage.times import to_ms

_Decisions = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What deriving anew changed: tools whose link, and actors whose person or unit, is another one now."""

    tools: int
    relinked: int
    replaced: int


def derive(
    writer: Writer, *, company: Company, index: Index, trail: Trail, clock: Clock, now: int, as_of: int
) -> Derived:
    """Derive all that follows from signals, decisions and the catalogue.

    `now` is the start of the run (milliseconds), from which what changes is valid; figures count back from `as_of`.
    """
    index = HomeIndex(index, company.domains)
    with writer.transaction() as connection:
        take_over_decisions(connection, trail, index, clock)
        kept.write_company(connection, _settings(company), now)
        replaced = _derive_persons(connection, company, now)
    with writer.transaction() as connection:
        ruled = kept.decisions(connection)
        relinked, current, alike = _derive_links(connection, index, ruled, now)
    with writer.transaction() as connection:
        found = _derive_tools(connection, index, ruled, current, alike)
        derived.replace_figures(connection, tool_figures(connection, company, as_of))
    return Derived(tools=found, relinked=relinked, replaced=replaced)


def tool_figures(connection: Connection, company: Company, as_of: int) -> list[dict[str, Any]]:
    """Return the figures of every tool, counted back from an as-of in milliseconds."""
    figures.mark_budgets(connection, [(b, company.is_marketing(b)) for b in figures.budgets(connection)])
    return figures.figures(connection, as_of)


def _settings(company: Company) -> dict[str, Any]:
    return {
        "name": company.name,
        "domains": list(company.domains),
        "timezone": company.timezone,
        "base_currency": company.base_currency,
        "marketing_units": list(company.marketing_units),
        "fiscal_year_start": company.fiscal_year_start,
    }


def _derive_persons(connection: Connection, company: Company, now: int) -> int:
    placed = persons.resolve((_actor(row) for row in derived.known_actors(connection)), company)
    rows = {
        p.actor: {
            "person_id": p.person,
            "how": p.how,
            "kind": p.kind,
            "unit": p.unit,
            "marketing": None if p.marketing is None else int(p.marketing),
        }
        for p in placed
    }
    return len(derived.write_places(connection, rows, derived.births(connection, "actor"), now))


def _actor(row: Mapping[str, Any]) -> persons.ActorFacts:
    return persons.ActorFacts(
        number=row["id"],
        source=row["source"],
        native_id=row["native_id"],
        address=row["address"],
        aliases=tuple(json.loads(row["aliases"])) if row["aliases"] else (),
        kind=row["kind"],
        directory=None if row["facts"] is None else json.loads(row["facts"]),
        seen_at=row["seen_at"] or 0,
    )


def _evidence(rows: Iterable[Any]) -> list[Evidence]:
    return [
        Evidence(
            number=row.id,
            source=row.source,
            key=row.key,
            app=AppIdentity(**json.loads(row.app)),
            software=bool(row.software),
            mcc=row.mcc,
            registered=bool(row.registered),
        )
        for row in rows
    ]


def _derive_links(
    connection: Connection, index: Index, ruled: _Decisions, now: int
) -> tuple[int, dict[str, str], dict[int, Evidence]]:
    """Write the links; return how many changed, the ids of provisional tools, and the identities that are joined."""
    found = joined(_evidence(derived.evidence(connection)))
    current = identifying.own_ids(found, index)
    in_force = corrections(ruled, current)
    rows = {e.number: identifying.link(e, index, in_force) for e in found}
    relinked = len(derived.write_links(connection, rows, derived.births(connection, "identity"), now))
    return relinked, current, {e.number: e for e in found if e.own_key is not None}


def _derive_tools(
    connection: Connection,
    index: Index,
    ruled: _Decisions,
    current: Mapping[str, str],
    alike: Mapping[int, Evidence],
) -> int:
    links = [_link_of(dict(row._mapping), alike) for row in derived.links(connection)]
    statuses = {today(tool, current): status for tool, status in decisions.statuses(ruled).items()}
    found = identifying.tools(links, index, corrections(ruled, current), statuses)
    derived.replace_tools(connection, found)
    return len(found)


def _link_of(row: dict[str, Any], alike: Mapping[int, Evidence]) -> Mapping[str, Any]:
    """Return a link with what is known of its app, where its identity is one of several of one app."""
    known = alike.get(row["identity_id"])
    return row if known is None else row | {"key": known.key, "app": json.dumps(known.app.named())}


def take_over_decisions(connection: Connection, trail: Trail, index: Index, clock: Clock) -> int:
    """Record what approved-tools lists declare as decisions, each once; return how many are new.

    A declaration that changes later is a later decision: it supersedes, and the earlier one stays.
    """
    taken = 0
    for row in queries.declarations(connection):
        origin = f"{row['source']}/{row['native_id']}/{row['digest']}"
        if kept.decision_of_origin(connection, origin) is not None:
            continue
        ruling = _declared(row, origin, index)
        decisions.decide(connection, trail, ruling, by=f"source:{row['source']}", at=clock.now())
        taken += 1
    return taken


def _declared(row: Mapping[str, Any], origin: str, index: Index) -> Ruling:
    facts, app = row["facts"], AppIdentity(**row["app"])
    evidence = Evidence(number=row["identity_id"], source=row["source"], key=row["key"], app=app, software=True)
    tool = identifying.link(evidence, index, corrections([]))["tool_id"]
    detail = {name: facts[name] for name in ("status", "decided_on", "review_by") if name in facts}
    words = {name: facts[name] for name in ("conditions",) if name in facts}
    if row["actor_id"]:
        detail["owner_actor"] = row["actor_id"]
    reason = facts.get("reason") or f"Taken over from the list {row['source']}."
    return Ruling(kind="status", about=f"tool:{tool}", detail=detail, reason=reason, origin=origin, words=words)


def figure_moment(as_of: int | None, clock: Clock) -> int:
    """Return the as-of in milliseconds: the one given, or now."""
    return to_ms(clock.now()) if as_of is None else as_of

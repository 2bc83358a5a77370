"""Derive: persons, links, tools and their figures, from what the store holds. Writes only what differs."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from gate import decisions
from gate.audit import Trail
from gate.decisions import Ruling
from model.company import Company
from model.ports import Clock
from model.signal import AppIdentity
from scanner import identifying, noise, persons, wanting
from scanner.corrections import corrections, today
from scanner.home import HomeIndex
from scanner.identifying import Evidence, Index, Place
from scanner.joining import Joining, join
from scanner.learned import LearnedIndex, learned
from scanner.wanting import Became
from storage import derived, figures, kept, queries, renames, requests
from storage.store import Connection, Writer
from storage.times import from_ms, to_ms

_Decisions = Sequence[dict[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Derived:
    """What deriving anew changed: tools whose link, and actors whose person or unit, is another one now.

    `current` gives the tool that is meant by an earlier id of a provisional tool, by that id's lasting part.
    """

    tools: int
    relinked: int
    replaced: int
    current: Mapping[str, str] = field(default_factory=dict)


def derive(
    writer: Writer, *, company: Company, index: Index, trail: Trail, clock: Clock, now: int, as_of: int
) -> Derived:
    """Derive all that follows from signals, decisions and the catalogue.

    `now` is the start of the run (milliseconds), from which what changes is valid; figures count back from `as_of`.
    """
    index = HomeIndex(index, company.domains)
    with writer.transaction() as connection:
        known = LearnedIndex(index, learned(kept.decisions(connection), index))
        take_over_decisions(connection, trail, known, clock, company)
        kept.write_company(connection, _settings(company), now)
        replaced = _derive_persons(connection, company, now)
    with writer.transaction() as connection:
        ruled = kept.decisions(connection)
        wishes = requests.wishes(connection)
        joining, moved = _follow_wishes(_join(connection, index, ruled, company), wishes, ruled)
        relinked = _derive_links(connection, joining, now)
    with writer.transaction() as connection:
        derived.replace_figures(connection, figures.figures(connection, as_of))
        found = _derive_tools(connection, index, ruled, joining, from_ms(as_of).date())
        marked = noise.marks(connection, found, company.noise, as_of) | noise.ruled(ruled, joining.current)
        statuses = _statuses(joining, ruled, from_ms(as_of).date())
        found += wanting.rows(wishes, joining.index, moved, [row["id"] for row in found], statuses)
        derived.replace_tools(connection, [row | {"noise": marked.get(row["id"])} for row in found])
        renames.follow(connection, [row["id"] for row in found], lambda tool: today(tool, joining.current))
        requests.follow(connection, {former: became.tool for former, became in moved.items()})
    return Derived(tools=len(found), relinked=relinked, replaced=replaced, current=joining.current)


def _settings(company: Company) -> dict[str, Any]:
    return {
        "name": company.name,
        "domains": list(company.domains),
        "timezone": company.timezone,
        "base_currency": company.base_currency,
        "marketing_units": list(company.marketing_units),
        "it_units": list(company.it_units),
        "fiscal_year_start": company.fiscal_year_start,
        "noise": {name: dict(change) for name, change in company.noise.items()},
        "forecast": dict(company.forecast),
        "needs": {category: list(systems) for category, systems in company.needs.items()},
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


def _join(connection: Connection, index: Index, ruled: _Decisions, company: Company) -> Joining:
    """Join what is one app, with what people taught of names; a tool that they named may have another id by now."""
    found = join(connection, LearnedIndex(index, learned(ruled, index)), ruled, company)
    return replace(found, index=LearnedIndex(index, learned(ruled, index, found.current)))


def _follow_wishes(
    joining: Joining, wishes: Sequence[Mapping[str, Any]], ruled: _Decisions
) -> tuple[Joining, Mapping[str, Became]]:
    """Let what was decided of a wanted tool hold for what it is by now; return what became of which wanted tool."""
    moved = wanting.became(wishes, joining.index, joining.current, joining.in_force.merges)
    held = {former: now.tool for former, now in moved.items() if now.holds}
    if not held:
        return joining, moved
    current = {**joining.current, **held}
    return replace(joining, current=current, in_force=corrections(ruled, joining.places.current, current)), moved


def _derive_links(connection: Connection, joining: Joining, now: int) -> int:
    """Write the links; return how many changed."""
    rows = {one.number: joining.link(one) for one in joining.found}
    return len(derived.write_links(connection, rows, derived.births(connection, "identity"), now))


def _derive_tools(
    connection: Connection, index: Index, ruled: _Decisions, joining: Joining, day: date
) -> list[dict[str, Any]]:
    known = {one.number: one for one in joining.found}
    links = [_link_of(dict(row._mapping), known, joining) for row in derived.links(connection)]
    return identifying.tools(links, index, joining.in_force, _statuses(joining, ruled, day))


def _statuses(joining: Joining, ruled: _Decisions, day: date) -> Mapping[str, str]:
    return {today(tool, joining.current): status for tool, status in decisions.statuses(ruled, day).items()}


def _link_of(row: dict[str, Any], known: Mapping[int, Evidence], joining: Joining) -> Mapping[str, Any]:
    """Return a link with what is known of its app, also where its identity is one of several of one app."""
    one, place = known.get(row["identity_id"]), joining.places.of.get(row["identity_id"])
    own = {} if place is None else {"own": place.tool}
    return row | own if one is None else row | own | {"key": one.key, "app": json.dumps(one.app.named())}


def take_over_decisions(
    connection: Connection, trail: Trail, index: Index, clock: Clock, company: Company | None = None
) -> int:
    """Record what approved-tools lists declare as decisions, each once; return how many are new.

    A declaration that changes later is a later decision: it supersedes, and the earlier one stays.
    """
    new = [
        (row, origin)
        for row in queries.declarations(connection)
        if kept.decision_of_origin(connection, origin := _origin(row)) is None
    ]
    if not new:
        return 0
    places = join(connection, index, [], company).places.of
    for row, origin in new:
        ruling = _declared(row, origin, index, places)
        decisions.decide(connection, trail, ruling, by=f"source:{row['source']}", at=clock.now())
    return len(new)


def _origin(row: Mapping[str, Any]) -> str:
    return f"{row['source']}/{row['native_id']}/{row['digest']}"


def _declared(row: Mapping[str, Any], origin: str, index: Index, places: Mapping[int, Place]) -> Ruling:
    facts, app = row["facts"], AppIdentity(**row["app"])
    evidence = Evidence(number=row["identity_id"], source=row["source"], key=row["key"], app=app, software=True)
    place = places.get(row["identity_id"])
    tool = identifying.link(evidence, index, corrections([]), place=place)["tool_id"]
    detail = {name: facts[name] for name in ("status", "decided_on", "review_by") if name in facts}
    words = {name: facts[name] for name in ("conditions",) if name in facts}
    if row["actor_id"]:
        detail["owner_actor"] = row["actor_id"]
    reason = facts.get("reason") or f"Taken over from the list {row['source']}."
    return Ruling(kind="status", about=f"tool:{tool}", detail=detail, reason=reason, origin=origin, words=words)


def figure_moment(as_of: int | None, clock: Clock) -> int:
    """Return the as-of in milliseconds: the one given, or now."""
    return to_ms(clock.now()) if as_of is None else as_of

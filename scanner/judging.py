"""Judge: facts of every tool, the policies' verdicts on them, and the cases that are due."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from gate.acting import Settings
from gate.audit import Trail
from gate.cases import Candidate
from gate.evaluating import fact_row
from gate.findings import Judged as Subjected
from gate.findings import Waived, of_row, row_of, settle
from gate.opening import Opening, Team
from gate.waivers import until_days, waivers
from model.company import Company
from model.facts import Facts, Known, Unknown
from policies.shape import Pack, Policy
from scanner.connected import rows as connection_rows
from scanner.corrections import today
from scanner.facts.derive import attributes, facts, world
from scanner.facts.people import recent
from scanner.facts.world import Subject as FactSubject
from scanner.facts.world import World
from scanner.identifying import Index
from scanner.rejudging import Rejudged, Subject, rejudge
from storage import connections, judged, kept
from storage.store import Connection, Writer
from storage.times import from_ms

#: So many tools are written in one transaction: well below half a second on SQLite.
_BATCH = 100
#: And so many cases: each is judged by the rules of the gate within its transaction.
_CASES = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What judging changed: facts and findings that are other ones now, cases opened, and policies not evaluated.

    `approved` are the tools that a rule of the gate let in.
    """

    facts: int
    findings: int
    opened: int
    refused: int
    approved: int = 0


def judge(
    writer: Writer,
    *,
    company: Company,
    index: Index,
    pack: Pack,
    settings: Settings,
    trail: Trail,
    run_id: int,
    now: int,
    as_of: int,
    anew: bool = False,
    current: Mapping[str, str] | None = None,
) -> Judged:
    """Derive the facts of all tools, judge them by a pack, and open the cases that are due.

    `now` is the start of the run (milliseconds), from which what changes is valid; all counts back from `as_of`. `anew`
    derives what is in force once more, for `rebuild`: facts keep the moment from which they are valid. `current` gives
    the tools that earlier ids of provisional tools mean by now (see `scanner.joining`).
    """
    with writer.reading() as connection:
        ruled = kept.decisions(connection)
        found = world(connection, company, as_of, ruled, index, current=current)
        gone = sorted((judged.judged_tools(connection) | connections.connected_tools(connection)) - {*found.subjects})
        marks = judged.marks(connection)
    known = {tool: facts(subject, found) for tool, subject in found.subjects.items()}
    day = found.as_of.astimezone(ZoneInfo(company.timezone)).date()
    waived = waivers(ruled, day, lambda tool: today(tool, current or {}))
    subjects = {
        tool: Subject(
            attributes=attributes(subject, company), facts=known[tool], waived=until_days(waived.get(tool, {}))
        )
        for tool, subject in found.subjects.items()
    }
    again = rejudge(pack, subjects, marks, found.as_of, anew=anew)
    changed = settled = 0
    for batch in _batches(sorted(subjects)):
        with writer.transaction() as connection:
            rows = (fact_row(tool, name, fact) for tool in batch for name, fact in known[tool].items())
            changed += judged.write_facts(connection, batch, rows, now, anew=anew)
            connections.write_connections(connection, batch, connection_rows(batch, found))
            settled += _settle(connection, batch, again, pack, now)
            judged.keep_marks(connection, {tool: again.marks[tool] for tool in batch})
    for batch in _batches(gone):
        with writer.transaction() as connection:
            changed += judged.write_facts(connection, batch, [], now)
            connections.write_connections(connection, batch, [])
            settled += judged.write_findings(connection, batch, [], now)
            judged.keep_marks(connection, dict.fromkeys(batch))
    gate = settings.gate(trail, pack, at=from_ms(now), as_of=found.as_of, currency=company.base_currency)
    candidates = [_candidate(tool, found, known[tool]) for tool in found.subjects]
    opening = Opening(gate, candidates, run_id)
    opened = _settle_cases(writer, opening, found, settings)
    return Judged(facts=changed, findings=settled, opened=opened, refused=len(pack.refused), approved=opening.approved)


def shown_at(connection: Connection, company: Company, index: Index, as_of: int) -> dict[str, dict[str, Any]]:
    """Return tool -> fact -> value (None where unknown) of what listings show of Marketing, as of another moment."""
    found = world(connection, company, as_of, kept.decisions(connection), index)
    known = {tool: facts(subject, found) for tool, subject in found.subjects.items()}
    return {tool: {name: _value(of[name]) for name in judged.SHOWN} for tool, of in known.items()}


def _batches(tools: Sequence[str], size: int = _BATCH) -> Iterator[Sequence[str]]:
    for at in range(0, len(tools), size):
        yield tools[at : at + size]


# --- findings --------------------------------------------------------------------------------------------------------


def _settle(connection: Connection, batch: Sequence[str], again: Rejudged, pack: Pack, now: int) -> int:
    """Write what became of findings: of a tool that was judged partly those of the policies that look at the day."""
    whole = [again.whole[tool] for tool in batch if tool in again.whole]
    partly = [again.partly[tool] for tool in batch if tool in again.partly]
    changed = _write(connection, whole, pack.policies, again.waived, now)
    if again.timed and partly:
        changed += _write(connection, partly, again.timed, again.waived, now, only=[p.id for p in again.timed])
    return changed


def _write(
    connection: Connection,
    tools: Sequence[Subjected],
    policies: Sequence[Policy],
    waived: Mapping[str, Waived],
    now: int,
    *,
    only: Sequence[str] | None = None,
) -> int:
    names = [tool.tool_id for tool in tools]
    before = judged.findings(connection, names, only)
    rows: list[dict[str, Any]] = []
    for tool in tools:
        earlier = {row["policy"]: of_row(row) for row in before.get(tool.tool_id, ())}
        rows.extend(row_of(finding) for finding in settle(policies, tool, earlier, waived[tool.tool_id]).values())
    return judged.write_findings(connection, names, rows, now, only)


# --- cases -----------------------------------------------------------------------------------------------------------


def _settle_cases(writer: Writer, opening: Opening, found: World, settings: Settings) -> int:
    """Close and open cases; return how many were opened. Few at a time: a decision never waits long for a run."""
    with writer.reading() as connection:
        plan = opening.plan(connection)
    with writer.transaction() as connection:
        opening.end(connection, plan)
    for numbers in (plan.small[at : at + _CASES] for at in range(0, len(plan.small), _CASES)):
        with writer.transaction() as connection:
            for number in numbers:
                opening.let_in(connection, number)
    opened = 0
    for batch in _batches([*plan.due], _CASES):
        with writer.transaction() as connection:
            for tool in batch:
                team = _team(found.subjects[tool], found, settings)
                opened += opening.open(connection, tool, plan.due[tool], team)
    return opened


#: What Google calls the unit of whoever is in none.
_ROOT = "/"


def _team(subject: FactSubject, found: World, settings: Settings) -> Team:
    """Return the team that most people of a tool are in, as far as directories say; of two the first by name."""
    people = set(recent(subject, found, 90)) or {row.person_id for row in subject.use}
    units = Counter(
        unit for n in people if (p := found.people.get(n)) is not None and (unit := p.unit) and unit != _ROOT
    )
    unit = min(units, key=lambda name: (-units[name], name), default=None)
    return Team(unit=unit, hub=settings.hub(unit))


def _candidate(tool: str, found: World, known: Facts) -> Candidate:
    subject = found.subjects[tool]
    until = _value(known["provenance.review_by"])
    return Candidate(
        tool_id=tool,
        status=subject.status,
        marketing=subject.marketing,
        marketing_used=_value(known["people.marketing_share"]),
        marketing_bought=_value(known["spend.marketing_share"]),
        noise=subject.noise,
        expired=until is not None and until < found.as_of.date(),
    )


def _value(fact: Known | Unknown) -> Any:
    return fact.value if isinstance(fact, Known) else None

"""Judge: facts of every tool, the policies' verdicts on them, and the cases that are due."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gate import cases
from gate.cases import Candidate
from gate.findings import Finding, plain, settle
from gate.findings import Judged as Subjected
from model.company import Company
from model.facts import Facts, Known, Unknown, Value
from policies.engine import judge_all
from policies.shape import Pack, Verdict
from scanner.connected import rows as connection_rows
from scanner.facts.derive import attributes, facts, world
from scanner.facts.world import World
from scanner.identifying import Index
from storage import connections, judged, kept
from storage.store import Connection, Writer
from storage.times import from_ms, to_ms

#: So many tools are written in one transaction: well below half a second on SQLite.
_BATCH = 100
#: So many evidence keys are kept with a fact, the newest first.
_EVIDENCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What judging changed: facts and findings that are other ones now, cases opened, and policies not evaluated."""

    facts: int
    findings: int
    opened: int
    refused: int


def judge(
    writer: Writer,
    *,
    company: Company,
    index: Index,
    pack: Pack,
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
        found = world(connection, company, as_of, kept.decisions(connection), index, current=current)
        gone = sorted((judged.judged_tools(connection) | connections.connected_tools(connection)) - {*found.subjects})
    known = {tool: facts(subject, found) for tool, subject in found.subjects.items()}
    subjects = _verdicts(found, known, pack)
    changed = settled = 0
    for batch in _batches([*subjects]):
        with writer.transaction() as connection:
            rows = (row for tool in batch for row in _fact_rows(tool, known[tool]))
            changed += judged.write_facts(connection, batch, rows, now, anew=anew)
            connections.write_connections(connection, batch, connection_rows(batch, found))
            settled += _settle(connection, [subjects[tool] for tool in batch], pack, now)
    for batch in _batches(gone):
        with writer.transaction() as connection:
            changed += judged.write_facts(connection, batch, [], now)
            connections.write_connections(connection, batch, [])
            settled += judged.write_findings(connection, batch, [], now)
    with writer.transaction() as connection:
        opened = _open_cases(connection, found, known, run_id, now)
    return Judged(facts=changed, findings=settled, opened=opened, refused=len(pack.refused))


def shown_at(connection: Connection, company: Company, index: Index, as_of: int) -> dict[str, dict[str, Any]]:
    """Return tool -> fact -> value (None where unknown) of what listings show of Marketing, as of another moment."""
    found = world(connection, company, as_of, kept.decisions(connection), index)
    known = {tool: facts(subject, found) for tool, subject in found.subjects.items()}
    return {tool: {name: _value(of[name]) for name in judged.SHOWN} for tool, of in known.items()}


def _verdicts(found: World, known: Mapping[str, Facts], pack: Pack) -> dict[str, Subjected]:
    """Return what was judged, by tool. All of it stays in memory; only what changed is stored."""
    said = {tool: attributes(subject, found.company) for tool, subject in found.subjects.items()}
    verdicts: dict[str, dict[str, Verdict]] = defaultdict(dict)
    for tool, verdict in judge_all(pack.policies, ((tool, said[tool], known[tool]) for tool in known), found.as_of):
        verdicts[tool][verdict.policy] = verdict
    return {
        tool: Subjected(tool_id=tool, attributes=said[tool], facts=known[tool], verdicts=verdicts.get(tool, {}))
        for tool in sorted(known)
    }


def _batches(tools: Sequence[str]) -> Iterator[Sequence[str]]:
    for at in range(0, len(tools), _BATCH):
        yield tools[at : at + _BATCH]


# --- facts -----------------------------------------------------------------------------------------------------------


def _fact_rows(tool: str, known: Facts) -> Iterator[dict[str, Any]]:
    for name, fact in known.items():
        row: dict[str, Any] = {"tool_id": tool, "name": name}
        if isinstance(fact, Known):
            seen = None if fact.at is None else to_ms(fact.at)
            evidence = json.dumps(fact.evidence[:_EVIDENCE], ensure_ascii=False)
            yield row | {"value": encoded(fact.value), "reason": None, "evidence": evidence, "seen_at": seen}
        else:
            yield row | {"value": None, "reason": fact.reason, "evidence": "[]", "seen_at": None}


def encoded(value: Value) -> str:
    """Return a fact's value as JSON; days as text, what never happened as `never`."""
    return json.dumps(plain(value), ensure_ascii=False)


# --- findings --------------------------------------------------------------------------------------------------------


def _settle(connection: Connection, batch: Sequence[Subjected], pack: Pack, now: int) -> int:
    tools = [subject.tool_id for subject in batch]
    before = judged.findings(connection, tools)
    rows: list[dict[str, Any]] = []
    for subject in batch:
        earlier = {row["policy"]: _finding(row) for row in before.get(subject.tool_id, ())}
        rows.extend(_row(finding) for finding in settle(pack.policies, subject, earlier).values())
    return judged.write_findings(connection, tools, rows, now)


_TEXTS = ("policy", "tool_id", "verdict", "state", "gap", "severity", "customer_severity", "message")
_FLAGS = ("violated_once", "queued", "watched", "evaluated")


def _row(finding: Finding) -> dict[str, Any]:
    row = {name: getattr(finding, name) for name in _TEXTS} | {name: int(getattr(finding, name)) for name in _FLAGS}
    missing = json.dumps(finding.missing) if finding.missing else None
    return row | {"reading": json.dumps(finding.reading, ensure_ascii=False), "missing": missing}


def _finding(row: Mapping[str, Any]) -> Finding:
    named: dict[str, Any] = {name: row[name] for name in _TEXTS}
    named |= {name: bool(row[name]) for name in _FLAGS}
    return Finding(**named, reading=tuple(row["reading"]), missing=tuple(row["missing"]))


# --- cases -----------------------------------------------------------------------------------------------------------


def _open_cases(connection: Connection, found: World, known: Mapping[str, Facts], run_id: int, now: int) -> int:
    """Open a case for each tool that is Marketing's and has no decision; close those of tools that were decided.

    A case that was opened because nothing was known gets its true reason once more is known, or is closed where the
    tool is not Marketing's after all; one that somebody has taken up stays.
    """
    candidates = [_candidate(tool, found, known[tool]) for tool in found.subjects]
    judged.close_cases(connection, (c.tool_id for c in candidates if cases.is_decided(c)), now)
    judged.close_cases(connection, judged.open_cases(connection) - {*found.subjects}, now, stage="gone")
    guessed = judged.untouched_cases(connection, cases.UNKNOWN)
    reasons = {c.tool_id: cases.why(c) for c in candidates if c.tool_id in guessed}
    judged.close_cases(connection, (tool for tool, why in reasons.items() if why is None), now, stage="not_marketing")
    for tool, why in reasons.items():
        if why is not None and why != cases.UNKNOWN:
            judged.word_case(connection, tool, why)
    due = cases.due(candidates, judged.open_cases(connection))
    until = to_ms(from_ms(now) + cases.DUE)
    for tool, why in sorted(due.items()):
        row = {"kind": "found", "tool_id": tool, "opened_at": now, "opened_by_run": run_id, "due_at": until, "why": why}
        judged.open_case(connection, row)
    return len(due)


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

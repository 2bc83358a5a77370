"""Judge: facts of every tool, the policies' verdicts on them, and the cases that are due."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gate import cases
from gate.cases import Candidate
from gate.findings import Finding, settle
from model.company import Company
from model.facts import Facts, Known, Value
from policies.engine import judge_all
from policies.shape import Pack, Verdict
from scanner.facts.derive import attributes, facts, world
from scanner.facts.world import World
from scanner.identifying import Index
from storage import judged, kept
from storage.store import Connection, Writer
from storage.times import from_ms, to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What judging changed: facts and findings that are other ones now, cases opened, and policies not evaluated."""

    facts: int
    findings: int
    opened: int
    refused: int


def judge(writer: Writer, *, company: Company, index: Index, pack: Pack, run_id: int, now: int, as_of: int) -> Judged:
    """Derive the facts of all tools, judge them by a pack, and open the cases that are due.

    `now` is the start of the run (milliseconds), from which what changes is valid; all counts back from `as_of`.
    """
    with writer.transaction() as connection:
        found = world(connection, company, as_of, kept.decisions(connection), index)
        before = {(row["policy"], row["tool_id"]): _finding(row) for row in judged.findings(connection)}
    known = {tool: facts(subject, found) for tool, subject in found.subjects.items()}
    judged_tools = ((tool, attributes(found.subjects[tool]), known[tool]) for tool in known)
    verdicts: dict[tuple[str, str], Verdict] = {}
    for tool, verdict in judge_all(pack.policies, judged_tools, found.as_of):
        verdicts[verdict.policy, tool] = verdict
    after = settle(pack.policies, verdicts, known, before)
    with writer.transaction() as connection:
        changed = judged.write_facts(connection, (row for tool in known for row in _fact_rows(tool, known[tool])), now)
    with writer.transaction() as connection:
        settled = judged.write_findings(connection, [_row(finding) for finding in after.values()], now)
        opened = _open_cases(connection, found, known, run_id, now)
    return Judged(facts=changed, findings=settled, opened=opened, refused=len(pack.refused))


def _fact_rows(tool: str, known: Facts) -> Sequence[dict[str, Any]]:
    return [_fact_row(tool, name, fact) for name, fact in known.items()]


def _fact_row(tool: str, name: str, fact: Any) -> dict[str, Any]:
    row = {"tool_id": tool, "name": name, "value": None, "reason": None, "evidence": "[]", "seen_at": None}
    if not isinstance(fact, Known):
        return row | {"reason": fact.reason}
    seen = None if fact.at is None else to_ms(fact.at)
    return row | {"value": encoded(fact.value), "evidence": json.dumps(list(fact.evidence)), "seen_at": seen}


def encoded(value: Value) -> str:
    """Return a fact's value as JSON; dates and durations as text."""
    if isinstance(value, tuple):
        return json.dumps(list(value), ensure_ascii=False)
    plain = value if isinstance(value, bool | int | float | str) else str(value)
    return json.dumps(plain, ensure_ascii=False)


def _row(finding: Finding) -> dict[str, Any]:
    return {
        "policy": finding.policy,
        "tool_id": finding.tool_id,
        "verdict": finding.verdict,
        "state": finding.state,
        "violated_once": int(finding.violated_once),
        "queued": int(finding.queued),
        "watched": int(finding.watched),
        "gap": finding.gap,
        "severity": finding.severity,
        "customer_severity": finding.customer_severity,
        "message": finding.message,
        "reading": json.dumps(list(finding.reading), ensure_ascii=False),
    }


def _finding(row: Mapping[str, Any]) -> Finding:
    named = {
        name: row[name] for name in ("policy", "tool_id", "verdict", "state", "gap", "severity", "customer_severity")
    }
    flags = {name: bool(row[name]) for name in ("violated_once", "queued", "watched")}
    return Finding(**named, **flags, message=row["message"], reading=tuple(row["reading"]))


def _open_cases(connection: Connection, found: World, known: Mapping[str, Facts], run_id: int, now: int) -> int:
    """Open a case for each tool that is Marketing's and has no decision; close those of tools that were decided."""
    candidates = [_candidate(tool, found, known[tool]) for tool in found.subjects]
    judged.close_cases(connection, (c.tool_id for c in candidates if c.status in cases.DECIDED and not c.expired), now)
    due = cases.due(candidates, judged.open_cases(connection))
    until = to_ms(from_ms(now) + cases.DUE)
    for tool, why in sorted(due.items()):
        row = {"kind": "found", "tool_id": tool, "opened_at": now, "opened_by_run": run_id, "due_at": until, "why": why}
        judged.open_case(connection, row)
    return len(due)


def _candidate(tool: str, found: World, known: Facts) -> Candidate:
    subject = found.subjects[tool]
    until = known["provenance.review_by"]
    expired = isinstance(until, Known) and until.value < (found.as_of - timedelta(0)).date()  # type: ignore[operator]
    return Candidate(
        tool_id=tool,
        status=subject.status,
        marketing=subject.marketing,
        marketing_used=_share(known["people.marketing_share"]),
        marketing_bought=_share(known["spend.marketing_share"]),
        expired=expired,
    )


def _share(fact: Any) -> float | None:
    return float(fact.value) if isinstance(fact, Known) else None

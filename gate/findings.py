"""Findings: what became of a policy's verdict on a tool, from run to run.

A finding is its policy and its tool, never its text. It is resolved by a met verdict, or where the policy, on known
facts, no longer applies; an unknown verdict resolves nothing, and reopening keeps what was before.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from model.fact import encode
from model.facts import UNANSWERED, Attributes, Facts, Known
from policies.shape import Outcome, Policy, Verdict
from policies.wording import CURRENCY, say


class State(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    WAIVED = "waived"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One version of a finding.

    `reading` is what was read: fact, value (None where unknown), how it is said, reason where unknown, evidence.
    `missing` names the facts whose absence keeps it unknown; there are none where it was judged.
    `violated_once` tells a finding that was violated before from one that never could be judged. `evaluated` is false
    where the policy was refused, off or gone in the last run: then the rest is what was found before. `waived_until` is
    the first day (ISO 8601) on which a waived finding is open again.
    """

    policy: str
    tool_id: str
    verdict: str
    state: str
    violated_once: bool
    queued: bool
    watched: bool
    gap: str
    severity: str
    customer_severity: str
    message: str
    reading: tuple[Mapping[str, object], ...]
    missing: tuple[str, ...] = ()
    evaluated: bool = True
    waived_until: str | None = None


#: How many evidence keys stand beside a fact, the newest first; the fact itself holds more.
EVIDENCE = 12
_ENDED = "the policy no longer applies to the tool"


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """One tool when it is judged: its id, what its record says, what is known of it, and the verdicts by policy."""

    tool_id: str
    attributes: Attributes
    facts: Facts
    verdicts: Mapping[str, Verdict]


#: Policy -> the first day (ISO 8601) on which a finding of a tool that was accepted is open again.
Waived = Mapping[str, str]


def advance(policy: Policy, tool: Judged, before: Finding | None, waived: Waived | None = None) -> Finding | None:
    """Return the finding after a verdict (none: the policy does not apply), or None where there is nothing to keep.

    What is met without ever having been violated is nothing to keep. What was violated stays with whoever is to act
    while it cannot be judged. `waived` are the waivers that hold; where nothing is said of them, what was waived stays
    so until it is resolved.
    """
    verdict = tool.verdicts.get(policy.id)
    once = before is not None and before.violated_once
    if verdict is None or verdict.verdict is Outcome.MET:
        said = _ENDED if verdict is None else ""
        return _finding(policy, tool, Outcome.MET, State.RESOLVED, said, queued=False, once=True) if once else None
    until = _until(policy.id, before, waived)
    accepted = until is not None
    state = State.WAIVED if accepted else State.OPEN
    if verdict.verdict is Outcome.VIOLATED:
        found = _finding(policy, tool, Outcome.VIOLATED, state, verdict.message, queued=not accepted, once=True)
        return replace(found, waived_until=until or None)
    if before is not None and before.state == State.RESOLVED and not verdict.queued:
        return replace(before, evaluated=True)
    queued = not accepted and (verdict.queued or once)
    found = _finding(policy, tool, Outcome.UNKNOWN, state, verdict.message, queued=queued, once=once)
    return replace(found, missing=verdict.missing, waived_until=until or None)


def _until(policy: str, before: Finding | None, waived: Waived | None) -> str | None:
    """Return until when a finding is accepted, None where it is not; empty where nobody says until when."""
    if waived is not None:
        return waived.get(policy)
    return (before.waived_until or "") if before is not None and before.state == State.WAIVED else None


def settle(
    policies: Iterable[Policy],
    tool: Judged,
    before: Mapping[str, Finding] = MappingProxyType({}),
    waived: Waived | None = None,
) -> dict[str, Finding]:
    """Return all findings of a tool after it was judged, by policy; `before` are those of the run before.

    Findings of policies that are refused, off or gone stay as they are: not evaluated is not met. `waived` is as in
    `advance`.
    """
    known = {policy.id: policy for policy in policies if policy.mode != "off"}
    after = {name: _stale(finding, waived) for name, finding in before.items() if name not in known}
    for name in sorted({*tool.verdicts, *before} & {*known}):
        found = advance(known[name], tool, before.get(name), waived)
        if found is not None:
            after[name] = found
    return after


def _stale(finding: Finding, waived: Waived | None) -> Finding:
    """Return a finding that was not evaluated; its waiver ends, or begins, all the same."""
    until = _until(finding.policy, finding, waived)
    if finding.state == State.WAIVED and until is None:
        finding = reopened(finding)
    elif finding.state == State.OPEN and until is not None:
        finding = replace(finding, state=State.WAIVED.value, queued=False, waived_until=until)
    return replace(finding, evaluated=False)


def reopened(finding: Finding) -> Finding:
    """Return a waived finding that is open again, and asks whoever it would have asked."""
    asks = finding.verdict == Outcome.VIOLATED or finding.violated_once or bool(finding.missing)
    return replace(finding, state=State.OPEN.value, queued=asks and not finding.watched, waived_until=None)


# --- as rows ---------------------------------------------------------------------------------------------------------

_TEXTS = ("policy", "tool_id", "verdict", "state", "gap", "severity", "customer_severity", "message", "waived_until")
_FLAGS = ("violated_once", "queued", "watched", "evaluated")


def row_of(finding: Finding) -> dict[str, Any]:
    """Return a finding as the store keeps it."""
    row = {name: getattr(finding, name) for name in _TEXTS} | {name: int(getattr(finding, name)) for name in _FLAGS}
    missing = json.dumps(finding.missing) if finding.missing else None
    return row | {"reading": json.dumps(finding.reading, ensure_ascii=False), "missing": missing}


def of_row(row: Mapping[str, Any]) -> Finding:
    """Return the finding of a row that was read, `reading` and `missing` decoded."""
    named: dict[str, Any] = {name: row[name] for name in _TEXTS}
    named |= {name: bool(row[name]) for name in _FLAGS}
    return Finding(**named, reading=tuple(row["reading"]), missing=tuple(row["missing"]))


def _finding(
    policy: Policy, tool: Judged, outcome: Outcome, state: State, said: str, *, queued: bool, once: bool
) -> Finding:
    return Finding(
        policy=policy.id,
        tool_id=tool.tool_id,
        verdict=outcome.value,
        state=state.value,
        violated_once=once,
        queued=queued and policy.mode == "on",
        watched=policy.mode == "watch",
        gap=policy.gap,
        severity=policy.severity,
        customer_severity=policy.customer_severity,
        message=said,
        reading=reading(policy, tool),
    )


# --- what was read ---------------------------------------------------------------------------------------------------


def reading(policy: Policy, tool: Judged) -> tuple[Mapping[str, object], ...]:
    """Return what a policy read of a tool: the facts that decide, then those that its message names besides."""
    names = dict.fromkeys((*policy.reads, *policy.message.names))
    return tuple(_read(name, tool) for name in names if name not in {"now", CURRENCY})


def _read(name: str, tool: Judged) -> Mapping[str, object]:
    if name in tool.attributes:
        value = tool.attributes[name]
        return {"fact": name, "value": value, "said": say(name, tool.attributes), "evidence": []}
    fact = tool.facts.get(name)
    if isinstance(fact, Known):
        said = say(name, {name: fact.value, CURRENCY: tool.attributes.get(CURRENCY)})
        return {"fact": name, "value": encode(fact.value), "said": said, "evidence": list(fact.evidence[:EVIDENCE])}
    reason = UNANSWERED if fact is None else fact.reason
    return {"fact": name, "value": None, "said": say(name, {}), "reason": reason, "evidence": []}

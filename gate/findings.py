"""Findings: what became of a policy's verdict on a tool, from run to run.

A finding is its policy and its tool, never its text. It is resolved by a met verdict, or where the policy, on known
facts, no longer applies; an unknown verdict resolves nothing, and reopening keeps what was before.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from model.facts import Facts, Known
from policies.shape import Outcome, Policy, Verdict


class State(StrEnum):
    """Where a finding stands."""

    OPEN = "open"
    WAIVED = "waived"
    RESOLVED = "resolved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One version of a finding. `reading` is what was read: fact, value or None, reason where unknown, evidence.

    `violated_once` tells a finding that was violated before from one that never could be judged.
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

    @property
    def key(self) -> tuple[str, str]:
        """What makes it this finding."""
        return self.policy, self.tool_id

    @property
    def standing(self) -> tuple[object, ...]:
        """What makes a version of its own: a message or a number that moves does not."""
        return self.verdict, self.state, self.queued, self.watched, self.severity, self.customer_severity


#: How many evidence keys stand beside a fact; the tool's page leads to all of them.
_EVIDENCE = 12


def advance(policy: Policy, tool: str, verdict: Verdict | None, facts: Facts, before: Finding | None) -> Finding | None:
    """Return the finding after a verdict (None: the policy does not apply), or None where there is nothing to keep.

    What is met without ever having been violated is nothing to keep.
    """
    before_violated = before is not None and before.violated_once
    if verdict is None or verdict.verdict is Outcome.MET:
        if not before_violated:
            return None
        said = verdict.message if verdict is not None else "the policy no longer applies to the tool"
        return _finding(policy, tool, Outcome.MET, State.RESOLVED, said, facts, queued=False, violated=True)
    if verdict.verdict is Outcome.VIOLATED:
        return _finding(policy, tool, Outcome.VIOLATED, State.OPEN, verdict.message, facts, queued=True, violated=True)
    if before is not None and before.state == State.RESOLVED and not verdict.queued:
        return before
    state, queued = State.OPEN, verdict.queued
    return _finding(
        policy, tool, Outcome.UNKNOWN, state, verdict.message, facts, queued=queued, violated=before_violated
    )


def _finding(
    policy: Policy, tool: str, outcome: Outcome, state: State, said: str, facts: Facts, *, queued: bool, violated: bool
) -> Finding:
    return Finding(
        policy=policy.id,
        tool_id=tool,
        verdict=outcome.value,
        state=state.value,
        violated_once=violated,
        queued=queued and policy.mode == "on",
        watched=policy.mode == "watch",
        gap=policy.gap,
        severity=policy.severity,
        customer_severity=policy.customer_severity,
        message=said,
        reading=tuple(_read(name, facts) for name in policy.reads if not name.startswith("tool.") and name != "now"),
    )


def _read(name: str, facts: Facts) -> dict[str, object]:
    fact = facts.get(name)
    if isinstance(fact, Known):
        value = fact.value
        shown = (
            list(value)
            if isinstance(value, tuple)
            else value
            if isinstance(value, bool | int | float | str)
            else str(value)
        )
        return {"fact": name, "value": shown, "evidence": list(fact.evidence[:_EVIDENCE])}
    return {"fact": name, "value": None, "reason": fact.reason if fact is not None else "nothing derives it"}


def settle(
    policies: Iterable[Policy],
    verdicts: Mapping[tuple[str, str], Verdict],
    facts: Mapping[str, Facts],
    before: Mapping[tuple[str, str], Finding],
) -> dict[tuple[str, str], Finding]:
    """Return all findings after a run, by (policy, tool).

    `verdicts` holds what was judged; a policy of `policies` without one does not apply to the tool. Findings of policies
    that are refused, off or gone stay as they are: not evaluated is not met.
    """
    known = {policy.id: policy for policy in policies if policy.mode != "off"}
    after = {key: finding for key, finding in before.items() if key[0] not in known or key[1] not in facts}
    for key in {*verdicts, *(k for k in before if k not in after)}:
        found = advance(known[key[0]], key[1], verdicts.get(key), facts[key[1]], before.get(key))
        if found is not None:
            after[key] = found
    return after

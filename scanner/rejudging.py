"""Which verdicts may be others than those of the run before: only these are judged again.

What a policy says of a tool follows from the policy, from what is known of the tool, and, where it looks at the day,
from the day. A mark over the first two stands beside what was judged: where it is the same, only the policies that look
at the day are asked. `rebuild` asks all of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from gate.findings import EVIDENCE, Waived
from gate.findings import Judged as Subjected
from model.facts import Attributes, Facts, Known, Unknown
from policies.parallel import judge_tools
from policies.shape import Pack, Policy

#: Another number where the same facts may give another verdict, or another reading of it, than by an earlier version.
_VERSION = 1
_NOW = "now"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """One tool before it is judged: what its record says, what is known of it, and which findings are accepted."""

    attributes: Attributes
    facts: Facts
    waived: Waived = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged:
    """Tools as they were judged: `whole` by all policies, `partly` by `timed` alone, for nothing else changed.

    `marks` are those of all tools, to be kept; `waived` is what is accepted of each.
    """

    whole: Mapping[str, Subjected]
    partly: Mapping[str, Subjected]
    timed: tuple[Policy, ...]
    marks: Mapping[str, str]
    waived: Mapping[str, Waived]


def rejudge(
    pack: Pack, tools: Mapping[str, Subject], before: Mapping[str, str], now: datetime, *, anew: bool = False
) -> Rejudged:
    """Judge what may be another verdict than before; `before` are the marks that were kept."""
    judged = [policy for policy in pack.policies if policy.mode != "off"]
    timed = tuple(policy for policy in judged if _NOW in policy.reads or _NOW in policy.message.names)
    marks = dict(_marks(judged, tools))
    same = frozenset() if anew else frozenset(tool for tool in tools if before.get(tool) == marks[tool])
    return Rejudged(
        whole=_judged(pack.policies, {tool: of for tool, of in tools.items() if tool not in same}, now),
        partly=_judged(timed, {tool: of for tool, of in tools.items() if tool in same}, now),
        timed=timed,
        marks=marks,
        waived={tool: of.waived for tool, of in tools.items()},
    )


def _judged(policies: Sequence[Policy], tools: Mapping[str, Subject], now: datetime) -> dict[str, Subjected]:
    given = [(tool, of.attributes, of.facts) for tool, of in tools.items()]
    found = dict(judge_tools(policies, given, now))
    return {
        tool: Subjected(tool_id=tool, attributes=of.attributes, facts=of.facts, verdicts=found.get(tool, {}))
        for tool, of in sorted(tools.items())
    }


def _marks(policies: Sequence[Policy], tools: Mapping[str, Subject]) -> Iterator[tuple[str, str]]:
    """Yield each tool with its mark: a hash of the policies, and of what they read and show of the tool."""
    base = repr((_VERSION, [_identity(policy) for policy in policies])).encode()
    names = sorted({name for policy in policies for name in (*policy.reads, *policy.message.names)})
    for tool, of in tools.items():
        found = hashlib.blake2b(base, digest_size=16)
        told = (sorted(of.attributes.items()), list(_told(names, of.facts)), sorted(of.waived.items()))
        found.update(repr(told).encode())
        yield tool, found.hexdigest()


def _identity(policy: Policy) -> tuple[str, ...]:
    words = (policy.id, policy.mode, policy.gap, policy.severity, policy.customer_severity)
    return (*words, policy.applies.text, policy.require.text, policy.message.text)


def _told(names: Iterable[str], facts: Facts) -> Iterator[tuple[object, object]]:
    for name in names:
        fact = facts.get(name)
        if isinstance(fact, Known):
            yield fact.value, fact.evidence[:EVIDENCE]
        elif isinstance(fact, Unknown):
            yield None, fact.reason

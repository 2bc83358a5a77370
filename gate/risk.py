"""Two risks, side by side: the band of each side of a tool, with the findings that make it and what is not known.

A band follows from open findings by rules that the company can edit (`policies/risk.yaml`), and from nothing else: who
reads the page can count the findings and find the rule. What is not known makes no band better: it stands beside it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from policies.risk import LOW, SIDES, UNKNOWN, Rule, Rules
from storage import risks as stored
from storage.recalled import once_a_read
from storage.store import Connection

#: Side -> the field of a finding that holds its severity on that side.
SEVERITY = {"technology": "severity", "customer": "customer_severity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Risk:
    """One side's band, and all that it rests on.

    `rule` is the rule that holds, in words; where none does, `because` says why. `findings` are those that the rule
    counts, `others` those that are open as well; `unjudged` are the policies that apply and cannot be judged; `missing`
    the facts that would settle them, or that low wants known; `waived` what was accepted, and is not counted. Findings
    are named by their policy.
    """

    side: str
    band: str
    rule: str | None
    because: str
    findings: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    unjudged: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
    waived: tuple[str, ...] = ()

    def row(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        texts = {"side": self.side, "band": self.band, "rule": self.rule, "because": self.because}
        return texts | {name: list(getattr(self, name)) for name in _LISTS}


_LISTS = ("findings", "others", "unjudged", "missing", "waived")
#: Both sides of a tool, by side.
Risks = Mapping[str, Risk]


def risks(rules: Rules, findings: Sequence[Mapping[str, Any]], known: Collection[str]) -> Risks:
    """Return both bands of one tool.

    `findings` are its open and waived ones (policy, verdict, state, severity, customer_severity, gap, missing); `known`
    are those of the facts that the rules want which are known.
    """
    return {side: _side(rules, side, findings, known) for side in SIDES}


def _side(rules: Rules, side: str, findings: Sequence[Mapping[str, Any]], known: Collection[str]) -> Risk:
    field = SEVERITY[side]
    violated = [f for f in findings if f["verdict"] == "violated" and f["state"] == "open"]
    lacking = [f for f in findings if f["verdict"] == "unknown" and f["state"] == "open"]
    beside = {
        "unjudged": _named(lacking),
        "missing": tuple(dict.fromkeys(name for f in lacking for name in f["missing"])),
        "waived": _named(f for f in findings if f["state"] == "waived"),
    }
    for rule in rules.of(side):
        counted = [f for f in violated if rule.counts(f[field], f["gap"])]
        if _holds(rule, counted, lacking, known):
            others = _named(f for f in violated if rule.band == LOW or not rule.counts(f[field], f["gap"]))
            made = () if rule.band == LOW else _named(counted)
            said = rule.said()
            why = f"{said}: {', '.join(made)}" if made else said
            return Risk(side=side, band=rule.band, rule=said, because=why, findings=made, others=others, **beside)
    absent = [name for name in _wanted(rules, side) if name not in known]
    beside["missing"] = tuple(dict.fromkeys((*absent, *beside["missing"])))
    why = _undecided(rules, lacking, absent)
    return Risk(side=side, band=UNKNOWN, rule=None, because=why, others=_named(violated), **beside)


def _named(findings: Iterable[Mapping[str, Any]]) -> tuple[str, ...]:
    return tuple(f["policy"] for f in findings)


def _holds(rule: Rule, counted: Sequence[object], lacking: Sequence[Mapping[str, Any]], known: Collection[str]) -> bool:
    if rule.band != LOW:
        return len(counted) >= rule.findings
    blind = [f for f in lacking if rule.counts(f[SEVERITY[rule.side]], f["gap"])]
    return all(name in known for name in rule.known) and len(blind) <= rule.unjudged


def _wanted(rules: Rules, side: str) -> list[str]:
    return [name for rule in rules.of(side) if rule.band == LOW for name in rule.known]


def _undecided(rules: Rules, lacking: Sequence[object], absent: Sequence[str]) -> str:
    """Return why no rule says a band."""
    if rules.refused:
        return f"the rules are refused: {rules.refused[0]}"
    if absent:
        return f"too few findings for a worse band, and not low: {', '.join(absent)} unknown"
    if lacking:
        policies = "1 policy that applies" if len(lacking) == 1 else f"{len(lacking)} policies that apply"
        return f"too few findings for a worse band, and not low: {policies} cannot be judged"
    return "no rule holds"


# --- from the store --------------------------------------------------------------------------------------------------


def by_tool(connection: Connection, rules: Rules, tools: Collection[str] | None = None) -> dict[str, Risks]:
    """Return both bands of every tool of which something was judged, or of some; others are unknown (`unjudged`)."""
    return dict(each_tool(connection, rules, tools))


@once_a_read
def of_tool(connection: Connection, rules: Rules, tool: str) -> Risks:
    """Return both bands of one tool; unknown where nothing of it was judged."""
    return by_tool(connection, rules, [tool]).get(tool) or never_judged(rules)


def each_tool(
    connection: Connection, rules: Rules, tools: Collection[str] | None = None
) -> Iterator[tuple[str, Risks]]:
    """Yield what `by_tool` returns, tool after tool: of a large company what makes them is much to hold."""
    known = stored.known(connection, rules.needs, tools)
    for tool, found in stored.each_standing(connection, tools):
        yield tool, risks(rules, found, known.pop(tool, frozenset()))
    for tool, facts in known.items():
        yield tool, risks(rules, (), facts)


def never_judged(rules: Rules) -> Risks:
    """Return the bands of a tool of which nothing was judged: unknown."""
    return risks(rules, (), frozenset())

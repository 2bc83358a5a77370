"""Bands of risk: the company's rules by which findings make a tool's technology and customer risk, as data."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from model.facts import VOCABULARY
from policies.documents import Node, Place
from policies.shape import GAPS, SEVERITIES, Refusal
from policies.tables import Checker, Row

#: The rules that come with the program.
RULES = Path(__file__).parent / "risk.yaml"
SIDES = ("technology", "customer")
#: From the worst on; what no rule decides is unknown, which no rule may say.
BANDS = ("high", "medium", "low")
UNKNOWN = "unknown"
LOW = BANDS[-1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of a side.

    Of `high` and `medium`: at least `findings` open violated ones of `severity` or a worse one, of `gaps` where some
    are named. Of `low`: all facts in `known` are known, and at most `unjudged` policies of `severity` or a worse one
    apply and cannot be judged.
    """

    side: str
    band: str
    severity: str
    findings: int = 0
    gaps: tuple[str, ...] = ()
    known: tuple[str, ...] = ()
    unjudged: int = 0
    line: int = 0

    def counts(self, severity: str, gap: str) -> bool:
        """Whether a finding of this severity and gap counts for the rule."""
        return SEVERITIES.index(severity) <= SEVERITIES.index(self.severity) and (not self.gaps or gap in self.gaps)

    def said(self) -> str:
        """Return the rule as a condition in words."""
        worse = f"{self.severity} or worse" if self.severity != SEVERITIES[0] else self.severity
        if self.band != LOW:
            gaps = f" of {' or '.join(self.gaps)}" if self.gaps else ""
            findings = "finding" if self.findings == 1 else "findings"
            return f"at least {self.findings} open {findings}{gaps}, {worse}"
        most = f"at most {self.unjudged} of the policies that apply" if self.unjudged else "no policy that applies"
        return f"{' and '.join(self.known)} known, and {most}, {worse}, cannot be judged"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """The rules of both sides, in order, and what was refused: then nothing says a band."""

    rules: tuple[Rule, ...]
    refused: tuple[Refusal, ...] = ()
    file: str = ""

    def of(self, side: str) -> tuple[Rule, ...]:
        """Return the rules of a side, in order."""
        return tuple(rule for rule in self.rules if rule.side == side)

    @property
    def needs(self) -> tuple[str, ...]:
        """The facts that some rule wants known, each once."""
        return tuple(dict.fromkeys(name for rule in self.rules for name in rule.known))


def load_rules(path: Path = RULES) -> Rules:
    """Return the rules of a file; where anything in it is refused there are no rules, but the faults with places."""
    checker = Checker(path)
    node = checker.whole()
    rules: list[Rule] = []
    if node is not None:
        sides = checker.row(node, "the file", SIDES)
        for side in SIDES:
            found = [_rule(checker, side, item) for item in checker.items(sides, side)]
            if side in sides and not found and not checker.refused:
                checker.fault(sides[side][0], f"{side} has no rule: write one at least")
            _check_order(checker, found)
            rules.extend(found)
    return Rules(rules=() if checker.refused else tuple(rules), refused=tuple(sorted(checker.refused)), file=str(path))


def _rule(checker: Checker, side: str, node: Node) -> Rule:
    keys = ("findings", "gaps", "known", "unjudged")
    row = checker.row(node, "a rule", ("band", "severity"), keys)
    band = checker.word_of(row, "band", BANDS)
    if band == LOW:
        _forbid(checker, row, ("findings", "gaps"), "low counts what is not known: it takes known and unjudged")
    elif band:
        _forbid(checker, row, ("known", "unjudged"), f"{band} counts findings: it takes findings and gaps")
        if "findings" not in row:
            checker.fault(node.place, f"missing: findings, the number that makes it {band}")
    known = _facts(checker, row, node.place) if band == LOW else ()
    return Rule(
        side=side,
        band=band,
        severity=checker.word_of(row, "severity", SEVERITIES),
        findings=checker.count(row, "findings", 1) or 0,
        gaps=tuple(checker.word(item, "gap", GAPS) for item in checker.items(row, "gaps")),
        known=known,
        unjudged=checker.count(row, "unjudged") or 0,
        line=node.place.line,
    )


def _forbid(checker: Checker, row: Row, keys: tuple[str, ...], message: str) -> None:
    for key in keys:
        if key in row:
            checker.fault(row[key][0], f"{key}: {message}")


def _facts(checker: Checker, row: Row, place: Place) -> tuple[str, ...]:
    """Return what must be known for low: a fact that can be unknown is among them, or nothing known would be low."""
    before = len(checker.refused)
    names = tuple(checker.word(item, "fact", VOCABULARY) for item in checker.items(row, "known"))
    if len(checker.refused) == before and not any(not VOCABULARY[name].own for name in names):
        checker.fault(place, "low names in known a fact that can be unknown: a tool nobody has looked into is not low")
    return names


def _check_order(checker: Checker, rules: list[Rule]) -> None:
    """Refuse a worse band below a better one: it would never be reached as it reads."""
    order = [BANDS.index(rule.band) for rule in rules if rule.band]
    for before, after, rule in zip(order, order[1:], [r for r in rules if r.band][1:], strict=False):
        if after < before:
            checker.fault(Place(rule.line, 1), f"{rule.band} stands below a better band: the worst stand above")

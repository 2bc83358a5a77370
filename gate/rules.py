"""The gate's rules as data: keys, clocks, reminders, routes and the fast lane, checked with file, line and column."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from policies.documents import Fields, Node, Scalar
from policies.engine import compile_expression
from policies.reading import Faulty
from policies.risk import BANDS, UNKNOWN
from policies.shape import Expression, Refusal
from policies.tables import Checker, Row

#: The rules that come with the program.
RULES = Path(__file__).parent / "rules.yaml"
#: The stages of an open case, in the order in which it usually passes them.
STAGES = ("new", "questions", "review", "second_key")
HUB = "hub"
_ALL = (*BANDS, UNKNOWN)
#: What nobody has looked into is no better than medium.
_RANK = ("high", UNKNOWN, "medium", "low")
_ID = re.compile(r"[A-Z][A-Z0-9]{1,9}-\d{2,4}")
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")
#: A rule's approval is looked at again after three years at the latest.
_LONGEST = 3 * 366


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """Who gets a case: `to` is an address or `hub`; an empty tuple of bands or categories fits all."""

    to: str
    technology: tuple[str, ...] = ()
    customer: tuple[str, ...] = ()
    categories: tuple[str, ...] = ()

    def fits(self, technology: str, customer: str, category: str | None) -> bool:
        """Whether a case with these bands, of a tool of this category, goes this way."""
        fits = (not self.technology or technology in self.technology) and (
            not self.customer or customer in self.customer
        )
        return fits and (not self.categories or category in self.categories)


@dataclass(frozen=True, slots=True, kw_only=True)
class FastLane:
    """What a rule approves by itself. `version` is the digest of its text: it stands in each decision by it."""

    id: str
    title: str
    technology: tuple[str, ...]
    customer: tuple[str, ...]
    when: Expression | None = field(compare=False)
    review_in: int
    sample: float
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """All rules of the gate; where anything is refused, `refused` says what, and nothing of the file holds."""

    two_keys: tuple[str, ...] = ("high", UNKNOWN)
    clocks: Mapping[str, int] = field(default_factory=dict)
    remind_before: int = 1
    remind_again: int = 3
    escalate: int = 5
    rank: tuple[str, ...] = _RANK
    routes: tuple[Route, ...] = ()
    fast_lane: tuple[FastLane, ...] = ()
    refused: tuple[Refusal, ...] = ()
    file: str = ""


def load_rules(path: Path = RULES, categories: Collection[str] = ()) -> Rules:
    """Return the rules of a file, or, where anything in it is wrong, no rules but all faults with their places."""
    checker = Checker(path)
    node = checker.whole()
    if node is None:
        return Rules(refused=tuple(checker.refused), file=str(path))
    required = ("two_keys", "clocks", "reminders", "rank", "routes", "fast_lane")
    row = checker.row(node, "the file", required)
    found = _read(checker, row, categories, str(path))
    return Rules(refused=tuple(sorted(checker.refused)), file=str(path)) if checker.refused else found


def _read(checker: Checker, row: Row, categories: Collection[str], file: str) -> Rules:
    reminders = _numbers(checker, row, "reminders", ("before", "again", "escalate"))
    rank = _bands(checker, row, "rank")
    if "rank" in row and {*rank} != {*_ALL}:
        checker.fault(row["rank"][0], f"rank names each band once: {', '.join(_ALL)}")
    lanes = [_lane(checker, item, categories) for item in checker.items(row, "fast_lane")]
    _refuse_twice(checker, row, [lane.id for lane in lanes])
    return Rules(
        two_keys=_two_keys(checker, row),
        clocks=_numbers(checker, row, "clocks", STAGES),
        remind_before=reminders.get("before", 1),
        remind_again=reminders.get("again", 3),
        escalate=reminders.get("escalate", 5),
        rank=rank,
        routes=tuple(_route(checker, item, categories) for item in checker.items(row, "routes")),
        fast_lane=tuple(lanes),
        file=file,
    )


def _two_keys(checker: Checker, row: Row) -> tuple[str, ...]:
    found = _bands(checker, row, "two_keys")
    if "two_keys" in row and "high" not in found:
        checker.fault(row["two_keys"][0], "two_keys names high at least: there both sides have to sign")
    return found


def _numbers(checker: Checker, row: Row, key: str, names: Collection[str]) -> dict[str, int]:
    if key not in row:
        return {}
    inner = checker.row(row[key][1], key, names)
    return {name: number for name in names if (number := checker.count(inner, name, 1)) is not None}


def _bands(checker: Checker, row: Row, key: str) -> tuple[str, ...]:
    return tuple(checker.word(item, "band", _ALL) for item in checker.items(row, key))


def _route(checker: Checker, node: Node, categories: Collection[str]) -> Route:
    row = checker.row(node, "a route", ("to",), ("technology", "customer", "categories"))
    to = checker.text(row, "to")
    if to and to != HUB and not _ADDRESS.fullmatch(to):
        checker.fault(row["to"][1].place, "to is the address of an account, or hub")
    return Route(
        to=to.casefold(),
        technology=_bands(checker, row, "technology"),
        customer=_bands(checker, row, "customer"),
        categories=tuple(checker.word(item, "category", categories) for item in checker.items(row, "categories")),
    )


def _lane(checker: Checker, node: Node, categories: Collection[str]) -> FastLane:
    keys = ("id", "title", "technology", "customer", "when", "review_in", "sample")
    row = checker.row(node, "a fast lane", keys)
    name, customer = checker.text(row, "id"), _bands(checker, row, "customer")
    if name and not _ID.fullmatch(name):
        checker.fault(row["id"][1].place, "an id is capitals, a hyphen and a number, such as FAST-01")
    if {"high", UNKNOWN} & {*customer}:
        checker.fault(row["customer"][0], "no rule decides where customer risk is high or unknown: a person does")
    technology = _bands(checker, row, "technology")
    for side, bands in (("technology", technology), ("customer", customer)):
        if side in row and not bands:
            checker.fault(row[side][0], f"{side} names the bands for which the rule decides")
    review_in = checker.count(row, "review_in", 1) or 1
    if review_in > _LONGEST:
        checker.fault(row["review_in"][1].place, f"an approval is looked at again within {_LONGEST} days")
    sample = checker.decimal(row, "sample")
    if sample is not None and sample > 1:
        checker.fault(row["sample"][1].place, "sample is a share: above 0, at most 1")
    return FastLane(
        id=name,
        title=checker.text(row, "title"),
        technology=technology,
        customer=customer,
        when=_when(checker, row, categories),
        review_in=review_in,
        sample=float(sample or 1),
        version=_version(node),
    )


def _when(checker: Checker, row: Row, categories: Collection[str]) -> Expression | None:
    node = row["when"][1] if "when" in row else None
    if not isinstance(node, Scalar) or not node.text.strip():
        if node is not None:
            checker.fault(node.place, "when is an expression, as in policies")
        return None
    try:
        return compile_expression(node.text.strip(), {"tool.category": frozenset(categories)} if categories else None)
    except Faulty as error:
        skipped = len(node.text) - len(node.text.lstrip())
        for at, message in error.faults:
            checker.fault(node.at(at + skipped), f"when: {message}")
        return None


def _refuse_twice(checker: Checker, row: Row, names: list[str]) -> None:
    for name in sorted({name for name in names if name and names.count(name) > 1}):
        checker.fault(row["fast_lane"][0], f"two rules are called {name}: give each its own id")


def _version(node: Node) -> str:
    """Return the digest of what a rule says, wherever it stands: twelve hexadecimal digits."""
    return hashlib.sha256(repr(_plain(node)).encode()).hexdigest()[:12]


def _plain(node: Node) -> object:
    if isinstance(node, Scalar):
        return node.text
    if isinstance(node, Fields):
        return sorted((key, _plain(value)) for key, (_, value) in node.fields.items())
    return [_plain(item) for item in node.items]

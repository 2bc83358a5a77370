"""The material state: what a decision rests on. New sign-ins do not change it; a new right or another price does.

A decision keeps its digest: it is refused where the state changed while it was read, and comes back where it has
changed since. What is unknown now is no change: a refused stream neither reopens a case nor closes one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from gate.audit import canonical

UNKNOWN = "unknown"
#: Upper ends of the classes of a year's money, in the company's base currency; the last class has none.
PRICES = (0, 1_000, 5_000, 25_000, 100_000)
#: Upper ends of the bands of people.
PEOPLE = (0, 2, 9, 29, 99)
#: So many times the people of the day of the decision are another tool than the one that was approved.
GROWTH = 5
_MICROS = 1_000_000
#: From the least to the most that a scope opens; unrated is not low, and counts as grave as what is best not known.
_CLASSES = ("low", "medium", "unrated", "high", "critical")


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """The state of one tool as far as it matters to a decision.

    `findings`: policy -> verdict of the open ones; `rights`: (system, right, class of scope); `owners`: (side, person);
    `price` and `people`: a class, as `ceiling` words it; `technology` and `customer`: bands of risk; `ends`: the day on
    which the product ends; `vendor`: the day on which its vendor last changed. Unknown is `unknown`.
    """

    findings: Mapping[str, str]
    rights: tuple[tuple[str, str, str], ...]
    owners: tuple[tuple[str, int], ...]
    price: str
    people: str
    technology: str
    customer: str
    ends: str
    vendor: str

    def plain(self) -> dict[str, Any]:
        """Return it as JSON has it."""
        return asdict(self) | {"rights": [list(r) for r in self.rights], "owners": [list(o) for o in self.owners]}

    @property
    def digest(self) -> str:
        """The SHA-256 of its canonical JSON."""
        return hashlib.sha256(canonical(self.plain()).encode()).hexdigest()


@dataclass(frozen=True, slots=True)
class Change:
    """One difference between then and now: its kind, a sentence, and whether an approval comes back by it."""

    kind: str
    said: str
    reopens: bool


def material(
    facts: Mapping[str, Any],
    findings: Iterable[Mapping[str, Any]],
    rights: Iterable[tuple[str, str, str]],
    owners: Iterable[tuple[str, int]],
    bands: Mapping[str, str],
) -> Material:
    """Return the material state. `facts` are values as JSON has them, None or left out where unknown."""
    return Material(
        findings={f["policy"]: f["verdict"] for f in findings if f["state"] == "open" and f["verdict"] != "met"},
        rights=tuple(sorted(set(rights))),
        owners=tuple(sorted(set(owners))),
        price=ceiling(_whole(facts.get("spend.annual")), PRICES),
        people=ceiling(facts.get("people.count"), PEOPLE),
        technology=bands["technology"],
        customer=bands["customer"],
        ends=str(facts.get("lifecycle.end_of_life") or UNKNOWN),
        vendor=str(facts.get("lifecycle.vendor_changed") or UNKNOWN),
    )


def read(plain: Mapping[str, Any]) -> Material:
    """Return what `Material.plain` wrote."""
    known = dict(plain)
    known["rights"] = tuple((system, right, grade) for system, right, grade in plain["rights"])
    known["owners"] = tuple((side, int(person)) for side, person in plain["owners"])
    return Material(**known)


def ceiling(value: float | None, steps: Sequence[int]) -> str:
    """Return the class of a number: `up to N`, `over N` past the last step, `unknown` where it is."""
    if value is None:
        return UNKNOWN
    return next((f"up to {step:,}" for step in steps if value <= step), f"over {steps[-1]:,}")


def _whole(micros: int | None) -> float | None:
    return None if micros is None else micros / _MICROS


# --- then and now ----------------------------------------------------------------------------------------------------


def changes(
    then: Material, now: Material, *, people_then: int | None = None, people_now: int | None = None
) -> list[Change]:
    """Return what is another now, the gravest first: what brings an approval back, then the rest."""
    found = [
        *_rights(then, now),
        *_classes(then, now, people_then, people_now),
        *_owners(then, now),
        *_announced(then, now),
        *_bands(then, now),
        *_findings(then, now),
    ]
    return sorted(found, key=lambda change: not change.reopens)


def _rights(then: Material, now: Material) -> Iterable[Change]:
    had = {(system, grade) for system, _, grade in then.rights}
    systems = {system for system, _, _ in then.rights}
    gravest = {system: max(_grade(g) for s, _, g in then.rights if s == system) for system in systems}
    for system, right, grade in now.rights:
        if system not in systems:
            yield Change("system", f"It can {right} {system} now, which it could not then.", reopens=True)
        elif (system, grade) not in had and _grade(grade) > gravest[system]:
            yield Change("scope_class", f"It holds a {grade} right on {system} now.", reopens=True)
    for system in sorted(systems - {system for system, _, _ in now.rights}):
        yield Change("right_gone", f"It no longer holds a right on {system}.", reopens=False)


def _grade(name: str) -> int:
    return _CLASSES.index(name) if name in _CLASSES else len(_CLASSES)


def _classes(then: Material, now: Material, people_then: int | None, people_now: int | None) -> Iterable[Change]:
    if UNKNOWN not in {then.price, now.price} and then.price != now.price:
        dearer = _step(now.price, PRICES) > _step(then.price, PRICES)
        yield Change("price_class", f"A year costs {now.price} now, {then.price} then.", reopens=dearer)
    if people_then is not None and people_now is not None and people_now >= GROWTH * max(people_then, 1):
        yield Change("people", f"{people_now:,} people use it now, {people_then:,} then.", reopens=True)
    elif UNKNOWN not in {then.people, now.people} and then.people != now.people:
        yield Change("people", f"Its people are {now.people} now, {then.people} then.", reopens=False)


def _step(name: str, steps: Sequence[int]) -> int:
    names = [f"up to {step:,}" for step in steps]
    return names.index(name) if name in names else len(names)


def _owners(then: Material, now: Material) -> Iterable[Change]:
    for side in sorted({side for side, _ in then.owners} | {side for side, _ in now.owners}):
        before, after = ({person for s, person in one.owners if s == side} for one in (then, now))
        if before and not after:
            yield Change("owner", f"Nobody is its {side} owner any more.", reopens=True)
        elif before != after:
            yield Change("owner", f"Another person is its {side} owner now.", reopens=False)


def _announced(then: Material, now: Material) -> Iterable[Change]:
    if now.ends not in {UNKNOWN, then.ends}:
        yield Change("end_of_life", f"Its end is announced for {now.ends}.", reopens=True)
    if now.vendor not in {UNKNOWN, then.vendor}:
        yield Change("vendor", f"Its vendor was sold, merged or closed on {now.vendor}.", reopens=True)


def _bands(then: Material, now: Material) -> Iterable[Change]:
    for side in ("technology", "customer"):
        before, after = getattr(then, side), getattr(now, side)
        if before != after:
            worse = _RISE.get(after, 0) > _RISE.get(before, 0)
            yield Change("risk", f"The {side} risk is {after} now, {before} then.", reopens=worse and after == "high")


_RISE = {"low": 1, "medium": 2, "high": 3}


def _findings(then: Material, now: Material) -> Iterable[Change]:
    fresh = sorted(p for p, verdict in now.findings.items() if verdict == "violated" and p not in then.findings)
    gone = sorted(p for p in then.findings if p not in now.findings)
    if fresh:
        yield Change("finding", f"Flagged since then: {', '.join(fresh)}.", reopens=False)
    if gone:
        yield Change("finding", f"No longer flagged: {', '.join(gone)}.", reopens=False)

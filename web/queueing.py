"""The queue as pages show it: which cases wait for whom, and what the address asks of them."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gate.keys import sides
from gate.roles import Act
from web.here import Here
from web.lists import Key

Row = Mapping[str, Any]
Choices = dict[str, list[tuple[str, int]]]
#: Whom a case waits for -> who that is and what is expected of them.
WAITS = {
    "security": "Security looks at the findings and decides",
    "owner": "Somebody who was asked answers",
    "marketing": "Marketing signs its side",
    "it": "IT signs its side",
}
WHOM = {"security": "Security", "owner": "answers", "marketing": "Marketing", "it": "IT"}
STAGES = {"new": "new", "questions": "asking people", "review": "in review", "second_key": "second signature"}
BANDS = ("high", "medium", "low", "unknown")
_WORST_FIRST = {band: at for at, band in enumerate(("high", "unknown", "medium", "low"))}


def own_sides(here: Here) -> frozenset[str]:
    """Return the values of `waiting_for` that mean the side of who is signed in."""
    found: set[str] = {str(side) for side in sides(here.account)}
    return frozenset(found | ({"security"} if here.may(Act.WORK) else set()))


def for_me(here: Here, row: Row, mine: frozenset[str]) -> bool:
    """Return whether a case waits for who is signed in: for a side of theirs, and with nobody else."""
    if row["state"] != "open" or row["waiting_for"] not in mine:
        return False
    return row["waiting_for"] != "security" or row["assignee"] in {None, here.account.email}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What the address asks of the queue; empty: all."""

    state: str = "open"
    waits: str = ""
    person: str = ""
    risk: str = ""
    category: str = ""
    unit: str = ""
    stage: str = ""
    overdue: bool = False
    words: str = ""

    @classmethod
    def of(cls, query: Mapping[str, str]) -> Wanted:
        """Read a query; what it cannot be is passed over."""
        state = query.get("state", "open")
        return cls(
            state=state if state in {"open", "closed", "all"} else "open",
            waits=_among(query.get("waits"), {"me", "side", *WAITS}),
            person=query.get("with", "")[:300],
            risk=_among(query.get("risk"), BANDS),
            category=query.get("category", "")[:100],
            unit=query.get("unit", "")[:300],
            stage=_among(query.get("stage"), STAGES),
            overdue=query.get("overdue") == "1",
            words=query.get("q", "")[:300].strip(),
        )

    @property
    def narrowed(self) -> bool:
        """Whether anything but the state is asked for."""
        return self != Wanted(state=self.state)


def _among(value: str | None, known: Iterable[str]) -> str:
    return value if value is not None and value in {*known} else ""


class Queue:
    """The cases of the snapshot for one reader."""

    def __init__(self, here: Here) -> None:
        """Take the request at hand."""
        self._here, self._mine = here, own_sides(here)
        self._cases, self._tools = here.snapshot.cases, here.snapshot.tools

    @property
    def known(self) -> int:
        """How many cases there are in all."""
        return len(self._cases)

    def in_state(self, state: str) -> Sequence[Row]:
        """Return the open cases, the closed ones, or all."""
        return self._cases if state == "all" else self._cases.grouped("state").get(state, [])

    def waiting(self) -> list[Row]:
        """Return the cases that wait for who is signed in, in the order of the queue."""
        mine, me = self._mine, self._here.account.email
        return self._here.snapshot.once(("waiting", mine, me), lambda: self._waiting(mine, {None, me}))

    def late(self) -> int:
        """Return how many of those are overdue."""
        key = ("late", self._mine, self._here.account.email)
        return self._here.snapshot.once(key, lambda: sum(bool(row["overdue"]) for row in self.waiting()))

    def _waiting(self, mine: frozenset[str], nobody_else: set[str | None]) -> list[Row]:
        return [
            row
            for row in self.in_state("open")
            if row["waiting_for"] in mine and (row["waiting_for"] != "security" or row["assignee"] in nobody_else)
        ]

    def after(self, number: int) -> Row | None:
        """Return the next case that waits for who is signed in, behind one in the queue; at its end the first."""
        found = self.waiting()
        before = self._cases.get(number)
        place = (before or {}).get("rank") or 0
        # They stand in the order of their places.
        behind = bisect_right(found, place, key=lambda row: row["rank"])
        others = (row for row in (*found[behind : behind + 2], *found[:2]) if row["id"] != number)
        return next(others, None)

    def rows(self, wanted: Wanted) -> list[Row]:
        """Return the cases that the address asks for, in the order of the queue."""
        found: Iterable[Row] = self.in_state(wanted.state)
        for keep in self._tests(wanted):
            found = [row for row in found if keep(row)]
        rows = list(found)
        return list(self._cases.search(wanted.words, rows)) if wanted.words else rows  # type: ignore[arg-type]

    def _tests(self, wanted: Wanted) -> Iterable[Any]:
        me = self._here.account.email
        if wanted.waits == "me":
            yield lambda row: for_me(self._here, row, self._mine)
        elif wanted.waits == "side":
            yield lambda row: row["waiting_for"] in self._mine
        elif wanted.waits:
            yield lambda row: row["waiting_for"] == wanted.waits
        if wanted.person:
            person = {"me": me, "nobody": None}.get(wanted.person, wanted.person)
            yield lambda row: row["assignee"] == person
        if wanted.risk:
            yield lambda row: wanted.risk in {row["technology_risk"], row["customer_risk"]}
        if wanted.unit:
            yield lambda row: row["unit"] == wanted.unit
        if wanted.stage:
            yield lambda row: row["stage"] == wanted.stage
        if wanted.overdue:
            yield lambda row: row["overdue"]
        if wanted.category:
            yield lambda row: self.category(row) == wanted.category

    def category(self, row: Row) -> str | None:
        """Return the category of the tool of a case."""
        tool = self._tools.get(row["tool_id"])
        return None if tool is None else tool["category"]

    def choices(self, state: str) -> Choices:
        """Return what the filters offer, with how many cases of a state there are of each."""
        return self._here.snapshot.once(("choices", state), lambda: self._counted(state))

    def _counted(self, state: str) -> Choices:
        rows = self.in_state(state)
        categories = Counter(map(self.category, rows))
        units, persons = Counter(row["unit"] for row in rows), Counter(row["assignee"] for row in rows)
        return {"category": _known(categories), "unit": _known(units), "with": _known(persons)}


def _known(counted: Counter[str | None]) -> list[tuple[str, int]]:
    return sorted(((name, count) for name, count in counted.items() if name), key=lambda pair: pair[0].casefold())


#: What the queue can be sorted by, beside its own order.
SORTS: Mapping[str, Key] = {
    "tool": lambda row: row["tool"].casefold(),
    "technology": lambda row: _WORST_FIRST.get(row["technology_risk"]),
    "customer": lambda row: _WORST_FIRST.get(row["customer_risk"]),
    "findings": lambda row: row["findings_open"],
    "due": lambda row: row["due_at"],
    "opened": lambda row: row["opened_at"],
    "closed": lambda row: row["closed_at"],
    "with": lambda row: row["assignee"],
}

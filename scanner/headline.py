"""The first page of insights: one figure each, with the sentence that says what it is and the list behind it."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from model.facts import Facts
from scanner.facts import spend
from scanner.facts.world import World
from scanner.insights import (
    added,
    amounts,
    key_people,
    listed,
    overlap,
    renewals,
    seats,
    split,
    undecided,
    unused,
    visible,
)

#: Renewals of so many days to come are told on the first page.
SOON = 90


@dataclass(frozen=True, slots=True, kw_only=True)
class Lists:
    """The lists behind the figures, as `scanner.insights` gives them; `undecided` counts what `unused` cannot say."""

    overlap: list[dict[str, Any]]
    people: list[dict[str, Any]]
    unused: list[dict[str, Any]]
    undecided: int
    seats: list[dict[str, Any]]
    renewals: list[dict[str, Any]]


def lists(world: World, known: Mapping[str, Facts], names: Mapping[int, Any]) -> Lists:
    """Return the lists behind the figures. `names` are how rows name persons."""
    return Lists(
        overlap=overlap(world, known),
        people=key_people(world, known, names),
        unused=unused(world, known),
        undecided=undecided(world, known),
        seats=seats(world, known),
        renewals=renewals(world, known),
    )


def headline(world: World, known: Mapping[str, Facts], names: Mapping[int, str], outcomes: int) -> list[dict[str, Any]]:
    """Return the figures of the first page: figure, count, money, share, about (a sentence) and see (a command).

    A figure that is unknown has none of count, money and share, and says why.
    """
    return figures(lists(world, known, names), world, outcomes)


def figures(found: Lists, world: World, outcomes: int) -> list[dict[str, Any]]:
    """Return the figures of the first page, as `headline` has them, from lists that were made before."""
    return [
        _overlaps(found.overlap),
        _keys(found.people),
        *outside(world),
        *_wasted(found.unused, found.undecided),
        _seat(found.seats),
        _soon(found.renewals),
        _figure("outcomes", "tools with outcomes", "insights outcomes", count=outcomes),
    ]


def _figure(figure: str, about: str, see: str, **values: Any) -> dict[str, Any]:
    row: dict[str, Any] = {"figure": figure, "count": None, "money": None, "share": None}
    return row | values | {"about": about, "see": f"ostiary {see}"}


def _overlaps(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    shared = sum(row["shared_people"] or 0 for row in rows)
    about = f"categories with two tools or more in use; {shared} people work in two of one kind"
    return _figure("overlap", about, "insights overlap", count=len(rows))


def _keys(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    left = len({row["tool_id"] for row in rows if row["left"]})
    gone = f"; of {left} that person has left" if left else ""
    about = f"tools that hang on one person alone, {len({row['person'] for row in rows})} people in all{gone}"
    return _figure("key_people", about, "insights people", count=len({row["tool_id"] for row in rows}))


def outside(world: World) -> Iterator[dict[str, Any]]:
    """Yield spend outside IT of the last 12 months, a figure a currency: they are never added."""
    if not world.company.it_units:
        yield _figure("outside_it", "unknown: no units of IT are configured: [company] it_units", "insights outside")
        return
    charges = [charge for subject in visible(world) for charge in subject.charges]
    for currency in sorted({charge.currency for charge in charges}):
        by_side: dict[bool | None, list[Any]] = defaultdict(list)
        for charge in charges:
            if charge.currency == currency:
                by_side[spend.is_it(charge, world)].append(charge)
        row = split(currency, by_side)
        about = "of what tools cost in 12 months was not paid by IT"
        if row["share"] is None:
            about = f"unknown: the unit that paid is not known for enough of the {currency}"
        yield _figure("outside_it", about, "insights outside", money=row["outside"], share=row["share"])
    if not charges:
        yield _figure("outside_it", "unknown: no money was read", "insights outside")


def _wasted(rows: Sequence[Mapping[str, Any]], unknown: int) -> Iterator[dict[str, Any]]:
    beside = f"; of {unknown} tools it is not known" if unknown else ""
    told = {
        "paid_unused": f"tools that are paid and that nobody uses{beside}",
        "used_unpaid": f"tools that people use and that no money is seen for{beside}",
    }
    for kind, about in told.items():
        chosen = [row for row in rows if row["kind"] == kind]
        money = added(map(amounts, (row["spend_12m"] for row in chosen)))
        paid = {"money": listed(money)} if kind == "paid_unused" and chosen else {}
        yield _figure(kind, about, "insights unused", count=len(chosen), **paid)


def _seat(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if not rows:
        return _figure("unused_seats", "unknown: of no tool is it known how many seats were bought", "insights seats")
    sure = [row for row in rows if row["seats_unused"] is not None]
    money = added(map(amounts, (row["unused_cost_base"] or () for row in sure)))
    about = f"seats that nobody uses, at {len(sure)} of {len(rows)} tools whose seats are known"
    return _figure(
        "unused_seats", about, "insights seats", count=sum(r["seats_unused"] for r in sure), money=listed(money)
    )


def _soon(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if not rows:
        return _figure("renewals", "unknown: no end of a contract is known", "insights renewals")
    soon = [row for row in rows if 0 <= row["days_left"] <= SOON and not row["decided"]]
    about = f"renewals that are to be decided within {SOON} days, of {len(rows)} contracts whose end is known"
    return _figure("renewals", about, "insights renewals", count=len(soon))

"""What the tools come to, counted by the functions of `ostiary insights`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from fractions import Fraction
from typing import Any

from commands import insights, insights_outcome, measures, rating
from commands.faces.apart import counted_apart, is_large
from commands.forecasting import table_of
from commands.insights import Pages
from commands.opening import Desk
from gate import measures as counts
from gate.learning import compared
from gate.views import Views
from model.errors import ConfigError
from scanner import insights as found
from scanner.headline import figures, lists
from scanner.outside import outside_by_tool
from storage import entered
from storage.times import iso
from web.counting import Counted, Counting
from web.ports.insights import WINDOWS, Decided, Figures
from web.ports.listed import Row

_OUTSIDE_TOOLS = (
    *("tool_id", "tool", "category", "status", "currency", "total", "outside", "inside", "unplaced", "share"),
)
_FORECASTS = (
    *("tool_id", "tool", "currency", "low_micros", "likely_micros", "high_micros", "actual_micros", "complete"),
    *("inside", "over_stop", "missing"),
)


class Insights:
    """What the tools come to: counted beside the pages, once for each state of the store."""

    fields: Mapping[str, tuple[str, ...]] = {
        "page": insights.HEADLINE.fields,
        "outside": _OUTSIDE_TOOLS,
        "months": insights.OUTSIDE.fields,
        "overlap": insights.OVERLAP.fields,
        "people": insights.PEOPLE.fields,
        "cost": insights.COST.fields,
        "unused": insights.UNUSED.fields,
        "seats": insights.SEATS.fields,
        "renewals": insights.RENEWALS.fields,
        "decisions": measures.DECIDED.fields,
        "waiting": measures.WAITING.fields,
        "outcomes": insights_outcome.OUTCOMES.fields,
        "forecasts": _FORECASTS,
        "differences": rating.DIFFERENCES.fields,
    }

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk
        self._counting = Counting(self._figures, desk.store, desk.clock, lambda: desk.zone)

    def current(self) -> Counted[Figures] | None:
        """Return the figures; None where they are being counted for the first time."""
        return self._counting.current()

    @property
    def failed(self) -> bool:
        """Return whether the last counting broke down."""
        return self._counting.failed

    def _figures(self) -> Figures:
        return counted_apart(counted, self._desk) if is_large(self._desk) else counted(self._desk)


def counted(desk: Desk) -> Figures:
    """Count all figures from the store; of 20,000 tools that takes long."""
    pages = Pages(desk)
    world, known, company = pages.world, pages.known, desk.company
    behind = lists(world, known, {number: number for number in pages.names})
    views, differences = _differences(desk, pages)
    return Figures(
        as_of=iso(desk.as_of_ms()),
        currency=company.base_currency,
        it_units=tuple(company.it_units),
        tools=sum(1 for _ in found.visible(world)),
        headline=figures(behind, world, len(pages.brought)) if world.subjects else [],
        lists={
            "outside": outside_by_tool(world),
            "months": found.outside_it(world),
            "overlap": behind.overlap,
            "people": [row | {"address": pages.names.get(row["person"])} for row in behind.people],
            "cost": found.costs(world, known, pages.brought),
            "unused": behind.unused,
            "seats": behind.seats,
            "renewals": behind.renewals,
            "outcomes": insights_outcome.outcome_rows(desk),
            "forecasts": _forecasts(desk, pages),
            "differences": differences,
        },
        use_unknown=behind.undecided,
        ends_unknown=_ends_unknown(pages),
        brought=len(pages.brought),
        rated=_rated(views),
        decided=_decided(desk),
    )


def _differences(desk: Desk, pages: Pages) -> tuple[Mapping[str, Views], list[Row]]:
    tools = {
        tool: {"category": subject.category, "status": subject.status} for tool, subject in pages.world.subjects.items()
    }
    return rating.difference_rows(desk, tools)


def _rated(views: Mapping[str, Views]) -> tuple[int, int]:
    """Return how many tools both sides rated, and how many one alone."""
    sides = [len(of.ratings) for of in views.values()]
    return sum(count > 1 for count in sides), sides.count(1)


def _ends_unknown(pages: Pages) -> int:
    """Return of how many tools that money goes to nobody knows when the contract ends."""
    return sum(
        bool(subject.charges) and found.value(pages.known[subject.id], "contract.end") is None
        for subject in found.visible(pages.world)
    )


def _decided(desk: Desk) -> dict[int, Decided]:
    counted = measures.Counted(desk, max(WINDOWS))
    rows, stories = counted.rows, counted.stories
    return {days: _window(replace(rows, since=rows.now - timedelta(days=days)), stories) for days in WINDOWS}


def _window(rows: counts.Rows, stories: list[counts.Story]) -> Decided:
    by_people = [story for story in counts.answered(rows, stories) if story.by != "rule"]
    return Decided(
        rows=counts.days_to_decision(rows, stories),
        days=[story.days for story in by_people],
        waiting=counts.waiting_where(rows, stories),
        backlog=counts.backlog(rows, stories),
        fast_lane=counts.fast_lane(rows, stories),
        overturned=counts.overturned(rows),
        requested_before=counts.requested_before(rows, stories),
    )


def _forecasts(desk: Desk, pages: Pages) -> list[dict[str, Any]]:
    """Return the forecasts that hours were held against, those over their stop line first."""
    with desk.store.read() as connection:
        kept, spent = entered.forecasts(connection), entered.actuals(connection)
    if not kept:
        return []
    try:
        stop: Fraction = table_of(desk)[1].values["stop"]
    except ConfigError:
        return []
    rows = []
    for one in compared(kept, spent, stop):
        subject = pages.world.subjects.get(one.tool_id)
        money = {"low_micros": one.low, "likely_micros": one.likely, "high_micros": one.high}
        row: dict[str, Any] = {"tool_id": one.tool_id, "tool": one.tool_id if subject is None else subject.name} | money
        row |= {"currency": one.currency, "actual_micros": one.actual, "complete": one.complete, "inside": one.inside}
        rows.append(row | {"over_stop": one.over_stop, "missing": list(one.missing)})
    return sorted(rows, key=lambda row: (not row["over_stop"], row["tool"].casefold(), row["tool_id"]))

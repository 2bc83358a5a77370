"""`ostiary insights`: overlap, key people, spend outside IT, cost a person, what is unused, renewals, outcomes."""

from __future__ import annotations

import functools
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

import click

from commands.cells import category
from commands.insights_forecast import forecast
from commands.insights_outcome import list_outcomes, outcome, rounded
from commands.listing import Listing, limit_option, show
from commands.measures import decisions, gate, waiting
from commands.opening import Desk, reading
from commands.shape import Group, Program, pass_program
from model.facts import Facts
from reports.columns import Column, listed, money, number, said, share, text, word
from reports.words import UNKNOWN, plural, yes_no
from reports.words import money as money_text
from reports.words import number as number_text
from reports.words import share as share_text
from scanner import insights as found
from scanner.facts import derive
from scanner.facts.reading import world
from scanner.facts.world import World
from scanner.headline import headline
from storage import entered, kept
from storage import insights as stored
from storage.times import from_ms, month_text

#: The facts that insights read.
FACTS = (
    *("people.count", "people.last_used", "spend.annual", "spend.payers", "spend.last_charge", "spend.seats_bought"),
    "spend.per_active_person",
    *("spend.seats_unused_share", "grants.people", "access.admins", "contract.end", "contract.notice_deadline"),
    *("contract.auto_renews", "contract.renewal_decided"),
)


class Pages:
    """What all pages of insights are made of, read once."""

    def __init__(self, desk: Desk) -> None:
        """Read nothing yet."""
        self._desk = desk

    @functools.cached_property
    def world(self) -> World:
        """The world that facts are derived from, as of the last run or of --as-of."""
        desk = self._desk
        with desk.store.read() as connection:
            return world(connection, desk.company, desk.as_of_ms(), kept.decisions(connection), desk.index)

    @functools.cached_property
    def known(self) -> Mapping[str, Facts]:
        """The facts of every tool: those of the last run, or derived as of --as-of."""
        subjects = self.world.subjects
        if self._desk.as_of is not None:
            return {tool: derive.facts(subject, self.world) for tool, subject in subjects.items()}
        with self._desk.store.read() as connection:
            held = stored.facts(connection, FACTS)
        return {tool: held.get(tool, {}) for tool in subjects}

    @functools.cached_property
    def names(self) -> Mapping[int, str]:
        """How listings name persons."""
        with self._desk.store.read() as connection:
            return stored.names(connection)

    @functools.cached_property
    def brought(self) -> Mapping[str, Mapping[str, Any]]:
        """The outcomes of the last 12 months by tool: leads, reach, and revenue as money; null where nobody said."""
        with self._desk.store.read() as connection:
            rows = entered.outcomes(connection)
        last = from_ms(self._desk.as_of_ms())
        until = last.year * 100 + last.month
        since, until_ = month_text(until - 100), month_text(until)
        of: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
        for row in rows:
            if since < row["month"] <= until_:
                of[row["tool_id"]].append(row)
        return {tool: _brought(rows) for tool, rows in of.items()}


def _brought(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    counts = {name: [row[name] for row in rows if row[name] is not None] for name in ("leads", "reach")}
    revenue = found.added({row["currency"]: row["revenue"]} for row in rows if row["revenue"] is not None)
    sums = {name: sum(values) if values else None for name, values in counts.items()}
    return sums | {"revenue": found.listed(revenue) if revenue else None}


# --- the first page --------------------------------------------------------------------------------------------------


def _figure(row: Mapping[str, Any], _zone: object) -> str:
    told = [share_text(row["share"])] if row["share"] is not None else []
    told += [number_text(row["count"])] if row["count"] is not None else []
    told += [money_text(row["money"])] if row["money"] else []
    return "\n".join(told) if row["count"] is not None or row["share"] is not None else UNKNOWN


HEADLINE = Listing(
    noun="figure",
    fields=("figure", "count", "money", "share", "about", "see"),
    columns=(
        Column(title="Figure", cell=_figure, right=True),
        text("about", "What it is", least=30),
        Column(title="The list behind it", cell=lambda row, _z: row["see"], rank=1),
    ),
    empty="Nothing has been read yet. `ostiary ingest --list` names what can be read.",
)


@click.group(cls=Group, default="page", example="insights overlap --format csv")
def insights() -> None:
    """Show what the tools come to: overlap, key people, spend outside IT, cost a person, what is unused."""


insights.add_command(forecast)
insights.add_command(outcome)
insights.add_command(list_outcomes)
for _of_the_gate in (gate, decisions, waiting):
    insights.add_command(_of_the_gate)


@insights.command("page", example="insights page --as-of 2026-06-30")
@pass_program
def page(program: Program) -> None:
    """Show the headline figures, each with the list behind it."""
    with reading(program) as desk:
        pages = Pages(desk)
        rows = headline(pages.world, pages.known, pages.names, len(pages.brought)) if pages.world.subjects else []
        show(desk, HEADLINE, rows, limit=0)


# --- one list each ---------------------------------------------------------------------------------------------------

OVERLAP = Listing(
    noun="category",
    many="categories",
    fields=(
        *("category", "tools", "tool_ids", "approved", "people", "shared_people", "shared_share", "people_unknown"),
        *("spend_12m", "spend_12m_base", "spend_unknown"),
    ),
    columns=(
        category(rank=0),
        listed("tools", "Tools", least=24),
        listed("approved", "Approved", rank=3, none="none", least=16),
        number("people", "People", rank=1),
        number("shared_people", "In two or more"),
        share("shared_share", "Share", rank=5),
        money("spend_12m", "12 months", rank=2),
        listed("people_unknown", "People unknown at", rank=4, none="none", least=16),
        listed("spend_unknown", "Spend unknown at", rank=6, none="none", least=16),
    ),
    empty="No two tools of one category were in use in the last 90 days, by what was read.",
)


@insights.command("overlap", example="insights overlap --format csv")
@limit_option
@pass_program
def overlap(program: Program, *, limit: int | None) -> None:
    """List the categories in which several tools are in use, with the people who use two, and what they cost."""
    with reading(program) as desk:
        pages = Pages(desk)
        show(desk, OVERLAP, found.overlap(pages.world, pages.known), limit=limit)


PEOPLE = Listing(
    noun="row",
    fields=("person", "unit", "left", "tools_alone", "tool_id", "tool", "status", "roles", "people", "spend_12m"),
    columns=(
        text("person", "Person", least=20),
        text("tool", "Tool", least=12),
        listed("roles", "Alone", least=14),
        number("people", "People", rank=1),
        number("tools_alone", "Tools alone", rank=2),
        Column(title="Has left", cell=lambda row, _z: yes_no(row["left"]), rank=3),
        money("spend_12m", "12 months", rank=4),
        text("unit", "Unit", rank=5),
        word("status", "Status", rank=6),
    ),
    empty="No tool hangs on one person alone, by what is known of administrators, payers, owners and grants.",
)


@insights.command("people", example="insights people --format csv")
@limit_option
@pass_program
def people(program: Program, *, limit: int | None) -> None:
    """List who alone administers, pays, owns or gave the grants of a tool; those who hold most tools come first."""
    with reading(program) as desk:
        pages = Pages(desk)
        rows = found.key_people(pages.world, pages.known, pages.names)
        show(desk, PEOPLE, rows, limit=limit, notes=lambda: _people_notes(rows))


def _people_notes(rows: Sequence[Mapping[str, Any]]) -> list[str]:
    return [f"{plural(len({row['person'] for row in rows}), 'person', 'people')} in all."]


OUTSIDE = Listing(
    noun="row",
    fields=("month", "currency", "total", "outside", "inside", "unplaced", "share", "tools"),
    columns=(
        word("month", "Month"),
        money("total", "Tools cost"),
        money("outside", "Not paid by IT"),
        share("share", "Share"),
        money("inside", "Paid by IT", rank=1),
        money("unplaced", "Payer's unit unknown", rank=2),
        number("tools", "Tools", rank=3),
    ),
    empty="No money is known to go to a tool yet. Read a card statement: `ostiary ingest card-csv statement.csv`.",
)


@insights.command("outside", example="insights outside --format csv")
@limit_option
@pass_program
def outside(program: Program, *, limit: int | None) -> None:
    """List by month what tools cost, and which part of it was not paid by IT."""
    with reading(program) as desk:
        units = desk.company.it_units
        show(desk, OUTSIDE, found.outside_it(Pages(desk).world), limit=limit, notes=lambda: _outside_notes(units))


def _outside_notes(units: Sequence[str]) -> list[str]:
    if units:
        return [
            f"IT's units: {', '.join(map(said, units))}. The budget on a charge decides, else the unit of whoever paid."
        ]
    return ["No units of IT are configured, so whose the money is stays unknown: [company] it_units."]


COST = Listing(
    noun="tool",
    fields=(
        *("tool_id", "tool", "category", "people", "spend_12m", "spend_12m_base", "per_person", "per_person_base"),
        *("leads_12m", "reach_12m", "revenue_12m", "cost_per_lead", "why"),
    ),
    columns=(
        text("tool", "Tool", least=14),
        number("people", "People"),
        money("spend_12m", "12 months"),
        rounded("per_person", "A person"),
        number("leads_12m", "Leads", rank=3),
        rounded("cost_per_lead", "A lead", rank=4),
        number("reach_12m", "Reach", rank=5),
        money("revenue_12m", "Revenue", rank=2),
        Column(title="Why unknown", cell=lambda row, _z: said(row["why"]) if row["why"] else "", rank=1, wraps=True),
    ),
    empty="No money is known to go to a tool yet. Read a card statement: `ostiary ingest card-csv statement.csv`.",
)


@insights.command("cost", example="insights cost --format csv")
@limit_option
@pass_program
def cost(program: Program, *, limit: int | None) -> None:
    """List what each tool costs a year and for each active person, beside what its owner says that it brought."""
    with reading(program) as desk:
        pages = Pages(desk)
        show(desk, COST, found.costs(pages.world, pages.known, pages.brought), limit=limit)


UNUSED = Listing(
    noun="tool",
    fields=("kind", "tool_id", "tool", "category", "status", "people", "last_used", "spend_12m", "last_charge"),
    columns=(
        word("kind", "What"),
        text("tool", "Tool", least=14),
        number("people", "People"),
        money("spend_12m", "12 months"),
        text("last_charge", "Last charge", rank=1),
        text("last_used", "Last use", rank=2),
        word("status", "Status", rank=3),
        category(rank=4),
    ),
    empty="No tool is paid and not used, or used and not paid, by what is known.",
)


@insights.command("unused", example="insights unused --format csv")
@limit_option
@pass_program
def unused(program: Program, *, limit: int | None) -> None:
    """List the tools that are paid and nobody uses, and those that are used and no money is seen for."""
    with reading(program) as desk:
        pages = Pages(desk)
        rows, unknown = found.unused(pages.world, pages.known), found.undecided(pages.world, pages.known)
        note = f"Of {plural(unknown, 'tool')} it is not known whether they are used, or paid: they are not among these."
        empty = f"{UNUSED.empty} {note}" if unknown else None
        show(desk, UNUSED, rows, limit=limit, empty=empty, notes=lambda: [note] if unknown else [])


SEATS = Listing(
    noun="tool",
    fields=(
        *("tool_id", "tool", "seats_bought", "people", "seats_unused", "unused_share", "spend_12m", "unused_cost_base"),
        "why",
    ),
    columns=(
        text("tool", "Tool", least=14),
        number("seats_bought", "Seats"),
        number("people", "People"),
        number("seats_unused", "Unused"),
        share("unused_share", "Share", rank=2),
        money("unused_cost_base", "They cost", rank=1),
        money("spend_12m", "12 months", rank=3),
    ),
    empty=(
        "Of no tool is it known how many seats were bought. Say it: `ostiary review answer TOOL spend.seats_bought N`."
    ),
)


@insights.command("seats", example="insights seats --format csv")
@limit_option
@pass_program
def seats(program: Program, *, limit: int | None) -> None:
    """List bought and unused seats, and what the unused ones cost."""
    with reading(program) as desk:
        pages = Pages(desk)
        show(desk, SEATS, found.seats(pages.world, pages.known), limit=limit)


def _left(row: Mapping[str, Any], _zone: object) -> str:
    days = row["days_left"]
    return f"{-days:,} days ago" if days < 0 else f"in {days:,} days"


RENEWALS = Listing(
    noun="contract",
    fields=("tool_id", "tool", "end", "decide_by", "days_left", "auto_renews", "decided", "spend_12m", "why"),
    columns=(
        text("tool", "Tool", least=14),
        text("decide_by", "Decide by"),
        Column(title="That is", cell=_left, right=True),
        text("end", "Ends", rank=1),
        Column(title="Renews by itself", cell=lambda row, _z: yes_no(row["auto_renews"]), rank=2),
        Column(title="Decided", cell=lambda row, _z: yes_no(row["decided"]), rank=3),
        money("spend_12m", "12 months", rank=4),
    ),
    empty="Of no contract is the end known. Say it: `ostiary review answer TOOL contract.end 2027-02-28`.",
)


@insights.command("renewals", example="insights renewals --format csv")
@limit_option
@pass_program
def renewals(program: Program, *, limit: int | None) -> None:
    """List the contracts whose end is known, the first to be decided first."""
    with reading(program) as desk:
        pages = Pages(desk)
        show(desk, RENEWALS, found.renewals(pages.world, pages.known), limit=limit)

"""`ostiary insights outcome`: what a tool brought, as its business owner says, beside what it cost."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

import click

from commands.acting import acting, as_option
from commands.figures import the_tool
from commands.forecasting import micros
from commands.listing import Listing, limit_option, show, tell
from commands.opening import Desk, reading, writing
from commands.shape import Command, Failure, Program, WrongCall, pass_program
from gate.roles import Act
from reports.columns import Column, day, money, number, text, word
from reports.words import money as money_text
from reports.words import plural
from scanner.insights import divided, listed, local_month, summed
from storage import entered, factbase, queries
from storage.times import month_text, to_ms

_COUNT = click.IntRange(min=0, max=10**12)


@click.command(
    "outcome",
    cls=Command,
    example="insights outcome HubSpot --month 2026-06 --leads 120 --revenue 34000 --by owner@example.com",
)
@click.argument("tool", metavar="ID|NAME")
@click.option("--month", required=True, metavar="YYYY-MM", help="The month that the figures are of.")
@click.option("--leads", type=_COUNT, metavar="N", help="How many leads it brought.")
@click.option("--reach", type=_COUNT, metavar="N", help="How many people it reached.")
@click.option("--revenue", metavar="AMOUNT", help="How much revenue is put down to it.")
@click.option("--currency", metavar="CODE", help="Of the revenue; the base currency where none is named.")
@click.option("--by", "by", required=True, metavar="EMAIL", help="Whose word it is: a person whom a source lists.")
@as_option
@pass_program
def outcome(
    program: Program,
    *,
    tool: str,
    month: str,
    leads: int | None,
    reach: int | None,
    revenue: str | None,
    currency: str | None,
    by: str,
) -> None:
    """Enter what a tool brought in a month. A later entry for the month corrects what it says; all are kept."""
    if revenue is None and leads is None and reach is None:
        raise WrongCall("say at least one of --leads, --reach and --revenue")
    number_ = _month(month)
    with writing(program, new=False) as desk:
        known = the_tool(desk, tool)
        row = {"tool_id": known, "month": number_, "leads": leads, "reach": reach}
        row |= _revenue(desk, revenue, currency)
        corrected = _enter(desk, row, by)
        said = f"{known}, {month}: {_said(row)}."
        lines = [said] + ([f"Entered before: {corrected}."] if corrected else [])
        told = {name: row[name] for name in ("tool_id", "leads", "reach")} | {"month": month}
        told |= {"revenue": _money(row), "corrects": bool(corrected)}
        tell(desk, told, *lines, "To see it beside the cost:", "ostiary insights outcomes")


def _month(text_: str) -> int:
    found = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text_.strip())
    if found is None:
        raise WrongCall(f"--month: {text_!r} is no month: write 2026-06")
    return int(found[1]) * 100 + int(found[2])


def _revenue(desk: Desk, revenue: str | None, currency: str | None) -> dict[str, Any]:
    if revenue is None:
        return {"revenue": None, "currency": None}
    code = (currency or desk.company.base_currency or "").upper()
    if not re.fullmatch("[A-Z]{3}", code):
        raise WrongCall("--currency: name the currency of the revenue, as three letters such as EUR")
    return {"revenue": micros(revenue), "currency": code}


def _enter(desk: Desk, row: dict[str, Any], by: str) -> str:
    """Enter a row, with one in the trail; return what it corrects in words, or nothing."""
    now, entered_by = desk.clock.now(), acting(desk, Act.ANSWER, tool=row["tool_id"])
    with desk.store.write() as connection:
        actor = queries.actor_of_address(connection, by.strip())
        if actor is None:
            raise Failure(f"no source lists {by!r}: ingest the directory first (okta-users, people-csv ...)")
        month = month_text(row["month"])
        rows = entered.outcomes(connection)
        before = next((old for old in rows if (old["tool_id"], old["month"]) == (row["tool_id"], month)), None)
        _complete(row, before)
        entry = entered.add_outcome(connection, row | {"at": to_ms(now), "actor_id": actor, "by": entered_by})
        detail = {name: row[name] for name in ("month", "leads", "reach", "revenue", "currency")}
        detail |= {"outcome": entry, "person": actor}
        about = f"tool:{row['tool_id']}"
        desk.trail().write(connection, at=now, actor=entered_by, act="outcome", about=about, detail=detail)
    return _said(before) if before else ""


def _complete(row: dict[str, Any], before: Mapping[str, Any] | None) -> None:
    """Take over from the entry before what this one does not say."""
    for names in (("leads",), ("reach",), ("revenue", "currency")):
        if before is not None and row[names[0]] is None:
            row |= {name: before[name] for name in names}


def _said(row: Mapping[str, Any]) -> str:
    told = [plural(row["leads"], "lead")] if row["leads"] is not None else []
    told += [f"reach {row['reach']:,}"] if row["reach"] is not None else []
    told += [f"revenue {money_text(_money(row))}"] if row["revenue"] is not None else []
    return ", ".join(told)


def _money(row: Mapping[str, Any]) -> list[dict[str, Any]] | None:
    return None if row["revenue"] is None else listed({row["currency"]: row["revenue"]})


def rounded(field: str, title: str, *, rank: int = 0) -> Column:
    """Return a column of money that was divided: to the hundredth, as the exact amount stands in the other formats."""

    def cell(row: Mapping[str, Any], _zone: object) -> str:
        amounts = row[field]
        return money_text(amounts and [one | {"amount_micros": round(one["amount_micros"], -4)} for one in amounts])

    return Column(title=title, cell=cell, rank=rank, right=True)


OUTCOMES = Listing(
    noun="month",
    fields=(
        *("month", "tool_id", "tool", "leads", "reach", "revenue", "cost", "cost_per_lead", "said_by", "entered_at"),
        *("entered_by", "corrected"),
    ),
    columns=(
        word("month", "Month"),
        text("tool", "Tool", least=14),
        number("leads", "Leads"),
        number("reach", "Reach", rank=3),
        money("revenue", "Revenue", rank=1),
        money("cost", "Charged"),
        rounded("cost_per_lead", "A lead", rank=2),
        text("said_by", "By", rank=4, least=16),
        day("entered_at", "Entered", rank=5),
        Column(title="Corrected", cell=lambda row, _z: "yes" if row["corrected"] else "no", rank=6),
    ),
    empty=(
        "Nobody has entered yet what a tool brought. Say it:"
        " `ostiary insights outcome TOOL --month 2026-06 --leads N --by EMAIL`."
    ),
)


@click.command("outcomes", cls=Command, example="insights outcomes --format csv")
@limit_option
@pass_program
def list_outcomes(program: Program, *, limit: int | None) -> None:
    """List what tools brought by month, beside what was charged in that month."""
    with reading(program) as desk:
        show(desk, OUTCOMES, outcome_rows(desk), limit=limit)


def outcome_rows(desk: Desk) -> list[dict[str, Any]]:
    """Return what tools brought by month, beside what was charged in that month, with the fields of the listing."""
    as_of = desk.as_of_ms()
    with desk.store.read() as connection:
        rows = entered.outcomes(connection)
        charges = factbase.charges(connection, 0, as_of) if rows else []
    own: dict[str, list[Any]] = {row["tool_id"]: [] for row in rows}
    for charge in charges:
        if charge.tool_id in own:
            own[charge.tool_id].append(charge)
    return [_row(row, own[row["tool_id"]], desk.zone) for row in rows]


def _row(row: Mapping[str, Any], charges: list[Any], zone: ZoneInfo) -> dict[str, Any]:
    """Return a row of the listing; refunds are taken off what was charged."""
    cost = summed(c for c in charges if month_text(local_month(c.seen_at, zone)) == row["month"])
    each = divided(cost, row["leads"]) if row["leads"] else None
    named = ("month", "tool_id", "tool", "leads", "reach", "said_by", "entered_at", "entered_by")
    told = {name: row[name] for name in named} | {"revenue": _money(row), "corrected": row["entries"] > 1}
    return told | {"cost": listed(cost), "cost_per_lead": None if each is None else listed(each)}

"""`ostiary spend`: money by tool, and the money that nothing says is software."""

from __future__ import annotations

import shlex
from collections.abc import Iterable, Mapping
from typing import Any

import click

from commands.acting import as_option
from commands.deciding import correct, reason_option
from commands.figures import the_tool
from commands.listing import Listing, limit_option, show
from commands.opening import Desk, reading, writing
from commands.shape import Group, Program, pass_program
from commands.tool_page import CHARGES
from model.signal import fold
from reports.columns import Column, day, listed, money, number, said, share, text
from reports.words import money as money_text
from scanner.corrections import RULINGS
from storage.figures import year_before
from storage.listings import spend as listings
from storage.listings import tools

BY_TOOL = Listing(
    noun="tool",
    fields=(
        *("tool_id", "tool", "vendor", "spend_12m", "spend_12m_base", "spend_total", "spend_total_base", "charges"),
        *("first_charge", "last_charge", "rulings"),
    ),
    columns=(
        text("tool", "Tool", least=16),
        money("spend_12m", "12 months"),
        money("spend_total", "In all", rank=2),
        number("charges", "Charges", rank=3),
        day("last_charge", "Last charge", rank=1),
        day("first_charge", "First charge", rank=4),
        listed("rulings", "Ruled by", rank=7),
        text("vendor", "Vendor", rank=5),
        text("tool_id", "Id", rank=6),
    ),
    empty="No money is known to go to a tool yet. Read a card statement: `ostiary ingest card-csv statement.csv`.",
)
UNMATCHED = Listing(
    noun="merchant",
    fields=(
        *("merchant", "merchant_of_record", "charges", "total", "total_base", "share", "first_charge", "last_charge"),
        *("ruling", "decision", "why"),
    ),
    columns=(
        text("merchant", "Merchant", least=20),
        money("total", "Money"),
        share("share", "Share", rank=3),
        number("charges", "Charges", rank=2),
        day("last_charge", "Last charge", rank=1),
        Column(title="Ruling", cell=lambda row, _z: _ruling(row), rank=4),
        text("why", "Why", rank=5, least=30),
    ),
    empty="No money is unmatched: every charge that was read belongs to a tool, or there is none.",
)


def _ruling(row: Mapping[str, Any]) -> str:
    if row["ruling"] is None:
        return "none yet"
    return f"{said(row['ruling']).replace('-', ' ')} (decision {row['decision']})"


@click.group(cls=Group, default="list", example="spend --unmatched")
def spend() -> None:
    """Show money by tool, or the money that nothing says is software."""


@spend.command("list", example="spend list --as-of 2026-06-30 --format csv")
@click.option("--unmatched", is_flag=True, help="Money that nothing says is software, by merchant.")
@limit_option
@pass_program
def list_spend(program: Program, *, unmatched: bool, limit: int | None) -> None:
    """List money by tool, the dearest first; with --unmatched, by merchant what is no tool's."""
    with reading(program) as desk:
        rows = unmatched_rows(desk) if unmatched else _by_tool(desk)
        listing = UNMATCHED if unmatched else BY_TOOL
        show(desk, listing, rows, limit=limit, notes=lambda: _notes(desk, rows, unmatched=unmatched))


def _by_tool(desk: Desk) -> list[dict[str, Any]]:
    as_of = desk.as_of_ms()
    with desk.store.read() as connection:
        return listings.by_tool(
            connection, as_of=as_of, year_ago=year_before(as_of), base_currency=desk.company.base_currency
        )


def unmatched_rows(desk: Desk) -> list[dict[str, Any]]:
    """Return the merchants of money that nothing says is software, with the fields of the listing."""
    as_of = desk.as_of_ms()
    with desk.store.read() as connection:
        return listings.unmatched(connection, as_of=as_of, base_currency=desk.company.base_currency)


def _notes(desk: Desk, rows: list[dict[str, Any]], *, unmatched: bool) -> list[str]:
    total = summed(row["total" if unmatched else "spend_12m"] for row in rows)
    said = money_text(total).replace("\n", ", ")
    if not unmatched:
        ruled = sorted({number for row in rows for number in row["rulings"]}, key=_number)
        return [f"In the last 12 months: {said}.", *_undo([_number(decision) for decision in ruled])]
    notes = [f"In all: {said}."]
    first = next((row["merchant"] for row in rows if row["ruling"] is None), None)
    if first is not None:
        rule = f"ostiary spend rule {shlex.quote(first)} not-a-tool --reason TEXT"
        notes += ["To say what one is (tool, not-a-tool or later):", rule, *_likeliest(desk, rows)]
    return notes + _undo([row["decision"] for row in rows if row["decision"] is not None])


#: So many merchants are looked at for a tool that they may be, those with most money.
_LOOKED_AT = 50


def _likeliest(desk: Desk, rows: list[dict[str, Any]]) -> list[str]:
    """Return what the largest merchant that is like a known tool may be, and the command that says so."""
    from commands.suggesting import of_merchant  # noqa: PLC0415 (its library is loaded only where something is unmatched)

    for row in [row for row in rows if row["ruling"] is None][:_LOOKED_AT]:
        for found in of_merchant(row["merchant"], desk.index)[:1]:
            return [f"{said(row['merchant'])} may be {found['tool']}. {found['why']} If it is:", found["accept"]]
    return []


def _number(decision: str) -> int:
    return int(decision.partition(":")[2])


def _undo(ruled: list[int]) -> list[str]:
    return ["To take a ruling back:", f"ostiary review undo {ruled[0]} --reason TEXT"] if ruled else []


def summed(many: Iterable[Iterable[Mapping[str, Any]]]) -> list[dict[str, Any]]:
    """Return money added up, each currency by itself."""
    found: dict[str, int] = {}
    for amounts in many:
        for one in amounts:
            found[one["currency"]] = found.get(one["currency"], 0) + one["amount_micros"]
    return [{"currency": c, "amount_micros": found[c]} for c in sorted(found)]


@spend.command("show", example="spend show Canva")
@click.argument("tool", metavar="ID|NAME")
@limit_option
@pass_program
def show_spend(program: Program, tool: str, limit: int | None) -> None:
    """Show a tool's charges by month, with the words of the statements."""
    with reading(program) as desk:
        found = the_tool(desk, tool)
        with desk.store.read() as connection:
            rows = listings.charges(connection, found, as_of=desk.as_of_ms())
        show(desk, CHARGES, rows, limit=limit, empty=f"No charge for {found} was read.")


@spend.command("rule", example="""spend rule "acme print shop" not-a-tool --reason "Prints our flyers" """.strip())
@click.argument("merchant")
@click.argument("ruling", type=click.Choice(RULINGS))
@click.option("--tool", metavar="ID|NAME", help="Which tool it is; a new name makes a new one.")
@reason_option
@as_option
@pass_program
def rule(program: Program, merchant: str, ruling: str, tool: str | None, reason: str) -> None:
    """Rule what a merchant is: a tool, not a tool, or to be asked later. Its charges follow, also those to come."""
    if tool is not None and ruling != "tool":
        raise click.UsageError(f"--tool does not go with {ruling}")
    with writing(program, new=False) as desk:
        named = None if tool is None else _known(desk, tool)
        correct(
            desk,
            "spend rule",
            lambda c: c.rule_merchant(merchant, ruling, named, reason),
            f"{fold(merchant)}: {ruling.replace('-', ' ')}" + (f", {named}" if named else ""),
            merchant=fold(merchant),
            ruling=ruling,
            tool=named,
        )


def _known(desk: Desk, tool: str) -> str:
    """Return the id of a tool in use, or the text itself: an id of the catalogue, or a new tool's name."""
    with desk.store.read() as connection:
        found = tools.find(connection, tool)
    return found[0] if len(found) == 1 else tool

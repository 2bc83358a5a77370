"""`ostiary request`: ask for a tool before it is bought, and see where it stands."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

import click

from catalog.categories import PERSONAL_DATA
from commands import request_page
from commands.acting import account, as_option, gate_of
from commands.cells import check_category
from commands.deciding import derive_anew, reason_option
from commands.figures import listed_tools
from commands.forecasting import Said, micros, of_category, of_tool
from commands.listing import Listing, limit_option, show, show_one, tell
from commands.opening import Desk, reading, writing
from commands.shape import Group, Program, WrongCall, pass_program
from connectors.amounts import CURRENCIES
from connectors.masking import mask_cards
from gate import conditions
from gate import requests as gated
from gate.forecast_words import ends, sentences
from gate.job_answers import stands
from gate.plain_words import name as plain_name
from gate.requests import NEEDS, Asked, Target, Wanted
from gate.roles import Account
from model.errors import ConfigError
from reports.columns import Column, day, number, phrase, text
from reports.words import clean
from reports.words import day as day_text
from scanner.wanting import target
from storage import kept
from storage import requests as stored
from storage.store import Connection
from storage.times import iso

if TYPE_CHECKING:
    from gate.forecast import Forecast


def _due(row: Mapping[str, Any], zone: tzinfo) -> str:
    return "" if row["due_at"] is None else day_text(row["due_at"], zone) + (" (overdue)" if row["overdue"] else "")


REQUESTS = Listing(
    noun="request",
    fields=(
        *("id", "tool_id", "tool", "category", "unit", "people", "price_micros", "currency", "data", "needs", "by"),
        *("at", "case_id", "where", "stage", "waiting_for", "since", "due_at", "overdue"),
    ),
    columns=(
        number("id", "No"),
        text("tool", "Tool", least=14),
        phrase("where", "Where it stands", least=12),
        Column(title="Waits for", cell=lambda row, _z: clean(row["waiting_for"] or ""), rank=1),
        day("since", "Since", rank=2),
        Column(title="Due", cell=_due, right=True),
        text("unit", "Unit", rank=3),
        text("by", "Asked by", rank=4, least=16),
        day("at", "Asked", rank=5),
        number("case_id", "Case", rank=6),
    ),
    covered=False,
    empty="Nobody has asked for a tool yet: `ostiary request NAME --for TEXT` does, before it is bought.",
)


class Requests(Group):
    """Takes the name of a tool for what is asked for."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put `ask` before a first word that is no command."""
        if args and not args[0].startswith("-") and args[0] not in self.commands:
            args = ["ask", *args]
        return super().parse_args(ctx, args)


@click.group(
    cls=Requests,
    default="ask",
    example='request Quillfox --for "Newsletters to partners" --category email_marketing --as ana@example.com',
)
def request() -> None:
    """Ask for a tool before it is bought: what does the job already, what it comes to, and how long an answer takes."""


@request.command(
    "ask", example='request ask Quillfox --for "Newsletters" --price 12000 --currency EUR --as ana@example.com'
)
@click.argument("name", metavar="NAME")
@click.option("--for", "purpose", required=True, metavar="TEXT", help="What for: the job that it is to do.")
@click.option("--category", metavar="SLUG", help="What kind of tool it is, where the catalogue does not know it.")
@click.option("--unit", metavar="UNIT", help="The team that is to use it; yours where it is not said.")
@click.option("--people", type=int, metavar="N", help="How many people will use it.")
@click.option("--data", multiple=True, type=click.Choice([*PERSONAL_DATA]), help="Data of persons that it is to hold.")
@click.option("--need", "needs", multiple=True, type=click.Choice(NEEDS), help="A system that it must be tied to.")
@click.option("--price", metavar="AMOUNT", help="What a year costs by the vendor's offer, without a sign.")
@click.option("--currency", metavar="CODE", help="The price's currency, as three letters.")
@as_option
@pass_program
def ask(program: Program, /, *, name: str, purpose: str, category: str | None, **said: Any) -> None:
    """Ask for a tool by its name or domain. The answer comes at once; the decision in days.

    Offers and other papers are named by title or address in the text: nothing is attached.
    """
    check_category(category)
    price, currency = _price(said["price"], said["currency"])
    called = plain_name(mask_cards(name), "the tool's name")
    with writing(program, new=False) as desk:
        with desk.store.read() as connection:
            account(connection, desk)  # nobody learns anything who does not say who it is
            meant, imitates = target(connection, desk.index, called, category)
        quoted = price if currency == desk.company.base_currency else None
        found = forecast_of(desk, meant, Said(quote=quoted, people=said["people"], needs=said["needs"]))
        wanted = Wanted(
            tool=meant,
            purpose=mask_cards(purpose),
            unit=said["unit"],
            people=said["people"],
            data=said["data"],
            needs=said["needs"],
            price=price,
            currency=currency,
        )
        asked = _ask(desk, wanted, found)
        if asked.request is not None:
            derive_anew(desk, "request")
        row = _row(desk, wanted, asked, found) | {"imitates": imitates}
        show_one(desk, row, lambda page: request_page.draw_asked(page, row))


def _ask(desk: Desk, wanted: Wanted, found: Forecast | None) -> Asked:
    gate = gate_of(desk)
    kept_forecast = None if found is None else kept_of(found)
    with desk.store.write() as connection:
        by = account(connection, desk)
        given = wanted.unit or _unit(connection, by)
        asked_for = Wanted(**{name: getattr(wanted, name) for name in _FIELDS} | {"unit": given})
        hub = desk.settings.gate.hub_of(given)
        return gated.ask(connection, gate, asked_for, by, forecast=kept_forecast, hub=hub)


_FIELDS = ("tool", "purpose", "people", "data", "needs", "price", "currency")


def _unit(connection: Connection, by: Account) -> str | None:
    """Return the unit for which somebody asks: the only one of the account, else where the directory has them."""
    return by.units[0] if len(by.units) == 1 else stored.unit_of(connection, by.id)


def _price(price: str | None, currency: str | None) -> tuple[int | None, str | None]:
    """Return a price in millionths with its currency. Raises WrongCall where one of the two is missing or is none."""
    if (price is None) != (currency is None):
        raise WrongCall("a price has a currency: --price 12000 --currency EUR")
    if price is None or currency is None:
        return None, None
    if re.search(r"[^\d\s.,']", price):
        raise WrongCall("--price is the amount alone, such as 12000: --currency EUR says of what, without a sign")
    code = currency.strip().upper()
    if code not in CURRENCIES:
        raise WrongCall("--currency is three letters, such as EUR (ISO 4217)")
    return micros(price), code


def kept_of(found: Forecast) -> dict[str, Any]:
    """Return what of a forecast is kept with a request: its ranges."""
    return {"one_off": ends(found.one_off), "run": ends(found.run)}


def forecast_row(found: Forecast) -> dict[str, Any]:
    """Return a forecast as a request is answered with it."""
    priced = found.subject.quote is not None
    return {
        "sentence": " ".join(sentences(found)),
        "currency": found.settings.currency,
        **kept_of(found),
        "priced": priced,
    }


def forecast_of(desk: Desk, meant: Target, said: Said) -> Forecast | None:
    """Return the forecast: of a tool in use by what is known of it, of another by its category; None without any."""
    try:
        if any(row["first_seen"] for row in listed_tools(desk, [meant.id])):
            return of_tool(desk, meant.id, said)[1]
        return of_category(desk, meant.category, said)[1] if meant.category else None
    except ConfigError as error:
        click.echo(f"There is no forecast: {error}", err=True)
        return None


def _row(desk: Desk, wanted: Wanted, asked: Asked, found: Forecast | None) -> dict[str, Any]:
    forecast = None if found is None else forecast_row(found)
    first = asked.first and {**asked.first, "at": iso(asked.first["at"])}
    known = asked.known and {**asked.known, "decided_at": iso(asked.known["decided_at"])}
    return {
        "request": asked.request,
        "case": asked.case,
        "tool_id": wanted.tool.id,
        "tool": wanted.tool.name,
        "category": wanted.tool.category,
        "known": known,
        "approved": [{**row, "decided_at": iso(row["decided_at"])} for row in asked.approved],
        "first": first,
        "forecast": forecast,
        "unpriced": wanted.price is not None and wanted.currency != desk.company.base_currency,
        "took": None if asked.took is None else asked.took.row(),
        "waiting_for": asked.waiting_for,
        "due_at": iso(asked.due_at),
    }


@request.command("list", example="request list --open")
@click.option("--open", "only_open", is_flag=True, help="Only those that wait for a decision.")
@limit_option
@pass_program
def list_requests(program: Program, *, only_open: bool, limit: int | None) -> None:
    """List what was asked for, the latest first, and where each stands."""
    with reading(program) as desk:
        with desk.store.read() as connection:
            rows = [request_row(desk, row) for row in reversed(stored.requests(connection))]
        show(desk, REQUESTS, [row for row in rows if not only_open or row["where"] == "open"], limit=limit)


def request_row(desk: Desk, row: Mapping[str, Any]) -> dict[str, Any]:
    """Return a request, as the store reads it, with the fields of the listing: where it stands, for whom it waits."""
    standing = stands(row)
    now = desk.as_of_ms() if desk.as_of is not None else int(desk.clock.now().timestamp() * 1000)
    return {
        **{name: row[name] for name in ("id", "tool_id", "tool", "category", "unit", "people", "currency", "case_id")},
        "price_micros": row["price"],
        "data": row["data"],
        "needs": row["needs"],
        "by": row["by_address"],
        "at": iso(row["at"]),
        **{name: standing[name] for name in ("where", "stage", "waiting_for")},
        "since": iso(standing["since"]),
        "due_at": iso(standing["due_at"]),
        "overdue": standing["due_at"] is not None and standing["due_at"] < now,
    }


@request.command("show", example="request show 3")
@click.argument("number_", metavar="N", type=int)
@pass_program
def show_request(program: Program, number_: int) -> None:
    """Show one request: where it stands, for whom it waits, since when, and what was answered at once."""
    with reading(program) as desk:
        with desk.store.read() as connection:
            row = gated.the_request(connection, number_)
            purpose = kept.text_of(connection, row["purpose_hash"])
            decided = conditions.decision_of(connection, row["case_id"])
            words = {} if decided is None else decided["detail"].get("words", {})
            sentence = kept.text_of(connection, words.get("sentence"))
        found = request_row(desk, row) | {"purpose": purpose, "answered": row["answered"], "sentence": sentence}
        show_one(desk, found, lambda page: request_page.draw_request(page, found))


@request.command("withdraw", example='request withdraw 3 --reason "We use HubSpot for it" --as ana@example.com')
@click.argument("number_", metavar="N", type=int)
@reason_option
@as_option
@pass_program
def withdraw(program: Program, number_: int, reason: str) -> None:
    """Take a request back, your own; its case ends where nobody else wants the tool."""
    with writing(program, new=False) as desk:
        gate = gate_of(desk)
        with desk.store.write() as connection:
            case = gated.withdraw(connection, gate, number_, mask_cards(reason), account(connection, desk))
        derive_anew(desk, "request withdraw")
        ended = f", and case {case} is closed" if case is not None else ""
        tell(desk, {"request": number_, "closed_case": case}, f"Request {number_} is taken back{ended}.")

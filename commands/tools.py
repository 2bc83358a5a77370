"""`ostiary tools`: the tools in use, and all that is known of one."""

from __future__ import annotations

from collections import Counter
from typing import Any

import click

from commands import risks
from commands.acting import by_address
from commands.cells import category, check_category
from commands.figures import listed_tools, the_tool
from commands.listing import Listing, limit_option, show, show_one
from commands.opening import Desk, reading
from commands.shape import Failure, Group, Program, pass_program
from commands.standing import listed_findings, shown
from commands.tool_page import draw_tool, joined
from reports.columns import Column, day, listed, money, number, phrase, said, share, text
from reports.words import plural
from scanner.noise import rules
from scanner.noise import said as noise_said
from storage.listings import cases
from storage.listings import facts as known_facts
from storage.listings import spend as spending
from storage.listings import tools as listings


def _name(row: Any, _zone: object) -> str:
    marked = [name for name in ("provisional", "noise") if row[name]]
    about = [*(f"look-alike of {name}" for name in row["imitates"]), *marked]
    return f"{said(row['name'])} ({', '.join(about)})" if about else said(row["name"])


TOOLS = Listing(
    noun="tool",
    fields=(
        *("id", "name", "vendor", "category", "marketing", "provisional", "noise", "status", "marketing_used"),
        *("marketing_bought", "people", "people_ever", "people_marketing", "first_seen", "last_seen", "spend_12m"),
        *("spend_12m_base", "spend_total", "spend_total_base", "sources", "owners", "technology_risk"),
        *("customer_risk", "findings_open", "imitates", *risks.FIELDS),
    ),
    columns=(
        Column(title="Tool", cell=_name, wraps=True, least=16),
        category(rank=2),
        phrase("status", "Status", rank=1, least=13),
        number("people", "People"),
        number("findings_open", "Findings", rank=5),
        *risks.columns(rank=3),
        share("marketing_used", "Marketing use", rank=10),
        money("spend_12m", "12 months"),
        day("last_seen", "Last seen", rank=6),
        listed("sources", "Sources", rank=7, least=14),
        listed("owners", "Owners", rank=9, none="none known", least=16),
        text("id", "Id", rank=8, least=28),
    ),
    empty="No tool is known yet. Read what your systems export: `ostiary ingest --list` names the formats.",
)


@click.group(cls=Group, default="list", example="tools --marketing --new")
def tools() -> None:
    """Show the tools that are in use, those with most people first; or all that is known of one."""


@tools.command("list", example="tools list --category email_marketing --format csv")
@click.option("--category", "category_", metavar="SLUG", help="Only tools of this category, such as email_marketing.")
@click.option("--marketing", is_flag=True, help="Only marketing tools.")
@click.option("--new", "new", is_flag=True, help="Only tools that nobody has decided about.")
@click.option("--source", metavar="NAME", help="Only tools that this source has seen.")
@click.option("--noise", is_flag=True, help="Also what was marked as noise: personal use, trials, one-off visits.")
@limit_option
@pass_program
def list_tools(
    program: Program,
    *,
    category_: str | None,
    marketing: bool,
    new: bool,
    source: str | None,
    noise: bool,
    limit: int | None,
) -> None:
    """List the tools, those with most people first."""
    check_category(category_)
    with reading(program) as desk:
        known = listed_tools(desk)
        rows = [
            row
            for row in known
            if (category_ is None or row["category"] == category_)
            and (not marketing or row["marketing"])
            and (not new or row["status"] == "new")
            and (source is None or source in row["sources"])
        ]
        noise = noise or program.format != "table"  # programs get all, and the field that says so
        hidden = [] if noise else [row for row in rows if row["noise"]]
        rows = [row for row in rows if noise or not row["noise"]]
        empty = None
        if known:
            empty = " ".join([f"None of the {len(known)} known tools is like that.", *noise_notes(desk, hidden)])
        show(desk, TOOLS, rows, limit=limit, empty=empty, notes=lambda: tool_notes(desk, rows, hidden))


def tool_notes(desk: Desk, rows: list[dict[str, Any]], hidden: list[dict[str, Any]]) -> list[str]:
    """Return what a table of tools says below it: how many are provisional, how many hidden and why."""
    provisional = sum(row["provisional"] for row in rows)
    found = []
    if provisional:
        found.append(
            f"{plural(provisional, 'provisional tool')}: nobody has named {'it' if provisional == 1 else 'them'} yet."
        )
    return found + noise_notes(desk, hidden)


def noise_notes(desk: Desk, hidden: list[dict[str, Any]]) -> list[str]:
    """Return how many tools are hidden as noise, by which rule, and how to see them."""
    if not hidden:
        return []
    known = rules(desk.company.noise)
    counted = Counter(noise_said(row["noise"], known)[0].casefold() for row in hidden)
    by = ", ".join(f"{count} by {title}" for title, count in sorted(counted.items()))
    return [f"{len(hidden)} more hidden as noise ({by}); --noise shows them."]


@tools.command("show", example="tools show Mailchimp")
@click.argument("tool", metavar="ID|NAME")
@click.option("--facts", is_flag=True, help="Also every fact by area, with the reason where it is unknown.")
@pass_program
def show_tool(program: Program, tool: str, *, facts: bool) -> None:
    """Show all that is known of one tool: what it violates, who uses it, what it costs, and how we know."""
    with reading(program) as desk:
        named = the_tool(desk, tool)
        found, judged = _everything(desk, named), listed_findings(desk, tool_id=named)
        found |= {"look_alikes": _look_alikes(found), "joined": joined(found), "candidates": _candidates(desk, found)}
        found |= {"risks": risks.risks_of(desk, named)}
        whole = found | {"findings": shown(judged)}
        noise = noise_said(whole["noise"], rules(desk.company.noise)) if whole["noise"] else None
        show_one(desk, whole, lambda page: draw_tool(page, whole, judged, facts=facts, noise=noise))


def _everything(desk: Desk, tool: str) -> dict[str, Any]:
    row = next((r for r in listed_tools(desk) if r["id"] == tool), None)
    if row is None:
        raise Failure(f"{tool} had not been seen by {desk.program.as_of}")
    as_of = desk.as_of_ms()
    with desk.store.read() as connection:
        return {
            **row,
            "persons": listings.people(connection, tool),
            "months": listings.months(connection, tool),
            "identities": listings.identities(connection, tool),
            "charges": spending.charges(connection, tool, as_of=as_of),
            "records": listings.records(connection, tool),
            "decisions": by_address(desk, listings.decisions(connection, tool)),
            "facts": known_facts.facts(connection, tool),
            "case": next((c for c in cases.cases(connection) if (c["tool_id"], c["state"]) == (tool, "open")), None),
            "currency": desk.company.base_currency,
        }


def _look_alikes(tool: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the names of a tool that imitate another one: source, key and imitates."""
    wanted = ("source", "key", "imitates")
    return [{name: row[name] for name in wanted} for row in tool["identities"] if row["imitates"]]


def _candidates(desk: Desk, tool: dict[str, Any]) -> list[dict[str, Any]]:
    if not tool["provisional"]:
        return []
    from commands.suggesting import of_tool  # noqa: PLC0415 (its library is loaded for a tool that nobody knows alone)

    return of_tool(tool, desk.index)

"""`ostiary cases`: which tools wait for an answer, why, and for whom."""

from __future__ import annotations

import shlex
from collections.abc import Collection, Mapping
from datetime import tzinfo
from typing import TYPE_CHECKING, Any

import click

from commands import risks
from commands.acting import addresses
from commands.case_state import draw_next, draw_review, review_of
from commands.cells import title
from commands.figures import listed_tools
from commands.listing import Listing, limit_option, show, show_one
from commands.opening import Desk, reading
from commands.shape import Failure, Group, Program, pass_program
from commands.standing import listed_findings, shown, stands
from commands.tool_findings import draw_findings
from gate.ranking import ranked
from reports.columns import Column, day, number, text, word
from reports.words import UNKNOWN, clean, plural, share
from reports.words import day as day_text
from reports.words import money as money_text
from storage.listings import cases as listings
from storage.times import iso

if TYPE_CHECKING:
    from reports.terminal import Screen

#: Whom a case waits for -> who that is and what is expected.
WAITS = {
    "security": "security: a reviewer looks at the findings and decides",
    "owner": "the tool's owner: a question is to be answered",
    "marketing": "Marketing: its side of the decision is to be signed",
    "it": "IT: its side of the decision is to be signed",
}


def _due(row: Mapping[str, Any], zone: tzinfo) -> str:
    if row["state"] == "closed":
        return f"closed {day_text(row['closed_at'], zone)}"
    if row["due_at"] is None:
        return UNKNOWN
    return day_text(row["due_at"], zone) + (" (overdue)" if row["overdue"] else "")


def _waits(row: Mapping[str, Any], _zone: tzinfo) -> str:
    return clean(row["waiting_for"] or UNKNOWN) if row["state"] == "open" else "nobody"


def _sentence(why: str) -> str:
    said = clean(why)
    return said[:1].upper() + said[1:]


def _place(row: Mapping[str, Any], _zone: tzinfo | None = None) -> str:
    return "" if row["rank"] is None else f"{row['rank']:,}: {clean(row['rank_why'])}"


CASES = Listing(
    noun="case",
    fields=(
        *("id", "kind", "tool_id", "tool", "state", "stage", "waiting_for", "opened_at", "due_at", "technology_risk"),
        *("customer_risk", "assignee", "owner_business", "owner_technical", "closed_at", "why", "findings_open"),
        *("overdue", *risks.FIELDS, "rank", "rank_why", "unit"),
    ),
    columns=(
        number("id", "Case"),
        text("tool", "Tool", least=14),
        Column(title="Why", cell=lambda row, _z: _sentence(row["why"]), rank=1, wraps=True, least=24),
        number("rank", "Place", rank=2),
        number("findings_open", "Findings", rank=6),
        *risks.columns(rank=4),
        Column(title="Due", cell=_due, right=True),
        Column(title="Waiting for", cell=_waits, rank=3, wraps=True, least=11),
        word("state", "State", rank=7),
        text("owner_business", "Business owner", rank=8, least=16),
        Column(title="Assignee", cell=lambda row, _z: clean(row["assignee"] or "nobody yet"), rank=9),
        word("stage", "Stage", rank=10),
        day("opened_at", "Opened", rank=11),
    ),
    empty="No tool waits for a decision: a case opens for a tool that Marketing uses or bought and nobody has decided.",
)


@click.group(cls=Group, default="list", example="cases --state open")
def cases() -> None:
    """Show which tools wait for a decision, why, until when, and for whom."""


@cases.command("list", example="cases list --format csv")
@click.option("--state", type=click.Choice(["open", "closed"]), help="Only cases in this state.")
@limit_option
@pass_program
def list_cases(program: Program, *, state: str | None, limit: int | None) -> None:
    """List cases: the open ones in the order of the rules' rank, worst risk first, then by the day they are due."""
    with reading(program) as desk:
        known = listed_cases(desk)
        rows = [row for row in known if state in {None, row["state"]}]
        empty = f"None of the {plural(len(known), 'case')} is {state}." if known else None
        show(desk, CASES, rows, limit=limit, empty=empty, notes=lambda: _notes(rows))


def listed_cases(desk: Desk) -> list[dict[str, Any]]:
    """Return all cases with the listing's fields, in the order of the queue."""
    return [_fields(row) for row in ranked(case_rows(desk), desk.gate_rules)]


def case_rows(
    desk: Desk, wanted: Collection[str] | None = None, bands: Mapping[str, dict[str, Any]] | None = None
) -> list[dict[str, Any]]:
    """Return all cases, or those of some tools (ids), with the listing's fields but for their place in the queue.

    `bands` are the tools' risks as `listed_risks` gives them, where somebody has them already.
    """
    now, named = iso(desk.as_of_ms()) or "", addresses(desk)
    bands = risks.listed_risks(desk, wanted) if bands is None else bands
    with desk.store.read() as connection:
        rows = listings.cases(connection, bands, wanted)
    return [
        risks.completed(row)
        | {"overdue": row["state"] == "open" and row["due_at"] is not None and row["due_at"] < now}
        | {"assignee": named.get(row["assignee"], row["assignee"])}
        for row in rows
    ]


def _fields(row: dict[str, Any]) -> dict[str, Any]:
    return {name: row[name] for name in CASES.fields}


def _notes(rows: list[dict[str, Any]]) -> list[str]:
    open_ = [row for row in rows if row["state"] == "open"]
    late = sum(row["overdue"] for row in open_)
    found = [f"{len(open_):,} open" + (f", {late:,} of them overdue." if late else ", none of them overdue.")]
    order = ["Worse risk first, technology and customer counted alike; then the day it is due."] if open_ else []
    return [*found, *order, "To see one with its findings:", f"ostiary cases show {rows[0]['id']}"]


@cases.command("show", example="cases show 3")
@click.argument("number_", metavar="N", type=int)
@pass_program
def show_case(program: Program, number_: int) -> None:
    """Show one case: why it was opened, what was found at the tool, and what it waits for."""
    with reading(program) as desk:
        row = next((row for row in listed_cases(desk) if row["id"] == number_), None)
        if row is None:
            raise Failure(f"there is no case {number_}: `ostiary cases` lists them")
        tool = next((t for t in listed_tools(desk) if t["id"] == row["tool_id"]), None)
        found = listed_findings(desk, tool_id=row["tool_id"], state="open")
        whole = row | {"tool_record": tool, "findings": shown(found), "risks": risks.risks_of(desk, row["tool_id"])}
        whole["review"] = review_of(desk, number_)
        show_one(desk, whole, lambda page: _draw(page, whole, tool, found))


def _draw(page: Screen, row: dict[str, Any], tool: dict[str, Any] | None, found: list[dict[str, Any]]) -> None:
    page.heading(row["tool"], f"case {row['id']}, {row['state']}")
    page.line(f"Opened because {clean(row['why'])}.")
    page.line()
    page.facts(_summary(page, row))
    if tool is not None:
        page.heading("The tool")
        page.facts(_tool(tool))
    draw_findings(page, found)
    risks.draw_risks(page, row["risks"])
    draw_review(page, row, row["review"])
    draw_next(page, row, row["review"])
    page.heading("Look further")
    named = shlex.quote(row["tool_id"])
    page.command(f"ostiary tools show {named}", "Who uses it, what it costs, and how we know:")
    first = next((f for f in found if stands(f)), None)
    if first is not None:
        page.command(f"ostiary findings show {first['id']}", "Its worst finding, and what to do:")


def _summary(page: Screen, row: dict[str, Any]) -> list[tuple[str, str]]:
    waits, since = row["waiting_for"], day_text(row["review"]["waits_since"], page.zone)
    closed = [("Closed", day_text(row["closed_at"], page.zone))] if row["closed_at"] else []
    place = [] if row["rank"] is None else [("In the queue", _place(row))]
    return [
        *place,
        *([] if row["closed_at"] else [("Due", _due(row, page.zone))]),
        ("Waiting for", f"{WAITS.get(waits, clean(waits))}; since {since}" if waits else "nobody"),
        ("Assignee", clean(row["assignee"]) if row["assignee"] else "nobody yet"),
        ("Business owner", clean(row["owner_business"] or UNKNOWN)),
        ("Technical owner", clean(row["owner_technical"] or UNKNOWN)),
        ("Risks", f"technology {row['technology_risk']}, customer {row['customer_risk']}"),
        (
            "Opened",
            f"{day_text(row['opened_at'], page.zone)}, {row['kind']} by a scan"
            if row["kind"] == "found"
            else day_text(row["opened_at"], page.zone),
        ),
        *closed,
    ]


def _tool(tool: dict[str, Any]) -> list[tuple[str, str]]:
    return [
        ("What it is", title(tool["category"])),
        ("Status", tool["status"].replace("_", " ")),
        ("People", f"{tool['people']} in the last 90 days; {share(tool['marketing_used'])} of them in marketing"),
        ("12 months", money_text(tool["spend_12m"]).replace("\n", ", ")),
    ]

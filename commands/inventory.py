"""`ostiary inventory`: what may be used for which job, on which conditions, and what to use instead."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

import click

from catalog.categories import CATEGORIES
from catalog.jobs import JOBS
from commands.cells import check_category
from commands.figures import listed_tools, the_tool
from commands.inventory_page import draw_page
from commands.listing import Listing, limit_option, show, show_one
from commands.opening import Desk, reading
from commands.shape import Failure, Group, Program, pass_program
from gate.cases import APPROVED
from gate.inventory import FACTS, LEAVING, Decided, Material, beside, decided, matching
from reports.columns import Column, listed, money, number, said, text
from reports.words import UNKNOWN, plural
from scanner.corrections import today
from scanner.identifying import lasting
from storage import insights, kept
from storage import inventory as stored
from storage.times import from_ms

INVENTORY = Listing(
    noun="tool",
    fields=(
        *("tool_id", "tool", "category", "status", "conditions", "owners", "people", "spend_12m", "renews_at"),
        *("review_by", "instead_of", "job", "category_title", "vendor", "sentence", "condition_details"),
        *("owner_business", "owner_technical", "deputy", "spend_12m_base", "decide_by", "auto_renews", "move_by"),
        *("decided_on", "decided_by", "decision", "case", "technology_risk", "customer_risk", "marketing"),
        *("first_seen", "last_seen", "instead_ids", "instead_why", "stable_id", "catalogue_id", "identifiers"),
    ),
    columns=(
        Column(title="To do this", cell=lambda row, _z: said(row["job"]), wraps=True, least=18),
        text("tool", "Tool", least=12),
        Column(title="May I use it?", cell=lambda row, _z: answer(row), wraps=True, least=14),
        Column(title="On condition that", cell=lambda row, _z: on_condition(row), wraps=True, rank=2, least=18),
        listed("owners", "Ask", rank=3, none="nobody named", least=14),
        number("people", "People", rank=5),
        money("spend_12m", "12 months", rank=4),
        Column(title="Contract ends", cell=lambda row, _z: day_said(row["renews_at"]), rank=6, right=True),
        Column(title="Looked at again", cell=lambda row, _z: day_said(row["review_by"], "-"), rank=7, right=True),
        listed("instead_of", "Use instead", rank=1, none="-", least=12),
    ),
    empty=(
        "Nothing is approved yet. `ostiary cases` lists what waits for a decision; a list that you keep already is "
        "read by `ostiary ingest approved-tools-csv FILE`."
    ),
)


def day_said(iso: str | None, absent: str = UNKNOWN) -> str:
    """Return a day as people say it, `3 Mar 2026`."""
    found = None if iso is None else date.fromisoformat(iso[:10])
    return absent if found is None else f"{found.day} {found:%b} {found.year}"


def answer(row: Mapping[str, Any]) -> str:
    """Return whether a tool may be used, as somebody is told who asks."""
    if row["status"] == "retired":
        return f"no: move by {day_said(row['move_by'])}" if row["move_by"] else "no: it is retired"
    told = {"approved": "yes", "approved_with_conditions": "on conditions", "rejected": "no"}.get(row["status"])
    if told is None:
        return f"not now: approved until {day_said(row['review_by'])}" if row["review_by"] else "not yet"
    return f"{told}, being looked at again" if row["case"] and row["status"] in APPROVED else told


def on_condition(row: Mapping[str, Any]) -> str:
    """Return the conditions that are still to be kept, each with the day by which."""
    left = [one for one in row["condition_details"] if one["state"] != "met"]
    return "\n".join(said(one["text"]) + (f" (by {day_said(one['due'])})" if one["due"] else "") for one in left) or "-"


@click.group("inventory", cls=Group, default="list", example="inventory --search webinars")
def inventory() -> None:
    """Show what may be used for which job, on which conditions, who answers for it, and what to use instead."""


@inventory.command("list", example="inventory list --all --format csv")
@click.option("--category", "category_", metavar="SLUG", help="Only tools of this category, such as email_marketing.")
@click.option("--owner", metavar="NAME", help="Only tools for which this person answers; a part of the name will do.")
@click.option("--search", metavar="WORDS", help="Only tools in which all words are found, such as webinars.")
@click.option("--all", "every", is_flag=True, help="Also what is rejected, retired, or not decided any more.")
@click.option("--leaving", is_flag=True, help="Only what is rejected or retired: by when to move, and to what.")
@limit_option
@pass_program
def list_inventory(
    program: Program,
    *,
    category_: str | None,
    owner: str | None,
    search: str | None,
    every: bool,
    leaving: bool,
    limit: int | None,
) -> None:
    """List what may be used, by the job that it does; those with most people first."""
    check_category(category_)
    with reading(program) as desk:
        known = inventory_rows(desk)
        shown = LEAVING if leaving else APPROVED
        wanted = matching(known, category=category_, owner=owner, search=search)
        rows = [row for row in wanted if every or row["status"] in shown]
        beside = [row for row in wanted if row not in rows]
        empty = _empty(known, wanted, leaving=leaving) if known else None
        listing = _shown(every=every, leaving=leaving)
        show(desk, listing, rows, limit=limit, empty=empty, notes=lambda: _notes(rows, beside))


def _shown(*, every: bool, leaving: bool) -> Listing:
    """Return the listing with the columns that have something to say in it; programs get all fields."""
    useless = set() if every else {"On condition that", "Looked at again"} if leaving else {"Use instead"}
    return replace(INVENTORY, columns=tuple(one for one in INVENTORY.columns if one.title not in useless))


@inventory.command("show", example="inventory show Mailchimp")
@click.argument("tool", metavar="ID|NAME")
@pass_program
def show_tool(program: Program, tool: str) -> None:
    """Show whether a tool may be used and on which terms, who answers for it, and by which ids systems know it."""
    with reading(program) as desk:
        known = inventory_rows(desk)
        row = next((r for r in known if tool in {r["tool_id"], r["tool"]}), None) or _found(desk, known, tool)
        show_one(desk, row, lambda page: draw_page(page, row, answer(row), day_said))


def _found(desk: Desk, known: Sequence[dict[str, Any]], wanted: str) -> dict[str, Any]:
    tool = the_tool(desk, wanted)
    row = next((row for row in known if row["tool_id"] == tool), None)
    if row is None:
        raise Failure(f"nobody has decided about {tool} yet: `ostiary tools show {tool}` says what is known of it")
    return row


# --- gathering -------------------------------------------------------------------------------------------------------


def inventory_rows(desk: Desk) -> list[dict[str, Any]]:
    """Return the whole inventory, with the listing's fields."""
    tools = listed_tools(desk)
    found, names = decided_rows(desk, tools), {row["id"]: row["name"] for row in tools}
    names |= {row["tool_id"]: row["tool"] for row in found.rows}
    rows = beside(found.rows, found.instead, lambda tool: names.get(tool, tool))
    return [{name: row[name] for name in INVENTORY.fields} for row in rows]


def decided_rows(
    desk: Desk,
    tools: Sequence[dict[str, Any]],
    wanted: Collection[str] | None = None,
    current: Mapping[str, str] | None = None,
) -> Decided:
    """Return what was decided on all tools, or on some (ids); `tools` are their rows in the listing of tools.

    Rows have the listing's fields but for what to use instead, which depends on the other rows. `current` is what
    `current_ids` gives of all tools, where `tools` are some.
    """
    current = current_ids(tools) if current is None else current
    day = from_ms(desk.as_of_ms()).astimezone(desk.zone).date()
    with desk.store.read() as connection:
        ruled = kept.decisions(connection) if wanted is None else kept.decisions_on(connection, wanted)
        decided_on = {today(r["object"].removeprefix("tool:"), current) for r in ruled if r["kind"] == "status"}
        requested = stored.requested(connection, decided_on)
        seen = {row["id"] for row in tools}
        unseen = [_unseen(desk, tool, requested) for tool in sorted(decided_on - seen)]
        texts, owners = kept.texts(connection, _words(ruled)), stored.declared_owners(connection, wanted)
        actors = None if wanted is None else _actors(ruled, owners)
        persons = stored.persons(connection, actors)
        return decided(
            Material(
                tools=[*tools, *(row for row in unseen if row is not None)],
                decisions=ruled,
                words=lambda digest: None if digest is None else texts.get(digest),
                day=day,
                facts=insights.facts(connection, FACTS, decided_on),
                owners=owners,
                persons=persons,
                names=stored.names(connection, None if actors is None else {*actors, *persons.values()}),
                accounts=stored.accounts(connection),
                identifiers=stored.identifiers(connection, decided_on),
                cases=stored.open_cases(connection, decided_on),
                jobs=JOBS,
                titles={slug: category.title for slug, category in CATEGORIES.items()},
                today=lambda tool: today(tool, current),
                catalogued=desk.is_catalogued,
                lasting=lasting,
            )
        )


def current_ids(tools: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """Return what lasts of the id of a provisional tool -> the id that it has by now."""
    return {last: row["id"] for row in tools if (last := lasting(row["id"])) != row["id"]}


def _words(ruled: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the hashes of what the decisions on tools say in words."""
    return {digest for row in ruled if row["kind"] == "status" for digest in row["detail"].get("words", {}).values()}


def _actors(ruled: Iterable[Mapping[str, Any]], declared: Mapping[str, Mapping[str, int]]) -> set[int]:
    """Return the actors whom decisions and lists name as answering for something."""
    found = {actor for sides in declared.values() for actor in sides.values()}
    for row in ruled:
        stated = row["detail"].get("conditions")
        found.update(one["owner"] for one in (stated if isinstance(stated, list) else ()) if one.get("owner"))
        found.update(filter(None, [row["detail"].get("actor")]))
    return found


def _unseen(desk: Desk, tool: str, requested: Mapping[str, tuple[str, str | None]]) -> dict[str, Any] | None:
    """Return a tool that was decided on before anybody used it; None where nothing says what it is called any more."""
    entry, asked = desk.index.entry(tool), requested.get(tool)
    if entry is None and asked is None:
        return None
    return {
        "id": tool,
        "name": asked[0] if entry is None and asked else entry.name if entry else tool,
        "vendor": None if entry is None else entry.vendor,
        "category": entry.category if entry is not None else asked[1] if asked else None,
        "marketing": None if entry is None else entry.marketing,
        "people": 0,
        "spend_12m": [],
        "spend_12m_base": None if desk.company.base_currency is None else [],
        "technology_risk": UNKNOWN,
        "customer_risk": UNKNOWN,
        "first_seen": None,
        "last_seen": None,
    }


# --- what stands beside the table ------------------------------------------------------------------------------------


def _empty(known: Sequence[Mapping[str, Any]], wanted: Sequence[Mapping[str, Any]], *, leaving: bool) -> str:
    if wanted:
        what = "rejected or retired" if leaving else "approved"
        return f"Nothing like that is {what}; {plural(len(wanted), 'other tool')} like that: add --all to see why."
    approved = sum(row["status"] in APPROVED for row in known)
    return (
        f"None of the {plural(approved, 'approved tool')} is like that. Ask for one before it is bought: "
        "`ostiary request NAME --for TEXT --as EMAIL`; `ostiary tools` lists what is in use."
    )


#: So many tools that people have to leave are named below the list.
_NAMED = 5


def _notes(rows: Sequence[Mapping[str, Any]], beside: Sequence[Mapping[str, Any]]) -> list[str]:
    used = [row for row in beside if row["status"] in LEAVING and row["people"]]
    told = [_leave(row) for row in used[:_NAMED]]
    if len(used) > _NAMED:
        told.append(f"{len(used) - _NAMED} more are to be left: --leaving shows them.")
    ended = [said(row["tool"]) for row in beside if row["status"] not in LEAVING | APPROVED]
    if ended:
        told.append(f"Not decided, or not any more: {', '.join(ended)}; --all shows them.")
    return [*told, "To see one with its terms and ids:", f"ostiary inventory show {rows[0]['tool_id']}"]


def _leave(row: Mapping[str, Any]) -> str:
    until = f" by {day_said(row['move_by'])}" if row["move_by"] else ""
    to = " or ".join(map(said, row["instead_of"]))
    do = f"move{until} to {to}" if to else f"move{until}; nobody has said to what"
    people = plural(row["people"], "person uses", "people use")
    return f"{said(row['tool'])} is {row['status']}, and {people} it still: {do}."

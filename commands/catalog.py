"""`ostiary catalog`: the tools that are known in general, the company's overlay, and what people taught."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from catalog.categories import PERSONAL_DATA, is_marketing
from catalog.law import check
from catalog.load import Tool, load_tools
from catalog.overlay import load_overlaid, together
from catalog.personal import of
from commands.acting import as_option, by_address
from commands.catalog_upkeep import export, propose, update
from commands.cells import category
from commands.deciding import correct
from commands.figures import known_tool
from commands.listing import Listing, limit_option, show, show_one
from commands.opening import Desk, load_settings, reading, writing
from commands.settings import catalogue_in_use
from commands.shape import Failure, Group, Program, pass_program
from gate.decisions import in_force
from model.match import StringKind
from reports.columns import Column, listed, moment, number, said, text, word
from reports.words import plain, plural, yes_no
from scanner.corrections import all_decisions
from storage import kept
from storage.times import iso

if TYPE_CHECKING:
    from reports.terminal import Screen

ENTRIES = Listing(
    noun="entry",
    many="entries",
    fields=("id", "name", "vendor", "category", "marketing", "domains", "names"),
    columns=(
        text("name", "Tool", least=16),
        category(rank=1),
        Column(title="Marketing", cell=lambda row, _z: yes_no(row["marketing"]), rank=2),
        text("vendor", "Vendor", rank=3),
        listed("domains", "Domains", rank=4, least=24),
        text("id", "Id"),
    ),
    covered=False,
    stored=False,
    empty="The catalogue knows nothing by that name. What it does not know is listed as provisional all the same.",
)


ALIASES = Listing(
    noun="alias",
    many="aliases",
    fields=("decision", "kind", "value", "tool_id", "tool", "at", "by", "reason"),
    columns=(
        number("decision", "No"),
        word("kind", "Kind"),
        text("value", "String", least=20),
        text("tool", "Tool", least=12),
        text("reason", "Reason", rank=1, least=20),
        moment("at", "When", rank=3),
        text("by", "By", rank=2),
        text("tool_id", "Id", rank=4),
    ),
    covered=False,
    empty="Nobody has taught an alias yet: `ostiary catalog alias STRING TOOL --kind KIND`.",
)


@click.group(cls=Group, example="catalog search mailchimp")
def catalog() -> None:
    """Look into the catalogue of known tools."""


for _upkeep in (propose, export, update):
    catalog.add_command(_upkeep)


@catalog.command("search", example="catalog search webinar --format json")
@click.argument("text")
@limit_option
@pass_program
def search(program: Program, text: str, limit: int | None) -> None:
    """Find entries by a part of their name, vendor, domain or category."""
    wanted = text.casefold().strip()
    with reading(program, database=False) as desk:
        rows = [_row(tool) for tool in _all_tools(desk) if any(wanted in name for name in _names(tool))]
        rows.sort(key=lambda row: (not row["name"].casefold().startswith(wanted), row["name"].casefold()))
        show(desk, ENTRIES, rows, limit=limit, notes=lambda: [f"From the {catalogue_in_use().sentence()}."])


@catalog.command("show", example="catalog show hubspot")
@click.argument("entry", metavar="ID|NAME")
@pass_program
def show_entry(program: Program, entry: str) -> None:
    """Show one entry with all that it is recognised by."""
    wanted = entry.casefold()
    with reading(program, database=False) as desk:
        tools = _all_tools(desk)
        found = next((t for t in tools if wanted in {t.id, t.name.casefold()}), None)
        if found is None:
            near = difflib.get_close_matches(wanted, [t.id for t in tools], 1, 0.6)
            raise Failure(f"the catalogue has no entry {entry!r}" + (f": did you mean {near[0]!r}?" if near else ""))
        row = {name: value for name, value in dataclasses.asdict(found).items() if value not in (None, (), "")}
        row = {**row, "marketing": is_marketing(found.category), **_personal(found)}
        show_one(desk, row, lambda page: _draw(page, row))


def _all_tools(desk: Desk) -> list[Tool]:
    """Return the catalogue's entries with the overlay's."""
    return together(load_tools(catalogue_in_use().entries), desk.overlaid[1].tools)


def _personal(tool: Tool) -> dict[str, Any]:
    usual = of(tool)
    said = {"personal_data": list(usual.kinds), "personal_data_by": "category" if usual.by_kind else "entry"}
    return said if usual.why is None else said | {"personal_data_why": usual.why}


_PERSONAL = frozenset({"personal_data", "personal_data_by", "personal_data_why"})


def _draw(page: Screen, row: dict[str, Any]) -> None:
    page.heading(row["name"], row["id"])
    shown = [(name.replace("_", " "), plain(value)) for name, value in row.items() if name not in {"id", "name"}]
    page.facts([(name, value) for name, value in shown if name.replace(" ", "_") not in _PERSONAL])
    page.facts([("data of persons", _usually(row))])


def _usually(row: dict[str, Any]) -> str:
    """Return what such a tool usually holds; what it holds here, only people and traces say."""
    held = ", ".join(f"{kind} ({PERSONAL_DATA[kind]})" for kind in row["personal_data"])
    if row["personal_data_by"] == "entry":
        return f"Usually {held or 'none'}"
    why = row.get("personal_data_why", "nobody has said what it is")
    return f"Usually, by its kind: {held}: {why}" if held else f"Its kind does not say: {why}"


@catalog.command("check", example="catalog check")
@pass_program
def check_entries(program: Program) -> None:
    """Check every entry, and the company's overlay, against the catalogue's law. Exit status 1 where one breaks it."""
    used = catalogue_in_use()
    problems = check(used.entries)
    if used.version not in {None, used.content()}:
        problems.append(f"{used.entries}: the installed release {used.version} was changed: install it anew")
    folder = load_settings(program).overlay
    if folder is not None:
        problems += load_overlaid(folder, entries=used.entries)[1].problems
    for problem in problems:
        click.echo(problem)
    if problems:
        raise Failure(f"{plural(len(problems), 'entry breaks', 'entries break')} the catalogue's law")
    click.echo(f"Every entry keeps the catalogue's law. In use: {used.sentence()}.", err=True)


@catalog.command(
    "alias", example="""catalog alias "Partner World" hubspot --kind app_name --reason "Our name for it" """.strip()
)
@click.argument("value")
@click.argument("tool", metavar="ID|NAME")
@click.option("--kind", required=True, type=click.Choice([*map(str, StringKind)]), help="What kind of string it is.")
@click.option("--reason", metavar="TEXT", help="Why; kept with the decision.")
@click.option("--force", is_flag=True, help="Rule against what is known for sure. Needs --reason.")
@as_option
@pass_program
def alias(program: Program, value: str, tool: str, kind: str, reason: str | None, *, force: bool) -> None:
    """Teach that a string is a tool, wherever it came from and whenever it comes again.

    A domain or an address stands for its host and all below it, a name also for itself with "(Prod)" or "SSO" around
    it, a statement's line for the payee in it. `ostiary catalog aliases` lists what was taught.
    """
    with writing(program, new=False) as desk:
        known = known_tool(desk, tool)
        domains = desk.company.domains
        correct(
            desk,
            "catalog alias",
            lambda c: c.alias(kind, value, known, reason, index=desk.index, domains=domains, force=force),
            f"{said(value)} is {known} from now on",
            value=value,
            string_kind=kind,
            tool=known,
        )


@catalog.command("aliases", example="catalog aliases --format csv")
@limit_option
@pass_program
def aliases(program: Program, limit: int | None) -> None:
    """List the aliases in force, the latest first. The overlay's stand in its files."""
    with reading(program) as desk:
        rows = {row["object"]: row for row in in_force(all_decisions(desk.store)) if row["kind"] == "alias"}
        with desk.store.read() as connection:
            shown = [
                {"decision": row["id"], "at": iso(row["at"]), "by": row["by"], "tool": row["detail"]["called"]}
                | {"kind": row["detail"]["kind"], "value": row["detail"]["value"], "tool_id": row["detail"]["tool"]}
                | {"reason": kept.text_of(connection, row["reason_hash"])}
                for row in sorted(rows.values(), key=lambda row: -row["id"])
            ]
        show(desk, ALIASES, by_address(desk, shown), limit=limit, notes=lambda: _UNDO)


_UNDO = ("To take one back:", "ostiary review undo DECISION --reason TEXT")


def _row(tool: Tool) -> dict[str, Any]:
    return {
        "id": tool.id,
        "name": tool.name,
        "vendor": tool.vendor,
        "category": tool.category,
        "marketing": is_marketing(tool.category),
        "domains": list(tool.domains),
        "names": list(tool.names),
    }


def _names(tool: Tool) -> Iterator[str]:
    yield from (
        name.casefold()
        for name in (tool.id, tool.name, tool.vendor, *tool.names, *tool.domains, tool.category.replace("_", " "))
    )

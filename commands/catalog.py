"""`ostiary catalog`: the tools that are known in general."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import click

from catalog.categories import is_marketing
from catalog.load import Tool, check, load_tools
from commands.cells import category
from commands.listing import Listing, limit_option, show, show_one
from commands.opening import reading
from commands.shape import Failure, Group, Program, pass_program
from reports.columns import Column, listed, text
from reports.words import plain, yes_no

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


@click.group(cls=Group, example="catalog search mailchimp")
def catalog() -> None:
    """Look into the catalogue of known tools."""


@catalog.command("search", example="catalog search webinar --format json")
@click.argument("text")
@limit_option
@pass_program
def search(program: Program, text: str, limit: int | None) -> None:
    """Find entries by a part of their name, vendor, domain or category."""
    wanted = text.casefold().strip()
    with reading(program, database=False) as desk:
        rows = [_row(tool) for tool in load_tools() if any(wanted in name for name in _names(tool))]
        rows.sort(key=lambda row: (not row["name"].casefold().startswith(wanted), row["name"].casefold()))
        show(desk, ENTRIES, rows, limit=limit)


@catalog.command("show", example="catalog show hubspot")
@click.argument("entry", metavar="ID|NAME")
@pass_program
def show_entry(program: Program, entry: str) -> None:
    """Show one entry with all that it is recognised by."""
    tools = load_tools()
    wanted = entry.casefold()
    found = next((t for t in tools if wanted in {t.id, t.name.casefold()}), None)
    if found is None:
        near = difflib.get_close_matches(wanted, [t.id for t in tools], 1, 0.6)
        raise Failure(f"the catalogue has no entry {entry!r}" + (f": did you mean {near[0]!r}?" if near else ""))
    row = {name: value for name, value in dataclasses.asdict(found).items() if value not in (None, (), "")}
    row = {**row, "marketing": is_marketing(found.category)}
    with reading(program, database=False) as desk:
        show_one(desk, row, lambda page: _draw(page, row))


def _draw(page: Screen, row: dict[str, Any]) -> None:
    page.heading(row["name"], row["id"])
    page.facts([(name.replace("_", " "), plain(value)) for name, value in row.items() if name not in {"id", "name"}])


@catalog.command("check", example="catalog check")
def check_entries() -> None:
    """Check every entry against the catalogue's law. Exit status 1 where one breaks it."""
    problems = check()
    for problem in problems:
        click.echo(problem)
    if problems:
        raise Failure(f"{len(problems)} entries break the catalogue's law")
    click.echo("Every entry keeps the catalogue's law.", err=True)


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

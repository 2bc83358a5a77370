"""`ostiary changes`: what became different, and when."""

from __future__ import annotations

from typing import Any

import click

from commands.cells import detail_text
from commands.change_page import draw_change
from commands.figures import the_tool
from commands.listing import Listing, limit_option, show, show_one
from commands.opening import day_begin, reading
from commands.shape import Failure, Group, Program, check_date, pass_program
from commands.standing import short
from reports.columns import Column, day, said, text, word
from storage.listings import changes as listings
from storage.times import to_ms


def _value(field: str, title: str, rank: int) -> Column:
    def cell(row: object, _zone: object) -> str:
        value = row[field]  # type: ignore[index]
        return "" if value is None else detail_text(value) if isinstance(value, dict) else said(value)

    return Column(title=title, cell=cell, rank=rank, wraps=True, least=16)


CHANGES = Listing(
    noun="change",
    fields=("id", "at", "kind", "tool_id", "tool", "what", "before", "after"),
    columns=(
        text("id", "Id", rank=1, least=10),
        day("at", "When"),
        word("kind", "Kind", rank=2),
        text("tool", "Tool"),
        Column(title="What", cell=lambda row, _z: short(said(row["what"])), wraps=True, least=24),
        _value("before", "Before", 4),
        _value("after", "After", 3),
    ),
    empty="Nothing has changed in that time. Changes show from the second time a stream is read.",
)


@click.group(cls=Group, default="list", example="changes --since 2026-06-01")
def changes() -> None:
    """Show what became different, the latest first; or all that is behind one change."""


@changes.command("list", example="changes list --since 2026-06-01 --kind link")
@click.option("--since", callback=check_date, metavar="DATE", help="Only what changed from this day on.")
@click.option("--tool", metavar="ID|NAME", help="Only changes of this tool.")
@click.option(
    "--kind", metavar="KIND", help="Only this kind: tool, link, finding, case, decision, or a kind of record."
)
@limit_option
@pass_program
def list_changes(program: Program, *, since: str | None, tool: str | None, kind: str | None, limit: int | None) -> None:
    """Show what became different, the latest first: tools that appeared, findings, cases, links, records, decisions."""
    with reading(program) as desk:
        wanted = None if tool is None else the_tool(desk, tool)
        begin = 0 if since is None else to_ms(day_begin(since, desk.zone))
        with desk.store.read() as connection:
            rows = listings.changes(connection, since=begin)
        rows = [r for r in rows if wanted in {None, r["tool_id"]} and kind in {None, r["kind"]}]
        show(desk, CHANGES, reversed(rows), limit=limit, notes=lambda: _notes(rows))


def _notes(rows: list[dict[str, Any]]) -> list[str]:
    return ["To see all that is behind one:", f"ostiary changes show {rows[-1]['id']}"]


@changes.command("show", example="changes show 3f9a1c2e07")
@click.argument("wanted", metavar="ID")
@pass_program
def show_change(program: Program, wanted: str) -> None:
    """Show one change: what it was before and after, which run or decision made it, and the evidence behind both."""
    with reading(program) as desk:
        with desk.store.read() as connection:
            found = listings.change(connection, wanted.strip().casefold()) if wanted.strip() else []
        if len(found) != 1:
            many = f"{len(found)} changes have an id that begins with {wanted!r}" if found else None
            raise Failure(f"{many or f'there is no change {wanted!r}'}: `ostiary changes` lists them with their ids")
        show_one(desk, found[0], lambda page: draw_change(page, found[0]))

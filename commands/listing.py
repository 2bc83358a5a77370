"""How every listing is written: for people with coverage above and counts below, for programs as plain rows."""

from __future__ import annotations

import itertools
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from commands.opening import Desk
from reports import machine
from reports.columns import Column
from reports.coverage_line import coverage_line, is_whole
from reports.words import plural
from storage.listings.coverage import coverage

if TYPE_CHECKING:
    from reports.terminal import Screen

Row = Mapping[str, Any]
#: How many rows a table shows where nothing is said.
_PAGE = 50

limit_option = click.option(
    "--limit", type=click.IntRange(min=0), metavar="N", help="Show so many rows; 0 shows all. Tables show 50."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One listing. `fields` are those of the contract, in order; `empty` says why there is nothing, and what to do.

    `covered`: it depends on what was read, so coverage stands above it. `stored`: its rows lie in the database.
    """

    noun: str
    fields: tuple[str, ...]
    columns: tuple[Column, ...]
    empty: str
    many: str | None = None
    covered: bool = True
    stored: bool = True


def show(
    desk: Desk,
    listing: Listing,
    rows: Iterable[Row],
    *,
    limit: int | None = None,
    empty: str | None = None,
    notes: Callable[[], Sequence[str]] = lambda: (),
) -> None:
    """Write rows in the format that was asked for.

    `notes` stand below a table, commands unbroken; `empty` says better why it is empty.
    """
    form = desk.program.format
    if form != "table":
        if listing.covered:
            _warn(desk)
        machine.write(form, itertools.islice(rows, limit or None), listing.fields, sys.stdout)
        return
    page = screen(desk)
    if listing.covered:
        page.line(coverage_above(desk))
    shown, total = _page(iter(rows), _PAGE if limit is None else limit)
    if not shown:
        page.line(_no_database(desk) if desk.empty and listing.stored else empty or listing.empty)
        return
    page.line()
    page.table(listing.columns, shown)
    page.line()
    page.line(_count(listing, len(shown), total))
    for note in notes():
        (page.command if note.startswith("ostiary ") else page.line)(note)


def show_one(desk: Desk, found: Row, draw: Callable[[Screen], None]) -> None:
    """Write one thing: a page for people, an object for programs."""
    form = desk.program.format
    if form == "table":
        draw(screen(desk))
    elif form == "csv":
        machine.write(form, [found], tuple(found), sys.stdout)
    else:
        sys.stdout.write(machine.to_json(found) + "\n")


def tell(desk: Desk, found: Row, *lines: str) -> None:
    """Say what a command has changed: sentences for people, an object for programs."""

    def draw(page: Screen) -> None:
        for line in lines:
            (page.command if line.startswith("ostiary ") else page.line)(line)

    show_one(desk, found, draw)


def screen(desk: Desk) -> Screen:
    """Return the screen on standard output."""
    from reports.terminal import Screen, width_of  # noqa: PLC0415 (only a table needs to be drawn)

    return Screen(sys.stdout, zone=desk.zone, width=width_of(sys.stdout, sys.stderr, sys.stdin))


def _page(rows: Iterator[Row], limit: int) -> tuple[list[Row], int]:
    shown = list(itertools.islice(rows, limit or None))
    return shown, len(shown) + sum(1 for _ in rows)


def _count(listing: Listing, shown: int, total: int) -> str:
    if shown == total:
        return f"{plural(total, listing.noun, listing.many)}."
    return f"{shown:,} of {plural(total, listing.noun, listing.many)} shown; --limit 0 shows all."


def coverage_above(desk: Desk) -> str:
    """Return the line that stands above every list that depends on what was read."""
    with desk.store.read() as connection:
        return coverage_line(coverage(connection))


def _warn(desk: Desk) -> None:
    """Say on standard error what the rows do not show: zero must be told from unseen."""
    with desk.store.read() as connection:
        rows = coverage(connection)
    if not is_whole(rows):
        click.echo(coverage_line(rows), err=True)
    if desk.empty:
        click.echo(_no_database(desk), err=True)


def _no_database(desk: Desk) -> str:
    where = f"at {desk.program.db}" if desk.program.db else "yet"
    return f"There is no database {where}: `ostiary ingest FORMAT PATH` makes it, `ostiary demo` fills one to look at."

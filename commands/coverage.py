"""`ostiary coverage`: what was really read of each stream, and what was not."""

from __future__ import annotations

from typing import Any

import click

from commands.listing import Listing, limit_option, screen, show, show_one
from commands.opening import reading
from commands.shape import Failure, Group, Program, pass_program
from reports.columns import Column, moment, number, said, text, word
from reports.words import UNKNOWN, clean, day
from reports.words import moment as moment_text
from reports.words import number as number_text
from storage.listings import coverage as listings

FIELDS = (
    *("source", "stream", "status", "window_start", "window_end", "read", "stored", "quarantined", "gap", "reason"),
    *("remedy", "run", "started_at"),
)


def _window(row: Any, zone: Any) -> str:
    if row["window_start"] is None:
        return ""
    first, last = day(row["window_start"], zone), day(row["window_end"], zone)
    return first if first == last else f"{first} to {last}"


_STREAM = Column(
    title="Stream", cell=lambda row, _z: f"{said(row['source'])}/{said(row['stream'])}", wraps=True, least=16
)
COLUMNS = (
    _STREAM,
    word("status", "Status"),
    number("read", "Read"),
    number("stored", "Kept", rank=2),
    number("quarantined", "Quarantined", rank=1),
    Column(title="What it tells of", cell=_window, rank=3, right=True),
    moment("started_at", "Read at", rank=4),
)
COVERAGE = Listing(
    noun="stream",
    fields=FIELDS,
    columns=COLUMNS,
    covered=False,
    empty="Nothing has been read yet. `ostiary ingest --list` names what can be read.",
)
_PLACES = (text("file", "File"), number("number", "Record"), text("reason", "Why it could not be read", least=24))


@click.group(cls=Group, default="list", example="coverage")
def coverage() -> None:
    """Show what was really read of each stream, and what is therefore not seen."""


@coverage.command("list", example="coverage list --all --format jsonl")
@click.option("--all", "every_run", is_flag=True, help="Every run, not only the last one of each stream.")
@limit_option
@pass_program
def list_coverage(program: Program, *, every_run: bool, limit: int | None) -> None:
    """List the streams with what their last run read."""
    with reading(program) as desk:
        with desk.store.read() as connection:
            rows = listings.coverage(connection, every_run=every_run)
        show(desk, COVERAGE, rows, limit=limit, notes=lambda: problems(rows))


def problems(rows: list[dict[str, Any]]) -> list[str]:
    """Return a line for each stream that was not read to its end: why, and what to do."""
    return [
        f"{row['source']}/{row['stream']} {row['status']}: {row['reason'] or UNKNOWN}."
        + (f" What to do: {row['remedy']}" if row["remedy"] else "")
        for row in rows
        if row["status"] != "complete"
    ]


@coverage.command("show", example="coverage show card/charges")
@click.argument("stream", metavar="SOURCE/STREAM")
@limit_option
@pass_program
def show_coverage(program: Program, stream: str, limit: int | None) -> None:
    """Show what the last run read of one stream, with the places where no record could be read."""
    with reading(program) as desk:
        with desk.store.read() as connection:
            rows = listings.coverage(connection)
            row = next((r for r in rows if f"{r['source']}/{r['stream']}" == stream), None)
            if row is None:
                known = ", ".join(f"{r['source']}/{r['stream']}" for r in rows) or "there are none yet"
                raise Failure(f"no stream {stream!r} was read: {known}")
            places = listings.quarantined(connection, row["source"], row["stream"], _places(limit))
        show_one(desk, {**row, "places": places}, lambda _page: _draw(screen(desk), row, places))


def _places(limit: int | None) -> int:
    return 2**31 - 1 if limit == 0 else limit or 50


def _draw(page: Any, row: dict[str, Any], places: list[dict[str, Any]]) -> None:
    page.heading(f"{row['source']}/{row['stream']}", row["status"])
    page.facts(
        [
            ("Read", f"{number_text(row['read'])} records, {number_text(row['stored'])} kept"),
            ("Quarantined", number_text(row["quarantined"])),
            ("Tells of", _window(row, page.zone) or UNKNOWN),
            ("Read at", moment_text(row["started_at"], page.zone)),
            ("Gap", clean(row["gap"]) if row["gap"] else "none"),
            *([("Why", clean(row["reason"]))] if row["reason"] else []),
            *([("What to do", clean(row["remedy"]))] if row["remedy"] else []),
        ]
    )
    if places:
        page.heading("Places where no record could be read", f"{len(places)} of {row['quarantined']}")
        page.table(_PLACES, places)

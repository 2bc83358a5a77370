"""`ostiary scan`: the configured sources through the whole pipeline."""

from __future__ import annotations

import sys
from typing import Any

import click

from commands.ingest import report
from commands.listing import Listing, show
from commands.opening import Desk, reading, writing
from commands.shape import Program, command, pass_program
from commands.sources import Wires, chosen
from commands.standing import fail_option, fails
from model.stream import Status
from reports.columns import listed, moment, text, word
from reports.terminal import progress
from scanner.collect import Collected
from scanner.scan import Planned, planned
from scanner.scan import scan as run_scan
from storage.listings import tools

PLAN = Listing(
    noun="feed",
    fields=("source", "feed", "streams", "format", "since", "until", "resumes", "gap", "calls"),
    columns=(
        word("source", "Source"),
        word("feed", "Feed"),
        moment("since", "From"),
        moment("until", "Until", rank=1),
        listed("calls", "Calls", least=20),
        text("gap", "Gap", rank=2),
    ),
    covered=False,
    stored=False,
    empty="No source is configured.",
)


@command("scan okta --dry-run")
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option("--dry-run", is_flag=True, help="Show what would be read, and call nobody.")
@click.option("--same-tenant", is_flag=True, help="A source whose address changed is still the same tenant.")
@fail_option
@click.option("--strict", is_flag=True, help="End with 3 where a record was quarantined, too.")
@pass_program
@click.pass_context
def scan(
    context: click.Context,
    program: Program,
    *,
    names: tuple[str, ...],
    dry_run: bool,
    same_tenant: bool,
    fail_on: str | None,
    strict: bool,
) -> None:
    """Read the sources of the configuration: identify tools and people in them, and count.

    Without SOURCE all are read, side by side. Ctrl-C keeps what was read, and the same call again goes on from there.
    Exit status: 3 where some stream was partial, refused or failed, 1 where none was read.
    """
    if dry_run:
        with reading(program) as desk:
            sources = chosen(desk, names)
            with desk.store.read() as connection:
                rows = [_row(found) for found in planned(connection, sources, desk.clock.now())]
            show(desk, PLAN, rows, limit=0)
        return
    with writing(program) as desk:
        sources = chosen(desk, names)
        with desk.store.read() as connection:
            known = {row["id"] for row in tools.tools(connection, base_currency=None)}
        with progress(sys.stderr) as told:
            outcome = run_scan(desk.rooms(told), sources, Wires(desk), desk.as_of, same_tenant=same_tenant)
        found = report(desk, outcome, known)
        _tell(desk)
    context.exit(4 if fails(found, fail_on) else status_of(outcome.collected, strict=strict))


def _tell(desk: Desk) -> None:
    from commands.notifying import tell_after  # noqa: PLC0415 (the receivers, once there may be something to tell)

    tell_after(desk)


def status_of(found: Collected, *, strict: bool) -> int:
    """Return the exit status: 0; 3 where some stream was not read to its end; 1 where none was."""
    if found.status is not Status.COMPLETE:
        return 3 if any(c.read or c.status is Status.COMPLETE for c in found.coverage.values()) else 1
    return 3 if strict and any(c.quarantined for c in found.coverage.values()) else 0


def _row(found: Planned) -> dict[str, Any]:
    feed, window = found.feed, found.window
    return {
        "source": found.source,
        "feed": feed.name,
        "streams": [stream.name for stream in feed.filled],
        "format": feed.format.name,
        "since": _iso(window.since) if feed.is_events else None,
        "until": _iso(window.until) if feed.is_events else None,
        "resumes": window.cursor is not None,
        "gap": found.gap,
        "calls": list(feed.calls),
    }


def _iso(moment_: Any) -> str:
    return str(moment_.isoformat(timespec="seconds").replace("+00:00", "Z"))

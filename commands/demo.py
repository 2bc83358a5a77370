"""`ostiary demo`: an invented company through the real pipeline."""

from __future__ import annotations

import shlex
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import click

from commands.figures import listed_tools
from commands.listing import screen, show
from commands.opening import Desk, writing
from commands.settings import Settings, database_url
from commands.shape import Failure, Program, command, pass_program
from commands.summary import status_of
from commands.tools import TOOLS, tool_notes
from reports.terminal import progress
from scanner.collect import Collected
from scanner.demo import COMPANY, DemoClock, load
from storage import kept

_FURTHER = (
    ("tools show Zapier", "all that is known of one tool, and how"),
    ("tools --new --marketing", "marketing tools that nobody has decided about"),
    ("spend --unmatched", "money that nothing says is software"),
    ("coverage", "what was read, and what was refused"),
)


@command("demo --db sqlite:///demo.db")
@pass_program
@click.pass_context
def demo(context: click.Context, program: Program) -> None:
    """Fill a database with an invented company, and show what is found.

    The company's exported files are generated and read by the real pipeline, as of 31 October 2026. Without
    --db or OSTIARY_DB the database is one of the demo's own. One stream is refused, as happens with real ones:
    exit status 3.
    """
    own = Program(db=database_url(program, "demo.db"), format=program.format)
    with writing(own, settings=Settings(folder=Path.cwd(), company=COMPANY), clock=DemoClock()) as desk:
        _refuse_another_company(desk)
        found = _fill(desk)
        rows = listed_tools(desk)
        show(desk, TOOLS, rows, notes=lambda: tool_notes(rows))
        if program.format == "table":
            _say_more(desk)
    context.exit(status_of(found))


def _refuse_another_company(desk: Desk) -> None:
    with desk.store.read() as connection:
        known = kept.company(connection)
    if known is not None and known["name"] != COMPANY.name:
        raise Failure("this database holds a company of yours: the demo fills one of its own, name another with --db")


def _fill(desk: Desk) -> Collected:
    """Load the demo; return what all its runs read, of each stream the last time."""
    with progress(sys.stderr) as told, TemporaryDirectory(prefix="ostiary-demo-") as folder:
        found = [outcome.collected for outcome in load(desk.rooms(told), Path(folder))]
    return Collected(coverage={key: read for collected in found for key, read in collected.coverage.items()})


def _say_more(desk: Desk) -> None:
    page = screen(desk)
    page.heading("Look further", "every list works on this database")
    db = f"--db {shlex.quote(str(desk.program.db))}"
    for words, about in _FURTHER:
        page.command(f"ostiary {db} {words}", f"{about.capitalize()}:")

"""`ostiary demo`: an invented company through the real pipeline."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import click

from commands.figures import listed_tools
from commands.listing import coverage_above, screen, show
from commands.opening import Desk, load_settings, who, writing
from commands.review_links import entry
from commands.settings import Settings, database_url
from commands.shape import Failure, Program, command, pass_program
from commands.standing import (
    FINDINGS,
    counted,
    fail_option,
    fails,
    first_to_see,
    listed_findings,
    refused_lines,
    stands,
)
from commands.summary import Told, judged_lines, status_of
from commands.tools import TOOLS, tool_notes
from gate import accounts
from gate.roles import Role
from model.ports import SystemClock
from reports.terminal import progress
from reports.words import plural
from scanner.collect import Collected
from scanner.demo import COMPANY, DemoClock, load
from storage import kept
from web.office import WebSettings

#: So many rows of each list are shown.
_SHOWN = 15
_FURTHER = (
    ("cases", "tools that wait for a decision, until when and for whom"),
    ("tools show Zapier", "all that is known of one tool, and how"),
    ("tools --new --marketing", "marketing tools that nobody has decided about"),
    ("spend --unmatched", "money that nothing says is software"),
    ("coverage", "what was read, and what was refused"),
)


@command("demo --db sqlite:///demo.db")
@fail_option
@click.option("--people", is_flag=True, help="Give three of its people an account, and each a link that signs in.")
@pass_program
@click.pass_context
def demo(context: click.Context, program: Program, *, fail_on: str | None, people: bool) -> None:
    """Fill a database with an invented company, and show what is found.

    The company's exported files are generated and read by the real pipeline, as of 31 October 2026. Without
    --db or OSTIARY_DB the database is one of the demo's own. One stream is refused, as happens with real ones:
    exit status 3.
    """
    own = Program(db=database_url(program, "demo.db"), format=program.format)
    with writing(own, settings=_settings(program), clock=DemoClock()) as desk:
        _refuse_another_company(desk)
        read, opened = _fill(desk)
        found = listed_findings(desk, state="open")
        if program.format == "table":
            _draw(desk, found, opened)
            _draw_serving(desk, entries(desk) if people else [])
        else:
            show(desk, TOOLS, listed_tools(desk))
    context.exit(4 if fails(found, fail_on) else status_of(read))


def _settings(program: Program) -> Settings:
    """Return the demo's own settings: of a configuration only the audit key counts, so that one key seals the trail."""
    found = load_settings(program)
    return Settings(folder=found.folder, company=COMPANY, audit_key=found.audit_key)


def _refuse_another_company(desk: Desk) -> None:
    with desk.store.read() as connection:
        known = kept.company(connection)
    if known is not None and known["name"] != COMPANY.name:
        raise Failure("this database holds a company of yours: the demo fills one of its own, name another with --db")


def _fill(desk: Desk) -> tuple[Collected, int]:
    """Load the demo; return what all its runs read, of each stream the last time, and how many cases they opened."""
    with progress(sys.stderr) as told, TemporaryDirectory(prefix="ostiary-demo-") as folder:
        outcomes = load(desk.rooms(told), Path(folder))
    read = {key: found for outcome in outcomes for key, found in outcome.collected.coverage.items()}
    return Collected(coverage=read), sum(outcome.judged.opened for outcome in outcomes)


def _draw(desk: Desk, found: list[dict[str, Any]], opened: int) -> None:
    """Draw what was found, the worst first, then the tools, then what to look at further."""
    page, tools = screen(desk), listed_tools(desk)
    violated = [row for row in found if stands(row)]
    page.line(coverage_above(desk))
    page.heading("Findings", counted(violated))
    page.table(FINDINGS.columns, violated[:_SHOWN])
    page.line()
    page.line(_count("finding", len(violated), "findings"))
    told = Told(tools=len(tools), new=0, findings=found, moved=(), cases=opened, refused=refused_lines(desk=desk))
    for line in judged_lines(told)[1:] if violated else judged_lines(told):
        page.line(line)
    page.heading("Tools", "those with most people first")
    shown = [row for row in tools if not row["noise"]]
    page.table(TOOLS.columns, shown[:_SHOWN])
    page.line()
    page.line(_count("tool", len(tools), "tools"))
    for line in tool_notes(desk, shown, [row for row in tools if row["noise"]]):
        page.line(line)
    page.heading("Look further", "every list works on this database")
    db = _called(desk)
    worst = first_to_see(violated)
    first = [(f"findings show {worst['id']}", "what stands behind the worst finding, and what to do")] if worst else []
    for words, about in [*first, *_FURTHER]:
        page.command(f"{db} {words}", f"{about.capitalize()}:")


def _called(desk: Desk) -> str:
    """Return how the program is called on the demo's database: by its path where the shell would not find it."""
    own = Path(sys.argv[0])
    known = own.name != "ostiary" or shutil.which("ostiary") is not None
    name = "ostiary" if known else shlex.quote(os.path.relpath(own))
    return f"{name} --db {shlex.quote(str(desk.program.db))}"


# --- the people who look at it in a browser --------------------------------------------------------------------------

#: Three of the company's people: name, address, what they are here, the roles of their account.
_PEOPLE: tuple[tuple[str, str, str, tuple[Role, ...]], ...] = (
    ("Nanna Kallestrup", "nanna.kallestrup@tarnvik.example", "IT", (Role.ADMINISTRATOR, Role.APPROVER_IT)),
    ("Nele Lund", "nele.lund@tarnvik.example", "Security", (Role.REVIEWER,)),
    ("Birgit Aalund", "birgit.aalund@tarnvik.example", "the CMO", (Role.APPROVER_MARKETING,)),
)


def entries(desk: Desk) -> list[tuple[str, str]]:
    """Give the three people accounts unless there are some; return each with a new link that signs in.

    People come by the clock on the wall: the demo's own stands still. Of accounts that others made there is nobody.
    """
    own = Desk(desk.program, desk.settings, desk.store, empty=False, clock=SystemClock())
    trail, at = own.trail(), own.clock.now()
    with own.store.write() as connection:
        if not accounts.has_any(connection):
            (_, first, _, roles), *rest = _PEOPLE
            by = accounts.begin(connection, trail, first, by=who(), at=at).account
            by = accounts.change(connection, trail, by, first, roles=roles, at=at)
            for _, email, _, roles in rest:
                accounts.add(connection, trail, by, email, roles, at=at)
        known = {one.email: one for one in accounts.accounts(connection, at)}
        return [
            (f"{name} ({what})", entry(connection, own, known[email], by=who()))
            for name, email, what, _ in _PEOPLE
            if email in known
        ]


def _draw_serving(desk: Desk, found: list[tuple[str, str]]) -> None:
    page = screen(desk)
    page.heading("In a browser", "the same company as pages")
    page.command(f"{_called(desk)} serve", f"To serve it at {WebSettings().public_url}:")
    if found:
        page.line("Then open the link of whom you want to be; each signs in once.")
    for name, address in found:
        page.command(address, f"{name}:")


def _count(noun: str, total: int, command: str) -> str:
    if total <= _SHOWN:
        return f"{plural(total, noun)}."
    return f"{_SHOWN} of {plural(total, noun)} shown; `ostiary {command}` lists all."

"""`ostiary ingest`: exported files through the whole pipeline."""

from __future__ import annotations

import contextlib
import difflib
import sys
from collections.abc import Mapping, Sequence
from typing import Any

import click

from commands.listing import Listing, show
from commands.opening import Desk, load_settings, reading, writing
from commands.shape import Program, command, pass_program
from commands.standing import fail_option, fails, listed_findings, refused_lines
from commands.summary import Told, status_of, summarize
from connectors.inputs import find_inputs
from connectors.registry import FORMATS
from model.errors import ConfigError
from model.ports import Progress
from reports import machine
from reports.columns import listed, text, word
from reports.terminal import Screen, progress, width_of
from scanner.reading import Task
from scanner.run import Outcome
from scanner.run import ingest as run_ingest
from scanner.workers import warm_up
from storage.listings import coverage, findings, tools

FORMAT_LIST = Listing(
    noun="format",
    fields=("format", "about", "source", "streams", "permissions"),
    columns=(
        word("format", "Format"),
        text("about", "What it is", least=30),
        listed("streams", "Streams", rank=1, least=10),
        word("source", "Source", rank=2),
    ),
    covered=False,
    stored=False,
    empty="No format is known.",
)


@command("ingest okta-system-log exports/okta/ --source okta:acme")
@click.argument("format_", metavar="FORMAT", required=False)
@click.argument("paths", metavar="PATH...", nargs=-1)
@click.option("--list", "list_formats", is_flag=True, help="List every FORMAT with what it is.")
@click.option("--source", metavar="NAME", help="Which of the company's systems it is; the FORMAT's system by default.")
@click.option("--profile", metavar="NAME", help="How a statement is read: [profiles.NAME] of the configuration.")
@click.option("--set", "settings", multiple=True, metavar="KEY=VALUE", help="One setting of a statement.")
@fail_option
@click.option("--strict", is_flag=True, help="End with 3 where a record was quarantined, too.")
@click.option(
    "--processes", type=click.IntRange(min=1), metavar="N", help="Worker processes; by default as is worth it."
)
@pass_program
@click.pass_context
def ingest(
    context: click.Context,
    program: Program,
    *,
    format_: str | None,
    paths: tuple[str, ...],
    list_formats: bool,
    source: str | None,
    profile: str | None,
    settings: tuple[str, ...],
    fail_on: str | None,
    strict: bool,
    processes: int | None,
) -> None:
    """Read exported files: identify tools and people in them, and count.

    PATH is a file, a folder, a quoted glob, or - for standard input; .gz and .zst are unpacked. The same call again
    changes nothing. Exit status: 3 where some stream was partial, refused or failed, 1 where nothing was read.
    """
    if list_formats:
        with reading(program, database=False) as desk:
            show(desk, FORMAT_LIST, formats())
        return
    if format_ is None or not paths:
        raise click.UsageError("name a FORMAT and at least one PATH; `ostiary ingest --list` lists the formats")
    check_format(format_)
    check_source(source)
    read_as = _profile(program, profile, settings)
    with contextlib.suppress(ConfigError):  # a path that names nothing is told in its turn
        warm_up(find_inputs(paths))
    with writing(program) as desk:
        tasks = make_tasks(desk, format_, paths, source=source, profile=read_as)
        outcome, known = run(desk, tasks, processes=processes)
        found = report(desk, outcome, known)
    context.exit(4 if fails(found, fail_on) else status_of(outcome.collected, strict=strict))


def formats() -> list[dict[str, Any]]:
    """Return every FORMAT with what it is."""
    return [
        {
            "format": found.name,
            "about": found.about,
            "source": found.system,
            "streams": [stream.name for stream in found.streams],
            "permissions": sorted({p for stream in found.streams for p in stream.permissions}),
        }
        for found in FORMATS.values()
    ]


def check_format(name: str) -> None:
    """Raise a usage error with the nearest name where there is no such FORMAT."""
    if name not in FORMATS:
        near = difflib.get_close_matches(name.casefold(), FORMATS, 1, 0.5)
        hint = f"did you mean {near[0]!r}?" if near else "`ostiary ingest --list` lists the formats"
        raise click.UsageError(f"there is no FORMAT {name!r}: {hint}")


def check_source(name: str | None) -> None:
    """Raise a usage error for a source that could not be told apart in an evidence key."""
    if name is not None and (not name.strip() or "/" in name or not name.isprintable()):
        raise click.UsageError("--source: a name of printable characters without /, such as okta:acme")


def _profile(program: Program, name: str | None, given: Sequence[str]) -> dict[str, str]:
    """Return the settings of a statement: those of the profile, then those of the line. Raises ConfigError."""
    known: Mapping[str, Mapping[str, str]] = load_settings(program).profiles if name is not None else {}
    if name is not None and name not in known:
        have = ", ".join(sorted(known)) or "there are none"
        raise ConfigError(f"--profile {name}: the configuration has no [profiles.{name}]; it has: {have}")
    found = dict(known.get(name or "", {}))
    for setting in given:
        key, sign, value = setting.partition("=")
        if not sign or not key.strip():
            raise click.UsageError(f"--set {setting!r}: write KEY=VALUE, such as decimal=,")
        found[key.strip()] = value
    return found


def make_tasks(
    desk: Desk, format_: str, paths: Sequence[str], *, source: str | None, profile: Mapping[str, str]
) -> list[Task]:
    """Return a task for each file that the paths name. Raises ConfigError where one names nothing."""
    now = desk.clock.now()
    return [
        Task(
            number=number,
            format=format_,
            input=found,
            source=(source or FORMATS[format_].system).strip(),
            now=now,
            zone=desk.company.timezone,
            currency=desk.company.base_currency,
            profile=tuple(sorted(profile.items())),
        )
        for number, found in enumerate(find_inputs(paths, now=now), 1)
    ]


def run(desk: Desk, tasks: Sequence[Task], *, processes: int | None = None) -> tuple[Outcome, set[str]]:
    """Run the tasks; return the outcome, and which tools were known before."""
    with desk.store.read() as connection:
        known = {row["id"] for row in tools.tools(connection, base_currency=None)}
    with progress(sys.stderr) as told:
        return _run(desk, told, tasks, processes), known


def _run(desk: Desk, told: Progress, tasks: Sequence[Task], processes: int | None) -> Outcome:
    return run_ingest(desk.rooms(told), tasks, desk.as_of, processes=processes)


def report(desk: Desk, outcome: Outcome, known: set[str]) -> list[dict[str, Any]]:
    """Tell on standard error what was read and found; programs get the run's coverage on standard output.

    Return the findings that are open now.
    """
    found = listed_findings(desk, state="open")
    with desk.store.read() as connection:
        rows = [r for r in coverage.coverage(connection) if r["run"] == outcome.run_id]
        now = {row["id"] for row in tools.tools(connection, base_currency=None)}
        moved = findings.moves_of_run(connection, outcome.run_id)
    page = Screen(sys.stderr, zone=desk.zone, width=width_of(sys.stderr, sys.stdout))
    told = Told(
        tools=len(now),
        new=len(now - known),
        findings=found,
        moved=moved,
        cases=outcome.judged.opened,
        approved=outcome.judged.approved,
        refused=refused_lines(desk=desk),
    )
    summarize(page, rows, outcome.collected, told)
    if desk.program.format != "table":
        machine.write(desk.program.format, rows, tuple(rows[0]) if rows else (), sys.stdout)
    return found

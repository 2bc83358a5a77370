"""`ostiary schedule`: scans on their own, and when each source was and will be read."""

from __future__ import annotations

import sys
from contextlib import closing
from datetime import datetime
from typing import Any

import click

from commands.ingest import report
from commands.listing import Listing, show
from commands.notifying import tell_after
from commands.opening import Desk, reading, writing
from commands.scan import status_of
from commands.shape import Group, Program, pass_program
from commands.sources import Wires, chosen
from commands.stopping import stoppable
from model.errors import ConfigError
from reports.columns import Column, said, text
from reports.terminal import progress
from reports.words import moment as moment_text
from scanner.scan import scan as run_scan
from scanner.schedule import Ran, Scheduler, Timetable, beats, standing
from storage import due
from storage.listings import tools
from storage.listings.schedule import last_run
from storage.times import iso, to_ms

_EMPTY = (
    'No source has a schedule. Write schedule = "cron: 0 3 * * *" (every day at 3:00), or schedule = "every: 6h", into'
    " its [sources.NAME] table of ostiary.toml; `ostiary schedule run` then scans on time."
)
#: Exit status of a scan -> what became of it.
OUTCOMES = {0: "complete", 1: "failed", 3: "partial"}


def _next(row: Any, zone: Any) -> str:
    if row["next_at"] is None:
        return "never"
    return moment_text(row["next_at"], zone) + (" (overdue)" if row["overdue"] else "")


def _last(row: Any, zone: Any) -> str:
    return moment_text(row["started_at"], zone) if row["started_at"] else "not yet"


def _ended(row: Any, _zone: Any) -> str:
    return said(row["outcome"]) if row["outcome"] else ""


SCHEDULES = Listing(
    noun="schedule",
    fields=(
        *("source", "schedule", "jitter_seconds", "timezone", "due_at", "started_at", "ended_at", "outcome"),
        *("coverage", "run", "reason", "next_at", "overdue"),
    ),
    columns=(
        text("source", "Source"),
        text("schedule", "Schedule", rank=2, least=16),
        Column(title="Last run", cell=_last, right=True),
        Column(title="Outcome", cell=_ended),
        Column(title="Coverage", cell=lambda row, _z: said(row["coverage"]) if row["started_at"] else "", rank=1),
        Column(title="Next run", cell=_next, right=True),
    ),
    covered=False,
    stored=False,
    empty=_EMPTY,
)


@click.group(cls=Group, default="list", example="schedule")
def schedule() -> None:
    """Scan on time, and see when each source was read last and will be next."""


@schedule.command("list", example="schedule list --format json")
@pass_program
def list_schedules(program: Program) -> None:
    """List the sources that have a schedule: what ran last, how that ended, when the next run begins."""
    with reading(program) as desk:
        now = desk.clock.now()
        with desk.store.read() as connection:
            rows = [schedule_row(connection, timetable, now) for timetable in timetables(desk)]
        show(desk, SCHEDULES, rows, limit=0, notes=lambda: _notes(desk, rows))


@schedule.command("run", example="schedule run")
@click.option("--once", is_flag=True, help="Run what is due at this moment, and end.")
@pass_program
@click.pass_context
def run_schedules(context: click.Context, program: Program, *, once: bool) -> None:
    """Scan each source at its time, until Ctrl-C or SIGTERM; a scan that these cut off is taken up at the next start.

    What was missed while nothing ran is caught up once. With --once the exit status is 3 where a scan was partial, 1
    where one failed.
    """
    with writing(program) as desk:
        planned = timetables(desk)
        if not planned:
            raise ConfigError(_EMPTY)
        desk.objects()
        jobs = {"scan": lambda name: scan(program, name)}
        with stoppable() as stop:
            scheduler = Scheduler(desk.store, desk.clock, planned, jobs, _tell, stop=stop)
            if once:
                context.exit(_status(scheduler.look()))
            try:
                _announce(planned, desk.clock.now())
                with closing(beats()) as each_minute:
                    scheduler.run(each_minute)
            except KeyboardInterrupt:
                _tell("stopped; what was under way is taken up at the next start")


def timetables(desk: Desk) -> list[Timetable]:
    """Return when each source is due, in the company's zone."""
    found = desk.settings.schedules.items()
    return [Timetable.parsed(name, spec, jitter, desk.zone) for name, (spec, jitter) in found]


def scan(program: Program, name: str) -> Ran:
    """Scan one source, with configuration, secrets and catalogue as they are now; the job of the schedules."""
    with writing(program) as desk:
        try:
            sources = chosen(desk, [name])
        except click.ClickException as error:
            raise ConfigError(error.format_message()) from None
        with desk.store.read() as connection:
            known = {row["id"] for row in tools.tools(connection, base_currency=None)}
        with progress(sys.stderr) as told:
            outcome = run_scan(desk.rooms(told), sources, Wires(desk))
        report(desk, outcome, known)
        tell_after(desk)
    return Ran(outcome=OUTCOMES[status_of(outcome.collected, strict=False)], run_id=outcome.run_id)


def schedule_row(connection: Any, timetable: Timetable, now: datetime) -> dict[str, Any]:
    """Return when a source was and will be read, with the fields of the listing."""
    last = last_run(connection, timetable.key, timetable.source)
    found = standing(timetable, due.latest(connection, timetable.key), now)
    return {
        "source": timetable.source,
        "schedule": timetable.spec,
        "jitter_seconds": int(timetable.jitter.total_seconds()),
        "timezone": timetable.zone.key,
        **last,
        "next_at": None if found.next_at is None else iso(to_ms(found.next_at)),
        "overdue": found.overdue,
    }


def _notes(desk: Desk, rows: list[dict[str, Any]]) -> list[str]:
    """Say what did not go well and why, what is late, and which sources nobody reads on time."""
    found = [f"{row['source']} {row['outcome']}: {row['reason']}" for row in rows if row["reason"]]
    if any(row["overdue"] for row in rows):
        found.append("Overdue: is `ostiary schedule run` at work?")
    others = [name for name in desk.settings.sources if name not in desk.settings.schedules]
    return found + ([f"Without a schedule: {', '.join(others)}."] if others else [])


def _status(outcomes: list[str]) -> int:
    if set(outcomes) <= {"complete"}:
        return 0
    return 3 if set(outcomes) <= {"complete", "partial"} else 1


def _announce(planned: list[Timetable], now: datetime) -> None:
    for timetable in planned:
        at = timetable.following(now)
        when = "never" if at is None else moment_text(iso(to_ms(at)), timetable.zone)
        _tell(f"{timetable.source}: {timetable.spec}, next at {when} ({timetable.zone.key})")


def _tell(line: str) -> None:
    click.echo(line, err=True)

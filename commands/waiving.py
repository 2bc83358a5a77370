"""`ostiary review waive` and `unwaive`: findings that are accepted until a day, each with its reason."""

from __future__ import annotations

from datetime import date, datetime

import click

from commands.acting import acting, as_option
from commands.deciding import reason_option
from commands.findings import the_finding
from commands.listing import tell
from commands.opening import writing
from commands.shape import Command, Program, pass_program
from gate import waivers
from gate.roles import Act

_FINDING = click.argument("finding", metavar="POLICY:TOOL")


@click.command(
    "waive",
    cls=Command,
    example='review waive SEC-02:zapier --reason "The feed moves in June" --until 2027-06-30',
)
@_FINDING
@reason_option
@click.option(
    "--until",
    required=True,
    metavar="DATE",
    type=click.DateTime(["%Y-%m-%d"]),
    help="The day on which it is open again, within a year, such as 2027-03-31.",
)
@as_option
@pass_program
def waive(program: Program, finding: str, reason: str, until: datetime) -> None:
    """Accept a finding until a day: it is listed as waived, asks nobody, and is open again on that day by itself."""
    day: date = until.date()
    with writing(program, new=False) as desk:
        row = the_finding(desk, finding)
        named = (row["policy"], row["tool_id"])
        by = acting(desk, Act.WAIVE, tool=row["tool_id"])
        with desk.store.write() as connection:
            number = waivers.waive(
                connection, desk.trail(), named, day, reason, by=by, at=desk.clock.now().astimezone(desk.zone)
            )
        undo = f"ostiary review unwaive {row['id']} --reason TEXT"
        told = {"decision": number, "kind": "review waive", "finding": row["id"], "until": day.isoformat()}
        tell(
            desk, told | {"undo": undo}, f"{row['id']} is waived until {day} (decision {number}).", "To undo it:", undo
        )


@click.command("unwaive", cls=Command, example='review unwaive SEC-02:zapier --reason "It moved"')
@_FINDING
@reason_option
@as_option
@pass_program
def unwaive(program: Program, finding: str, reason: str) -> None:
    """End the acceptance of a finding before its day: it is open again at once."""
    with writing(program, new=False) as desk:
        row = the_finding(desk, finding)
        named = (row["policy"], row["tool_id"])
        by = acting(desk, Act.WAIVE, tool=row["tool_id"])
        with desk.store.write() as connection:
            number = waivers.unwaive(connection, desk.trail(), named, reason, by=by, at=desk.clock.now())
        told = {"decision": number, "kind": "review unwaive", "finding": row["id"]}
        tell(desk, told, f"{row['id']} is open again (decision {number}).")

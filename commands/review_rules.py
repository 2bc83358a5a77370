"""`ostiary review rules`: the rules by which the gate works, in the form in which they are written."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from catalog.categories import CATEGORIES
from commands.listing import Listing, show
from commands.opening import Desk, reading
from commands.shape import Failure, Group, Program, pass_program
from gate import undoing
from gate.rules import RULES, Rules, load_rules
from reports.columns import Column, text
from reports.words import clean, plural

GATE_RULES = Listing(
    noun="rule",
    fields=("what", "name", "says", "version", "revoked"),
    columns=(
        text("what", "What", least=10),
        text("name", "Name", least=10),
        Column(title="Says", cell=lambda row, _z: clean(row["says"]), wraps=True, least=40),
        Column(title="Version", cell=lambda row, _z: row["version"] or "", rank=1),
        Column(title="Revoked", cell=lambda row, _z: "yes" if row["revoked"] else "", rank=2),
    ),
    covered=False,
    stored=False,
    empty="There is no rule.",
)
_DAYS = {
    "new": "until somebody takes the case up",
    "questions": "until the people who were asked have answered",
    "review": "until it is decided",
    "second_key": "until the other side has signed",
}


@click.group("rules", cls=Group, default="show", example="review rules")
def rules() -> None:
    """Show and check the gate's rules: who must sign, how long it may take, who gets a case, what a rule approves."""


@rules.command("show", example="review rules show --format json")
@pass_program
def show_rules(program: Program) -> None:
    """Print the rules in force."""
    with reading(program) as desk:
        found = desk.gate_rules
        if found.refused:
            raise Failure(
                "\n".join(["nothing can be decided, for the gate's rules are refused:", *map(str, found.refused)])
            )
        show(desk, GATE_RULES, rule_rows(desk, found), limit=0, notes=lambda: _notes(desk))


@rules.command("file", example="review rules file > gate.yaml")
@pass_program
def rules_file(program: Program) -> None:
    """Print the file of the rules in force, to copy and change."""
    with reading(program, database=False) as desk:
        click.echo((desk.settings.gate.rules or RULES).read_text(encoding="utf-8"), nl=False)


@rules.command("check", example="review rules check gate.yaml")
@click.argument("files", nargs=-1, required=True, metavar="FILE...", type=click.Path(path_type=Path))
def check_rules(files: tuple[Path, ...]) -> None:
    """Check files of rules: each fault is told as FILE:LINE:COLUMN: what to do. Exit status 1 where there is one."""
    refused = [refusal for file in files for refusal in load_rules(file, CATEGORIES).refused]
    for refusal in refused:
        click.echo(str(refusal))
    if refused:
        raise Failure(f"{plural(len(refused), 'fault')}: with one, nothing can be decided")
    click.echo(f"{plural(len(files), 'file')} without a fault.", err=True)


def rule_rows(desk: Desk, found: Rules) -> list[dict[str, Any]]:
    """Return the gate's rules as rows (`GATE_RULES`), in words."""
    rows = [_row("two keys", "", f"Marketing and IT both sign where customer risk is {' or '.join(found.two_keys)}")]
    rows += [_row("clock", n, f"{plural(days, 'working day')} {_DAYS[n]}") for n, days in found.clocks.items()]
    rows.append(_row("reminders", "", _reminders(found)))
    rows.append(_row("rank", "", f"worst first: {', '.join(found.rank)}"))
    rows += [_row("route", str(at), _route(route)) for at, route in enumerate(found.routes, 1)]
    with desk.store.read() as connection:
        for lane in found.fast_lane:
            gone = lane.version in undoing.revoked(connection, lane.id)
            said = f"{lane.title}: {lane.when.text if lane.when else ''}"
            bands = f"technology risk {' or '.join(lane.technology)}, customer risk {' or '.join(lane.customer)}"
            more = f"{bands}; again after {plural(lane.review_in, 'day')}; {lane.sample:.0%} looked at by a person"
            rows.append(_row("fast lane", lane.id, f"{said} ({more})") | {"version": lane.version, "revoked": gone})
    return rows


def _row(what: str, name: str, says: str) -> dict[str, Any]:
    return {"what": what, "name": name, "says": " ".join(says.split()), "version": None, "revoked": False}


def _reminders(found: Rules) -> str:
    return (
        f"{plural(found.remind_before, 'working day')} before it is due, every {found.remind_again} after; told to the "
        f"administrators {plural(found.escalate, 'working day')} late"
    )


def _route(route: Any) -> str:
    limits = [
        f"{name} {' or '.join(values)}"
        for name, values in (
            ("technology risk", route.technology),
            ("customer risk", route.customer),
            ("category", route.categories),
        )
        if values
    ]
    to = "the hub member of the team" if route.to == "hub" else route.to
    return f"to {to}" + (f" where {', '.join(limits)}" if limits else "")


def _notes(desk: Desk) -> list[str]:
    own = desk.settings.gate.rules
    where = "the program; [gate] rules in the configuration names your own" if own is None else own.name
    return [f"The rules are those of {where}."]

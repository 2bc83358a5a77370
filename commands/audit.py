"""`ostiary audit`: the trail, and whether it still holds."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from commands.listing import Listing, limit_option, show, show_one
from commands.opening import Desk, reading
from commands.shape import Failure, Group, Program, pass_program
from model.errors import ConfigError
from reports.columns import Column, moment, number, text
from reports.words import clean, plural
from storage import kept
from storage.times import iso

AUDIT = Listing(
    noun="row",
    fields=("n", "at", "actor", "act", "object", "detail", "mac"),
    columns=(
        number("n", "No"),
        moment("at", "When"),
        text("actor", "Who", least=10),
        text("act", "Act", least=10),
        text("object", "About", least=16),
        Column(title="Detail", cell=lambda row, _z: clean(json.dumps(row["detail"])), wraps=True, rank=1, least=24),
        Column(title="Mac", cell=lambda row, _z: row["mac"][:12], rank=2),
    ),
    covered=False,
    empty="The trail is empty: nothing has been read or decided yet.",
)


@click.group(cls=Group, example="audit verify")
def audit() -> None:
    """Show the trail of who did what, and check that nothing in it was changed or cut."""


@audit.command("list", example="audit list --limit 10")
@limit_option
@pass_program
def list_audit(program: Program, limit: int | None) -> None:
    """List the trail, the latest first."""
    with reading(program) as desk:
        rows = [row | {"at": iso(row["at"]), "detail": json.loads(row["detail"])} for row in _rows(desk)]
        show(desk, AUDIT, reversed(rows), limit=limit)


@audit.command("head", example="audit head --format json > head.json")
@pass_program
def head(program: Program) -> None:
    """Print the number and mac of the last row; keep it elsewhere, and `verify --head FILE` finds what is cut off."""
    with reading(program) as desk:
        with desk.store.read() as connection:
            number_, mac = kept.last_audit(connection)
        click.echo(json.dumps({"n": number_, "mac": mac}))


@audit.command("verify", example="audit verify --head head.json")
@click.option("--head", "head_file", type=click.Path(dir_okay=False), help="What `ostiary audit head` printed before.")
@pass_program
def verify(program: Program, head_file: str | None) -> None:
    """Check every row against the one before. Exit status 1 where the trail does not hold, with the row."""
    with reading(program) as desk:
        trail, rows = desk.trail(), _rows(desk)
        broken = trail.verify(rows)
        if broken is not None:
            raise Failure(f"the trail does not hold: {broken.why}")
        if head_file is not None:
            _check_head(rows, Path(head_file))
        keyed = "with the audit key" if trail.keyed else "without a key: this shows slips, not forgery"
        found = {"rows": len(rows), "keyed": trail.keyed, "holds": True}
        show_one(desk, found, lambda page: page.line(f"The trail holds: {plural(len(rows), 'row')}, {keyed}."))


def _rows(desk: Desk) -> list[dict[str, Any]]:
    with desk.store.read() as connection:
        return kept.audit_rows(connection)


def _check_head(rows: list[dict[str, Any]], path: Path) -> None:
    try:
        head_row = json.loads(path.read_text(encoding="utf-8"))
        number_, mac = int(head_row["n"]), str(head_row["mac"])
    except (OSError, ValueError, KeyError, TypeError):
        raise ConfigError(f"--head {path}: not what `ostiary audit head` prints") from None
    if number_ > len(rows):
        raise Failure(f"the trail does not hold: row {len(rows) + 1} is missing, there were {number_}")
    if number_ and rows[number_ - 1]["mac"] != mac:
        raise Failure(f"the trail does not hold: row {number_} is another one than the head was taken of")

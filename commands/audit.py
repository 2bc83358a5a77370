"""`ostiary audit`: the trail, and whether it still holds."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

import click

from commands.acting import addresses, by_address
from commands.listing import Listing, limit_option, show, show_one
from commands.opening import Desk, day_begin, day_end, reading
from commands.shape import Failure, Group, Program, check_date, pass_program
from gate.audit import Head, canonical
from model.errors import ConfigError
from reports.columns import Column, moment, number, text
from reports.machine import to_json
from reports.words import clean, plural
from storage import kept
from storage.times import iso, to_ms

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
        rows = [row | {"at": moment_of(row["at"]), "detail": detail_of(row["detail"])} for row in reversed(_rows(desk))]
        show(desk, AUDIT, by_address(desk, rows, "actor"), limit=limit)


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
        noted = None if head_file is None else _head(Path(head_file))
        trail, rows = desk.trail(), _rows(desk)
        broken = trail.verify(rows, noted)
        if broken is not None:
            raise Failure(f"the trail does not hold: {broken.why}")
        keyed = "with the audit key" if trail.keyed else "without a key: this shows slips, not forgery"
        found = {"rows": len(rows), "keyed": trail.keyed, "holds": True}
        show_one(desk, found, lambda page: page.line(f"The trail holds: {plural(len(rows), 'row')}, {keyed}."))


@audit.command("export", example="audit export --since 2026-01-01 --output trail.jsonl")
@click.option("--since", callback=check_date, metavar="DATE", help="From this day on.")
@click.option("--until", callback=check_date, metavar="DATE", help="Up to and with this day.")
@click.option("--actor", metavar="EMAIL|ACTOR", help="Only what this account, or actor such as user:ana, did.")
@click.option("--act", metavar="ACT", help="Only this act, such as decision.status, or all that begin so: account.")
@click.option("--output", type=click.Path(dir_okay=False), metavar="FILE", help="Write to a file.")
@pass_program
def export(
    program: Program, *, since: str | None, until: str | None, actor: str | None, act: str | None, output: str | None
) -> None:
    """Write the trail as JSON lines, oldest first; the last line is the head, with whether the whole trail holds.

    `at_ms` and `detail` are what the mac is computed of: docs/explanation/audit-trail.md says how.
    """
    with reading(program) as desk:
        rows, trail = _rows(desk), desk.trail()
        known = {address: name for name, address in addresses(desk).items()}
        wanted = None if actor is None else known.get(actor.strip().casefold(), actor)
        first = None if since is None else to_ms(day_begin(since, desk.zone))
        last = None if until is None else to_ms(day_end(until, desk.zone))
        chosen = [
            row
            for row in rows
            if _within(row["at"], first, last) and wanted in {None, row["actor"]} and _is_act(row["act"], act)
        ]
        broken = trail.verify(rows)
        end = {"n": rows[-1]["n"], "mac": rows[-1]["mac"]} if rows else {"n": 0, "mac": ""}
        told = {"head": end, "rows": len(chosen), "of": len(rows), "keyed": trail.keyed, "holds": broken is None}
        with _opened(output) as out:
            out.writelines(f"{to_json(line)}\n" for line in (*map(_line, chosen), told))
        if broken is not None:
            raise Failure(f"exported, but the trail does not hold: {broken.why}")
        if output is not None:
            click.echo(f"{plural(len(chosen), 'row')} and the head written to {output}.", err=True)


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row as it is exported: by `at_ms` and the canonical JSON of `detail` the mac can be computed again."""
    return row | {"at": moment_of(row["at"]), "at_ms": row["at"], "detail": detail_of(row["detail"])}


def moment_of(at: Any) -> str | None:
    """Return a moment as ISO 8601, None where it is none."""
    try:
        return iso(at)
    except (TypeError, ValueError, OverflowError):
        return None  # a row that somebody changed is shown all the same


def detail_of(told: Any) -> Any:
    """Return the detail as JSON has it, or as it stands where that is not what the program wrote."""
    try:
        found = json.loads(told)
        return found if canonical(found) == told else told
    except (TypeError, ValueError):
        return str(told)


def _within(at: Any, first: int | None, last: int | None) -> bool:
    if not isinstance(at, int):
        return True
    return (first is None or first <= at) and (last is None or at <= last)


def _is_act(act: str, wanted: str | None) -> bool:
    return wanted is None or act == wanted or act.startswith(f"{wanted.rstrip('.')}.")


@contextmanager
def _opened(path: str | None) -> Iterator[TextIO]:
    if path is None:
        yield sys.stdout
        return
    with Path(path).open("w", encoding="utf-8") as file:
        yield file


def _rows(desk: Desk) -> list[dict[str, Any]]:
    with desk.store.read() as connection:
        return kept.audit_rows(connection)


def _head(path: Path) -> Head:
    """Return a head that was noted: what `audit head` prints, or the last line of an export. Raises ConfigError."""
    try:
        return head_of(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise ConfigError(f"--head {path}: not what `ostiary audit head` prints") from None


def head_of(text: str) -> Head:
    """Return a head from its text: what `audit head` prints, or the last line of an export. Raises ValueError."""
    try:
        found = json.loads(text.strip().splitlines()[-1])
        found = found.get("head", found)
        noted = Head(int(found["n"]), str(found["mac"]))
    except (KeyError, TypeError, AttributeError, IndexError) as error:
        raise ValueError(error) from None
    if noted.n < 0:
        raise ValueError(noted.n)
    return noted

"""What every correction has in common: it is recorded, all is derived anew, and it says how to undo it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import click

from commands.acting import acting
from commands.listing import tell
from commands.opening import Desk
from commands.summary import approved_lines
from gate.roles import Act
from model.errors import Unavailable
from reports.terminal import progress
from scanner.corrections import Corrector
from scanner.run import derive_again
from storage import kept

reason_option = click.option("--reason", required=True, metavar="TEXT", help="Why; kept with the decision.")


def correct(desk: Desk, what: str, decide: Callable[[Corrector], int], said: str, **detail: Any) -> None:
    """Record a correction by who acts and derive anew; say what changed. `said` is a sentence without its full stop."""
    by = acting(desk, Act.CORRECT, tool=detail.get("tool"))
    number = decide(Corrector(desk.store, desk.trail(), desk.clock, by, catalogued=desk.is_catalogued))
    settle(desk, what, number, said, **detail)


def settle(desk: Desk, what: str, number: int, said: str, **detail: Any) -> None:
    """Derive anew after a decision on which tool is which; say what changed, and how to undo it."""
    relinked = derive_anew(desk, what)
    effect = "" if relinked is None or what == "review noise" else f" {_effect(relinked)}"
    lines = [f"{said} (decision {number}).{effect}"]
    _tell(desk, {"decision": number, "kind": what, **detail, "relinked": relinked}, number, lines)


def record(desk: Desk, what: str, number: int, said: str, **detail: Any) -> None:
    """Derive anew after something was recorded that is about no name of a source; say how to undo it.

    `unheard` among the details is a sentence that says why it changes nothing.
    """
    derive_anew(desk, what)
    unheard = [detail["unheard"]] if detail.get("unheard") else []
    _tell(desk, {"decision": number, "kind": what, **detail}, number, [f"{said} (decision {number}).", *unheard])


def _tell(desk: Desk, found: dict[str, Any], number: int, lines: list[str]) -> None:
    undo = f"ostiary review undo {number} --reason TEXT"
    if found["kind"] != "review undo":
        lines += ["To undo it:", undo]
    tell(desk, found | {"undo": undo}, *lines)


def derive_anew(desk: Desk, what: str) -> int | None:
    """Derive anew; return how many names lead elsewhere. Where a scan is under way, that one takes the decision up."""
    try:
        with progress(sys.stderr) as told, telling_rules(desk):
            return derive_again(desk.rooms(told), what).relinked
    except Unavailable as error:
        click.echo(f"The decision is recorded; the lists follow with the next run: {error}", err=True)
        return None


@contextmanager
def telling_rules(desk: Desk) -> Iterator[None]:
    """Say on standard error how many tools a rule of the gate let in meanwhile."""
    with desk.store.read() as connection:
        before = kept.decided_by_rules(connection)
    yield
    with desk.store.read() as connection:
        after = kept.decided_by_rules(connection)
    for line in approved_lines(after - before):
        click.echo(line, err=True)


def _effect(relinked: int) -> str:
    if not relinked:
        return "No name of a source leads to another tool by it now."
    return f"{relinked} {'name of a source leads' if relinked == 1 else 'names of sources lead'} to another tool now."

"""`ostiary work`: tells people what they are to be told, and shows what could not be told, and why."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any

import click

from commands.listing import Listing, limit_option, show, tell
from commands.notifying import tell_due
from commands.opening import reading, writing
from commands.shape import Group, Program, pass_program
from commands.stopping import stoppable
from gate.spreading import NOBODY
from model.errors import Refused, Unavailable
from reports.columns import Column, moment, number, said, text, word
from reports.words import plural
from scanner.schedule import beats
from scanner.sending import Worked
from storage import outbox
from storage.store import Connection
from storage.times import iso

MESSAGES = Listing(
    noun="message",
    fields=("id", "at", "event", "receiver", "about", "state", "attempts", "next_at", "reason"),
    columns=(
        number("id", "No"),
        moment("at", "Since", rank=2),
        word("event", "What"),
        text("receiver", "To", rank=1),
        text("about", "About", least=12),
        word("state", "State"),
        number("attempts", "Tries", rank=2),
        moment("next_at", "Next try", rank=1),
        Column(title="Why", cell=lambda row, _z: said(row["reason"]) if row["reason"] else "", wraps=True, least=20),
    ),
    covered=False,
    empty="Everything was told that is to be told.",
)


@click.group(cls=Group, default="run", example="work --once")
def work() -> None:
    """Tell people what they are to be told: messages, tickets, reminders. Nothing is told twice, nothing is lost."""


@work.command("run", example="work run --once")
@click.option("--once", is_flag=True, help="Tell what is to be told now, and end.")
@pass_program
@click.pass_context
def run(context: click.Context, program: Program, *, once: bool) -> None:
    """Work off what is to be told, each minute, until Ctrl-C or SIGTERM.

    With --once the exit status is 3 where something could not be told; `ostiary work list` says why.
    """
    if once:
        done = _round(program)
        context.exit(3 if done.waiting or done.given_up else 0)
    with stoppable():
        try:
            with closing(beats()) as each_minute:
                for _ in _with_the_first(each_minute):
                    _patient_round(program)
        except KeyboardInterrupt:
            click.echo("stopped; what is left is told at the next start", err=True)


def _with_the_first(each_minute: Iterator[None]) -> Iterator[None]:
    yield None
    yield from each_minute


def _patient_round(program: Program) -> None:
    try:
        _round(program)
    except Unavailable as error:
        click.echo(str(error), err=True)


def _round(program: Program) -> Worked:
    """Do one round, with configuration, secrets and templates as they are now."""
    with writing(program, new=False) as desk:
        return tell_due(desk)


@work.command("list", example="work list --format jsonl")
@limit_option
@pass_program
def list_messages(program: Program, limit: int | None) -> None:
    """List what was not told yet: what waits, what failed and why, and what there is nobody to tell."""
    with reading(program) as desk:
        with desk.store.read() as connection:
            open_ = outbox.unsettled(connection)
            rows = message_rows(connection, open_)
        show(desk, MESSAGES, rows, limit=limit, notes=lambda: _notes(open_))


@work.command("retry", example="work retry 17")
@click.argument("numbers", type=int, metavar="N...", nargs=-1, required=True)
@pass_program
def retry(program: Program, numbers: tuple[int, ...]) -> None:
    """Let messages be tried again that were given up, or that there was nobody to tell."""
    with writing(program, new=False) as desk:
        with desk.store.write() as connection:
            for number_ in numbers:
                if not outbox.retry(connection, number_):
                    raise Refused(f"message {number_} was not given up: `ostiary work list` shows those that were")
        line = f"{plural(len(numbers), 'message')} will be tried again with the next `ostiary work`."
        tell(desk, {"retried": list(numbers)}, line)


def message_rows(connection: Connection, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return rows of the outbox with the fields of the listing."""
    numbers = {n for row in rows for n in row["payload"].get("events", ())}
    events = {row["id"]: row for row in outbox.rows(connection, numbers)}
    return [message_row(row, events) for row in rows]


def message_row(row: dict[str, Any], events: dict[int, dict[str, Any]]) -> dict[str, Any]:
    """Return a row of the outbox as the list of messages has it; `events` are the rows that it tells of."""
    step, _, receiver = row["kind"].partition(":")
    told = [events[n] for n in row["payload"].get("events", ()) if n in events] or [row]
    payload = told[0]["payload"]
    about = payload.get("tool") or payload.get("source") or "?"
    return {
        "id": row["id"],
        "at": iso(row["at"]),
        "event": told[0]["kind"] if len(told) == 1 else "digest",
        "receiver": receiver or None,
        "about": about if len(told) == 1 else plural(len(told), "event"),
        "state": _state(row, step),
        "attempts": row["attempts"],
        "next_at": iso(row["next_at"]),
        "reason": row["failure"],
    }


def _state(row: dict[str, Any], step: str) -> str:
    if row["failure"] == NOBODY:
        return "nobody"
    if row["failure"] is not None:
        return "failed" if row["next_at"] is None else "again"
    return "held" if step == "hold" else "waiting"


def _notes(open_: list[dict[str, Any]]) -> list[str]:
    failed = [row["id"] for row in open_ if row["failure"] is not None and row["next_at"] is None]
    if not failed:
        return []
    return ["To try again what was given up:", f"ostiary work retry {' '.join(map(str, failed[:20]))}"]

"""`ostiary signals`: the evidence, as the sources said it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import click

from commands.cells import person
from commands.evidence import draw_evidence, find_evidence
from commands.figures import the_tool
from commands.listing import Listing, limit_option, show, show_one
from commands.opening import reading
from commands.shape import Group, Program, pass_program
from commands.single_events import Wanted, single_events
from model.signal import APP_FIELDS, FACTS, SignalKind
from reports.columns import Column, moment, number, said, text, word
from reports.words import amount, plain
from storage.listings import signals as listings

_BASE = ("source", "stream", "kind", "native_id", "seen_at", "actor", "count", "failures")
_FACTS = tuple(dict.fromkeys(name for kind in SignalKind for name in FACTS[kind]))
_ROLLED = ("month", "first_seen", "active_days")


def _app(row: Any, _zone: object) -> str:
    named = ("label", "descriptor", "domain", "url", "client_id", "app_id", "product_code", "bundle_id", "entity_id")
    return next((said(row[name]) for name in named if row.get(name)), "")


def _what(row: Any, _zone: object) -> str:
    if "amount_micros" in row:
        return amount(row["amount_micros"], row["currency"])
    told = {name: row[name] for name in (*_FACTS, "active_days") if name in row}
    return plain(told) if told else ""


SIGNALS = Listing(
    noun="signal",
    fields=tuple(dict.fromkeys((*_BASE, *APP_FIELDS, *_FACTS, *_ROLLED))),
    columns=(
        moment("seen_at", "When"),
        word("kind", "Kind", rank=2),
        Column(title="Names", cell=_app, wraps=True, least=16),
        person(rank=1),
        number("count", "Count"),
        number("failures", "Failed", rank=4),
        Column(title="What", cell=_what, wraps=True, rank=3, least=20),
        Column(title="Stream", cell=lambda row, _z: f"{said(row['source'])}/{said(row['stream'])}", rank=5),
        text("native_id", "Id", rank=6, least=20),
    ),
    empty="Nothing has been read yet. `ostiary ingest --list` names what can be read.",
)


@click.group(cls=Group, default="list", example="signals --tool Mailchimp")
def signals() -> None:
    """Show the evidence: what the sources said, one by one."""


@signals.command("list", example="signals list --kind grant --format jsonl")
@click.option("--source", metavar="NAME", help="Only of this source, such as okta.")
@click.option("--stream", metavar="NAME", help="Only of this stream, such as sign_ins.")
@click.option("--kind", type=click.Choice([k.value for k in SignalKind]), help="Only of this kind.")
@click.option("--tool", metavar="ID|NAME", help="Only about this tool.")
@click.option("--events", is_flag=True, help="Single sign-ins instead of their months.")
@limit_option
@pass_program
def list_signals(
    program: Program,
    *,
    source: str | None,
    stream: str | None,
    kind: str | None,
    tool: str | None,
    events: bool,
    limit: int | None,
) -> None:
    """List signals: records one by one, sign-ins by app, month, person and method."""
    with reading(program) as desk:
        wanted = Wanted(source, stream, None if tool is None else the_tool(desk, tool))
        with desk.store.read() as connection:
            known: Iterator[dict[str, Any]] = listings.signals(
                connection, source=source, stream=stream, kind=kind, tool=wanted.tool
            )
            if events:
                records = (row for row in known if row["kind"] != SignalKind.SIGN_IN)
                known = _both(records, single_events(desk, connection, wanted) if _signs_in(kind) else iter(()))
            empty = "No signal is like that." if any((source, stream, kind, tool)) else None
            show(desk, SIGNALS, known, limit=limit, empty=empty)


def _signs_in(kind: str | None) -> bool:
    return kind in {None, SignalKind.SIGN_IN.value}


def _both(first: Iterator[dict[str, Any]], second: Iterator[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    yield from first
    yield from second


@signals.command("show", example="signals show signal:okta/apps/0oa1example")
@click.argument("key", metavar="EVIDENCEKEY")
@pass_program
def show_signal(program: Program, key: str) -> None:
    """Show what stands behind an evidence key, of a fact or of a finding: how we know it.

    signal:SOURCE/STREAM/ID, usage:SOURCE/IDENTITY/YYYY-MM, decision:ID, answer:ID, tool:ID, or a page's address.
    """
    with reading(program) as desk:
        found = find_evidence(desk, key)
        show_one(desk, found, lambda page: draw_evidence(page, found))

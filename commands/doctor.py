"""`ostiary doctor`: what works, what is missing, where to mend it, and what stays unseen until then."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from typing import Any

import click

from commands.listing import Listing, show
from commands.opening import Desk, audit_key, reading
from commands.settings import find_config
from commands.shape import Program, command, pass_program
from commands.sources import Wires, chosen
from connectors.source_tables import Opened
from model.errors import ConfigError
from model.stream import Status
from reports.columns import Column, word
from reports.words import clean
from scanner.doctor import Examined, examine


def _if_any(value: str | None) -> str:
    """Return a text, nothing where there is nothing to tell: what works lacks no remedy."""
    return "" if value is None else clean(value)


def _told(field: str, title: str, *, rank: int = 0, least: int = 12) -> Column:
    return Column(title=title, cell=lambda row, _zone: _if_any(row[field]), rank=rank, wraps=True, least=least)


HEALTH = Listing(
    noun="check",
    fields=("source", "feed", "stream", "status", "reason", "remedy", "unseen"),
    columns=(
        Column(title="Source", cell=lambda row, _zone: _if_any(row["source"])),
        word("stream", "Checked"),
        word("status", "Status"),
        _told("reason", "What is missing", least=16),
        _told("remedy", "What to do", least=20),
        _told("unseen", "Unseen until then", rank=1, least=16),
    ),
    covered=False,
    stored=False,
    empty="Nothing is configured: `ostiary init` writes the configuration.",
)
_WORKS = "works"


@command("doctor okta")
@click.argument("names", metavar="[SOURCE]...", nargs=-1)
@click.option(
    "--send-test",
    "send_test",
    metavar="EMAIL",
    help="Send a test message to each receiver, by mail to EMAIL; without it nobody is told anything.",
)
@pass_program
@click.pass_context
def doctor(context: click.Context, program: Program, *, names: tuple[str, ...], send_test: str | None) -> None:
    """Check the configuration, the database, sign-in, each receiver, and each stream by its smallest call.

    Nothing is stored. Exit status: 0 where all works, 3 where something does not, 1 where nothing does.
    """
    with reading(program) as desk:
        sources = chosen(desk, names) if names or desk.settings.sources else []
        told = _receivers(desk, send_test)
        rows = [
            *_house(desk, program),
            *_sign_in(desk),
            *told,
            *(row for opened in sources for row in _source(desk, opened)),
        ]
        show(desk, HEALTH, rows, limit=0)
        if not sources:
            click.echo("No source is configured: fill in a [sources.NAME] table of ostiary.toml.", err=True)
    checked = [row["status"] == _WORKS for row in rows if row["source"] is not None] or [True]
    house = all(row["status"] == _WORKS for row in rows if row["source"] is None)
    context.exit(0 if all(checked) and house else 3 if any(checked) else 1)


def _house(desk: Desk, program: Program) -> Iterator[dict[str, Any]]:
    """Check what is no source: the file, the database, the audit key."""
    path = find_config(program)
    remedy = None if path else "`ostiary init` writes one"
    yield _row(None, "configuration", _WORKS if path else "missing", None if path else "no file is there", remedy)
    empty = desk.empty
    yield _row(None, "database", _WORKS, "none yet: the first scan makes it" if empty else None)
    with contextlib.suppress(ConfigError):
        key = audit_key(desk.settings)
        told = None if key else "none: the trail can be checked, and also be forged"
        yield _row(None, "audit key", _WORKS, told)
        return
    yield _row(None, "audit key", "failed", "it cannot be read", "see [audit] key of the configuration")


def _sign_in(desk: Desk) -> Iterator[dict[str, Any]]:
    """Check what the web's provider publishes: nobody is signed in, and nothing of ours is sent."""
    if desk.settings.web is None:
        return
    from web.sign_in import NotReached, OpenID  # noqa: PLC0415 (the client, for those who have a provider)

    remedy = "see [web] of the configuration"
    try:
        provider = desk.settings.web().provider
    except ConfigError as error:
        yield _row(None, "web", "failed", str(error), remedy)
        return
    if provider is None:
        return
    try:
        OpenID(provider, desk.clock).examine()
    except (NotReached, OSError) as error:
        yield _row(None, "web sign-in", "failed", str(error), "see [web.sign_in] of the configuration")
        return
    yield _row(None, "web sign-in", _WORKS)


def _receivers(desk: Desk, send_test: str | None) -> Iterator[dict[str, Any]]:
    """Check who is told, and with an address to test with, whether it arrives."""
    if desk.settings.notify is None:
        return
    from commands import notifying  # noqa: PLC0415 (the receivers, for those who tell somebody)
    from scanner.sending import examine as examine_receiver  # noqa: PLC0415 (the same)

    test = None if send_test is None else notifying.probe(desk, send_test)
    with contextlib.suppress(ConfigError):
        notifying.templates_of(desk)
        for one in desk.settings.notify.receivers:
            wrong = examine_receiver(notifying.opened(desk, one), test)
            remedy = f"see [notify.receivers.{one.name}] of the configuration"
            yield _row(None, f"notify {one.name}", "failed" if wrong else _WORKS, wrong, remedy if wrong else None)
        return
    yield _row(None, "notify templates", "failed", "a template is refused", "`ostiary work --once` says where")


def _source(desk: Desk, opened: Opened) -> Iterator[dict[str, Any]]:
    for examined in examine(opened, Wires(desk)(opened)):
        yield from _rows(examined)


def _rows(examined: Examined) -> Iterator[dict[str, Any]]:
    for coverage in examined.coverage:
        works = coverage.status is Status.COMPLETE
        yield {
            "source": examined.source,
            "feed": examined.feed.name,
            "stream": coverage.stream,
            "status": _WORKS if works else coverage.status.value,
            "reason": coverage.reason,
            "remedy": coverage.remedy,
            "unseen": None if works else examined.feed.blinds,
        }


def _row(
    source: str | None, stream: str, status: str, reason: str | None = None, remedy: str | None = None
) -> dict[str, Any]:
    return {
        "source": source,
        "feed": None,
        "stream": stream,
        "status": status,
        "reason": reason,
        "remedy": remedy,
        "unseen": None,
    }

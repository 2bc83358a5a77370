"""What `work`, `scan` and `doctor` do with `[notify]`: the worker, the receivers, a message to test with."""

from __future__ import annotations

import random
from dataclasses import replace

import click

from commands.acting import gate_of
from commands.notify_table import Notified
from commands.opening import Desk
from connectors.live import Wire
from connectors.outgoing.registry import Configured
from connectors.outgoing.shape import Message, Receiver
from connectors.secrets import References
from gate.notify import Notify
from gate.questions import token_of
from gate.templating import Templates
from gate.templating import load as load_templates
from gate.working_time import WorkingTime
from model.errors import OstiaryError
from scanner.sending import Desk as Sending
from scanner.sending import Worked, Worker


def notify_of(desk: Desk) -> Notified:
    """Return what is configured, in the company's zone; nobody is told anything where nothing is."""
    found = desk.settings.notify or Notified(notify=Notify())
    return replace(found, notify=replace(found.notify, zone=desk.company.timezone))


def templates_of(desk: Desk) -> Templates:
    """Return the templates, the company's own before the program's. Raises ConfigError with file and line."""
    return load_templates(None if desk.settings.notify is None else desk.settings.notify.templates)


def opened(desk: Desk, one: Configured) -> Receiver:
    """Return a receiver with what it needs of the program."""
    folder = desk.settings.folder
    certificates = None if one.certificates is None else str(folder / one.certificates)
    return one.opened(Wire(secrets=References(folder), clock=desk.clock, certificates=certificates))


def worker(desk: Desk) -> Worker:
    """Return the worker of the store, with the configuration as it is. Raises ConfigError."""
    found = notify_of(desk)
    return Worker(
        Sending(
            store=desk.store,
            clock=desk.clock,
            notify=found.notify,
            receivers={one.name: one for one in found.receivers},
            templates=templates_of(desk),
            open=lambda one: opened(desk, one),
            rules=desk.gate_rules,
            time=WorkingTime(
                zone=desk.company.timezone, holidays=desk.settings.gate.holidays, weekend=desk.settings.gate.weekend
            ),
            jitter=random.random,
            token=lambda question: token_of(gate_of(desk, checked=False), question),
        )
    )


def tell_due(desk: Desk) -> Worked:
    """Tell what is to be told now, and say on standard error what came of it. Raises ConfigError, Unavailable."""
    done = worker(desk).work()
    parts = ((done.told, "told"), (done.waiting, "to be tried again"), (done.given_up, "given up"))
    if line := ", ".join(f"{count} {what}" for count, what in parts if count):
        click.echo(f"Messages: {line}.", err=True)
    for reason in done.said:
        click.echo(f"  {reason}", err=True)
    return done


def tell_after(desk: Desk) -> None:
    """Tell what a scan brought to light; that this goes wrong is said, and undoes nothing of the scan."""
    try:
        tell_due(desk)
    except OstiaryError as error:
        click.echo(f"Nobody was told anything: {error}", err=True)


def probe(desk: Desk, to: str) -> Message:
    """Return a message by which somebody can see that a receiver works."""
    now = desk.clock.now()
    title, text = "A test of Ostiary", "You can read this: what Ostiary has to tell reaches you."
    document = {"event": "test", "title": title, "text": text}
    return Message(key=f"test:{now.isoformat()}", title=title, text=text, at=now, to=to, document=document)

"""What is told at a gate, read back: the outbox, and letters of it."""

from __future__ import annotations

from gate import spreading
from gate.letters import Writer
from gate.notify import EVENTS, Notify, Reach, Recipient
from gate.templating import load
from model.signal import Actor
from storage import accounts, kept, letters, names, outbox
from storage.times import to_ms
from tests.gate.gatehouse import NOW

TEMPLATES = load()


def recipient(name="mail", reach=Reach.PERSON, events=None, **more):
    return Recipient(name=name, reach=reach, events=frozenset(events or EVENTS), **more)


def notify(*recipients, **more):
    return Notify(recipients=recipients or (recipient(),), **more)


def events(connection, kind=None):
    """Return the rows of events, of one kind or all, in order."""
    return [r for r in outbox.since(connection, 0, "%") if r["kind"] in ({kind} if kind else EVENTS)]


def clear(connection):
    """Let everything be told that is to be told by now."""
    for row in outbox.unsettled(connection):
        outbox.settle(connection, row, to_ms(NOW))


def letter(connection, *rows, at=NOW, token=lambda _question: None, templates=TEMPLATES, **more):
    return Writer(connection, notify(**more), templates, at, token).letter(rows)


def share(connection, how=None, at=NOW):
    """Do what the worker does before it sends; return (receiver, address, kinds of events) of each message."""
    how = how or notify()
    spreading.spread(connection, how, at)
    spreading.gather(connection, how, at)
    return messages(connection, at)


def messages(connection, at=NOW):
    found = []
    for row in outbox.due(connection, to_ms(at), "send:%"):
        to = row["payload"]["to"]
        kinds = [e["kind"] for e in outbox.rows(connection, row["payload"]["events"])]
        address = None if to is None else letters.address_of(connection, to)
        found.append((row["kind"].removeprefix("send:"), address, kinds))
    return found


def actor(connection, address):
    source = names.source_number(connection, accounts.SOURCE)
    return names.actor_numbers(connection, source, [Actor(native_id=address, address=address)], listed=True)[0]


def enter(connection, kind, at=NOW, **payload):
    """Enter an event by hand."""
    numbers = kept.add_outbox(connection, to_ms(at), kind, payload, key=f"{kind}:{sorted(payload.items())}")
    return outbox.row(connection, numbers)

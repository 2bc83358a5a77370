"""Which webhooks are configured: by name, with what they are told, and nothing of where they are or of their secret."""

from pathlib import Path

import pytest

from commands.faces.webhooks import Webhooks
from commands.notify_table import notified
from commands.opening import Desk
from commands.settings import Settings
from commands.shape import Program
from gate.notify import EVENTS
from scanner.demo import COMPANY
from storage import kept
from tests.web.conftest import Clock

TABLE = {
    "receivers": {
        "siem": {
            "kind": "webhook",
            "url": "env:SIEM_URL",
            "secret": "env:SIEM_KEY",
            "events": ["decided"],
            "units": ["Brand"],
        },
        "all": {"kind": "webhook", "url": "env:ALL_URL", "secret": "env:ALL_KEY"},
        "slack": {"kind": "chat", "url": "env:SLACK_URL"},
    }
}


@pytest.fixture
def hooks(demo_store):
    settings = Settings(folder=Path(), company=COMPANY, notify=notified(Path(), TABLE))
    return Webhooks(Desk(Program(format="json"), settings, demo_store, empty=False, clock=Clock()))


def test_webhooks_alone_are_listed_without_addresses_and_secrets(hooks):
    assert hooks.receivers() == [
        {"name": "siem", "events": ["decided"], "units": ["Brand"]},
        {"name": "all", "events": [*EVENTS], "units": []},
    ]


def test_what_waits_and_what_was_told_is_of_webhooks_alone(hooks, demo_store):
    with demo_store.write() as connection:
        event = kept.add_outbox(connection, 1, "decided", {"case": 1, "tool": "asana"})
        told = {"events": [event], "to": None}
        numbers = [kept.add_outbox(connection, 1, f"send:{name}", told) for name in ("siem", "slack", "all", "gone")]
        kept.mark_sent(connection, numbers[0], 2_000)
        waiting, sent = hooks.waiting(connection), hooks.told(connection, 9)

    assert [(row["id"], row["receiver"], row["event"], row["about"]) for row in waiting] == [
        (numbers[2], "all", "decided", "asana")
    ]
    assert [(row["id"], row["state"], row["told_at"]) for row in sent] == [(numbers[0], "told", "1970-01-01T00:00:02Z")]


def test_where_nothing_is_configured_there_are_none(demo_store):
    desk = Desk(Program(), Settings(folder=Path(), company=COMPANY), demo_store, empty=False, clock=Clock())
    hooks = Webhooks(desk)
    with demo_store.read() as connection:
        assert (hooks.receivers(), hooks.waiting(connection), hooks.told(connection, 9)) == ([], [], [])

"""Programs that are told, by the functions of `ostiary work`."""

from __future__ import annotations

from commands.notifying import notify_of
from commands.opening import Desk
from commands.work import message_rows
from connectors.outgoing.webhook import WEBHOOK
from gate.notify import EVENTS
from storage import outbox
from storage.store import Connection
from storage.times import iso
from web.ports.listed import Row


class Webhooks:
    """Which webhooks are configured, and what was told to them, or was not."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

    def receivers(self) -> list[Row]:
        """Return the configured webhooks, without addresses and secrets: name, events (those told), units."""
        return [
            {"name": one.name, "events": [*(one.events or EVENTS)], "units": [*one.units]}
            for one in notify_of(self._desk).receivers
            if one.kind is WEBHOOK
        ]

    def told(self, connection: Connection, most: int) -> list[Row]:
        """Return the last messages to webhooks that were sent, the latest first; with `told_at`."""
        rows = outbox.sent_to(connection, self._names(), most)
        at = {row["id"]: iso(row["sent_at"]) for row in rows}
        why = {row["id"]: row["failure"] for row in rows}
        return [
            row | {"state": "told" if why[row["id"]] is None else "needless", "told_at": at[row["id"]]}
            for row in message_rows(connection, rows)
        ]

    def waiting(self, connection: Connection) -> list[Row]:
        """Return the messages to webhooks that were not told yet, oldest first, as `ostiary work list` gives them."""
        names = self._names()
        rows = [row for row in outbox.unsettled(connection) if row["kind"].partition(":")[2] in names]
        return message_rows(connection, rows)

    def _names(self) -> set[str]:
        return {row["name"] for row in self.receivers()}

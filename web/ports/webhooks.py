"""Programs that are told: which webhooks are configured, and what was told to them, or was not."""

from __future__ import annotations

from typing import Protocol

from storage.store import Connection
from web.ports.listed import Row


class WebhooksPort(Protocol):
    """Programs that are told."""

    def receivers(self) -> list[Row]:
        """Return the configured webhooks, without addresses and secrets: name, events (those told), units."""
        ...

    def told(self, connection: Connection, most: int) -> list[Row]:
        """Return the last messages to webhooks that were sent, the latest first, as `waiting` does; with `told_at`."""
        ...

    def waiting(self, connection: Connection) -> list[Row]:
        """Return the messages to webhooks that were not told yet, oldest first, as `ostiary work list` gives them."""
        ...

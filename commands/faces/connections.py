"""Which tool holds what right on which system, and who gave it."""

from __future__ import annotations

import threading

from commands.connections import CONNECTIONS, grant_lists
from commands.opening import Desk
from reports.words import clean
from storage.listings import connections as listings
from web.ports.connections import Connected
from web.ports.listed import Row
from web.undisturbed import leave_alone


class Connections:
    """Which tool holds what right on which system, and who gave it."""

    fields = CONNECTIONS.fields

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk
        self._lock = threading.Lock()
        self._held: Connected | None = None

    def rows(self, run: int) -> Connected:
        """Return all connections as of a run; they are held until another run is asked for."""
        with self._lock:
            if self._held is None or self._held.run != run:
                with self._desk.store.read() as connection:
                    self._held = Connected(run, listings.connections(connection, named=False))
                leave_alone()
            return self._held

    def of_tool(self, tool: str, *, named: bool) -> list[Row]:
        """Return what a tool holds, with `rated` and `grants`; persons by address only where `named`."""
        with self._desk.store.read() as connection:
            return listings.of_tool(connection, tool, named=named)

    def blind(self) -> list[str]:
        """Return sentences that say which lists of grants could not be read: what these would show is unknown."""
        return [
            f"{clean(row['source'])}/{clean(row['stream'])} was {row['status'].replace('_', ' ')}: what it would show"
            " is missing here, and is not none."
            for row in grant_lists(self._desk)
            if row["status"] != "complete"
        ]

    def is_read(self) -> bool:
        """Return whether any list of grants was read at all."""
        return bool(grant_lists(self._desk))

"""The audit trail: rows, verification, export."""

from __future__ import annotations

from commands.opening import Desk


class Audit:
    """The audit trail: rows, verification, export."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

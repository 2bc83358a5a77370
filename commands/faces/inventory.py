"""What may be used for which job."""

from __future__ import annotations

from commands.opening import Desk


class Inventory:
    """What may be used for which job."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

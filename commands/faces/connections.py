"""Which tool holds what on which system."""

from __future__ import annotations

from commands.opening import Desk


class Connections:
    """Which tool holds what on which system."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

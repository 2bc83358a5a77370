"""Sources: coverage, what is missing, when they are read next, and reading them now."""

from __future__ import annotations

from commands.opening import Desk


class Sources:
    """Sources: coverage, what is missing, when they are read next, and reading them now."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

"""All that is known of one tool, and how."""

from __future__ import annotations

from commands.opening import Desk


class Tools:
    """All that is known of one tool, and how."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

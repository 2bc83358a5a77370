"""Cases, findings and questions, whole."""

from __future__ import annotations

from commands.opening import Desk


class Cases:
    """Cases, findings and questions, whole."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

"""What the tools come to: spend, overlap, key people, days to decision, renewals, unused seats."""

from __future__ import annotations

from commands.opening import Desk


class Insights:
    """What the tools come to: spend, overlap, key people, days to decision, renewals, unused seats."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

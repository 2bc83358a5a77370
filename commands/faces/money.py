"""Money without a tool, and noise: what is ruled, and by which rule."""

from __future__ import annotations

from commands.opening import Desk


class Money:
    """Money without a tool, and noise: what is ruled, and by which rule."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

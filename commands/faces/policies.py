"""Policies: what they say, their cases, and what they make of the present data."""

from __future__ import annotations

from commands.opening import Desk


class Policies:
    """Policies: what they say, their cases, and what they make of the present data."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

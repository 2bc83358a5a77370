"""Requests before purchase, and answers to questions by signed link."""

from __future__ import annotations

from commands.opening import Desk


class Requests:
    """Requests before purchase, and answers to questions by signed link."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

"""Accounts, roles, delegations, settings of the program."""

from __future__ import annotations

from commands.opening import Desk


class People:
    """Accounts, roles, delegations, settings of the program."""

    def __init__(self, desk: Desk) -> None:
        """Take the desk of the program that serves."""
        self._desk = desk

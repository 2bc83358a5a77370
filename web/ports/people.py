"""Accounts, roles, delegations, settings of the program."""

from __future__ import annotations

from typing import Protocol


class PeoplePort(Protocol):
    """Accounts, roles, delegations, settings of the program."""

"""What a route may need: a right of the gate, or one of the ways to be let in without."""

from __future__ import annotations

from enum import StrEnum

from gate.roles import Act


class Open(StrEnum):
    """Routes that take no right of an account: for anybody, by a secret in the address, or for who is signed in."""

    ANYBODY = "anybody"
    LINK = "by signed link"
    SIGNED_IN = "who is signed in"


Needs = Act | Open

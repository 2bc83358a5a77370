"""Whom a charge names: one rule for the list of unmatched money and for the rulings on it."""

from __future__ import annotations

from model.signal import fold


def merchant_name(key: str, *, counterparty: str | None, descriptor: str | None) -> str:
    """Return the name, folded, by which a charge's identity is listed and ruled.

    That is the payee that the statement's line was read as, else the line; a bill has neither: there it is what stands
    behind the colon of the identity's key.
    """
    return fold(counterparty or descriptor or key.partition(":")[2])

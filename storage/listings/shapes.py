"""Shapes that listings share: money, shares, times."""

from __future__ import annotations

import json
from typing import Any

Money = list[dict[str, Any]]


def money(found: str | dict[str, int]) -> Money:
    """Return money as a list of {"currency", "amount_micros"}, sorted by currency; never added across currencies."""
    by_currency: dict[str, int] = json.loads(found) if isinstance(found, str) else found
    return [{"currency": c, "amount_micros": by_currency[c]} for c in sorted(by_currency)]


def base(amounts: Money, base_currency: str | None) -> Money | None:
    """Return the money in the company's currency, or None where there is no rate for a part of it."""
    if base_currency is None or any(m["currency"] != base_currency for m in amounts):
        return None
    return amounts

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


def share(part: str, whole: str) -> float | None:
    """Return part of whole (JSON objects currency -> millionths) as 0..1; None where it is unknown.

    Unknown: nothing to divide, or several currencies, which are never added.
    """
    parts, wholes = json.loads(part), json.loads(whole)
    if len(wholes) != 1:
        return None
    ((currency, total),) = wholes.items()
    if total <= 0:
        return None
    return float(round(min(max(parts.get(currency, 0) / total, 0.0), 1.0), 4))

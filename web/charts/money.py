"""Money by currency: amounts in two currencies never stand on one axis, so each currency has a chart of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from web.charts.bars import Bar
from web.charts.frame import Number, Say

#: Money as listings have it, `[{"currency": "EUR", "amount_micros": 1}]`; None where it is unknown.
Amounts = Sequence[Mapping[str, Any]] | None
#: A name, the money of each part, and where the name leads.
Row = tuple[str, Sequence[Amounts], str | None]


def each_currency(rows: Iterable[Row]) -> dict[str, list[Bar]]:
    """Return the bars of each currency, the one in most rows first; values are millionths of it.

    What is unknown is unknown in every currency; a row with nothing in a currency, and nothing unknown, is not in it. A
    part with no amount in a currency is zero there where another part of the row has one.
    """
    held = [(label, [_by_currency(part) for part in parts], href) for label, parts, href in rows]
    count: dict[str, int] = {}
    for _, parts, _ in held:
        for currency in {name for part in parts if part is not None for name in part}:
            count[currency] = count.get(currency, 0) + 1
    order = sorted(count, key=lambda name: (-count[name], name))
    return {currency: [bar for row in held if (bar := _bar(row, currency)) is not None] for currency in order}


def _by_currency(amounts: Amounts) -> dict[str, int] | None:
    if amounts is None:
        return None
    found: dict[str, int] = {}
    for one in amounts:
        found[one["currency"]] = found.get(one["currency"], 0) + int(one["amount_micros"])
    return found


def _bar(row: tuple[str, list[dict[str, int] | None], str | None], currency: str) -> Bar | None:
    label, parts, href = row
    if all(part is not None and currency not in part for part in parts):
        return None
    return Bar(label, tuple(None if part is None else part.get(currency, 0) for part in parts), href)


def in_currency(currency: str, money: Callable[[int, str], str]) -> Say:
    """Return what writes millionths of one currency, by a function of millionths and currency such as a locale's."""

    def said(value: Number) -> str:
        return money(round(value), currency)

    return said

"""How the reader writes days, numbers and money. The words are English; only their forms follow the browser."""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable, Mapping
from datetime import date, datetime, time
from decimal import Decimal
from typing import Any
from zoneinfo import ZoneInfo

from babel import Locale as Known
from babel import UnknownLocaleError
from babel.dates import format_date, format_time
from babel.numbers import format_currency, format_decimal, format_percent

_MICROS = 1_000_000
_RANGE = re.compile(r"([A-Za-z]{2,3})(?:[-_]([A-Za-z]{2}|\d{3}))?(?:;q=([01](?:\.\d{1,3})?))?", re.ASCII)
_DEFAULT = "en_GB"
#: Months by name are English words beside English sentences; of other languages their order and marks are taken.
_ENGLISH = Known.parse("en_GB")


@functools.lru_cache(maxsize=512)
def locale_of(header: str | None) -> Locale:
    """Return the locale that an Accept-Language header likes best; British English where it names none."""
    wanted = []
    for part in (header or "")[:200].split(","):
        found = _RANGE.fullmatch(part.strip())
        if found:
            wanted.append((-float(found[3] or 1), f"{found[1].lower()}_{found[2].upper()}" if found[2] else found[1]))
    for _, name in sorted(wanted, key=lambda one: one[0]):
        try:
            return Locale(str(Known.parse(name)))
        except (UnknownLocaleError, ValueError):
            continue
    return Locale(_DEFAULT)


class Locale:
    """Writes values as one reader does."""

    def __init__(self, name: str) -> None:
        """Take a locale that Babel knows."""
        self.name = name
        known = Known.parse(name)
        self._dates = known if known.language == "en" else _ENGLISH

    def number(self, value: float) -> str:
        """Return a number with thousands apart."""
        return _number(value, self.name)

    def money(self, micros: int, currency: str, *, cents: bool = True) -> str:
        """Return millionths of a currency, with its sign."""
        return _money(micros, currency, self.name, cents)

    def sums(self, amounts: Iterable[Mapping[str, Any]], *, cents: bool = True) -> list[str]:
        """Return money in several currencies, each by itself."""
        return [self.money(one["amount_micros"], one["currency"], cents=cents) for one in amounts]

    def share(self, part: float) -> str:
        """Return a share of 0..1; what is neither nothing nor all never looks like it."""
        if 0 < part < 0.01:
            return "< " + _percent(0.01, self.name)
        if 0.99 < part < 1:
            return "> " + _percent(0.99, self.name)
        return _percent(round(part, 2), self.name)

    def day(self, day: date) -> str:
        """Return a day, `3 Mar 2026`."""
        return _day(day, str(self._dates))

    def moment(self, at: datetime, zone: ZoneInfo) -> str:
        """Return day and minute in a zone; at midnight the day alone."""
        local = at.astimezone(zone)
        return self.day(local.date()) if local.time() == time() else _moment(local, str(self._dates))


@functools.lru_cache(maxsize=20_000)
def _number(value: float, name: str) -> str:
    return format_decimal(value, locale=name)


@functools.lru_cache(maxsize=20_000)
def _money(micros: int, currency: str, name: str, cents: bool) -> str:
    if not re.fullmatch("[A-Z]{3}", currency):
        return f"{_number(micros / _MICROS, name)} {currency}"
    amount = Decimal(micros) / _MICROS
    if not cents:
        whole = Known.parse(name).currency_formats["standard"].pattern.replace("0.00", "0")
        return format_currency(amount.quantize(Decimal(1)), currency, locale=name, format=whole, currency_digits=False)
    return format_currency(amount, currency, locale=name)


@functools.lru_cache(maxsize=500)
def _percent(part: float, name: str) -> str:
    return format_percent(part, locale=name)


@functools.lru_cache(maxsize=20_000)
def _day(day: date, name: str) -> str:
    return format_date(day, "medium", locale=name)


@functools.lru_cache(maxsize=20_000)
def _moment(local: datetime, name: str) -> str:
    return f"{_day(local.date(), name)}, {format_time(local, 'short', locale=name)}"

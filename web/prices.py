"""Prices as people type them: thousands and decimals of any country, a sign or a code beside them."""

from __future__ import annotations

import re
from decimal import Decimal

_MICROS = 1_000_000
_MOST = 10**12
#: Signs -> the currencies that they may mean.
_SIGNS = {
    "€": {"EUR"},
    "£": {"GBP"},
    "$": {"USD", "AUD", "CAD", "NZD", "SGD", "HKD"},
    "us$": {"USD"},
    "¥": {"JPY", "CNY"},
    "₹": {"INR"},
    "kr": {"DKK", "SEK", "NOK", "ISK"},
    "kr.": {"DKK"},
    "zł": {"PLN"},
    "fr.": {"CHF"},
    "kč": {"CZK"},
}
_GAPS = "[ \u00a0\u2007\u2009\u202f'\u2019_]"
_TYPED = re.compile(r"(?P<before>[^\d\s.,'-]{0,4})\s*(?P<number>\d[\d.,]*)\s*(?P<after>[^\d]{0,4})")
#: Whole, in groups of three by one mark; then two decimals at most, by the other mark.
_GROUPED = re.compile(r"\d{1,3}(?P<mark>[.,])\d{3}(?:(?P=mark)\d{3})*(?:(?!(?P=mark))[.,](?P<cents>\d{1,2}))?")
_PLAIN = re.compile(r"(?P<whole>\d{1,12})(?:[.,](?P<cents>\d{1,2}))?")


class NoPrice(ValueError):
    """What was typed is no price; the text says how one is written."""


def price_of(text: str, currency: str) -> int:
    """Return what was typed in millionths of a currency. Raises NoPrice.

    A mark before exactly three digits parts thousands, before one or two it parts the cents: 12.000 is twelve thousand.
    """
    found = _TYPED.fullmatch(re.sub(f"(?<=\\d){_GAPS}(?=\\d)", "", text.strip()))
    if found is None:
        raise NoPrice("Write the price as a number, such as 1200 or 1,200.50")
    for said in (found["before"], found["after"].strip()):
        if said and said.upper() != currency and currency not in _SIGNS.get(said.casefold(), ()):
            raise NoPrice("Write the number alone, and choose its currency beside it")
    amount = _number(found["number"])
    if amount >= _MOST:
        raise NoPrice("That is more than any tool costs: write the price of one year or month")
    return int(amount * _MICROS)


def _number(typed: str) -> Decimal:
    grouped = _GROUPED.fullmatch(typed)
    if grouped is not None:
        whole = re.split(r"[.,]", typed)
        cents = whole.pop() if grouped["cents"] else "0"
        return Decimal(f"{''.join(whole)}.{cents}")
    plain = _PLAIN.fullmatch(typed)
    if plain is None:
        raise NoPrice("Write the price as a number, such as 1200 or 1,200.50")
    return Decimal(f"{plain['whole']}.{plain['cents'] or '0'}")

"""Values as people say them: money, days, shares, and text that is safe to show."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import datetime, time, tzinfo
from typing import Any

UNKNOWN = "unknown"
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
#: Terminal escape sequences (ECMA-48): CSI, OSC and other strings, and two-character ones.
_ESCAPES = re.compile(
    "(?:\x1b\\[|\x9b)[0-?]*[ -/]*[@-~]?"
    "|(?:\x1b[\\]PX^_]|[\x90\x98\x9d-\x9f])[^\x07\x1b\x9c]*(?:\x07|\x1b\\\\|\x9c)?"
    "|\x1b[ -/]*[0-~]?"
)
#: Control characters, and those that turn the direction of what follows or are no characters at all.
_CONTROL = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff]")
_BLANKS = re.compile("[\t\n\x0b\x0c\r\u2028\u2029 ]+")
_MICROS = 1_000_000
#: Currencies that have no smaller unit (ISO 4217, exponent 0).
_WHOLE = frozenset(
    (
        "BIF",
        "CLP",
        "DJF",
        "GNF",
        "ISK",
        "JPY",
        "KMF",
        "KRW",
        "PYG",
        "RWF",
        "UGX",
        "UYI",
        "VND",
        "VUV",
        "XAF",
        "XOF",
        "XPF",
    )
)


def clean(text: str) -> str:
    """Return text as it may be shown: no control characters, no terminal escape sequences, on one line."""
    if type(text) is str and text.isprintable() and "  " not in text:  # nearly all are: nothing of it is to be changed
        return text.strip(" ")
    return _BLANKS.sub(" ", _CONTROL.sub("", _ESCAPES.sub("", text))).strip()


def amount(micros: int, currency: str) -> str:
    """Return millionths of a currency as `USD 1,234.56`: exact, with more digits only where there are more."""
    whole, rest = divmod(abs(micros), _MICROS)
    digits = f"{rest:06d}".rstrip("0")
    least = 0 if currency in _WHOLE else 2
    fraction = f".{digits.ljust(least, '0')}" if digits or least else ""
    return f"{clean(currency)} {'-' if micros < 0 else ''}{whole:,}{fraction}"


def money(amounts: Iterable[Mapping[str, Any]] | None) -> str:
    """Return money in several currencies, one a line; absent is unknown, and no charge is not the same as no cost."""
    if amounts is None:
        return UNKNOWN
    return "\n".join(amount(a["amount_micros"], a["currency"]) for a in amounts) or "none seen"


def day(iso: str | None, zone: tzinfo) -> str:
    """Return the day of an ISO time in the company's zone as `3 Mar 2026`; unknown where there is none."""
    if iso is None:
        return UNKNOWN
    at = datetime.fromisoformat(iso).astimezone(zone)
    return f"{at.day} {_MONTHS[at.month - 1]} {at.year}"


def moment(iso: str | None, zone: tzinfo) -> str:
    """Return day and minute of an ISO time in the company's zone as `3 Mar 2026, 14:05`; at midnight the day alone."""
    if iso is None:
        return UNKNOWN
    at = datetime.fromisoformat(iso).astimezone(zone)
    return f"{day(iso, zone)}, {at:%H:%M}" if at.time() != time() else day(iso, zone)


def share(part: float | None) -> str:
    """Return a share of 0..1 as `42 %`; what is neither nothing nor all never looks like it."""
    if part is None:
        return UNKNOWN
    if 0 < part < 0.01:
        return "< 1 %"
    if 0.99 < part < 1:
        return "> 99 %"
    return f"{part:.0%}".replace("%", " %")


def number(value: int | None) -> str:
    """Return a count with thousands apart; unknown where there is none."""
    return UNKNOWN if value is None else f"{value:,}"


def yes_no(value: bool | None) -> str:
    """Return yes, no or unknown."""
    return UNKNOWN if value is None else "yes" if value else "no"


def plural(count: int, noun: str, many: str | None = None) -> str:
    """Return `1 row`, `2 rows`; `many` where adding an s is wrong."""
    return f"{count:,} {noun if count == 1 else many or noun + 's'}"


def plain(value: object) -> str:
    """Return any value of a record as text for people: lists joined, truth as yes and no, absent as unknown."""
    if value is None:
        return UNKNOWN
    if isinstance(value, bool):
        return yes_no(value)
    if isinstance(value, Mapping):
        return ", ".join(f"{clean(str(k)).replace('_', ' ')} {plain(v)}" for k, v in value.items())
    if isinstance(value, list | tuple):
        return ", ".join(plain(v) for v in value) or "none"
    return number(value) if isinstance(value, int) else clean(str(value))

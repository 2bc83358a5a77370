"""Chance without chance: numbers, days and times that look drawn and are the same for ever. Pure."""

from __future__ import annotations

import gzip
import hashlib
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from typing import Any

from scanner.demo.company import MONTHS, Person, who
from scanner.demo.stories import Use

_OPENS = timedelta(hours=7, minutes=30)
_OPEN_SECONDS = 10 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """One exported file: its FORMAT, the source it is from, when it was saved, and its bytes.

    `wave` is 1 for what was exported when the sources were connected, 2 for what came at the end.
    """

    name: str
    format: str
    source: str
    wave: int
    saved: datetime
    content: bytes


@dataclass(frozen=True, slots=True)
class Visit:
    """One sign-in of a person; `number` tells the visits of one person, app and month apart."""

    person: Person
    month: str
    number: int
    at: datetime


def draw(*seed: object, below: int) -> int:
    """Return a number from 0 up to `below`, always the same for the same seed."""
    digest = hashlib.blake2b("/".join(map(str, seed)).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big") % below


@cache
def workdays(month: str) -> tuple[date, ...]:
    """Return the days of a month (YYYY-MM) from Monday to Friday."""
    first = date.fromisoformat(f"{month}-01")
    days = (first + timedelta(days=n) for n in range(31))
    return tuple(day for day in days if day.month == first.month and day.weekday() < 5)


def months_between(since: str, until: str) -> Iterator[str]:
    """Yield the months of the data from and until two months, both with."""
    return (month for month in MONTHS if since <= month <= until)


def moments(seed: str, month: str, count: int, not_before: date) -> Iterator[datetime]:
    """Yield so many moments in the working hours of a month, spread over its working days; none before a day."""
    days = [day for day in workdays(month) if day >= not_before]
    for number in range(count if days else 0):
        at = draw(seed, month, below=len(days)) + number * max(1, len(days) // count)
        seconds = draw(seed, month, number, below=_OPEN_SECONDS * 1000) / 1000
        yield datetime.combine(days[at % len(days)], time(), UTC) + _OPENS + timedelta(seconds=seconds)


def visits(app: str, uses: tuple[Use, ...]) -> Iterator[Visit]:
    """Yield the sign-ins of a tool: everybody in every month of a use, joiners from their first day on."""
    for use in uses:
        for person in who(use.by):
            for month in months_between(use.since, use.until):
                found = moments(f"{app}/{person.key}", month, use.monthly, person.start)
                yield from (Visit(person, month, number, at) for number, at in enumerate(found))


def stamp(at: datetime) -> str:
    """Return a time as the vendors write it: ISO 8601 with milliseconds and Z."""
    return at.strftime("%Y-%m-%dT%H:%M:%S.") + f"{at.microsecond // 1000:03}Z"


def pages(*documents: Any) -> bytes:
    """Return JSON documents, one a line."""
    return "".join(json.dumps(d, ensure_ascii=False, separators=(",", ":")) + "\n" for d in documents).encode()


def packed(content: bytes) -> bytes:
    """Return the content as gzip, without the time of packing in it."""
    return gzip.compress(content, 6, mtime=0)

"""The queue: open cases in the order in which they are to be looked at, each with the reason for its place.

The order is the rules' (`rank`): the worse of both risks first, technology and customer counted alike, then the other
one, then the day on which the case is due. Nothing else counts: who reads the reason can check it.
"""

from __future__ import annotations

import functools
from collections.abc import Iterable, Mapping
from itertools import groupby
from operator import itemgetter
from typing import Any

from gate.rules import Rules
from policies.risk import SIDES, UNKNOWN

Case = Mapping[str, Any]
#: Later than any day in ISO form: what has no day is not due before what has one.
_NO_DAY = "~"
_ENDINGS = {1: "st", 2: "nd", 3: "rd"}
_TEENS = range(11, 14)


def ranked(cases: Iterable[Case], rules: Rules) -> list[dict[str, Any]]:
    """Return cases in the order of the queue, with `rank` (from 1) and `rank_why`, the reason in plain words.

    Fields that are read: id, state, due_at and closed_at (ISO), technology_risk and customer_risk. Closed cases come
    last, the latest first; of them both fields are None.
    """
    rows = [*cases]
    closed = sorted((row for row in rows if row["state"] != "open"), key=lambda row: row["id"])
    closed.sort(key=lambda row: row["closed_at"] or "", reverse=True)
    return [*_queue(rows, rules), *({**row, "rank": None, "rank_why": None} for row in closed)]


def _queue(rows: Iterable[Case], rules: Rules) -> list[dict[str, Any]]:
    @functools.cache
    def bands(technology: str, customer: str) -> list[int]:
        return sorted((_place(technology, rules), _place(customer, rules)))

    @functools.cache
    def said(technology: str, customer: str) -> str:
        return _said({"technology": technology, "customer": customer}, rules)

    open_ = sorted(
        (bands(row["technology_risk"], row["customer_risk"]), row["due_at"] or _NO_DAY, row["id"], at, row)
        for at, row in enumerate(rows)
        if row["state"] == "open"
    )
    made: list[dict[str, Any]] = []
    for _, found in groupby(open_, key=itemgetter(0)):
        alike = [row for *_, row in found]
        for at, row in enumerate(alike, 1):
            why = said(row["technology_risk"], row["customer_risk"]) + _of(at, len(alike), is_due=bool(row["due_at"]))
            made.append({**row, "rank": len(made) + 1, "rank_why": why})
    return made


def _place(band: str, rules: Rules) -> int:
    return rules.rank.index(band if band in rules.rank else UNKNOWN)


def _said(bands: Mapping[str, str], rules: Rules) -> str:
    worse, other = sorted(SIDES, key=lambda side: _place(bands[side], rules))
    one, two = bands[worse], bands[other]
    return f"both risks are {one}" if one == two else f"{worse} risk is {one}, {other} risk {two}"


def _of(at: int, count: int, *, is_due: bool) -> str:
    """Return the place among cases that are alike; of one alone nothing is said."""
    if count == 1:
        return ""
    place = "by the day due" if is_due else "as it has no day"
    return f"; {_ordinal(at)} of {count} such cases {place}"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in _TEENS else _ENDINGS.get(number % 10, "th")
    return f"{number}{ending}"

"""The queue: open cases in the order in which they are to be looked at, each with the reason for its place.

The order is the rules' (`rank`): the worse of both risks first, technology and customer counted alike, then the other
one, then the day on which the case is due. Nothing else counts: who reads the reason can check it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import groupby
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
    def bands(row: Case) -> list[int]:
        return sorted(_place(row, side, rules) for side in SIDES)

    open_ = sorted(
        (row for row in rows if row["state"] == "open"),
        key=lambda row: (bands(row), row["due_at"] or _NO_DAY, row["id"]),
    )
    alike = (list(found) for _, found in groupby(open_, key=bands))
    placed = [(row, _why(row, at, same, rules)) for same in alike for at, row in enumerate(same, 1)]
    return [{**row, "rank": number, "rank_why": why} for number, (row, why) in enumerate(placed, 1)]


def _place(row: Case, side: str, rules: Rules) -> int:
    band = row[f"{side}_risk"]
    return rules.rank.index(band if band in rules.rank else UNKNOWN)


def _why(row: Case, at: int, same: Sequence[Case], rules: Rules) -> str:
    worse, other = sorted(SIDES, key=lambda side: _place(row, side, rules))
    one, two = row[f"{worse}_risk"], row[f"{other}_risk"]
    said = f"{worse} and {other} risk are both {one}" if one == two else f"{worse} risk is {one}, {other} risk {two}"
    if len(same) == 1:
        return said
    place = f"the {_ordinal(at)} to be due" if row["due_at"] else "behind those that have a day, for it has none"
    return f"{said}; of {len(same)} such cases {place}"


def _ordinal(number: int) -> str:
    ending = "th" if number % 100 in _TEENS else _ENDINGS.get(number % 10, "th")
    return f"{number}{ending}"

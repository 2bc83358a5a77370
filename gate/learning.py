"""What closed projects teach: forecast against actual, and the company's own hours beside the estimate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from statistics import median, quantiles
from typing import Any

from policies.forecast import Table

#: So many closed points of a kind show a median and a spread; so many are enough to offer a row of one's own.
SHOWN, OFFERED = 5, 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One tool's forecast against what was spent, in millionths of `currency`.

    `complete`: every point that was forecast has hours; only then `inside` says whether the cost lies in the range.
    `over_stop`: it has passed the stop line, complete or not.
    """

    tool_id: str
    currency: str | None
    low: int
    likely: int
    high: int
    actual: int
    entered: tuple[str, ...]
    missing: tuple[str, ...]
    over_stop: bool

    @property
    def complete(self) -> bool:
        """Whether hours were entered for every point of the forecast."""
        return not self.missing

    @property
    def inside(self) -> bool | None:
        """Whether the cost lies inside the range; None while hours are missing."""
        return self.low <= self.actual <= self.high if self.complete else None


def compared(
    forecasts: Sequence[Mapping[str, Any]], actuals: Sequence[Mapping[str, Any]], stop: Fraction
) -> list[Compared]:
    """Return a row a tool that has both: the last forecast that was kept before the first hours were entered.

    A forecast that was made afterwards proves nothing; money in another currency is not compared.
    """
    spent: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for row in actuals:
        spent[row["tool_id"]].append(row)
    found = []
    for tool, rows in sorted(spent.items()):
        first = min(row["at"] for row in rows)
        before = [f for f in forecasts if f["tool_id"] == tool and f["at"] <= first]
        if before and all(row["currency"] == before[-1]["currency"] for row in rows):
            found.append(_compared(before[-1], rows, stop))
    return found


def _compared(forecast: Mapping[str, Any], rows: Sequence[Mapping[str, Any]], stop: Fraction) -> Compared:
    entered = tuple(row["point"] for row in rows)
    actual = sum(row["cost"] for row in rows)
    return Compared(
        tool_id=forecast["tool_id"],
        currency=forecast["currency"],
        low=forecast["low"],
        likely=forecast["likely"],
        high=forecast["high"],
        actual=actual,
        entered=entered,
        missing=tuple(point["point"] for point in forecast["points"] if point["point"] not in entered),
        over_stop=actual > forecast["likely"] * stop,
    )


def inside(found: Iterable[Compared]) -> tuple[int, int]:
    """Return how many closed cases lie inside their range, and how many closed cases there are."""
    closed = [one for one in found if one.complete]
    return sum(one.inside is True for one in closed), len(closed)


@dataclass(frozen=True, slots=True, kw_only=True)
class Learned:
    """A point's hours by the table and by closed projects; the latter are freed of the factors of their forecasts.

    `low`, `middle` and `high` are the 10th percentile, the median and the 90th, None before there are `SHOWN`.
    """

    point: str
    title: str
    estimate: tuple[Fraction, Fraction, Fraction]
    closed: int
    low: float | None = None
    middle: float | None = None
    high: float | None = None

    @property
    def offer(self) -> str | None:
        """The line that may replace the estimate in the company's own table; None before there are `OFFERED`."""
        if self.closed < OFFERED or self.low is None or self.middle is None or self.high is None:
            return None
        return f"hours: [{self.low:g}, {self.middle:g}, {self.high:g}]"


def learned(table: Table, actuals: Sequence[Mapping[str, Any]]) -> list[Learned]:
    """Return a row a point of the table."""
    hours: dict[str, list[float]] = defaultdict(list)
    for row in actuals:
        hours[row["point"]].append(float(Fraction(row["minutes"], 60) / Fraction(row["factor"])))
    found = []
    for point in table.points:
        own = sorted(hours[point.id])
        spread = _spread(own) if len(own) >= SHOWN else (None, None, None)
        estimate = (point.low, point.likely, point.high)
        found.append(
            Learned(
                point=point.id,
                title=point.title,
                estimate=estimate,
                closed=len(own),
                low=spread[0],
                middle=spread[1],
                high=spread[2],
            )
        )
    return found


def _spread(hours: Sequence[float]) -> tuple[float, float, float]:
    tenths = quantiles(hours, n=10, method="inclusive")
    return round(tenths[0], 1), round(median(hours), 1), round(tenths[-1], 1)

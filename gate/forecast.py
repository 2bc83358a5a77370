"""The integration forecast: what the first year of a tool costs once it is connected, as a range that can be checked.

Hours come from a table that the company can edit (`policies/forecast.yaml`), are widened by what nobody has answered,
and are combined in a closed form, so that a reader can repeat it from the page. All money is integer millionths; means
and spreads are rounded once a point, half to even, and everything after follows from these integers.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from gate.points import ASSUMED, Asker, Heard, Line, Settings, Subject
from model.facts import NAMES
from policies.forecast import Table, reads


@dataclass(frozen=True, slots=True)
class Range:
    """Money in millionths: the lower end, the middle, the upper end."""

    low: int
    likely: int
    high: int

    def __add__(self, other: Range) -> Range:
        """Add two ranges end by end: they are taken to move together, which is the cautious choice."""
        return Range(self.low + other.low, self.likely + other.likely, self.high + other.high)

    def plus(self, amount: int) -> Range:
        """Return it moved by an amount."""
        return self + Range(amount, amount, amount)


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What would narrow the range most: of which point, whom to ask what, and what the upper end may lose by it."""

    point: str
    title: str
    whom: tuple[str, ...]
    what: tuple[str, ...]
    lowers: int
    needed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Forecast:
    """The whole forecast. `root` is the square root of the variance; `first_year` is None without a quote."""

    subject: Subject
    settings: Settings
    lines: tuple[Line, ...]
    mean: int
    spread: int
    root: int
    one_off: Range
    run: Range
    question: Question | None

    @property
    def costed(self) -> tuple[Line, ...]:
        """The points that are in the sum, those with the largest mean first."""
        return tuple(sorted((line for line in self.lines if line.costs), key=lambda line: -line.mean))

    @property
    def first_year(self) -> Range | None:
        """Quote, plan uplift where it is known, one-off and run."""
        if self.subject.quote is None:
            return None
        return (self.one_off + self.run).plus(self.subject.quote + (self.subject.uplift or 0))

    @property
    def stop(self) -> int:
        """The line at which the case comes back to both keys: so many times the likely one-off cost."""
        return round(self.one_off.likely * self.settings.values["stop"])

    def share(self, line: Line) -> float:
        """Return a point's part of the one-off mean."""
        return line.mean / self.mean if self.mean else 0.0


def forecast(table: Table, held: Settings, subject: Subject, heard: Heard | None = None) -> Forecast:
    """Return the forecast of a tool. Raises ValueError where the table was refused."""
    if table.refused:
        raise ValueError(f"the table of the forecast is refused: {table.refused[0]}")
    asker = Asker(held, subject, {} if heard is None else heard)
    lines = tuple(asker.line(point) for point in table.points)
    mean, spread, root, one_off, run = combine(lines, held)
    question = _question(lines, held)
    return Forecast(
        subject=subject,
        settings=held,
        lines=lines,
        mean=mean,
        spread=spread,
        root=root,
        one_off=one_off,
        run=run,
        question=question,
    )


# --- the closed form -------------------------------------------------------------------------------------------------


def combine(lines: Sequence[Line], held: Settings) -> tuple[int, int, int, Range, Range]:
    """Return the sum of means, the sum of spreads, the root of the variance, and the ranges of one-off and run cost.

    V = (1 - r) * sum of s^2 + r * (sum of s)^2; one-off = (M -/+ z * sqrt(V)) * (1 + overhead), the lower end never
    below the sum of the low values (with the overhead as well).
    """
    costed = [line for line in lines if line.costs]
    mean, spread = sum(line.mean for line in costed), sum(line.spread for line in costed)
    root = math.isqrt(round(_variance([line.spread for line in costed], held)))
    away, gross = held.deviations * root, 1 + held.values["overhead"]
    low = max(mean - away, Fraction(sum(line.least for line in costed)))
    one_off = Range(round(low * gross), round(mean * gross), round((mean + away) * gross))
    run = sum(line.run for line in costed)
    low_run, high_run = round(run * held.values["run_low"]), round(run * held.values["run_high"])
    return mean, spread, root, one_off, Range(low_run, run, high_run)


def _variance(spreads: Sequence[int], held: Settings) -> Fraction:
    r = held.values["correlation"]
    return (1 - r) * sum(s * s for s in spreads) + r * sum(spreads) ** 2


def weight(line: Line, lines: Sequence[Line], held: Settings) -> Fraction:
    """Return a point's part of the variance of the sum, 0..1."""
    spreads = [one.spread for one in lines if one.costs]
    whole = _variance(spreads, held)
    r = held.values["correlation"]
    return ((1 - r) * line.spread**2 + r * line.spread * sum(spreads)) / whole if whole else Fraction(0)


def _question(lines: Sequence[Line], held: Settings) -> Question | None:
    """Return what would narrow the range most: the open point with the largest part of the variance."""
    candidates = [line for line in lines if line.costs and (line.open or line.state == ASSUMED)]
    if not candidates:
        return None
    line = max(candidates, key=lambda one: weight(one, lines, held))
    assumed = line.state == ASSUMED
    without = [one for one in lines if one is not line] + ([] if assumed else [line.answered()])
    lowers = _upper(lines, held) - _upper(without, held)
    what = () if assumed else tuple(driver.ask for driver in line.open)
    whom = _who_knows(line) if assumed else tuple(dict.fromkeys(driver.who for driver in line.open))
    return Question(point=line.point.id, title=line.point.title, whom=whom, what=what, lowers=lowers, needed=assumed)


def _upper(lines: Sequence[Line], held: Settings) -> int:
    *_, one_off, run = combine(lines, held)
    return one_off.high + run.high


def _who_knows(line: Line) -> tuple[str, ...]:
    """Return who can say whether an assumed point is needed."""
    read = [name for name in dict.fromkeys(reads(line.point.applies)) if name in line.unknown]
    return tuple(dict.fromkeys(NAMES[n].asks for n in read if n in NAMES and NAMES[n].asks)) or ("business_owner",)


def likely(table: Table, held: Settings, subject: Subject, heard: Heard | None = None) -> tuple[int, list[Line]]:
    """Return the likely one-off cost, M * (1 + overhead), and the points that it is of: no range is made."""
    asker = Asker(held, subject, {} if heard is None else heard)
    lines = [line for line in map(asker.line, table.points) if line.costs]
    return round(sum(line.mean for line in lines) * (1 + held.values["overhead"])), lines


def assumed(table: Table, held: Settings, subject: Subject, heard: Heard | None = None) -> tuple[str, ...]:
    """Return the titles of the points of which it is not known whether the tool needs them."""
    asker = Asker(held, subject, {} if heard is None else heard)
    return tuple(point.title for point in table.points if asker.state(point) == ASSUMED)

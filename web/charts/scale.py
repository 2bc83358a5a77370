"""From values to places: a line from the least to the most, always with zero on it, and round steps along it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from web.charts.frame import Number

#: Smaller differences are those of rounding: dividing by them would draw noise.
_NOTHING = 1e-12
_STEPS = (1.0, 2.0, 2.5, 5.0, 10.0)


@dataclass(frozen=True, slots=True)
class Scale:
    """Leads from values between `low` and `high` to places between `start` and `end`; others to the nearer end."""

    low: float
    high: float
    start: float
    end: float

    def __call__(self, value: Number) -> float:
        """Return the place of a value."""
        part = (value - self.low) / (self.high - self.low)
        return self.start + (self.end - self.start) * min(max(part, 0.0), 1.0)


def scale(values: Iterable[Number], start: float, end: float) -> Scale:
    """Return the scale on which zero and all values lie."""
    held = [0.0, *map(float, values)]
    low, high = min(held), max(held)
    return Scale(low, high if high - low > _NOTHING else low + 1.0, start, end)


def ticks(values: Sequence[Number], most: int = 3) -> list[Number]:
    """Return round steps that reach over zero and all values, `most` of them above zero at the utmost.

    Steps between whole numbers are whole: nobody counts half a tool.
    """
    whole = all(isinstance(value, int) for value in values)
    low, high = min([0.0, *map(float, values)]), max([0.0, *map(float, values)])
    reach = max(high, -low)
    step = _step((reach if reach > _NOTHING else 1.0) / most, whole=whole)
    first, last = math.floor(low / step), math.ceil(high / step)
    if first == last:
        last += 1
    return [round(at * step) if whole else at * step for at in range(first, last + 1)]


def _step(rough: float, *, whole: bool) -> float:
    power = 10.0 ** math.floor(math.log10(rough))
    step = next((one * power for one in _STEPS if one * power >= rough * (1 - 1e-9)), 10 * power)
    return float(max(1, math.ceil(step))) if whole else step

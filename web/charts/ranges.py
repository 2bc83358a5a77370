"""Ranges: from the low to the high end, with what is likely between, and a line that is not to be passed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from web.charts.frame import (
    LINE,
    NARROW,
    UNKNOWN,
    Canvas,
    Chart,
    Number,
    Say,
    Table,
    Words,
    figure,
    known,
    legend,
    line_of,
    told,
)
from web.charts.scale import Scale, scale, ticks
from web.charts.shapes import line, line_sign, mark, mark_sign, unknown, unknown_sign
from web.charts.text import SIZE, fit, shown, width

_EDGE = 8.0


@dataclass(frozen=True, slots=True)
class Range:
    """A range with its name; an end that nobody knows is None. `href` is where its name leads in the table."""

    label: str
    low: Number | None
    likely: Number | None
    high: Number | None
    href: str | None = None

    @property
    def values(self) -> tuple[Number | None, Number | None, Number | None]:
        """Low end, likely value and high end, None where one is unknown."""
        return known(self.low), known(self.likely), known(self.high)


def ranges(
    words: Words,
    rows: Sequence[Range],
    *,
    said: Say,
    label: str = "Name",
    likely: str = "likely",
    stop: Number | None = None,
    stop_name: str = "stop line",
    tick: Say | None = None,
) -> Chart:
    """Return ranges on one axis from zero, in the order given, with a vertical line at `stop` where there is one.

    `likely` names the value between the ends (the middle, the median). `tick` writes the values of the axis where it
    should be shorter than `said`.
    """
    table = _table(words, rows, said, (label, likely), (stop_name, known(stop)))
    if not rows:
        return Chart(figure(words), table)
    held = [value for row in rows for value in (*row.values, known(stop)) if value is not None]
    steps = _steps(held, tick or said)
    canvas = Canvas(words)
    entries = [(line_sign("chart-range"), "low to high"), (mark_sign("diamond"), likely)]
    entries += [(line_sign("chart-marker", "5 3"), f"{stop_name}, {said(stop)}")] if known(stop) and stop else []
    entries += [(unknown_sign(canvas.begin), UNKNOWN)] if any(None in row.values for row in rows) else []
    legend(canvas, entries)
    places = scale(steps, _EDGE, canvas.width - _EDGE)
    for row in rows:
        y = canvas.lines(canvas.y + 12, row.label, canvas.width)
        canvas.y = canvas.lines(y + LINE, _said(row, said, likely), canvas.width, 2, "chart-quiet")
        _draw(canvas, row, places, known(stop))
    _axis(canvas, steps, places, tick or said)
    return Chart(figure(words, canvas.svg(_description(rows, said, likely))), table)


def _steps(held: Sequence[Number], tick: Say) -> list[Number]:
    """Return the steps of the axis: as many as have room for their words."""
    for most in (4, 3, 2):
        steps = ticks(held, most)
        widest = max(width(fit(tick(step), NARROW / 3)) for step in steps)
        if widest * 1.5 <= (NARROW - 2 * _EDGE) / (len(steps) - 1):
            return steps
    return ticks(held, 1)


def _draw(canvas: Canvas, row: Range, places: Scale, stop: Number | None) -> None:
    low, middle, high = row.values
    y = canvas.y + 13
    if stop is not None:
        canvas.add(line((places(stop), y - 8), (places(stop), y + 8), "chart-marker", "5 3"))
    if low is None or high is None:
        canvas.add(unknown(canvas.begin, (0, y - 6, canvas.width, 12), f"{shown(row.label)}: {UNKNOWN}"))
    else:
        x1, x2 = sorted((places(low), places(high)))
        canvas.add(line((x1, y), (x2, y), "chart-range"))
        canvas.add(*(line((x, y - 6), (x, y + 6), "chart-range-end") for x in (x1, x2)))
    if middle is not None:
        canvas.add(mark("diamond", places(middle), y, 6))
    canvas.y = y + 16


def _said(row: Range, said: Say, likely: str) -> str:
    low, middle, high = row.values
    if low is None and high is None:
        return UNKNOWN if middle is None else f"{likely} {said(middle)}; the ends are {UNKNOWN}"
    ends = f"{told(low, said)} to {told(high, said)}"
    return f"{ends}, {likely} {told(middle, said)}"


def _axis(canvas: Canvas, steps: Sequence[Number], places: Scale, tick: Say) -> None:
    y = canvas.y
    canvas.add(line((places(steps[0]), y), (places(steps[-1]), y), "chart-axis"))
    free, end = 0.0, canvas.width
    # The last step is written first: an axis without its end says little.
    for step in (steps[-1], *steps[:-1]):
        words = fit(tick(step), canvas.width / 3)
        half = width(words) / 2
        x = max(min(places(step), canvas.width - half), half)
        canvas.add(line((places(step), y), (places(step), y + 4), "chart-axis"))
        if free <= x - half and x + half <= end:
            canvas.add(line_of((x, y + SIZE + 5), words, "chart-quiet", "middle"))
            free, end = (free, x - half - 6) if step == steps[-1] else (x + half + 6, end)
    canvas.y = y + SIZE + 10


def _table(
    words: Words,
    rows: Sequence[Range],
    said: Say,
    heads: tuple[str, str],
    stop: tuple[str, Number | None],
) -> Table:
    label, likely = heads
    cells = [(shown(row.label), *(told(value, said) for value in row.values)) for row in rows]
    line_ = [(stop[0][:1].upper() + stop[0][1:], said(stop[1]), "", "")] if stop[1] is not None and rows else []
    return Table(
        caption=words.title,
        header=(label, "Low", likely[:1].upper() + likely[1:], "High"),
        rows=(*cells, *line_),
        numeric=frozenset({1, 2, 3}),
        links=(*(row.href for row in rows), *(None for _ in line_)),
    )


def _description(rows: Sequence[Range], said: Say, likely: str) -> str:
    told_ = "; ".join(f"{fit(row.label, 300)}: {_said(row, said, likely)}" for row in rows[:5])
    more = f"; and {len(rows) - 5} more" if len(rows) > 5 else ""
    return f"{len(rows)} ranges. {told_}{more}."

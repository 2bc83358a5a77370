"""A sparkline: use by month, small enough to stand in a row of a list."""

from __future__ import annotations

from collections.abc import Sequence

from markupsafe import Markup

from web.charts.bars import Bar
from web.charts.frame import UNKNOWN, Number, Say, Table, known, told
from web.charts.markup import el
from web.charts.months import NOT_READ, filled, month_name
from web.charts.scale import scale
from web.charts.text import shown

WIDE, HIGH = 120.0, 28.0
_EDGE = 4.0

#: A month as `2026-03` and its value, None where nothing was read.
Monthly = tuple[str, Number | None]


def sparkline(name: str, rows: Sequence[Monthly], *, said: Say) -> Markup:
    """Return the picture of a few months, with no words in it: put the last value beside it.

    `name` says what is drawn ("Use of HubSpot by month"). Where nothing was read, slanted strokes stand. Raises
    ValueError for what is no month, and for a month that is there twice.
    """
    months = filled([Bar(month, (value,)) for month, value in rows], 1)[-36:]
    values = [(row.label, known(row.values[0])) for row in months]
    title = el("title", f"{shown(name)}: {_told(values, said)}")
    return el(
        "svg",
        title,
        *_drawn([value for _, value in values]),
        viewBox=f"0 0 {WIDE:g} {HIGH:g}",
        role="img",
        class_="chart-spark",
    )


def spark_table(name: str, rows: Sequence[Monthly], *, said: Say, head: str = "Use") -> Table:
    """Return the numbers of a sparkline. Raises ValueError as `sparkline` does."""
    months = filled([Bar(month, (value,)) for month, value in rows], 1)
    cells = tuple((month_name(row.label), told(known(row.values[0]), said)) for row in months)
    return Table(caption=shown(name), header=("Month", head), rows=cells, numeric=frozenset({1}))


def _told(values: Sequence[Monthly], said: Say) -> str:
    seen = [(month, value) for month, value in values if value is not None]
    if not seen:
        return f"{UNKNOWN}, {NOT_READ}"
    last, best = seen[-1], max(seen, key=lambda pair: pair[1])
    found = f"{said(last[1])} in {month_name(last[0])}; most in {month_name(best[0])}, {said(best[1])}"
    lacking = len(values) - len(seen)
    return found + (f"; {NOT_READ} in {lacking} of {len(values)} months" if lacking else "")


def _drawn(values: Sequence[Number | None]) -> list[Markup]:
    step = (WIDE - 2 * _EDGE) / max(len(values), 1)
    up = scale([value for value in values if value is not None], HIGH - _EDGE, _EDGE)
    places = [_EDGE + (at + 0.5) * step for at in range(len(values))]
    points = [(x, None if value is None else up(value)) for x, value in zip(places, values, strict=True)]
    gaps = _strokes([x for x, y in points if y is None], step) if values else _strokes([WIDE / 2], WIDE - 2 * _EDGE)
    drawn = [el("path", class_="chart-spark-gap", d=gaps)] if gaps else []
    if seen := [(x, y) for x, y in points if y is not None]:
        drawn.append(el("path", class_="chart-spark-line", d=_path(points)))
        drawn.append(el("circle", class_="chart-mark-circle", cx=seen[-1][0], cy=seen[-1][1], r=3))
    return drawn


def _path(points: Sequence[tuple[float, float | None]]) -> str:
    """Return a line through what follows on one another; a month between two gaps is a short stroke."""
    found, begun = [], False
    for x, y in points:
        if y is not None:
            found.append(f"L{x:.1f} {y:.1f}" if begun else f"M{x:.1f} {y:.1f}h0.1")
        begun = y is not None
    return "".join(found)


def _strokes(middles: Sequence[float], step: float) -> str:
    """Return slanted strokes over each gap, at least one for each."""
    count = max(int(step // 5), 1)
    starts = [middle - step / 2 + (at + 0.5) * step / count for middle in middles for at in range(count)]
    return "".join(f"M{x - 2:.1f} {HIGH - _EDGE:.1f}l4 -{HIGH / 2:.1f}" for x in starts)

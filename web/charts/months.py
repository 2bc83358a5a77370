"""A value a month, as columns or as a line, with a gap where nothing was read."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal

from markupsafe import Markup

from web.charts.bars import ONE, Bar, bar_table, ends, part_legend, said_total, stacked
from web.charts.frame import Canvas, Chart, Say, Words, figure, line_of
from web.charts.markup import el
from web.charts.scale import Scale, scale, ticks
from web.charts.shapes import Part, block, line, mark, unknown
from web.charts.text import BOLD, SIZE, fit, width

MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
NOT_READ = "nothing was read"
_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)
_HIGH = 130.0
#: Room above the field for the highest value.
_LABEL = SIZE + 8
#: So many months are drawn at most: of more, the last.
_MOST = 36


def month_name(month: str) -> str:
    """Return `Mar 2026` for `2026-03`. Raises ValueError for what is no month."""
    at = _index(month)
    return f"{MONTHS[at % 12]} {at // 12:04d}"


def months(
    words: Words,
    rows: Sequence[Bar],
    *,
    said: Say,
    parts: Sequence[Part] = ONE,
    tick: Say | None = None,
    way: Literal["columns", "line"] = "columns",
) -> Chart:
    """Return the months of `rows`, the earliest first; the label of each is a month as `2026-03`.

    A month of which nothing was read has values of None, or no row, and stays a gap. `tick` writes the values of the
    axis where they should be shorter than `said` has them. Of more than 36 months the last 36 are drawn; the table has
    all. A line has one part.

    Raises ValueError where values and parts do not match, a label is no month, or a month is there twice.
    """
    if any(len(row.values) != len(parts) for row in rows) or (way == "line" and len(parts) > 1):
        raise ValueError("a month has one value for each part, and a line has one part")
    named = [Bar(month_name(row.label), row.values, row.href) for row in filled(rows, len(parts))]
    table = bar_table(words, named, said, parts, "Month")
    if all(row.total is None for row in rows):
        return Chart(figure(words), table)
    drawn, notes = named[-_MOST:], []
    if len(named) > _MOST:
        notes.append(f"The last {_MOST} of {len(named)} months; the table has all.")
    canvas = Canvas(words)
    part_legend(canvas, drawn, parts, NOT_READ)
    _Plot(canvas, drawn, parts, (said, tick or said)).draw(way)
    return Chart(figure(words, canvas.svg(_description(drawn, said)), notes=notes), table)


def filled(rows: Sequence[Bar], parts: int) -> list[Bar]:
    """Return months in order, with rows of None for those that are missing between two, as far as 20 years back.

    Raises ValueError for what is no month, and for a month that is there twice.
    """
    given = {_index(row.label): row for row in rows}
    if len(given) < len(rows):
        raise ValueError("a month is there twice")
    if not given:
        return []
    last = max(given)
    since = max(min(given), last - 239)
    before = [given[at] for at in sorted(given) if at < since]
    lacking = (None,) * parts
    return before + [
        given.get(at) or Bar(f"{at // 12:04d}-{at % 12 + 1:02d}", lacking) for at in range(since, last + 1)
    ]


def _index(month: str) -> int:
    found = _MONTH.fullmatch(month)
    if found is None:
        raise ValueError(f"no month: {month!r}")
    return int(found[1]) * 12 + int(found[2]) - 1


class _Plot:
    """The field in which columns or a line stand, with its axes."""

    def __init__(self, canvas: Canvas, rows: Sequence[Bar], parts: Sequence[Part], says: tuple[Say, Say]) -> None:
        self._canvas, self._rows, self._parts = canvas, rows, parts
        self._said, tick = says
        self._top = canvas.y + _LABEL
        self._steps = ticks([end for row in rows for end in ends(row)])
        self._ticks = [fit(tick(step), 110) for step in self._steps]
        self._left = max(map(width, self._ticks)) + 6
        self._up: Scale = scale(self._steps, self._top + _HIGH, self._top)
        self._step = (canvas.width - self._left) / len(rows)

    def draw(self, way: str) -> None:
        self._axis()
        for at, row in enumerate(self._rows):
            if row.is_partial:
                self._gap(at, row)
        if way == "line":
            self._line()
        else:
            for at, row in enumerate(self._rows):
                self._column(at, row)
        self._names()
        self._highest()
        self._canvas.y = self._top + _HIGH + 2 * SIZE + 14

    def _x(self, at: float) -> float:
        return self._left + at * self._step

    def _axis(self) -> None:
        for step, words in zip(self._steps, self._ticks, strict=True):
            y = self._up(step)
            class_ = "chart-axis" if step == 0 else "chart-grid"
            self._canvas.add(line((self._left, y), (self._canvas.width, y), class_))
            self._canvas.add(line_of((self._left - 6, y + 4), words, "chart-quiet", "end"))

    def _gap(self, at: int, row: Bar) -> None:
        title = f"{row.label}: {said_total(row, self._said) if row.total is not None else NOT_READ}"
        inset = min(1.5, self._step / 8)
        box = (self._x(at) + inset, self._top, self._step - 2 * inset, _HIGH)
        self._canvas.add(unknown(self._canvas.begin, box, title))

    def _column(self, at: int, row: Bar) -> None:
        inset = self._step * 0.14
        for part, start, value in stacked(row, self._parts):
            y1, y2 = sorted((self._up(start), self._up(start + value)))
            of = f"{row.label}, {part.name}" if len(self._parts) > 1 else row.label
            box = (self._x(at) + inset, y1, self._step - 2 * inset, max(y2 - y1, 1.0))
            self._canvas.add(block(self._canvas.begin, part.fill, box, f"{of}: {self._said(value)}"))

    def _line(self) -> None:
        """Draw a line through months that follow on one another; where one is missing, the line ends."""
        begun, path, points = False, [], []
        for at, row in enumerate(self._rows):
            if row.total is not None:
                x, y = self._x(at + 0.5), self._up(row.total)
                path.append(f"{'L' if begun else 'M'}{x:.1f} {y:.1f}")
                points.append(self._point(row, x, y))
            begun = row.total is not None
        self._canvas.add(el("path", class_="chart-line", d=" ".join(path)), *points)

    def _point(self, row: Bar, x: float, y: float) -> Markup:
        return el("g", el("title", f"{row.label}: {said_total(row, self._said)}"), mark("circle", x, y, 3))

    def _names(self) -> None:
        """Name the months below, as many as have room, and the year below the first and below each January."""
        base, every = self._top + _HIGH + SIZE + 4, self._every()
        names, years = [], []
        for at, row in enumerate(self._rows):
            name, year = row.label.split(" ")
            number = MONTHS.index(name)
            names += [(self._x(at + 0.5), name)] if number % every == 0 else []
            years += [(self._x(at + 0.5), year)] if at == 0 or number == 0 else []
        self._beside_one_another(base, names)
        self._beside_one_another(base + SIZE + 3, years)

    def _beside_one_another(self, y: float, names: Sequence[tuple[float, str]]) -> None:
        """Write names round their places, and leave out what would touch the one before it."""
        free = -6.0
        for place, name in names:
            middle = self._inside(place, name)
            if middle - width(name) / 2 >= free + 6:
                self._canvas.add(line_of((middle, y), name, "chart-quiet", "middle"))
                free = middle + width(name) / 2

    def _every(self) -> int:
        """Return each how many months one has room for its name."""
        return next((every for every in (1, 2, 3, 6) if every * self._step >= width("Mar") + 5), 12)

    def _inside(self, middle: float, words: str, left: float = 0.0, size: float = SIZE) -> float:
        half = width(words, size) / 2
        return max(min(middle, self._canvas.width - half), left + half)

    def _highest(self) -> None:
        """Say the highest value above its month: it has the room, for nothing is higher."""
        best = max((row for row in self._rows if row.total is not None), key=lambda row: row.total or 0)
        words = fit(said_total(best, self._said), self._canvas.width - self._left - 8, BOLD)
        y = min(self._up(ends(best)[1]), self._up(best.total or 0)) - 5
        middle = self._inside(self._x(self._rows.index(best) + 0.5), words, self._left + 8, BOLD)
        self._canvas.add(line_of((middle, y), words, "chart-value chart-halo", "middle"))


def _description(rows: Sequence[Bar], said: Say) -> str:
    seen = [row for row in rows if row.total is not None]
    best = max(seen, key=lambda row: row.total or 0)
    gaps = [row.label for row in rows if row.total is None]
    return (
        f"{len(rows)} months from {rows[0].label} to {rows[-1].label}. The highest is {best.label},"
        f" {said_total(best, said)}; the last that was read is {seen[-1].label}, {said_total(seen[-1], said)}."
        + (f" Nothing was read in {', '.join(gaps)}." if gaps else "")
    )

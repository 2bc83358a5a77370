"""How long things took: how many took how long, with the middle and the time within which nine of ten were done."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from web.charts.frame import UNKNOWN, Canvas, Chart, Number, Say, Table, Words, figure, known, line_of, told
from web.charts.scale import Scale, scale, ticks
from web.charts.shapes import Shape, block, line, mark
from web.charts.text import BOLD, SIZE, fit, width

_HIGH = 110.0
_MOST = 12
#: From one mark's words to the next.
_ROW = SIZE + 6
_WIDTHS = (1, 2, 5, 7, 10, 14, 20, 30, 50, 100, 200, 365, 730)

#: First and last day of a bin, and how many took so long.
Bin = tuple[int, int, int]


def bins(days: Sequence[Number]) -> list[Bin]:
    """Return whole days in at most 12 bins of one width, from zero on: first day, last day, how many."""
    longest = max((math.floor(day) for day in days), default=0)
    wide = next((one for one in _WIDTHS if longest < one * _MOST), math.ceil((longest + 1) / _MOST))
    found = [0] * (longest // wide + 1)
    for day in days:
        found[math.floor(day) // wide] += 1
    return [(at * wide, (at + 1) * wide - 1, count) for at, count in enumerate(found)]


def _span(one: Bin) -> str:
    return f"{one[0]}" if one[0] == one[1] else f"{one[0]}–{one[1]}"  # noqa: RUF001 (how a span of days is written)


def distribution(
    words: Words,
    days: Sequence[Number | None],
    *,
    median: Number | None,
    p90: Number | None,
    said: Say,
    waiting: int = 0,
    unit: str = "Working days",
) -> Chart:
    """Return how many took how many days; a day of None is a thing of which it is not known how long it took.

    `median` and `p90` are handed in, as whoever counts them for lists does, and None where there are too few; `waiting`
    are those that are not decided and so in no column. Raises ValueError for fewer days than none.
    """
    sure = [day for one in days if (day := known(one)) is not None]
    if any(day < 0 for day in sure):
        raise ValueError("nothing takes fewer days than none")
    found = bins(sure) if sure else []
    lacking = len(days) - len(sure)
    notes = _notes(lacking, waiting, is_few=bool(sure) and known(median) is None)
    marked = (("Half within", told(known(median), said)), ("9 of 10 within", told(known(p90), said)))
    table = _table(words, found, unit, (*marked, (UNKNOWN, lacking), ("not decided yet", waiting)))
    if not sure:
        return Chart(figure(words, notes=notes), table)
    canvas = Canvas(words)
    _draw(canvas, found, (known(median), known(p90)), said)
    canvas.text((canvas.width, canvas.y + SIZE), unit, canvas.width, "chart-quiet", "end")
    canvas.y += SIZE + 5
    return Chart(figure(words, canvas.svg(_description(sure, median, p90, said)), notes=notes), table)


def _notes(lacking: int, waiting: int, *, is_few: bool) -> list[str]:
    found = ["Too few are decided to say a middle."] if is_few else []
    found += [f"{waiting:,} not decided yet: not in the picture."] if waiting else []
    return found + ([f"Of {lacking:,} it is unknown how long they took."] if lacking else [])


def _table(words: Words, found: Sequence[Bin], unit: str, beside: Sequence[tuple[str, str | int]]) -> Table:
    """Return the bins, and beside them what is said in words, or counted and not none."""
    rows = [(_span(one), f"{one[2]:,}") for one in found]
    if found:
        rows += [(name, value) for name, value in beside if isinstance(value, str)]
    rows += [(name, f"{value:,}") for name, value in beside if isinstance(value, int) and value]
    return Table(caption=words.title, header=(unit, "How many"), rows=tuple(rows), numeric=frozenset({1}))


def _draw(canvas: Canvas, found: Sequence[Bin], marked: tuple[Number | None, Number | None], said: Say) -> None:
    lines = _marks(marked, said)
    top = canvas.y + len(lines) * _ROW + SIZE + 4
    steps = ticks([one[2] for one in found])
    across = Scale(0.0, float(found[-1][1] + 1), 0.0, canvas.width)
    up = scale(steps, top + _HIGH, top)
    for some in found:
        _column(canvas, some, across, up)
    canvas.add(line((0, top + _HIGH), (canvas.width, top + _HIGH), "chart-axis"))
    # A thing of 6 days stands over the middle of the 6, for the bin of it ends where the 7 begins.
    places = [min(max(across(float(one.value) + 0.5), 6.0), canvas.width - 6.0) for one in lines]
    rows = [canvas.y + at * _ROW + SIZE for at in range(len(lines))]
    for one, x, y in zip(lines, places, rows, strict=True):
        canvas.add(line((x, y - 4), (x, top + _HIGH), "chart-marker", one.dash), mark(one.shape, x, y - 4, 5))
    for one, x, y in zip(lines, places, rows, strict=True):
        _name(canvas, one.name, x, y)
    _counts(canvas, found, across, up)
    canvas.y = top + _HIGH + 4 + SIZE


@dataclass(frozen=True, slots=True)
class _Mark:
    value: Number
    shape: Shape
    dash: str | None
    name: str


def _marks(marked: tuple[Number | None, Number | None], said: Say) -> list[_Mark]:
    median, p90 = marked
    found = [_Mark(median, "diamond", None, f"half within {said(median)}")] if median is not None else []
    return found + ([_Mark(p90, "triangle", "5 3", f"9 of 10 within {said(p90)}")] if p90 is not None else [])


def _name(canvas: Canvas, name: str, x: float, y: float) -> None:
    """Write what a mark says beside it, on the side where there is room."""
    words = fit(name, canvas.width - 20, BOLD)
    if x + 10 + width(words, BOLD) <= canvas.width:
        canvas.add(line_of((x + 10, y), words, "chart-value chart-halo"))
    else:
        canvas.add(line_of((max(x - 10, width(words, BOLD)), y), words, "chart-value chart-halo", "end"))


def _column(canvas: Canvas, one: Bin, across: Scale, up: Scale) -> None:
    first, last, count = one
    left, right = across(first), across(last + 1)
    inset = (right - left) * 0.06
    if count:
        box = (left + inset, up(count), right - left - 2 * inset, max(up(0) - up(count), 1.0))
        canvas.add(block(canvas.begin, "first", box, f"{_span(one)} days: {count:,}"))


def _counts(canvas: Canvas, found: Sequence[Bin], across: Scale, up: Scale) -> None:
    """Write how many above each column, and below its days; only the first day where both have no room."""
    spans = all(width(_span(one)) + 3 <= across(one[1] + 1) - across(one[0]) for one in found)
    for one in found:
        left, right = across(one[0]), across(one[1] + 1)
        names = [(up(0) + SIZE + 3, _span(one) if spans else f"{one[0]}", "chart-quiet")]
        names += [(up(one[2]) - 3, f"{one[2]:,}", "chart-value chart-halo")] if one[2] else []
        for y, words, class_ in names:
            if width(words, BOLD) <= right - left:
                canvas.add(line_of(((left + right) / 2, y), words, class_, "middle"))


def _description(sure: Sequence[Number], median: Number | None, p90: Number | None, said: Say) -> str:
    found = f"Columns: how many of {len(sure):,} took how long. The longest took {said(max(sure))}."
    found += f" Half were done within {said(median)}." if known(median) is not None and median is not None else ""
    return found + (f" Nine of ten were done within {said(p90)}." if known(p90) is not None and p90 is not None else "")

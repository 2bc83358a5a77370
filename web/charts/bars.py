"""Horizontal bars: one line of words above each, so that long names have room on a phone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from web.charts.frame import UNKNOWN, Canvas, Chart, Number, Say, Table, Words, figure, known, legend, line_of, told
from web.charts.scale import Scale, scale
from web.charts.shapes import Part, block, block_sign, line, unknown, unknown_sign
from web.charts.text import BOLD, fit, shown, width

_HIGH = 13.0
ONE = (Part("value"),)


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar: its name, one value for each part (None where it is unknown), and where its name leads in the table."""

    label: str
    values: tuple[Number | None, ...]
    href: str | None = None

    @property
    def total(self) -> Number | None:
        """All that is known of it added up; None where nothing is."""
        found = [value for one in self.values if (value := known(one)) is not None]
        return sum(found) if found else None

    @property
    def is_partial(self) -> bool:
        """Whether a part of it is unknown."""
        return any(known(value) is None for value in self.values)


def said_total(values: Bar, said: Say) -> str:
    """Return the sum of a bar as people say it: `at least` where a part of it is unknown."""
    if values.total is None:
        return UNKNOWN
    return f"at least {said(values.total)}" if values.is_partial else said(values.total)


def bars(
    words: Words,
    rows: Sequence[Bar],
    *,
    said: Say,
    parts: Sequence[Part] = ONE,
    label: str = "Name",
    most: int = 20,
) -> Chart:
    """Return bars in the order given, the first `most` drawn and the rest told; the table has all of them.

    Every row has one value a part; with two parts or more the bar is stacked and the table has the total beside.
    `label` is the head of the table's first column. Raises ValueError where values and parts do not match.
    """
    if any(len(row.values) != len(parts) for row in rows):
        raise ValueError("a bar has one value for each part")
    table = bar_table(words, rows, said, parts, label)
    if not rows:
        return Chart(figure(words), table)
    drawn, rest = rows[:most], rows[most:]
    canvas = Canvas(words)
    part_legend(canvas, drawn, parts)
    picture = _Bars(canvas, parts, scale([end for row in drawn for end in ends(row)], 0.0, canvas.width), said)
    for row in drawn:
        picture.draw(row)
    if rest:
        canvas.paragraph(_rest(rest, said))
    return Chart(figure(words, canvas.svg(_description(drawn, said))), table)


def part_legend(canvas: Canvas, rows: Sequence[Bar], parts: Sequence[Part], gap: str = UNKNOWN) -> None:
    """Draw what fills mean: the parts where there are several, and what is unknown where anything is."""
    entries = [(block_sign(canvas.begin, part.fill), part.name) for part in parts] if len(parts) > 1 else []
    if any(row.is_partial for row in rows):
        entries.append((unknown_sign(canvas.begin), gap if len(parts) == 1 or gap != UNKNOWN else "amount unknown"))
    if entries:
        legend(canvas, entries)


def ends(row: Bar) -> tuple[Number, Number]:
    """Return how far a bar reaches to the left and to the right of zero."""
    values = [value for one in row.values if (value := known(one)) is not None]
    return sum(v for v in values if v < 0), sum(v for v in values if v > 0)


@dataclass(frozen=True, slots=True)
class _Bars:
    """Draws bars below one another."""

    canvas: Canvas
    parts: Sequence[Part]
    places: Scale
    said: Say

    def draw(self, row: Bar) -> None:
        """Draw the words of a bar, and the bar below them."""
        canvas, total = self.canvas, fit(said_total(row, self.said), self.canvas.width * 0.6, BOLD)
        class_ = "chart-quiet" if row.total is None else "chart-value"
        canvas.add(line_of((canvas.width, canvas.y + 12), total, class_, "end"))
        top = canvas.lines(canvas.y + 12, row.label, canvas.width - width(total, BOLD) - 10) + 5
        self._blocks(row, top)
        if row.is_partial:
            start = min(self.places(ends(row)[1]), canvas.width - 24)
            title = f"{shown(row.label)}: {UNKNOWN}"
            canvas.add(unknown(canvas.begin, (start, top, canvas.width - start, _HIGH), title))
        zero = min(max(self.places(0.0), 0.5), canvas.width - 0.5)
        canvas.add(line((zero, top - 1.5), (zero, top + _HIGH + 1.5), "chart-axis"))
        canvas.y = top + _HIGH + 10

    def _blocks(self, row: Bar, top: float) -> None:
        for part, start, value in stacked(row, self.parts):
            x1, x2 = sorted((self.places(start), self.places(start + value)))
            title = f"{shown(row.label)}, {part.name}: {self.said(value)}" if len(self.parts) > 1 else None
            self.canvas.add(block(self.canvas.begin, part.fill, (x1, top, max(x2 - x1, 1.0), _HIGH), title))


def stacked(row: Bar, parts: Sequence[Part]) -> Iterator[tuple[Part, Number, Number]]:
    """Yield each part that is something, where it starts and its value: what is below zero goes the other way."""
    down: Number = 0
    up: Number = 0
    for part, one in zip(parts, row.values, strict=True):
        value = known(one)
        if value is not None and value < 0:
            yield part, down, value
            down += value
        elif value:
            yield part, up, value
            up += value


def _rest(rest: Sequence[Bar], said: Say) -> str:
    values = [row.total for row in rest if row.total is not None]
    lacking = sum(row.total is None for row in rest)
    together = f", {said(sum(values))} together" if values else ""
    return f"and {len(rest)} more{together}" + (f"; {lacking} of them {UNKNOWN}" if lacking and values else "")


def _description(rows: Sequence[Bar], said: Say) -> str:
    told_ = [(row.total, row) for row in rows if row.total is not None]
    found = f"{len(rows)} horizontal bars."
    if told_:
        top = max(told_, key=lambda pair: pair[0])[1]
        found += f" The longest is {fit(top.label, 300)}, {said_total(top, said)}."
    lacking = len(rows) - len(told_)
    return found + (f" Of {lacking} the value is {UNKNOWN}." if lacking else "") + " The table has the same numbers."


def bar_table(words: Words, rows: Sequence[Bar], said: Say, parts: Sequence[Part], label: str) -> Table:
    """Return bars as a table: the name, each part, and the total where there are several parts."""
    several = len(parts) > 1
    heads = [part.name[:1].upper() + part.name[1:] for part in parts] + (["Total"] if several else [])
    return Table(
        caption=words.title,
        header=(label, *heads),
        rows=tuple(_cells(row, said, several=several) for row in rows),
        numeric=frozenset(range(1, len(heads) + 1)),
        links=tuple(row.href for row in rows),
    )


def _cells(row: Bar, said: Say, *, several: bool) -> tuple[str, ...]:
    values = (told(known(value), said) for value in row.values)
    return (shown(row.label), *values, *((said_total(row, said),) if several else ()))

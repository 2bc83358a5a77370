"""How many of how many: a bar that is full at all of them, with the part of which it is unknown hatched."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from web.charts.frame import UNKNOWN, Canvas, Chart, Say, Table, Words, figure, legend, line_of, told
from web.charts.markup import el
from web.charts.shapes import block, block_sign, unknown, unknown_sign
from web.charts.text import BOLD, fit, shown, width

_HIGH = 13.0


@dataclass(frozen=True, slots=True)
class Share:
    """Of `of` things `part` are so, and of `unknown` nobody knows it; `part` of None: of none of them it is known."""

    label: str
    part: int | None
    of: int
    unknown: int = 0
    href: str | None = None

    def __post_init__(self) -> None:
        """Raise ValueError where the parts are more than the whole."""
        if min(self.of, self.unknown, self.part or 0) < 0 or (self.part or 0) + self.unknown > self.of:
            raise ValueError("a share is a part of the whole")

    @property
    def lacking(self) -> int:
        """Of how many it is unknown."""
        return self.of if self.part is None else self.unknown


def shares(
    words: Words, rows: Sequence[Share], *, said: Say, label: str = "Name", yes: str = "yes", no: str = "no"
) -> Chart:
    """Return a bar a share, all of one length: `yes` filled, `no` empty, unknown hatched. `of` may be nothing."""
    table = _table(words, rows, said, (label, yes, no))
    if not any(row.of for row in rows):
        return Chart(figure(words), table)
    canvas = Canvas(words)
    entries = [(block_sign(canvas.begin, "first"), yes), (_empty_sign, no)]
    entries += [(unknown_sign(canvas.begin), UNKNOWN)] if any(row.lacking for row in rows) else []
    legend(canvas, entries)
    for row in rows:
        _draw(canvas, row, said, yes)
    described = ". ".join(f"{fit(row.label, 300)}: {_said(row, said)}" for row in rows[:8])
    return Chart(figure(words, canvas.svg(f"{described}.")), table)


def _empty_sign(x: float, y: float) -> Markup:
    return el("rect", class_="chart-empty-box", x=x + 0.5, y=y + 0.5, width=13, height=11)


def _said(row: Share, said: Say) -> str:
    if not row.of:
        return "none there"
    if row.part is None:
        return f"{UNKNOWN}, of {said(row.of)}"
    return f"{said(row.part)} of {said(row.of)}" + (f", {said(row.unknown)} {UNKNOWN}" if row.unknown else "")


def _draw(canvas: Canvas, row: Share, said: Say, yes: str) -> None:
    words = fit(_said(row, said), canvas.width * 0.6, BOLD)
    canvas.add(line_of((canvas.width, canvas.y + 12), words, "chart-value" if row.part else "chart-quiet", "end"))
    top = canvas.lines(canvas.y + 12, row.label, canvas.width - width(words, BOLD) - 10) + 5
    box = {"x": 0.5, "y": top + 0.5, "width": canvas.width - 1, "height": _HIGH - 1}
    canvas.add(el("rect", class_="chart-empty-box", **box))
    filled = canvas.width * (row.part or 0) / (row.of or 1)
    hatched = canvas.width * row.lacking / (row.of or 1)
    if row.part:
        title = f"{shown(row.label)}, {yes}: {said(row.part)}"
        canvas.add(block(canvas.begin, "first", (0, top, max(filled, 1.0), _HIGH), title))
    if row.lacking:
        title = f"{shown(row.label)}, {UNKNOWN}: {said(row.lacking)}"
        canvas.add(unknown(canvas.begin, (canvas.width - hatched, top, hatched, _HIGH), title))
    canvas.y = top + _HIGH + 10


def _table(words: Words, rows: Sequence[Share], said: Say, heads: tuple[str, str, str]) -> Table:
    label, yes, no = (head[:1].upper() + head[1:] for head in heads)
    return Table(
        caption=words.title,
        header=(label, yes, no, "Unknown", "All"),
        rows=tuple(_cells(row, said) for row in rows),
        numeric=frozenset({1, 2, 3, 4}),
        links=tuple(row.href for row in rows),
    )


def _cells(row: Share, said: Say) -> tuple[str, ...]:
    rest = None if row.part is None else row.of - row.part - row.unknown
    return shown(row.label), told(row.part, said), told(rest, said), said(row.lacking), said(row.of)

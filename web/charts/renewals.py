"""Renewals of a year: for each month which contracts are to be decided, by shape; on a phone as a list by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Literal

from markupsafe import Markup

from web.charts.frame import LINE, NARROW, UNKNOWN, WIDE, Canvas, Chart, Table, Words, figure, legend, line_of
from web.charts.markup import el
from web.charts.months import MONTHS
from web.charts.shapes import Shape, line, mark, mark_sign, unknown
from web.charts.text import BOLD, shown, width

State = Literal["decide", "renews", "decided"]

#: What a renewal is -> its mark and what it means.
STATES: dict[State, tuple[Shape, str]] = {
    "decide": ("circle", "to be decided"),
    "renews": ("triangle", "renews by itself unless decided"),
    "decided": ("square", "decided"),
}
_COLUMNS, _BETWEEN = 4, 16.0


@dataclass(frozen=True, slots=True)
class Renewal:
    """A contract: the last day on which its renewal can be decided, the tool, and what happens then.

    `note` stands in the table (the cost, the end of the contract); `href` is where the tool leads there.
    """

    day: date
    tool: str
    state: State = "decide"
    note: str = ""
    href: str | None = None


@dataclass(frozen=True, slots=True)
class _Group:
    """A heading with the renewals below it."""

    name: str
    rows: Sequence[Renewal]
    is_late: bool = False


def renewals(
    words: Words,
    rows: Sequence[Renewal],
    *,
    today: date,
    unknown_ends: int = 0,
    most: int = 6,
    note: str = "",
) -> Chart:
    """Return the 12 months from today's on, with what is past and not decided before them and what is later counted.

    `unknown_ends` are contracts whose end nobody knows; `most` names are drawn a month, the rest counted; `note` heads
    the table's last column, which is left out where it is empty.
    """
    ordered = sorted(rows, key=lambda row: (row.day, row.tool.casefold(), row.tool))
    table = _table(words, ordered, unknown_ends, note)
    if not rows and not unknown_ends:
        return Chart(figure(words), table, is_wide=True)
    year = _year(ordered, today, unknown_ends)
    drawn = [_picture(words, year, most, variant, wide) for variant, wide in (("-narrow", NARROW), ("-wide", WIDE))]
    return Chart(figure(words, *drawn), table, is_wide=True)


@dataclass(frozen=True, slots=True)
class _Year:
    """All renewals, by where they stand: drawn in groups, or counted."""

    groups: Sequence[_Group]
    earlier: int
    later: int
    lacking: int

    @property
    def sentences(self) -> list[str]:
        """What is counted and not drawn."""
        last = self.groups[-1].name
        found = [f"{self.later:,} more later than {last}."] if self.later else []
        return found + ([f"{self.earlier:,} of earlier months: decided."] if self.earlier else [])


def _year(rows: Sequence[Renewal], today: date, lacking: int) -> _Year:
    first = today.year * 12 + today.month - 1
    past: list[Renewal] = []
    held: list[list[Renewal]] = [[] for _ in range(12)]
    earlier = later = 0
    for row in rows:
        at = row.day.year * 12 + row.day.month - 1 - first
        if row.day < today and row.state != "decided":
            past.append(row)
        elif 0 <= at < 12:
            held[at].append(row)
        else:
            earlier, later = earlier + (at < 0), later + (at >= 12)
    groups = [_Group("Past, and not decided", past, is_late=True)] if past else []
    groups += [_Group(f"{MONTHS[(first + at) % 12]} {(first + at) // 12}", rows) for at, rows in enumerate(held)]
    return _Year(groups, earlier, later, lacking)


def _picture(words: Words, year: _Year, most: int, variant: str, wide: float) -> Markup:
    canvas = Canvas(words, variant, wide)
    used = {row.state for group in year.groups for row in group.rows}
    entries = [(mark_sign(shape), name) for state, (shape, name) in STATES.items() if state in used]
    if entries:
        legend(canvas, entries)
    for group in year.groups:
        if group.is_late:
            canvas.y = _box(canvas, group, (0.0, canvas.width), canvas.y, most) + 10
    _grid(canvas, [group for group in year.groups if not group.is_late], most)
    for sentence in year.sentences:
        canvas.paragraph(sentence)
    if year.lacking:
        canvas.add(unknown(canvas.begin, (0, canvas.y + 1, 14, 12)))
        canvas.text((20, canvas.y + 11), _lacking(year.lacking), canvas.width - 20, "chart-quiet")
        canvas.y += LINE + 4
    return canvas.svg(_description(year))


def _grid(canvas: Canvas, groups: Sequence[_Group], most: int) -> None:
    """Draw the months beside one another where there is room, else below one another."""
    columns = _COLUMNS if canvas.width >= WIDE else 1
    wide = (canvas.width - _BETWEEN * (columns - 1)) / columns
    for at in range(0, len(groups), columns):
        places = [(group, place * (wide + _BETWEEN)) for place, group in enumerate(groups[at : at + columns])]
        canvas.y = max(_box(canvas, group, (x, wide), canvas.y, most) for group, x in places) + 8


def _box(canvas: Canvas, group: _Group, place: tuple[float, float], top: float, most: int) -> float:
    """Draw a month at x, so many units wide, and return where it ends."""
    x, wide = place
    y, count = top + 15, f"{len(group.rows):,}" if group.rows else "none"
    class_ = "chart-value" if group.rows else "chart-quiet"
    canvas.add(line((x, top), (x + wide, top), "chart-late" if group.is_late else "chart-grid"))
    canvas.text((x, y), group.name, wide - width(count, BOLD) - 8, class_)
    canvas.add(line_of((x + wide, y), count, class_, "end"))
    for row in group.rows[:most]:
        y += LINE + 2
        _entry(canvas, row, (x, wide), y, is_dated=group.is_late)
    if len(group.rows) > most:
        y += LINE + 2
        canvas.text((x + 18, y), f"and {len(group.rows) - most:,} more", wide - 18, "chart-quiet")
    return y + 4


def _entry(canvas: Canvas, row: Renewal, place: tuple[float, float], y: float, *, is_dated: bool) -> None:
    x, wide = place
    day = _day(row.day) if is_dated else f"{row.day.day} {MONTHS[row.day.month - 1]}"
    whole = f"{shown(row.tool)}: {_day(row.day)}, {STATES[row.state][1]}"
    canvas.add(el("g", el("title", whole), mark(STATES[row.state][0], x + 7, y - 4)))
    canvas.text((x + 18, y), row.tool, wide - 18 - width(day) - 8)
    canvas.add(line_of((x + wide, y), day, "chart-quiet", "end"))


def _day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def _lacking(count: int) -> str:
    return f"{count:,} more: the end of the contract is {UNKNOWN}"


def _description(year: _Year) -> str:
    found = [f"{group.name}: {len(group.rows)}" for group in year.groups if group.rows]
    drawn = "; ".join(found) or "None in the next 12 months"
    lacking = [f"{_lacking(year.lacking)}."] if year.lacking else []
    return " ".join([f"{drawn}.", *year.sentences, *lacking])


def _table(words: Words, rows: Sequence[Renewal], lacking: int, note: str) -> Table:
    def cells(*four: str) -> tuple[str, ...]:
        return four if note else four[:3]

    held = [cells(shown(row.tool), _day(row.day), STATES[row.state][1], row.note) for row in rows]
    held += [cells(f"{lacking:,} more", UNKNOWN, UNKNOWN, "")] if lacking else []
    return Table(
        caption=words.title,
        header=cells("Tool", "Decide by", "State", note),
        rows=tuple(held),
        numeric=frozenset({1}),
        links=(*(row.href for row in rows), *([None] if lacking else [])),
    )

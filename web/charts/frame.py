"""What every chart has: a sentence as title, a picture with its description, its source, and a table that is equal."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

from markupsafe import Markup

from web.charts.markup import Attribute, el, local
from web.charts.text import CUT, SIZE, fit, shown, width, wrap

Number = int | float
#: Writes a value as people say it, with its unit: `EUR 1,200`, `12 days`.
Say = Callable[[Number], str]
#: Draws what a legend explains, 14 units wide and 12 high, from its upper left corner.
Sign = Callable[[float, float], Markup]
Anchor = Literal["start", "middle", "end"]

UNKNOWN = "unknown"
#: Widths of the viewBox: read on a phone, and where a desk has room.
NARROW, WIDE = 320.0, 720.0
#: From one baseline to the next.
LINE = 15.0
#: Beyond this nothing is a count or an amount of money: it is taken for a broken value.
_LARGEST = 1e30
#: A cell with more characters is folded.
_FOLDED = 160
_TABLE = "table table-sm chart-table"
_KEY = re.compile("[a-z][a-z0-9-]{0,63}", re.ASCII)


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What is said about a chart: `title` is a sentence that answers its question, `empty` why nothing is drawn.

    `key` begins the ids of the chart and is the only one of its kind in a page: lower case letters, digits, hyphens.
    """

    key: str
    title: str
    source: str
    empty: str

    def __post_init__(self) -> None:
        """Raise ValueError for a key that cannot begin an id."""
        if not _KEY.fullmatch(self.key):
            raise ValueError(f"no key of a chart: {self.key!r}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """The numbers of a chart. `numeric` are the columns that align right, `links` the address of each row's first cell.

    In a page, `{{ table }}` writes it as HTML.
    """

    caption: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()
    links: tuple[str | None, ...] = ()

    def __html__(self) -> Markup:
        """Return the table as HTML; nothing for a table without rows."""
        if not self.rows:
            return Markup("")
        head = (el("th", text, scope="col", class_=self._side(at)) for at, text in enumerate(self.header))
        body = (self._row(at, row) for at, row in enumerate(self.rows))
        caption = el("caption", self.caption, class_="visually-hidden")
        table = el("table", caption, el("thead", el("tr", *head)), el("tbody", *body), class_=_TABLE)
        # What scrolls sideways must be reachable by keyboard, and say what it is.
        return el("div", table, class_="table-responsive", tabindex=0, role="region", aria_label=self.caption)

    def _row(self, at: int, row: Sequence[str]) -> Markup:
        href = local(self.links[at]) if self.links else None
        rest = (el("td", _folded(text), class_=self._side(1 + place)) for place, text in enumerate(row[1:]))
        return el("tr", el("th", _folded(row[0], href), scope="row", class_=self._side(0)), *rest)

    def _side(self, column: int) -> str | None:
        return "text-end" if column in self.numeric else None


def _folded(text: str, href: str | None = None) -> str:
    """Return the words of a cell; very long ones are folded, and can be read on demand."""
    whole = el("a", text, href=href) if href else text
    return whole if len(text) <= _FOLDED else el("details", el("summary", text[: _FOLDED // 2] + CUT), whole)


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart: `figure` is the picture with title and source, `table` the same numbers.

    In a page, `{{ chart }}` writes both beside each other; `{{ chart.figure }}` and `{{ chart.table }}` write one.
    """

    figure: Markup
    table: Table
    is_wide: bool = False

    def __html__(self) -> Markup:
        """Return picture and table as HTML, the table beside or below the picture as there is room."""
        way = "chart-pair chart-pair-wide" if self.is_wide else "chart-pair"
        return el("div", self.figure, self.table.__html__(), class_=way)


def known(value: Number | None) -> Number | None:
    """Return a value, None where it is unknown: absent, not finite, or beyond what anything could be."""
    if value is None or (isinstance(value, float) and not math.isfinite(value)) or abs(value) > _LARGEST:
        return None
    return value


def told(value: Number | None, said: Say) -> str:
    """Return a value as people say it, or that it is unknown."""
    return UNKNOWN if value is None else said(value)


class Canvas:
    """A picture that grows downwards: `y` is where the next thing begins."""

    def __init__(self, words: Words, variant: str = "", width_: float = NARROW) -> None:
        """Begin at the top, `width_` units wide; `variant` tells pictures of one chart apart."""
        self.words, self.variant, self.width = words, variant, width_
        #: What all ids of the picture begin with.
        self.begin = f"{words.key}{variant}"
        self.y = 0.0
        self._parts: list[Markup] = []

    def add(self, *parts: Markup) -> None:
        """Draw over what is there."""
        self._parts += parts

    def text(
        self, at: tuple[float, float], words: str, room: float, class_: str | None = None, anchor: Anchor = "start"
    ) -> None:
        """Draw one line of text, its baseline at a place, no wider than `room`; what is cut can be read whole."""
        self.add(line_of(at, fit(words, room), class_, anchor, whole=shown(words)))

    def lines(self, y: float, words: str, room: float, most: int = 2, class_: str | None = None) -> float:
        """Draw text on several lines at the left, the first baseline at y, and return the last baseline."""
        drawn = wrap(words, room, most)
        whole = None if " ".join(drawn) == shown(words) else shown(words)
        for at, line in enumerate(drawn):
            self.add(line_of((0, y + at * LINE), line, class_, whole=whole if at == len(drawn) - 1 else None))
        return y + (len(drawn) - 1) * LINE

    def paragraph(self, words: str, class_: str = "chart-quiet") -> None:
        """Draw a sentence over the whole width, on up to six lines."""
        self.y = self.lines(self.y + SIZE, words, self.width, 6, class_) + LINE - SIZE + 4

    def svg(self, description: str, *, role: str = "img") -> Markup:
        """Return the picture. What holds links is a `group`: readers of screens skip whatever is inside an `img`."""
        begin = self.begin
        named = el("title", shown(self.words.title), id=f"{begin}-title"), el("desc", description, id=f"{begin}-desc")
        height = math.ceil(self.y)
        attributes: dict[str, Attribute] = {
            "viewBox": f"0 0 {self.width:g} {height}",
            "role": role,
            "aria_labelledby": f"{begin}-title",
            "aria_describedby": f"{begin}-desc",
            "class_": {"": "chart-svg", "-wide": "chart-svg chart-wide"}.get(self.variant, "chart-svg chart-narrow"),
            "font_size": SIZE,
        }
        return el("svg", *named, fills(begin), *self._parts, **attributes)


def line_of(
    at: tuple[float, float],
    words: str,
    class_: str | None = None,
    anchor: Anchor = "start",
    *,
    whole: str | None = None,
) -> Markup:
    """Return a line of text as it is; `whole` is what is read on demand where the line is a part of it."""
    title = (el("title", whole),) if whole is not None and whole != words else ()
    side = None if anchor == "start" else anchor
    return el("text", *title, words, x=at[0], y=at[1], class_=class_, text_anchor=side)


def fills(begin: str) -> Markup:
    """Return the patterns of a picture: `hatch` for what is unknown, `stripes` for the second part of a bar."""
    hatch = el("line", class_="chart-hatch", x1=0, y1=0, x2=0, y2=6, stroke_width=2)
    stripes = el("line", class_="chart-stripe", x1=0, y1=0, x2=0, y2=5, stroke_width=2)
    kept: dict[str, Attribute] = {"patternUnits": "userSpaceOnUse"}
    return el(
        "defs",
        el("pattern", hatch, id=f"{begin}-hatch", width=6, height=6, patternTransform="rotate(45)", **kept),
        el("pattern", stripes, id=f"{begin}-stripes", width=5, height=5, patternTransform="rotate(-45)", **kept),
    )


def figure(words: Words, *pictures: Markup, notes: Sequence[str] = ()) -> Markup:
    """Return the figure of a chart: title, pictures (or why there is none), notes and source."""
    drawn = pictures or (el("p", words.empty, class_="chart-empty"),)
    below = [el("p", note, class_="chart-note") for note in notes]
    source = el("p", f"Source: {shown(words.source)}", class_="chart-source")
    return el("figure", el("figcaption", words.title, class_="chart-title"), *drawn, *below, source, class_="chart")


def legend(canvas: Canvas, entries: Sequence[tuple[Sign, str]]) -> None:
    """Draw what signs mean, each with its name, and leave a gap."""
    x, y = 0.0, canvas.y + SIZE
    for sign, name in entries:
        words = fit(name, canvas.width - 20)
        wide = 20 + width(words)
        if x and x + wide > canvas.width:
            x, y = 0.0, y + LINE + 3
        canvas.add(sign(x, y - 10), line_of((x + 20, y), words, "chart-quiet", whole=shown(name)))
        x += wide + 14
    canvas.y = y + 12

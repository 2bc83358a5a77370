"""The terminal: tables, pages and progress for people. The only place that draws."""

from __future__ import annotations

import os
import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, tzinfo
from typing import TextIO

from rich import box
from rich.cells import cell_len
from rich.console import Console, RenderableType
from rich.padding import Padding
from rich.progress import BarColumn, Progress, TaskID, TaskProgressColumn, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

from model import ports
from reports.columns import Column, Row, keep
from reports.words import UNKNOWN, clean

#: Between two columns.
_GAP = 2
#: Words up to this length are not broken.
_WORD = 28
#: Blanks at the end of a line, also before the end of a style.
_FILLING = re.compile(r" +(?=(?:\x1b\[0m)?$)", re.MULTILINE)
#: Where no terminal says how wide it is.
_WIDTH = 100
#: Few colours, each with one meaning: bad, needs a look, not known.
_STYLES = {
    "failed": "red",
    "refused": "red",
    "rejected": "red",
    "partial": "yellow",
    "provisional": "yellow",
    UNKNOWN: "dim",
}


def width_of(*streams: TextIO) -> int:
    """Return how many characters fit: what COLUMNS says, else the first terminal among the streams, else 100."""
    told = os.environ.get("COLUMNS", "")
    if told.isdecimal() and int(told):
        return int(told)
    for stream in streams:
        try:
            return os.get_terminal_size(stream.fileno()).columns or _WIDTH
        except (OSError, ValueError):
            continue
    return _WIDTH


class Screen:
    """Writes for people. Nothing of what it is given is taken for markup or obeyed as a terminal sequence."""

    def __init__(self, out: TextIO, *, zone: tzinfo = UTC, width: int | None = None) -> None:
        """`zone` is the company's: days are shown in it."""
        self.zone, self._out = zone, out
        self.width = width or width_of(out)
        self._console = Console(
            file=out, width=self.width, highlight=False, markup=False, emoji=False, legacy_windows=False
        )

    def line(self, text: str = "", *, style: str = "", indent: int = 0) -> None:
        """Write one paragraph, wrapped at words."""
        self._print(Padding(Text(clean(text), style=style), (0, 0, 0, indent), expand=False) if text else "")

    def command(self, text: str, about: str = "") -> None:
        """Write a command to be copied: never broken, however long, with what it does above it."""
        if about:
            self.line(about)
        self._out.write(f"    {clean(text)}\n")

    def heading(self, text: str, about: str = "") -> None:
        """Write the heading of a part, with a blank line above."""
        self._print("")
        self._print(Text.assemble((clean(text), "bold"), (f"  {clean(about)}" if about else "", "dim")))

    def facts(self, pairs: Sequence[tuple[str, str]]) -> None:
        """Write names and values below each other; values wrap within their own column."""
        table = Table.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
        table.add_column(no_wrap=True)
        table.add_column(overflow="fold")
        for name, value in pairs:
            table.add_row(Text(clean(name), style="dim"), _text(value))
        self._print(table)

    def table(self, columns: Sequence[Column], rows: Sequence[Row]) -> None:
        """Write a table no wider than the screen: the least important columns go first, then long text wraps."""
        cells = [[column.cell(row, self.zone) for column in columns] for row in rows]
        full = [max(map(_width, (c.title, *(line[i] for line in cells)))) for i, c in enumerate(columns)]
        least = [
            _least(column, width, [line[i] for line in cells])
            for i, (column, width) in enumerate(zip(columns, full, strict=True))
        ]
        kept = keep(columns, least, self.width, _GAP)
        wanted = [sorted(_width(line[i]) for line in cells) for i in kept]
        room = self.width - _GAP * (len(kept) - 1)
        widths = spread([least[i] for i in kept], [full[i] for i in kept], wanted, room)
        table = Table(box=box.SIMPLE_HEAD, padding=(0, 1, 0, 0), pad_edge=False, show_edge=False, header_style="bold")
        for i, width in zip(kept, widths, strict=True):
            table.add_column(
                columns[i].title, justify="right" if columns[i].right else "left", width=width, overflow="fold"
            )
        for line in cells:
            table.add_row(*(_text(line[i]) for i in kept))
        self._print(table)

    def _print(self, drawn: RenderableType) -> None:
        """Write without the blanks that fill lines up: what is copied or piped is what is seen."""
        with self._console.capture() as captured:
            self._console.print(drawn)
        self._out.write(_FILLING.sub("", captured.get()))


def spread(least: Sequence[int], full: Sequence[int], wanted: Sequence[Sequence[int]], room: int) -> list[int]:
    """Return the widths of columns between what they need at the least and in full, within `room` where it is possible.

    `wanted` are the widths of each column's cells, sorted: room goes where most cells would else be wrapped. Where even
    the least is too much, the widest columns give way.
    """
    widths = list(least)
    while sum(widths) > room and max(widths) > 1:
        widths[widths.index(max(widths))] -= 1
    open_ = [i for i, width in enumerate(widths) if width < full[i]]
    while open_ and sum(widths) < room:
        neediest = max(open_, key=lambda i: (len(wanted[i]) - bisect_right(wanted[i], widths[i]), -widths[i]))
        widths[neediest] += 1
        open_ = [i for i in open_ if widths[i] < full[i]]
    return widths


def _least(column: Column, full: int, cells: Sequence[str]) -> int:
    """Return how narrow a column may become: words of a usual length, such as addresses, are not broken."""
    if not column.wraps:
        return full
    longest = max((cell_len(word) for cell in cells for word in cell.split()), default=0)
    return min(full, max(column.least, cell_len(column.title), min(longest, _WORD)))


def _width(cell: str) -> int:
    return max(map(cell_len, cell.split("\n")))


def _text(cell: str) -> Text:
    return Text(cell, style=_STYLES.get(cell, ""))


@contextmanager
def progress(err: TextIO) -> Iterator[ports.Progress]:
    """Yield who is told how long work goes on: a bar on a terminal, one line a step elsewhere."""
    if not err.isatty():
        yield Lines(err)
        return
    bars = Progress(
        TextColumn("{task.description}", markup=False),
        BarColumn(bar_width=30),
        TaskProgressColumn(),
        TimeRemainingColumn(compact=True),
        console=Console(file=err, highlight=False, legacy_windows=False),
        transient=True,
    )
    with bars:
        yield Bars(bars)


class Lines:
    """One log line a step."""

    def __init__(self, err: TextIO) -> None:
        self._err = err

    def step(self, what: str, total: int | None = None) -> None:  # noqa: ARG002 (a line says what, not how far)
        """Begin a step."""
        self._err.write(f"{clean(what)} ...\n")
        self._err.flush()

    def advance(self, by: int = 1) -> None:
        """Do nothing: a line says what is begun, not how far it is."""


class Bars:
    """A bar that says what, how far and how long still; one step at a time."""

    def __init__(self, bars: Progress) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def step(self, what: str, total: int | None = None) -> None:
        """Begin a step; the one before is done."""
        if self._task is not None:
            self._bars.remove_task(self._task)
        self._task = self._bars.add_task(clean(what), total=total)

    def advance(self, by: int = 1) -> None:
        """Move the bar on."""
        if self._task is not None:
            self._bars.advance(self._task, by)

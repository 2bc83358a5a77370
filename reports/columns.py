"""What a table shows of a row, and which columns it can do without where there is no room."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import tzinfo
from typing import Any

from reports import words

Row = Mapping[str, Any]
Cell = Callable[[Row, tzinfo], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a table.

    `rank` says when it goes where the terminal is narrow: the highest first; 0 stays always. A column that wraps is at
    least `least` characters wide; the others are as wide as what they hold.
    """

    title: str
    cell: Cell
    rank: int = 0
    right: bool = False
    wraps: bool = False
    least: int = 12


def text(field: str, title: str, *, rank: int = 0, least: int = 12) -> Column:
    """Return a column of text of a record, or unknown; long text wraps."""
    return Column(title=title, cell=lambda row, _zone: said(row.get(field)), rank=rank, wraps=True, least=least)


def phrase(field: str, title: str, *, rank: int = 0, least: int = 12) -> Column:
    """Return a column of words of our own vocabulary: underscores are blanks."""
    return Column(
        title=title, cell=lambda row, _zone: said(row.get(field)).replace("_", " "), rank=rank, wraps=True, least=least
    )


def word(field: str, title: str, *, rank: int = 0) -> Column:
    """Return a column of one word of our own vocabulary: never wraps, underscores are blanks."""
    return Column(title=title, cell=lambda row, _zone: said(row.get(field)).replace("_", " "), rank=rank)


def number(field: str, title: str, *, rank: int = 0) -> Column:
    """Return a column of counts."""
    return Column(title=title, cell=lambda row, _zone: words.number(row.get(field)), rank=rank, right=True)


def money(field: str, title: str, *, rank: int = 0) -> Column:
    """Return a column of money, one currency a line."""
    return Column(title=title, cell=lambda row, _zone: words.money(row.get(field)), rank=rank, right=True)


def share(field: str, title: str, *, rank: int = 0) -> Column:
    """Return a column of shares of 0..1, as per cent."""
    return Column(title=title, cell=lambda row, _zone: words.share(row.get(field)), rank=rank, right=True)


def day(field: str, title: str, *, rank: int = 0) -> Column:
    """Return a column of days in the company's zone."""
    return Column(title=title, cell=lambda row, zone: words.day(row.get(field), zone), rank=rank, right=True)


def moment(field: str, title: str, *, rank: int = 0) -> Column:
    """Return a column of days with their minute, in the company's zone."""
    return Column(title=title, cell=lambda row, zone: words.moment(row.get(field), zone), rank=rank, right=True)


def listed(field: str, title: str, *, rank: int = 0, least: int = 12, none: str = "") -> Column:
    """Return a column of several words, joined; `none` where the list is empty."""
    return Column(
        title=title, cell=lambda row, _zone: _joined(row.get(field), none), rank=rank, wraps=True, least=least
    )


def said(value: object) -> str:
    """Return a record's text as it may be shown; unknown where it is absent."""
    return words.UNKNOWN if value is None else words.clean(str(value))


def _joined(values: Sequence[object] | None, none: str) -> str:
    return words.UNKNOWN if values is None else ", ".join(map(said, values)) or none


def keep(columns: Sequence[Column], widths: Sequence[int], room: int, gap: int) -> list[int]:
    """Return which columns fit into `room` characters, in order: the highest rank goes first, the last of equals.

    `widths` are what the columns take at the least; a column of rank 0 stays even where there is no room for it.
    """
    kept = list(range(len(columns)))
    while sum(widths[i] + gap for i in kept) - gap > room:
        droppable = [i for i in kept if columns[i].rank]
        if not droppable:
            break
        kept.remove(max(droppable, key=lambda i: (columns[i].rank, i)))
    return kept

"""What a page of insights is made of: columns, filters, and the page itself."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from web.here import Here
from web.insights.said import Row, amount
from web.lists import Key


@dataclass(frozen=True, slots=True)
class Column:
    """A column: the field, its heading, and how a cell is written (`insights_parts.html`); `sort` is what sorts it."""

    field: str
    label: str
    kind: str = "text"
    sort: Key | None = None

    @property
    def right(self) -> bool:
        """Whether it is numbers, which align right."""
        return self.kind in {"number", "money", "share", "days", "micros"}


@dataclass(frozen=True, slots=True)
class Filter:
    """A choice in the address: what it offers of the rows at hand (value, label), and which rows it keeps."""

    name: str
    label: str
    options: Callable[[Here, Sequence[Row]], list[tuple[str, str]]]
    keep: Callable[[Row, str], bool]


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """A page of insights: `title` is its question, `noun` one and many of its rows, `see` pages that go with it.

    `windowed`: counted back so many days; `sought`: words can be sought; `beside`: the list stands beside the picture,
    and is its table.
    """

    name: str
    title: str
    noun: tuple[str, str]
    columns: tuple[Column, ...]
    empty: str
    next_step: tuple[str, str] | None = None
    filters: tuple[Filter, ...] = ()
    see: tuple[tuple[str, str], ...] = ()
    how: str = ""
    windowed: bool = False
    sought: bool = True
    beside: bool = False


def by(field: str) -> Key:
    """Return what sorts rows by a field, words without case."""

    def key(row: Row) -> Any:
        value = row[field]
        return value.casefold() if isinstance(value, str) else value

    return key


def money(field: str, label: str) -> Column:
    """Return a column of money, sorted by its largest amount."""
    return Column(field, label, "money", lambda row: amount(row[field]))


def number(field: str, label: str) -> Column:
    """Return a column of a count."""
    return Column(field, label, "number", by(field))


def share(field: str, label: str) -> Column:
    """Return a column of a share."""
    return Column(field, label, "share", by(field))


def text(field: str, label: str, kind: str = "text") -> Column:
    """Return a column of words."""
    return Column(field, label, kind, by(field))


def chosen(field: str, label: str, said: Callable[[Here, str], str] | None = None) -> Filter:
    """Return a filter of a field with the values that occur."""

    def options(here: Here, rows: Sequence[Row]) -> list[tuple[str, str]]:
        values = sorted({row[field] for row in rows if row[field] is not None})
        return [(value, said(here, value) if said else value.replace("_", " ")) for value in values]

    return Filter(field, label, options, lambda row, value: row[field] == value)


def fixed(name: str, label: str, options: Mapping[str, str], keep: Callable[[Row, str], bool]) -> Filter:
    """Return a filter with choices that are always the same."""
    return Filter(name, label, lambda _here, _rows: list(options.items()), keep)

"""One list held in memory: its rows in order, found by their key, sorted by any field, searched as somebody types."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, overload

from gate.inventory import stems
from model.signal import fold
from web.ports.listed import Row

#: Where more rows than these are others, orders are made anew when they are asked for.
_FEW = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """What tells one list from another: the field that names a row, and the text in which words are sought."""

    key: str
    text: Callable[[Row], str]


@dataclass(slots=True)
class _Order:
    """Rows by one field: what sorts them, and the rows, one beside the other."""

    places: list[tuple[Any, ...]]
    rows: list[Row]


class Rows(Sequence[Row]):
    """The rows of one list in their own order. Nobody changes a row, or the list: another one takes its place.

    What was asked for once (an order, groups) is kept for the next who asks.
    """

    __slots__ = ("_at", "_groups", "_kind", "_orders", "_rows", "_texts")

    def __init__(self, kind: Kind, rows: list[Row], texts: Mapping[Any, str] | None = None) -> None:
        """Take rows in their own order; `texts` are those by key that are known already."""
        self._kind, self._rows = kind, rows
        self._at = {row[kind.key]: row for row in rows}
        known = texts or {}
        self._texts = {key: known[key] if key in known else fold(kind.text(row)) for key, row in self._at.items()}
        self._orders: dict[str, _Order] = {}
        self._groups: dict[str, dict[Any, list[Row]]] = {}

    @overload
    def __getitem__(self, at: int) -> Row: ...
    @overload
    def __getitem__(self, at: slice) -> list[Row]: ...
    def __getitem__(self, at: int | slice) -> Row | list[Row]:
        """Return the row at a place, or those of a slice."""
        return self._rows[at]

    def __len__(self) -> int:
        """Return how many rows there are."""
        return len(self._rows)

    def __iter__(self) -> Iterator[Row]:
        """Go through the rows in their own order."""
        return iter(self._rows)

    def get(self, key: Any) -> Row | None:
        """Return the row of a key (a tool's id, a case's number), or None."""
        return self._at.get(key)

    # --- sought, sorted, grouped -------------------------------------------------------------------------------------

    def search(self, words: str, rows: Iterable[Row] | None = None) -> list[Row]:
        """Return the rows (of all, or of some) in which all words are found, in the order in which they stand."""
        found = list(self._rows if rows is None else rows)
        texts, key = self._texts, self._kind.key
        for stem in stems(words):
            found = [row for row in found if stem in texts[row[key]]]
        return found

    def by(self, name: str, *, descending: bool = False) -> list[Row]:
        """Return all rows sorted by a field; what has no value there stands last either way.

        Texts are compared without case, money by its amount, other lists by how many there are in them.
        """
        order = self._orders.get(name)
        if order is None:
            order = self._orders[name] = self._sorted(name)
        if not descending:
            return order.rows
        known = bisect_left(order.places, _UNKNOWN)
        return order.rows[:known][::-1] + order.rows[known:]

    def grouped(self, name: str) -> Mapping[Any, Sequence[Row]]:
        """Return value of a field -> its rows in their own order; a row with a list there stands with each of it."""
        found = self._groups.get(name)
        if found is None:
            found = {}
            for row in self._rows:
                value = row[name]
                for one in value if isinstance(value, list) else (value,):
                    found.setdefault(one, []).append(row)
            self._groups[name] = found
        return found

    def counts(self, name: str) -> Counter[Any]:
        """Return how many rows there are of each value of a field."""
        return Counter({value: len(rows) for value, rows in self.grouped(name).items()})

    # --- another in its place ----------------------------------------------------------------------------------------

    def replaced(self, rows: list[Row], changed: Collection[Any]) -> Rows:
        """Return the list with these rows in its place, of which those of the keys `changed` are other ones, or gone."""
        kept = {key: told for key, told in self._texts.items() if key not in changed}
        made = Rows(self._kind, rows, kept)
        if len(changed) <= _FEW:
            for name, order in list(self._orders.items()):
                made._orders[name] = self._moved(name, order, made, changed)
        return made

    def _moved(self, name: str, order: _Order, made: Rows, changed: Collection[Any]) -> _Order:
        places, rows = order.places.copy(), order.rows.copy()
        for key in changed:
            if (old := self._at.get(key)) is not None:
                at = bisect_left(places, self._place(old, name))
                del places[at], rows[at]
            if (new := made.get(key)) is not None:
                place = self._place(new, name)
                at = bisect_left(places, place)
                places.insert(at, place)
                rows.insert(at, new)
        return _Order(places, rows)

    def _sorted(self, name: str) -> _Order:
        placed = sorted(((self._place(row, name), row) for row in self._rows), key=lambda pair: pair[0])
        return _Order([place for place, _ in placed], [row for _, row in placed])

    def _place(self, row: Row, name: str) -> tuple[Any, ...]:
        value = row[name]
        if value is None:
            return (*_UNKNOWN, row[self._kind.key])
        if isinstance(value, str):
            value = value.casefold()
        elif isinstance(value, list):
            is_money = bool(value) and isinstance(value[0], dict)
            value = sum(one["amount_micros"] for one in value) if is_money else len(value)
        return (False, value, row[self._kind.key])


#: What begins the place of a row without a value.
_UNKNOWN = (True,)

"""One list held in memory: its rows in order, found by their key, sorted by any field, searched as somebody types."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from operator import itemgetter
from typing import Any, overload

from gate.inventory import stems
from model.signal import fold
from web.ports.listed import Row

#: Of each changed row the one before (None: it is new) and the one now (None: it is gone).
Pairs = Sequence[tuple[Row | None, Row | None]]
#: Where more rows than these are others, orders are made anew when they are asked for.
_FEW = 100


@dataclass(frozen=True, slots=True)
class Kind:
    """What tells one list from another: the field that names a row, its text to be sought, and what sorts the list.

    Rows without a `place` stand as they are given: their order follows from all of them.
    """

    key: str
    text: Callable[[Row], str]
    place: Callable[[Row], tuple[Any, ...]] | None = None


@dataclass(slots=True)
class _Order:
    """Rows in an order: what sorts them, and the rows, one beside the other. No two have the same place."""

    places: list[tuple[Any, ...]]
    rows: list[Row]

    @classmethod
    def of(cls, rows: Iterable[Row], place: Callable[[Row], tuple[Any, ...]]) -> _Order:
        """Sort rows."""
        placed = sorted(((place(row), row) for row in rows), key=itemgetter(0))
        return cls([at for at, _ in placed], [row for _, row in placed])

    def moved(self, place: Callable[[Row], tuple[Any, ...]], changed: Pairs) -> _Order:
        """Return the order with other rows."""
        places, rows = self.places.copy(), self.rows.copy()
        for old, new in changed:
            if old is not None:
                at = bisect_left(places, place(old))
                del places[at], rows[at]
            if new is not None:
                at = bisect_left(places, place(new))
                places.insert(at, place(new))
                rows.insert(at, new)
        return _Order(places, rows)


class Rows(Sequence[Row]):
    """The rows of one list in their own order. Nobody changes a row, or the list: another one takes its place.

    What was asked for once (an order, groups) is kept for the next who asks.
    """

    __slots__ = ("_at", "_groups", "_kind", "_orders", "_own", "_rows", "_texts")

    def __init__(self, kind: Kind, rows: Iterable[Row]) -> None:
        """Take rows; where their kind has no place, in their own order."""
        self._kind, place = kind, kind.place
        self._own = None if place is None else _Order.of(rows, place)
        self._rows = [*rows] if self._own is None else self._own.rows
        self._at: dict[Any, Row] = {row[kind.key]: row for row in self._rows}
        self._texts: dict[Any, str] = {key: fold(kind.text(row)) for key, row in self._at.items()}
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
            order = self._orders[name] = _Order.of(self._rows, self._by(name))
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
                for one in _values(row, name):
                    found.setdefault(one, []).append(row)
            self._groups[name] = found
        return found

    def counts(self, name: str) -> Counter[Any]:
        """Return how many rows there are of each value of a field."""
        return Counter({value: len(rows) for value, rows in self.grouped(name).items()})

    # --- another in its place ----------------------------------------------------------------------------------------

    def changed(self, rows: Mapping[Any, Row | None]) -> Rows:
        """Return the list with other rows of some keys, None where there is none any more; for a kind with a place.

        Where all of them say what the rows before them said, it is the same list.
        """
        if self._own is None or self._kind.place is None:
            raise TypeError(self._kind.key)
        rows = {key: row for key, row in rows.items() if self._at.get(key) != row}
        if not rows:
            return self
        pairs = [(self._at.get(key), row) for key, row in rows.items()]
        own = self._own.moved(self._kind.place, pairs)
        made = self._copy(own.rows, rows, own=own)
        if len(rows) <= _FEW:
            made._carry(self, pairs, self._kind.place)  # noqa: SLF001 (one of its own kind)
        return made

    def _carry(self, before: Rows, changed: Pairs, place: Callable[[Row], tuple[Any, ...]]) -> None:
        """Take over the orders and groups that were asked for; another thread may add one meanwhile."""
        orders, groups = [*before._orders.items()], [*before._groups.items()]
        self._orders = {name: order.moved(self._by(name), changed) for name, order in orders}
        self._groups = {name: _moved(held, name, place, changed) for name, held in groups}

    def anew(self, rows: list[Row], changed: Collection[Any]) -> Rows:
        """Return the list with these rows, in their order; the texts of those of the keys `changed` are others."""
        fresh = dict.fromkeys(changed) | {row[self._kind.key]: row for row in rows}
        return self._copy(rows, fresh, told=changed)

    def _copy(
        self,
        rows: list[Row],
        fresh: Mapping[Any, Row | None],
        *,
        told: Collection[Any] | None = None,
        own: _Order | None = None,
    ) -> Rows:
        """Return the list with other rows; `told` are the keys of those whose text is another (None: of all)."""
        made = Rows(self._kind, ())
        made._rows, made._at, made._texts = rows, self._at.copy(), self._texts.copy()
        made._own = own
        for key, row in fresh.items():
            if row is None:
                made._at.pop(key, None)
                made._texts.pop(key, None)
            else:
                made._at[key] = row
                if told is None or key in told or key not in made._texts:
                    made._texts[key] = fold(self._kind.text(row))
        return made

    def _by(self, name: str) -> Callable[[Row], tuple[Any, ...]]:
        key = self._kind.key

        def place(row: Row) -> tuple[Any, ...]:
            value = row[name]
            if value is None:
                return (*_UNKNOWN, row[key])
            if isinstance(value, str):
                value = value.casefold()
            elif isinstance(value, list):
                is_money = bool(value) and isinstance(value[0], dict)
                value = sum(one["amount_micros"] for one in value) if is_money else len(value)
            return (False, value, row[key])

        return place


def _values(row: Row, name: str) -> Collection[Any]:
    value = row[name]
    return dict.fromkeys(value) if isinstance(value, list) else (value,)


def _moved(
    groups: Mapping[Any, list[Row]], name: str, place: Callable[[Row], tuple[Any, ...]], changed: Pairs
) -> dict[Any, list[Row]]:
    """Return groups with other rows, each in the place of its list; those that nothing is changed of are the same."""
    found, own = {**groups}, set[Any]()
    for old, new in changed:
        for row, gone in ((old, 1), (new, 0)):
            if row is None:
                continue
            for one in _values(row, name):
                if one not in own:
                    own.add(one)
                    found[one] = [*found.get(one, ())]
                at = bisect_left(found[one], place(row), key=place)
                found[one][at : at + gone] = [] if gone else [row]
    return {one: rows for one, rows in found.items() if rows}


#: What begins the place of a row without a value.
_UNKNOWN = (True,)

"""How one statement is written: dates, decimals, sign and currency, settled from whole columns, never by row."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from functools import lru_cache

from connectors.amounts import CURRENCIES, DecimalVotes, currency_in, is_negative
from connectors.card_columns import CARD_COLUMNS, SETTINGS, is_held, is_payment, is_undone, side
from connectors.formats import Context
from connectors.formats import text as known
from connectors.tables import Layout, Table, fold_header
from connectors.times import ORDERS, OrderVotes
from model.errors import ConfigError, WrongFormat

_EMPTY = frozenset({"-", "--", "?", "#n/d", "#n/a", "#ref!", "#value!", "unknown", "undefined"})
_ORDER_WORDS = {"ymd": "year-month-day", "dmy": "day/month/year", "mdy": "month/day/year"}
_CHARGES = {
    "positive": "charges positive",
    "negative": "charges negative",
    "typed": "unsigned, charges and refunds told apart by the type column",
    "columns": "charges in the debit column",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """The settled form of one statement. `parted` are the references that several different rows share."""

    date_order: str
    decimal: str
    charges: str
    currency: str | None
    columns: frozenset[str]
    parted: frozenset[str]


def clean(row: Mapping[str, str]) -> dict[str, str]:
    """Return the row without blank cells and what spreadsheets and exporters write for nothing."""
    return {name: found for name, found in row.items() if len(found) > 12 or not _is_empty(found)}


@lru_cache(maxsize=1 << 14)
def _is_empty(found: str) -> bool:
    return known(found) is None or found.casefold() in _EMPTY


def direction(row: Mapping[str, str]) -> int:
    """Return 1 where the row's type (else its status) says money out, -1 for money back, 0 where neither."""
    return side(fold_header(row.get("type", ""))) or side(fold_header(row.get("status", "")))


def apart(row: Mapping[str, str]) -> str | None:
    """Return why a row is no final charge: `declined`, `pending` or `payment`; the last only counts for a credit."""
    status, kind = fold_header(row.get("status", "")), fold_header(row.get("type", ""))
    if is_undone(status):
        return "declined"
    if is_held(status) or is_held(kind):
        return "pending"
    return "payment" if is_payment(kind) or is_payment(status) else None


class Survey:
    """Looks through a whole statement once."""

    def __init__(self, context: Context) -> None:
        self._context = context
        self._orders = OrderVotes((context.now + timedelta(days=2)).date())
        self._decimals = DecimalVotes()
        self._signs: Counter[int] = Counter()
        self._sides: Counter[int] = Counter()
        self._told: Counter[int] = Counter()
        self._currencies: Counter[str | None] = Counter()
        self._alike: set[str] = set()
        self._rows_by_reference: dict[int, int] = {}
        self._parted: set[str] = set()

    def add(self, row: Mapping[str, str]) -> None:
        """Take one row into account."""
        if "date" in row:
            self._orders.add(row["date"])
        for name in ("amount", "debit", "credit", "original_amount"):
            if row.get(name):
                self._decimals.add(row[name])
        self._currencies[row_currency(row)] += 1
        if row.get("amount") and row.get("amount") == row.get("original_amount"):
            self._alike.add(row.get("original_currency", ""))
        self._add_sign(row)
        self._add_reference(row)

    def _add_sign(self, row: Mapping[str, str]) -> None:
        negative = is_negative(row.get("amount", ""))
        if negative is None or apart(row):
            return
        sign, told = -1 if negative else 1, direction(row)
        self._signs[sign] += 1
        self._sides[told] += 1
        self._told[sign * told] += 1

    def _add_reference(self, row: Mapping[str, str]) -> None:
        reference = row.get("reference")
        if reference:
            content = hash((row.get("date"), row.get("amount"), row.get("merchant")))
            if self._rows_by_reference.setdefault(hash(reference), content) != content:
                self._parted.add(reference)

    def form(self, layout: Layout) -> Form:
        """Return the form; the profile goes before what was seen.

        Raises ConfigError for a setting that is none, WrongFormat where no row and no setting names a currency.
        """
        currency = self._currency(layout)
        return Form(
            date_order=self._chosen("date_order", ORDERS) or self._date_order(currency),
            decimal=self._chosen("decimal", (".", ",")) or self._decimal(),
            charges=self._chosen("charges", ("positive", "negative")) or self._charges(layout),
            currency=currency,
            columns=frozenset(layout.index),
            parted=frozenset(self._parted),
        )

    def _chosen(self, name: str, allowed: tuple[str, ...]) -> str | None:
        given = self._context.profile.get(name)
        if given is not None and given not in allowed:
            raise ConfigError(f"{name}: give one of {' '.join(allowed)}")
        return given

    def _currency(self, layout: Layout) -> str | None:
        """Return the currency of rows that name none, where there are such rows."""
        if self._currencies and None not in self._currencies:
            return None
        header = fold_header(layout.headers.get("amount") or layout.headers.get("debit", "")).upper().rpartition(" ")[2]
        profile = self._context.profile.get("default_currency")
        alike = "".join(self._alike).strip().upper()  # of several, no code
        seen = next((code for code in (header, self._context.currency, alike) if code in CURRENCIES), None)
        found = profile or seen
        if found is None and set(self._currencies) == {None}:
            raise WrongFormat("no currency: pass --set default_currency=GBP, or whichever it is")
        return found.strip().upper() if found else None

    def _date_order(self, currency: str | None) -> str:
        order = self._orders.order()
        if order is None:
            order = "mdy" if (currency or self._main_currency()) == "USD" else "dmy"
            self._context.note(
                f"no date tells day and month apart: read as {_ORDER_WORDS[order]} (--set date_order=...)"
            )
        return order

    def _main_currency(self) -> str | None:
        return max(self._currencies, key=self._currencies.__getitem__, default=None)

    def _decimal(self) -> str:
        decimal = self._decimals.likely()
        if self._decimals.doubtful:
            self._context.note(f"no amount tells its decimal mark: read as '{decimal}' (--set decimal=...)")
        return decimal

    def _charges(self, layout: Layout) -> str:
        if "amount" not in layout.index:
            return "columns"
        # A column of one word only ("credit" in each row) tells nothing of the direction.
        if not self._signs[-1] and self._sides[1] and self._sides[-1]:
            return "typed"
        if self._told[1] != self._told[-1] and self._sides[-1] * 2 <= self._sides.total():
            return "positive" if self._told[1] > self._told[-1] else "negative"
        if self._signs[-1] and self._signs[-1] >= self._signs[1] * 0.5:
            self._context.note(
                "charges and refunds are nearly as many: see whether the sign is right (--set charges=...)"
            )
        return "negative" if self._signs[-1] > self._signs[1] else "positive"


def row_currency(row: Mapping[str, str]) -> str | None:
    """Return the currency that a row itself names: its column, or the sign beside its amount."""
    given = row.get("currency")
    if given is None:
        amount = row.get("amount") or row.get("debit") or row.get("credit") or ""
        return None if amount[:1].isdecimal() and amount[-1:].isdecimal() else currency_in(amount)
    upper = given.upper()
    return upper if upper in CURRENCIES else currency_in(given) or (None if given in {"$", "¥"} else given)


def describe(table: Table, form: Form) -> str:
    """Say in one line how the statement is read."""
    layout = table.layout
    told = {at: name for name, at in reversed(list(layout.index.items()))}
    columns = ", ".join(f"{name}={layout.headers[name]}" for at, name in reversed(list(told.items())))
    separator = "tab" if layout.separator == "\t" else layout.separator
    parts = (
        f"columns: {columns}",
        f"separator {separator}",
        f"encoding {table.encoding}",
        f"dates {_ORDER_WORDS[form.date_order]}",
        "decimal point" if form.decimal == "." else "decimal comma",
        _CHARGES[form.charges],
        *([f"currency {form.currency} where none is given"] if form.currency else []),
    )
    return "; ".join(parts)


def unknown_settings(profile: Mapping[str, str]) -> list[str]:
    """Return the names in a profile that mean nothing to a card statement."""
    return sorted(set(profile) - set(CARD_COLUMNS.synonyms) - set(SETTINGS))

"""FOCUS bills in bulk: one SQL text rolls up a file, however many rows it has; only the roll-up comes back.

`ROLLUP` is written for DuckDB and holds plain aggregates only, so that the same text, transpiled by sqlglot, runs where
a bill lies in a warehouse (Spark, BigQuery). What differs between files (types, spellings, the columns that are there)
is settled before it, in the expressions that `source` gives for each column.

Columns and their meaning: FOCUS specification 1.0 to 1.2, https://focus.finops.org/.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_EVEN, Decimal
from decimal import Context as Arithmetic
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Any, NamedTuple
from uuid import uuid4

import duckdb

from model.errors import WrongFormat

#: The columns that a roll-up reads; only the required ones must be there (see `connectors.focus`).
TEXTS = (
    "BillingAccountId",
    "BillingCurrency",
    "ChargeCategory",
    "InvoiceIssuerName",
    "ProviderName",
    "PublisherName",
    "ServiceName",
    "SubAccountId",
    "SubAccountName",
)
TIMES = ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd")
COLUMNS = ("BilledCost", *TIMES, *TEXTS)

#: The roll-up over a relation `focus` with the columns above. The sum is exact; it is rounded once, where it is read.
ROLLUP = """
SELECT
    BillingPeriodStart AS period_start,
    BillingAccountId AS account,
    SubAccountId AS sub_account,
    ProviderName AS provider,
    PublisherName AS publisher,
    InvoiceIssuerName AS issuer,
    ServiceName AS service,
    ChargeCategory AS category,
    BillingCurrency AS currency,
    MAX(BillingPeriodEnd) AS period_end,
    MAX(SubAccountName) AS sub_account_name,
    MIN(ChargePeriodStart) AS first_charge,
    MAX(ChargePeriodEnd) AS last_charge,
    SUM(CAST(BilledCost AS DECIMAL(38, 12))) AS amount,
    COUNT(BilledCost) AS amounts,
    COUNT(*) AS charges
FROM focus
GROUP BY BillingPeriodStart, BillingAccountId, SubAccountId, ProviderName, PublisherName, InvoiceIssuerName,
    ServiceName, ChargeCategory, BillingCurrency
"""

#: So few rows of a roll-up are handed on at a time that they are in the processor's cache when they are looked at.
_BATCH = 512
#: Sums of DECIMAL(38, 12) have up to 38 digits; Python's own arithmetic would round at 28.
_EXACT = Arithmetic(prec=80, rounding=ROUND_HALF_EVEN)


class Rolled(NamedTuple):
    """One row of the roll-up; `amounts` of `charges` rows have an amount, and `amount` is their exact sum."""

    period_start: datetime | None
    account: str | None
    sub_account: str | None
    provider: str | None
    publisher: str | None
    issuer: str | None
    service: str | None
    category: str | None
    currency: str | None
    period_end: datetime | None
    sub_account_name: str | None
    first_charge: datetime | None
    last_charge: datetime | None
    amount: Decimal | None
    amounts: int
    charges: int


#: A `Rolled` as the engine gives it: a bill may have so many that to wrap each would take longer than to add them up.
Row = tuple[Any, ...]
#: How many of the first fields tell one row of a roll-up from another.
KEYS = 9
_KEY = itemgetter(slice(KEYS))
#: What a bill writes for nothing, folded; see `connectors.formats.text`, which reads what comes back.
_NOTHING = "('', 'null', 'none', 'n/a', 'unknown app')"
#: `$10,000.00 `, `-3.5`, `1.5E-7`: a currency sign and thousands commas are allowed, a decimal comma is not.
_AMOUNT = r"^[-+]?\$?[-+]?([0-9]{1,3}(,[0-9]{3})+|[0-9]*)(\.[0-9]*)?([eE][-+]?[0-9]{1,3})?$"
_SLASHED = {
    "mdy": "['%m/%d/%y', '%m/%d/%Y', '%m/%d/%y %H:%M', '%m/%d/%Y %H:%M', '%m/%d/%Y %H:%M:%S']",
    "dmy": "['%d/%m/%y', '%d/%m/%Y', '%d/%m/%y %H:%M', '%d/%m/%Y %H:%M', '%d/%m/%Y %H:%M:%S']",
}
_FAULT = f"""CASE WHEN BilledCost IS NULL THEN 'no BilledCost'
    WHEN lower(trim(coalesce(BillingCurrency, ''))) IN {_NOTHING} THEN 'no BillingCurrency'
    WHEN BillingPeriodStart IS NULL THEN 'no BillingPeriodStart'
    WHEN lower(trim(coalesce(BillingAccountId, ''))) IN {_NOTHING} THEN 'no BillingAccountId' END"""


class Source(NamedTuple):
    """Where rows come from: a FROM clause with the parameter `$file`, and an expression for each column there is."""

    table: str
    columns: Mapping[str, str]

    def cte(self) -> str:
        """Return `WITH focus AS (...)`; a column that is not there is NULL."""
        listed = ", ".join(f"{self.columns.get(name, 'NULL')} AS {name}" for name in COLUMNS)
        return f"WITH focus AS (SELECT {listed} FROM {self.table})"


def source(table: str, found: Mapping[str, tuple[str, str]], order: str) -> Source:
    """Return a source. `found` gives for each FOCUS column its name in the file and its type in the engine."""
    return Source(table, {name: _typed(name, _quoted(own), kind, order) for name, (own, kind) in found.items()})


def _typed(name: str, own: str, kind: str, order: str) -> str:
    if name in TEXTS:
        return f"CAST({own} AS VARCHAR)"
    if name in TIMES:
        return _moment(own, order) if kind == "VARCHAR" else _stamped(own, kind)
    return _amount(own) if kind == "VARCHAR" else f"TRY_CAST({own} AS DECIMAL(38, 12))"


def _stamped(own: str, kind: str) -> str:
    if kind.startswith("TIMESTAMP"):
        return f"make_timestamp(epoch_us({own}))" if "TIME ZONE" in kind else own
    return f"TRY_CAST({own} AS TIMESTAMP)"


def _amount(own: str) -> str:
    bare = f"replace(replace(trim({own}), '$', ''), ',', '')"
    return f"CASE WHEN regexp_matches(trim({own}), '{_AMOUNT}') THEN TRY_CAST({bare} AS DECIMAL(38, 12)) END"


def _moment(own: str, order: str) -> str:
    # A cast to TIMESTAMP leaves an offset out without a word.
    return (
        f"CASE WHEN contains({own}, '/') THEN try_strptime(trim({own}), {_SLASHED[order]})"
        f" WHEN regexp_matches({own}, '[0-9][+-][0-9][0-9]:?[0-9][0-9]\\s*$') AND contains({own}, ':')"
        f" THEN make_timestamp(epoch_us(TRY_CAST({own} AS TIMESTAMP WITH TIME ZONE)))"
        f" ELSE TRY_CAST({own} AS TIMESTAMP) END"
    )


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def csv_table(names: Sequence[str], separator: str, skip: int) -> str:
    """Return the FROM clause of a text table: all its columns by position, as they stand, after `skip` lines."""
    listed = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(names)))
    delim = separator.replace("'", "''")
    return (
        f"read_csv($file, columns = {{{listed}}}, auto_detect = false, header = false, skip = {skip},"
        f" delim = '{delim}', quote = '\"', escape = '\"', nullstr = '', strict_mode = true,"
        " max_line_size = 16777216, parallel = false)"
    )


PARQUET = "read_parquet($file)"


class Engine:
    """One DuckDB engine: single-threaded, with a memory limit; what does not fit spills to a folder of its own."""

    def __init__(self, *, memory_mb: int = 256, threads: int = 1) -> None:
        """Open it."""
        spill = Path(tempfile.gettempdir()) / f"ostiary-focus-{uuid4().hex}"
        self._con = duckdb.connect(
            config={"threads": threads, "memory_limit": f"{memory_mb}MB", "temp_directory": str(spill)}
        )

    def parquet_columns(self, path: str) -> dict[str, str]:
        """Return name -> type of a Parquet file's columns. Raises WrongFormat where it cannot be opened."""
        try:
            rows = self._con.execute(f"DESCRIBE SELECT * FROM {PARQUET}", {"file": path}).fetchall()
        except duckdb.Error:
            raise WrongFormat("the Parquet file breaks off or is damaged: export it again") from None
        return {str(row[0]): str(row[1]) for row in rows}

    def periods(self, found: Source, raw: str, path: str) -> list[str]:
        """Return the distinct spellings of billing periods' first day in the column `raw`. Raises EngineRefused."""
        sql = f"SELECT DISTINCT {raw} FROM {found.table} WHERE {raw} IS NOT NULL LIMIT 1000"
        try:
            return [str(row[0]) for row in self._con.execute(sql, {"file": path}).fetchall()]
        except duckdb.Error as error:
            raise EngineRefused from error

    def roll_up(self, found: Source, path: str) -> Iterator[list[Row]]:
        """Yield a file's roll-up in batches; the engine has read all of it before the first. Raises EngineRefused."""
        try:
            cursor = self._con.execute(found.cte() + ROLLUP, {"file": path})
            while rows := cursor.fetchmany(_BATCH):
                yield rows
        except duckdb.Error as error:
            raise EngineRefused from error

    def faults(self, found: Source, path: str, limit: int) -> list[tuple[int, str]]:
        """Return the first rows that cannot be used, as number from 1 and reason."""
        sql = f"SELECT n, {_FAULT} AS why FROM (SELECT row_number() OVER () AS n, * FROM focus) WHERE why IS NOT NULL"
        rows = self._con.execute(f"{found.cte()} {sql} ORDER BY n LIMIT {limit}", {"file": path}).fetchall()
        return [(int(number), str(why)) for number, why in rows]


@cache
def engine() -> Engine:
    """Return this process's engine: to open one takes as long as to read a small bill."""
    return Engine()


class EngineRefused(Exception):
    """The engine cannot read this file; a slower reader may."""


def merged(rows: Sequence[Row]) -> list[Row]:
    """Return rows of several files, or parts, as one roll-up: exact sums, so it matters not how a bill was cut."""
    known: dict[Row, int] = {}
    first = map(known.setdefault, map(_KEY, rows), range(len(rows)))
    again = {at: place for at, place in enumerate(first) if place != at}
    found = [*rows]
    for at, place in again.items():
        found[place] = _added(found[place], rows[at])
    return [row for at, row in enumerate(found) if at not in again] if again else found


def _added(one: Row, other: Row) -> Row:
    ends, name, first, last = map(_chosen, _CHOICES, one[KEYS:], other[KEYS:])
    amount = _EXACT.add(one[-3] or Decimal(0), other[-3] or Decimal(0))
    return (*one[:KEYS], ends, name, first, last, amount, one[-2] + other[-2], one[-1] + other[-1])


#: How the fields after the keys are joined: end of the period, name of the sub account, first and last charge.
_CHOICES: tuple[Callable[[Any, Any], Any], ...] = (max, max, min, max)


def _chosen(choose: Callable[[Any, Any], Any], one: Any, other: Any) -> Any:
    if one is None or other is None:
        return other if one is None else one
    return choose(one, other)


def micros(amount: Decimal) -> int:
    """Return an exact sum in millionths, rounded half-even: the one time that a bill is rounded."""
    return int(_EXACT.quantize(_EXACT.scaleb(amount, 6), Decimal(1)))

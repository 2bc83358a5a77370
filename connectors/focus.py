"""FOCUS: cloud and software bills in the FinOps Open Cost and Usage Specification, as CSV or Parquet.

The engine rolls a file up (`connectors.bulk.focus`); a text table that it cannot read goes through the reader of tables
first, row by row, and then through the same roll-up. Fields and their meaning: FOCUS specification 1.0, 1.1 and 1.2,
https://focus.finops.org/. BilledCost is what is on the invoice; from 1.2 on it is 0 where a third party is paid.
"""

from __future__ import annotations

import csv
import hashlib
import re
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from pathlib import Path
from typing import BinaryIO

from connectors.amounts import CURRENCIES
from connectors.bulk import focus as bulk
from connectors.bulk.focus import Engine, EngineRefused, Rolled, Row, Source
from connectors.formats import Bad, Context, Format, Raw, present, text
from connectors.tables import Columns, Table, fold_header, header_names, open_table
from connectors.wire import stamp
from model.errors import Malformed, WrongFormat
from model.signal import AppIdentity, Signal, SignalKind, fold
from model.stream import BILL_SUFFIX, Mode, Stream

BILLS = Stream(
    name="bills",
    kinds=(SignalKind.CHARGE,),
    mode=Mode.SNAPSHOT,
    permissions=("read the FOCUS export",),
    remedy="Export the whole billing period again, and ingest all files of the export in one call.",
    closes="bill",
)

#: What the id of a bill's record ends in: a slash and this many hexadecimal digits; before it stands the bill.
_OWN = BILL_SUFFIX - 1
_LONG = 100
#: How many bad rows of a file are told with their number; all are counted.
_TOLD = 1_000
#: The first day of a month, where the day stands first and where it stands second.
_FIRST_DAY = (r"\s*0?1/[0-9]{1,2}/", r"\s*[0-9]{1,2}/0?1/")
_PERIOD, _ACCOUNT, _CURRENCY, _AMOUNT, _AMOUNTS, _CHARGES = (
    Rolled._fields.index(name) for name in ("period_start", "account", "currency", "amount", "amounts", "charges")
)
#: The names by which rows are told apart, from the account to the currency.
_NAMES = itemgetter(slice(1, bulk.KEYS))
#: Amounts are kept in millionths, in 64 bits.
_LARGEST = Decimal(2**63) / 10**6 - 1
_PACKED = (b"\x1f\x8b", b"\x28\xb5\x2f\xfd")
_PARQUET = b"PAR1"
_REQUIRED = ("BilledCost", "BillingAccountId", "BillingCurrency", "BillingPeriodStart")


def _spellings(name: str) -> str:
    """`BilledCost`, and its display name `Billed Cost`, which also stands for `billed_cost`."""
    apart = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return f"{name} | {apart} | {apart.removesuffix(' Name')}" if name.endswith("IssuerName") else f"{name} | {apart}"


_COLUMNS = Columns(
    synonyms=header_names({name: _spellings(name) for name in bulk.COLUMNS}),
    required=tuple((name,) for name in _REQUIRED),
)


def read(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
    """Yield the file's roll-up in batches of rows; each batch stands for `count` rows of the bill, as does what is bad.

    Raises WrongFormat for what is no such bill, AccessDenied for a saved refusal, Interrupted where it breaks off.
    """
    engine = bulk.engine()
    with _plain(data, context) as path:
        with path.open("rb") as file:
            parquet = file.read(4) == _PARQUET
        rolled = _parquet(engine, path, context) if parquet else _table(engine, path, context)
        yield from rolled


@contextmanager
def _plain(data: BinaryIO, context: Context) -> Iterator[Path]:
    """Give a file that the engine can read as it stands: the input's own, or an unpacked copy, gone afterwards."""
    if context.path is not None:
        with context.path.open("rb") as file:
            head = file.read(4)
        if not head.startswith(_PACKED):
            yield context.path
            return
    with tempfile.TemporaryDirectory(prefix="ostiary-focus-") as folder:
        copy = Path(folder) / "bill"
        with copy.open("wb") as out:
            shutil.copyfileobj(data, out, 1 << 20)
        yield copy


def _parquet(engine: Engine, path: Path, context: Context) -> Iterator[Raw | Bad]:
    kinds = engine.parquet_columns(str(path))
    folded = {fold_header(name): name for name in reversed(kinds)}
    found = {}
    for name, spellings in _COLUMNS.synonyms.items():
        own = next((folded[s] for s in spellings if s in folded), None)
        if own is not None:
            found[name] = (own, kinds[own])
    missing = [name for name in _REQUIRED if name not in found]
    if missing:
        raise WrongFormat(f"the Parquet file has no column {', '.join(missing)}")
    try:
        yield from _rolled(engine, bulk.source(bulk.PARQUET, found, _order(context)), path, 0)
    except EngineRefused:
        raise WrongFormat("the Parquet file is damaged, or its columns are not those of FOCUS") from None


def _order(context: Context) -> str:
    return "dmy" if context.profile.get("date_order") == "dmy" else "mdy"


def _table(engine: Engine, path: Path, context: Context) -> Iterator[Raw | Bad]:
    """Read a text table: all of it in the engine, or where that refuses cell by cell."""
    with path.open("rb") as file:
        layout = open_table(file, _COLUMNS, context).layout
    found = {name: (f"c{at}", "VARCHAR") for name, at in layout.index.items()}
    table = bulk.csv_table(layout.cells, layout.separator, layout.line)
    try:
        rolled = list(_rolled(engine, _dated(engine, table, found, path, context), path, layout.line))
    except EngineRefused:
        yield from _slowly(engine, path, context)
    else:
        yield from rolled


def _dated(engine: Engine, table: str, found: dict[str, tuple[str, str]], path: Path, context: Context) -> Source:
    """Return the source, with the order of day and month that its billing periods show. Raises EngineRefused.

    They begin on the first day of a month.
    """
    settled = bulk.source(table, found, _order(context))
    if "date_order" in context.profile:
        return settled
    spelled = engine.periods(settled, f'"{found["BillingPeriodStart"][0]}"', str(path))
    first, second = (sum(re.match(form, day) is not None for day in spelled) for form in _FIRST_DAY)
    return bulk.source(table, found, "dmy" if first > second else "mdy")


def _slowly(engine: Engine, path: Path, context: Context) -> Iterator[Raw | Bad]:
    """Read cell by cell what the engine refuses: another encoding, rows of another width, stray quotation marks."""
    with path.open("rb") as file, tempfile.TemporaryDirectory(prefix="ostiary-focus-") as folder:
        table = open_table(file, _COLUMNS, context)
        copy = Path(folder) / "rows.csv"
        numbers: list[int] = []
        yield from _copied(table, copy, numbers)
        if table.encoding.odd:
            context.note(f"encoding {table.encoding}")
        if not numbers:
            return
        found = {name: (f"c{at}", "VARCHAR") for at, name in enumerate(bulk.COLUMNS) if name in table.layout.index}
        try:
            source = _dated(engine, bulk.csv_table(bulk.COLUMNS, ",", 0), found, copy, context)
            for item in _rolled(engine, source, copy, 0):
                yield Bad(numbers[item.number - 1], item.reason, item.count) if isinstance(item, Bad) else item
        except EngineRefused:
            raise WrongFormat("the table cannot be added up: an amount is too large, or a cell too long") from None


def _copied(table: Table, copy: Path, numbers: list[int]) -> Iterator[Bad]:
    """Write the rows' cells that matter, a line a row, and remember the number of each; yield the rows that are bad."""
    with copy.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n", quoting=csv.QUOTE_ALL)
        for row in table.rows():
            if isinstance(row, Bad):
                yield row
            elif row.data:
                numbers.append(row.number)
                writer.writerow([row.data.get(name, "") for name in bulk.COLUMNS])


def _rolled(engine: Engine, source: Source, path: Path, before: int) -> Iterator[Raw | Bad]:
    """Yield the roll-up in batches; rows that cannot be used are left out, and told with their number in the file."""
    bad = 0
    for number, rows in enumerate(engine.roll_up(source, str(path)), start=1):
        good = rows
        if not _all_usable(rows):
            good = [found for row in rows if (found := _usable(row)) is not None]
            bad += sum(row[_CHARGES] for row in rows) - sum(row[_AMOUNTS] for row in good)
        count = sum(row[_AMOUNTS] for row in good)
        if good:
            yield Raw(number, good, count)
    if bad:
        told = engine.faults(source, str(path), _TOLD)
        yield from (Bad(n + before, why) for n, why in told)
        if bad > len(told):
            yield Bad(told[-1][0] + before if told else before, "further rows like these", bad - len(told))


def _all_usable(rows: list[Row]) -> bool:
    """Whether all rows can be taken as they are; a bill has many rows and few names."""
    whole = all(
        row[_AMOUNTS] == row[_CHARGES] and row[_PERIOD] is not None and row[_ACCOUNT] and row[_CURRENCY] for row in rows
    )
    return whole and all(map(_is_clean, set(chain.from_iterable(map(_NAMES, rows)))))


@lru_cache(maxsize=1 << 15)  # the batches and files of a bill have the same names
def _is_clean(name: str | None) -> bool:
    return name is None or text(name) == name


def _usable(row: Row) -> Row | None:
    """Return a row of the roll-up without the rows of the bill that have no amount, None where nothing is left.

    What a bill writes for nothing becomes None.
    """
    found = Rolled._make(text(value) if isinstance(value, str) else value for value in row)
    if found.period_start is None or found.account is None or found.currency is None or not found.amounts:
        return None
    return found._replace(charges=found.amounts)


def merge(batches: Sequence[list[Row]]) -> list[list[Row]]:
    """Return what all files of a run hold as one roll-up: a bill may be cut into several files.

    A row whose amount cannot be kept stands in a batch of its own.
    """
    rows = bulk.merged([*chain.from_iterable(batches)])
    amounts = [row[_AMOUNT] for row in rows]
    if not rows or -_LARGEST < min(amounts) <= max(amounts) < _LARGEST:
        return [rows]
    large = [row for row in rows if not -_LARGEST < row[_AMOUNT] < _LARGEST]
    return [[row for row in rows if row not in large], *([row] for row in large)]


def charges(rows: list[Row], _context: Context) -> Iterator[Signal]:
    """Translate rows of the roll-up, each into one charge; `seen_at` is the first moment of the billing period.

    `native_id` is `DAY/ACCOUNT/DIGEST`: what stands before the digest names the bill. Raises Malformed where a sum does
    not fit into 64 bits.
    """
    return (_charge(Rolled._make(row)) for row in rows)


def _charge(row: Rolled) -> Signal:
    begin = row.period_start
    account, currency = text(row.account), text(row.currency)
    if begin is None or account is None or currency is None:
        raise Malformed("no billing period, account or currency")
    begin = begin.replace(tzinfo=UTC)
    known = currency.upper() in CURRENCIES
    publisher, provider, service = text(row.publisher), text(row.provider), text(row.service)
    vendor = publisher or provider
    return Signal(
        stream=BILLS.name,
        kind=SignalKind.CHARGE,
        native_id=f"{begin:%Y-%m-%d}/{_named(account)}/{_digest(row)}",
        seen_at=begin,
        app=AppIdentity(
            app_id="/".join((provider or "", publisher or "", service or "")) if provider or publisher else None,
            product_code=service if _is_resold(row) else None,
            label=service or vendor or text(row.issuer) or account,
            vendor=vendor,
        ),
        facts=present(
            amount_micros=_micros(row.amount),
            currency=currency.upper() if known else currency,
            virtual=None if known else True,
            account=account,
            sub_account=text(row.sub_account),
            sub_account_name=text(row.sub_account_name),
            provider=provider,
            issuer=text(row.issuer),
            category=text(row.category),
            period_end=_time(row.period_end),
            charged_from=_time(row.first_charge),
            charged_to=_time(row.last_charge),
        ),
    )


def _is_resold(row: Rolled) -> bool:
    """Whether the service is somebody else's, as on a marketplace: its publisher neither provides nor bills it."""
    publisher = text(row.publisher)
    others = {fold(name) for name in (text(row.provider), text(row.issuer)) if name}
    return publisher is not None and bool(others) and fold(publisher) not in others


def _named(account: str) -> str:
    """Return an account as part of an id; one that holds an address, or is very long, is told by its digest."""
    plain = len(account) <= _LONG and "@" not in account
    return account if plain else hashlib.blake2b(account.encode(errors="replace"), digest_size=8).hexdigest()


def _digest(row: Rolled) -> str:
    told = [None if value is None else str(value) for value in row[2:9]]
    return hashlib.blake2b(repr(told).encode(), digest_size=_OWN // 2).hexdigest()


def _micros(amount: Decimal | None) -> int:
    if amount is None or not -_LARGEST < amount < _LARGEST:
        raise Malformed("the amount is too large")
    return bulk.micros(amount)


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else stamp(moment.replace(tzinfo=UTC))


FORMATS = (
    Format(
        name="focus",
        about="bills in FOCUS 1.0 to 1.2 (FinOps Open Cost and Usage Specification): CSV or Parquet",
        system="focus",
        streams=(BILLS,),
        read=read,
        merge=merge,
        translate=charges,
    ),
)

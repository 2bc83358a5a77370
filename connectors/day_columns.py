"""Tables with days in them: the order of day, month and year is settled from the whole file first."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import BinaryIO

from connectors.formats import Bad, Context, Raw
from connectors.tables import Columns, open_table, read_table, spooled
from connectors.times import LAST_YEAR, ORDERS, OrderVotes
from model.errors import ConfigError


def read_with_order(stream: BinaryIO, columns: Columns, days: tuple[str, ...], context: Context) -> Iterator[Raw | Bad]:
    """Yield the rows as `read_table` does, with the file's `order` beside the cells.

    Taken from the setting `date_order`, else from the cells of the `days`; day first where nothing tells, with a note.
    Raises ConfigError for an order that is none, and what `read_table` raises.
    """
    with spooled(stream) as (copy, broken):
        order = _settled_order(copy, columns, days, context)
        copy.seek(0)
        for row in read_table(copy, columns, context):
            yield row if isinstance(row, Bad) else Raw(row.number, {**row.data, "order": order})
        if broken:
            raise broken


def _settled_order(copy: BinaryIO, columns: Columns, days: tuple[str, ...], context: Context) -> str:
    given = context.profile.get("date_order")
    if given is not None and given not in ORDERS:
        raise ConfigError(f"date_order: give one of {' '.join(ORDERS)}")
    votes = OrderVotes(date(LAST_YEAR, 12, 31))  # a review or the end of a contract may well lie ahead
    for row in open_table(copy, columns, context).rows():
        for name in days:
            if isinstance(row, Raw) and row.data.get(name):
                votes.add(row.data[name])
    order = given or votes.order()
    if order is None:
        context.note("no date tells day and month apart: read as day/month/year (--set date_order=...)")
    return order or "dmy"

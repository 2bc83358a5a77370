"""What people enter beside decisions: forecasts kept, hours spent, outcomes. Rows are only ever added."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, text

from storage.tables import metadata
from storage.times import iso, month_text
from storage.words import clean

_FORECAST, _ACTUAL, _OUTCOME = (metadata.tables[name] for name in ("forecast", "forecast_actual", "outcome"))
#: The tables, each with a column `tool_id`.
TABLES = ("forecast", "forecast_actual", "outcome")


def add_forecast(connection: Connection, row: Mapping[str, Any]) -> int:
    """Keep a forecast: at, tool_id, by, currency, quote, low, likely, high, given (dict), points (list)."""
    packed = {name: clean(json.dumps(row[name], sort_keys=True, ensure_ascii=False)) for name in ("given", "points")}
    return _added(connection, _FORECAST, dict(row) | packed)


def add_actual(connection: Connection, row: Mapping[str, Any]) -> int:
    """Keep what a point took: at, tool_id, point, minutes, factor, cost, currency, by."""
    return _added(connection, _ACTUAL, row)


def add_outcome(connection: Connection, row: Mapping[str, Any]) -> int:
    """Keep what a tool brought in a month: at, tool_id, month, leads, reach, revenue, currency, actor_id, by."""
    return _added(connection, _OUTCOME, row)


def _added(connection: Connection, table: Any, row: Mapping[str, Any]) -> int:
    key = connection.execute(insert(table).values(dict(row))).inserted_primary_key
    assert key is not None
    return int(key[0])


def last(connection: Connection) -> tuple[int, ...]:
    """Return the number of the last row of each table, 0 where there is none: they move with whatever is entered."""
    row = connection.execute(text(f"SELECT {', '.join(f'(SELECT max(id) FROM {name})' for name in TABLES)}")).one()
    return tuple(number or 0 for number in row)


def forecasts(connection: Connection, tool: str | None = None) -> list[dict[str, Any]]:
    """Return the forecasts that were kept, oldest first; `given` and `points` decoded."""
    where = "" if tool is None else " WHERE tool_id = :tool"
    bound = {} if tool is None else {"tool": tool}
    rows = connection.execute(text(f"SELECT * FROM forecast{where} ORDER BY id"), bound)
    return [dict(r._mapping) | {"given": json.loads(r.given), "points": json.loads(r.points)} for r in rows]


def actuals(connection: Connection, tool: str | None = None) -> list[dict[str, Any]]:
    """Return the hours that stand, one row a tool and point: the latest entered. In order of tools and points."""
    where = "" if tool is None else " AND a.tool_id = :tool"
    rows = connection.execute(
        text(
            "SELECT a.* FROM forecast_actual a WHERE a.id = (SELECT max(b.id) FROM forecast_actual b"
            f" WHERE b.tool_id = a.tool_id AND b.point = a.point){where} ORDER BY a.tool_id, a.point"
        ),
        {} if tool is None else {"tool": tool},
    )
    return [dict(row._mapping) for row in rows]


def outcomes(connection: Connection) -> list[dict[str, Any]]:
    """Return the outcomes that stand, one row a tool and month, the latest month first.

    A row has tool_id, tool, month (text), leads, reach, revenue (millionths), currency, entries (how many were made for
    the month, corrections among them), said_by, entered_at and entered_by.
    """
    rows = connection.execute(
        text(
            "SELECT o.*, coalesce(t.name, o.tool_id) AS tool, coalesce(a.address, a.name, a.native_id) AS said_by,"
            " (SELECT count(*) FROM outcome p WHERE p.tool_id = o.tool_id AND p.month = o.month) AS entries"
            " FROM outcome o LEFT JOIN tool t ON t.id = o.tool_id LEFT JOIN actor a ON a.id = o.actor_id"
            " WHERE o.id = (SELECT max(q.id) FROM outcome q WHERE q.tool_id = o.tool_id AND q.month = o.month)"
            " ORDER BY o.month DESC, tool, o.tool_id"
        )
    )
    named = ("tool_id", "tool", "leads", "reach", "revenue", "currency", "said_by")
    return [
        {name: getattr(row, name) for name in named}
        | {"month": month_text(row.month), "entries": int(row.entries)}
        | {"entered_at": iso(row.at), "entered_by": row.by}
        for row in rows
    ]

"""Comparison of a store with what the generator of a load says is right, group by group."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

#: An app's label and a month as YYYYMM -> events, people, first and last time in milliseconds.
Groups = dict[tuple[str, int], tuple[int, int, int, int]]

_STORED = """
    SELECT i.app ->> 'label', u.month, sum(u.successes), count(DISTINCT u.actor_id), min(u.first_at), max(u.last_at)
    FROM usage u JOIN identity i ON i.id = u.identity_id WHERE u.successes > 0 GROUP BY 1, 2"""
_OWN = """
    SELECT i.app ->> 'label', t.provisional FROM link l JOIN identity i ON i.id = l.identity_id
    LEFT JOIN tool t ON t.id = l.tool_id WHERE l.valid_to IS NULL AND i.app ->> 'label' LIKE 'Internal %'"""


@dataclass(slots=True)
class Verdict:
    """What two roll-ups differ in; nothing differs where `wrong` is empty and something was compared."""

    groups: int = 0
    events: int = 0
    wrong: list[str] = field(default_factory=list)

    @property
    def right(self) -> bool:
        """Whether all groups are there and equal."""
        return self.groups > 0 and not self.wrong


def compare(found: Mapping[Any, Any], right: Mapping[Any, Any]) -> list[str]:
    """Return one line for each key that is missing, not expected, or has other values."""
    wrong = [f"{key}: missing, should be {right[key]}" for key in right.keys() - found.keys()]
    wrong += [f"{key}: not expected: {found[key]}" for key in found.keys() - right.keys()]
    both = right.keys() & found.keys()
    return sorted(wrong + [f"{k}: {found[k]}, should be {right[k]}" for k in both if found[k] != right[k]])


def stored_groups(database: str) -> Groups:
    """Return the roll-up that a store holds, by the label under which people know an app."""
    with sqlite3.connect(database) as connection:
        return {(label, month): tuple(rest) for label, month, *rest in connection.execute(_STORED)}


def true_groups(rows: Iterable[Mapping[str, Any]]) -> Groups:
    """Return the generator's truth of `okta` in the same shape. Its times are aware, its months the first day."""
    return {
        (row["app_name"], _month(row["month"])): (
            row["events"],
            row["users"],
            _ms(row["first_seen"]),
            _ms(row["last_seen"]),
        )
        for row in rows
    }


def check_usage(database: str, rows: Iterable[Mapping[str, Any]]) -> Verdict:
    """Compare the roll-up of a store with the truth."""
    right = true_groups(rows)
    return Verdict(len(right), sum(group[0] for group in right.values()), compare(stored_groups(database), right))


def identified_in_house(database: str) -> tuple[int, list[str]]:
    """Return how many in-house apps a store knows, and those that it takes for a tool of the catalogue."""
    with sqlite3.connect(database) as connection:
        rows = connection.execute(_OWN).fetchall()
    return len(rows), [label for label, provisional in rows if provisional != 1]


def stored_money(database: str) -> tuple[int, dict[int, int]]:
    """Return how many charges a store holds, and by month (YYYYMM) their sum in micros."""
    query = "SELECT seen_at, amount_micros FROM record WHERE kind = 'charge' AND valid_to IS NULL"
    months: dict[int, int] = {}
    count = 0
    with sqlite3.connect(database) as connection:
        for seen_at, micros in connection.execute(query):
            month = _month(datetime.fromtimestamp(seen_at / 1000, UTC))
            months[month] = months.get(month, 0) + micros
            count += 1
    return count, months


def true_money(rows: Iterable[Mapping[str, Any]]) -> dict[int, int]:
    """Return the generator's truth of `card`, summed by month."""
    months: dict[int, int] = {}
    for row in rows:
        months[_month(row["month"])] = months.get(_month(row["month"]), 0) + row["micro"]
    return months


def read_truth(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a truth file."""
    import pyarrow.parquet as pq  # noqa: PLC0415 (of the test extra: only who compares needs it)

    rows: list[dict[str, Any]] = pq.read_table(path).to_pylist()
    return rows


def read_expected(path: Path) -> dict[str, Any]:
    """Return what an independent script counted in the real files."""
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def _month(day: date) -> int:
    return day.year * 100 + day.month


def _ms(at: datetime) -> int:
    return round(at.timestamp() * 1000)

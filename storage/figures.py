"""The figures of every tool, counted back from an as-of."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

from storage.times import from_ms, month_of, to_ms

_DAY_MS = 86_400_000
#: `people` counts persons of so many days.
PEOPLE_DAYS = 90


def figures(connection: Connection, as_of: int) -> list[dict[str, Any]]:
    """Return one row a tool, as the table `figures` has them: people, first and last time, sources, money.

    `as_of` is in milliseconds; nothing after it counts. Money is a JSON object currency -> millionths. People are
    distinct persons, service accounts left out; somebody whom no directory knows counts as one.
    """
    found: dict[str, dict[str, Any]] = {}
    bound = {
        "as_of": as_of,
        "cut": as_of - PEOPLE_DAYS * _DAY_MS,
        "month": month_of(as_of),
        "cut_month": month_of(as_of - PEOPLE_DAYS * _DAY_MS),
        "year_ago": year_before(as_of),
    }
    for row in connection.execute(text(_people(connection)), bound):
        found[row.tool_id] = _empty(row.tool_id) | {
            "people": row.people,
            "people_ever": row.people_ever,
        }
    for row in connection.execute(text(_SEEN), bound):
        one = found.setdefault(row.tool_id, _empty(row.tool_id))
        one["first_seen"] = min(filter(None, (one["first_seen"], row.first_at)), default=None)
        one["last_seen"] = max(filter(None, (one["last_seen"], row.last_at)), default=None)
        one["sources"] = sorted({*one["sources"], row.source})
    for row in connection.execute(text(_MONEY), bound):
        _add_money(found.setdefault(row.tool_id, _empty(row.tool_id)), row)
    return [_packed(found[tool]) for tool in sorted(found)]


def _empty(tool: str) -> dict[str, Any]:
    counts = dict.fromkeys(("people", "people_ever"), 0)
    money: dict[str, dict[str, int]] = {"spend_12m": {}, "spend_total": {}}
    return {"tool_id": tool, **counts, "first_seen": None, "last_seen": None, "sources": [], **money}


def _packed(row: dict[str, Any]) -> dict[str, Any]:
    return {k: json.dumps(v, sort_keys=True) if isinstance(v, dict | list) else v for k, v in row.items()}


def _add_money(row: dict[str, Any], found: Any) -> None:
    for name, amount in (("spend_total", found.total), ("spend_12m", found.recent)):
        if amount is not None:
            row[name][found.currency] = row[name].get(found.currency, 0) + int(amount)


def year_before(as_of: int) -> int:
    """Return the same moment a year before, in milliseconds; the 28th stands for the 29th of February."""
    at = from_ms(as_of)
    day = 28 if (at.month, at.day) == (2, 29) else at.day
    return to_ms(at.replace(year=at.year - 1, day=day))


def _people(connection: Connection) -> str:
    """Return the query of people: those who signed in, and those who hold a grant in force or given lately."""
    state = "facts::json ->> 'state'" if connection.dialect.name == "postgresql" else "json_extract(r.facts, '$.state')"
    state = state.replace("facts::json", "r.facts::json")
    return f"""
    WITH used AS (
        SELECT identity_id, actor_id, max(CASE WHEN month >= :cut_month AND last_at >= :cut THEN 1 ELSE 0 END) AS recent
        FROM usage WHERE month <= :month AND successes > 0 AND first_at <= :as_of AND actor_id <> 0
        GROUP BY identity_id, actor_id
        UNION ALL
        SELECT r.identity_id, r.actor_id, max(CASE
            WHEN s.mode = 'snapshot' AND (r.valid_to IS NULL OR r.valid_to > :as_of) THEN 1
            WHEN r.seen_at >= :cut THEN 1 ELSE 0 END)
        FROM record r JOIN stream s ON s.id = r.stream_id
        WHERE r.kind = 'grant' AND r.actor_id <> 0 AND r.seen_at <= :as_of AND coalesce({state}, '') <> 'revoked'
        GROUP BY r.identity_id, r.actor_id
    ), held AS (
        SELECT l.tool_id, p.person_id, max(u.recent) AS recent
        FROM used u JOIN link l ON l.identity_id = u.identity_id AND l.valid_to IS NULL
        JOIN actor_person p ON p.actor_id = u.actor_id AND p.valid_to IS NULL
        WHERE l.tool_id IS NOT NULL AND p.kind <> 'service' GROUP BY l.tool_id, p.person_id
    )
    SELECT tool_id, sum(recent) AS people, count(*) AS people_ever FROM held GROUP BY tool_id"""


#: A record of a snapshot that is still in force was seen again by each later reading to the end.
_SEEN = """
    WITH whole AS (
        SELECT stream_id, max(window_end) AS last_at FROM coverage
        WHERE status = 'complete' AND window_end <= :as_of GROUP BY stream_id
    ), seen AS (
        SELECT identity_id, stream_id, min(first_at) AS first_at, max(last_at) AS last_at
        FROM usage WHERE month <= :month AND first_at <= :as_of GROUP BY identity_id, stream_id
        UNION ALL
        SELECT r.identity_id, r.stream_id, min(r.seen_at), max(CASE
            WHEN s.mode = 'snapshot' AND r.valid_to IS NULL AND w.last_at > r.seen_at THEN w.last_at ELSE r.seen_at END)
        FROM record r JOIN stream s ON s.id = r.stream_id LEFT JOIN whole w ON w.stream_id = r.stream_id
        WHERE r.identity_id IS NOT NULL AND r.seen_at <= :as_of GROUP BY r.identity_id, r.stream_id
    )
    SELECT l.tool_id, src.name AS source, min(e.first_at) AS first_at,
        CASE WHEN max(e.last_at) > :as_of THEN :as_of ELSE max(e.last_at) END AS last_at
    FROM seen e JOIN link l ON l.identity_id = e.identity_id AND l.valid_to IS NULL
    JOIN stream st ON st.id = e.stream_id JOIN source src ON src.id = st.source_id
    WHERE l.tool_id IS NOT NULL GROUP BY l.tool_id, src.name"""

_MONEY = """
    SELECT l.tool_id, r.currency, sum(r.amount_micros) AS total,
        sum(CASE WHEN r.seen_at > :year_ago THEN r.amount_micros END) AS recent
    FROM record r JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL
    WHERE r.kind = 'charge' AND r.valid_to IS NULL AND r.seen_at <= :as_of AND l.tool_id IS NOT NULL
    GROUP BY l.tool_id, r.currency"""


def budgets(connection: Connection) -> list[str]:
    """Return the names of budgets (cost centres, departments) that charges carry."""
    return list(connection.scalars(text("SELECT DISTINCT budget FROM record WHERE budget IS NOT NULL ORDER BY budget")))

"""What facts are derived from: one query a kind of thing, rows by tool."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, text

_LINKED = " JOIN link l ON l.identity_id = {0}.identity_id AND l.valid_to IS NULL AND l.tool_id IS NOT NULL"
_STREAM = " JOIN stream st ON st.id = {0}.stream_id JOIN source s ON s.id = st.source_id"


def tools(connection: Connection) -> list[Any]:
    """Return every tool: id, name, category, marketing, provisional, status, noise, and when it was first seen."""
    return list(
        connection.execute(
            text("SELECT t.*, f.first_seen FROM tool t LEFT JOIN figures f ON f.tool_id = t.id ORDER BY t.id")
        )
    )


def streams(connection: Connection) -> list[Any]:
    """Return every stream with how its last run ended (status, reason), and the window of all complete runs."""
    return list(
        connection.execute(
            text(
                "SELECT s.name AS source, st.name AS stream, st.mode, c.status, c.reason, w.first_at, w.last_at"
                " FROM stream st JOIN source s ON s.id = st.source_id"
                " JOIN coverage c ON c.stream_id = st.id"
                " AND c.run_id = (SELECT max(x.run_id) FROM coverage x WHERE x.stream_id = st.id)"
                " LEFT JOIN (SELECT stream_id, min(window_start) AS first_at, max(window_end) AS last_at FROM coverage"
                " WHERE status = 'complete' GROUP BY stream_id) w ON w.stream_id = st.id ORDER BY s.name, st.name"
            )
        )
    )


def records(connection: Connection, as_of: int) -> list[Any]:
    """Return the records in force about tools, charges left out, `facts` and `app` decoded; nothing after as-of."""
    rows = connection.execute(
        text(
            "SELECT l.tool_id, r.kind, s.name AS source, st.name AS stream, st.mode, r.native_id, r.seen_at,"
            f" r.actor_id, r.identity_id, p.person_id, r.facts FROM record r{_LINKED.format('r')}{_STREAM.format('r')}"
            " LEFT JOIN actor_person p ON p.actor_id = r.actor_id AND p.valid_to IS NULL"
            " WHERE r.valid_to IS NULL AND r.kind <> 'charge' AND r.seen_at <= :as_of"
            " ORDER BY l.tool_id, r.kind, r.seen_at, r.native_id"
        ),
        {"as_of": as_of},
    )
    return [dict(row._mapping) | {"facts": json.loads(row.facts)} for row in rows]


def first_grants(connection: Connection) -> dict[tuple[str, str, str], int]:
    """Return when each grant was first seen, over all its versions, by (source, stream, native_id)."""
    rows = connection.execute(
        text(
            "SELECT s.name AS source, st.name AS stream, r.native_id, min(r.seen_at) AS at FROM record r"
            f"{_STREAM.format('r')} WHERE r.kind = 'grant' GROUP BY s.name, st.name, r.native_id"
        )
    )
    return {(row.source, row.stream, row.native_id): int(row.at) for row in rows}


def use(connection: Connection, since: int, as_of: int) -> list[Any]:
    """Return the use of each tool by each person in each stream up to as-of: month (the latest), first_at, last_at.

    `successes` and `second_factor` count since a time. The roll-up keeps months: of one that begins before the time, or
    ends after as-of, that part counts which its use would have there if it were even, but one sign-in at least.
    """
    return list(
        connection.execute(
            text(
                "SELECT l.tool_id, s.name AS source, st.name AS stream, i.key, p.person_id, p.kind,"
                " max(u.month) AS month,"
                f" sum({_within('successes', 1)}) AS successes, sum({_within('second_factor', 0)}) AS second_factor,"
                " min(u.first_at) AS first_at,"
                " max(CASE WHEN u.last_at <= :as_of THEN u.last_at ELSE u.first_at END) AS last_at"
                f" FROM usage u{_LINKED.format('u')}{_STREAM.format('u')}"
                " JOIN identity i ON i.id = u.identity_id"
                " JOIN actor_person p ON p.actor_id = u.actor_id AND p.valid_to IS NULL"
                " WHERE u.successes > 0 AND u.first_at <= :as_of"
                " GROUP BY l.tool_id, s.name, st.name, i.key, p.person_id, p.kind"
                " ORDER BY l.tool_id, s.name, st.name, i.key, p.person_id"
            ),
            {"since": since, "as_of": as_of},
        )
    )


def _within(count: str, sure: int) -> str:
    """Return SQL for what of a month's count falls between :since and :as_of; `sure` of it does so in any case."""
    lower = "CASE WHEN u.first_at < :since THEN :since ELSE u.first_at END"
    upper = "CASE WHEN u.last_at > :as_of THEN :as_of ELSE u.last_at END"
    return (
        "CASE WHEN u.last_at < :since THEN 0"
        f" WHEN u.first_at >= :since AND u.last_at <= :as_of THEN u.{count}"
        f" ELSE {sure} + (u.{count} - {sure}) * (({upper}) - ({lower})) / (u.last_at - u.first_at) END"
    )


def named_by(connection: Connection) -> list[Any]:
    """Return (tool_id, source, stream) of every stream that ever named a tool."""
    return list(
        connection.execute(
            text(
                "WITH said AS (SELECT DISTINCT identity_id, stream_id FROM usage UNION"
                " SELECT DISTINCT identity_id, stream_id FROM record WHERE identity_id IS NOT NULL)"
                f" SELECT DISTINCT l.tool_id, s.name AS source, st.name AS stream FROM said{_LINKED.format('said')}"
                f"{_STREAM.format('said')} ORDER BY l.tool_id, s.name, st.name"
            )
        )
    )


def charges(connection: Connection, since: int, as_of: int) -> list[Any]:
    """Return the charges of tools since a time: where each stands, when it was, how much, of which budget, by whom."""
    return list(
        connection.execute(
            text(
                "SELECT l.tool_id, s.name AS source, st.name AS stream, r.native_id, r.seen_at, r.amount_micros,"
                " r.currency, r.budget, r.actor_id, p.person_id"
                f" FROM record r{_LINKED.format('r')}{_STREAM.format('r')}"
                " LEFT JOIN actor_person p ON p.actor_id = r.actor_id AND p.valid_to IS NULL"
                " WHERE r.kind = 'charge' AND r.valid_to IS NULL AND r.seen_at > :since AND r.seen_at <= :as_of"
                " ORDER BY l.tool_id, r.seen_at, r.native_id"
            ),
            {"since": since, "as_of": as_of},
        )
    )


def people(connection: Connection) -> list[Any]:
    """Return each actor's person (person_id, kind, unit, marketing, address) and what a directory says, newest first.

    That is `facts` (decoded), source, stream and native_id: None where no directory lists the actor.
    """
    rows = connection.execute(
        text(
            "SELECT p.person_id, p.kind, p.unit, p.marketing, a.address, r.facts, r.native_id, s.name AS source,"
            " st.name AS stream FROM actor_person p JOIN actor a ON a.id = p.actor_id"
            " LEFT JOIN record r ON r.actor_id = p.actor_id AND r.kind = 'person' AND r.valid_to IS NULL"
            " LEFT JOIN stream st ON st.id = r.stream_id LEFT JOIN source s ON s.id = st.source_id"
            " WHERE p.valid_to IS NULL ORDER BY p.person_id, r.seen_at DESC, p.actor_id"
        )
    )
    return [dict(row._mapping) | {"facts": None if row.facts is None else json.loads(row.facts)} for row in rows]


def look_alikes(connection: Connection) -> list[Any]:
    """Return (tool_id, imitates, source, identity_id, key) of identities that imitate another tool."""
    return list(
        connection.execute(
            text(
                "SELECT l.tool_id, l.imitates, s.name AS source, l.identity_id, i.key FROM link l"
                " JOIN identity i ON i.id = l.identity_id JOIN source s ON s.id = i.source_id"
                " WHERE l.valid_to IS NULL AND l.tool_id IS NOT NULL AND l.imitates IS NOT NULL"
                " ORDER BY l.tool_id, i.key"
            )
        )
    )

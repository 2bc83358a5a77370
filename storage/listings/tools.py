"""Tools: the list, and all that is known of one."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from model.signal import fold
from storage import declared, judged
from storage.listings import cases
from storage.listings.findings import open_by_tool
from storage.listings.shapes import base, money
from storage.narrowing import of_some
from storage.statements import statement
from storage.times import iso, month_text
from storage.words import clean

_TOOLS = "SELECT * FROM tool WHERE 1 = 1{of_some}"
_FIGURES = "SELECT * FROM figures WHERE 1 = 1{of_some}"
_IMITATING = (
    "SELECT DISTINCT tool_id, imitates FROM link"
    " WHERE valid_to IS NULL AND tool_id IS NOT NULL AND imitates IS NOT NULL{of_some} ORDER BY tool_id, imitates"
)
#: What was used of a tool. Each place in the table is asked for by stream and month: all of its key, which begins so.
_USED = """
    WITH RECURSIVE span AS (
        SELECT l.identity_id, st.id AS stream_id, (SELECT min(month) FROM usage WHERE stream_id = st.id) AS month,
            (SELECT max(month) FROM usage WHERE stream_id = st.id) AS last
        FROM link l JOIN identity i ON i.id = l.identity_id JOIN stream st ON st.source_id = i.source_id
        WHERE l.valid_to IS NULL AND l.tool_id = :tool
        UNION ALL SELECT identity_id, stream_id, month + CASE WHEN month % 100 = 12 THEN 89 ELSE 1 END, last FROM span
        WHERE month < last),
    usage_of AS (
        SELECT u.* FROM span s JOIN usage u ON u.stream_id = s.stream_id AND u.month = s.month
        AND u.identity_id = s.identity_id)"""
_EMPTY = {
    "people": 0,
    "people_ever": 0,
    "first_seen": None,
    "last_seen": None,
    "sources": "[]",
    "spend_12m": "{}",
    "spend_total": "{}",
}


def tools(
    connection: Connection,
    *,
    base_currency: str | None,
    figures: Sequence[Mapping[str, Any]] | None = None,
    facts: Mapping[str, Mapping[str, Any]] | None = None,
    risks: Mapping[str, dict[str, Any]] | None = None,
    wanted: Collection[str] | None = None,
) -> list[dict[str, Any]]:
    """Return all tools, or some of them (ids), those with most people first.

    `risks` (tool -> fields) say the bands of risk, which follow from rules that this room does not know; a tool that
    is not among them is of unknown risk.

    What is Marketing's is what the facts say: the last run's, or for another as-of `facts` (tool -> fact -> value), as
    `figures` then stand in for the figures.
    """
    said = judged.shown_facts(connection, wanted) if facts is None else facts
    if figures is None:
        figures = [row._mapping for row in of_some(connection, _FIGURES, "tool_id", wanted)]
    known = {row["tool_id"]: row for row in figures}
    owners, imitating = _owners(connection, wanted), _imitating(connection, wanted)
    violated = open_by_tool(connection, wanted)
    rows = [
        _tool(row._mapping, known.get(row.id, _EMPTY), said.get(row.id, {}), base_currency)
        | {"owners": owners.get(row.id, []), "findings_open": violated.get(row.id)}
        | {"imitates": imitating.get(row.id, [])}
        | (risks or {}).get(row.id, {})
        for row in of_some(connection, _TOOLS, "id", wanted)
    ]
    return sorted(rows, key=order)


def order(row: Mapping[str, Any]) -> tuple[Any, ...]:
    """Return what a row of the listing is sorted by."""
    return -row["people"], -sum(m["amount_micros"] for m in row["spend_12m"]), row["name"].casefold(), row["id"]


def _tool(
    tool: Mapping[str, Any], found: Mapping[str, Any], said: Mapping[str, Any], base_currency: str | None
) -> dict[str, Any]:
    recent, total = money(found["spend_12m"]), money(found["spend_total"])
    return {
        "id": tool["id"],
        "name": tool["name"],
        "vendor": tool["vendor"],
        "category": tool["category"],
        "marketing": None if tool["marketing"] is None else bool(tool["marketing"]),
        "provisional": bool(tool["provisional"]),
        "noise": tool["noise"],
        "status": tool["status"],
        "marketing_used": _share(said.get("people.marketing_share")),
        "marketing_bought": _share(said.get("spend.marketing_share")),
        "people": found["people"],
        "people_ever": found["people_ever"],
        "people_marketing": said.get("people.marketing"),
        "first_seen": iso(found["first_seen"]),
        "last_seen": iso(found["last_seen"]),
        "spend_12m": recent,
        "spend_12m_base": base(recent, base_currency),
        "spend_total": total,
        "spend_total_base": base(total, base_currency),
        "sources": json.loads(found["sources"]),
        "technology_risk": "unknown",
        "customer_risk": "unknown",
    }


def _share(found: float | None) -> float | None:
    return None if found is None else round(found, 4)


def _imitating(connection: Connection, wanted: Collection[str] | None) -> dict[str, list[str]]:
    """Return tool id -> names of the tools that it imitates; a look-alike is never taken for the genuine one."""
    found: dict[str, list[str]] = {}
    for tool, imitates in of_some(connection, _IMITATING, "tool_id", wanted):
        found.setdefault(tool, []).append(imitates)
    return found


def _owners(connection: Connection, wanted: Collection[str] | None) -> dict[str, list[str]]:
    """Return tool id -> owners: whom somebody ruled to be it, else as the latest declaration of each source says."""
    listed: dict[str, set[str]] = {}
    for row in declared.owners(connection, wanted):
        listed.setdefault(row.tool_id, set()).add(row.owner)
    found = {tool: sorted(owners) for tool, owners in listed.items()}
    ruled = {tool for tool, _ in cases.ruled_owners(connection, wanted)}
    sides: dict[str, list[str]] = {}
    for (tool, _), owner in sorted(cases.owners(connection, ruled).items()):
        sides.setdefault(tool, []).append(owner)
    return found | {tool: list(dict.fromkeys(owners)) for tool, owners in sides.items()}


def identities(connection: Connection, tool: str) -> list[dict[str, Any]]:
    """Return how sources name a tool: source, key, app (dict), matcher, matched, confidence, why, catalog_version."""
    rows = connection.execute(
        statement(
            "SELECT s.name AS source, i.key, i.app, l.matcher, l.matched, l.confidence, l.why, l.catalog_version,"
            " l.valid_from, l.counterparty, l.merchant_of_record, l.imitates"
            " FROM link l JOIN identity i ON i.id = l.identity_id"
            " JOIN source s ON s.id = i.source_id WHERE l.valid_to IS NULL AND l.tool_id = :tool ORDER BY s.name, i.key"
        ),
        {"tool": tool},
    )
    return [dict(r._mapping) | {"app": json.loads(r.app), "valid_from": iso(r.valid_from)} for r in rows]


def people(connection: Connection, tool: str) -> list[dict[str, Any]]:
    """Return who uses a tool: person, address (or the source's id), unit, marketing, kind, successes, last_at."""
    rows = connection.execute(
        statement(
            f"{_USED}, used AS ("
            " SELECT u.actor_id, sum(u.successes) AS successes, max(u.last_at) AS last_at FROM usage_of u"
            " WHERE u.successes > 0 AND u.actor_id <> 0 GROUP BY u.actor_id"
            " UNION ALL SELECT r.actor_id, 0, max(r.seen_at) FROM record r"
            " JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL"
            # Of one tool the records are fewer than the grants of all: they are not to be found by their kind.
            " WHERE l.tool_id = :tool AND coalesce(r.kind, '') = 'grant' AND r.actor_id <> 0 AND r.valid_to IS NULL"
            " GROUP BY r.actor_id)"
            " SELECT p.person_id AS person, max(coalesce(a.address, a.name, a.native_id)) AS address,"
            " max(p.unit) AS unit, max(p.marketing) AS marketing, max(p.kind) AS kind,"
            " sum(u.successes) AS successes, max(u.last_at) AS last_at"
            " FROM used u JOIN actor_person p ON p.actor_id = u.actor_id AND p.valid_to IS NULL"
            " JOIN actor a ON a.id = u.actor_id GROUP BY p.person_id ORDER BY successes DESC, address"
        ),
        {"tool": tool},
    )
    return [dict(r._mapping) | {"successes": int(r.successes), "last_at": iso(r.last_at)} for r in rows]


def months(connection: Connection, tool: str) -> list[dict[str, Any]]:
    """Return the use of a tool by month: month, people, successes, failures, second_factor."""
    rows = connection.execute(
        statement(
            f"{_USED}"
            " SELECT u.month, count(DISTINCT CASE WHEN u.successes > 0 THEN p.person_id END) AS people,"
            " sum(u.successes) AS successes, sum(u.failures) AS failures, sum(u.second_factor) AS second_factor"
            " FROM usage_of u LEFT JOIN actor_person p ON p.actor_id = u.actor_id AND p.valid_to IS NULL"
            " GROUP BY u.month ORDER BY u.month"
        ),
        {"tool": tool},
    )
    return [
        {
            "month": month_text(r.month),
            "people": int(r.people),
            "successes": int(r.successes),
            "failures": int(r.failures),
            "second_factor": int(r.second_factor),
        }
        for r in rows
    ]


def records(connection: Connection, tool: str) -> list[dict[str, Any]]:
    """Return the records in force about a tool but charges: source, stream, kind, native_id, seen_at, actor, facts."""
    rows = connection.execute(
        statement(
            "SELECT s.name AS source, st.name AS stream, r.kind, r.native_id, r.seen_at,"
            " coalesce(a.address, a.name, a.native_id) AS actor, r.facts FROM record r"
            " JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL"
            " JOIN stream st ON st.id = r.stream_id JOIN source s ON s.id = st.source_id"
            " LEFT JOIN actor a ON a.id = r.actor_id"
            " WHERE l.tool_id = :tool AND r.valid_to IS NULL AND r.kind <> 'charge'"
            " ORDER BY r.kind, r.seen_at DESC, r.native_id"
        ),
        {"tool": tool},
    )
    return [
        dict(r._mapping)
        | {
            "seen_at": iso(r.seen_at),
            "facts": json.loads(r.facts),
            "evidence": f"signal:{r.source}/{r.stream}/{r.native_id}",
        }
        for r in rows
    ]


def decisions(connection: Connection, tool: str) -> list[dict[str, Any]]:
    """Return the decisions about a tool and its identities, in order: id, at, by, kind, object, detail, reason.

    A provisional tool is also found by its earlier ids.
    """
    rows = connection.execute(
        statement(
            "SELECT d.id, d.at, d.by, d.kind, d.object, d.detail, t.body AS reason FROM decision d"
            # One list, so that each object is looked up by its index: with OR, PostgreSQL reads every decision.
            " LEFT JOIN text t ON t.hash = d.reason_hash WHERE d.object IN (SELECT 'tool:' || :tool"
            " UNION ALL SELECT 'tool:' || f.tool_id FROM link f JOIN link n ON n.identity_id = f.identity_id"
            " AND n.valid_to IS NULL WHERE n.tool_id = :tool AND f.tool_id LIKE 'new-%'"
            " UNION ALL SELECT 'identity:' || s.name || '/' || i.key FROM link l"
            " JOIN identity i ON i.id = l.identity_id JOIN source s ON s.id = i.source_id"
            " WHERE l.tool_id = :tool AND l.valid_to IS NULL"
            # What a person ruled of a merchant, or taught of a string, stands where it acts.
            " UNION ALL SELECT 'merchant:' || l.matched FROM link l WHERE l.tool_id = :tool"
            " AND l.valid_to IS NULL AND l.matcher = 'decision' UNION ALL SELECT 'alias:' || l.matched FROM link l"
            " WHERE l.tool_id = :tool AND l.valid_to IS NULL AND l.matcher = 'decision')"
            " ORDER BY d.id"
        ),
        {"tool": tool},
    )
    return [dict(r._mapping) | {"at": iso(r.at), "detail": json.loads(r.detail)} for r in rows]


_FORMER = """
    SELECT DISTINCT n.tool_id FROM link f JOIN link n ON n.identity_id = f.identity_id AND n.valid_to IS NULL
    WHERE f.tool_id = :wanted AND f.tool_id LIKE 'new-%' AND n.tool_id IS NOT NULL ORDER BY n.tool_id"""


def find(connection: Connection, wanted: str) -> list[str]:
    """Return the ids of the tools that a person may mean: the id itself, else those of that name (case aside).

    Of a provisional tool an earlier id leads to what it is by now.
    """
    exact = list(connection.scalars(statement("SELECT id FROM tool WHERE id = :wanted"), {"wanted": clean(wanted)}))
    if exact:
        return exact
    former = list(connection.scalars(statement(_FORMER), {"wanted": clean(wanted)}))
    if former:
        return former
    folded = fold(wanted)
    named = connection.execute(statement("SELECT id, name FROM tool ORDER BY id")).all()
    return [tool for tool, name in named if fold(name) == folded]

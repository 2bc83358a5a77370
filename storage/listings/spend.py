"""Spend: money by tool, and the money that nothing says is software, by merchant."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection

from model.merchant import merchant_name
from storage import kept
from storage.listings.shapes import base, money
from storage.statements import statement
from storage.times import iso, month_of, month_text
from storage.words import clean

_CHARGES = (
    " FROM record r JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL"
    " WHERE r.kind = 'charge' AND r.valid_to IS NULL AND r.seen_at <= :as_of"
)
_CHARGES_NAMED = _CHARGES.replace(" WHERE", " JOIN identity i ON i.id = r.identity_id WHERE")


def by_tool(connection: Connection, *, as_of: int, year_ago: int, base_currency: str | None) -> list[dict[str, Any]]:
    """Return one row a tool that costs money, the dearest of the last 12 months first.

    `rulings` are the decisions by which money is the tool's, as `decision:N`.
    """
    rows = connection.execute(
        statement(
            "SELECT l.tool_id, t.name AS tool, t.vendor, r.currency, sum(r.amount_micros) AS total,"
            " sum(CASE WHEN r.seen_at > :year_ago THEN r.amount_micros END) AS recent, count(*) AS charges,"
            " min(r.seen_at) AS first_at, max(r.seen_at) AS last_at"
            " FROM record r JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL"
            " JOIN tool t ON t.id = l.tool_id"
            " WHERE r.kind = 'charge' AND r.valid_to IS NULL AND r.seen_at <= :as_of"
            " GROUP BY l.tool_id, t.name, t.vendor, r.currency"
        ),
        {"as_of": as_of, "year_ago": year_ago},
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        one = found.setdefault(row.tool_id, _fresh(tool_id=row.tool_id, tool=row.tool, vendor=row.vendor))
        if row.recent is not None:
            one["recent"][row.currency] = int(row.recent)
        _add(one, row)
    rulings = _rulings(connection)
    listed = [_shown(one, base_currency) | {"rulings": rulings.get(one["tool_id"], [])} for one in found.values()]
    return sorted(listed, key=lambda r: (-_size(r["spend_12m"]), -_size(r["spend_total"]), r["tool"].casefold()))


def _rulings(connection: Connection) -> dict[str, list[str]]:
    """Return tool id -> decisions on merchants and payees by which money is the tool's."""
    rows = connection.execute(
        statement(
            "SELECT DISTINCT l.tool_id, l.matched FROM link l WHERE l.valid_to IS NULL AND l.matcher = 'decision'"
            " AND l.tool_id IS NOT NULL AND EXISTS"
            " (SELECT 1 FROM record r WHERE r.identity_id = l.identity_id AND r.kind = 'charge')"
        )
    )
    ruled = {
        about.partition(":")[2]: row
        for kind in ("merchant", "alias")
        for about, row in kept.standing(connection, kind).items()
    }
    found: dict[str, set[int]] = {}
    for tool, matched in rows:
        if matched in ruled:
            found.setdefault(tool, set()).add(ruled[matched]["id"])
    return {tool: [f"decision:{number}" for number in sorted(numbers)] for tool, numbers in found.items()}


def _fresh(**named: Any) -> dict[str, Any]:
    return {**named, "recent": {}, "total": {}, "charges": 0, "first_at": None, "last_at": None}


def _add(one: dict[str, Any], row: Any) -> None:
    one["total"][row.currency] = one["total"].get(row.currency, 0) + int(row.total)
    one["charges"] += row.charges
    one["first_at"] = min(filter(None, (one["first_at"], row.first_at)))
    one["last_at"] = max(filter(None, (one["last_at"], row.last_at)))


def _shown(one: dict[str, Any], base_currency: str | None) -> dict[str, Any]:
    recent, total = money(one["recent"]), money(one["total"])
    return {
        "tool_id": one["tool_id"],
        "tool": one["tool"],
        "vendor": one["vendor"],
        "spend_12m": recent,
        "spend_12m_base": base(recent, base_currency),
        "spend_total": total,
        "spend_total_base": base(total, base_currency),
        "charges": one["charges"],
        "first_charge": iso(one["first_at"]),
        "last_charge": iso(one["last_at"]),
    }


def _size(amounts: list[dict[str, Any]]) -> int:
    return sum(abs(m["amount_micros"]) for m in amounts)


def unmatched(connection: Connection, *, as_of: int, base_currency: str | None) -> list[dict[str, Any]]:
    """Return one row a merchant of unmatched money, the largest first.

    `share` is the merchant's part of all unmatched money, 0..1; null where that is in several currencies.
    `merchant` is folded as rulings name it; `ruling` is what a person said of it: not-a-tool, later, or null;
    `decision` its number.
    """
    ruled = kept.standing(connection, "merchant")
    rows = connection.execute(
        statement(
            "SELECT l.counterparty, i.key, i.app, max(l.merchant_of_record) AS reseller, max(l.why) AS why, r.currency,"
            " sum(r.amount_micros) AS total, count(*) AS charges, min(r.seen_at) AS first_at, max(r.seen_at) AS last_at"
            " FROM record r JOIN link l ON l.identity_id = r.identity_id AND l.valid_to IS NULL"
            " JOIN identity i ON i.id = r.identity_id"
            " WHERE r.kind = 'charge' AND r.valid_to IS NULL AND r.seen_at <= :as_of AND l.tool_id IS NULL"
            " GROUP BY l.counterparty, i.key, i.app, r.currency ORDER BY i.key, l.counterparty, r.currency"
        ),
        {"as_of": as_of},
    )
    found: dict[str, dict[str, Any]] = {}
    for row in rows:
        # The databases fold case otherwise than the model does, SQLite that of ASCII alone.
        line = json.loads(row.app).get("descriptor")
        merchant = merchant_name(row.key, counterparty=row.counterparty, descriptor=line)
        one = found.setdefault(merchant, _fresh(merchant=merchant, reseller=row.reseller, why=row.why))
        one["reseller"] = one["reseller"] or row.reseller
        _add(one, row)
    currencies = {c for one in found.values() for c in one["total"]}
    whole = sum(sum(one["total"].values()) for one in found.values()) if len(currencies) == 1 else 0
    listed = [
        _merchant(one, whole, base_currency, ruled.get(f"merchant:{clean(merchant)}"))
        for merchant, one in found.items()
    ]
    return sorted(listed, key=lambda r: (r["ruling"] == "not-a-tool", -_size(r["total"]), r["merchant"]))


def _merchant(
    one: dict[str, Any], whole: int, base_currency: str | None, ruled: dict[str, Any] | None
) -> dict[str, Any]:
    total = money(one["total"])
    return {
        "merchant": one["merchant"],
        "merchant_of_record": one["reseller"],
        "charges": one["charges"],
        "total": total,
        "total_base": base(total, base_currency),
        "share": round(sum(one["total"].values()) / whole, 4) if whole > 0 else None,
        "first_charge": iso(one["first_at"]),
        "last_charge": iso(one["last_at"]),
        "ruling": ruled["detail"]["ruling"] if ruled else None,
        "decision": ruled["id"] if ruled else None,
        "why": one["why"],
    }


def charges(connection: Connection, tool: str, *, as_of: int) -> list[dict[str, Any]]:
    """Return a tool's money by month and merchant text, latest first: month, merchant, charges, total."""
    # Of one tool the records are fewer than the charges of all: they are not to be found by their kind.
    found_by = _CHARGES_NAMED.replace("r.kind =", "coalesce(r.kind, '') =")
    rows = connection.execute(
        statement(f"SELECT r.seen_at, r.currency, r.amount_micros, i.app {found_by} AND l.tool_id = :tool"),
        {"tool": tool, "as_of": as_of},
    )
    found: dict[tuple[int, str], dict[str, Any]] = {}
    for row in rows:
        key = (month_of(row.seen_at), row.app)
        one = found.setdefault(key, {"charges": 0, "total": {}})
        one["charges"] += 1
        one["total"][row.currency] = one["total"].get(row.currency, 0) + int(row.amount_micros)
    return [
        {"month": month_text(month), "app": app, "charges": one["charges"], "total": money(one["total"])}
        for (month, app), one in sorted(found.items(), reverse=True)
    ]

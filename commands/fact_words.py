"""Facts as people read them: values in words, and what they mean."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import Any

from model.facts import ATTRIBUTES, NAMES, NEVER, VOCABULARY, Type
from reports import words
from reports.columns import Column
from reports.words import UNKNOWN

_NAME = Column(title="Fact", cell=lambda row, _z: row["fact"])
_MEANING = Column(title="What it is", cell=lambda row, _z: meaning(row["fact"]), wraps=True, rank=1, least=24)
_SEEN = Column(
    title="Last seen", cell=lambda row, z: words.day(row["seen_at"], z) if row["seen_at"] else "", rank=2, right=True
)


def columns(currency: str | None) -> tuple[Column, ...]:
    """Return the columns of a table of facts; money is in the company's `currency`."""

    def cell(row: Mapping[str, Any], zone: tzinfo) -> str:
        return said(row, zone, currency)

    return (_NAME, Column(title="Value", cell=cell, wraps=True, least=20), _SEEN, _MEANING)


def said(row: Mapping[str, Any], zone: tzinfo, currency: str | None) -> str:
    """Return a fact's value in words, or that it is unknown and why."""
    if row["value"] is None:
        return f"{UNKNOWN}: {words.clean(row['reason'])}" if row.get("reason") else UNKNOWN
    return value(row["fact"], row["value"], zone, currency)


def value(name: str, found: Any, zone: tzinfo, currency: str | None) -> str:
    """Return a value, as JSON has it, in words."""
    fact = NAMES.get(name)
    if fact is None:
        return words.plain(found)
    if fact.type is Type.MONEY:
        return words.amount(found, currency or "")
    if fact.type is Type.DATE:
        return "never" if found in {"never", str(NEVER)} else words.day(_midnight(found, zone), zone)
    if fact.type is Type.FLOAT:
        return words.share(found)
    if fact.type is Type.ENUM:
        return words.clean(str(found)).replace("_", " ")
    return words.plain(found) or "none"


def meaning(name: str) -> str:
    """Return what a fact is, in one sentence; nothing where the vocabulary no longer has it."""
    return NAMES[name].meaning if name in NAMES else ""


def attribute_row(name: str, tool: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the tool's own record says of itself, as a row of facts. `tool` is a row of the listing of tools."""
    found = tool.get(name.partition(".")[2])
    reason = None if found is not None else ATTRIBUTES[name].unknown or "nobody has said it"
    return {"fact": name, "value": found, "reason": reason, "evidence": [], "seen_at": None}


def by_area(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    """Return rows of facts by area, both in the order of the vocabulary."""
    order = list(VOCABULARY)
    found: dict[str, list[dict[str, Any]]] = {}
    for row in sorted(rows, key=lambda row: order.index(row["fact"]) if row["fact"] in order else len(order)):
        found.setdefault(row["fact"].partition(".")[0], []).append(row)
    return found


def _midnight(day: str, zone: tzinfo) -> str:
    return datetime.fromisoformat(day).replace(tzinfo=zone).isoformat()

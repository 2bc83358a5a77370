"""Spend outside IT by tool: what each costs, and which part of it IT did not pay."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from scanner.facts import spend
from scanner.facts.world import Subject, World
from scanner.insights import split, visible


def outside_by_tool(world: World) -> list[dict[str, Any]]:
    """Return a row a tool and currency of the last 12 months, those with most money outside IT first.

    Fields: tool_id, tool, category, status and those of `scanner.insights.split`: what is not known to be outside IT
    stands as `unplaced`, and `share` is null where that is too much of it.
    """
    rows = [row for subject in visible(world) for row in _rows(subject, world)]
    return sorted(
        rows, key=lambda row: (-_outside(row), -_amount(row["total"]), row["tool"].casefold(), row["tool_id"])
    )


def _rows(subject: Subject, world: World) -> list[dict[str, Any]]:
    found: dict[str, dict[bool | None, list[Any]]] = defaultdict(lambda: defaultdict(list))
    for charge in subject.charges:
        side = spend.is_it(charge, world) if world.company.it_units else None
        found[charge.currency][side].append(charge)
    named = {"tool_id": subject.id, "tool": subject.name, "category": subject.category, "status": subject.status}
    return [named | split(currency, found[currency]) for currency in sorted(found)]


def _outside(row: dict[str, Any]) -> int:
    return _amount(row["outside"] or ())


def _amount(amounts: Any) -> int:
    return sum(int(one["amount_micros"]) for one in amounts)

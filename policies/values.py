"""Values as they are written in the cases of a policy, by the type of the fact."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta

from model.facts import NEVER, Fact, Type, Value, fits
from policies.documents import Fields, Items, Node, Scalar

#: How an explicit unknown is written, where a case expects a verdict all the same.
_NULL = frozenset({"", "~", "null"})
_MONEY = re.compile(r"(-?\d+)(?: *\* *1000000)?")
_HOURS = re.compile(r"(\d+)h")

_WRITTEN = {
    Type.BOOL: "true or false",
    Type.INT: "a whole number, such as 3",
    Type.FLOAT: "a number, such as 0.5",
    Type.MONEY: "millionths as a whole number, or as in the expression: 2500 * 1000000",
    Type.DATE: "a day, such as 2026-06-30, or never",
    Type.MOMENT: "a day, such as 2026-06-30",
    Type.DURATION: "hours, such as 48h",
    Type.STRING: "text",
    Type.ENUM: "one of",
    Type.LIST: "a list, such as [a, b]",
}


def is_null(node: Node) -> bool:
    """Return whether a value is written as null: meant to be unknown."""
    return isinstance(node, Scalar) and node.bare and node.text in _NULL


def value_of(fact: Fact, node: Node) -> Value:
    """Return the value that is written. Raises ValueError, which says how it is to be written."""
    try:
        found = _items(node) if fact.type is Type.LIST else _scalar(fact.type, _text(node))
    except (TypeError, ValueError, OverflowError):
        found = None
    if found is None or not fits(fact, found):
        raise ValueError(f"{fact.name} is {expected(fact)}")
    return found


def expected(fact: Fact) -> str:
    """Return how a value of a fact is written."""
    of = " of" if fact.type is Type.LIST and fact.values else ""
    return f"{_WRITTEN[fact.type]}{of} {', '.join(fact.values)}".strip()


def _text(node: Node) -> str:
    if not isinstance(node, Scalar):
        raise TypeError
    return node.text


def _items(node: Node) -> tuple[str, ...]:
    if isinstance(node, Scalar | Fields):
        raise TypeError
    return tuple(_text(item) for item in node.items) if isinstance(node, Items) else ()


def _scalar(kind: Type, text: str) -> Value | None:
    if kind is Type.BOOL:
        return {"true": True, "false": False}.get(text)
    if kind is Type.INT:
        return int(text)
    if kind is Type.FLOAT:
        return float(text)
    if kind is Type.MONEY:
        return _money(text)
    if kind is Type.DATE:
        return NEVER if text == "never" else date.fromisoformat(text)
    if kind is Type.MOMENT:
        return datetime.combine(date.fromisoformat(text), time(), UTC)
    if kind is Type.DURATION:
        hours = _HOURS.fullmatch(text)
        return timedelta(hours=int(hours[1])) if hours else None
    return text


def _money(text: str) -> int | None:
    found = _MONEY.fullmatch(text)
    if found is None:
        return None
    return int(found[1]) * (1_000_000 if "*" in text else 1)

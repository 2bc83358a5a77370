"""Persons in what is answered: by number, and by name where who asks may see names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, TypeVar

T = TypeVar("T")
_ADDRESS = re.compile(r"[^\s@,;<>\"'(){}\[\]:/]+@[^\s@,;<>\"'(){}\[\]/]+\.[^\s@,;<>\"'(){}\[\]/]+")
_SOMEBODY = "(a person)"


def nameless(value: T, *, named: bool = False) -> T:
    """Return a value without addresses of people, wherever in it they stand; as it is where they are `named`."""
    found: T = value if named else _without(value)
    return found


def _without(value: Any) -> Any:
    if isinstance(value, str):
        return _ADDRESS.sub(_SOMEBODY, value) if "@" in value else value
    if isinstance(value, Mapping):
        return {name: _without(one) for name, one in value.items()}
    if isinstance(value, list | tuple):
        return [_without(one) for one in value]
    return value


def person(row: Mapping[str, Any], *, named: bool) -> dict[str, Any]:
    """Return somebody who uses a tool, as the list of people has them."""
    kept = {name: row[name] for name in ("person", "unit", "kind", "successes", "last_at")}
    marketing = None if row["marketing"] is None else bool(row["marketing"])
    return kept | {"marketing": marketing, "address": row["address"] if named else None}

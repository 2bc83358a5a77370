"""Ids as sources give them, as text; and ids for observations to which a source gives none."""

from __future__ import annotations

import hashlib
from typing import Any

import msgspec

from connectors.formats import text
from model.signal import Actor

Id = str | int | None


def ident(value: object) -> str | None:
    """Return an id as text: some of a vendor's interfaces write it as a number, others as text. None where absent."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return text(value)


def derived(record: Any) -> str:
    """Return an id for a record that has none of its own, from all fields of its struct (or dict).

    The same record gives the same id however its file is written; `~` tells it from an id of the source.
    """
    said = msgspec.json.encode(record, order="deterministic")
    return "~" + hashlib.sha256(said).hexdigest()[:32]


def person(native: str | None, name: str | None = None, *addresses: str | None, kind: str = "person") -> Actor | None:
    """Return the actor of that id, else of the first address; None where neither is known."""
    address = next((a for a in addresses if a is not None and "@" in a), None)
    own = native or address
    return None if own is None else Actor(native_id=own, address=address, name=name, kind=kind)

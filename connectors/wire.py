"""Decodes one record into its typed wire struct, and writes the times that facts carry."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypeVar

import msgspec

from connectors.times import parse_time
from model.errors import Malformed

T = TypeVar("T")


def decode(raw: Any, kind: type[T], what: str) -> T:
    """Return the record as `kind`. Raises Malformed that names the field which is missing or of another type."""
    try:
        return msgspec.json.decode(raw, type=kind)
    except msgspec.ValidationError as error:
        raise Malformed(f"not {what}: {error}") from None  # holds types and field names, never a value
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise Malformed(f"not {what}: it can not be decoded") from None


def stamp(moment: datetime, timespec: str = "seconds") -> str:
    """Return an aware UTC time as `2026-03-02T06:24:42Z`."""
    return moment.isoformat(timespec=timespec).replace("+00:00", "Z")


def stamped(value: object) -> str | None:
    """Return a time of a source as `stamp` writes it, None where it is absent or no time (1970 stands for never)."""
    try:
        return None if value is None else stamp(parse_time(value))
    except Malformed:
        return None

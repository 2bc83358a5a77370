"""What several acts take: days, addresses, amounts; exact, so that the reference says what is taken."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema

#: Beyond these years a moment in some zone is none that can be reckoned with.
_FIRST, _LAST = 1900, 9998


def _day(value: Any) -> Any:
    """Let a day be a text of ISO 8601 alone: a number is none, though it could be read as one."""
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("a day is written 2027-01-31")
    found = date.fromisoformat(value)
    if not _FIRST <= found.year <= _LAST:
        raise ValueError(f"a day is of the years {_FIRST} to {_LAST}")
    return found


Day = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "examples": ["2027-01-31"]})
]


def _whole(value: Any) -> Any:
    """Let a whole number be a number of JSON alone: neither a text nor true."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise ValueError("a whole number is written without quotes")  # noqa: TRY004 (pydantic makes a fault of it)
    return int(value) if isinstance(value, float) and value.is_integer() else value


#: Stands last beside the bounds of a number: what stands after it no schema says.
WHOLE = BeforeValidator(_whole)
_NO_CONTROL = r"\x00-\x1f\x7f-\x9f"
Email = Annotated[
    str,
    StringConstraints(
        min_length=3,
        max_length=254,
        pattern=rf"^[^\s@{_NO_CONTROL}]{{1,64}}@[^\s@{_NO_CONTROL}]+\.[^\s@.{_NO_CONTROL}]+$",
    ),
]
Micros = Annotated[int, Field(ge=0, le=10**15, description="Millionths of the currency's major unit."), WHOLE]
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Unit = Annotated[
    str,
    StringConstraints(min_length=1, max_length=200, pattern=rf"^[^{_NO_CONTROL}]*[^\s{_NO_CONTROL}][^{_NO_CONTROL}]*$"),
]


def said(name: str, kind: str) -> dict[str, Any]:
    """Return the part of a schema that asks for a field to be there, and not null."""
    return {"required": [name], "properties": {name: {"type": kind}}}

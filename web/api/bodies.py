"""What several acts take: days, addresses, amounts; exact, so that the reference says what is taken."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StringConstraints, WithJsonSchema


def _day(value: Any) -> Any:
    """Let a day be a text of ISO 8601 alone: a number is none, though it could be read as one."""
    if not isinstance(value, str) or len(value) != 10:
        raise ValueError("a day is written 2027-01-31")
    return date.fromisoformat(value)


Day = Annotated[
    date, BeforeValidator(_day), WithJsonSchema({"type": "string", "format": "date", "examples": ["2027-01-31"]})
]
Email = Annotated[
    str, StringConstraints(min_length=3, max_length=254, pattern=r"^[^\s@\x00]{1,64}@[^\s@\x00]+\.[^\s@.\x00]+$")
]
Micros = Annotated[int, Field(strict=True, ge=0, le=10**15, description="Millionths of the currency's major unit.")]
Currency = Annotated[str, StringConstraints(pattern="^[A-Z]{3}$")]
Unit = Annotated[
    str,
    StringConstraints(
        min_length=1, max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*[^\s\x00-\x1f\x7f-\x9f][^\x00-\x1f\x7f-\x9f]*$"
    ),
]

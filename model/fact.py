"""What a fact is: one word of the vocabulary, and what is known by it of one tool, or why it is not known."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum
from types import MappingProxyType
from typing import Any

#: What a fact's value is in Python: money is an integer of millionths of the company's base currency, a list a tuple.
Value = bool | int | float | str | date | timedelta | tuple[str, ...]

#: Written for what never happened (never used, never decided), where *never* is known; it is shown as "never".
NEVER = date(1970, 1, 1)


class Type(StrEnum):
    """What kind of value a fact has."""

    BOOL = "bool"
    INT = "int"
    FLOAT = "float"
    MONEY = "money"
    DATE = "date"
    MOMENT = "moment"
    DURATION = "duration"
    STRING = "string"
    ENUM = "enum"
    LIST = "list"


#: Who can answer a question: each is one person of the company, or the vendor's contact, for each tool.
ASKED = ("business_owner", "technical_owner", "crm_administrator", "app_team", "web_team", "privacy", "vendor")


@dataclass(frozen=True, slots=True)
class Fact:
    """One word of the vocabulary.

    `unit` says what is counted or measured; `values` are the closed values of an enum or a list, empty where any may
    stand. `unknown` says when it is unknown; None marks a fact of our own records, which is never unknown. `question`
    is put to one of ASKED (`asks`) where a person can answer it: an answer counts where no source says it, until the
    day on which it ends. `derived` is false where no source at hand gives it, so that an answer alone does.
    """

    name: str
    type: Type
    meaning: str
    unknown: str | None
    unit: str = ""
    values: tuple[str, ...] = ()
    asks: str = ""
    question: str = ""
    derived: bool = True

    @property
    def area(self) -> str:
        """What stands before the dot."""
        return self.name.partition(".")[0]

    @property
    def own(self) -> bool:
        """Whether it comes from our own records alone."""
        return self.unknown is None


@dataclass(frozen=True, slots=True)
class Known:
    """A value, the keys of its evidence (`signal:...`, `usage:...`, `decision:...`), and when it was last seen."""

    value: Value
    evidence: tuple[str, ...] = ()
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """Why a fact is not known, such as `okta:acme/sign_ins refused: okta.logs.read`."""

    reason: str


#: What is known of one tool, by name; a fact that is left out is unknown too.
Facts = Mapping[str, Known | Unknown]
#: What a tool's record says of itself, by the names of ATTRIBUTES; None where the record does not say it.
Attributes = Mapping[str, bool | str | None]

#: What a value of a type is in Python.
PYTHON: Mapping[Type, type] = MappingProxyType(
    {
        Type.BOOL: bool,
        Type.INT: int,
        Type.FLOAT: float,
        Type.MONEY: int,
        Type.DATE: date,
        Type.MOMENT: datetime,
        Type.DURATION: timedelta,
        Type.STRING: str,
        Type.ENUM: str,
        Type.LIST: tuple,
    }
)
_INT64 = 2**63


def fits(fact: Fact, value: object) -> bool:
    """Return whether a value is one that the fact can have: of its very type, finite, of its closed values."""
    if type(value) is not PYTHON[fact.type]:
        return False
    if isinstance(value, tuple):
        return all(type(part) is str and (not fact.values or part in fact.values) for part in value)
    if isinstance(value, datetime):
        return value.tzinfo is not None
    if isinstance(value, float):
        return math.isfinite(value)
    if isinstance(value, int):
        return -_INT64 <= value < _INT64
    return not fact.values or value in fact.values


#: Why a fact is unknown that only an answer gives, and when.
UNANSWERED = "nobody has answered yet"
_UNANSWERED = "nobody has answered, or the answer has ended"


def asked(
    name: str,
    kind: Type,
    asks: str,
    question: str,
    meaning: str,
    *,
    unit: str = "",
    values: tuple[str, ...] = (),
) -> Fact:
    """Return a fact that only an answer gives."""
    return Fact(name, kind, meaning, _UNANSWERED, unit, values, asks=asks, question=question, derived=False)


def encode(value: Value) -> object:
    """Return a value as JSON has it: a day as ISO 8601 or `never`, a duration in seconds, a list as a list."""
    if isinstance(value, tuple):
        return list(value)
    if isinstance(value, timedelta):
        return value.total_seconds()
    if isinstance(value, date):
        return "never" if value == NEVER else value.isoformat()
    return value


def decode(fact: Fact, found: object) -> Value | None:
    """Return the value that `encode` wrote; None where it is no value of the fact."""
    try:
        value = _decoded(fact.type, found)
    except (TypeError, ValueError, OverflowError):
        return None
    return value if fits(fact, value) else None


def _decoded(kind: Type, found: Any) -> Any:
    if kind is Type.DATE:
        return NEVER if found == "never" else date.fromisoformat(found)
    if kind is Type.MOMENT:
        return datetime.fromisoformat(found)
    if kind is Type.DURATION:
        return timedelta(seconds=found)
    if kind is Type.LIST:
        return tuple(found) if isinstance(found, list) else None
    return float(found) if kind is Type.FLOAT and type(found) is int else found

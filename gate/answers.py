"""Answers: what a person says of a tool where no source shows it; each has an author, a source and an end."""

from __future__ import annotations

import difflib
import re
from datetime import date, datetime, timedelta
from decimal import Decimal, InvalidOperation

from gate.audit import Trail
from gate.decisions import Ruling, decide
from model.errors import Refused
from model.fact import encode
from model.facts import NEVER, VOCABULARY, Fact, Type, Value, fits
from storage.store import Connection

#: An answer holds for so long where nothing else is said, and for so long at most: what people know grows old.
LASTS = timedelta(days=365)
LONGEST = timedelta(days=3 * 366)
#: Characters of what may be said beside an answer, and of a value.
_LONGEST_NOTE, _LONGEST_VALUE = 4_000, 500
_MICROS = 1_000_000
_NUMBER = re.compile(r"-?\d{1,3}(?:[ ,'_]\d{3})+|-?\d+")
_HOURS = re.compile(r"(\d{1,6})\s*(h|hours?|d|days?)", re.IGNORECASE)
_YES = frozenset({"yes", "y", "true"})
_NO = frozenset({"no", "n", "false"})
_WRITTEN = {
    Type.BOOL: "yes or no",
    Type.INT: "a whole number, such as 1200",
    Type.FLOAT: "a number, such as 0.5 or 50 %",
    Type.MONEY: "an amount in the base currency, such as 1200.50",
    Type.DATE: "a day, such as 2026-06-30, or never",
    Type.DURATION: "hours or days, such as 8h or 2d",
    Type.STRING: "a text",
    Type.ENUM: "one of",
    Type.LIST: "a list with commas",
}


def askable(name: str) -> Fact:
    """Return the fact that can be answered. Raises Refused where there is none, or where sources alone give it."""
    fact = VOCABULARY.get(name)
    if fact is None:
        near = difflib.get_close_matches(name, [f.name for f in VOCABULARY.values() if f.question], 1, 0.5)
        hint = f": did you mean {near[0]}?" if near else ""
        raise Refused(f"there is no fact {name!r}{hint} (docs/reference/facts.md lists them)")
    if not fact.question:
        raise Refused(f"{name} is not asked of people: {fact.meaning}")
    return fact


def parse(fact: Fact, text: str) -> Value:
    """Return the value that a person wrote. Raises Refused, which says how it is written."""
    text = " ".join(text.split())
    found = _parsed(fact, text) if len(text) <= _LONGEST_VALUE else None
    if found is None or not fits(fact, found) or not _possible(fact, found):
        raise Refused(f"{fact.name} is {expected(fact)}")
    return found


def expected(fact: Fact) -> str:
    """Return how an answer is written."""
    of = " of" if fact.type is Type.LIST and fact.values else ""
    return f"{_WRITTEN[fact.type]}{of} {', '.join(fact.values)}".strip()


def answer(
    connection: Connection,
    trail: Trail,
    *,
    tool: str,
    name: str,
    value: Value,
    until: date,
    by: str,
    at: datetime,
    document: str | None = None,
    note: str | None = None,
) -> int:
    """Record an answer in the caller's transaction; return the decision's number.

    A later answer to the same question takes its place; `until` is the last day on which it holds. Raises Refused.
    """
    fact = askable(name)
    if not fits(fact, value):
        raise Refused(f"{name} is {expected(fact)}")
    if until < at.date():
        raise Refused(f"an answer holds until a day to come; {until} is over")
    if until > at.date() + LONGEST:
        raise Refused("an answer holds for three years at most: then it is asked again")
    for said in (document, note):
        if said is not None and len(said) > _LONGEST_NOTE:
            raise Refused(f"that is longer than {_LONGEST_NOTE:,} characters: name the document that says it")
    detail = {"fact": name, "value": encode(value), "until": until.isoformat()}
    words = {"document": document} if document else {}
    reason = note or "Answered without a note."
    ruling = Ruling(kind="answer", about=f"tool:{tool}", detail=detail, reason=reason, words=words)
    return decide(connection, trail, ruling, by=by, at=at)


def _possible(fact: Fact, value: Value) -> bool:
    if isinstance(value, int | float) and not isinstance(value, bool):
        return value >= 0 and not (fact.unit.startswith("share") and value > 1)
    return True


def _parsed(fact: Fact, text: str) -> Value | None:
    if fact.type is Type.BOOL:
        return True if text.casefold() in _YES else False if text.casefold() in _NO else None
    if fact.type is Type.INT:
        return int(re.sub(r"[ ,'_]", "", text)) if _NUMBER.fullmatch(text) else None
    if fact.type in {Type.FLOAT, Type.MONEY}:
        return _decimal(fact, text)
    if fact.type is Type.DATE:
        return _day(text)
    if fact.type is Type.DURATION:
        found = _HOURS.fullmatch(text)
        return timedelta(hours=int(found[1]) * (24 if found[2][0] in "dD" else 1)) if found else None
    if fact.type is Type.LIST:
        return tuple(dict.fromkeys(_word(fact, part) for part in text.split(",") if part.strip()))
    return _word(fact, text) or None


def _word(fact: Fact, text: str) -> str:
    """Return a closed value as the vocabulary writes it; any other text as it is."""
    folded = re.sub(r"[ -]+", "_", text.strip().casefold())
    return folded if folded in fact.values else text.strip()


def _day(text: str) -> date | None:
    if text.casefold() == "never":
        return NEVER
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _decimal(fact: Fact, text: str) -> float | int | None:
    percent = text.endswith("%")
    plain = text.removesuffix("%").strip()
    if not re.fullmatch(r"\d{1,3}(?:[ ,'_]\d{3})+(?:\.\d{1,6})?|\d{1,12}(?:\.\d{1,6})?", plain):
        return None
    try:
        number = Decimal(re.sub(r"[ ,'_]", "", plain))
    except InvalidOperation:
        return None
    if fact.type is Type.MONEY:
        return None if percent else int(number * _MICROS)
    return float(number / 100 if percent and fact.unit != "percent" else number)

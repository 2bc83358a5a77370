"""Answers: what people said of a tool, as far as it still holds at as-of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from model.fact import decode
from model.facts import VOCABULARY, Known
from storage.times import from_ms


def standing(answers: Iterable[Mapping[str, Any]], as_of: datetime) -> tuple[dict[str, Known], int]:
    """Return fact -> what was answered last and holds at as-of, and how many of the last answers have ended.

    `answers` are decisions in force of kind `answer`, in order; an answer holds through the day on which it ends. As
    any decision it counts from when it is made, also where the figures are those of an earlier day.
    """
    latest = {row["detail"]["fact"]: row for row in answers}
    held: dict[str, Known] = {}
    ended = 0
    for name, row in latest.items():
        if date.fromisoformat(row["detail"]["until"]) < as_of.date():
            ended += 1
        elif (found := _known(name, row)) is not None:
            held[name] = found
    return held, ended


def _known(name: str, row: Mapping[str, Any]) -> Known | None:
    """Return the answer as a fact; None where the vocabulary has no such fact, or not such a value, any more."""
    fact = VOCABULARY.get(name)
    if fact is None or not fact.question:
        return None
    value = decode(fact, row["detail"]["value"])
    return None if value is None else Known(value, (f"answer:{row['id']}",), from_ms(row["at"]))

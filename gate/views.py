"""Both views: how important and how risky each side thinks a tool is, and where the two see it differently.

A rating is a decision of the kind `rating`: append-only, with a reason; the latest of a side stands. Ratings are the
source of the facts `ownership.importance_*`; where a side has not rated, an answer to the question stands in.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Any

from gate import decisions
from gate.keys import Side
from model.facts import Known, Unknown
from storage.times import from_ms, iso

RATING, NOTE = "rating", "rating_note"
#: The steps of a rating, from the least to the most.
STEPS = ("low", "medium", "high")
#: Side -> the fact that says how important it rates a tool.
FACTS: Mapping[Side, str] = MappingProxyType(
    {Side.MARKETING: "ownership.importance_marketing", Side.IT: "ownership.importance_it"}
)
GAP = "ownership.rating_gap"
_ABOUT = "tool:"
Words = Callable[[str | None], str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rating:
    """One side's view of a tool. `risk` is None where only a question on its importance was answered."""

    side: Side
    importance: str
    risk: str | None
    decision: int
    at: int
    by: str
    reason: str | None = None
    answered: bool = False


# --- facts -----------------------------------------------------------------------------------------------------------


def known(rows: Iterable[Mapping[str, Any]]) -> dict[str, Known]:
    """Return the facts that ratings of one tool give; `rows` are decisions in force of the kind `rating`, in order."""
    return {
        FACTS[Side(row["detail"]["side"])]: Known(
            row["detail"]["importance"], (f"decision:{row['id']}",), from_ms(row["at"])
        )
        for row in rows
    }


def gap(facts: Mapping[str, Known | Unknown]) -> Known | Unknown:
    """Return how many steps lie between what the two sides say of a tool's importance, 0..2."""
    both = [facts.get(name) for name in FACTS.values()]
    said = [fact for fact in both if isinstance(fact, Known)]
    if len(said) < len(both):
        missing = [name for name, fact in zip(FACTS.values(), both, strict=True) if not isinstance(fact, Known)]
        return Unknown(f"{' and '.join(missing)} {'is' if len(missing) == 1 else 'are'} unknown")
    evidence = tuple(dict.fromkeys(key for fact in said for key in fact.evidence))
    steps = [STEPS.index(str(fact.value)) for fact in said]
    return Known(abs(steps[0] - steps[1]), evidence, said[0].at)


# --- differences -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Views:
    """What was said of one tool: the rating of each side, the words against a decision, and the latest note."""

    ratings: dict[Side, Rating] = field(default_factory=dict)
    dissent: list[dict[str, Any]] = field(default_factory=list)
    notes: list[dict[str, Any]] = field(default_factory=list)


def views(
    rows: Iterable[dict[str, Any]],
    cases_of: Mapping[int, str],
    day: date,
    today: Callable[[str], str] = lambda tool: tool,
) -> dict[str, Views]:
    """Return tool id -> what was said of it. `rows` are all decisions, `cases_of` leads from a case to its tool.

    Answers count until the day on which they end. `today` gives the id that a tool of an earlier decision has by now.
    """
    found: dict[str, Views] = {}
    standing = decisions.in_force(rows)
    for row in standing:
        tool = today(row["object"].removeprefix(_ABOUT))
        if (rating := _rating(row, day)) is not None:
            _keep(found.setdefault(tool, Views()).ratings, rating)
        elif row["kind"] == NOTE:
            found.setdefault(tool, Views()).notes.append(row)
    for case, against in _dissent(standing).items():
        if case in cases_of:
            of = found.setdefault(today(cases_of[case]), Views()).dissent
            of[:] = against
    return found


def _keep(of: dict[Side, Rating], rating: Rating) -> None:
    """Let the latest rating of a side stand; an answer stands only where there is no rating."""
    before = of.get(rating.side)
    if before is None or before.answered or not rating.answered:
        of[rating.side] = rating


def _rating(row: Mapping[str, Any], day: date) -> Rating | None:
    detail = row["detail"]
    said = {"decision": row["id"], "at": row["at"], "by": row["by"], "reason": row["reason_hash"]}
    if row["kind"] == RATING:
        return Rating(side=Side(detail["side"]), importance=detail["importance"], risk=detail["risk"], **said)
    asked = {fact: side for side, fact in FACTS.items()}
    if row["kind"] != "answer" or detail["fact"] not in asked or detail["value"] not in STEPS:
        return None
    if date.fromisoformat(detail["until"]) < day:
        return None
    return Rating(side=asked[detail["fact"]], importance=detail["value"], risk=None, answered=True, **said)


def _dissent(standing: Iterable[dict[str, Any]]) -> dict[int, list[dict[str, Any]]]:
    """Return case -> the words of sides that differ from the last one; none of a case on which both said the same."""
    latest: dict[int, dict[str, dict[str, Any]]] = {}
    for row in standing:
        if row["kind"] == "signature":
            of = latest.setdefault(row["detail"]["case"], {})
            of.pop(row["detail"]["side"], None)
            of[row["detail"]["side"]] = row
    return {case: _against([*of.values()]) for case, of in sorted(latest.items())}


def _against(signed: list[dict[str, Any]]) -> list[dict[str, Any]]:
    last = signed[-1]["detail"]["outcome"]
    return [row | {"against": last} for row in signed if row["detail"]["outcome"] != last]


def differences(found: Mapping[str, Views], words: Words) -> list[dict[str, Any]]:
    """Return a row a tool that the sides see differently, the largest difference first; `words` gives a text by hash.

    Fields: tool_id, for both sides `importance_*`, `risk_*`, `reason_*` and `rated_*`, `importance_apart` and
    `risk_apart` (0..2, null where a side has not said), `apart` (the larger one, null where neither is known),
    `dissent` (sentences), `noted_at` and `note`.
    """
    rows = [_row(tool, of, words) for tool, of in found.items()]
    chosen = [row for row in rows if row["apart"] or row["dissent"]]
    return sorted(chosen, key=lambda row: (-(row["apart"] or 0), -_sum(row), -len(row["dissent"]), row["tool_id"]))


def _sum(row: Mapping[str, Any]) -> int:
    return (row["importance_apart"] or 0) + (row["risk_apart"] or 0)


def _row(tool: str, of: Views, words: Words) -> dict[str, Any]:
    apart = {name: _apart(of, name) for name in ("importance", "risk")}
    steps = [found for found in apart.values() if found is not None]
    row: dict[str, Any] = {"tool_id": tool}
    for side in (Side.MARKETING, Side.IT):
        one = of.ratings.get(side)
        row |= {
            f"importance_{side}": None if one is None else one.importance,
            f"risk_{side}": None if one is None else one.risk,
            f"reason_{side}": None if one is None else words(one.reason),
            f"rated_{side}": None if one is None else iso(one.at),
        }
    last = of.notes[-1] if of.notes else None
    return row | {
        "importance_apart": apart["importance"],
        "risk_apart": apart["risk"],
        "apart": max(steps) if steps else None,
        "dissent": [_said(one, words) for one in of.dissent],
        "noted_at": None if last is None else iso(last["at"]),
        "note": None if last is None else words(last["reason_hash"]),
    }


def _apart(of: Views, name: str) -> int | None:
    said = [getattr(one, name) for one in of.ratings.values()]
    if len(said) < len(Side) or None in said:
        return None
    return abs(STEPS.index(said[0]) - STEPS.index(said[1]))


def _said(row: Mapping[str, Any], words: Words) -> str:
    outcome, against = (name.replace("_", " ") for name in (row["detail"]["outcome"], row["against"]))
    why = words(row["reason_hash"])
    told = f": {why}" if why else ""
    return f"{called(Side(row['detail']['side']))} said {outcome}, the last word was {against}{told}"


def called(side: Side) -> str:
    """Return a side's name as people say it."""
    return "IT" if side is Side.IT else "Marketing"

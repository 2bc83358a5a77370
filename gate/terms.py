"""Terms: one side's word on a case, what is checked of it, and how it is kept so that another can agree to it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from gate.audit import canonical
from gate.keys import LETS_IN, OUTCOMES, Side
from model.errors import Refused
from storage import kept
from storage.store import Connection

#: An approval is looked at again after a year where nothing else is said, and after three at the latest.
REVIEW_IN = timedelta(days=365)
LONGEST = timedelta(days=3 * 366)
#: Characters of a reason, and of the one plain sentence for the other side.
_LONGEST_REASON, _LONGEST_SENTENCE = 10_000, 300
_MOST_CONDITIONS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """What must be done for an approval to stay: in plain words, by whom (an actor), until which day."""

    text: str
    owner: int
    due: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """One side's word on a case: outcome, why, one plain sentence for the other side, and on which terms.

    `seen` is the digest of the state that was read (or how it begins): where it is another one by now, the word is
    refused. None takes the state as it is. `side` is needed only of somebody who could sign for both.
    """

    outcome: str
    reason: str
    sentence: str
    conditions: tuple[Condition, ...] = ()
    review_by: date | None = None
    instead_of: str | None = None
    seen: str | None = None
    side: Side | None = None


def check(at: datetime, terms: Terms) -> None:
    """Raise Refused where a word is none: no outcome, no reason, too long, a day that is past, strange conditions."""
    if terms.outcome not in OUTCOMES:
        raise Refused(f"a case ends by one of {', '.join(OUTCOMES)}")
    if not terms.reason.strip():
        raise Refused("a decision needs a reason: add --reason TEXT")
    if not terms.sentence.strip():
        raise Refused("the other side reads one plain sentence: add --sentence TEXT")
    if len(terms.reason) > _LONGEST_REASON:
        raise Refused(f"a reason has {_LONGEST_REASON:,} characters at most: name the document that says the rest")
    if len(terms.sentence) > _LONGEST_SENTENCE or "\n" in terms.sentence.strip():
        raise Refused(f"the sentence for the other side is one line of {_LONGEST_SENTENCE} characters at most")
    today = at.date()
    if terms.review_by is not None and not today < terms.review_by <= today + LONGEST:
        raise Refused("the day on which it is looked at again is a day to come, within three years")
    _check_conditions(terms, today)


def _check_conditions(terms: Terms, today: date) -> None:
    wanted = terms.outcome == "approve_with_conditions"
    if bool(terms.conditions) != wanted:
        raise Refused(
            f"{terms.outcome.replace('_', ' ')} takes {'a condition at least' if wanted else 'no conditions'}"
        )
    if len(terms.conditions) > _MOST_CONDITIONS:
        raise Refused(f"{_MOST_CONDITIONS} conditions at most: what needs more is not approved yet")
    for condition in terms.conditions:
        if not condition.text.strip() or len(condition.text) > _LONGEST_SENTENCE or condition.due < today:
            raise Refused(f"a condition says in {_LONGEST_SENTENCE} characters what is done, by a day to come")


def agreed(terms: Terms) -> str:
    """Return the digest of what is agreed beside the outcome, as it is said: other terms open nothing."""
    conditions = [[c.text.strip(), c.owner, c.due.isoformat()] for c in terms.conditions]
    review_by = None if terms.review_by is None else terms.review_by.isoformat()
    told = canonical([conditions, review_by, terms.instead_of])
    return hashlib.sha256(told.encode()).hexdigest()


def stated(terms: Terms) -> dict[str, Any]:
    """Return the terms as they are kept; the words of conditions stand with the texts (`words`)."""
    found: dict[str, Any] = {}
    if terms.conditions:
        found["conditions"] = [
            {"text": f"condition_{at}", "owner": c.owner, "due": c.due.isoformat()}
            for at, c in enumerate(terms.conditions, 1)
        ]
    if terms.review_by is not None:
        found["review_by"] = terms.review_by.isoformat()
    return found | ({"instead_of": terms.instead_of} if terms.instead_of else {})


def words(terms: Terms) -> dict[str, str]:
    """Return what a person wrote beside the reason, by name."""
    found = {f"condition_{at}": c.text.strip() for at, c in enumerate(terms.conditions, 1)}
    return found | {"sentence": terms.sentence.strip()}


def decided(at: datetime, terms: Terms) -> dict[str, Any]:
    """Return what a decision says by its terms: what is let in is looked at again after a year at least.

    Of a tool that is retired the day is that by which people have moved.
    """
    found = stated(terms) | {"status": OUTCOMES[terms.outcome]}
    if terms.outcome not in LETS_IN:
        until = found.pop("review_by", None)
        return found | ({"move_by": until} if until and terms.outcome == "retire" else {})
    return {"review_by": (at + REVIEW_IN).date().isoformat()} | found


def read(connection: Connection, detail: Mapping[str, Any], reason: str) -> Terms:
    """Return the terms of a signature (its detail), with another reason. Raises Refused where its words were erased."""
    on = detail.get("on", {})
    conditions = tuple(
        Condition(text=_text(connection, detail, c["text"]), owner=c["owner"], due=date.fromisoformat(c["due"]))
        for c in on.get("conditions", ())
    )
    return Terms(
        outcome=detail["outcome"],
        reason=reason,
        sentence=_text(connection, detail, "sentence"),
        conditions=conditions,
        review_by=date.fromisoformat(on["review_by"]) if "review_by" in on else None,
        instead_of=on.get("instead_of"),
        seen=detail["state"],
    )


def _text(connection: Connection, detail: Mapping[str, Any], name: str) -> str:
    found = kept.text_of(connection, detail.get("words", {}).get(name))
    if found is None:
        raise Refused("what the other side wrote was erased: decide in words of your own (`ostiary review decide`)")
    return found

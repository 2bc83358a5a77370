"""The review of one case: taken up, signed by the sides that must, decided, and judged anew in the same transaction."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from gate import decisions, evaluating, keys, stages, states
from gate.accounts import named
from gate.acting import Gate
from gate.audit import canonical
from gate.decisions import Ruling
from gate.keys import LETS_IN, OUTCOMES, Side, Signature, Standing
from gate.material import Material, changes, read
from gate.roles import Account, Act, require
from gate.stages import Clock
from model.errors import Refused
from storage import cases as stored
from storage import kept
from storage.store import Connection
from storage.times import from_ms, to_ms

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


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a word did: its number, what follows from all words, and the decision that it made, if any."""

    signature: int
    standing: Standing
    decision: int | None


class Review:
    """The acts on one open case, all in the caller's transaction. Each raises Refused, and then nothing is done."""

    def __init__(self, connection: Connection, gate: Gate, number: int, by: Account) -> None:
        """Take a case in hand, alone: no other act runs beside until the transaction ends."""
        kept.lock_trail(connection)
        self._connection, self._gate, self._by = connection, gate, by
        self._case = open_case(connection, number)

    @property
    def _tool(self) -> str:
        return str(self._case["tool_id"])

    def assign(self, to: Account) -> None:
        """Give the case to somebody who may work on it."""
        for account in (self._by, to):
            require(account, Act.WORK, at=self._gate.at, unit=self._case["unit"])
        if self._case["stage"] == "new":
            self._move("review")
        stored.change(self._connection, self._case["id"], {"assignee": named(to)})
        self._happened("assigned", to=to.id)

    def sign(self, terms: Terms) -> Signed:
        """Record one side's word, and the decision where all keys are turned by it.

        Refused: no right, no reason, one's own request, a state that changed while it was read, a day that is past.
        """
        side = self._side(terms)
        check(self._gate, terms)
        now = states.state(self._connection, self._tool, self._gate)
        self._refuse_other_state(now, terms)
        stored.keep_state(self._connection, now.digest, now.plain())
        signature = self._record(terms, side, now)
        rules = self._gate.rules
        standing = keys.standing(self._signatures(), now.customer, now.digest, rules.two_keys)
        if standing.outcome is None:
            self._move("second_key", next(iter(sorted(standing.missing)), side).value)
            return Signed(signature=signature, standing=standing, decision=None)
        return Signed(signature=signature, standing=standing, decision=self._decide(terms, standing, now, signature))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _side(self, terms: Terms) -> Side:
        """Return for which side the account signs. Raises Refused where it may not, or asked for the tool itself."""
        request = stored.request_of(self._connection, self._case["id"])
        if request is not None and request["account_id"] == self._by.id:
            raise Refused("whoever asked for a tool does not decide on it: another approver has to sign")
        may = keys.sides(self._by)
        if terms.side is None and len(may) > 1:
            raise Refused("you may sign for either side: say for which (--side it or --side marketing)")
        side = terms.side or next(iter(may), Side.IT)
        require(self._by, keys.SIGNS[side], at=self._gate.at, unit=self._case["unit"])
        return side

    def _refuse_other_state(self, now: Material, terms: Terms) -> None:
        if terms.seen is None or (len(terms.seen) >= _SHORTEST and now.digest.startswith(terms.seen)):
            return
        then = stored.state(self._connection, terms.seen)
        told = "".join(f" {change.said}" for change in changes(read(then), now)) if then else ""
        raise Refused(f"this is another state than the one you read; it is {now.digest[:12]} now, look again.{told}")

    def _record(self, terms: Terms, side: Side, now: Material) -> int:
        detail = {
            "case": self._case["id"],
            "outcome": terms.outcome,
            "side": side.value,
            "state": now.digest,
            "terms": agreed(terms),
            "account": self._by.id,
        }
        number = self._rule("signature", f"case:{self._case['id']}", detail, terms)
        self._happened("signed", side=side.value, outcome=terms.outcome, decision=number)
        return number

    def _signatures(self) -> list[Signature]:
        about = f"case:{self._case['id']}"
        return [
            Signature(
                account=row["detail"]["account"],
                side=Side(row["detail"]["side"]),
                outcome=row["detail"]["outcome"],
                terms=row["detail"]["terms"],
                state=row["detail"]["state"],
                at=from_ms(row["at"]),
            )
            for row in decisions.in_force(kept.decisions(self._connection))
            if row["kind"] == "signature" and row["object"] == about
        ]

    def _decide(self, terms: Terms, standing: Standing, now: Material, signature: int) -> int:
        """Record the decision, close the case, and judge the tool by it."""
        detail = decided(self._gate, terms) | {
            "case": self._case["id"],
            "signature": signature,
            "state": now.digest,
            "customer_risk": now.customer,
            "dissent": [one.side.value for one in standing.dissent],
            "people": states.people(self._connection, self._tool),
        }
        number = self._rule("status", f"tool:{self._tool}", detail, terms)
        stored.close(self._connection, self._case["id"], "decided", to_ms(self._gate.at))
        self._happened("decided", decision=number, outcome=terms.outcome)
        apply(self._connection, self._gate, self._tool)
        return number

    def _rule(self, kind: str, about: str, detail: dict[str, Any], terms: Terms) -> int:
        words = {f"condition_{at}": c.text.strip() for at, c in enumerate(terms.conditions, 1)}
        words["sentence"] = terms.sentence.strip()
        ruling = Ruling(kind=kind, about=about, detail=detail, reason=terms.reason, words=words)
        return decisions.decide(self._connection, self._gate.trail, ruling, by=named(self._by), at=self._gate.at)

    def _move(self, stage: str, waiting_for: str | None = None) -> None:
        move(self._connection, self._gate, self._case, stage, waiting_for)
        self._case = open_case(self._connection, self._case["id"])

    def _happened(self, kind: str, **detail: Any) -> None:
        happened(self._connection, self._gate, self._case["id"], kind, named(self._by), **detail)


def open_case(connection: Connection, number: int) -> dict[str, Any]:
    """Return an open case. Raises Refused where there is none, or it is closed."""
    found = stored.case(connection, number)
    if found is None:
        raise Refused(f"there is no case {number}: `ostiary cases` lists them")
    if found["state"] != "open":
        since = f" since {from_ms(found['closed_at']):%d %B %Y}" if found["closed_at"] else ""
        raise Refused(f"case {number} is closed ({found['stage']}){since}: `ostiary cases show {number}` tells how")
    return found


def move(connection: Connection, gate: Gate, case: dict[str, Any], stage: str, waiting_for: str | None = None) -> None:
    """Let a case go on to a stage; its clock starts or goes on, and the one of the stage before stands still."""
    begun = from_ms(case["stage_at"] or case["opened_at"])
    due = from_ms(case["due_at"]) if case["due_at"] else begun
    clock = Clock(stage=case["stage"], since=begun, due_at=due, spent=case["spent"])
    after = stages.enter(clock, stage, gate.at, gate.rules.clocks, gate.time)
    waits = waiting_for or stages.WAITS.get(stage, "security")
    values = {"stage": stage, "waiting_for": waits, "stage_at": to_ms(after.since), "due_at": to_ms(after.due_at)}
    stored.change(connection, case["id"], values | {"spent": after.spent})
    if (stage, waits) != (case["stage"], case["waiting_for"]):
        happened(connection, gate, case["id"], "stage", "system", to=stage, waits=waits, **{"from": case["stage"]})


def happened(connection: Connection, gate: Gate, number: int, kind: str, by: str, **detail: Any) -> None:
    """Note what happened to a case."""
    stored.add_event(connection, number, at=to_ms(gate.at), by=by, kind=kind, detail=detail)


def apply(connection: Connection, gate: Gate, tool: str) -> None:
    """Give a tool the status of its latest decision in force, and judge it by that; a run derives the same."""
    rows = states.statuses(connection, tool)
    status = decisions.status(rows[-1], gate.as_of.date()) if rows else "new"
    stored.set_status(connection, tool, status)
    evaluating.evaluate(connection, gate, tool, decisions.facts_of(rows[-1] if rows else None))


# --- words and terms -------------------------------------------------------------------------------------------------

#: So much of a digest tells states apart on a page.
_SHORTEST = 8


def check(gate: Gate, terms: Terms) -> None:
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
    today = gate.at.date()
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


def decided(gate: Gate, terms: Terms) -> dict[str, Any]:
    """Return what a decision says by its terms; the words of its conditions stand with the texts."""
    found: dict[str, Any] = {"status": OUTCOMES[terms.outcome]}
    if (review_by := _review_by(gate, terms)) is not None:
        found["review_by"] = review_by
    if terms.conditions:
        found["conditions"] = [
            {"text": f"condition_{at}", "owner": c.owner, "due": c.due.isoformat()}
            for at, c in enumerate(terms.conditions, 1)
        ]
    return found | ({"instead_of": terms.instead_of} if terms.instead_of else {})


def _review_by(gate: Gate, terms: Terms) -> str | None:
    if terms.outcome not in LETS_IN:
        return None
    return (terms.review_by or (gate.at + REVIEW_IN).date()).isoformat()

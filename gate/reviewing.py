"""The review of one case: taken up, signed by the sides that must, decided, and judged anew in the same transaction."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from gate import decisions, evaluating, keys, stages, states, telling
from gate import terms as said
from gate.accounts import named
from gate.acting import Gate
from gate.decisions import Ruling
from gate.keys import Side, Signature, Standing
from gate.material import Material, changes, read
from gate.roles import Account, Act, require
from gate.stages import Clock
from gate.standing_in import Key, Place, hands, key_for
from gate.terms import Terms
from model.errors import Refused
from storage import cases as stored
from storage import kept
from storage.store import Connection
from storage.times import from_ms, to_ms


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """What a word did: its number, the key it turned, what follows from all words, and the decision that it made."""

    signature: int
    key: Key
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
        """Give the case to somebody who may work on it; nothing happens where that one has taken it up already."""
        for account in (self._by, to):
            require(account, Act.WORK, at=self._gate.at, unit=self._case["unit"])
        if self._case["assignee"] == named(to) and self._case["stage"] != "new":
            return
        if self._case["stage"] == "new":
            self._move("review")
        stored.change(self._connection, self._case["id"], {"assignee": named(to)})
        self._happened("assigned", to=to.id)
        if to.id != self._by.id:
            telling.case_assigned(self._connection, self._gate, self._case, to.id)

    def hand_back(self) -> None:
        """Let the case be nobody's again, so that somebody else takes it up."""
        require(self._by, Act.WORK, at=self._gate.at, unit=self._case["unit"])
        if self._case["assignee"] is None:
            raise Refused(f"case {self._case['id']} is with nobody: there is nothing to hand back")
        stored.change(self._connection, self._case["id"], {"assignee": None})
        self._happened("handed_back")

    def sign(self, terms: Terms) -> Signed:
        """Record one side's word, and the decision where all keys are turned by it.

        Refused: no right, no reason, one's own request, a state that changed while it was read, a day that is past.
        """
        key = self._key(terms.side)
        said.check(self._gate.at, terms)
        now = states.state(self._connection, self._tool, self._gate)
        self._refuse_other_state(now, terms)
        stored.keep_state(self._connection, now.digest, now.plain())
        signature = self._record(terms, key, now)
        rules = self._gate.rules
        standing = keys.standing(
            signatures(self._connection, self._case["id"]), now.customer, now.digest, rules.two_keys
        )
        if standing.outcome is None:
            side = next(iter(sorted(standing.missing)), key.side)
            self._move("second_key", side.value)
            telling.second_key(self._connection, self._gate, self._case, side)
            return Signed(signature=signature, key=key, standing=standing, decision=None)
        decision = self._decide(terms, standing, now, signature)
        return Signed(signature=signature, key=key, standing=standing, decision=decision)

    def agree(self, reason: str) -> Signed:
        """Turn the other side's key on the terms of whoever signed last, on the state that was read then."""
        mine = hands(self._connection, self._by.id)
        row = next((row for row in reversed(words(self._connection, self._case["id"])) if not _by(row) & mine), None)
        if row is None:
            number = self._case["id"]
            raise Refused(f"nobody else has signed case {number}: `ostiary review decide {number}` says the first word")
        other = Side.MARKETING if row["detail"]["side"] == Side.IT.value else Side.IT
        return self.sign(replace(said.read(self._connection, row["detail"], reason), side=other))

    # --- inside ------------------------------------------------------------------------------------------------------

    def _key(self, wanted: Side | None) -> Key:
        """Return the key that the account turns. Raises Refused where it has none, or asked for the tool itself."""
        asked = frozenset(stored.requesters(self._connection, self._case["id"], self._tool))
        place = Place(at=self._gate.at, unit=self._case["unit"], requesters=asked)
        return key_for(self._connection, self._by, place, wanted)

    def _refuse_other_state(self, now: Material, terms: Terms) -> None:
        if terms.seen is None or (len(terms.seen) >= _SHORTEST and now.digest.startswith(terms.seen)):
            return
        then = stored.state(self._connection, terms.seen)
        told = "".join(f" {change.said}" for change in changes(read(then), now)) if then else ""
        look = f"`ostiary cases show {self._case['id']}` shows it"
        raise Refused(f"this is another state than the one you read; it is {now.digest[:12]} now, {look}.{told}")

    def _record(self, terms: Terms, key: Key, now: Material) -> int:
        stead = {} if key.of is None else {"for": key.of.id}
        detail = {
            "case": self._case["id"],
            "outcome": terms.outcome,
            "side": key.side.value,
            "state": now.digest,
            "terms": said.agreed(terms),
            "account": self._by.id,
            "on": said.stated(terms),
        }
        number = self._rule("signature", f"case:{self._case['id']}", detail | stead, terms)
        self._happened("signed", side=key.side.value, outcome=terms.outcome, decision=number, **stead)
        return number

    def _decide(self, terms: Terms, standing: Standing, now: Material, signature: int) -> int:
        """Record the decision, close the case, and judge the tool by it."""
        detail = said.decided(self._gate.at, terms) | {
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
        telling.decided(self._connection, self._gate, self._case, number)
        settle(self._connection, self._gate, self._case["id"], self._tool, number)
        return number

    def _rule(self, kind: str, about: str, detail: dict[str, Any], terms: Terms) -> int:
        ruling = Ruling(kind=kind, about=about, detail=detail, reason=terms.reason, words=said.words(terms))
        return decisions.decide(self._connection, self._gate.trail, ruling, by=named(self._by), at=self._gate.at)

    def _move(self, stage: str, waiting_for: str | None = None) -> None:
        move(self._connection, self._gate, self._case, stage, waiting_for)
        self._case = open_case(self._connection, self._case["id"])

    def _happened(self, kind: str, **detail: Any) -> None:
        happened(self._connection, self._gate, self._case["id"], kind, named(self._by), **detail)


def words(connection: Connection, number: int) -> list[dict[str, Any]]:
    """Return the decisions that are signatures of a case, those in force, in order."""
    return [row for row in kept.standing_about(connection, f"case:{number}") if row["kind"] == "signature"]


def signatures(connection: Connection, number: int) -> list[Signature]:
    """Return the signatures of a case that are in force, in order."""
    return [
        Signature(
            account=row["detail"]["account"],
            side=Side(row["detail"]["side"]),
            outcome=row["detail"]["outcome"],
            terms=row["detail"]["terms"],
            state=row["detail"]["state"],
            at=from_ms(row["at"]),
            beside=frozenset[int]().union(*(hands(connection, account) for account in _by(row))),
        )
        for row in words(connection, number)
    ]


def _by(row: dict[str, Any]) -> frozenset[int]:
    return frozenset({row["detail"]["account"], row["detail"].get("for", row["detail"]["account"])})


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


def settle(connection: Connection, gate: Gate, case: int, tool: str, decision: int) -> None:
    """Judge a tool by the decision that was just made on it, and keep the state that this leaves."""
    apply(connection, gate, tool)
    left = states.state(connection, tool, gate)
    stored.keep_state(connection, left.digest, left.plain())
    happened(connection, gate, case, states.SETTLED, "system", decision=decision, state=left.digest)


def apply(connection: Connection, gate: Gate, tool: str) -> None:
    """Give a tool the status of its latest decision in force, and judge it by that; a run derives the same."""
    rows = states.statuses(connection, tool)
    status = decisions.status(rows[-1], gate.as_of.date()) if rows else "new"
    stored.set_status(connection, tool, status)
    evaluating.evaluate(connection, gate, tool, decisions.facts_of(rows[-1] if rows else None))


#: So much of a digest tells states apart on a page.
_SHORTEST = 8

"""What the interface answers with of one case: its row, and all that a decision rests on."""

from __future__ import annotations

from pydantic import BaseModel

from web.api.models import Case, Day, Finding, Moment, Question
from web.api.models_tool import Held, Person


class Signature(BaseModel):
    """One side's word on a case. One that was given on another state than the present one does not count."""

    signature: int
    side: str
    by: str
    outcome: str
    at: Moment
    reason: str | None
    sentence: str | None
    counts: bool


class ConditionKept(BaseModel):
    """A condition of a decision in force; `met` is the decision by which it is met."""

    number: int
    text: str | None
    owner: str | None
    due: Day
    met: int | None


class Decided(BaseModel):
    """The decision by which a case ended, where it is in force."""

    decision: int
    status: str
    by: str
    rule: str | None
    at: Moment
    reason: str | None
    sentence: str | None
    review_by: Day | None
    conditions: list[ConditionKept]


class Changed(BaseModel):
    """What is another than when it was last decided on; what `reopens` is why the case is back."""

    kind: str
    said: str
    reopens: bool


class Risk(BaseModel):
    """One of the two risks of a tool, with the findings that make it."""

    side: str
    band: str
    rule: str | None
    because: str
    findings: list[str]
    others: list[str]
    unjudged: int
    missing: list[str]
    waived: list[str]


class Need(BaseModel):
    """What somebody can be asked: `policies` count what hangs on it. `person` is an address where names may be seen."""

    fact: str
    question: str
    asks: str
    person: str | None
    policies: int


class NotShown(BaseModel):
    """What no source shows, why, and what would settle it."""

    what: str
    reason: str | None
    findings: int
    settles: str | None


class Happened(BaseModel):
    """Something that happened to a case; `who` is null where the program did it."""

    at: Moment
    who: str | None
    kind: str
    said: str
    word: str | None
    sentence: str | None
    decision: int | None
    undone: bool


class Rating(BaseModel):
    """How one side sees a tool; null where it has not said."""

    side: str
    importance: str | None
    risk: str | None
    reason: str | None
    at: Moment | None
    decision: int | None


class CaseWhole(Case):
    """All that a case rests on.

    `seen` is the digest of its state: send it back with a signature, so that you sign what you read; `state_read` with
    it, and a refusal says what became different meanwhile. `may_sign` are the sides for which you may sign; where there
    is none, `may_not` says why.
    """

    seen: str
    state_read: str
    changed: list[Changed]
    signatures: list[Signature]
    decided: Decided | None
    risks: list[Risk]
    findings: list[Finding]
    needs: list[Need]
    lacks: list[NotShown]
    questions: list[Question]
    connections: list[Held]
    people: list[Person]
    events: list[Happened]
    ratings: list[Rating]
    may_sign: list[str]
    may_not: str | None


class Given(BaseModel):
    """With whom a case is now; null: with nobody."""

    case: int
    assignee: str | None


class SignedBy(BaseModel):
    """What a signature did: its number, the side, the sides that are still missing, and the decision that it made."""

    signature: int
    side: str
    outcome: str
    missing: list[str]
    decision: int | None


class AskedOf(BaseModel):
    """What asking did.

    `made` are questions that went out, `unaddressed` those for which nobody is known, `before` facts that were asked
    already, `later` those that wait for another day, because whoever would answer has had enough today.
    """

    made: list[int]
    unaddressed: list[int]
    before: list[str]
    later: list[str]

"""What the interface answers with of one thing: the row of its list, and all that is known beside it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from web.api.models import (
    Case,
    Connection,
    Day,
    Decision,
    Finding,
    InventoryItem,
    Lack,
    Moment,
    Money,
    Policy,
    Question,
    Request,
    Tool,
)


class Fact(BaseModel):
    """A fact of a tool: its value as JSON has it and in words, or null with the reason why nobody knows it."""

    area: str
    fact: str
    meaning: str
    type: str | None
    value: Any
    said: str
    reason: str | None
    evidence: list[str] = Field(description="Keys for `GET /evidence`")
    seen_at: Moment | None
    since: Moment | None


class Identity(BaseModel):
    """A name that a source has for a tool, and why we think that it is this one."""

    source: str
    key: str
    app: dict[str, Any]
    matcher: str | None
    matched: str | None
    confidence: float | None
    why: str | None
    catalog_version: str | None
    valid_from: Moment | None
    counterparty: str | None
    merchant_of_record: str | None
    imitates: str | None


class Month(BaseModel):
    """The use of a tool in a month (YYYY-MM, UTC)."""

    month: str
    people: int
    successes: int
    failures: int
    second_factor: int


class Charge(BaseModel):
    """What a tool cost in a month, by the words of the statement."""

    month: str
    charges: int
    total: list[Money]
    named: str | None


class Record(BaseModel):
    """A record of a source that is in force."""

    source: str
    stream: str
    kind: str
    native_id: str
    seen_at: Moment | None
    actor: str | None
    facts: dict[str, Any]
    evidence: str


class Grant(BaseModel):
    """A right that a person gave. `person` is an address where names may be seen."""

    evidence: str
    person: str | None
    since: Moment | None
    last_used: Moment | None
    stale: bool | None
    left: bool | None
    consent: str | None


class Scope(BaseModel):
    """A scope that a tool holds, rated."""

    scope: str
    class_: str | None = Field(alias="class")
    meaning: str | None
    limit: str | None


class Held(Connection):
    """A connection whole: each scope rated, and the newest 50 grants."""

    rated: list[Scope]
    grants: list[Grant]


class Person(BaseModel):
    """Somebody who uses a tool: a number, which is the same for all tools; the address where names may be seen."""

    person: int
    unit: str | None
    marketing: bool | None
    kind: str | None
    successes: int
    last_at: Moment | None
    address: str | None


class Revealed(BaseModel):
    """The people of a tool by name. That they were asked for, and why, is in the trail."""

    items: list[Person]


class ToolWhole(Tool):
    """All that is known of a tool. `open_case` is the number of its open case."""

    open_case: int | None
    facts: list[Fact]
    identities: list[Identity]
    joined: list[str]
    months: list[Month]
    charges: list[Charge]
    records: list[Record]
    connections: list[Held]
    findings: list[Finding]
    decisions: list[Decision]


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
    """All that a case rests on. `seen` is the digest of its state: send it back with a signature, so that you sign what
    you read; `state` with it, and a refusal says what became different meanwhile.

    `may_sign` are the sides for which you may sign; none of them: `may_not` says why.
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


class Read(BaseModel):
    """A fact that a policy read for a finding, in words."""

    fact: str
    what: str
    said: str | None
    reason: str | None
    evidence: list[str]
    seen_at: Moment | None = None


class Reference(BaseModel):
    """A page of a standard that deals with the topic."""

    ref: str
    title: str


class Rule(BaseModel):
    """What the policy of a finding says."""

    applies: str
    require: str
    why: str
    do: list[str]
    refs: list[Reference]


class Waiver(BaseModel):
    """Until when a finding is accepted, by whom, and why."""

    decision: int
    until: Day
    at: Moment
    by: str
    reason: str | None


class Became(BaseModel):
    """A moment in the life of a finding."""

    at: Moment
    what: str
    verdict: str | None
    state: str | None
    severity: str | None
    customer_severity: str | None
    message: str | None


class FindingWhole(Finding):
    """A finding with what was read, what the policy says, its waiver, and what became of it."""

    since: Moment | None
    facts: list[Read]
    settles: list[NotKnown]
    rule: Rule | None
    waiver: Waiver | None
    history: list[Became]


class NotKnown(Lack):
    """What nobody knows, in words, and what would settle it."""

    what: str
    settles: str | None


class Can(BaseModel):
    """The units that use a tool, with how many people each; unit null: unknown."""

    unit: str | None
    people: int


class InventoryWhole(InventoryItem):
    """Whether one tool may be used, what it can do here in plain sentences, and who uses it."""

    can: list[str]
    units: list[Can]
    same_job: list[str]


class QuestionWhole(Question):
    """A question, and its answer where there is one. `person` is who was asked, by number."""

    person: int | None
    value: Any
    said: str | None
    until: Day | None
    document: str | None
    note: str | None


class RequestWhole(Request):
    """A request with what it is for, what happened since, and what was decided, in one sentence."""

    purpose: str | None
    sentence: str | None
    approved: list[str]
    happened: list[Moved]


class Moved(BaseModel):
    """A moment in the life of a request."""

    at: Moment
    said: str


class PolicyWhole(Policy):
    """A policy whole: what it reads, why it is there, what to do, thresholds, changes of the company, examples."""

    reads: list[str]
    own_records: bool
    message: str
    thresholds: dict[str, Any]
    overridden: dict[str, Any]
    why: str
    do: list[str]
    refs: list[Reference]
    examples: list[Example]


class Example(BaseModel):
    """A worked example of a policy: what comes out where these facts are known and no others."""

    expect: str
    note: str | None
    facts: dict[str, str]


class Evidence(BaseModel):
    """What stands behind a key: the record, the use of a month, the decision or the answer, field by field."""

    evidence: str
    kind: str
    found: dict[str, Any]


class Step(BaseModel):
    """What a scan is doing, or has done."""

    what: str
    at: Moment
    done: int
    total: int | None


class Scan(BaseModel):
    """A scan that was begun from the web; `outcome` null: it is under way."""

    id: int
    sources: list[str]
    by: str
    at: Moment
    ended_at: Moment | None
    outcome: str | None
    problem: str | None
    run: int | None
    steps: list[Step]
    opened: int | None
    approved: int | None
    changed: int | None
    notes: list[str]


class Source(BaseModel):
    """A source: whether it can be read now, and when it is read next."""

    name: str
    kind: str
    is_live: bool
    schedule: str | None
    next_at: Moment | None
    overdue: bool
    streams: list[str]
    lacking: list[str]

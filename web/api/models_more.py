"""What the interface answers with of one finding, question, request, policy, scan and so on."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from web.api.models import Day, Finding, InventoryItem, Lack, Moment, Policy, Question, Request


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


class Made(BaseModel):
    """The number of the decision that was recorded: `POST /decisions/{number}/undo` takes it back."""

    decision: int

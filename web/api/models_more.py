"""What the interface answers with of one finding, question, request, policy, scan and so on."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel

from web.api.models import Change, Day, Finding, InventoryItem, Lack, Moment, Money, Policy, Question, Request
from web.api.models_tool import Held


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


class Asked(BaseModel):
    """What a request is answered at once. `approved` are tools that do the job, `forecast` what it comes to."""

    request: int | None
    case: int | None
    tool_id: str
    tool: str
    approved: list[str]
    waiting_for: str | None
    due_at: Moment | None
    forecast: str | None


class Withdrawn(BaseModel):
    """A request that was taken back; `case_closed` is the case that went with it."""

    request: int
    case_closed: int | None


class WithdrawnQuestion(BaseModel):
    """A question that was taken back."""

    question: int


class Answered(BaseModel):
    """The decision that keeps an answer; `unheard` says why it changes nothing, where something stands before it."""

    decision: int
    unheard: str | None


class Linked(BaseModel):
    """The link that answers a question, shown this once."""

    question: int
    link: str


class ConnectionsOfTool(BaseModel):
    """All that one tool holds."""

    items: list[Held]


class InsightList(BaseModel):
    """A list behind a figure: `GET /insights/{name}` gives its rows, with these fields."""

    name: str
    question: str
    fields: list[str]


class Insights(BaseModel):
    """The headline figures as of a moment, and the lists behind them."""

    as_of: Moment | None
    currency: str | None
    headline: list[Headline]
    lists: list[InsightList]


class Headline(BaseModel):
    """A figure: how many, how much, or which share; `about` says of what."""

    figure: str
    count: int | None
    money: list[Money] | None
    share: float | None
    about: str
    see: str | None


class Counted(BaseModel):
    """A page of a list of figures. The fields of its rows are those that `GET /insights` names."""

    items: list[dict[str, Any]]
    total: int
    next: str | None


class MadeBeside(BaseModel):
    """Decisions that were recorded; what follows from them is derived beside (`GET /following`)."""

    decisions: list[int]


class Following(BaseModel):
    """How far it is what follows from decisions on which tool is which; `is_done`: all lists show it."""

    is_done: bool
    step: str | None
    done: int
    total: int | None
    problem: str | None


class Head(BaseModel):
    """The last row of the trail: kept elsewhere, it shows later whether anything was cut off."""

    n: int
    mac: str


class Verified(BaseModel):
    """Whether the trail holds. Not `keyed`, it shows slips, and no forgery."""

    holds: bool
    rows: int
    keyed: bool
    broken: str | None
    head: Head


class RunOf(BaseModel):
    """The run that made a change."""

    id: int
    command: str
    started_at: Moment
    as_of: Moment


class ChangeWhole(Change):
    """A change with what is behind it: the run or the decision, what was said before and after, and the evidence."""

    run: RunOf | None
    decision: int | None
    finding: str | None
    case: int | None
    said: dict[str, Any]
    evidence: dict[str, Any]


class NotEvaluated(BaseModel):
    """What is not evaluated, where in its file, and what to do."""

    line: int
    column: int
    policy: str | None
    message: str


class Refusals(BaseModel):
    """What is not evaluated because it is no policy."""

    items: list[NotEvaluated]


class OpenApi(BaseModel):
    """An OpenAPI document (3.1)."""

    openapi: str
    info: dict[str, Any]
    paths: dict[str, Any]
    components: dict[str, Any]

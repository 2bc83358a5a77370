"""What the interface answers with, field by field: the reference for programs is written from these."""

from __future__ import annotations

from typing import Annotated, Any, Generic, TypeVar

from pydantic import BaseModel, Field

Item = TypeVar("Item")
Moment = Annotated[str, Field(json_schema_extra={"format": "date-time"}, description="ISO 8601, UTC")]
Day = Annotated[str, Field(json_schema_extra={"format": "date"})]


class Page(BaseModel, Generic[Item]):
    """One page of a list: `total` counts all pages; `next` is the cursor of the one after this, null on the last."""

    items: list[Item]
    total: int
    next: str | None


class Money(BaseModel):
    """An amount in millionths of the currency's major unit (ISO 4217)."""

    currency: str
    amount_micros: int


class Tool(BaseModel):
    """A tool that is in use. Null is unknown, never none."""

    id: str
    name: str
    vendor: str | None
    category: str | None
    marketing: bool | None
    provisional: bool
    noise: str | None
    status: str
    marketing_used: float | None
    marketing_bought: float | None
    people: int
    people_ever: int
    people_marketing: int | None
    first_seen: Moment | None
    last_seen: Moment | None
    spend_12m: list[Money]
    spend_12m_base: list[Money] | None
    spend_total: list[Money]
    spend_total_base: list[Money] | None
    sources: list[str]
    owners: list[str]
    technology_risk: str
    customer_risk: str
    findings_open: int | None
    imitates: list[str]
    technology_findings: list[str]
    customer_findings: list[str]
    risk_unknown: list[str]


class Case(BaseModel):
    """The review of one tool, from its opening to the decision."""

    id: int
    kind: str
    tool_id: str
    tool: str
    state: str
    stage: str
    waiting_for: str | None
    opened_at: Moment
    due_at: Moment | None
    technology_risk: str
    customer_risk: str
    assignee: str | None
    owner_business: str | None
    owner_technical: str | None
    closed_at: Moment | None
    why: str
    findings_open: int
    overdue: bool
    technology_findings: list[str]
    customer_findings: list[str]
    risk_unknown: list[str]
    rank: int | None
    rank_why: str | None
    unit: str | None


class Condition(BaseModel):
    """What must be done for an approval to stay."""

    text: str
    owner: str | None
    due: Day | None
    state: str


class InventoryItem(BaseModel):
    """Whether a tool may be used, for which job, on which terms."""

    tool_id: str
    tool: str
    category: str | None
    status: str
    conditions: list[str]
    owners: list[str]
    people: int
    spend_12m: list[Money]
    renews_at: Day | None
    review_by: Day | None
    instead_of: list[str]
    job: str | None
    category_title: str | None
    vendor: str | None
    sentence: str | None
    condition_details: list[dict[str, Any]]
    owner_business: str | None
    owner_technical: str | None
    deputy: str | None
    spend_12m_base: list[Money] | None
    decide_by: Day | None
    auto_renews: bool | None
    move_by: Day | None
    decided_on: Day | None
    decided_by: str | None
    decision: int | None
    case: int | None
    technology_risk: str
    customer_risk: str
    marketing: bool | None
    first_seen: Moment | None
    last_seen: Moment | None
    instead_ids: list[str]
    instead_why: str | None
    stable_id: str | None
    catalogue_id: str | None
    identifiers: list[str]


class Lack(BaseModel):
    """A fact that nobody knows, and why."""

    fact: str
    reason: str | None


class Finding(BaseModel):
    """What a policy says of a tool. `verdict` is violated, met, or unknown; `missing` would settle an unknown one."""

    id: str
    policy: str
    gap: str
    severity: str
    customer_severity: str
    verdict: str
    tool_id: str
    tool: str
    message: str
    evidence: list[str]
    first_seen: Moment | None
    last_seen: Moment | None
    state: str
    title: str
    watched: bool
    queued: bool
    evaluated: bool
    missing: list[Lack]
    waived_until: Day | None


class FindingLine(BaseModel):
    """A finding as lists have it; `GET /findings/{finding}` has it whole."""

    id: str
    policy: str
    title: str
    gap: str
    severity: str
    customer_severity: str
    verdict: str
    tool_id: str
    tool: str
    message: str
    since: Moment | None
    state: str
    watched: bool
    queued: bool
    evaluated: bool
    waived_until: Day | None


class Question(BaseModel):
    """What somebody was asked of a tool. `expected` says how it is answered, `to` whom it went to."""

    id: int
    tool_id: str
    tool: str
    case_id: int | None
    fact: str
    question: str
    expected: str
    asks: str
    to: str | None
    state: str
    asked_at: Moment | None
    due_at: Moment | None
    overdue: bool
    findings: list[str]
    closed_at: Moment | None
    answer: int | None
    link: bool


class Request(BaseModel):
    """A tool that somebody asked for before it was bought. `price_micros` is millionths of `currency` for a year."""

    id: int
    tool_id: str
    tool: str
    category: str | None
    unit: str | None
    people: int | None
    price_micros: int | None
    currency: str | None
    data: list[str]
    needs: list[str]
    by: str | None
    at: Moment
    case_id: int
    where: str
    stage: str | None
    waiting_for: str | None
    since: Moment | None
    due_at: Moment | None
    overdue: bool


class Connection(BaseModel):
    """What right a tool holds on a system. Persons are `person N`."""

    tool_id: str
    tool: str
    system: str | None
    right: str | None
    scopes: list[str]
    scope_class: str | None
    consent: str | None
    granted_by: list[str]
    owner: str | None
    first_seen: Moment | None
    last_used: Moment | None
    stale: bool | None
    orphaned: bool | None
    over_broad: bool | None
    reach: str | None
    limit: str | None
    sources: list[str]


class Stream(BaseModel):
    """What the last run read of a list of a source; what it did not read is not seen, and is not zero."""

    source: str
    stream: str
    status: str
    window_start: Moment | None
    window_end: Moment | None
    read: int
    stored: int
    quarantined: int
    gap: str | None
    reason: str | None
    remedy: str | None
    run: int
    started_at: Moment


class Policy(BaseModel):
    """A policy as the company has it."""

    id: str
    title: str
    gap: str
    severity: str
    customer_severity: str
    applies: str
    require: str
    pack: str
    profile: str
    mode: str
    cases: int


class Decision(BaseModel):
    """What was ruled, by whom (`account:N` or an address), about what. Nothing is erased; what is undone says so."""

    id: int
    at: Moment
    by: str
    kind: str
    object: str
    detail: dict[str, Any]
    reason: str | None
    in_force: bool


class Change(BaseModel):
    """What became different, and when."""

    id: str
    at: Moment
    kind: str
    tool_id: str | None
    tool: str | None
    what: str
    before: Any
    after: Any


class AuditRow(BaseModel):
    """A row of the trail. `mac` seals it together with all rows before it."""

    n: int
    at: Moment | None
    actor: str
    act: str
    object: str
    detail: Any
    mac: str


class Account(BaseModel):
    """Who may act, and as what. `units` limit what the account acts on; none of them means all."""

    id: int
    email: str
    roles: list[str]
    units: list[str]
    state: str
    valid_from: Moment
    valid_to: Moment | None
    stands_in_for: list[str]


class Merchant(BaseModel):
    """Money that nothing says is software, of one merchant."""

    merchant: str
    merchant_of_record: str | None
    charges: int
    total: list[Money]
    total_base: list[Money] | None
    share: float | None
    first_charge: Moment | None
    last_charge: Moment | None
    ruling: str | None
    decision: int | None
    why: str | None


class Message(BaseModel):
    """Something to be told that was not told yet: `state` is waiting, held, again, failed, or nobody."""

    id: int
    at: Moment
    event: str
    receiver: str | None
    about: str
    state: str
    attempts: int
    next_at: Moment | None
    reason: str | None

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

"""What the interface answers with of one tool: its row, and all that is known beside it."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, Field

from web.api.models import Connection, Decision, Finding, Moment, Money, Tool


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

"""What the interface answers with of rules, and of a policy that is tried."""

from __future__ import annotations

from pydantic import BaseModel


class GateRule(BaseModel):
    """A rule of the gate in words. One of the fast lane has a `version`, and may be `revoked`."""

    what: str
    name: str
    says: str
    version: str | None
    revoked: bool


class GateRules(BaseModel):
    """The rules of the gate, and the company's own file they are of (null: those of the program)."""

    items: list[GateRule]
    file: str | None


class Stopped(BaseModel):
    """A rule that was stopped, and the tools that lost their approval by it."""

    rule: str
    tools: list[str]


class RiskRule(BaseModel):
    """A rule of risk: of a side the first that holds says the band.

    At least `findings` of `severity` or worse (of `gaps`, where some are named); or all of `known` are known and at
    most `unjudged` policies that apply cannot be judged.
    """

    side: str
    number: int
    band: str
    severity: str
    findings: int | None
    gaps: list[str]
    known: list[str]
    unjudged: int | None
    rule: str


class RiskRules(BaseModel):
    """The rules of risk, what of them is refused, and the company's own file (null: those of the program)."""

    items: list[RiskRule]
    refused: list[str]
    file: str | None


class NoiseRule(BaseModel):
    """A rule that hides tools as noise, and how many it hides."""

    id: str
    title: str
    why: str
    tools: int


class NoiseRules(BaseModel):
    """All rules that hide tools as noise."""

    items: list[NoiseRule]


class Outcomes(BaseModel):
    """How many tools meet a policy, violate it, cannot be judged; may be concerned (`open`), or are not (`apart`)."""

    met: int
    violated: int
    unknown: int
    open: int
    apart: int


class Difference(BaseModel):
    """A tool of which the changed policy says something else."""

    tool_id: str
    before: str
    after: str
    message: str


class Trial(BaseModel):
    """What a changed policy makes of the present data, beside what it makes as it stands.

    `judged` of `of` tools were looked at before the time was up. `keep` is what the configuration says to have it so.
    """

    policy: str
    before: Outcomes
    after: Outcomes
    changes: list[Difference]
    judged: int
    of: int
    keep: str | None

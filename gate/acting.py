"""What every act at the gate needs, handed in by whoever opens the store."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from gate.audit import Trail
from gate.rules import Rules
from gate.working_time import WorkingTime
from policies.risk import Rules as RiskRules
from policies.shape import Pack


@dataclass(frozen=True, slots=True, kw_only=True)
class Gate:
    """What the gate acts by: rules, calendar, policies, the trail, and the moments of the act and of the figures."""

    trail: Trail
    rules: Rules
    risk_rules: RiskRules
    pack: Pack
    at: datetime
    as_of: datetime
    time: WorkingTime = field(default_factory=WorkingTime)
    currency: str | None = None

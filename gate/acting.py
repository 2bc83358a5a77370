"""What every act at the gate needs, handed in by whoever opens the store."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from gate.audit import Trail
from gate.rules import Rules
from gate.working_time import WorkingTime
from policies.risk import Rules as RiskRules
from policies.shape import Pack

#: So many questions go to one person on one day where the company says nothing else.
ASKED_A_DAY = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Asking:
    """How questions are asked: `roles` leads from a role of the vocabulary to an address, `a_day` caps them a person.

    `links` lets questions be answered by signed link, without an account; `link_key` is the secret that signs them.
    """

    roles: Mapping[str, str] = field(default_factory=dict)
    a_day: int = ASKED_A_DAY
    links: bool = False
    link_key: bytes | None = field(default=None, repr=False)


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
    asking: Asking = field(default_factory=Asking)


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The company's settings of the gate: `hubs` leads from a unit, as it is compared, to its hub member's address."""

    rules: Rules
    risk_rules: RiskRules
    time: WorkingTime = field(default_factory=WorkingTime)
    hubs: Mapping[str, str] = field(default_factory=dict)
    asking: Asking = field(default_factory=Asking)

    def gate(self, trail: Trail, pack: Pack, *, at: datetime, as_of: datetime, currency: str | None) -> Gate:
        """Return the gate at a moment."""
        return Gate(
            trail=trail,
            rules=self.rules,
            risk_rules=self.risk_rules,
            pack=pack,
            at=at,
            as_of=as_of,
            time=self.time,
            currency=currency,
            asking=self.asking,
        )

    def hub(self, unit: str | None) -> str | None:
        """Return the hub member of a unit, or of the nearest unit above it; None where none is named."""
        name = (unit or "").strip().casefold().rstrip("/")
        while name:
            if name in self.hubs:
                return self.hubs[name]
            name = name.rpartition("/")[0]
        return None

"""What the web application is handed by whoever starts it: the store, the gate, and one port for each subject."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from gate.acting import Gate
from gate.audit import Trail
from gate.roles import Role
from model.company import Company
from model.ports import Clock
from storage.store import Store
from web.ports.audit import AuditPort
from web.ports.cases import CasesPort
from web.ports.connections import ConnectionsPort
from web.ports.insights import InsightsPort
from web.ports.inventory import InventoryPort
from web.ports.listed import Listed
from web.ports.money import MoneyPort
from web.ports.people import PeoplePort
from web.ports.policies import PoliciesPort
from web.ports.requests import RequestsPort
from web.ports.sources import SourcesPort
from web.ports.tools import ToolsPort
from web.ports.webhooks import WebhooksPort


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """`[web.sign_in]`: an OpenID Connect provider. `roles` leads from a group to the roles of who is in it.

    `certificates` is a file with authorities to trust beside the system's.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str = "your company's account"
    groups_claim: str = "groups"
    roles: Mapping[str, frozenset[Role]] = field(default_factory=dict)
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    certificates: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebSettings:
    """`[web]`: where people reach it, how they sign in, and how long a session lasts unused and in all."""

    public_url: str = "http://127.0.0.1:8000"
    provider: Provider | None = None
    idle: timedelta = timedelta(minutes=60)
    longest: timedelta = timedelta(hours=12)
    behind_proxy: bool = False

    @property
    def is_secure(self) -> bool:
        """Whether people reach it by HTTPS, so that cookies are kept to that."""
        return self.public_url.startswith("https://")


class Gates(Protocol):
    """Gives the gate as it is now."""

    def __call__(self, *, checked: bool = True) -> Gate:
        """Return the gate; to look alone, not `checked`, without policies. Raises ConfigError on refused rules."""
        ...


class Trails(Protocol):
    """Gives the audit trail."""

    def __call__(self) -> Trail:
        """Return the trail, with the company's key where there is one."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Office:
    """All that pages need. The ports give the same rows as the commands' formats for programs."""

    store: Store
    clock: Clock
    company: Company
    zone: ZoneInfo
    web: WebSettings
    gate: Gates
    trail: Trails
    listed: Listed
    cases: CasesPort
    tools: ToolsPort
    inventory: InventoryPort
    requests: RequestsPort
    connections: ConnectionsPort
    insights: InsightsPort
    money: MoneyPort
    sources: SourcesPort
    policies: PoliciesPort
    audit: AuditPort
    people: PeoplePort
    webhooks: WebhooksPort

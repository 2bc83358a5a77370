"""The signal: one observation as the source states it, keyed by the source's own id."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

Scalar = str | int | float | bool | tuple[str, ...]


class SignalKind(StrEnum):
    """What kind of thing was observed."""

    PERSON = "person"
    REGISTRATION = "registration"
    SIGN_IN = "sign_in"
    GRANT = "grant"
    ASSIGNMENT = "assignment"
    INSTALLATION = "installation"
    CONNECTION = "connection"
    CHARGE = "charge"
    CONTRACT = "contract"
    DECLARATION = "declaration"
    SENDER = "sender"
    DNS_RECORD = "dns_record"
    SITE_TAG = "site_tag"
    APP_SDK = "app_sdk"
    DEVICE_APP = "device_app"
    ACCOUNT_ACCESS = "account_access"
    AUDIT_EVENT = "audit_event"


class Method(StrEnum):
    """How a person signed in. The store keeps the position in this list, so only append."""

    UNKNOWN = "unknown"
    SAML = "saml"
    OIDC = "oidc"
    OAUTH = "oauth"
    PASSWORD = "password"  # noqa: S105 (the name of a sign-in method, not a secret)
    API = "api"


METHODS = tuple(Method)

#: The closed vocabulary of facts, by kind. A fact that is absent is left out, never None or "".
FACTS: Mapping[SignalKind, Mapping[str, type]] = MappingProxyType(
    {
        SignalKind.PERSON: {
            "department": str,
            "division": str,
            "cost_center": str,
            "unit": str,
            "title": str,
            "person_type": str,
            "status": str,
            "admin": bool,
            "second_factor": bool,
            "created_at": str,
            "left_at": str,
            "last_sign_in_at": str,
        },
        SignalKind.REGISTRATION: {
            "status": str,
            "sign_on": str,
            "method": str,
            "hidden": bool,
            "features": tuple,
            "publisher": str,
            "publisher_verified": bool,
            "scopes": tuple,
            "created_at": str,
            "updated_at": str,
        },
        SignalKind.SIGN_IN: {"method": str, "success": bool, "second_factor": bool, "reason": str},
        SignalKind.GRANT: {
            "scopes": tuple,
            "consent": str,
            "state": str,
            "client_type": str,
            "native": bool,
            "unregistered": bool,
        },
        SignalKind.ASSIGNMENT: {"via": str, "status": str, "state": str, "created_at": str},
        SignalKind.INSTALLATION: {"state": str, "scopes": tuple, "enabled": bool},
        SignalKind.CONNECTION: {"scopes": tuple, "system": str, "right": str},
        SignalKind.CHARGE: {
            "amount_micros": int,
            "currency": str,
            "original_amount_micros": int,
            "original_currency": str,
            "account": str,
            "cost_center": str,
            "unit": str,
            "category": str,
            "mcc": str,
            "status": str,
            "posted_on": str,
            "sub_account": str,
            "sub_account_name": str,
            "provider": str,
            "issuer": str,
            "virtual": bool,
            "period_end": str,
            "charged_from": str,
            "charged_to": str,
        },
        SignalKind.CONTRACT: {"amount_micros": int, "currency": str, "renews_on": str, "seats": int},
        SignalKind.DECLARATION: {
            "status": str,
            "decided_on": str,
            "review_by": str,
            "conditions": str,
            "reason": str,
            "category": str,
            "owner_side": str,
        },
        SignalKind.SENDER: {"messages": int, "subject_count": int},
        SignalKind.DNS_RECORD: {"name": str, "type": str, "value": str},
        SignalKind.SITE_TAG: {"page": str, "host": str},
        SignalKind.APP_SDK: {"app": str, "version": str},
        SignalKind.DEVICE_APP: {"version": str, "devices": int},
        SignalKind.ACCOUNT_ACCESS: {"role": str, "admin": bool, "second_factor": bool, "status": str},
        SignalKind.AUDIT_EVENT: {"action": str, "success": bool, "state": str},
    }
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AppIdentity:
    """How a source names an app. Absent fields are None, never "" or "Unknown App"."""

    app_id: str | None = None
    client_id: str | None = None
    product_code: str | None = None
    bundle_id: str | None = None
    catalog_key: str | None = None
    entity_id: str | None = None
    domain: str | None = None
    url: str | None = None
    redirect_uri: str | None = None
    descriptor: str | None = None
    label: str | None = None
    vendor: str | None = None

    def key(self) -> str:
        """Return what tells this app from the source's others: `field:value` of its strongest name.

        A label is used only where the source gives nothing else. Raises ValueError where nothing is named.
        """
        for field in KEY_FIELDS:
            value = getattr(self, field)
            if value is not None:
                return f"{field}:{fold(value) if field in FOLDED else value}"
        message = "the record names no app"
        raise ValueError(message)

    def named(self) -> dict[str, str]:
        """Return the fields that are present, in declaration order."""
        return {f: v for f in APP_FIELDS if (v := getattr(self, f)) is not None}


APP_FIELDS = tuple(f.name for f in dataclasses.fields(AppIdentity))
#: Order of strength for an identity's own key; the rest describe.
KEY_FIELDS = ("app_id", "client_id", "product_code", "bundle_id", "entity_id", "domain", "url", "descriptor", "label")
FOLDED = frozenset({"domain", "descriptor", "label"})


def fold(text: str) -> str:
    """Return the text as it is compared: case folded, white space collapsed."""
    return " ".join(text.casefold().split())


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """How a source names a person (or a service). `native_id` is the source's own id, else the address."""

    native_id: str
    address: str | None = None
    name: str | None = None
    kind: str = "person"  # person | service | agency
    aliases: tuple[str, ...] = ()  # further addresses that the source itself vouches for


@dataclass(frozen=True, slots=True, kw_only=True)
class Signal:
    """One observation as the source states it. (source, stream, native_id) is its key; `source` is added by the run.

    `seen_at` is aware UTC: when it was true there. `facts` holds only names of `FACTS[kind]`.
    """

    stream: str
    kind: SignalKind
    native_id: str
    seen_at: datetime
    app: AppIdentity | None = None
    actor: Actor | None = None
    facts: Mapping[str, Scalar] = dataclasses.field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse what would later look like knowledge: an unknown fact, a naive time, an empty key."""
        allowed = FACTS[self.kind]
        for name, value in self.facts.items():
            if name not in allowed or not isinstance(value, allowed[name]):
                message = f"{self.kind} has no fact {name} of type {type(value).__name__}"
                raise ValueError(message)
        if not self.native_id or self.seen_at.tzinfo is None:
            message = "a signal needs a native id and an aware time"
            raise ValueError(message)

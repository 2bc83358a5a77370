"""Translates Microsoft Entra's directory as Graph lists it: service principals, delegated permission grants, people.

An app has two ids here. `appId` is the same in every tenant; sign-ins name it, and it is `client_id`. The object id of
its service principal is this tenant's own; grants name only that one, and it is `app_id`. A service principal tells
both, and so do consents: where the two ids are told together once, deriving takes what they name for one app.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import msgspec

from connectors.formats import Context, present, require, text
from connectors.times import parse_time
from connectors.wire import decode, stamp, stamped
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Method, Signal, SignalKind

#: The tenants that own Microsoft's first-party apps (learn.microsoft.com, "Verify first-party Microsoft applications in
#: sign-in reports").
MICROSOFT = frozenset({"f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"})
#: What `preferredSingleSignOnMode` may be; `notSupported` says nothing.
_MODES = {"saml": Method.SAML, "oidc": Method.OIDC, "password": Method.PASSWORD}
_HIDDEN = "HideApp"


class _Publisher(msgspec.Struct, rename="camel"):
    display_name: str | None = None


class _Info(msgspec.Struct, rename="camel"):
    marketing_url: str | None = None


class _ServicePrincipal(msgspec.Struct, rename="camel"):
    id: str
    app_id: str
    display_name: str | None = None
    app_display_name: str | None = None
    app_owner_organization_id: str | None = None
    application_template_id: str | None = None
    account_enabled: bool | None = None
    service_principal_type: str | None = None
    preferred_single_sign_on_mode: str | None = None
    publisher_name: str | None = None
    verified_publisher: _Publisher | None = None
    info: _Info | None = None
    homepage: str | None = None
    login_url: str | None = None
    reply_urls: list[str] | None = None
    service_principal_names: list[str] | None = None
    tags: list[str] | None = None
    created_date_time: Any = None


def service_principal(raw: Any, context: Context) -> Iterator[Signal]:
    """Translate one service principal; one that a delta page reports as removed yields nothing. Raises Malformed.

    `publisher` is Microsoft for apps that Microsoft's own tenants own, else the verified publisher, else the tenant
    that published the app. `publisher_verified` is whether Microsoft names a verified one (Graph,
    servicePrincipal, verifiedPublisher: null where there is none); its own apps need none. `features` are the tags.
    """
    if _removed(raw):
        return
    found = decode(raw, _ServicePrincipal, "a service principal")
    own, client = require(found.id, "id"), require(found.app_id, "appId")
    microsoft = (found.app_owner_organization_id or "").casefold() in MICROSOFT
    verified = text(found.verified_publisher.display_name) if found.verified_publisher else None
    publisher = verified or text(found.publisher_name)
    tags = tuple(sorted({tag for t in found.tags or () if (tag := text(t))}))
    mode = text(found.preferred_single_sign_on_mode)
    yield Signal(
        stream="service_principals",
        kind=SignalKind.REGISTRATION,
        native_id=own,
        seen_at=context.read_at,
        app=AppIdentity(
            app_id=own,
            client_id=client,
            catalog_key=text(found.application_template_id),
            entity_id=_entity(found.service_principal_names, client),
            url=_first([found.homepage, (found.info or _Info()).marketing_url, found.login_url]),
            redirect_uri=_first(found.reply_urls or []),
            label=text(found.display_name) or text(found.app_display_name),
            # Of Microsoft's many products none follows from the publisher's name.
            vendor=None if microsoft else publisher,
        ),
        facts=present(
            status=None if found.account_enabled is None else "enabled" if found.account_enabled else "disabled",
            sign_on=mode or text(found.service_principal_type),
            method=_MODES[mode].value if mode in _MODES else None,
            hidden=_HIDDEN in tags if tags else None,
            features=tags,
            publisher="Microsoft" if microsoft else publisher,
            publisher_verified=microsoft or (None if found.verified_publisher is None else verified is not None),
            created_at=stamped(found.created_date_time),
        ),
    )


def _removed(raw: Any) -> bool:
    return b'"@removed"' in raw and "@removed" in decode(raw, dict[str, msgspec.Raw], "a directory object")


def _first(values: Sequence[str | None]) -> str | None:
    return next((found for value in values if (found := text(value)) and "localhost" not in found), None)


def _entity(names: list[str] | None, client: str) -> str | None:
    """Return the SAML entity id: the first of the names that is no app id; `api://` names an app's own interface."""
    for name in names or ():
        found = text(name)
        if found and found != client and ("." in found or found.startswith("urn:")) and not found.startswith("api://"):
            return found
    return None


class _Grant(msgspec.Struct, rename="camel"):
    id: str
    client_id: str
    consent_type: str
    principal_id: str | None = None
    scope: str | None = None


def grant(raw: Any, context: Context) -> Iterator[Signal]:
    """Translate one delegated permission grant. `clientId` is the object id of the client's service principal.

    A grant for everybody (AllPrincipals, by an administrator) names nobody; one for a person names that person.
    Raises Malformed.
    """
    found = decode(raw, _Grant, "a delegated permission grant")
    person = text(found.principal_id)
    everybody = {"AllPrincipals": True, "Principal": False}.get(found.consent_type)
    if everybody is None:
        raise Malformed("consentType is neither AllPrincipals nor Principal")
    yield Signal(
        stream="oauth2_grants",
        kind=SignalKind.GRANT,
        native_id=require(found.id, "id"),
        seen_at=context.read_at,
        app=AppIdentity(app_id=require(found.client_id, "clientId")),
        actor=Actor(native_id=person) if person and not everybody else None,
        facts=present(scopes=tuple(sorted(set((found.scope or "").split()))), consent="admin" if everybody else "user"),
    )


class _OrgData(msgspec.Struct, rename="camel"):
    division: str | None = None
    cost_center: str | None = None


class _Activity(msgspec.Struct, rename="camel"):
    last_sign_in_date_time: Any = None
    last_successful_sign_in_date_time: Any = None


class _User(msgspec.Struct, rename="camel"):
    id: str
    user_principal_name: str
    display_name: str | None = None
    mail: str | None = None
    department: str | None = None
    company_name: str | None = None
    job_title: str | None = None
    employee_org_data: _OrgData | None = None
    employee_leave_date_time: Any = None
    account_enabled: bool | None = None
    user_type: str | None = None
    proxy_addresses: list[str] | None = None
    created_date_time: Any = None
    sign_in_activity: _Activity | None = None


def user(raw: Any, context: Context) -> Iterator[Signal]:
    """Translate one person; one that a delta page reports as removed yields nothing. Raises Malformed.

    Further addresses are those of the person's mailbox (`proxyAddresses`, which Exchange allots); `otherMails` is what
    anybody typed in, and left out. `left_at` is told once that day has come.
    """
    if _removed(raw):
        return
    found = decode(raw, _User, "a user")
    native = require(found.id, "id")
    principal = text(found.user_principal_name)
    principal = principal if principal and "@" in principal and "#EXT#" not in principal else None
    address = text(found.mail) or principal
    mailbox = {a for entry in found.proxy_addresses or () if (a := _mailbox(entry))}
    others = {a for a in (principal, *mailbox) if a and address and a.casefold() != address.casefold()}
    org, seen = found.employee_org_data or _OrgData(), found.sign_in_activity or _Activity()
    yield Signal(
        stream="users",
        kind=SignalKind.PERSON,
        native_id=native,
        seen_at=context.read_at,
        actor=Actor(native_id=native, address=address, name=text(found.display_name), aliases=tuple(sorted(others))),
        facts=present(
            department=text(found.department),
            division=text(org.division),
            cost_center=text(org.cost_center),
            unit=text(found.company_name),
            title=text(found.job_title),
            person_type=text(found.user_type),
            status=None if found.account_enabled is None else "active" if found.account_enabled else "disabled",
            created_at=stamped(found.created_date_time),
            last_sign_in_at=stamped(seen.last_successful_sign_in_date_time) or stamped(seen.last_sign_in_date_time),
            left_at=_left(found.employee_leave_date_time, context),
        ),
    )


def _mailbox(entry: str) -> str | None:
    kind, _, address = entry.partition(":")
    return text(address) if kind.casefold() == "smtp" and "@" in address else None


def _left(value: Any, context: Context) -> str | None:
    try:
        at = None if value is None else parse_time(value)
    except Malformed:
        return None
    return stamp(at) if at is not None and at <= context.read_at else None

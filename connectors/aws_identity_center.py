"""AWS IAM Identity Center: its applications, who is assigned to them, and the people of its identity store.

Facts about the interface: botocore's service models of sso-admin (2020-07-20) and identitystore (2020-06-15).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

import msgspec

from connectors.formats import Bad, Context, Format, Raw, Reader, present, require, text
from connectors.json_records import records
from connectors.recognised import has, recognised
from connectors.wire import decode, stamped
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Method, Signal, SignalKind
from model.stream import Mode, Stream

_ALLOW = "in the IAM policy of the credential, which belongs to the account that owns the Identity Center"

APPLICATIONS = Stream(
    name="applications",
    kinds=(SignalKind.REGISTRATION,),
    mode=Mode.SNAPSHOT,
    permissions=("sso:ListInstances", "sso:ListApplications"),
    remedy=f"Allow sso:ListInstances and sso:ListApplications {_ALLOW}.",
)
ASSIGNMENTS = Stream(
    name="application_assignments",
    kinds=(SignalKind.ASSIGNMENT,),
    mode=Mode.SNAPSHOT,
    permissions=(*APPLICATIONS.permissions, "sso:ListApplicationAssignments", "identitystore:ListGroupMemberships"),
    remedy=f"Allow sso:ListApplicationAssignments and identitystore:ListGroupMemberships {_ALLOW}.",
)
USERS = Stream(
    name="users",
    kinds=(SignalKind.PERSON,),
    mode=Mode.SNAPSHOT,
    permissions=("sso:ListInstances", "identitystore:ListUsers"),
    remedy=f"Allow sso:ListInstances and identitystore:ListUsers {_ALLOW}.",
)

_PROVIDER = re.compile(r"arn:[a-z0-9-]+:sso::[a-z0-9]*:applicationProvider/(?P<name>.+)")
#: Providers that stand for any application.
_CUSTOM = re.compile(r"custom(-.*)?", re.IGNORECASE)
#: The extension that holds department, cost centre, division and organisation, where the call asks for it.
ENTERPRISE = "aws:identitystore:enterprise"


class _SignIn(msgspec.Struct):
    ApplicationUrl: Any = None


class _Portal(msgspec.Struct, rename="pascal"):
    sign_in_options: _SignIn | None = None
    visibility: Any = None


class _Application(msgspec.Struct, rename="pascal"):
    application_arn: str
    name: str | None = None
    application_provider_arn: Any = None
    status: Any = None
    portal_options: _Portal | None = None
    created_date: Any = None


def application(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one application of `ListApplications` or `DescribeApplication`. Raises Malformed where it is none."""
    found = decode(raw, _Application, "an application")
    arn = require(found.application_arn, "ApplicationArn")
    portal = found.portal_options or _Portal()
    provider = _provider(found.application_provider_arn)
    catalogue = provider.partition("catalog/")[2] if provider and provider.startswith("catalog/") else None
    status, visibility = text(found.status), text(portal.visibility)
    yield Signal(
        stream=APPLICATIONS.name,
        kind=SignalKind.REGISTRATION,
        native_id=arn,
        seen_at=context.read_at,
        app=AppIdentity(
            app_id=arn,
            catalog_key=catalogue,
            url=text(portal.sign_in_options.ApplicationUrl) if portal.sign_in_options else None,
            label=text(found.name) or catalogue,
        ),
        facts=present(
            status=status.lower() if status else None,
            sign_on=provider,
            method=Method.SAML.value if provider == "custom-saml" else None,
            hidden=None if visibility is None else visibility == "DISABLED",
            created_at=stamped(found.created_date),
        ),
    )


def _provider(arn: Any) -> str | None:
    """Return what kind of application it is: `catalog/Salesforce`, `custom-saml`, `custom`, or a service of AWS."""
    match = _PROVIDER.fullmatch(text(arn) or "")
    return match["name"] if match else None


class _Assignment(msgspec.Struct, rename="pascal"):
    """One assignment; `GroupId` stands where the live source has put a group's member in the group's place."""

    application_arn: str
    principal_id: str
    principal_type: str
    group_id: str | None = None


def assignment(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one assignment of `ListApplicationAssignments`; a group's names no person. Raises Malformed."""
    found = decode(raw, _Assignment, "an assignment")
    arn, principal = require(found.application_arn, "ApplicationArn"), require(found.principal_id, "PrincipalId")
    if found.principal_type not in {"USER", "GROUP"}:
        raise Malformed("PrincipalType is neither USER nor GROUP")
    group = text(found.group_id)
    is_user = found.principal_type == "USER"
    yield Signal(
        stream=ASSIGNMENTS.name,
        kind=SignalKind.ASSIGNMENT,
        native_id="/".join(part for part in (arn, group, principal) if part),
        seen_at=context.read_at,
        app=AppIdentity(app_id=arn),
        actor=Actor(native_id=principal) if is_user else None,
        facts={"via": "user" if is_user and group is None else "group"},
    )


class _Email(msgspec.Struct, rename="pascal"):
    value: str | None = None
    primary: bool | None = None


class _Name(msgspec.Struct, rename="pascal"):
    formatted: str | None = None
    given_name: str | None = None
    family_name: str | None = None


class _User(msgspec.Struct, rename="pascal"):
    user_id: str
    user_name: str | None = None
    display_name: str | None = None
    name: _Name | None = None
    emails: list[_Email] | None = None
    title: str | None = None
    user_type: str | None = None
    user_status: Any = None
    created_at: Any = None
    extensions: Any = None


def user(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one person of `ListUsers`; a user name is an address only where it looks like one. Raises Malformed."""
    found = decode(raw, _User, "a user")
    native = require(found.user_id, "UserId")
    addresses = [a for a in (text(e.value) for e in sorted(found.emails or (), key=lambda e: not e.primary)) if a]
    username = text(found.user_name)
    if username and "@" in username:
        addresses.append(username)
    own = {str(name).casefold(): value for name, value in _enterprise(found.extensions).items()}
    status = text(found.user_status)
    yield Signal(
        stream=USERS.name,
        kind=SignalKind.PERSON,
        native_id=native,
        seen_at=context.read_at,
        actor=Actor(
            native_id=native,
            address=addresses[0] if addresses else None,
            name=_name(found) or username,
            aliases=tuple(dict.fromkeys(a for a in addresses[1:] if a.casefold() != addresses[0].casefold())),
        ),
        facts=present(
            department=text(own.get("department")),
            cost_center=text(own.get("costcenter")),
            division=text(own.get("division")),
            unit=text(own.get("organization")),
            title=text(found.title),
            person_type=text(found.user_type),
            status=status.lower() if status else None,
            created_at=stamped(found.created_at),
        ),
    )


def _name(found: _User) -> str | None:
    name = found.name or _Name()
    whole = text(found.display_name) or text(name.formatted)
    return whole or text(f"{name.given_name or ''} {name.family_name or ''}")


def _enterprise(extensions: Any) -> dict[str, Any]:
    held = extensions.get(ENTERPRISE) if isinstance(extensions, dict) else None
    return held if isinstance(held, dict) else {}


def _reader(list_name: str, known: Callable[[bytes], bool], what: str) -> Reader:
    def read(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
        return recognised(records(data, lists=(list_name,), page=context.page), known, what)

    return read


FORMATS: tuple[Format, ...] = (
    Format(
        name="aws-sso-applications",
        about="AWS IAM Identity Center applications as `aws sso-admin list-applications` gives them",
        system="aws",
        streams=(APPLICATIONS,),
        read=_reader("Applications", has("ApplicationArn", "ApplicationProviderArn"), "an application"),
        translate=application,
    ),
    Format(
        name="aws-sso-assignments",
        about="AWS IAM Identity Center: who is assigned to which application (list-application-assignments)",
        system="aws",
        streams=(ASSIGNMENTS,),
        read=_reader("ApplicationAssignments", has("ApplicationArn", "PrincipalId"), "an assignment"),
        translate=assignment,
    ),
    Format(
        name="aws-identitystore-users",
        about="AWS IAM Identity Center people as `aws identitystore list-users` gives them",
        system="aws",
        streams=(USERS,),
        read=_reader(
            "Users", has("UserId", "IdentityStoreId"), "a user of an identity store (UserId, IdentityStoreId)"
        ),
        translate=user,
    ),
)

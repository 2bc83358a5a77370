"""Translates apps, people, and who has which app, as JumpCloud's directory lists them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from connectors.formats import Context, present, require, text
from connectors.native import Id, ident
from connectors.wire import decode, stamped
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Method, Signal, SignalKind

#: The sign-on types of an app.
METHODS = {"saml": Method.SAML, "oidc": Method.OIDC}
#: Connectors of JumpCloud's catalogue that stand for any app.
_TEMPLATE = re.compile(r"(custom|generic|jumpcloud|saml|oidc|bookmark|scim|sso|onprem).*", re.IGNORECASE)


def catalog_key(name: str | None) -> str | None:
    """Return a connector's name in JumpCloud's catalogue; None for those that any app may be set up with."""
    return None if name is None or _TEMPLATE.fullmatch(name) else name


class _Value(msgspec.Struct):
    value: Any = None


class _Config(msgspec.Struct, rename="camel"):
    acs_url: Any = None
    sp_entity_id: Any = None


class _Sso(msgspec.Struct):
    type: Any = None
    hidden: Any = None


class _Registered(msgspec.Struct, rename="camel"):
    id: Id = None
    own: Id = msgspec.field(default=None, name="_id")
    name: Any = None
    display_name: Any = None
    display_label: Any = None
    config: _Config | None = None
    sso: _Sso | None = None
    active: Any = None
    created: Any = None


def app(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one app of `/api/applications`. Raises Malformed where it is none."""
    found = decode(raw, _Registered, "an app")
    app_id = require(ident(found.id) or ident(found.own), "id")
    name, config, sso = text(found.name), found.config or _Config(), found.sso or _Sso()
    how = text(sso.type)
    yield Signal(
        stream="apps",
        kind=SignalKind.REGISTRATION,
        native_id=app_id,
        seen_at=context.read_at,
        app=AppIdentity(
            app_id=app_id,
            catalog_key=catalog_key(name),
            entity_id=_value(config.sp_entity_id),
            url=_value(config.acs_url),
            label=require(text(found.display_label) or text(found.display_name) or name, "displayLabel and no name"),
        ),
        facts=present(
            status={True: "active", False: "inactive"}.get(found.active) if isinstance(found.active, bool) else None,
            sign_on=how,
            method=None if how is None else METHODS.get(how.casefold(), Method.UNKNOWN).value,
            hidden=sso.hidden if isinstance(sso.hidden, bool) else None,
            created_at=stamped(found.created),
        ),
    )


def _value(held: Any) -> str | None:
    """Return what a setting holds: it is an object with a `value`, or the value itself."""
    return text(held.get("value") if isinstance(held, dict) else held)


class _Bound(msgspec.Struct):
    """A person to whom an app is bound; the interface answers for one app, which `application_id` names."""

    application_id: str
    id: str
    type: str = "user"
    paths: list[list[Any]] | None = None


def assignment(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one person's holding of an app: direct where a path of one step leads there. Raises Malformed."""
    found = decode(raw, _Bound, "a person's holding of an app")
    app_id, native = require(found.application_id, "application_id"), require(found.id, "id")
    if found.type != "user":
        raise Malformed("not a person's holding of an app: type is not user")
    steps = [len(path) for path in found.paths or ()]
    yield Signal(
        stream="assignments",
        kind=SignalKind.ASSIGNMENT,
        native_id=f"{app_id}:{native}",
        seen_at=context.read_at,
        app=AppIdentity(app_id=app_id),
        actor=Actor(native_id=native),
        facts=present(via=None if not steps else "user" if 1 in steps else "group"),
    )


class _Mfa(msgspec.Struct):
    configured: Any = None


class _User(msgspec.Struct):
    id: Id = None
    own: Id = msgspec.field(default=None, name="_id")
    username: str | None = None
    email: str | None = None
    firstname: str | None = None
    lastname: str | None = None
    displayname: str | None = None
    department: str | None = None
    cost_center: str | None = msgspec.field(default=None, name="costCenter")
    job_title: str | None = msgspec.field(default=None, name="jobTitle")
    employee_type: str | None = msgspec.field(default=None, name="employeeType")
    company: str | None = None
    state: Any = None
    suspended: Any = None
    created: Any = None
    mfa: _Mfa | None = None
    totp_enabled: Any = None


def user(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one person of `/api/systemusers`. Raises Malformed where it is none.

    `alternateEmail` is a private address for recovery: kept out on purpose.
    """
    found = decode(raw, _User, "a user")
    native = require(ident(found.id) or ident(found.own), "id")
    username = text(found.username)
    address = require(text(found.email) or username, "email and no username")
    factors = [f for f in (found.totp_enabled, found.mfa and found.mfa.configured) if isinstance(f, bool)]
    state = "suspended" if found.suspended is True else (text(found.state) or "").lower()
    yield Signal(
        stream="users",
        kind=SignalKind.PERSON,
        native_id=native,
        seen_at=context.read_at,
        actor=Actor(
            native_id=native,
            address=address,
            name=text(found.displayname) or text(f"{found.firstname or ''} {found.lastname or ''}") or username,
            aliases=(username,) if username and "@" in username and username != address else (),
        ),
        facts=present(
            department=text(found.department),
            cost_center=text(found.cost_center),
            title=text(found.job_title),
            person_type=text(found.employee_type),
            unit=text(found.company),
            status=state,
            second_factor=any(factors) if factors else None,
            created_at=stamped(found.created),
        ),
    )

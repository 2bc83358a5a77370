"""Okta: sign-ins, what people consented to, apps and people.

Facts about the interface: Okta Developer, "System Log query", "Event types" and the Core API's App and User objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import msgspec

from connectors.bulk import okta_system_log
from connectors.formats import Context, Format, Raw, present, require, text
from connectors.json_records import records
from connectors.times import parse_time
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Method, Signal, SignalKind
from model.stream import Mode, Stream

SIGN_INS = Stream(
    name="sign_ins",
    kinds=(SignalKind.SIGN_IN,),
    mode=Mode.EVENTS,
    permissions=("okta.logs.read",),
    remedy="Grant okta.logs.read to the service app, and a role that may read reports.",
    lag=timedelta(minutes=5),
    overlap=timedelta(hours=1),
    retention=timedelta(days=90),
    retention_source='Okta Developer, "System Log query"',
)
APP_EVENTS = Stream(
    name="app_events",
    kinds=(SignalKind.GRANT, SignalKind.ASSIGNMENT, SignalKind.AUDIT_EVENT),
    mode=Mode.EVENTS,
    permissions=("okta.logs.read",),
    remedy=SIGN_INS.remedy,
    lag=SIGN_INS.lag,
    overlap=SIGN_INS.overlap,
    retention=SIGN_INS.retention,
    retention_source=SIGN_INS.retention_source,
)
APPS = Stream(
    name="apps",
    kinds=(SignalKind.REGISTRATION,),
    mode=Mode.SNAPSHOT,
    permissions=("okta.apps.read",),
    remedy="Grant okta.apps.read to the service app, and the role Read-Only Administrator.",
)
USERS = Stream(
    name="users",
    kinds=(SignalKind.PERSON,),
    mode=Mode.SNAPSHOT,
    permissions=("okta.users.read",),
    remedy="Grant okta.users.read to the service app, and the role Read-Only Administrator.",
)

#: Okta signs a person on to an app with these two event types; they also stand for failures (see `outcome`).
SIGN_ON_EVENTS = okta_system_log.SIGN_ON_EVENTS
#: Events about an app that are worth a record each; the others that name an app come with every sign-on.
APP_EVENT_PREFIXES = okta_system_log.APP_EVENT_PREFIXES

_METHODS = okta_system_log.METHODS


class _Party(msgspec.Struct):
    id: str | None = None
    type: str | None = None
    alternateId: str | None = None  # noqa: N815 (the vendor's name)
    displayName: str | None = None  # noqa: N815
    detailEntry: Any = None  # noqa: N815


class _Event(msgspec.Struct):
    uuid: str | None = None
    published: Any = None
    eventType: str | None = None  # noqa: N815
    eventtype: str | None = None
    actor: _Party | None = None
    outcome: Any = None
    target: list[Any] | None = None
    authenticationContext: Any = None  # noqa: N815
    authenticationcontext: Any = None


_decode_event = msgspec.json.Decoder(_Event).decode


def log_event(raw: bytes, _context: Context) -> Iterator[Signal]:
    """Translate one System Log event. Raises Malformed where it has no id, type or time."""
    event = _decoded(_decode_event, raw)
    kind = text(event.eventType) or require(event.eventtype, "eventType")
    if event.published is None and event.actor is None:
        raise Malformed("no published time and no actor: not a System Log event")
    uuid = require(event.uuid, "uuid")
    seen_at = parse_time(event.published)
    target = _target(event, "AppInstance")
    app = _app(target)
    if app is None:
        return
    if kind in SIGN_ON_EVENTS:
        yield Signal(
            stream=SIGN_INS.name,
            kind=SignalKind.SIGN_IN,
            native_id=uuid,
            seen_at=seen_at,
            app=app,
            actor=_actor(event.actor),
            facts=_sign_in_facts(kind, event, target),
        )
    elif kind.startswith(APP_EVENT_PREFIXES):
        yield _app_event(kind, uuid, event, app, seen_at)


def _decoded(decode: Any, raw: bytes) -> Any:
    try:
        return decode(raw)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # msgspec names the path and the types, never the value.
        raise Malformed(str(error)) from error


def _target(event: _Event, kind: str) -> _Party | None:
    """Return the first target of a type; what else stands in the list is nobody's. Raises Malformed for no party."""
    found = next((t for t in event.target or () if isinstance(t, dict) and t.get("type") == kind), None)
    try:
        return None if found is None else msgspec.convert(found, _Party)
    except msgspec.ValidationError as error:
        raise Malformed(str(error)) from error


def _app(target: _Party | None) -> AppIdentity | None:
    if target is None:
        return None
    return okta_system_log.app_of(target.id, target.displayName, target.alternateId)


def _actor(party: _Party | None) -> Actor | None:
    if party is None:
        return None
    return okta_system_log.actor_of(party.id, party.type, party.alternateId, party.displayName)


def _sign_in_facts(kind: str, event: _Event, target: _Party | None) -> dict[str, Any]:
    detail = target.detailEntry if target is not None else None
    mode = detail.get("signOnModeType") if isinstance(detail, dict) else None
    method = Method.OIDC if kind == "app.oauth2.signon" else _METHODS.get(str(mode), Method.UNKNOWN)
    # A collector that writes names in lower case does so in the whole record.
    context = event.authenticationcontext if event.eventType is None else event.authenticationContext
    credential = context.get("credentialType") if isinstance(context, dict) else None
    facts: dict[str, Any] = {"method": method.value, "success": _result(event.outcome) == "SUCCESS"}
    if isinstance(credential, str) and credential in okta_system_log.SECOND_FACTORS:
        facts["second_factor"] = True
    return facts


def _result(outcome: Any) -> str | None:
    return outcome.get("result") if isinstance(outcome, dict) else None


def _app_event(kind: str, uuid: str, event: _Event, app: AppIdentity, seen_at: Any) -> Signal:
    success = _result(event.outcome) in {"SUCCESS", "ALLOW"}
    common = {"stream": APP_EVENTS.name, "native_id": uuid, "seen_at": seen_at, "app": app}
    if "consent" in kind and success:
        state = "revoked" if kind.endswith("revoke") else "granted"
        consent = "admin" if ".admin." in kind else "user"
        facts = {"consent": consent, "state": state}
        return Signal(kind=SignalKind.GRANT, actor=_actor(event.actor), facts=facts, **common)
    if kind in {"application.user_membership.add", "application.user_membership.remove"} and success:
        user = _target(event, "User")
        state = "added" if kind.endswith("add") else "removed"
        return Signal(kind=SignalKind.ASSIGNMENT, actor=_actor(user), facts={"state": state}, **common)
    facts_of: dict[str, Any] = {"action": kind, "success": success}
    return Signal(kind=SignalKind.AUDIT_EVENT, actor=_actor(event.actor), facts=facts_of, **common)


class _App(msgspec.Struct):
    id: str
    label: str
    signOnMode: str  # noqa: N815
    status: str
    name: str | None = None
    created: Any = None
    lastUpdated: Any = None  # noqa: N815
    features: list[str] | None = None
    visibility: Any = None
    settings: Any = None
    credentials: Any = None


_decode_app = msgspec.json.Decoder(_App).decode


def app(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one app of `/api/v1/apps`. Raises Malformed where it is none."""
    found = _decoded(_decode_app, raw)
    app_id = require(found.id, "id")
    yield Signal(
        stream=APPS.name,
        kind=SignalKind.REGISTRATION,
        native_id=app_id,
        seen_at=context.read_at,
        app=AppIdentity(
            app_id=app_id,
            catalog_key=text(found.name),
            label=require(found.label, "label"),
            entity_id=_dig(found.settings, "signOn", "audience"),
            url=_first_url(found.settings),
            redirect_uri=_first_redirect(found.settings),
        ),
        facts=present(
            status=text(found.status),
            sign_on=text(found.signOnMode),
            method=_METHODS.get(found.signOnMode, Method.UNKNOWN).value,
            hidden=_hidden(found.visibility),
            features=tuple(sorted(f for f in found.features or () if text(f))),
            created_at=_moment(found.created),
            updated_at=_moment(found.lastUpdated),
        ),
    )


def _dig(found: Any, *path: str) -> str | None:
    for step in path:
        found = found.get(step) if isinstance(found, dict) else None
    return text(found)


def _first_url(settings: Any) -> str | None:
    """Return the first address that leads to the app itself; the fields are free-form and differ by catalogue key."""
    for path in (("app", "url"), ("app", "siteURL"), ("app", "siteUrl"), ("app", "baseUrl"), ("app", "loginURL")):
        if (url := _dig(settings, *path)) and "." in url:
            return url
    for path in (("signOn", "ssoAcsUrl"), ("signOn", "destination"), ("oauthClient", "client_uri")):
        if url := _dig(settings, *path):
            return url
    return None


def _first_redirect(settings: Any) -> str | None:
    client = settings.get("oauthClient") if isinstance(settings, dict) else None
    listed = client.get("redirect_uris") if isinstance(client, dict) else None
    return next((uri for u in listed if (uri := text(u))), None) if isinstance(listed, list) else None


def _hidden(visibility: Any) -> bool | None:
    hide = visibility.get("hide") if isinstance(visibility, dict) else None
    return hide.get("web") if isinstance(hide, dict) and isinstance(hide.get("web"), bool) else None


def _moment(value: Any) -> str | None:
    try:
        return parse_time(value).isoformat(timespec="seconds").replace("+00:00", "Z")
    except Malformed:
        return None


class _Profile(msgspec.Struct):
    login: str
    email: str | None = None
    secondEmail: str | None = None  # noqa: N815
    firstName: str | None = None  # noqa: N815
    lastName: str | None = None  # noqa: N815
    displayName: str | None = None  # noqa: N815
    department: str | None = None
    division: str | None = None
    costCenter: str | None = None  # noqa: N815
    organization: str | None = None
    title: str | None = None
    userType: str | None = None  # noqa: N815


class _User(msgspec.Struct):
    id: str
    status: str
    profile: _Profile
    created: Any = None
    lastLogin: Any = None  # noqa: N815
    statusChanged: Any = None  # noqa: N815


_decode_user = msgspec.json.Decoder(_User).decode
#: Okta's user states that mean that the person may not sign in any more.
_LEFT = {"DEPROVISIONED", "SUSPENDED"}


def user(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one user of `/api/v1/users`. Raises Malformed where it is none."""
    found = _decoded(_decode_user, raw)
    profile, native = found.profile, require(found.id, "id")
    address = text(profile.email) or require(profile.login, "profile.login")
    name = text(profile.displayName) or text(f"{profile.firstName or ''} {profile.lastName or ''}")
    # secondEmail is a private address for recovery: kept out on purpose.
    others = tuple(sorted({a for a in (text(profile.login),) if a and "@" in a and a != address}))
    yield Signal(
        stream=USERS.name,
        kind=SignalKind.PERSON,
        native_id=native,
        seen_at=context.read_at,
        actor=Actor(native_id=native, address=address, name=name, aliases=others),
        facts=present(
            department=text(profile.department),
            division=text(profile.division),
            cost_center=text(profile.costCenter),
            unit=text(profile.organization),
            title=text(profile.title),
            person_type=text(profile.userType),
            status=found.status.lower(),
            created_at=_moment(found.created),
            last_sign_in_at=_moment(found.lastLogin),
            left_at=_moment(found.statusChanged) if found.status in _LEFT else None,
        ),
    )


def _read_log(data: Any, context: Context) -> Iterator[Any]:
    return records(data, lists=("events", "items"), page=context.page)


def _read_apps(data: Any, context: Context) -> Iterator[Any]:
    return records(data, lists=("apps", "items"), page=context.page)


def _read_users(data: Any, context: Context) -> Iterator[Any]:
    return records(data, lists=("users", "items"), page=context.page)


FORMATS = (
    Format(
        name="okta-system-log",
        about="Okta System Log events: one JSON page, a list, or JSON lines",
        system="okta",
        streams=(SIGN_INS, APP_EVENTS),
        read=_read_log,
        translate=log_event,
        bulk="okta_system_log",
    ),
    Format(
        name="okta-apps",
        about="Okta apps as /api/v1/apps lists them",
        system="okta",
        streams=(APPS,),
        read=_read_apps,
        translate=app,
    ),
    Format(
        name="okta-users",
        about="Okta people as /api/v1/users lists them",
        system="okta",
        streams=(USERS,),
        read=_read_users,
        translate=user,
    ),
)

__all__ = ["APPS", "APP_EVENTS", "FORMATS", "SIGN_INS", "USERS", "Raw", "app", "log_event", "user"]

"""Translates audits of Microsoft Entra: who let which app in, who was given which app, and what became of apps.

Facts: learn.microsoft.com, "directoryAudit resource type", "Microsoft Entra audit log categories and activities", and
"Detect and remediate illicit consent grants"; values in `modifiedProperties` are texts that hold a quoted value each.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from connectors.entra_wire import NOBODY, opened
from connectors.formats import Context, present, require, text
from connectors.times import parse_time
from connectors.wire import decode
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Signal, SignalKind

_WHAT = "an audit record"
_SCOPES = re.compile(r"\bScope:\s*([^,\]]*)")
_GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_APPS = {"serviceprincipal", "application"}
_CONSENT = "consent to application"
#: Activities whose first target is the resource; the client to which the right is given stands in the properties.
_DELEGATED = {
    "add delegated permission grant": "granted",
    "add oauth2permissiongrant": "granted",
    "remove delegated permission grant": "revoked",
    "remove oauth2permissiongrant": "revoked",
}
_APP_ROLES = {
    "add app role assignment to service principal": "granted",
    "remove app role assignment from service principal": "revoked",
}
_ASSIGNMENTS = {
    "add app role assignment grant to user": "added",
    "remove app role assignment from user": "removed",
    "add app role assignment to group": "added",
    "remove app role assignment from group": "removed",
}


class Property(msgspec.Struct, rename="camel"):
    """One changed property; its values are JSON in a text, mostly."""

    display_name: str | None = None
    new_value: Any = None


class Target(msgspec.Struct, rename="camel"):
    """What was acted on; the documentation spells `type` in both ways."""

    id: str | None = None
    display_name: str | None = None
    type: str | None = None
    kind: str | None = msgspec.field(name="Type", default=None)
    user_principal_name: str | None = None
    modified_properties: list[Property] | None = None

    def sort(self) -> str:
        """Return the type, folded."""
        return (self.type or self.kind or "").casefold()

    def said(self, name: str) -> str | None:
        """Return the new value of a property without its quotes."""
        found = (p.new_value for p in self.modified_properties or () if p.display_name == name)
        return text(_unquoted(next(found, None)))


class Party(msgspec.Struct, rename="camel"):
    """The user or the app that acted."""

    id: str | None = None
    user_principal_name: str | None = None
    display_name: str | None = None
    app_id: str | None = None
    service_principal_id: str | None = None


class Initiator(msgspec.Struct):
    """Who acted: one of the two."""

    user: Party | None = None
    app: Party | None = None


class Detail(msgspec.Struct):
    """A further detail, such as `AppId`."""

    key: str | None = None
    value: Any = None


class Audit(msgspec.Struct, rename="camel"):
    """One audit record."""

    id: str | None = None
    activity_display_name: str | None = None
    activity_date_time: Any = None
    result: str | None = None
    correlation_id: str | None = None
    initiated_by: Initiator | None = None
    target_resources: list[Target] | None = None
    additional_details: list[Detail] | None = None


def audit(raw: Any, _context: Context) -> Iterator[Signal]:
    """Translate one audit record; what is not about an app, and sign-ins of the same export, yield nothing.

    Consents and permission grants become grants (`consent` is admin where they hold for everybody), app role
    assignments of people and groups assignments, all else that befalls an app, and what failed, an audit event. An app
    is named by its object id here (`app_id`), and by `client_id` too where the record tells it. Raises Malformed.
    """
    envelope, inner = opened(raw, _WHAT)
    if envelope is not None and str(envelope.category).endswith("SignInLogs"):
        return
    found = decode(inner, Audit, _WHAT)
    activity = require(found.activity_display_name, "activityDisplayName").rstrip(".")
    if found.target_resources is None and found.initiated_by is None:
        raise Malformed("neither targetResources nor initiatedBy: not an audit record")
    at = parse_time(found.activity_date_time if found.activity_date_time is not None else envelope and envelope.time)
    target = next((t for t in found.target_resources or () if t.sort() in _APPS), None)
    if target is None:
        return
    native = text(found.id) or f"{at.isoformat()}/{text(found.correlation_id) or ''}/{activity}/{target.id or ''}"
    common = {"stream": "audit", "native_id": native, "seen_at": at}
    success = (found.result or "success").casefold() == "success"
    said = _said(activity.casefold(), found, target) if success else None
    if said is None:
        app = _app(target, _client(found, target))
        said = (
            SignalKind.AUDIT_EVENT,
            app,
            _initiator(found.initiated_by),
            present(action=activity, success=success, state=_state(activity) if success else None),
        )
    kind, app, actor, facts = said
    if app is not None:
        yield Signal(kind=kind, app=app, actor=actor, facts=facts, **common)  # type: ignore[arg-type]


def is_audit(raw: Any) -> bool:
    """Tell whether a record is an audit record at all."""
    try:
        _, inner = opened(raw, _WHAT)
        return decode(inner, dict[str, msgspec.Raw], _WHAT).keys() >= {"activityDisplayName", "activityDateTime"}
    except Malformed:
        return False


_Said = tuple[SignalKind, AppIdentity | None, Actor | None, dict[str, Any]]


def _said(activity: str, found: Audit, target: Target) -> _Said | None:
    actor = _initiator(found.initiated_by)
    if activity == _CONSENT:
        facts = present(scopes=_consented(target), consent=_consent(target), state="granted")
        return SignalKind.GRANT, _app(target, _client(found, target)), actor, facts
    if activity in _DELEGATED:
        everybody = (target.said("DelegatedPermissionGrant.ConsentType") or "").casefold() == "allprincipals"
        scopes = _words(target.said("DelegatedPermissionGrant.Scope"))
        facts = present(scopes=scopes, consent="admin" if everybody else "user", state=_DELEGATED[activity])
        return SignalKind.GRANT, _client_app(target), actor, facts
    if activity in _APP_ROLES:
        facts = present(scopes=_words(target.said("AppRole.Value")), consent="admin", state=_APP_ROLES[activity])
        return SignalKind.GRANT, _client_app(target), actor, facts
    if activity in _ASSIGNMENTS:
        group = activity.endswith("group")
        facts = present(via="group" if group else "user", state=_ASSIGNMENTS[activity])
        return SignalKind.ASSIGNMENT, _app(target, _client(found, target)), _assigned(found, target), facts
    return None


def _app(target: Target, client: str | None) -> AppIdentity | None:
    """Return the app; of an application (not its service principal) the object id is another one, and left out."""
    own = text(target.id) if target.sort() == "serviceprincipal" else None
    app = AppIdentity(app_id=own, client_id=client, label=text(target.display_name))
    return app if app.named() else None


def _client_app(target: Target) -> AppIdentity | None:
    """Return the app to which a right on the target is given."""
    app = AppIdentity(
        app_id=target.said("ServicePrincipal.ObjectID"),
        client_id=_guid(target.said("ServicePrincipal.AppId")),
        label=target.said("ServicePrincipal.DisplayName"),
    )
    return app if app.named() else None


def _client(found: Audit, target: Target) -> str | None:
    """Return the app id: told as a detail, as a property, or among the target's names."""
    detail = next((d.value for d in found.additional_details or () if (d.key or "").casefold() == "appid"), None)
    told = (text(detail), target.said("AppPrincipalId"), target.said("AppId"), target.said("ServicePrincipal.AppId"))
    named = (target.said("TargetId.ServicePrincipalNames") or "").split(";")
    guids = (_guid(value) for value in (*told, *named))
    return next((guid for guid in guids if guid), None) or text(detail)


def _guid(value: str | None) -> str | None:
    bare = (value or "").strip().strip('[]"')
    return bare.lower() if _GUID.fullmatch(bare) and bare != NOBODY else None


def _unquoted(value: Any) -> Any:
    """Return a property's value: JSON in a text where it is that, else the text as it stands."""
    if not isinstance(value, str):
        return None
    try:
        inner = msgspec.json.decode(value)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        return value.strip().strip('"')
    return inner if isinstance(inner, str) else value


def _consented(target: Target) -> tuple[str, ...]:
    """Return the scopes that a consent gives: `[old] => [[Id: ..., Scope:  openid email, ...]]`, which is no JSON."""
    said = target.said("ConsentAction.Permissions") or ""
    return _words(" ".join(_SCOPES.findall(said.rpartition("=>")[2])))


def _consent(target: Target) -> str:
    """Return admin where the consent holds for everybody; an administrator may also consent for himself alone."""
    everybody = target.said("ConsentContext.OnBehalfOfAll") or target.said("ConsentContext.IsAdminConsent") or ""
    return "admin" if everybody.casefold() == "true" else "user"


def _words(value: str | None) -> tuple[str, ...]:
    return tuple(sorted(set((value or "").split())))


def _initiator(by: Initiator | None) -> Actor | None:
    if by is None:
        return None
    if by.user is not None:
        return _person(by.user.id, by.user.user_principal_name, by.user.display_name)
    if by.app is None:
        return None
    name = text(by.app.display_name)
    native = text(by.app.service_principal_id) or text(by.app.app_id) or name
    return None if native is None else Actor(native_id=native, name=name, kind="service")


def _assigned(found: Audit, target: Target) -> Actor | None:
    user = next((t for t in found.target_resources or () if t.sort() == "user"), Target())
    own = target.said("User.ObjectID") or user.id
    return _person(own, target.said("User.UPN") or user.user_principal_name, user.display_name)


def _person(own: str | None, address: str | None, name: str | None) -> Actor | None:
    """Return the person; a guest's `ana_home.example#EXT#@...` is no address."""
    mail = text(address)
    mail = mail if mail and "@" in mail and "#EXT#" not in mail else None
    native = text(own) or mail
    native = native if native != NOBODY else mail
    return None if native is None else Actor(native_id=native, address=mail, name=text(name))


def _state(activity: str) -> str | None:
    first = activity.casefold().split()[0]
    named = {"add": "added", "create": "added", "remove": "removed", "delete": "removed", "hard": "removed"}
    whole = re.fullmatch(r"(add|create|remove|delete|hard delete) (service principal|application)", activity.casefold())
    return named[first] if whole else None

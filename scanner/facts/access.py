"""access.* and integration.*: how people get in, and how accounts come and go."""

from __future__ import annotations

from typing import Any

from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts.grants import active
from scanner.facts.world import Subject, World, keys, latest, ms, record_key, usage_key
from storage.times import from_ms

#: What identity providers write for a registration that signs people in, by their word for the mode.
_MODES = {
    "SAML_2_0": "saml",
    "SAML_1_1": "saml",
    "OPENID_CONNECT": "oidc",
    "WS_FEDERATION": "wsfed",
    "BROWSER_PLUGIN": "password_vault",
    "AUTO_LOGIN": "password_vault",
    "SECURE_PASSWORD_STORE": "password_vault",
    "BASIC_AUTH": "password_vault",
    "BOOKMARK": "bookmark",
    "saml": "saml",
    "oidc": "oidc",
    "password": "password_vault",
}
_BY_STRENGTH = ("saml", "oidc", "wsfed", "password_vault", "bookmark")
#: Scopes that only say who somebody is: a consent to nothing else is a sign-in with the platform's account.
SIGN_IN_SCOPES = frozenset(
    {
        "openid",
        "email",
        "profile",
        "https://www.googleapis.com/auth/userinfo.email",
        "https://www.googleapis.com/auth/userinfo.profile",
        "User.Read",
    }
)
#: Okta's names of provisioning features, from its App object: what it makes, and what it takes away.
_PROVISIONS = frozenset({"PUSH_NEW_USERS", "PUSH_PROFILE_UPDATES", "PUSH_USER_CREATION"})
_DEPROVISIONS = frozenset({"PUSH_USER_DEACTIVATION", "DEACTIVATE_USER"})
#: Google's log of sign-ins to SAML apps, at which it is the identity provider (Reports API, "SAML audit").
_GOOGLE_SAML = "saml"
_Registrations = list[dict[str, Any]]


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return the facts of both areas."""
    registrations, blind = _in_force(subject, world)
    registered = _registered(blind, registrations, subject, world)
    return {
        **registered,
        **_by_google(registered["access.sso_registered"], subject, world),
        **_sign_ins(subject, world),
        **_stated(blind, registrations, world),
    }


def _in_force(subject: Subject, world: World) -> tuple[_Registrations, Unknown | None]:
    """Return the active registrations of lists that can be relied on, or why nothing is known of any."""
    found = subject.of_kind(SignalKind.REGISTRATION)
    active_ones = [r for r in found if str(r["facts"].get("status", "active")).casefold() in {"active", "enabled"}]
    good = [r for r in active_ones if world.reason_against(r) is None]
    if good:
        return good, None
    if (stale := [r for r in found if world.reason_against(r) is not None]) != []:
        return [], Unknown(str(world.reason_against(stale[0])))
    return [], world.blind(subject, "app list of an identity provider", SignalKind.REGISTRATION)


def _mode(record: dict[str, Any]) -> str | None:
    stated = record["facts"].get("sign_on") or record["facts"].get("method")
    return _MODES.get(str(stated))


def _registered(
    blind: Unknown | None, registrations: _Registrations, subject: Subject, world: World
) -> dict[str, Known | Unknown]:
    names = ("access.sso_registered", "access.sso_mode", "access.vaulted_password")
    if blind is not None:
        return dict.fromkeys(names, blind)
    modes = {mode for r in registrations if (mode := _mode(r)) is not None}
    if registrations and not modes:
        stated = Unknown("the identity provider's list does not say how it signs people in")
        return dict.fromkeys(names, stated)
    best = next((m for m in _BY_STRENGTH if m in modes), None)
    telling = [r for r in registrations if _mode(r) == best]
    evidence, at = keys(map(record_key, telling)), latest(r["seen_at"] for r in telling)
    single = best in {"saml", "oidc", "wsfed"}
    return {
        names[0]: Known(single, evidence, at),
        names[1]: Known(best, evidence, at) if best else _unregistered_mode(subject, world),
        names[2]: Known(best == "password_vault", evidence, at),
    }


def _unregistered_mode(subject: Subject, world: World) -> Known | Unknown:
    """Without a registration people may still sign in with the platform's account: a consent to sign-in alone."""
    if (blind := world.blind(subject, "list of grants", SignalKind.GRANT)) is not None:
        return blind
    grants = active(subject, world)
    scopes = [scope for g in grants for scope in g["facts"].get("scopes", ())]
    social = bool(scopes) and all(scope in SIGN_IN_SCOPES for scope in scopes)
    return Known("social", keys(map(record_key, grants)), latest(g["seen_at"] for g in grants)) if social else _NONE


_NONE = Known("none")
_ENDED = "people signed in through Google until more than 90 days ago, and it gives no list of its apps"


def _by_google(listed: Known | Unknown, subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return what Google's log of its own single sign-on shows beyond the lists: of its SAML apps it gives none."""
    if isinstance(listed, Known) and listed.value:
        return {}
    names = ("access.sso_registered", "access.sso_mode")
    reasons = {(s.source, s.stream): why for s in world.streams if s.stream == _GOOGLE_SAML and (why := s.blinded())}
    rows = [r for r in subject.use if r.stream == _GOOGLE_SAML and r.kind != "service"]
    good = [r for r in rows if (r.source, r.stream) not in reasons]
    if lately := [r for r in good if r.last_at >= ms(world.since(90))]:
        evidence, at = keys(map(usage_key, lately)), latest(r.last_at for r in lately)
        return {names[0]: Known(True, evidence, at), names[1]: Known("saml", evidence, at)}
    if isinstance(listed, Unknown) or not (rows or reasons):
        return {}
    return dict.fromkeys(names, Unknown(next(iter(reasons.values()), _ENDED)))


def _sign_ins(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    names = ("access.sign_ins", "access.mfa_share", "access.sso_sign_ins")
    if (blind := world.blind(subject, "stream of sign-ins", SignalKind.SIGN_IN, days=90)) is not None:
        return dict.fromkeys(names, blind)
    rows = [r for r in subject.use if r.successes and r.kind != "service"]
    evidence, at = keys(map(usage_key, rows)), latest(r.last_at for r in rows)
    total = sum(int(r.successes) for r in rows)
    return {
        names[0]: Known(total, evidence, at),
        names[1]: _second_factor(rows, world),
        names[2]: _vouched(rows, world),
    }


def _vouched(rows: list[Any], world: World) -> Known | Unknown:
    """Return the sign-ins that a provider vouched for; those of sources that never say how are left out."""
    stating = {r.source for r in rows if r.stated}
    telling = [r for r in rows if r.source in stating]
    # Entra writes the protocol of OpenID Connect as OAuth 2.0 (Graph, signIn, authenticationProtocol).
    by_row = {
        id(r): int(r.vouched) + (int(r.oauth) if world.system(r.source, r.stream) == "entra" else 0) for r in telling
    }
    total = sum(by_row.values())
    if not total and len(telling) < len(rows):
        return Unknown("the sources of these sign-ins do not say how people signed in")
    shown = [r for r in telling if by_row[id(r)]] or telling
    return Known(total, keys(map(usage_key, shown)), latest(r.last_at for r in shown))


def _second_factor(rows: list[Any], world: World) -> Known | Unknown:
    """Entra states the factor of every sign-in; of other sources only those count that have stated one at all."""
    if not rows:
        return Unknown("nobody signed in within 90 days")
    stating = {r.source for r in rows if r.second_factor}
    telling = [r for r in rows if r.source in stating or world.system(r.source, r.stream) == "entra"]
    total, factors = sum(int(r.successes) for r in telling), sum(int(r.second_factor) for r in telling)
    if not total:
        return Unknown("the sources of these sign-ins do not state a second factor")
    return Known(min(factors / total, 1.0), keys(map(usage_key, telling)), from_ms(telling[0].last_at))


def _stated(blind: Unknown | None, registrations: _Registrations, world: World) -> dict[str, Known | Unknown]:
    """Return what only Okta states: nobody gets in unassigned ("Assign app integrations"), and what it provisions."""
    names = ("access.assignment_required", "integration.provisioning_on", "integration.deprovisioning_on")
    if blind is not None and not registrations:
        return dict.fromkeys(names, blind)
    found = [r for r in registrations if world.system(r["source"], r["stream"]) == "okta"]
    signing = [r for r in found if _mode(r) != "bookmark"]
    unstated = Unknown("no registration of the tool states its features")
    features = {f for r in found for f in r["facts"].get("features", ())}
    evidence, at = keys(map(record_key, found)), latest(r["seen_at"] for r in found)
    return {
        names[0]: Known(True, keys(map(record_key, signing)), latest(r["seen_at"] for r in signing))
        if signing
        else Unknown("no registration that states it was read"),
        names[1]: Known(bool(features & _PROVISIONS), evidence, at) if found else unstated,
        names[2]: Known(bool(features & _DEPROVISIONS), evidence, at) if found else unstated,
    }

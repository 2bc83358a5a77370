"""access.* and integration.*: how people get in, and how accounts come and go."""

from __future__ import annotations

from typing import Any

from model.facts import Known, Unknown
from model.signal import SignalKind
from scanner.facts.world import SYSTEMS, Subject, World, keys, latest, ms, record_key, usage_key
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
_SIGN_IN_SCOPES = frozenset(
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


def derive(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    """Return the facts of both areas."""
    registrations = _in_force(subject)
    blind = None if registrations else world.blind(subject, "app list of an identity provider", SignalKind.REGISTRATION)
    modes = {mode: r for r in registrations if (mode := _mode(r)) is not None}
    return {
        **_registered(blind, registrations, modes, subject),
        **_sign_ins(subject, world),
        "access.assignment_required": _assignment(registrations),
        **_features(registrations),
    }


def _in_force(subject: Subject) -> list[dict[str, Any]]:
    found = subject.of_kind(SignalKind.REGISTRATION)
    return [r for r in found if str(r["facts"].get("status", "active")).casefold() in {"active", "enabled"}]


def _mode(record: dict[str, Any]) -> str | None:
    stated = record["facts"].get("sign_on") or record["facts"].get("method")
    return _MODES.get(str(stated))


def _registered(
    blind: Unknown | None, registrations: list[dict[str, Any]], modes: dict[str, dict[str, Any]], subject: Subject
) -> dict[str, Known | Unknown]:
    names = ("access.sso_registered", "access.sso_mode", "access.vaulted_password")
    if blind is not None:
        return dict.fromkeys(names, blind)
    evidence, at = keys(map(record_key, registrations)), latest(r["seen_at"] for r in registrations)
    if registrations and not modes:
        stated = Unknown("the identity provider's list does not say how it signs people in")
        return dict.fromkeys(names, stated)
    best = next((m for m in _BY_STRENGTH if m in modes), None)
    single = best in {"saml", "oidc", "wsfed"}
    mode = best or ("social" if _is_social(subject) else "none")
    return {
        names[0]: Known(single, evidence, at),
        names[1]: Known(mode, evidence, at),
        names[2]: Known(best == "password_vault", evidence, at),
    }


def _is_social(subject: Subject) -> bool:
    scopes = [s for r in subject.of_kind(SignalKind.GRANT) for s in r["facts"].get("scopes", ())]
    return bool(scopes) and all(s in _SIGN_IN_SCOPES for s in scopes)


def _sign_ins(subject: Subject, world: World) -> dict[str, Known | Unknown]:
    names = ("access.sign_ins", "access.mfa_share")
    if (blind := world.blind(subject, "stream of sign-ins", SignalKind.SIGN_IN, days=90)) is not None:
        return dict.fromkeys(names, blind)
    since = ms(world.since(90))
    rows = [r for r in subject.use if r.last_at >= since and r.kind != "service"]
    total, factors = sum(int(r.successes) for r in rows), sum(int(r.second_factor) for r in rows)
    evidence, at = keys(map(usage_key, rows)), latest(r.last_at for r in rows)
    at = None if at is None else min(at, world.as_of)
    share: Known | Unknown
    if not total:
        share = Unknown("nobody signed in within 90 days")
    elif any(SYSTEMS.get(r.stream) == "entra" for r in rows) or factors:
        share = Known(min(factors / total, 1.0), evidence, at)
    else:
        share = Unknown("the sources of these sign-ins do not state a second factor")
    return {names[0]: Known(total, evidence, at), names[1]: share}


def _assignment(registrations: list[dict[str, Any]]) -> Known | Unknown:
    """Okta lets nobody in who is not assigned (Okta, "Assign app integrations"); other sources do not state it here."""
    found = [r for r in registrations if SYSTEMS.get(r["stream"]) == "okta" and _mode(r) != "bookmark"]
    if not found:
        return Unknown("no registration that states it was read")
    return Known(True, keys(map(record_key, found)), from_ms(max(r["seen_at"] for r in found)))


def _features(registrations: list[dict[str, Any]]) -> dict[str, Known | Unknown]:
    names = ("integration.provisioning_on", "integration.deprovisioning_on")
    found = [r for r in registrations if SYSTEMS.get(r["stream"]) == "okta"]
    if not found:
        return dict.fromkeys(names, Unknown("no registration of the tool states its features"))
    features = {f for r in found for f in r["facts"].get("features", ())}
    evidence, at = keys(map(record_key, found)), latest(r["seen_at"] for r in found)
    return {
        names[0]: Known(bool(features & _PROVISIONS), evidence, at),
        names[1]: Known(bool(features & _DEPROVISIONS), evidence, at),
    }

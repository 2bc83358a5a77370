"""Translates sign-ins of Microsoft Entra, of people and services, as Graph lists and as Azure Monitor exports them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from connectors.bulk import entra_signins as bulk
from connectors.entra_wire import Envelope, opened
from connectors.formats import Context, text
from connectors.times import parse_time
from connectors.wire import decode, stamp
from model.errors import Malformed
from model.signal import Method, Signal, SignalKind

_WHAT = "a sign-in"
_FACTOR = re.compile(bulk.FACTOR_WORDS, re.IGNORECASE)
#: Fields that of Graph's records with an app only sign-ins have.
_OF_SIGN_INS = {"status", "clientAppUsed", "isInteractive", "conditionalAccessStatus", "resourceDisplayName"}
_CODE = re.compile(r"[0-9]{1,9}")


class SignIn(msgspec.Struct, rename="camel"):
    """One sign-in. The resource that a token is for is left out: the app is who asks for it."""

    id: str | None = None
    created_date_time: Any = None
    user_id: str | None = None
    user_principal_name: str | None = None
    user_display_name: str | None = None
    app_id: str | None = None
    app_display_name: str | None = None
    service_principal_id: str | None = None
    service_principal_name: str | None = None
    client_app_used: Any = None
    authentication_protocol: Any = None
    authentication_requirement: Any = None
    correlation_id: Any = None
    status: Any = None
    authentication_details: Any = None


class _Outcome(msgspec.Struct):
    status: Any = None


def sign_in(raw: Any, _context: Context) -> Iterator[Signal]:
    """Translate one sign-in; audit records of the same export, and interrupted sign-ins, yield nothing.

    `method` is what `authenticationProtocol` says (saml20 and wsFederation: saml; oAuth2 and deviceCode: oauth; ropc:
    password), else password for the legacy clients of `clientAppUsed`, else api for services, else unknown: v1.0 of
    Graph gives no protocol. `second_factor` is told only of successes: where `authenticationRequirement` is
    multiFactorAuthentication, which a success has met, or where the details say so. Raises Malformed.
    """
    envelope, inner = opened(raw, _WHAT)
    if envelope is not None and envelope.category is not None and not _is_of_sign_ins(envelope):
        return
    given = (
        None if envelope is None else envelope.resultType if envelope.resultType is not None else envelope.resulttype
    )
    code = _code(decode(inner, _Outcome, _WHAT).status, given)
    if code in bulk.INTERRUPTS:
        return
    found = decode(inner, SignIn, _WHAT)
    at = parse_time(found.created_date_time if found.created_date_time is not None else envelope and envelope.time)
    app = bulk.app_of(found.app_id, found.app_display_name, found.service_principal_name)
    if app is None:
        raise Malformed("the sign-in names no app")
    actor = bulk.actor_of(
        found.user_id,
        found.user_principal_name,
        found.user_display_name,
        found.service_principal_id,
        found.service_principal_name,
    )
    facts: dict[str, Any] = {
        "method": _method(found, service=actor is not None and actor.kind == "service").value,
        "success": code == 0,
    }
    if code == 0 and _second_factor(found):
        facts["second_factor"] = True
    yield Signal(
        stream="sign_ins",
        kind=SignalKind.SIGN_IN,
        native_id=text(found.id) or f"{stamp(at, 'microseconds')}/{text(found.correlation_id) or ''}/{app.key()}",
        seen_at=at,
        app=app,
        actor=actor,
        facts=facts,
    )


def is_sign_in(raw: Any) -> bool:
    """Tell whether a record is a sign-in at all."""
    try:
        envelope, inner = opened(raw, _WHAT)
        fields = decode(inner, dict[str, msgspec.Raw], _WHAT).keys()
    except Malformed:
        return False
    if envelope is not None and envelope.category is not None:
        return _is_of_sign_ins(envelope)
    return bool(fields & {"appId", "appDisplayName"}) and bool(fields & _OF_SIGN_INS)


def _is_of_sign_ins(envelope: Envelope) -> bool:
    return str(envelope.category).endswith(bulk.CATEGORY_END)


def _code(status: Any, result: Any) -> int:
    """Return the error code, 0 for success; -1 for a failure that a collector has put into a word. Raises Malformed."""
    code = status.get("errorCode") if isinstance(status, dict) else None
    code = result if code is None else code
    if isinstance(code, int) and not isinstance(code, bool) and code >= 0:
        return code
    if isinstance(code, str) and _CODE.fullmatch(code):
        return int(code)
    word = {"success": 0, "failure": -1}.get(str(code).strip().casefold())
    if word is None:
        raise Malformed("no status: it is not told whether the sign-in succeeded")
    return word


def _method(found: SignIn, *, service: bool) -> Method:
    known = bulk.PROTOCOLS.get(str(found.authentication_protocol))
    if known is not None:
        return known
    if str(found.client_app_used) in bulk.LEGACY_CLIENTS:
        return Method.PASSWORD
    return Method.API if service else Method.UNKNOWN


def _second_factor(found: SignIn) -> bool:
    if found.authentication_requirement == bulk.MULTI_FACTOR:
        return True
    details = found.status.get("additionalDetails") if isinstance(found.status, dict) else None
    return _FACTOR.search(msgspec.json.encode([details, found.authentication_details]).decode()) is not None

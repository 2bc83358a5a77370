"""Duo: authentications to the applications that it protects, and what administrators did to these.

Facts about the interface: duo.com/docs/adminapi, "Authentication Logs" and "Administrator Logs"; the older shape of
both (version 1) also in Duo's Python client. Authentications come two minutes late, and are kept for 180 days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, BinaryIO

import msgspec

from connectors.formats import Bad, Context, Format, Raw, present, require, text
from connectors.json_records import records
from connectors.native import Id, derived, ident, person
from connectors.nested import Fields, Page, inner, listed, opened
from connectors.recognised import recognised
from connectors.times import parse_time
from connectors.wire import decode
from model.errors import Malformed
from model.signal import AppIdentity, Method, Signal, SignalKind
from model.stream import Mode, Stream

_PERMISSION = "Grant read log"
_REMEDY = "Tick Grant read log in the settings of the Admin API application (Duo Admin Panel, Applications)."

SIGN_INS = Stream(
    name="sign_ins",
    kinds=(SignalKind.SIGN_IN,),
    mode=Mode.EVENTS,
    permissions=(_PERMISSION,),
    remedy=_REMEDY,
    lag=timedelta(minutes=3),
    overlap=timedelta(hours=1),
    retention=timedelta(days=180),
    retention_source='Duo Admin API, "Authentication Logs"',
)
APP_EVENTS = Stream(
    name="app_events",
    kinds=(SignalKind.AUDIT_EVENT,),
    mode=Mode.EVENTS,
    permissions=(_PERMISSION,),
    remedy=_REMEDY,
    lag=SIGN_INS.lag,
    overlap=SIGN_INS.overlap,
    retention=SIGN_INS.retention,
    retention_source=SIGN_INS.retention_source,
)

#: Factors that a person showed; a remembered device, a trusted network or a bypass code prove no second factor.
_FACTORS = re.compile(
    r"(verified_)?duo_push|duo_mobile_passcode.*|passcode|phone_call|sms_passcode|sms_refresh|hardware_token|yubikey.*"
    r"|webauthn.*|u2f.*|platform_authenticator.*|.*touch_id.*|security_key.*|trusted_mobile_authenticator.*|digipass.*"
)


class _Named(msgspec.Struct):
    key: Id = None
    name: Any = None


class _Authentication(msgspec.Struct):
    """One authentication, of version 2 (application, user, txid) or 1 (integration, username, eventtype)."""

    timestamp: Any = None
    isotimestamp: Any = None
    ts: Any = None
    txid: Id = None
    event_type: Any = None
    eventtype: Any = None
    application: _Named | None = None
    integration: Any = None
    user: _Named | None = None
    username: Any = None
    email: Any = None
    factor: Any = None
    result: Any = None
    reason: Any = None
    ip: Any = None
    new_enrollment: Any = None


class _Action(msgspec.Struct):
    """What an administrator did."""

    action: str
    username: Any = None
    object: Any = None
    description: Any = None
    timestamp: Any = None
    isotimestamp: Any = None
    host: Any = None


class _Kind(msgspec.Struct):
    action: Any = None
    factor: Any = None
    result: Any = None
    event_type: Any = None
    eventtype: Any = None


def log_event(raw: bytes, _context: Context) -> Iterator[Signal]:
    """Translate one record of either log; enrolments, and what has nothing to do with an application, yield nothing.

    The method stays unknown: Duo sees the second step only. Raises Malformed.
    """
    kind = decode(raw, _Kind, "a log record")
    if isinstance(kind.action, str):
        yield from _administration(decode(raw, _Action, "an administrator's action"))
        return
    what = text(kind.event_type) or text(kind.eventtype)
    if what not in (None, "authentication", "enrollment") or (kind.result is None and kind.factor is None):
        raise Malformed("neither an authentication nor an administrator's action")
    if what != "enrollment":
        yield _sign_in(decode(raw, _Authentication, "an authentication"))


def _sign_in(found: _Authentication) -> Signal:
    named = found.application or _Named()
    app = AppIdentity(app_id=ident(named.key), label=text(named.name) or text(found.integration))
    if not app.named():
        raise Malformed("the authentication names no application")
    success = require(found.result, "result").casefold() == "success"
    factor = (text(found.factor) or "").casefold().replace(" ", "_")
    who = found.user or _Named()
    name = text(who.name) or text(found.username)
    return Signal(
        stream=SIGN_INS.name,
        kind=SignalKind.SIGN_IN,
        native_id=ident(found.txid) or derived(found),
        seen_at=_moment(found.isotimestamp, found.timestamp, found.ts),
        app=app,
        actor=person(ident(who.key) or name, name, text(found.email), name),
        facts=present(
            method=Method.UNKNOWN.value,
            success=success,
            second_factor=True if success and _FACTORS.fullmatch(factor) else None,
            reason=None if success else text(found.reason),
        ),
    )


def _administration(found: _Action) -> Iterator[Signal]:
    action = require(found.action, "action")
    label = text(found.object)
    if not action.startswith(("integration_", "application_")) or label is None:
        return
    admin = text(found.username)
    yield Signal(
        stream=APP_EVENTS.name,
        kind=SignalKind.AUDIT_EVENT,
        native_id=derived(found),
        seen_at=_moment(found.isotimestamp, found.timestamp),
        app=AppIdentity(label=label),
        actor=person(admin, admin, admin),
        facts={"action": action, "success": True},
    )


def _moment(*spellings: Any) -> Any:
    """Return the time, from the first spelling that is there. Raises Malformed."""
    return parse_time(next((s for s in spellings if s is not None), None))


_MARKS = re.compile(rb'"(?:response|authlogs)"\s*:')


def _page(fields: Fields) -> Page | None:
    answer = inner(fields.get("response")) or fields
    items = listed(fields.get("response"))
    items = items if items is not None else listed(answer.get("authlogs"))
    return None if items is None else Page(items)


def _is_log(item: bytes) -> bool:
    fields = msgspec.json.decode(item, type=dict[str, msgspec.Raw]).keys()
    authenticated = fields >= {"factor", "result"} and bool(fields & {"application", "integration"})
    administered = fields >= {"action", "username", "timestamp"} and bool(fields & {"isotimestamp", "object", "host"})
    return authenticated or administered or ({"event_type", "txid"} <= fields and "user" in fields)


def _read(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
    found = opened(records(data, lists=()), _MARKS, _page, context.page)
    return recognised(found, _is_log, "an authentication or an administrator's action")


FORMATS: tuple[Format, ...] = (
    Format(
        name="duo-logs",
        about="Duo: authentication and administrator logs of the Admin API, version 1 or 2: pages, a list, JSON lines",
        system="duo",
        streams=(SIGN_INS, APP_EVENTS),
        read=_read,
        translate=log_event,
    ),
)

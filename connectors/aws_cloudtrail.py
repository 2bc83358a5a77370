"""AWS CloudTrail: sign-ins through IAM Identity Center and to AWS itself, and what became of Identity Center's apps.

Facts about the records: docs.aws.amazon.com, CloudTrail User Guide ("CloudTrail record contents", "AWS Management
Console sign-in events"), IAM Identity Center User Guide ("CloudTrail use cases for IAM Identity Center").
`LookupEvents` keeps 90 days.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from typing import Any, BinaryIO

import msgspec

from connectors.formats import Bad, Context, Format, Raw, present, text
from connectors.json_records import records
from connectors.native import derived, person
from connectors.recognised import recognised
from connectors.times import parse_time
from connectors.wire import decode
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Method, Signal, SignalKind
from model.stream import Mode, Stream

SIGN_INS = Stream(
    name="federation",
    kinds=(SignalKind.SIGN_IN,),
    mode=Mode.EVENTS,
    permissions=("cloudtrail:LookupEvents",),
    remedy="Allow cloudtrail:LookupEvents in the IAM policy of the credential, in the region of the Identity Center.",
    lag=timedelta(minutes=15),
    overlap=timedelta(hours=1),
    retention=timedelta(days=90),
    retention_source='CloudTrail API Reference, "LookupEvents"',
)
APP_EVENTS = Stream(
    name="application_events",
    kinds=(SignalKind.ASSIGNMENT, SignalKind.AUDIT_EVENT),
    mode=Mode.EVENTS,
    permissions=SIGN_INS.permissions,
    remedy=SIGN_INS.remedy,
    lag=SIGN_INS.lag,
    overlap=SIGN_INS.overlap,
    retention=SIGN_INS.retention,
    retention_source=SIGN_INS.retention_source,
)

#: Names of events that one of the streams takes; `Federate` comes under either of two event sources.
SIGN_IN_EVENTS = ("Federate", "ConsoleLogin", "AssumeRoleWithSAML")
_ASSIGNMENTS = {"CreateApplicationAssignment": "added", "DeleteApplicationAssignment": "removed"}
_LIFECYCLE = ("CreateApplication", "UpdateApplication", "DeleteApplication")
APP_EVENT_NAMES = (*_ASSIGNMENTS, *_LIFECYCLE)
_SOURCES = frozenset({"sso.amazonaws.com", "signin.amazonaws.com", "sts.amazonaws.com"})
#: Where a federation event may name the application: AWS documents no name for it, so the likely ones are looked for.
_APP_FIELDS = (
    "applicationArn", "application_arn", "applicationId", "application_id", "appId", "app_id", "appInstanceId",
    "app_instance_id", "relayId", "relay_id",
)  # fmt: skip
_HIDDEN = "HIDDEN_DUE_TO_SECURITY_REASONS"


class _Envelope(msgspec.Struct):
    """What may stand around a record: `LookupEvents` gives it as text, EventBridge as `detail`."""

    CloudTrailEvent: msgspec.Raw = msgspec.Raw()
    detail: msgspec.Raw = msgspec.Raw()


class _Issuer(msgspec.Struct):
    arn: Any = None


class _Session(msgspec.Struct):
    issuer: _Issuer | None = msgspec.field(default=None, name="sessionIssuer")


class _Behalf(msgspec.Struct, rename="camel"):
    user_id: Any = None


class _Identity(msgspec.Struct, rename="camel"):
    type: Any = None
    principal_id: Any = None
    arn: Any = None
    account_id: Any = None
    user_name: Any = None
    session: _Session | None = msgspec.field(default=None, name="sessionContext")
    on_behalf_of: _Behalf | None = None


class _Kind(msgspec.Struct, rename="camel"):
    event_name: str
    event_source: Any = None


class _Event(msgspec.Struct, rename="camel"):
    event_name: str
    event_source: Any = None
    event_time: Any = None
    event_id: Any = msgspec.field(default=None, name="eventID")
    user_identity: _Identity | None = None
    recipient_account_id: Any = None
    error_code: Any = None
    error_message: Any = None
    request_parameters: Any = None
    response_elements: Any = None
    service_event_details: Any = None
    additional_event_data: Any = None


_WHAT = "a CloudTrail record"


def record(raw: bytes, _context: Context) -> Iterator[Signal]:
    """Translate one record; all but federations, sign-ins and changes of applications yield nothing. Raises Malformed.

    Signing in to Identity Center's own portal is no sign-in to an app. Signing in to an AWS account is one to AWS, and
    each account an app of its own.
    """
    inside = _opened(raw)
    kind = decode(inside, _Kind, _WHAT)
    source = text(kind.event_source)
    if source not in _SOURCES:
        return
    name = kind.event_name
    if name in SIGN_IN_EVENTS:
        yield _sign_in(decode(inside, _Event, _WHAT))
    elif source == "sso.amazonaws.com" and (name in _ASSIGNMENTS or name in _LIFECYCLE):
        yield _app_event(decode(inside, _Event, _WHAT))


def _opened(raw: bytes) -> bytes:
    if b"CloudTrailEvent" not in raw and b'"detail"' not in raw:
        return raw
    around = decode(raw, _Envelope, _WHAT)
    told = bytes(around.CloudTrailEvent)
    if told[:1] == b'"':
        return decode(told, str, _WHAT).encode()
    return next((part for part in (told, bytes(around.detail)) if part[:1] == b"{"), raw)


def _sign_in(found: _Event) -> Signal:
    success, reason = _outcome(found)
    who = found.user_identity or _Identity()
    more = _object(found.additional_event_data)
    return Signal(
        stream=SIGN_INS.name,
        kind=SignalKind.SIGN_IN,
        native_id=text(found.event_id) or derived(found),
        seen_at=parse_time(found.event_time),
        app=_app(found, who),
        actor=_actor(found, who),
        facts=present(
            method=_method(found, who).value,
            success=success,
            second_factor=True if success and more.get("MFAUsed") == "Yes" else None,
            reason=reason,
        ),
    )


def _outcome(found: _Event) -> tuple[bool, str | None]:
    """Return whether it succeeded, and else why not: a code, or what AWS writes of a console sign-in."""
    word = _object(found.response_elements).get(found.event_name)
    failed = text(found.error_code) or text(found.error_message)
    success = word == "Success" if isinstance(word, str) else failed is None
    return success, None if success else failed


def _app(found: _Event, who: _Identity) -> AppIdentity:
    """Return the application, or the AWS account, that was signed in to. Raises Malformed where none is named."""
    if found.event_name == "Federate":
        told = _object(found.service_event_details) or _object(found.request_parameters)
        account = text(told.get("account_id")) or text(told.get("accountId"))
        own = next((name for name in (text(told.get(field)) for field in _APP_FIELDS) if name), None)
        if own is not None and "role_name" not in told:
            label = text(told.get("application_name")) or text(told.get("applicationName"))
            return AppIdentity(app_id=own, label=label)
        if account is None:
            raise Malformed("the federation names neither an application nor an account")
    else:
        role = text(_object(found.request_parameters).get("roleArn"))
        account = _account(role) if role else text(who.account_id) or text(found.recipient_account_id)
    if not account:
        raise Malformed("no account")
    return AppIdentity(app_id=account, domain="console.aws.amazon.com", label=f"AWS account {account}")


def _account(arn: str) -> str | None:
    """Return the account that an ARN names."""
    parts = arn.split(":")
    return text(parts[4]) if len(parts) > 4 else None


def _method(found: _Event, who: _Identity) -> Method:
    issuer = who.session.issuer.arn if who.session and who.session.issuer else None
    # Identity Center signs people in to accounts with SAML, as roles below this path.
    reserved = "/aws-reserved/sso.amazonaws.com/" in str(issuer) or ":assumed-role/AWSReservedSSO_" in str(who.arn)
    if found.event_name == "AssumeRoleWithSAML" or reserved:
        return Method.SAML
    if found.event_name == "Federate":
        return Method.SAML if "role_name" in _object(found.service_event_details) else Method.UNKNOWN
    return Method.PASSWORD if text(who.type) in {"IAMUser", "Root"} else Method.UNKNOWN


def _actor(found: _Event, who: _Identity) -> Actor | None:
    """Return who signed in: Identity Center's user id, else the name of the session, else the user's own ARN."""
    kind, user = text(who.type), text(who.on_behalf_of.user_id) if who.on_behalf_of else None
    name = text(who.user_name)
    name = None if name == _HIDDEN else name
    if user is not None:
        return person(user, name, name)
    if kind in {"AssumedRole", "SAMLUser"}:
        subject = text(_object(found.response_elements).get("subject"))
        session = subject or name if kind == "SAMLUser" else (text(who.principal_id) or "").partition(":")[2] or None
        return person(session, session, session)
    if kind not in {"IAMUser", "Root"}:
        own = text(who.principal_id)
        return person(own if own and ".amazonaws.com" not in own else name, name, name)
    return person(text(who.arn) or (name and text(who.principal_id)), name, name)


def _app_event(found: _Event) -> Signal:
    asked, answered = _object(found.request_parameters), _object(found.response_elements)
    arn = text(asked.get("applicationArn")) or text(answered.get("applicationArn"))
    app = AppIdentity(app_id=arn, label=text(asked.get("name")))
    if not app.named():
        raise Malformed("the event names no application")
    success, _ = _outcome(found)
    common: dict[str, Any] = {
        "stream": APP_EVENTS.name,
        "native_id": text(found.event_id) or derived(found),
        "seen_at": parse_time(found.event_time),
        "app": app,
    }
    state = _ASSIGNMENTS.get(found.event_name)
    if state is not None and success:
        is_user = asked.get("principalType") == "USER"
        actor = person(text(asked.get("principalId"))) if is_user else None
        facts = present(state=state, via="user" if is_user else "group")
        return Signal(kind=SignalKind.ASSIGNMENT, actor=actor, facts=facts, **common)
    actor = _actor(found, found.user_identity or _Identity())
    return Signal(
        kind=SignalKind.AUDIT_EVENT, actor=actor, facts={"action": found.event_name, "success": success}, **common
    )


def _object(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


_LOOKS = re.compile(rb'"eventName"\s*:|\\"eventName\\"\s*:')


def _is_record(item: bytes) -> bool:
    fields = msgspec.json.decode(item, type=dict[str, msgspec.Raw]).keys()
    own = "eventName" in fields and bool(fields & {"eventSource", "eventVersion", "userIdentity"})
    return own or (bool(fields & {"CloudTrailEvent", "detail"}) and _LOOKS.search(item) is not None)


def _read(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
    found = records(data, lists=("Records", "Events"), page=context.page)
    return recognised(found, _is_record, "a CloudTrail record (eventName, eventSource)")


FORMATS: tuple[Format, ...] = (
    Format(
        name="aws-cloudtrail",
        about="AWS CloudTrail: log files of a trail (Records), answers of lookup-events, EventBridge, JSON lines",
        system="aws",
        streams=(SIGN_INS, APP_EVENTS),
        read=_read,
        translate=record,
    ),
)

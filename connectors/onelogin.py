"""OneLogin: sign-ins to apps, what became of apps and accounts in them, apps and people.

Facts about the interface: developers.onelogin.com, "Event Resource and Types", "Get Events", "List Apps", "List Users";
the numbers of event types and of `auth_method` also in OneLogin's .NET and Python SDKs.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, BinaryIO

import msgspec

from connectors.formats import Bad, Context, Format, Raw, Reader, present, require, text
from connectors.json_records import records
from connectors.native import Id, derived, ident, person
from connectors.nested import Fields, Page, inner, listed, opened
from connectors.recognised import has, recognised
from connectors.times import parse_time
from connectors.wire import decode, stamped
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Method, Signal, SignalKind
from model.stream import Mode, Stream

_REMEDY = (
    "Make the API credential anew with the scope Read All (Developers, API Credentials): scopes cannot be widened."
)

SIGN_INS = Stream(
    name="sign_ins",
    kinds=(SignalKind.SIGN_IN,),
    mode=Mode.EVENTS,
    permissions=("Read All",),
    remedy=_REMEDY,
    lag=timedelta(minutes=5),
    overlap=timedelta(hours=1),
    retention=timedelta(days=365),  # no page of OneLogin's names one: what was not read for a year counts as lost
    retention_source="nobody; after a year without a scan a gap is told",
)
APP_EVENTS = Stream(
    name="app_events",
    kinds=(SignalKind.ASSIGNMENT, SignalKind.AUDIT_EVENT),
    mode=Mode.EVENTS,
    permissions=SIGN_INS.permissions,
    remedy=_REMEDY,
    lag=SIGN_INS.lag,
    overlap=SIGN_INS.overlap,
    retention=SIGN_INS.retention,
    retention_source=SIGN_INS.retention_source,
)
APPS = Stream(
    name="apps",
    kinds=(SignalKind.REGISTRATION,),
    mode=Mode.SNAPSHOT,
    permissions=SIGN_INS.permissions,
    remedy=_REMEDY,
)
USERS = Stream(
    name="users",
    kinds=(SignalKind.PERSON,),
    mode=Mode.SNAPSHOT,
    permissions=SIGN_INS.permissions,
    remedy=_REMEDY,
)

#: Signing in to an app (5 and 6 are OneLogin itself, 29 is leaving an app), and whether it succeeded.
SIGN_IN_TYPES = {8: True, 78: True, 77: False, 85: False, 90: False}
#: What became of a person's account in an app.
ACCOUNTS = {51: "added", 54: "added", 59: "added", 53: "removed", 55: "removed"}
#: What else happened to an app, and whether it succeeded.
ACTIONS = {
    1: ("app_added_to_role", True),
    2: ("app_removed_from_role", True),
    34: ("app_access_requested", True),
    35: ("locked_out_of_app", True),
    61: ("account_suspension", False),
    62: ("account_reactivation", False),
    63: ("account_deletion", False),
    64: ("account_creation", False),
    65: ("account_update", False),
    137: ("app_request_approved", True),
    138: ("app_request_denied", True),
}
EVENT_TYPES = (*SIGN_IN_TYPES, *ACCOUNTS, *ACTIONS)
_METHODS = {
    0: Method.PASSWORD,
    1: Method.OIDC,
    2: Method.SAML,
    3: Method.API,
    6: Method.PASSWORD,
    7: Method.SAML,
    8: Method.OIDC,
}
_SIGN_ON = {0: "password", 1: "openid", 2: "saml", 3: "api", 4: "google", 6: "forms", 7: "wsfed", 8: "openid_connect"}
_STATUSES = {
    0: "unactivated",
    1: "active",
    2: "suspended",
    3: "locked",
    4: "password_expired",
    5: "awaiting_password_reset",
    7: "password_pending",
    8: "security_questions_required",
}


class _Event(msgspec.Struct):
    """One event; webhooks write `uuid` for `id` and `event_timestamp` for `created_at`."""

    event_type_id: Id = None
    id: Id = None
    uuid: Id = None
    created_at: Any = None
    event_timestamp: Any = None
    app_id: Id = None
    app_name: Any = None
    user_id: Id = None
    user_name: Any = None
    assuming_acting_user_id: Id = None
    error_description: Any = None


def event(raw: bytes, _context: Context) -> Iterator[Signal]:
    """Translate one event; what names no app yields nothing. Raises Malformed."""
    found = decode(raw, _Event, "an event")
    kind = _number(found.event_type_id)
    if kind not in EVENT_TYPES:
        return
    app = AppIdentity(app_id=ident(found.app_id), label=text(found.app_name))
    if not app.named():
        raise Malformed("the event names no app")
    at = parse_time(found.created_at if found.created_at is not None else found.event_timestamp)
    native = ident(found.id) or ident(found.uuid) or derived(found)
    common: dict[str, Any] = {"native_id": native, "seen_at": at, "app": app, "actor": _actor(found)}
    if kind in SIGN_IN_TYPES:
        success = SIGN_IN_TYPES[kind]
        reason = None if success else text(found.error_description)
        facts = present(method=Method.UNKNOWN.value, success=success, reason=reason)
        yield Signal(stream=SIGN_INS.name, kind=SignalKind.SIGN_IN, facts=facts, **common)
    elif kind in ACCOUNTS:
        facts = {"state": ACCOUNTS[kind]}
        yield Signal(stream=APP_EVENTS.name, kind=SignalKind.ASSIGNMENT, facts=facts, **common)
    else:
        action, success = ACTIONS[kind]
        facts = {"action": action, "success": success}
        yield Signal(stream=APP_EVENTS.name, kind=SignalKind.AUDIT_EVENT, facts=facts, **common)


def _number(value: Id) -> int:
    """Return an event's type, which is a number or a text. Raises Malformed."""
    found = ident(value)
    if found is None or not re.fullmatch(r"[0-9]{1,6}", found):
        raise Malformed("no event_type_id: not an event")
    return int(found)


def _actor(found: _Event) -> Actor | None:
    """Return whose event it is; a name alone is nobody's id, as OneLogin writes first and last name there."""
    assumed = ident(found.assuming_acting_user_id)
    if assumed is not None:
        return person(assumed)
    name = text(found.user_name)
    if name is not None and "@" in name:  # OneLogin writes the address of people without a name
        return person(ident(found.user_id), None, name)
    return person(ident(found.user_id), name)


class _App(msgspec.Struct):
    id: str | int
    name: str
    visible: bool | None = None
    auth_method: Any = None
    created_at: Any = None
    updated_at: Any = None


def app(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one app of `/api/2/apps`. Raises Malformed where it is none."""
    found = decode(raw, _App, "an app")
    app_id = require(ident(found.id), "id")
    how = found.auth_method if isinstance(found.auth_method, int) else None
    yield Signal(
        stream=APPS.name,
        kind=SignalKind.REGISTRATION,
        native_id=app_id,
        seen_at=context.read_at,
        app=AppIdentity(app_id=app_id, label=require(found.name, "name")),
        facts=present(
            sign_on=None if how is None else _SIGN_ON.get(how),
            method=None if how is None else _METHODS.get(how, Method.UNKNOWN).value,
            hidden=None if found.visible is None else not found.visible,
            created_at=stamped(found.created_at),
            updated_at=stamped(found.updated_at),
        ),
    )


class _User(msgspec.Struct):
    id: str | int
    email: str | None = None
    username: str | None = None
    firstname: str | None = None
    lastname: str | None = None
    department: str | None = None
    title: str | None = None
    company: str | None = None
    status: Any = None
    created_at: Any = None
    last_login: Any = None


def user(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one person of `/api/2/users`. Raises Malformed where it is none."""
    found = decode(raw, _User, "a user")
    native = require(ident(found.id), "id")
    username = text(found.username)
    address = text(found.email) or username
    other = username if username and "@" in username and username != address else None
    yield Signal(
        stream=USERS.name,
        kind=SignalKind.PERSON,
        native_id=native,
        seen_at=context.read_at,
        actor=Actor(
            native_id=native,
            address=require(address, "email and no username"),
            name=text(f"{found.firstname or ''} {found.lastname or ''}"),
            aliases=() if other is None else (other,),
        ),
        facts=present(
            department=text(found.department),
            title=text(found.title),
            unit=text(found.company),
            status=_STATUSES.get(found.status) if isinstance(found.status, int) else None,
            created_at=stamped(found.created_at),
            last_sign_in_at=stamped(found.last_login),
        ),
    )


_MARKS = re.compile(rb'"data"\s*:')


def _page(fields: Fields) -> Page | None:
    """Return the page that version 1 of the interface answers with: status, pagination and data."""
    items = listed(fields.get("data"))
    if items is None or "status" not in fields:
        return None
    turn = inner(fields.get("pagination"))
    return Page(
        items, any(bytes(turn[name]) not in (b"null", b'""') for name in ("next_link", "after_cursor") if name in turn)
    )


def _reader(known: Callable[[bytes], bool], what: str, *lists: str) -> Reader:
    def read(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
        found = opened(records(data, lists=lists), _MARKS, _page, context.page)
        return recognised(found, known, what)

    return read


def _is_app(item: bytes) -> bool:
    fields = msgspec.json.decode(item, type=dict[str, msgspec.Raw]).keys()
    return fields >= {"id", "name"} and bool(fields & {"connector_id", "auth_method"})


def _is_user(item: bytes) -> bool:
    fields = msgspec.json.decode(item, type=dict[str, msgspec.Raw]).keys()
    return fields >= {"id", "email", "firstname", "lastname"}


FORMATS: tuple[Format, ...] = (
    Format(
        name="onelogin-events",
        about="OneLogin events: pages of /api/1/events, a list, or JSON lines as a webhook gives them",
        system="onelogin",
        streams=(SIGN_INS, APP_EVENTS),
        read=_reader(has("event_type_id"), "an event (event_type_id)", "events"),
        translate=event,
    ),
    Format(
        name="onelogin-apps",
        about="OneLogin apps as /api/2/apps lists them",
        system="onelogin",
        streams=(APPS,),
        read=_reader(_is_app, "an app (id, name, and connector_id or auth_method)", "apps"),
        translate=app,
    ),
    Format(
        name="onelogin-users",
        about="OneLogin people as /api/2/users lists them",
        system="onelogin",
        streams=(USERS,),
        read=_reader(_is_user, "a user (id, email, firstname and lastname)", "users"),
        translate=user,
    ),
)

"""Translates activities of Google Workspace's Reports API: SAML sign-ins, OAuth grants, Marketplace installations."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Any, NamedTuple

import msgspec

from connectors.formats import Context, present, text
from connectors.times import parse_time
from connectors.wire import decode, stamp
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Method, Scalar, Signal, SignalKind

#: Stands for actors that have no profile (discovery document admin.reports_v1, Activity.actor.profileId).
_NO_PROFILE = "105250506097979753968"
_ABSENT = (b"", b"null")
_ROBOTS = ".gserviceaccount.com"
_PARTS = re.compile(r"[\s,]+")


class ActivityId(msgspec.Struct, rename="camel"):
    """What names an activity; collectors make a number of the qualifier, and a number or an object of the time."""

    application_name: str | None = None
    time: str | int | float | dict[str, Any] | None = None
    unique_qualifier: str | int | None = None
    customer_id: str | None = None


class Caller(msgspec.Struct, rename="camel"):
    """Who acted; a robot or an OAuth 1 client has a key and no address."""

    caller_type: str | None = None
    email: str | None = None
    profile_id: str | int | None = None
    key: str | None = None


class Parameter(msgspec.Struct, rename="camel"):
    """One parameter of an event: its value lies in exactly one of the fields."""

    name: str
    value: Any = None
    multi_value: Any = None
    int_value: Any = None
    bool_value: Any = None
    multi_int_value: Any = None
    message_value: Any = None
    multi_message_value: Any = None

    def said(self) -> Any:
        """Return the value, whatever its type."""
        values = (getattr(self, field) for field in self.__struct_fields__[1:])
        return next((value for value in values if value is not None), None)


class Event(msgspec.Struct):
    """One event; its parameters are the API's list, or a plain object where a collector has flattened them."""

    name: str
    parameters: list[Parameter] | dict[str, Any] | None = None


class Activity(msgspec.Struct):
    """One record: `events` is a list, an object where a collector split it, or stands at the top without its name."""

    id: ActivityId
    actor: msgspec.Raw = msgspec.Raw()
    events: msgspec.Raw = msgspec.Raw()


class _Said(NamedTuple):
    kind: SignalKind
    app: AppIdentity
    facts: dict[str, Scalar]


_Parameters = Mapping[str, Any]


def activities(raw: Any, _context: Context) -> Iterator[Signal]:
    """Yield the signals of one activity, in the stream that its application names.

    `native_id` is `time/uniqueQualifier/applicationName/customerId/event index`. A split event has lost its index; a
    digest of what it says stands there, so that two events of one activity stay two. Sign-ins at Google itself, API
    calls and settings yield nothing. Raises Malformed.
    """
    activity = decode(raw, Activity, "an activity")
    application = activity.id.application_name or ""
    qualifier = _plain(activity.id.unique_qualifier)
    if activity.id.time is None or qualifier is None:
        raise Malformed("no id")
    if application not in _APPLICATIONS:
        return
    at = parse_time(activity.id.time)
    key = f"{stamp(at, 'milliseconds')}/{qualifier}/{application}/{activity.id.customer_id or ''}"
    actor = actor_of(activity.actor)
    for index, event in _events(activity, raw):
        said = _say(application, event)
        if said is not None:
            yield Signal(
                stream=application,
                kind=said.kind,
                native_id=f"{key}/{_digest(event.name, said) if index is None else index}",
                seen_at=at,
                app=said.app,
                actor=actor,
                facts=said.facts,
            )


def is_activity(raw: Any) -> bool:
    """Tell whether a record is an activity at all, of whatever application."""
    try:
        return decode(raw, Activity, "an activity").id.application_name is not None
    except Malformed:
        return False


def _events(activity: Activity, raw: Any) -> list[tuple[int | None, Event]]:
    found = bytes(activity.events)
    if found in _ABSENT:
        return [(None, decode(raw, Event, "an event"))]
    if found[:1] == b"{":
        return [(None, decode(found, Event, "an event"))]
    return list(enumerate(decode(found, list[Event], "a list of events")))


def _say(application: str, event: Event) -> _Said | None:
    say = _EVENTS.get((application, event.name.strip()))
    if say is None:
        return None
    given = event.parameters or {}
    said = say(given if isinstance(given, dict) else {parameter.name: parameter.said() for parameter in given})
    if not said.app.named():
        raise Malformed("the event names no app")
    return said


def _digest(name: str, said: _Said) -> str:
    content = msgspec.json.encode((name.strip(), said.app.named(), said.facts), order="sorted")
    return hashlib.blake2s(content, digest_size=8).hexdigest()


def actor_of(raw: msgspec.Raw) -> Actor | None:
    """Return who acted, a person or a service (with a key, or an address of a service account). Raises Malformed."""
    caller = Caller() if bytes(raw) in _ABSENT else decode(raw, Caller, "an actor")
    address, key = text(caller.email), text(caller.key)
    profile = _plain(caller.profile_id)
    person = address if profile in (None, _NO_PROFILE) else profile
    service = caller.caller_type == "KEY" or person is None or (address or "").endswith(_ROBOTS)
    native = key or person if service else person
    if native is None:
        return None
    return Actor(
        native_id=native,
        address=address if address and "@" in address else None,
        kind="service" if service else "person",
    )


def _sign_in(given: _Parameters, *, success: bool) -> _Said:
    app = AppIdentity(label=_word(given, "application_name"))
    reason = None if success else _word(given, "failure_type")
    return _Said(SignalKind.SIGN_IN, app, present(method=Method.SAML.value, success=success, reason=reason))


def _user_grant(given: _Parameters, *, state: str) -> _Said:
    app = AppIdentity(client_id=_word(given, "client_id"), label=_word(given, "app_name"))
    scopes = _list(given.get("scope")) or _scope_names(given.get("scope_data"))
    facts = present(scopes=scopes, consent="user", state=state, client_type=_word(given, "client_type"))
    return _Said(SignalKind.GRANT, app, facts)


def _admin_grant(given: _Parameters, *, state: str) -> _Said:
    app = AppIdentity(client_id=_word(given, "API_CLIENT_NAME"))
    return _Said(SignalKind.GRANT, app, present(scopes=_list(given.get("API_SCOPES")), consent="admin", state=state))


def _installation(given: _Parameters, *, state: str) -> _Said:
    app = AppIdentity(product_code=_word(given, "APP_ID"), label=_word(given, "APPLICATION_NAME"))
    enabled = {"true": True, "false": False}.get(str(given.get("APPLICATION_ENABLED")).casefold())
    return _Said(SignalKind.INSTALLATION, app, present(state=state, enabled=enabled))


#: What each event says; names are those of developers.google.com/workspace/admin/reports/v1/appendix/activity.
_EVENTS: Mapping[tuple[str, str], Callable[[_Parameters], _Said]] = {
    ("saml", "login_success"): partial(_sign_in, success=True),
    ("saml", "login_failure"): partial(_sign_in, success=False),
    ("token", "authorize"): partial(_user_grant, state="granted"),
    ("token", "revoke"): partial(_user_grant, state="revoked"),
    ("admin", "ADD_APPLICATION"): partial(_installation, state="added"),
    ("admin", "REMOVE_APPLICATION"): partial(_installation, state="removed"),
    ("admin", "AUTHORIZE_API_CLIENT_ACCESS"): partial(_admin_grant, state="granted"),
    ("admin", "REMOVE_API_CLIENT_ACCESS"): partial(_admin_grant, state="revoked"),
}
_APPLICATIONS = frozenset(application for application, _ in _EVENTS)


def _plain(value: str | int | None) -> str | None:
    return text(str(value)) if value is not None else None


def _word(given: _Parameters, name: str) -> str | None:
    value = given.get(name)
    return _plain(value) if isinstance(value, str | int) and not isinstance(value, bool) else None


def _list(value: object) -> tuple[str, ...]:
    """Return the distinct words of a list, or of a text with commas or blanks between them, sorted."""
    return tuple(
        sorted({word for item in _many(value) if isinstance(item, str) for word in _PARTS.split(item) if word})
    )


def _scope_names(messages: object) -> tuple[str, ...]:
    """Return the scopes of `scope_data`, which names them one by one where the plain list is left out."""
    return _list([name for message in _many(messages) for entry in _entries(message) for name in _scope_name(entry)])


def _many(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def _entries(message: object) -> list[object]:
    return _many(message.get("parameter", message)) if isinstance(message, dict) else []


def _scope_name(entry: object) -> list[object]:
    if not isinstance(entry, dict):
        return []
    return _many(entry.get("value") if entry.get("name") == "scope_name" else entry.get("scope_name"))

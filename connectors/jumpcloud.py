"""JumpCloud: sign-ins to apps and what became of these (Directory Insights), apps, who has them, and people.

Facts about the interface: docs.jumpcloud.com, "Directory Insights API" (events are kept for 90 days; only
administrators may read them), "JumpCloud API" 1 (applications, systemusers) and 2 (`/applications/{id}/users`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any, BinaryIO

import msgspec

from connectors import jumpcloud_directory
from connectors.formats import Bad, Context, Format, Raw, Reader, present, require, text
from connectors.json_records import records
from connectors.jumpcloud_directory import METHODS, catalog_key
from connectors.native import Id, ident, person
from connectors.nested import Fields, Page, listed, opened
from connectors.recognised import has, recognised
from connectors.times import parse_time
from connectors.wire import decode
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Method, Signal, SignalKind
from model.stream import Mode, Stream

_PERMISSIONS = ("Read Only",)
_REMEDY = (
    "Make the API key as an administrator with the role Read Only (Settings, Administrators); Command"
    " Runners may not read this."
)

SIGN_INS = Stream(
    name="sign_ins",
    kinds=(SignalKind.SIGN_IN,),
    mode=Mode.EVENTS,
    permissions=_PERMISSIONS,
    remedy=_REMEDY,
    lag=timedelta(minutes=10),
    overlap=timedelta(hours=1),
    retention=timedelta(days=90),
    retention_source="nobody in the pages read; 90 days are taken, longer by plan",
)
APP_EVENTS = Stream(
    name="app_events",
    kinds=(SignalKind.ASSIGNMENT, SignalKind.AUDIT_EVENT),
    mode=Mode.EVENTS,
    permissions=_PERMISSIONS,
    remedy=_REMEDY,
    lag=SIGN_INS.lag,
    overlap=SIGN_INS.overlap,
    retention=SIGN_INS.retention,
    retention_source=SIGN_INS.retention_source,
)


def _snapshot(name: str, kind: SignalKind) -> Stream:
    return Stream(name=name, kinds=(kind,), mode=Mode.SNAPSHOT, permissions=_PERMISSIONS, remedy=_REMEDY)


APPS = _snapshot("apps", SignalKind.REGISTRATION)
ASSIGNMENTS = _snapshot("assignments", SignalKind.ASSIGNMENT)
USERS = _snapshot("users", SignalKind.PERSON)


#: Types of the directory's events that are about apps.
APP_EVENT_TYPES = ("association_change", "application_create", "application_update", "application_delete")


class _App(msgspec.Struct):
    id: Id = None
    name: Any = None
    display_label: Any = None
    sso_type: Any = None


class _Party(msgspec.Struct):
    id: Id = None
    type: Any = None
    username: Any = None
    email: Any = None


class _End(msgspec.Struct):
    object_id: Id = None
    type: Any = None
    name: Any = None


class _Connection(msgspec.Struct, rename={"source": "from", "target": "to"}):
    source: _End | None = None
    target: _End | None = None


class _Association(msgspec.Struct):
    op: Any = None
    connection: _Connection | None = None


class _Resource(msgspec.Struct):
    id: Id = None
    type: Any = None
    name: Any = None
    displayLabel: Any = None  # noqa: N815 (the vendor's name)


class _Kind(msgspec.Struct):
    event_type: str


class _Event(msgspec.Struct):
    """One event; which of the parts are there depends on its type."""

    event_type: str
    id: Id = None
    timestamp: Any = None
    success: Any = None
    sso_token_success: Any = None
    mfa: Any = None
    error_message: Any = None
    initiated_by: _Party | None = None
    application: _App | None = None
    association: _Association | None = None
    resource: _Resource | None = None


_WHAT = "an event"


def event(raw: bytes, _context: Context) -> Iterator[Signal]:
    """Translate one event; what is not about an app yields nothing, nor does signing in to JumpCloud itself.

    Raises Malformed.
    """
    kind = decode(raw, _Kind, _WHAT).event_type
    if kind == "sso_auth":
        yield _sign_in(decode(raw, _Event, _WHAT))
    elif kind == "association_change":
        yield from _association(decode(raw, _Event, _WHAT))
    elif kind.startswith("application_"):
        yield from _change(decode(raw, _Event, _WHAT))


def _sign_in(found: _Event) -> Signal:
    app = _app_of(found.application or _App())
    if app is None:
        raise Malformed("the sign-in names no app")
    said = found.sso_token_success if isinstance(found.sso_token_success, bool) else found.success
    if not isinstance(said, bool):
        raise Malformed("no sso_token_success: it is not told whether the sign-in succeeded")
    kind = text(found.application.sso_type) if found.application else None
    return Signal(
        stream=SIGN_INS.name,
        kind=SignalKind.SIGN_IN,
        native_id=require(ident(found.id), "id"),
        seen_at=parse_time(found.timestamp),
        app=app,
        actor=_actor(found.initiated_by),
        facts=present(
            method=METHODS.get((kind or "").casefold(), Method.UNKNOWN).value,
            success=said,
            second_factor=True if said and found.mfa is True else None,
            reason=None if said else text(found.error_message),
        ),
    )


def _app_of(app: _App) -> AppIdentity | None:
    """Return the app; `sso_url` is left out, it leads to JumpCloud."""
    name = text(app.name)
    found = AppIdentity(app_id=ident(app.id), catalog_key=catalog_key(name), label=text(app.display_label) or name)
    return found if found.app_id or found.label else None


def _actor(party: _Party | None) -> Actor | None:
    if party is None:
        return None
    username = text(party.username)
    return person(ident(party.id) or username, username, text(party.email), username)


def _association(found: _Event) -> Iterator[Signal]:
    """Yield that a person or a group was given an app, or lost it."""
    held = found.association or _Association()
    link = held.connection or _Connection()
    ends = [end for end in (link.source, link.target) if end is not None]
    app = next((e for e in ends if e.type == "application"), None)
    other = next((e for e in ends if text(e.type) in {"user", "user_group"}), None)
    state = {"add": "added", "remove": "removed"}.get(str(held.op))
    if app is None or other is None or state is None or found.success is False:
        return
    name = text(other.name)
    yield Signal(
        stream=APP_EVENTS.name,
        kind=SignalKind.ASSIGNMENT,
        native_id=require(ident(found.id), "id"),
        seen_at=parse_time(found.timestamp),
        app=AppIdentity(app_id=require(ident(app.object_id), "object_id of the app"), label=text(app.name)),
        actor=person(ident(other.object_id) or name, name, name) if other.type == "user" else None,
        facts=present(state=state, via="user" if other.type == "user" else "group"),
    )


def _change(found: _Event) -> Iterator[Signal]:
    told, held = found.resource or _Resource(), found.application or _App()
    app = AppIdentity(
        app_id=ident(told.id) or ident(held.id),
        label=text(told.displayLabel) or text(held.display_label) or text(told.name) or text(held.name),
    )
    if not app.named():
        return
    yield Signal(
        stream=APP_EVENTS.name,
        kind=SignalKind.AUDIT_EVENT,
        native_id=require(ident(found.id), "id"),
        seen_at=parse_time(found.timestamp),
        app=app,
        actor=_actor(found.initiated_by),
        facts={"action": found.event_type, "success": found.success is not False},
    )


_MARKS = re.compile(rb'"results"\s*:')


def _page(fields: Fields) -> Page | None:
    """Return the page that version 1 of the interface answers with: totalCount and results."""
    items = listed(fields.get("results"))
    return None if items is None else Page(items)


def _read_events(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
    found = records(data, lists=("events",), page=context.page)
    return recognised(found, _is_event, "an event (event_type, timestamp, service)")


def _is_event(item: bytes) -> bool:
    fields = msgspec.json.decode(item, type=dict[str, msgspec.Raw]).keys()
    return fields >= {"event_type", "timestamp"} and bool(fields & {"service", "initiated_by"})


def _listing(known: Callable[[bytes], bool], what: str) -> Reader:
    """Return a reader of listings: pages say how many records there are in all, so a file may lack some."""

    def read(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
        totals: list[int] = []

        def page(fields: Fields) -> Page | None:
            total = fields.get("totalCount")
            if total is not None and bytes(total).isdigit():
                totals.append(int(bytes(total)))
            return _page(fields)

        count = 0
        for piece in recognised(opened(records(data, lists=()), _MARKS, page, context.page), known, what):
            count += 1
            yield piece
        if totals:
            context.page(count < max(totals))

    return read


def _has_either(*fields: str) -> Callable[[bytes], bool]:
    """Return a test for records that have these fields, and `id` or `_id`."""
    return lambda item: has(*fields)(item) and (has("id")(item) or has("_id")(item))


FORMATS: tuple[Format, ...] = (
    Format(
        name="jumpcloud-events",
        about="JumpCloud Directory Insights events: answers of /insights/directory/v1/events, a list, or JSON lines",
        system="jumpcloud",
        streams=(SIGN_INS, APP_EVENTS),
        read=_read_events,
        translate=event,
    ),
    Format(
        name="jumpcloud-apps",
        about="JumpCloud apps as /api/applications lists them",
        system="jumpcloud",
        streams=(APPS,),
        read=_listing(_has_either("name", "config"), "an app (id, name and config)"),
        translate=jumpcloud_directory.app,
    ),
    Format(
        name="jumpcloud-assignments",
        about="JumpCloud: who has which app, as /api/v2/applications/{id}/users lists, each with its application_id",
        system="jumpcloud",
        streams=(ASSIGNMENTS,),
        read=_listing(has("application_id", "id", "type"), "a person's holding of an app (application_id, id, type)"),
        translate=jumpcloud_directory.assignment,
    ),
    Format(
        name="jumpcloud-users",
        about="JumpCloud people as /api/systemusers lists them",
        system="jumpcloud",
        streams=(USERS,),
        read=_listing(_has_either("username", "email"), "a user (id, username and email)"),
        translate=jumpcloud_directory.user,
    ),
)

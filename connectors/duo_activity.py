"""Duo's activity log: what people and administrators do at an application, or to one.

Facts: duo.com/docs/adminapi, "Activity Logs" (version 2, `items`; two minutes late, 180 days back, Grant read log); the
fields of an item also in Duo's Python client (`get_activity_logs`) and in Elastic's samples, which show `action` as an
object with a name, where the client's own words make it a text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any, BinaryIO

import msgspec

from connectors.duo import SIGN_INS
from connectors.formats import Bad, Context, Format, Raw, present, text
from connectors.json_records import records
from connectors.native import Id, derived, ident, person
from connectors.nested import Fields, Page, inner, listed, opened
from connectors.recognised import has, recognised
from connectors.times import parse_time
from connectors.wire import decode
from model.errors import Malformed
from model.signal import AppIdentity, Signal, SignalKind
from model.stream import Mode, Stream

ACTIVITY = Stream(
    name="activity",
    kinds=(SignalKind.AUDIT_EVENT,),
    mode=Mode.EVENTS,
    permissions=SIGN_INS.permissions,
    remedy=SIGN_INS.remedy,
    lag=SIGN_INS.lag,
    overlap=SIGN_INS.overlap,
    retention=SIGN_INS.retention,
    retention_source=SIGN_INS.retention_source,
)

#: What Duo calls an application where something is done to it.
_APPLICATIONS = {"application", "integration"}


class _Named(msgspec.Struct):
    key: Id = None
    name: Any = None
    type: Any = None


class _Outcome(msgspec.Struct):
    result: Any = None


class _Item(msgspec.Struct):
    """One activity; what is known of devices, places and groups of a person is not read."""

    activity_id: Id = None
    action: Any = None
    actor: _Named | None = None
    application: _Named | None = None
    target: _Named | None = None
    old_target: _Named | None = None
    outcome: _Outcome | None = None
    ts: Any = None


def activity(raw: bytes, _context: Context) -> Iterator[Signal]:
    """Translate one activity; what neither happens at an application nor to one yields nothing. Raises Malformed."""
    found = decode(raw, _Item, "an activity")
    action = text(found.action.get("name") if isinstance(found.action, dict) else found.action)
    if action is None or found.ts is None:
        raise Malformed("no action or no time: not an activity")
    app = _app(found)
    if app is None:
        return
    who = found.actor or _Named()
    name = text(who.name)
    result = (text(found.outcome.result) or "").casefold() if found.outcome else ""
    yield Signal(
        stream=ACTIVITY.name,
        kind=SignalKind.AUDIT_EVENT,
        native_id=ident(found.activity_id) or derived(found),
        seen_at=parse_time(found.ts),
        app=app,
        actor=person(ident(who.key) or name, name, name),
        facts=present(action=action, success={"success": True, "failure": False}.get(result)),
    )


def _app(found: _Item) -> AppIdentity | None:
    """Return the application that something was done to, else the one at which it was done."""
    done_to = [n for n in (found.target, found.old_target) if n and (text(n.type) or "").casefold() in _APPLICATIONS]
    for named in (*done_to, found.application):
        if named is not None:
            app = AppIdentity(app_id=ident(named.key), label=text(named.name))
            if app.named():
                return app
    return None


_MARKS = re.compile(rb'"(?:response|items)"\s*:')


def _page(fields: Fields) -> Page | None:
    items = listed((inner(fields.get("response")) or fields).get("items"))
    return None if items is None else Page(items)


def _read(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
    found = opened(records(data, lists=()), _MARKS, _page, context.page)
    return recognised(found, has("activity_id", "action"), "an activity (activity_id and action)")


FORMATS: tuple[Format, ...] = (
    Format(
        name="duo-activity",
        about="Duo: the activity log of the Admin API, version 2: pages, a list, JSON lines",
        system="duo",
        streams=(ACTIVITY,),
        read=_read,
        translate=activity,
    ),
)

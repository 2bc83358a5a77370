"""OneLogin: who is given which app.

Facts: developers.onelogin.com, "List App Users" (id, names, username and e-mail of each person of one app; version 2 of
the interface, any of the scopes Manage All and Read All). The answer does not name the app, nor whether a role gave it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from connectors.formats import Bad, Context, Format, Raw, require, text
from connectors.json_records import records
from connectors.native import ident
from connectors.onelogin import SIGN_INS
from connectors.recognised import recognised
from connectors.wire import decode
from model.signal import Actor, AppIdentity, Signal, SignalKind
from model.stream import Mode, Stream

ASSIGNMENTS = Stream(
    name="assignments",
    kinds=(SignalKind.ASSIGNMENT,),
    mode=Mode.SNAPSHOT,
    permissions=SIGN_INS.permissions,
    remedy=SIGN_INS.remedy,
)


class _Held(msgspec.Struct):
    """A person of an app; the interface answers for one app, which `app_id` names."""

    app_id: str | int
    id: str | int
    email: str | None = None
    username: str | None = None


def assignment(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one person's holding of an app. Raises Malformed where it is none."""
    found = decode(raw, _Held, "a person's holding of an app")
    app_id, native = require(ident(found.app_id), "app_id"), require(ident(found.id), "id")
    addresses = (text(found.email), text(found.username))
    yield Signal(
        stream=ASSIGNMENTS.name,
        kind=SignalKind.ASSIGNMENT,
        native_id=f"{app_id}:{native}",
        seen_at=context.read_at,
        app=AppIdentity(app_id=app_id),
        actor=Actor(native_id=native, address=next((a for a in addresses if a and "@" in a), None)),
    )


def _is_held(item: bytes) -> bool:
    fields = msgspec.json.decode(item, type=dict[str, msgspec.Raw]).keys()
    return fields >= {"app_id", "id"} and bool(fields & {"email", "username"})


def _read(data: BinaryIO, _context: Context) -> Iterator[Raw | Bad]:
    return recognised(records(data, lists=("users",)), _is_held, "a person of an app (app_id, id and email)")


FORMATS: tuple[Format, ...] = (
    Format(
        name="onelogin-app-users",
        about="OneLogin: who is given which app, as /api/2/apps/{app_id}/users lists, each with its app_id",
        system="onelogin",
        streams=(ASSIGNMENTS,),
        read=_read,
        translate=assignment,
    ),
)

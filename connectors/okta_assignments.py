"""Okta's parts of an app: people and groups assigned to it, the rights in Okta that it holds, and its refresh tokens.

Facts about the interface: Okta Developer, Core API, "Application Users", "Application Groups", "Application Grants" and
"Application Tokens".
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, BinaryIO, TypeVar

import msgspec

from connectors.formats import Bad, Context, Format, Raw, present, require, text
from connectors.json_records import records
from connectors.times import parse_time
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Signal, SignalKind
from model.stream import Mode, Stream

_READ = "Grant {0} to the service app, and the role Read-Only Administrator."
APP_USERS = Stream(
    name="app_users",
    kinds=(SignalKind.ASSIGNMENT,),
    mode=Mode.SNAPSHOT,
    permissions=("okta.apps.read",),
    remedy=_READ.format("okta.apps.read"),
)
APP_GROUPS = Stream(
    name="app_groups",
    kinds=(SignalKind.ASSIGNMENT,),
    mode=Mode.SNAPSHOT,
    permissions=("okta.apps.read",),
    remedy=_READ.format("okta.apps.read"),
)
GRANTS = Stream(
    name="grants",
    kinds=(SignalKind.GRANT,),
    mode=Mode.SNAPSHOT,
    permissions=("okta.appGrants.read",),
    remedy=_READ.format("okta.appGrants.read"),
)
#: Access that lasts while the person is away: of everybody, as the app's list names all its tokens.
REFRESH_TOKENS = Stream(
    name="refresh_tokens",
    kinds=(SignalKind.GRANT,),
    mode=Mode.SNAPSHOT,
    permissions=("okta.apps.read",),
    remedy=_READ.format("okta.apps.read"),
)

_APP = re.compile(r"/api/v1/apps/([A-Za-z0-9]+)(?:/|$)")
_Struct = TypeVar("_Struct", bound=msgspec.Struct)


class _AppUser(msgspec.Struct):
    id: str
    scope: str
    status: str | None = None
    created: Any = None
    credentials: Any = None
    links: Any = msgspec.field(default=None, name="_links")


class _AppGroup(msgspec.Struct):
    id: str
    links: Any = msgspec.field(name="_links")
    embedded: Any = msgspec.field(default=None, name="_embedded")


class _Grant(msgspec.Struct):
    id: str
    scopeId: str  # noqa: N815 (the vendor's name)
    status: str | None = None
    clientId: str | None = None  # noqa: N815
    userId: str | None = None  # noqa: N815
    source: str | None = None
    created: Any = None
    links: Any = msgspec.field(default=None, name="_links")


class _RefreshToken(msgspec.Struct):
    id: str
    scopes: list[Any]
    status: str | None = None
    clientId: str | None = None  # noqa: N815
    userId: str | None = None  # noqa: N815
    expiresAt: Any = None  # noqa: N815
    links: Any = msgspec.field(default=None, name="_links")


def app_user(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one person of `/api/v1/apps/{appId}/users`; which app it is stands in the record's links alone."""
    found = _decoded(raw, _AppUser)
    app_id, person = _app_of(found.links), require(found.id, "id")
    login = found.credentials.get("userName") if isinstance(found.credentials, dict) else None
    name = text(login)
    yield Signal(
        stream=APP_USERS.name,
        kind=SignalKind.ASSIGNMENT,
        native_id=f"{app_id}/{person}",
        seen_at=context.read_at,
        app=AppIdentity(app_id=app_id),
        actor=Actor(native_id=person, address=name if name and "@" in name else None),
        facts=present(
            via="group" if found.scope == "GROUP" else "user",
            status=(text(found.status) or "").lower(),
            created_at=_moment(found.created),
        ),
    )


def app_group(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one group of `/api/v1/apps/{appId}/groups`. It names nobody: the people in it are app users."""
    found = _decoded(raw, _AppGroup)
    app_id = _app_of(found.links)
    yield Signal(
        stream=APP_GROUPS.name,
        kind=SignalKind.ASSIGNMENT,
        native_id=f"{app_id}/{require(found.id, 'id')}",
        seen_at=context.read_at,
        app=AppIdentity(app_id=app_id),
        facts=present(via=_group_name(found.embedded) or "group"),
    )


def grant(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one grant of `/api/v1/apps/{appId}/grants`: one scope of Okta's own interface that the app holds."""
    found = _decoded(raw, _Grant)
    app_id = _app_of(found.links, otherwise=text(found.clientId))
    person = text(found.userId)
    yield Signal(
        stream=GRANTS.name,
        kind=SignalKind.GRANT,
        native_id=require(found.id, "id"),
        seen_at=context.read_at,
        app=AppIdentity(app_id=app_id, client_id=text(found.clientId)),
        actor=None if person is None else Actor(native_id=person),
        facts=present(
            scopes=(require(found.scopeId, "scopeId"),),
            consent="user" if found.source == "END_USER" else "admin",
            state="granted" if found.status in {None, "ACTIVE"} else "revoked",
        ),
    )


def refresh_token(raw: bytes, context: Context) -> Iterator[Signal]:
    """Translate one token of `/api/v1/apps/{appId}/tokens`: what an app may do for a person until the token ends.

    The list gives the token's id, never the token. Who consented it does not say: a token outlives no consent, but one
    consent may have given several, and an app that the administrator trusts needs none.
    """
    found = _decoded(raw, _RefreshToken)
    app_id, person = _app_of(found.links, otherwise=text(found.clientId)), text(found.userId)
    ended = _has_passed(found.expiresAt, context.read_at)
    yield Signal(
        stream=REFRESH_TOKENS.name,
        kind=SignalKind.GRANT,
        native_id=require(found.id, "id"),
        seen_at=context.read_at,
        app=AppIdentity(app_id=app_id, client_id=text(found.clientId)),
        actor=None if person is None else Actor(native_id=person),
        facts=present(
            scopes=tuple(sorted({name for s in found.scopes if (name := text(s))})),
            state="granted" if found.status in {None, "ACTIVE"} and not ended else "revoked",
        ),
    )


def _decoded(raw: bytes, kind: type[_Struct]) -> _Struct:
    try:
        return msgspec.json.decode(raw, type=kind)
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        # msgspec names the path and the types, never the value.
        raise Malformed(str(error)) from error


def _app_of(links: Any, otherwise: str | None = None) -> str:
    """Return the id of the app that a part belongs to, from the link to the app or to the part itself."""
    for name in ("app", "self"):
        link = links.get(name) if isinstance(links, dict) else None
        href = link.get("href") if isinstance(link, dict) else None
        if isinstance(href, str) and (found := _APP.search(href)):
            return found[1]
    if otherwise is None:
        raise Malformed("no link to an app (_links.app.href)")
    return otherwise


def _group_name(embedded: Any) -> str | None:
    group = embedded.get("group") if isinstance(embedded, dict) else None
    profile = group.get("profile") if isinstance(group, dict) else None
    name = text(profile.get("name")) if isinstance(profile, dict) else None
    return None if name is None else f"group {name}"


def _moment(value: Any) -> str | None:
    try:
        return parse_time(value).isoformat(timespec="seconds").replace("+00:00", "Z")
    except Malformed:
        return None


def _has_passed(value: Any, now: datetime) -> bool:
    try:
        return value is not None and parse_time(value) <= now
    except Malformed:
        return False


def _read(data: BinaryIO, context: Context) -> Iterator[Raw | Bad]:
    return records(data, lists=("items",), page=context.page)


FORMATS = (
    Format(
        name="okta-app-users",
        about="Okta people assigned to apps, as /api/v1/apps/{appId}/users lists them",
        system="okta",
        streams=(APP_USERS,),
        read=_read,
        translate=app_user,
    ),
    Format(
        name="okta-app-groups",
        about="Okta groups assigned to apps, as /api/v1/apps/{appId}/groups?expand=group lists them",
        system="okta",
        streams=(APP_GROUPS,),
        read=_read,
        translate=app_group,
    ),
    Format(
        name="okta-grants",
        about="Okta rights that apps hold in Okta itself, as /api/v1/apps/{appId}/grants lists them",
        system="okta",
        streams=(GRANTS,),
        read=_read,
        translate=grant,
    ),
    Format(
        name="okta-refresh-tokens",
        about="Okta refresh tokens that apps hold for people, as /api/v1/apps/{appId}/tokens lists them",
        system="okta",
        streams=(REFRESH_TOKENS,),
        read=_read,
        translate=refresh_token,
    ),
)

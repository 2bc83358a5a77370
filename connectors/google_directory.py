"""Translates people and third-party OAuth tokens of Google Workspace's Directory API."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import msgspec

from connectors.formats import Context, present, require, text
from connectors.wire import decode, stamped
from model.errors import Malformed
from model.signal import Actor, AppIdentity, Signal, SignalKind


class Token(msgspec.Struct, rename="camel"):
    """One token that a person gave to an app; `owner` is the key under which a collector saved it, where it differs."""

    client_id: str
    display_text: str | None = None
    anonymous: bool | None = None
    native_app: bool | None = None
    scopes: list[str] | None = None
    user_key: str | int | None = None
    owner: str | None = None


class Name(msgspec.Struct, rename="camel"):
    """A person's name."""

    full_name: str | None = None


class Organization(msgspec.Struct, rename="camel"):
    """One employment of a person."""

    primary: bool | None = None
    department: str | None = None
    cost_center: str | None = None
    title: str | None = None


class Email(msgspec.Struct, rename="camel"):
    """An address of a person. Google's own (primary, aliases) carry no type; those that people entered do."""

    address: str | None = None
    type: str | None = None
    custom_type: str | None = None


class User(msgspec.Struct, rename="camel"):
    """One person of the directory."""

    id: str | int
    primary_email: str
    name: Name | None = None
    aliases: list[str] | None = None
    non_editable_aliases: list[str] | None = None
    emails: list[Email] | None = None
    organizations: list[Organization] | None = None
    org_unit_path: str | None = None
    suspended: bool | None = None
    archived: bool | None = None
    deletion_time: str | None = None
    creation_time: str | None = None
    last_login_time: str | None = None
    is_admin: bool | None = None
    is_delegated_admin: bool | None = None
    is_guest_user: bool | None = None
    second_factor: bool | None = msgspec.field(default=None, name="isEnrolledIn2Sv")


def tokens(raw: Any, context: Context) -> Iterator[Signal]:
    """Yield the grant that a token is; the API gives no time, so it was seen when the file was saved.

    `native_id` is `userKey:clientId`. An app that is not registered with Google may call itself anything. Raises
    Malformed.
    """
    token = decode(raw, Token, "a token")
    client = require(token.client_id, "clientId")
    keys = [key for key in (text(str(token.user_key or "")), text(token.owner)) if key]
    if not keys:
        raise Malformed("no userKey")
    label = text(token.display_text)
    yield Signal(
        stream="tokens",
        kind=SignalKind.GRANT,
        native_id=f"{keys[0]}:{client}",
        seen_at=context.read_at,
        app=AppIdentity(client_id=client, label=None if label == client else label),
        actor=Actor(native_id=keys[0], address=next((key for key in keys if "@" in key), None)),
        facts=present(
            scopes=tuple(sorted(set(token.scopes or ()))),
            consent="user",
            state="granted",
            native=token.native_app,
            unregistered=True if token.anonymous else None,
        ),
    )


def users(raw: Any, context: Context) -> Iterator[Signal]:
    """Yield the person that a directory entry is, as of the time at which the file was saved. Raises Malformed."""
    user = decode(raw, User, "a user")
    native = require(str(user.id), "id")
    address = require(user.primary_email, "primaryEmail")
    job = _job(user.organizations or [])
    yield Signal(
        stream="users",
        kind=SignalKind.PERSON,
        native_id=native,
        seen_at=context.read_at,
        actor=Actor(
            native_id=native,
            address=address,
            name=text(user.name.full_name) if user.name else None,
            aliases=_aliases(user, address),
        ),
        facts=present(
            department=text(job.department),
            cost_center=text(job.cost_center),
            title=text(job.title),
            unit=text(user.org_unit_path),
            status=_status(user),
            admin=_either(user.is_admin, user.is_delegated_admin),
            second_factor=user.second_factor,
            created_at=stamped(user.creation_time),
            left_at=stamped(user.deletion_time),
            last_sign_in_at=stamped(user.last_login_time),
            person_type="guest" if user.is_guest_user else None,
        ),
    )


def tokens_by_owner(item: bytes, nothing_of: Callable[[str], None] = lambda _owner: None) -> list[bytes]:
    """Return the tokens of an object `{userKey: [token, ...]}` as collectors save them, each with its own `userKey`.

    What is a token itself is returned as it is. Where token and object name the person differently, the object's name
    goes to `owner`. `nothing_of` is told of each person who is there and has no token: of whoever is absent nothing is
    said at all. Raises Malformed where the object is neither.
    """
    fields = decode(item, dict[str, msgspec.Raw], "a token")
    if "clientId" in fields:
        return [item]
    if not fields:
        raise Malformed("not a token: the object is empty")
    tokens = {owner: _saved(bytes(saved)) for owner, saved in fields.items()}
    for owner, held in tokens.items():
        if not held and b"nextPageToken" not in bytes(fields[owner]):
            nothing_of(owner)
    return [_owned(token, owner) for owner, held in tokens.items() for token in held]


def _owned(token: dict[str, msgspec.Raw], owner: str) -> bytes:
    key = msgspec.Raw(msgspec.json.encode(owner))
    return msgspec.json.encode({"userKey": key, **token, "owner": key})


def _saved(saved: bytes) -> list[dict[str, msgspec.Raw]]:
    if saved[:1] == b"{":
        page = decode(saved, dict[str, msgspec.Raw], "a page of tokens")
        if "kind" not in page and "items" not in page:
            raise Malformed("not a page of tokens")
        saved = bytes(page.get("items", b"[]"))
    return decode(saved, list[dict[str, msgspec.Raw]], "a list of tokens")


def _job(jobs: list[Organization]) -> Organization:
    """Return the primary employment, or the only one; of several that none is marked of, nothing is known."""
    marked = [job for job in jobs if job.primary]
    return (marked or (jobs if len(jobs) == 1 else [Organization()]))[0]


def _aliases(user: User, address: str) -> tuple[str, ...]:
    own = [email.address for email in user.emails or () if not (email.type or email.custom_type)]
    found: dict[str, str] = {}
    for alias in (*(user.aliases or ()), *(user.non_editable_aliases or ()), *own):
        if alias and "@" in alias and alias.casefold() != address.casefold():
            found.setdefault(alias.casefold(), alias)
    return tuple(found.values())


def _status(user: User) -> str | None:
    if user.deletion_time:
        return "deleted"
    if user.archived:
        return "archived"
    if user.suspended is None:
        return None
    return "suspended" if user.suspended else "active"


def _either(*values: bool | None) -> bool | None:
    """Return True where one is true, None where nothing is known."""
    known = [value for value in values if value is not None]
    return any(known) if known else None

"""One's own account: what it may do, its tokens, its browsers, and who stands in."""

from __future__ import annotations

from datetime import timedelta
from typing import Annotated

from pydantic import Field

from gate import accounts
from gate.roles import RIGHTS, Act
from model.errors import Refused
from storage import accounts as stored_accounts
from storage import sessions as stored
from storage.store import Connection
from storage.times import iso, to_ms
from web import tokens
from web.access import Open
from web.api.accounts import end_of
from web.api.bodies import WHOLE, Day, Email
from web.api.models_own import Ended, MadeStandIn, MadeToken, Me, Sessions, StandIns, Tokens
from web.api.routing import Api, Line, Number, Reason, Row, Sent, refused
from web.errors import forbidden, not_found
from web.here import Here

api = Api("Your account")


class NewToken(Sent):
    """A token to be made: what it is called, what it may do, and for how many days."""

    name: Annotated[Line, Field(max_length=200)]
    acts: Annotated[list[Act], Field(min_length=1, max_length=len(Act))]
    days: Annotated[int, Field(ge=1, le=tokens.LONGEST.days), WHOLE]


class NewStandIn(Sent):
    """Somebody who signs in one's stead from now on; `until` is the last day."""

    to: Email
    until: Day
    reason: Reason


@api.get("/account", Open.SIGNED_IN, Me)
def get_me(here: Here) -> Row:
    """Return who asks, and what they may do by this token or session."""
    one = here.account
    return {
        "id": one.id,
        "email": one.email,
        "roles": sorted(one.roles),
        "units": list(one.units),
        "acts": [act for act in Act if one.roles & RIGHTS[act] and (here.token is None or act in here.token.acts)],
        "by_token": here.token is not None,
        "sees_names": here.sees_names(),
    }


def _in_person(here: Here) -> None:
    """Raise Wrong where a token asks: what it does must not outlive it, or do more than it may."""
    if here.token is not None:
        raise forbidden("A token gives nobody rights.", "Sign in, and do it at /account.")


# --- tokens ----------------------------------------------------------------------------------------------------------


@api.get("/account/tokens", Open.SIGNED_IN, Tokens)
def list_tokens(here: Here) -> Row:
    """List one's own tokens, without their secrets."""
    now = to_ms(here.at)
    items = [
        {name: row[name] for name in ("id", "name", "acts")}
        | {name: iso(row[name]) for name in ("made_at", "until", "used_at", "ended_at")}
        | {"holds": row["ended_at"] is None and row["until"] > now}
        for row in stored.tokens(here.connection, here.account.id)
    ]
    return {"items": items}


@api.post("/account/tokens", Open.SIGNED_IN, MadeToken, 201, secret=True)
def make_token(here: Here, connection: Connection, body: NewToken) -> Row:
    """Make a token, which is shown this once. It does no more than its account, and no token makes one."""
    _in_person(here)
    until = here.at + timedelta(days=body.days)
    try:
        made = tokens.make(connection, here.office.trail(), here.account, body.name, body.acts, until=until, at=here.at)
    except Refused as error:
        raise refused(error) from None
    return {"token": made, "until": iso(to_ms(until))}


@api.delete("/account/tokens/{number}", Open.SIGNED_IN, Ended)
def end_token(here: Here, connection: Connection, number: Number) -> Row:
    """End one of one's own tokens; a token ends no other one than itself."""
    if here.token is not None and here.token.id != number:
        _in_person(here)
    if all(row["id"] != number for row in stored.tokens(here.connection, here.account.id)):
        raise not_found("You have no token of that number.", "`GET /api/v1/account/tokens` lists them.")
    try:
        tokens.end(connection, here.office.trail(), here.account, number, at=here.at)
    except Refused as error:
        raise refused(error) from None
    return {"ended": number}


# --- browsers --------------------------------------------------------------------------------------------------------


@api.get("/account/sessions", Open.SIGNED_IN, Sessions)
def list_sessions(here: Here) -> Row:
    """List one's own browsers that are signed in."""
    own = here.session.id if here.session is not None else None
    items = [
        {"id": row["id"], "agent": row["agent"], "is_this": row["id"] == own}
        | {name: iso(row[name]) for name in ("made_at", "seen_at", "ends_at")}
        for row in stored.sessions(here.connection, here.account.id)
        if row["ends_at"] > to_ms(here.at)
    ]
    return {"items": items}


@api.delete("/account/sessions/{number}", Open.SIGNED_IN, Ended)
def end_session(here: Here, connection: Connection, number: Number) -> Row:
    """Sign one of one's own browsers out."""
    _in_person(here)
    if all(row["id"] != number for row in stored.sessions(here.connection, here.account.id)):
        raise not_found("You have no session of that number, or it has ended.", "`GET /api/v1/account/sessions`.")
    stored.end_session(connection, number, to_ms(here.at))
    return {"ended": number}


# --- stand-ins -------------------------------------------------------------------------------------------------------


@api.get("/account/stand-ins", Open.SIGNED_IN, StandIns)
def list_stand_ins(here: Here) -> Row:
    """List who stands in for one, and for whom one stands in."""
    known = {row["id"]: row["email"] for row in stored_accounts.accounts(here.connection)}
    own, now = here.account.id, to_ms(here.at)
    items = [
        {"id": row["id"], "account": known[row["account_id"]], "stand_in": known[row["to_account_id"]]}
        | {"since": iso(row["since"]), "until": iso(row["until"])}
        for row in stored_accounts.delegations(here.connection)
        if own in {row["account_id"], row["to_account_id"]} and row["until"] > now
    ]
    return {"items": items}


@api.post("/account/stand-ins", Open.SIGNED_IN, MadeStandIn, 201)
def make_stand_in(here: Here, connection: Connection, body: NewStandIn) -> Row:
    """Let somebody sign in one's stead, for 92 days at most."""
    _in_person(here)
    end = end_of(here, body.until)
    assert end is not None
    try:
        made = accounts.delegate(
            connection,
            here.office.trail(),
            here.account,
            body.to,
            since=here.at,
            until=end,
            at=here.at,
            reason=body.reason,
        )
    except Refused as error:
        raise refused(error) from None
    return {"stand_in": made}


@api.delete("/account/stand-ins/{number}", Open.SIGNED_IN, Ended)
def end_stand_in(here: Here, connection: Connection, number: Number) -> Row:
    """End a stand-in before its day: whoever is away may, and whoever stands in."""
    _in_person(here)
    own = here.account.id
    rows = stored_accounts.delegations(here.connection)
    if all(row["id"] != number or own not in {row["account_id"], row["to_account_id"]} for row in rows):
        raise not_found("You have no stand-in of that number.", "`GET /api/v1/account/stand-ins` lists them.")
    try:
        accounts.end_delegation(connection, here.office.trail(), here.account, number, at=here.at)
    except Refused as error:
        raise refused(error) from None
    return {"ended": number}

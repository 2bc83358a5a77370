"""Who may act: accounts, their rights and their end, and the links that sign people in."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Path
from pydantic import ConfigDict, Field, model_validator

from gate import accounts
from gate.roles import Account as Holder
from gate.roles import Act, Role
from model.errors import Refused
from storage import sessions as stored
from storage.store import Connection
from storage.times import iso, to_ms
from web import sessions
from web.api.answers import page_of
from web.api.bodies import Day, Email, Unit, said
from web.api.models import Account, Page
from web.api.models_own import Entered, SignedOut
from web.api.routing import Api, Cursor, Limit, Row, Sent, refused
from web.errors import Wrong, not_found
from web.here import Here

api = Api("Accounts")
#: The number of an account.
Number = Annotated[int, Path(ge=1, le=2**31 - 1)]
Roles = Annotated[list[Role], Field(min_length=1, max_length=len(Role))]
Units = Annotated[list[Unit], Field(max_length=100, description="To what it is limited; none: to nothing.")]


class New(Sent):
    """An account to be added. `until` is its last day."""

    email: Email
    roles: Roles
    units: Units = Field(default_factory=list)
    until: Day | None = None


class Rights(Sent):
    """What an account has from now on; what is not said stays as it is."""

    model_config = ConfigDict(
        json_schema_extra={"anyOf": [said("roles", "array"), said("units", "array"), said("until", "string")]}
    )

    roles: Roles | None = None
    units: Units | None = None
    until: Day | None = None

    @model_validator(mode="after")
    def _something(self) -> Rights:
        if self.roles is None and self.units is None and self.until is None:
            raise ValueError("say what is to be another: roles, units or until")
        return self


@api.get("/accounts", Act.AUDIT, Page[Account])
def list_accounts(here: Here, cursor: Cursor = None, limit: Limit = 50) -> Row:
    """List the accounts with their roles."""
    known = accounts.accounts(here.connection, here.at)
    named = {one.id: one.email for one in known}
    return page_of([row_of(one, named, here.at) for one in known], "id", cursor=cursor, limit=limit)


@api.get("/accounts/{number}", Act.AUDIT, Account)
def get_account(here: Here, number: Number) -> Row:
    """Return one account."""
    return _row(here, here.connection, _account(here, number))


def row_of(one: Holder, named: Mapping[int, str], at: datetime) -> dict[str, Any]:
    """Return an account with the fields of `ostiary review account list`."""
    ended = one.valid_to is not None and one.valid_to <= at
    return {
        "id": one.id,
        "email": one.email,
        "roles": sorted(one.roles),
        "units": list(one.units),
        "state": "holds" if one.holds(at) else "ended" if ended else "to come",
        "valid_from": iso(to_ms(one.valid_from)),
        "valid_to": None if one.valid_to is None else iso(to_ms(one.valid_to)),
        "stands_in_for": [named[number] for number in one.delegates if number in named],
    }


def _row(here: Here, connection: Connection, one: Holder) -> dict[str, Any]:
    return row_of(one, {other.id: other.email for other in accounts.accounts(connection, here.at)}, here.at)


def _account(here: Here, number: int) -> Holder:
    found = accounts.by_number(here.connection, number, here.at)
    if found is None:
        raise not_found("There is no account of that number.", "`GET /api/v1/accounts` lists them.")
    return found


def end_of(here: Here, last: Any) -> datetime | None:
    """Return the moment at which a last day ends, in UTC. Raises Wrong where no calendar has the day after."""
    if last is None:
        return None
    try:
        return datetime.combine(last + timedelta(days=1), time(), here.office.zone).astimezone(UTC)
    except OverflowError:
        raise Wrong(
            HTTPStatus.UNPROCESSABLE_ENTITY, "until: no calendar has that day.", "Name an earlier one."
        ) from None


# --- giving rights ---------------------------------------------------------------------------------------------------


@api.post("/accounts", Act.ACCOUNTS, Entered, 201, secret=True)
def add_account(here: Here, connection: Connection, body: New) -> Row:
    """Give somebody an account; answers with the link that signs them in, which is shown this once."""
    try:
        made = accounts.add(
            connection,
            here.office.trail(),
            here.account,
            body.email,
            body.roles,
            at=here.at,
            units=body.units,
            valid_to=end_of(here, body.until),
        ).account
    except Refused as error:
        raise refused(error) from None
    return _entered(here, connection, made)


def _entered(here: Here, connection: Connection, account: Holder) -> dict[str, Any]:
    by = accounts.named(here.account)
    token = sessions.make_link(connection, here.office.trail(), account, by=by, at=here.at)
    link = f"{here.office.web.public_url}/welcome/{token}"
    return {"account": account.id, "link": link, "until": iso(to_ms(here.at + sessions.LINK_LASTS))}


@api.post("/accounts/{number}", Act.ACCOUNTS, Account)
def change_account(here: Here, connection: Connection, number: Number, body: Rights) -> Row:
    """Give an account other roles, units or an end."""
    one = _account(here, number)
    try:
        changed = accounts.change(
            connection,
            here.office.trail(),
            here.account,
            one.email,
            at=here.at,
            roles=body.roles,
            units=body.units,
            valid_to=end_of(here, body.until),
        )
    except Refused as error:
        raise refused(error) from None
    return _row(here, connection, changed)


@api.post("/accounts/{number}/end", Act.ACCOUNTS, Account)
def end_account(here: Here, connection: Connection, number: Number) -> Row:
    """End an account at once, with all that signs it in; what it decided stays."""
    one = _account(here, number)
    try:
        ended = accounts.change(connection, here.office.trail(), here.account, one.email, at=here.at, valid_to=here.at)
    except Refused as error:
        raise refused(error) from None
    stored.end_sessions(connection, number, to_ms(here.at))
    return _row(here, connection, ended)


@api.post("/accounts/{number}/link", Act.ACCOUNTS, Entered, secret=True)
def link_account(here: Here, connection: Connection, number: Number) -> Row:
    """Make a new link that signs an account in, once; it is shown this once."""
    return _entered(here, connection, _account(here, number))


@api.post("/accounts/{number}/sign-out", Act.ACCOUNTS, SignedOut)
def sign_out_account(here: Here, connection: Connection, number: Number) -> Row:
    """End all sessions of an account; its tokens hold on."""
    _account(here, number)
    return {"ended": stored.end_sessions(connection, number, to_ms(here.at))}

"""One's own account: roles, who stands in, browsers that are signed in, and tokens for programs."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from gate import accounts
from gate.roles import RIGHTS, Act
from model.errors import Refused
from storage import accounts as stored_accounts
from storage import sessions as stored
from storage.times import to_ms
from web import tokens
from web.access import Open, Pages
from web.errors import not_found
from web.here import Here, refusal

pages = Pages("/account")
#: What tokens are made for most often: what a program may do that reads.
_READING = (Act.LOOK,)


@pages.get("", Open.SIGNED_IN)
def account(here: Here) -> Any:
    """Show one's own account."""
    return _page(here)


def _page(here: Here, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> Any:
    now = to_ms(here.at)
    known = {row["id"]: row["email"] for row in stored_accounts.accounts(here.connection)}
    own = here.account.id
    standing = [
        row | {"account": known[row["account_id"]], "stand_in": known[row["to_account_id"]]}
        for row in stored_accounts.delegations(here.connection)
        if own in {row["account_id"], row["to_account_id"]} and row["until"] > now
    ]
    context = {"problem": None, "made": None, "about": None} | more
    return here.render(
        "account.html",
        status,
        sessions=[row for row in stored.sessions(here.connection, own) if row["ends_at"] > now],
        tokens=[row | {"holds": row["ended_at"] is None and row["until"] > now} for row in _tokens(here)],
        standing=standing,
        others=[email for number, email in sorted(known.items(), key=lambda pair: pair[1]) if number != own],
        acts=[act for act in Act if here.account.roles & RIGHTS[act]],
        reading=[*map(str, _READING)],
        **context,
    )


def _tokens(here: Here) -> list[dict[str, Any]]:
    return stored.tokens(here.connection, here.account.id)


# --- browsers --------------------------------------------------------------------------------------------------------


@pages.post("/sessions/{number}/end", Open.SIGNED_IN)
def end_session(here: Here, number: int) -> Any:
    """End one of one's own sessions."""
    if all(row["id"] != number for row in stored.sessions(here.connection, here.account.id)):
        raise not_found("You have no session of that number, or it has ended.", "Look at the list again.")
    with here.office.store.write() as connection:
        stored.end_session(connection, number, to_ms(here.at))
    return here.see("/account", "That browser is signed out.")


# --- tokens ----------------------------------------------------------------------------------------------------------


@pages.post("/tokens", Open.SIGNED_IN)
def make_token(here: Here) -> Any:
    """Make a token; it is shown on this one page."""
    form = here.form
    name = form.need("name", "Say what the token is for")
    acts = form.all("acts")
    if not acts:
        form.errors["acts"] = "Choose what it may do"
    days = form.whole("days", "Enter days from 1 to 366", least=1, most=tokens.LONGEST.days)
    if days is None and "days" not in form.errors:
        form.errors["days"] = "Enter for how many days it holds"
    if form.errors or days is None:
        return _page(here, HTTPStatus.UNPROCESSABLE_ENTITY, about="tokens")
    try:
        wanted = [Act(act) for act in acts if act in {*Act}]
        with here.office.store.write() as connection:
            until = here.at + timedelta(days=days)
            trail = here.office.trail()
            made = tokens.make(connection, trail, here.account, name, wanted, until=until, at=here.at)
    except Refused as error:
        return _page(here, HTTPStatus.CONFLICT, problem=refusal(error), about="tokens")
    here.renew()
    here.form.clear()
    return _page(here, made=made)


@pages.post("/tokens/{number}/end", Open.SIGNED_IN)
def end_token(here: Here, number: int) -> Any:
    """End one of one's own tokens."""
    if all(row["id"] != number for row in _tokens(here)):
        raise not_found("You have no token of that number.", "Look at the list again.")
    with here.office.store.write() as connection:
        tokens.end(connection, here.office.trail(), here.account, number, at=here.at)
    return here.see("/account", "That token opens nothing any more.")


# --- stand-ins -------------------------------------------------------------------------------------------------------


@pages.post("/stand-in", Open.SIGNED_IN)
def stand_in(here: Here) -> Any:
    """Let somebody sign in one's stead for a time."""
    form = here.form
    to = form.need("to", "Choose who stands in")
    reason = form.need("reason", "Say why, such as: on leave")
    last = form.day("until", "Enter the last day, such as 2027-01-15", needed=True)
    if form.errors or last is None:
        return _page(here, HTTPStatus.UNPROCESSABLE_ENTITY, about="standing")
    end = datetime.combine(last + timedelta(days=1), time(), here.office.zone).astimezone(UTC)
    try:
        with here.office.store.write() as connection:
            accounts.delegate(
                connection, here.office.trail(), here.account, to, since=here.at, until=end, at=here.at, reason=reason
            )
    except Refused as error:
        return _page(here, HTTPStatus.CONFLICT, problem=refusal(error), about="standing")
    return here.see("/account", f"{to} signs in your stead until {here.locale.day(last)}.")


@pages.post("/stand-in/{number}/end", Open.SIGNED_IN)
def end_stand_in(here: Here, number: int) -> Any:
    """End a stand-in before its day: whoever is away, or the stand-in."""
    with here.office.store.write() as connection:
        accounts.end_delegation(connection, here.office.trail(), here.account, number, at=here.at)
    return here.see("/account", "That has ended.")

"""People and roles: who has an account, with which rights; links that sign in; sessions and stand-ins."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, time, timedelta
from http import HTTPStatus
from typing import Any

from gate import accounts
from gate.roles import RIGHTS, Account, Act, Role
from model.errors import Refused
from storage import accounts as stored
from storage import sessions as stored_sessions
from storage.times import to_ms
from web import sessions
from web.access import Pages
from web.errors import not_found
from web.here import Here, refusal

pages = Pages("/people")
#: Role -> what somebody with it does, in a line.
DOES: Mapping[Role, str] = {
    Role.ADMINISTRATOR: "Gives people accounts and roles, and runs the scans. Decides nothing by that alone.",
    Role.REVIEWER: "Works the queue: asks, weighs findings, decides for IT.",
    Role.APPROVER_IT: "Decides for IT, and takes back what rules approved.",
    Role.APPROVER_MARKETING: "Decides for Marketing where customers may be harmed.",
    Role.BUSINESS_USER: "Asks for tools, answers questions, looks tools up.",
    Role.AUDITOR: "Sees everything and the trail, and changes nothing.",
}


@pages.get("", Act.AUDIT)
def people(here: Here) -> Any:
    """List the accounts."""
    return _list(here)


def _list(here: Here, status: HTTPStatus = HTTPStatus.OK, **more: Any) -> Any:
    known = accounts.accounts(here.connection, here.at)
    named = {one.id: one.email for one in known}
    signed_in = {row["account_id"] for row in _running(here)}
    return here.render(
        "people.html",
        status,
        accounts=known,
        holding=sum(one.holds(here.at) for one in known),
        named=named,
        signed_in=signed_in,
        manages=here.may(Act.ACCOUNTS),
        roles=[(role.value, role.value.replace("_", " ").capitalize(), DOES[role]) for role in Role],
        **({"problem": None} | more),
    )


def _running(here: Here) -> list[dict[str, Any]]:
    now = to_ms(here.at)
    idle = here.office.web.idle / timedelta(milliseconds=1)
    rows = stored_sessions.sessions(here.connection)
    return [row for row in rows if row["ends_at"] > now and now - row["seen_at"] <= idle]


@pages.post("", Act.ACCOUNTS)
def add(here: Here) -> Any:
    """Give somebody an account, and show the link that signs them in."""
    form = here.form
    email = form.need("email", "Enter a mail address")
    roles, units, until = _rights(here)
    if form.errors:
        return _list(here, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with here.office.store.write() as connection:
            trail = here.office.trail()
            made = accounts.add(
                connection, trail, here.account, email, roles, at=here.at, units=units, valid_to=until
            ).account
            link = _link(here, connection, made)
    except Refused as error:
        return _list(here, HTTPStatus.CONFLICT, problem=refusal(error))
    return _entered(here, made, link)


def _rights(here: Here) -> tuple[list[Role], list[str], datetime | None]:
    form = here.form
    roles = [Role(name) for name in form.all("roles") if name in {*Role}]
    if not roles:
        form.errors["roles"] = "Choose at least one role"
    units = [one.strip() for one in form.get("units").split("\n") if one.strip()]
    last = form.day("until")
    end = None if last is None else datetime.combine(last + timedelta(days=1), time(), here.office.zone)
    return roles, units, None if end is None else end.astimezone(UTC)


def _link(here: Here, connection: Any, account: Account) -> str:
    by = accounts.named(here.account)
    token = sessions.make_link(connection, here.office.trail(), account, by=by, at=here.at)
    return f"{here.office.web.public_url}/welcome/{token}"


def _entered(here: Here, account: Account, link: str) -> Any:
    until = here.at + sessions.LINK_LASTS
    return here.render("people_link.html", account=account, link=link, until=until)


@pages.get("/{number}", Act.AUDIT)
def person(here: Here, number: int) -> Any:
    """Show one account."""
    return _one(here, _account(here, number))


def _account(here: Here, number: int) -> Account:
    found = accounts.by_number(here.connection, number, here.at)
    if found is None:
        raise not_found("There is no account of that number.", "Look at the list of people.")
    return found


def _one(here: Here, account: Account, status: HTTPStatus = HTTPStatus.OK, *, problem: str | None = None) -> Any:
    named = {row["id"]: row["email"] for row in stored.accounts(here.connection)}
    return here.render(
        "person.html",
        status,
        account=account,
        stands_in_for=[named[one] for one in account.delegates if one in named],
        sessions=[row for row in _running(here) if row["account_id"] == account.id],
        tokens=[
            row for row in stored_sessions.tokens(here.connection, account.id)
            if row["ended_at"] is None and row["until"] > to_ms(here.at)
        ],
        may=sorted(str(act) for act in Act if account.roles & RIGHTS[act]),
        roles=[(role.value, role.value.replace("_", " ").capitalize(), DOES[role]) for role in Role],
        chosen=[role.value for role in account.roles],
        manages=here.may(Act.ACCOUNTS),
        problem=problem,
    )  # fmt: skip


@pages.post("/{number}", Act.ACCOUNTS)
def change(here: Here, number: int) -> Any:
    """Give an account other roles, units or an end."""
    account = _account(here, number)
    roles, units, until = _rights(here)
    if here.form.errors:
        return _one(here, account, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        with here.office.store.write() as connection:
            trail = here.office.trail()
            accounts.change(
                connection, trail, here.account, account.email, at=here.at, roles=roles, units=units, valid_to=until
            )
    except Refused as error:
        return _one(here, account, HTTPStatus.CONFLICT, problem=refusal(error))
    return here.see(f"/people/{number}", f"{account.email} has other rights from now on.")


@pages.post("/{number}/end", Act.ACCOUNTS)
def end(here: Here, number: int) -> Any:
    """End an account at once, with all that signs it in."""
    account = _account(here, number)
    try:
        with here.office.store.write() as connection:
            accounts.change(connection, here.office.trail(), here.account, account.email, at=here.at, valid_to=here.at)
            stored_sessions.end_sessions(connection, number, to_ms(here.at))
    except Refused as error:
        return _one(here, account, HTTPStatus.CONFLICT, problem=refusal(error))
    return here.see(f"/people/{number}", f"The account of {account.email} has ended; what it decided stays.")


@pages.post("/{number}/link", Act.ACCOUNTS)
def link(here: Here, number: int) -> Any:
    """Make a new link that signs an account in, and show it."""
    account = _account(here, number)
    with here.office.store.write() as connection:
        made = _link(here, connection, account)
    return _entered(here, account, made)


@pages.post("/{number}/sign-out", Act.ACCOUNTS)
def sign_out(here: Here, number: int) -> Any:
    """End all sessions of an account."""
    account = _account(here, number)
    with here.office.store.write() as connection:
        ended = stored_sessions.end_sessions(connection, number, to_ms(here.at))
    said = f"{account.email} is signed out everywhere." if ended else f"{account.email} was signed in nowhere."
    return here.see(f"/people/{number}", said)

"""`ostiary review init`, `account`, `delegate` and `delegations`: who may act, with which rights, and who stands in."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, tzinfo
from typing import TYPE_CHECKING, Any

import click

from commands.acting import TOKEN, account, as_option
from commands.deciding import reason_option
from commands.listing import Listing, limit_option, show, show_one, tell
from commands.opening import Desk, day_begin, day_end, reading, who, writing
from commands.review_links import link
from commands.shape import Group, Program, check_date, command, pass_program
from gate import accounts
from gate.accounts import Made
from gate.roles import Account, Role
from reports.columns import Column, day, listed, number, said, text, word
from reports.words import day as day_text
from storage import accounts as stored
from storage import kept
from storage.times import iso, to_ms

if TYPE_CHECKING:
    from reports.terminal import Screen


def _until(row: Mapping[str, Any], zone: tzinfo) -> str:
    return "no end" if row["valid_to"] is None else day_text(row["valid_to"], zone)


ACCOUNTS = Listing(
    noun="account",
    fields=("id", "email", "roles", "units", "state", "valid_from", "valid_to", "stands_in_for"),
    columns=(
        number("id", "No"),
        text("email", "Account", least=20),
        listed("roles", "Roles", least=16),
        listed("units", "Units", rank=2, none="all"),
        word("state", "State"),
        day("valid_from", "From", rank=4),
        Column(title="Until", cell=_until, rank=3, right=True),
        listed("stands_in_for", "Stands in for", rank=1),
    ),
    covered=False,
    empty="Nobody has an account yet: commands act as the operating-system user. `ostiary review init --email EMAIL` "
    "makes the first administrator.",
)
DELEGATIONS = Listing(
    noun="delegation",
    fields=("id", "account", "stand_in", "from", "until", "state", "reason"),
    columns=(
        number("id", "No"),
        text("account", "Who is away", least=20),
        text("stand_in", "Who stands in", least=20),
        day("from", "From"),
        day("until", "Until"),
        word("state", "State"),
        text("reason", "Reason", rank=1, least=16),
    ),
    covered=False,
    empty="Nobody stands in for anybody. `ostiary review delegate EMAIL --until DATE --reason TEXT` says who does.",
)
_ROLE = click.Choice([*map(str, Role)])
_UNTIL = click.option("--until", callback=check_date, metavar="DATE", help="The last day on which it holds.")


@command("review init --email ana@example.com", name="init")
@click.option("--email", metavar="EMAIL", help="The address of the first administrator.")
@click.option("--recover", metavar="EMAIL", help="Give an administrator who lost the token a new one.")
@pass_program
def init(program: Program, email: str | None, recover: str | None) -> None:
    """Make the first account, an administrator's. From then on who changes something says who it is, with a token.

    --recover needs no token: whoever may write the database may do it. The trail keeps who did, by the login here.
    """
    if (email is None) == (recover is None):
        raise click.UsageError(
            "say either --email EMAIL, the first administrator, or --recover EMAIL, one who is there"
        )
    if recover is not None:
        _recover(program, recover)
        return
    assert email is not None
    with writing(program) as desk:
        with desk.store.write() as connection:
            made = accounts.begin(connection, desk.trail(), email, by=who(), at=desk.clock.now())
        _tell_token(desk, made, f"{made.account.email} is an administrator now.", _NEXT)


def _recover(program: Program, email: str) -> None:
    with writing(program, new=False) as desk:
        with desk.store.write() as connection:
            made = accounts.recover(connection, desk.trail(), email, by=who(), at=desk.clock.now())
        line = (
            f"{made.account.email} has a new token; the one before opens nothing any more. Browsers that were signed "
            "in are so no more. "
            f"The audit trail says that {said(who().removeprefix('user:'))} recovered it on this machine."
        )
        _tell_token(desk, made, line)


#: What comes after the first account.
_NEXT = "Whoever decides gets an account of their own; make a second administrator too, in case this token is lost:"


#: Role -> what an account with it does first, and what that is for; the role that may most stands first.
_FIRST: Mapping[Role, tuple[str, str]] = {
    Role.ADMINISTRATOR: ("review account add EMAIL --role ROLE --as {email}", "Then, to give somebody an account:"),
    Role.REVIEWER: ("cases", "Then, to see what waits for a decision:"),
    Role.APPROVER_IT: ("cases", "Then, to see what waits for a decision:"),
    Role.APPROVER_MARKETING: ("cases", "Then, to see what waits for a decision:"),
    Role.BUSINESS_USER: ("request NAME --for TEXT --as {email}", "Then, to ask for a tool before it is bought:"),
    Role.AUDITOR: ("audit verify", "Then, to check the trail of who did what:"),
}


@click.group("account", cls=Group, default="list", example="review account list")
def account_group() -> None:
    """Show and change who may act, and with which rights."""


account_group.add_command(link)


@account_group.command("list", example="review account list --format json")
@limit_option
@pass_program
def list_accounts(program: Program, limit: int | None) -> None:
    """List the accounts with their roles; an account without units acts for all of them."""
    with reading(program) as desk:
        now = desk.clock.now()
        with desk.store.read() as connection:
            known = accounts.accounts(connection, now)
        named = {one.id: one.email for one in known}
        show(desk, ACCOUNTS, [_row(one, named, now) for one in known], limit=limit)


def _row(one: Account, named: Mapping[int, str], now: datetime) -> dict[str, Any]:
    ended = one.valid_to is not None and one.valid_to <= now
    return {
        "id": one.id,
        "email": one.email,
        "roles": sorted(one.roles),
        "units": list(one.units),
        "state": "holds" if one.holds(now) else "ended" if ended else "to come",
        "valid_from": iso(to_ms(one.valid_from)),
        "valid_to": None if one.valid_to is None else iso(to_ms(one.valid_to)),
        "stands_in_for": [named[number_] for number_ in one.delegates if number_ in named],
    }


@account_group.command(
    "add", example="review account add bo@example.com --role approver_marketing --as ana@example.com"
)
@click.argument("email", metavar="EMAIL")
@click.option("--role", "roles", multiple=True, required=True, type=_ROLE, help="What the account may do; several too.")
@click.option("--unit", "units", multiple=True, metavar="UNIT", help="Limits it to a unit and those below it.")
@_UNTIL
@as_option
@pass_program
def add(program: Program, email: str, *, roles: tuple[str, ...], units: tuple[str, ...], until: str | None) -> None:
    """Add an account; its token is shown once. Takes the role of an administrator."""
    with writing(program, new=False) as desk:
        with desk.store.write() as connection:
            made = accounts.add(
                connection,
                desk.trail(),
                account(connection, desk),
                email,
                [Role(role) for role in roles],
                at=desk.clock.now(),
                units=units,
                valid_to=_end(desk, until),
            )
        _tell_token(desk, made, f"{made.account.email} has an account now: {_rights(made.account)}.")


@account_group.command("change", example="review account change bo@example.com --role reviewer --as ana@example.com")
@click.argument("email", metavar="EMAIL")
@click.option("--role", "roles", multiple=True, type=_ROLE, help="The roles that it has from now on.")
@click.option("--unit", "units", multiple=True, metavar="UNIT", help="The units that it is limited to from now on.")
@click.option("--all-units", is_flag=True, help="Limit it to no unit any more.")
@_UNTIL
@as_option
@pass_program
def change(
    program: Program,
    email: str,
    *,
    roles: tuple[str, ...],
    units: tuple[str, ...],
    all_units: bool,
    until: str | None,
) -> None:
    """Give an account other roles, units or an end. What is not said stays as it is."""
    if all_units and units:
        raise click.UsageError("--all-units does not go with --unit")
    if not (roles or units or all_units or until):
        raise click.UsageError("say what changes: --role, --unit, --all-units or --until")
    with writing(program, new=False) as desk:
        found = _changed(
            desk,
            email,
            roles=[Role(role) for role in roles] or None,
            units=units if units or all_units else None,
            valid_to=_end(desk, until),
        )
        tell(desk, _told(found), f"{found.email}: {_rights(found)} from now on.")


@account_group.command("end", example="review account end bo@example.com --as ana@example.com")
@click.argument("email", metavar="EMAIL")
@as_option
@pass_program
def end(program: Program, email: str) -> None:
    """End an account at once. What it decided stays, and stays its own."""
    with writing(program, new=False) as desk:
        found = _changed(desk, email, valid_to=desk.clock.now())
        again = f"ostiary review account change {found.email} --until DATE --as EMAIL"
        tell(desk, _told(found), f"The account of {found.email} has ended.", "To let it act again until a day:", again)


@account_group.command("token", example="review account token bo@example.com --as bo@example.com")
@click.argument("email", metavar="EMAIL")
@as_option
@pass_program
def token(program: Program, email: str) -> None:
    """Make a new token for an account: one's own, or as an administrator anybody's. The one before opens nothing."""
    with writing(program, new=False) as desk:
        with desk.store.write() as connection:
            by = account(connection, desk)
            made = accounts.new_token(connection, desk.trail(), by, email, at=desk.clock.now())
        _tell_token(desk, made, f"{made.account.email} has a new token; the one before opens nothing any more.")


@command('review delegate bo@example.com --until 2027-01-15 --reason "On leave" --as ana@example.com', name="delegate")
@click.argument("email", metavar="EMAIL")
@click.option("--from", "since", callback=check_date, metavar="DATE", help="The first day; from now where not said.")
@click.option("--until", required=True, callback=check_date, metavar="DATE", help="The last day, within three months.")
@reason_option
@as_option
@pass_program
def delegate(program: Program, email: str, *, since: str | None, until: str, reason: str) -> None:
    """Let somebody sign in your stead for a time. The signature says for whom it is; nobody turns two keys by it."""
    with writing(program, new=False) as desk:
        now, last = desk.clock.now(), day_end(until, desk.zone)
        first = now if since is None else day_begin(since, desk.zone)
        with desk.store.write() as connection:
            by = account(connection, desk)
            other = accounts.the_account(connection, email)
            made = accounts.delegate(
                connection, desk.trail(), by, email, since=first, until=last, at=now, reason=reason
            )
        told = {"delegation": made, "account": by.email, "stand_in": other.email, "until": iso(to_ms(last))}
        undo = f"ostiary review delegations end {made} --as {by.email}"
        line = f"{other.email} signs in the stead of {by.email} until {until[:10]} (delegation {made})."
        tell(desk, told, line, "To end it before:", undo)


@click.group("delegations", cls=Group, default="list", example="review delegations")
def delegations() -> None:
    """Show who stands in for whom, and end it."""


@delegations.command("list", example="review delegations list --all")
@click.option("--all", "every", is_flag=True, help="Those that are over too.")
@limit_option
@pass_program
def list_delegations(program: Program, limit: int | None, *, every: bool) -> None:
    """List who stands in for whom, now and on days to come."""
    with reading(program) as desk:
        rows = [row for row in _delegations(desk) if every or row["state"] != "over"]
        show(desk, DELEGATIONS, rows, limit=limit)


@delegations.command("end", example="review delegations end 3 --as ana@example.com")
@click.argument("number_", metavar="N", type=int)
@as_option
@pass_program
def end_delegation(program: Program, number_: int) -> None:
    """End a delegation before its day: whoever is away, the stand-in or an administrator may."""
    with writing(program, new=False) as desk:
        with desk.store.write() as connection:
            by = account(connection, desk)
            accounts.end_delegation(connection, desk.trail(), by, number_, at=desk.clock.now())
        tell(desk, {"delegation": number_, "state": "over"}, f"Delegation {number_} has ended.")


# --- inside ----------------------------------------------------------------------------------------------------------


def _end(desk: Desk, until: str | None) -> datetime | None:
    return None if until is None else day_end(until, desk.zone)


def _changed(desk: Desk, email: str, **values: Any) -> Account:
    with desk.store.write() as connection:
        by = account(connection, desk)
        return accounts.change(connection, desk.trail(), by, email, at=desk.clock.now(), **values)


def _rights(one: Account) -> str:
    roles = ", ".join(role.replace("_", " ") for role in sorted(one.roles))
    units = f", for {said(', '.join(one.units))} only" if one.units else ""
    until = f", until {one.valid_to:%d %B %Y}" if one.valid_to else ""
    return f"{roles}{units}{until}"


def _told(one: Account) -> dict[str, Any]:
    until = None if one.valid_to is None else iso(to_ms(one.valid_to))
    return {
        "id": one.id,
        "email": one.email,
        "roles": sorted(one.roles),
        "units": list(one.units),
        "valid_to": until,
    }


def _tell_token(desk: Desk, made: Made, line: str, more: str | None = None) -> None:
    """Show a token, once, with what to do with it."""

    def draw(page: Screen) -> None:
        page.line(line)
        page.command(f"export {TOKEN}={made.token}", "Its token is shown this once, and kept nowhere. To act with it:")
        if more is not None:
            page.command(f"ostiary review account add EMAIL --role ROLE --as {made.account.email}", more)
        else:
            words, about = next(first for role, first in _FIRST.items() if role in made.account.roles)
            page.command(f"ostiary {words}".format(email=made.account.email), about)

    show_one(desk, _told(made.account) | {"token": made.token}, draw)


def _delegations(desk: Desk) -> list[dict[str, Any]]:
    now = to_ms(desk.clock.now())
    with desk.store.read() as connection:
        named = {row["id"]: row["email"] for row in stored.accounts(connection)}
        reasons = {
            detail["delegation"]: kept.text_of(connection, detail.get("reason"))
            for row in kept.audit_rows(connection)
            if row["act"] == "account.delegate"
            for detail in [json.loads(row["detail"])]
        }
        return [
            {
                "id": row["id"],
                "account": named[row["account_id"]],
                "stand_in": named[row["to_account_id"]],
                "from": iso(row["since"]),
                "until": iso(row["until"]),
                "state": "over" if row["until"] <= now else "runs" if row["since"] <= now else "to come",
                "reason": reasons.get(row["id"]),
            }
            for row in stored.delegations(connection)
        ]

"""Who acts: the account that --as names, with its token; before anybody has an account, the operating-system user."""

from __future__ import annotations

import os
from datetime import datetime
from typing import Any

import click

from commands.opening import Desk, who
from commands.shape import Program
from gate import accounts
from gate.accounts import named
from gate.acting import Gate
from gate.roles import Account, Act, require
from model.errors import ConfigError, Refused
from policies.shape import Pack
from storage import cases as stored
from storage import queries
from storage.store import Connection
from storage.times import from_ms

#: The variable that holds the token of the account that acts. It is no option: what is typed stands in histories.
TOKEN = "OSTIARY_TOKEN"  # noqa: S105 (its name, not a token)
_FIRST = "nobody has an account here yet: `ostiary review init --email EMAIL` makes the first administrator"
_WHO = f"say who acts: --as EMAIL, and set {TOKEN} to that account's token"


def _take(context: click.Context, _option: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        context.find_root().ensure_object(Program).acting_as = value
    return value


as_option = click.option(
    "--as",
    "acting_as",
    metavar="EMAIL",
    expose_value=False,
    callback=_take,
    help=f"Act as this account; {TOKEN} holds its token.",
)


def signed_in(connection: Connection, desk: Desk) -> Account | None:
    """Return the account that acts, None where nobody has one yet. Raises Refused where it is not said, or not it."""
    email = desk.program.acting_as
    if not accounts.has_any(connection):
        if email is not None:
            raise Refused(_FIRST)
        return None
    if email is None:
        raise Refused(_WHO)
    return accounts.signed_in(connection, email, os.environ.get(TOKEN), at=desk.clock.now())


def account(connection: Connection, desk: Desk) -> Account:
    """Return the account that acts. Raises Refused also where nobody has one yet: such an act takes one."""
    found = signed_in(connection, desk)
    if found is None:
        raise Refused(_FIRST)
    return found


def acting(desk: Desk, act: Act, *, tool: str | None = None) -> str:
    """Return who acts, as decisions and the trail name it, once that may do it (to a tool). Raises Refused."""
    with desk.store.read() as connection:
        found = signed_in(connection, desk)
        if found is None:
            return who()
        require(found, act, at=desk.clock.now(), unit=None if tool is None else stored.unit_of(connection, tool))
        return named(found)


def gate_of(desk: Desk, *, checked: bool = True) -> Gate:
    """Return what acts at the gate need, now. Raises ConfigError where its rules are refused, unless only looked at.

    Where it is only looked at, no policies are loaded: nothing is judged. An act judges by the figures of the last run,
    whatever --as-of says: that is for looking.
    """
    rules = desk.gate_rules
    if checked and rules.refused:
        raise ConfigError("; ".join(["the gate's rules are refused", *map(str, rules.refused)]))
    return Gate(
        trail=desk.trail(),
        rules=rules,
        risk_rules=desk.risk_rules,
        pack=desk.pack if checked else Pack(policies=()),
        at=desk.clock.now(),
        as_of=from_ms(desk.figures_ms() if checked else desk.as_of_ms()),
        time=desk.working_time,
        currency=desk.company.base_currency,
        asking=desk.asking(),
    )


def addresses(desk: Desk) -> dict[str, str]:
    """Return `account:N` -> address, for what people read."""
    with desk.store.read() as connection:
        return accounts.addresses(connection)


def by_address(desk: Desk, rows: list[dict[str, Any]], field: str = "by") -> list[dict[str, Any]]:
    """Return rows of a listing with addresses for numbers of accounts where people read them; programs get numbers."""
    if desk.program.format != "table":
        return rows
    known = addresses(desk) | _persons(desk, {str(row[field]) for row in rows})
    return [row | {field: known.get(row[field], row[field])} for row in rows]


def _persons(desk: Desk, named: set[str]) -> dict[str, str]:
    """Return `person:N` -> address, of those who acted without an account: by a link."""
    numbers = {one: int(one.removeprefix("person:")) for one in named if one.startswith("person:")}
    with desk.store.read() as connection:
        found = {one: queries.actor_name(connection, number) for one, number in numbers.items()}
    return {one: name for one, name in found.items() if name is not None}


def today(desk: Desk) -> datetime:
    """Return the present moment in the company's zone."""
    return desk.clock.now().astimezone(desk.zone)

"""Accounts and delegations in the store; addresses stand with the actors, as everywhere."""

from __future__ import annotations

import json
from typing import Any

from sqlalchemy import Connection, func, insert, select, text, update

from model.signal import Actor
from storage.names import actor_numbers, source_number
from storage.queries import actor_of_address
from storage.recalled import once_a_read
from storage.tables import metadata

_ACCOUNT, _DELEGATION = metadata.tables["account"], metadata.tables["delegation"]
#: The source under which people are known who act here.
SOURCE = "ostiary"
_FOUND = """
    SELECT c.id, a.address AS email, c.actor_id, c.roles, c.units, c.token_hash, c.valid_from, c.valid_to, c.made_at,
        p.person_id
    FROM account c JOIN actor a ON a.id = c.actor_id
    LEFT JOIN actor_person p ON p.actor_id = c.actor_id AND p.valid_to IS NULL{where} ORDER BY c.id"""

_ALL, _OF_ADDRESS, _OF_NUMBER = (
    text(_FOUND.format(where=where)) for where in ("", " WHERE a.address = :email", " WHERE c.id = :id")
)
#: Asked for of each page: a statement that stands ready is put to the database in half the time.
_RUNNING = text("SELECT * FROM delegation WHERE since <= :at AND until > :at ORDER BY id")


def count(connection: Connection) -> int:
    """Return how many accounts there are."""
    return int(connection.scalar(select(func.count()).select_from(_ACCOUNT)) or 0)


@once_a_read
def accounts(connection: Connection, *, email: str | None = None, number: int | None = None) -> list[dict[str, Any]]:
    """Return accounts in order, or the one of an address (folded) or number; `roles` and `units` decoded."""
    asked, bound = _ALL, dict[str, str | int]()
    if email is not None:
        asked, bound = _OF_ADDRESS, {"email": email}
    elif number is not None:
        asked, bound = _OF_NUMBER, {"id": number}
    rows = connection.execute(asked, bound)
    return [dict(r._mapping) | {"roles": json.loads(r.roles), "units": json.loads(r.units)} for r in rows]


def add(connection: Connection, email: str, row: dict[str, Any]) -> int:
    """Add an account (roles, units, token_hash, valid_from, valid_to, made_at) for an address; return its number."""
    actor = Actor(native_id=email, address=email)
    (number,) = actor_numbers(connection, source_number(connection, SOURCE), [actor], listed=True)
    values = row | {"actor_id": number, "roles": json.dumps(row["roles"]), "units": json.dumps(row["units"])}
    key = connection.execute(insert(_ACCOUNT).values(values)).inserted_primary_key
    assert key is not None
    return int(key[0])


def change(connection: Connection, number: int, values: dict[str, Any]) -> None:
    """Give an account other roles, units, token_hash, valid_from or valid_to."""
    lists = {name: json.dumps(values[name]) for name in ("roles", "units") if name in values}
    connection.execute(update(_ACCOUNT).where(_ACCOUNT.c.id == number).values(values | lists))


def add_delegation(connection: Connection, row: dict[str, Any]) -> int:
    """Enter who stands in for whom (account_id, to_account_id, since, until); return its number."""
    key = connection.execute(insert(_DELEGATION).values(row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def end_delegation(connection: Connection, number: int, at: int) -> bool:
    """End a delegation that still runs; return whether there was one."""
    where = (_DELEGATION.c.id == number) & (_DELEGATION.c.until > at)
    return connection.execute(update(_DELEGATION).where(where).values(until=at)).rowcount > 0


@once_a_read
def delegations(connection: Connection, at: int | None = None) -> list[dict[str, Any]]:
    """Return delegations in order: all, or those that run at a moment (milliseconds)."""
    if at is None:
        rows = connection.execute(select(_DELEGATION).order_by(_DELEGATION.c.id))
    else:
        rows = connection.execute(_RUNNING, {"at": at})
    return [dict(row._mapping) for row in rows]


def holding(connection: Connection, email: str, at: int) -> int | None:
    """Return the number of the account of an address that holds at a moment (milliseconds), or None."""
    found = accounts(connection, email=email.strip().casefold())
    holds = found and found[0]["valid_from"] <= at and (found[0]["valid_to"] is None or at < found[0]["valid_to"])
    return int(found[0]["id"]) if holds else None


def actor_of(connection: Connection, address: str) -> int:
    """Return the number of the actor of an address, given on first sight where no source knows it."""
    known = actor_of_address(connection, address)
    if known is not None:
        return known
    actor = Actor(native_id=address.strip().casefold(), address=address.strip().casefold())
    (number,) = actor_numbers(connection, source_number(connection, SOURCE), [actor], listed=True)
    return number

"""Whose key somebody may turn on a case: one's own, or that of whom one stands in for; never the requester's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime

from gate import accounts, keys
from gate.keys import SIGNS, Side
from gate.roles import Account, may, require
from model.errors import Refused
from storage import accounts as stored
from storage.store import Connection

_ASKED = "whoever asked for a tool does not decide on it: another approver has to sign"


@dataclass(frozen=True, slots=True, kw_only=True)
class Key:
    """A key that somebody may turn: for which side, and by whose right (None: by one's own)."""

    side: Side
    of: Account | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a key is turned: when, on what of which unit, and on whose request (an account; None: on nobody's).

    `requesters` are all accounts that asked for the tool, where more than one did.
    """

    at: datetime
    unit: str | None = None
    requester: int | None = None
    requesters: frozenset[int] = frozenset()


def hands(connection: Connection, account: int) -> frozenset[int]:
    """Return all accounts of the person who has this one: with two addresses one is still one person."""
    rows = stored.accounts(connection)
    person = next((row["person_id"] for row in rows if row["id"] == account), None)
    return frozenset({account, *(row["id"] for row in rows if person is not None and row["person_id"] == person)})


def keys_of(connection: Connection, by: Account, place: Place) -> list[Key]:
    """Return the keys that somebody may turn, one's own first.

    Raises Refused of who asked for the tool, or whose account does not hold.
    """
    if not by.holds(place.at):
        require(by, SIGNS[Side.IT], at=place.at)
    asked = _askers(connection, place)
    if by.id in asked:
        raise Refused(_ASKED)
    own = [Key(side=side) for side in _sides(by, place)]
    return own + [
        Key(side=side, of=other)
        for other in principals(connection, by, place.at)
        if other.id not in asked
        for side in _sides(other, place)
    ]


def key_for(connection: Connection, by: Account, place: Place, wanted: Side | None = None) -> Key:
    """Return the key that somebody turns, for the side that is wanted. Raises Refused where there is none, or two."""
    known = keys_of(connection, by, place)
    found = [key for key in known if wanted in {None, key.side}]
    if not found:
        _refuse(connection, by, place, wanted)
    nearest = [key for key in found if key.of is None] or found
    if len({key.side for key in nearest}) > 1:
        raise Refused("you may sign for either side: say for which (--side it or --side marketing)")
    return nearest[0]


def principals(connection: Connection, by: Account, at: datetime) -> list[Account]:
    """Return the accounts for whom somebody stands in at a moment, and who hold then."""
    every = {one.id: one for one in accounts.accounts(connection, at)}
    now = every.get(by.id, replace(by, delegates=()))
    return [every[number] for number in sorted({*now.delegates}) if number in every and every[number].holds(at)]


def _askers(connection: Connection, place: Place) -> frozenset[int]:
    """Return all accounts of all who asked for the tool."""
    named = place.requesters | ({place.requester} if place.requester is not None else frozenset[int]())
    return frozenset(hand for account in named for hand in hands(connection, account))


def _sides(account: Account, place: Place) -> Iterator[Side]:
    for side in sorted(keys.sides(account)):
        if may(account, SIGNS[side], at=place.at, unit=place.unit):
            yield side


def _refuse(connection: Connection, by: Account, place: Place, wanted: Side | None) -> None:
    """Raise Refused, and say what would be needed."""
    asked = _askers(connection, place)
    for other in principals(connection, by, place.at):
        if other.id in asked and {*_sides(other, place)} & {wanted or Side.IT, wanted or Side.MARKETING}:
            raise Refused(f"{_ASKED}; nor does who stands in, by that right")
    side = wanted or next(iter(sorted(keys.sides(by))), Side.IT)
    require(by, SIGNS[side], at=place.at, unit=place.unit)

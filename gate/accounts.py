"""Accounts: who acts here, with which rights, since when and until when; each change is a row of the trail."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from gate.audit import Trail
from gate.decisions import keep_words
from gate.roles import Account, Act, Role, require
from model.errors import Refused
from storage import accounts as stored
from storage import kept, sessions
from storage.store import Connection
from storage.times import from_ms, to_ms

_EMAIL = re.compile(r"[^\s@]{1,64}@[^\s@]+\.[^\s@.]+")
_LONGEST_EMAIL = 254
#: A stand-in is for an absence, not for good.
LONGEST_DELEGATION = timedelta(days=92)


@dataclass(frozen=True, slots=True, kw_only=True)
class Made:
    """An account that was made or got a new token; the token is shown once and kept nowhere."""

    account: Account
    token: str


def has_any(connection: Connection) -> bool:
    """Whether anybody has an account; until then the gate has not been opened (`ostiary review init`)."""
    return stored.count(connection) > 0


def begin(connection: Connection, trail: Trail, email: str, *, by: str, at: datetime) -> Made:
    """Make the first administrator. Raises Refused where there is an account already."""
    kept.lock_trail(connection)
    if has_any(connection):
        raise Refused("there are accounts already: an administrator adds more with `ostiary review account add`")
    return _add(connection, trail, email, [Role.ADMINISTRATOR], by=by, at=at)


def recover(connection: Connection, trail: Trail, email: str, *, by: str, at: datetime) -> Made:
    """Give an administrator a new token without anybody's: for whoever runs the server, `by` being the login there.

    The one before opens nothing any more, nor does a browser that is signed in. Raises Refused where no administrator
    of that address holds.
    """
    kept.lock_trail(connection)
    if not has_any(connection):
        raise Refused("nobody has an account here yet: `ostiary review init --email EMAIL` makes the first one")
    found = next((one for one in accounts(connection, at) if one.email == folded(email)), None)
    if found is None or Role.ADMINISTRATOR not in found.roles or not found.holds(at):
        raise Refused(f"{folded(email)} is no administrator here: `ostiary review account list` shows who is")
    token = _token()
    stored.change(connection, found.id, {"token_hash": hashed(token)})
    sessions.end_sessions(connection, found.id, to_ms(at))
    _told(connection, trail, by, "account.recover", found, at=at)
    return Made(account=found, token=token)


def add(
    connection: Connection,
    trail: Trail,
    by: Account,
    email: str,
    roles: Collection[Role],
    *,
    at: datetime,
    units: Sequence[str] = (),
    valid_to: datetime | None = None,
) -> Made:
    """Add an account. Raises Refused where there is one of that address, or `by` may not."""
    kept.lock_trail(connection)
    require(by, Act.ACCOUNTS, at=at)
    if stored.accounts(connection, email=folded(email)):
        raise Refused(f"{folded(email)} has an account already: `ostiary review account change` gives other rights")
    return _add(connection, trail, email, roles, by=named(by), at=at, units=units, valid_to=valid_to)


def change(
    connection: Connection,
    trail: Trail,
    by: Account,
    email: str,
    *,
    at: datetime,
    roles: Collection[Role] | None = None,
    units: Sequence[str] | None = None,
    valid_to: datetime | None = None,
) -> Account:
    """Give an account other rights or an end. Raises Refused; the last administrator stays one."""
    kept.lock_trail(connection)
    require(by, Act.ACCOUNTS, at=at)
    found = the_account(connection, email)
    if valid_to is not None and valid_to <= found.valid_from:
        raise Refused("an account ends after it begins")
    changed = replace(
        found,
        roles=found.roles if roles is None else _roles(roles),
        units=found.units if units is None else tuple(units),
        valid_to=found.valid_to if valid_to is None else valid_to,
    )
    _keep_an_administrator(connection, changed, at)
    values = {"roles": sorted(changed.roles), "units": list(changed.units), "valid_to": _ms(changed.valid_to)}
    stored.change(connection, found.id, values)
    _told(connection, trail, named(by), "account.change", changed, at=at)
    return changed


def provided(
    connection: Connection,
    trail: Trail,
    email: str,
    granted: Collection[Role],
    governed: Collection[Role],
    *,
    by: str,
    at: datetime,
) -> Account | None:
    """Give an account the roles that a sign-in provider's groups lead to; make one where there are some and it is none.

    `governed` are the roles that come and go with groups: others stay as they were given by hand. `by` is
    `provider:ISSUER`. None where nobody has an account of that address and no group leads to a role. An account that
    has ended is left as it is, and the last administrator stays one.
    """
    kept.lock_trail(connection)
    rows = stored.accounts(connection, email=folded(email))
    if not rows:
        return _add(connection, trail, email, granted, by=by, at=at).account if granted else None
    found = _account(rows[0], stored.delegations(connection, to_ms(at)))
    changed = replace(found, roles=(found.roles - frozenset(governed)) | frozenset(granted))
    if changed.roles == found.roles or not found.holds(at):
        return found
    try:
        _keep_an_administrator(connection, changed, at)
    except Refused:
        changed = replace(changed, roles=changed.roles | {Role.ADMINISTRATOR})
        if changed.roles == found.roles:
            return found
    stored.change(connection, found.id, {"roles": sorted(changed.roles)})
    _told(connection, trail, by, "account.change", changed, at=at)
    return changed


def new_token(connection: Connection, trail: Trail, by: Account, email: str, *, at: datetime) -> Made:
    """Give an account a new token; the one before opens nothing any more. One's own takes no right."""
    kept.lock_trail(connection)
    found = the_account(connection, email)
    if found.id != by.id:
        require(by, Act.ACCOUNTS, at=at)
    token = _token()
    stored.change(connection, found.id, {"token_hash": hashed(token)})
    _told(connection, trail, named(by), "account.token", found, at=at)
    return Made(account=found, token=token)


def delegate(
    connection: Connection,
    trail: Trail,
    by: Account,
    to: str,
    *,
    since: datetime,
    until: datetime,
    at: datetime,
    reason: str = "Away",
) -> int:
    """Let somebody sign in one's stead, for a time. Raises Refused; nobody hands on what was handed to them."""
    kept.lock_trail(connection)
    if not reason.strip():
        raise Refused("a stand-in needs a reason: add --reason TEXT")
    other = the_account(connection, to)
    if other.id == by.id:
        raise Refused("somebody else stands in, not you yourself")
    if not since < until or until <= at:
        raise Refused("the last day of a stand-in is a day to come, after the first")
    if until - since > LONGEST_DELEGATION:
        raise Refused(f"a stand-in lasts {LONGEST_DELEGATION.days} days at most: for longer give the account the role")
    row = {"account_id": by.id, "to_account_id": other.id, "since": to_ms(since), "until": to_ms(until)}
    number = stored.add_delegation(connection, row)
    detail: dict[str, Any] = {"delegation": number, "to": other.id, "since": row["since"], "until": row["until"]}
    detail["reason"] = keep_words(connection, reason)
    trail.write(connection, at=at, actor=named(by), act="account.delegate", about=f"account:{by.id}", detail=detail)
    return number


def end_delegation(connection: Connection, trail: Trail, by: Account, number: int, *, at: datetime) -> None:
    """End a delegation before its day. Raises Refused where it is over, or is somebody else's."""
    kept.lock_trail(connection)
    known = {row["id"]: row for row in stored.delegations(connection, to_ms(at))}
    if number not in known:
        raise Refused(f"there is no delegation {number} that runs")
    if by.id not in {known[number]["account_id"], known[number]["to_account_id"]}:
        require(by, Act.ACCOUNTS, at=at)
    stored.end_delegation(connection, number, to_ms(at))
    about = f"account:{known[number]['account_id']}"
    trail.write(
        connection, at=at, actor=named(by), act="account.delegation_end", about=about, detail={"delegation": number}
    )


# --- reading ---------------------------------------------------------------------------------------------------------


def accounts(connection: Connection, at: datetime) -> list[Account]:
    """Return all accounts in order, with those for whom they stand in at a moment."""
    standing = stored.delegations(connection, to_ms(at))
    return [_account(row, standing) for row in stored.accounts(connection)]


def the_account(connection: Connection, email: str, at: datetime | None = None) -> Account:
    """Return the account of an address. Raises Refused where there is none."""
    found = stored.accounts(connection, email=folded(email))
    if not found:
        raise Refused(f"there is no account of {folded(email)}: `ostiary review account list` shows them")
    return _account(found[0], stored.delegations(connection, to_ms(at)) if at else [])


def by_number(connection: Connection, number: int, at: datetime) -> Account | None:
    """Return the account of a number, with those for whom it stands in at a moment; None where there is none."""
    found = stored.accounts(connection, number=number)
    return _account(found[0], stored.delegations(connection, to_ms(at))) if found else None


def addresses(connection: Connection) -> dict[str, str]:
    """Return `account:N` -> address, for pages that people read."""
    return {f"account:{row['id']}": row["email"] for row in stored.accounts(connection)}


def signed_in(connection: Connection, email: str, token: str | None, *, at: datetime) -> Account:
    """Return the account that acts, by address and token. Raises Refused without saying which of the two is wrong."""
    rows = stored.accounts(connection, email=folded(email))
    wanted = rows[0]["token_hash"] if rows and rows[0]["token_hash"] else hashed(secrets.token_hex())
    if not hmac.compare_digest(wanted, hashed(token or "")):
        raise Refused(f"that is not the token of {folded(email)}: set OSTIARY_TOKEN to the one that was shown once")
    found = _account(rows[0], stored.delegations(connection, to_ms(at)))
    if not found.holds(at):
        raise Refused(f"the account of {found.email} does not hold today")
    return found


def named(account: Account) -> str:
    """Return how the trail and the decisions name who acted: a number, never an address."""
    return f"account:{account.id}"


def folded(email: str) -> str:
    """Return an address as accounts are known by it. Raises Refused where it is none."""
    plain = email.strip().casefold()
    if not _EMAIL.fullmatch(plain) or len(plain) > _LONGEST_EMAIL:
        raise Refused("an account is known by a mail address, such as ana@example.com")
    return plain


def hashed(token: str) -> str:
    """Return what is kept of a token. It is 32 random bytes, so that nobody can guess it back from a plain hash."""
    return hashlib.sha256(token.encode()).hexdigest()


# --- inside ----------------------------------------------------------------------------------------------------------


def _token(make: Callable[[int], str] = secrets.token_urlsafe) -> str:
    return f"ost_{make(32)}"


def _add(
    connection: Connection,
    trail: Trail,
    email: str,
    roles: Collection[Role],
    *,
    by: str,
    at: datetime,
    units: Sequence[str] = (),
    valid_to: datetime | None = None,
) -> Made:
    if valid_to is not None and valid_to <= at:
        raise Refused("an account ends on a day to come")
    token = _token()
    row: dict[str, Any] = {
        "roles": sorted(_roles(roles)),
        "units": [unit.strip() for unit in units if unit.strip()],
        "token_hash": hashed(token),
        "valid_from": to_ms(at),
        "valid_to": _ms(valid_to),
        "made_at": to_ms(at),
    }
    stored.add(connection, folded(email), row)
    made = the_account(connection, email)
    _told(connection, trail, by, "account.add", made, at=at)
    return Made(account=made, token=token)


def _roles(roles: Collection[Role]) -> frozenset[Role]:
    if not roles:
        raise Refused(f"an account has a role at least: {', '.join(Role)}")
    return frozenset(Role(role) for role in roles)


def _keep_an_administrator(connection: Connection, changed: Account, at: datetime) -> None:
    """Raise Refused where nobody could manage accounts any more, now or once some end."""
    others = [one for one in accounts(connection, at) if one.id != changed.id]
    lasting = [one for one in (*others, changed) if Role.ADMINISTRATOR in one.roles and one.valid_to is None]
    if not lasting:
        raise Refused("one administrator at least stays without an end: give another account the role first")


def _account(row: dict[str, Any], delegations: list[dict[str, Any]]) -> Account:
    return Account(
        id=row["id"],
        email=row["email"],
        roles=frozenset(Role(role) for role in row["roles"]),
        units=tuple(row["units"]),
        valid_from=from_ms(row["valid_from"]),
        valid_to=None if row["valid_to"] is None else from_ms(row["valid_to"]),
        delegates=tuple(d["account_id"] for d in delegations if d["to_account_id"] == row["id"]),
    )


def _told(connection: Connection, trail: Trail, by: str, act: str, account: Account, *, at: datetime) -> None:
    detail = {
        "roles": sorted(account.roles),
        "units": list(account.units),
        "valid_to": None if account.valid_to is None else account.valid_to.astimezone(UTC).isoformat(),
    }
    trail.write(connection, at=at, actor=by, act=act, about=f"account:{account.id}", detail=detail)


def _ms(moment: datetime | None) -> int | None:
    return None if moment is None else to_ms(moment)

"""Tokens by which programs act as an account: hashed, limited to some of its rights, and ending on a day."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from gate import accounts, plain_words
from gate.audit import Trail
from gate.roles import RIGHTS, Account, Act
from model.errors import Refused
from storage import kept, sessions
from storage.store import Connection
from storage.times import to_ms

#: A token ends within so long.
LONGEST = timedelta(days=366)
#: That a token is used is written so often at most.
_TOUCH = timedelta(minutes=5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    """What a program that shows a token may do: the acts that both the token and its account have."""

    id: int
    account: Account
    acts: frozenset[Act]
    touch: bool


def make(
    connection: Connection,
    trail: Trail,
    account: Account,
    name: str,
    acts: Collection[Act],
    *,
    until: datetime,
    at: datetime,
) -> str:
    """Return a new token of an account, which is shown once. Raises Refused where it would be able to do too much."""
    kept.lock_trail(connection)
    said = plain_words.name(name, "the token's name")
    wanted = frozenset(Act(act) for act in acts)
    if not wanted:
        raise Refused("a token is for something: say what it may do")
    beyond = sorted(act for act in wanted if not account.roles & RIGHTS[act])
    if beyond:
        raise Refused(f"a token can do no more than its account, which may not: {', '.join(beyond)}")
    if not at < until <= at + LONGEST:
        raise Refused(f"a token ends on a day to come, within {LONGEST.days} days")
    token = f"ostapi_{secrets.token_urlsafe(32)}"
    row = {"account_id": account.id, "name": said, "token_hash": accounts.hashed(token), "acts": sorted(wanted)}
    number = sessions.add_token(connection, row | {"made_at": to_ms(at), "until": to_ms(until)})
    detail = {"token": number, "acts": sorted(wanted), "until": to_ms(until)}
    about, by = f"account:{account.id}", accounts.named(account)
    trail.write(connection, at=at, actor=by, act="account.api_token", about=about, detail=detail)
    return token


def find(connection: Connection, token: str, *, at: datetime) -> Token | None:
    """Return the token that a program shows, None where it holds not, or not any more, or its account does not."""
    row = sessions.token(connection, accounts.hashed(token))
    now = to_ms(at)
    if row is None or row["ended_at"] is not None or row["until"] <= now:
        return None
    account = accounts.by_number(connection, row["account_id"], at)
    if account is None or not account.holds(at):
        return None
    touch = row["used_at"] is None or now - row["used_at"] > _TOUCH / timedelta(milliseconds=1)
    known = frozenset(Act(act) for act in row["acts"] if act in {*Act})
    return Token(id=row["id"], account=account, acts=known, touch=touch)


def end(connection: Connection, trail: Trail, by: Account, number: int, *, at: datetime) -> None:
    """End a token. Raises Refused where it is over."""
    kept.lock_trail(connection)
    if not sessions.end_token(connection, number, to_ms(at)):
        raise Refused(f"token {number} has ended already")
    actor = accounts.named(by)
    about = f"account:{by.id}"
    trail.write(connection, at=at, actor=actor, act="account.api_token_end", about=about, detail={"token": number})

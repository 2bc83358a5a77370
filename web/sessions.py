"""Sessions: a random token in a cookie, its hash in the database; revocable, ended by disuse and in any case."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from gate import accounts
from gate.audit import Trail
from gate.roles import Account
from model.errors import Refused
from storage import accounts as stored_accounts
from storage import kept, sessions
from storage.store import Connection
from storage.times import from_ms, to_ms
from web.office import WebSettings

#: That a session is used is written so often at most.
_TOUCH = timedelta(minutes=1)
#: So long a one-time link that signs in holds.
LINK_LASTS = timedelta(days=2)
_LONGEST_AGENT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """Who is signed in. `csrf` proves that a form is of this session; `revealed` are tools whose people are shown."""

    id: int
    account: Account
    csrf: str
    made_at: datetime
    revealed: Mapping[str, int]
    touch: bool


def start(connection: Connection, account: int, web: WebSettings, *, at: datetime, agent: str | None) -> str:
    """Begin a session of an account; return its token, which is shown to the browser alone."""
    token = secrets.token_urlsafe(32)
    row = {"token_hash": accounts.hashed(token), "account_id": account, "made_at": to_ms(at), "seen_at": to_ms(at)}
    row |= {"ends_at": to_ms(at + web.longest), "agent": (agent or "")[:_LONGEST_AGENT] or None}
    sessions.add_session(connection, row)
    return token


def find(connection: Connection, token: str, web: WebSettings, *, at: datetime) -> Session | None:
    """Return the session of a token, None where it ended, was not used for too long, or its account does not hold."""
    row = sessions.session(connection, accounts.hashed(token))
    now = to_ms(at)
    if row is None or row["ended_at"] is not None or row["ends_at"] <= now:
        return None
    if now - row["seen_at"] > web.idle / timedelta(milliseconds=1):
        return None
    account = accounts.by_number(connection, row["account_id"], at)
    if account is None or not account.holds(at):
        return None
    return Session(
        id=row["id"],
        account=account,
        csrf=csrf_of(token),
        made_at=from_ms(row["made_at"]),
        revealed=row["revealed"],
        touch=now - row["seen_at"] > _TOUCH / timedelta(milliseconds=1),
    )


def csrf_of(token: str) -> str:
    """Return what forms of a session carry: it follows from the token, and the token not from it."""
    return hashlib.sha256(b"ostiary form\0" + token.encode()).hexdigest()[:43]


# --- links that sign in ----------------------------------------------------------------------------------------------


def make_link(connection: Connection, trail: Trail, account: Account, *, by: str, at: datetime) -> str:
    """Return the token of a link that signs an account in, once; told in the trail."""
    kept.lock_trail(connection)
    token = secrets.token_urlsafe(32)
    row = {"token_hash": accounts.hashed(token), "account_id": account.id, "made_at": to_ms(at)}
    number = sessions.add_link(connection, row | {"until": to_ms(at + LINK_LASTS)})
    trail.write(connection, at=at, actor=by, act="account.link", about=f"account:{account.id}", detail={"link": number})
    return token


def use_link(connection: Connection, token: str, *, at: datetime) -> int:
    """Use a link up; return the account. Raises Refused, with what to do."""
    found = sessions.use_link(connection, accounts.hashed(token), to_ms(at))
    if found is None:
        row = sessions.link(connection, accounts.hashed(token))
        if row is not None and row["used_at"] is not None:
            raise Refused("This link was used before: it signs in once. Ask an administrator for a new one.")
        raise Refused("This link does not hold, or not any more. Ask an administrator for a new one.")
    holds = stored_accounts.accounts(connection, number=found)
    if not holds or not accounts.by_number(connection, found, at):
        raise Refused("The account of this link does not hold any more. Ask an administrator.")
    return found

"""Sessions, one-time sign-in links and tokens for programs in the store; of every secret the hash alone."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, Table, insert, select, text, update

from storage.tables import metadata

_SESSION, _LINK, _TOKEN = (metadata.tables[name] for name in ("web_session", "sign_in_link", "api_token"))

#: Asked for of each page: a statement that stands ready is put to the database in half the time.
_OF_TOKEN = text("SELECT * FROM web_session WHERE token_hash = :token_hash")


def _add(connection: Connection, table: Table, row: Mapping[str, Any]) -> int:
    key = connection.execute(insert(table).values(**row)).inserted_primary_key
    assert key is not None
    return int(key[0])


def _one(connection: Connection, table: Table, token_hash: str) -> dict[str, Any] | None:
    found = connection.execute(select(table).where(table.c.token_hash == token_hash)).first()
    return None if found is None else dict(found._mapping)


# --- sessions --------------------------------------------------------------------------------------------------------


def add_session(connection: Connection, row: Mapping[str, Any]) -> int:
    """Enter a session (token_hash, account_id, made_at, seen_at, ends_at, agent); return its number."""
    return _add(connection, _SESSION, row)


def session(connection: Connection, token_hash: str) -> dict[str, Any] | None:
    """Return the session of a token's hash, whether it still runs or not; `revealed` decoded."""
    found = connection.execute(_OF_TOKEN, {"token_hash": token_hash}).first()
    return None if found is None else {**found._mapping, "revealed": json.loads(found.revealed or "{}")}


def sessions(connection: Connection, account: int | None = None) -> list[dict[str, Any]]:
    """Return sessions that nobody has ended, the newest first: of one account, or of all."""
    wanted = select(_SESSION).where(_SESSION.c.ended_at.is_(None)).order_by(_SESSION.c.id.desc())
    if account is not None:
        wanted = wanted.where(_SESSION.c.account_id == account)
    return [dict(row._mapping) for row in connection.execute(wanted)]


def touch(connection: Connection, number: int, at: int) -> None:
    """Record that a session was used."""
    connection.execute(update(_SESSION).where(_SESSION.c.id == number).values(seen_at=at))


def reveal(connection: Connection, number: int, revealed: Mapping[str, int]) -> None:
    """Keep until when a session shows the names of which tools' people."""
    connection.execute(update(_SESSION).where(_SESSION.c.id == number).values(revealed=json.dumps(dict(revealed))))


def end_session(connection: Connection, number: int, at: int) -> bool:
    """End a session; return whether it ran."""
    where = (_SESSION.c.id == number) & _SESSION.c.ended_at.is_(None)
    return connection.execute(update(_SESSION).where(where).values(ended_at=at)).rowcount > 0


def end_sessions(connection: Connection, account: int, at: int) -> int:
    """End all sessions of an account; return how many ran."""
    where = (_SESSION.c.account_id == account) & _SESSION.c.ended_at.is_(None)
    return connection.execute(update(_SESSION).where(where).values(ended_at=at)).rowcount


def last_visit(connection: Connection, account: int, before: int) -> int | None:
    """Return when an account last used a session that began before another one (its number); None: never."""
    wanted = (
        select(_SESSION.c.seen_at)
        .where((_SESSION.c.account_id == account) & (_SESSION.c.id < before))
        .order_by(_SESSION.c.seen_at.desc())
        .limit(1)
    )
    return connection.scalar(wanted)


# --- links -----------------------------------------------------------------------------------------------------------


def add_link(connection: Connection, row: Mapping[str, Any]) -> int:
    """Enter a sign-in link (token_hash, account_id, made_at, until); return its number."""
    return _add(connection, _LINK, row)


def use_link(connection: Connection, token_hash: str, at: int) -> int | None:
    """Use a link up; return the account that it signs in, or None where it is over, used, or none at all."""
    where = (_LINK.c.token_hash == token_hash) & _LINK.c.used_at.is_(None) & (_LINK.c.until > at)
    found = connection.scalar(select(_LINK.c.account_id).where(where))
    if found is None or not connection.execute(update(_LINK).where(where).values(used_at=at)).rowcount:
        return None
    return int(found)


def link(connection: Connection, token_hash: str) -> dict[str, Any] | None:
    """Return a sign-in link as it stands."""
    return _one(connection, _LINK, token_hash)


# --- tokens ----------------------------------------------------------------------------------------------------------


def add_token(connection: Connection, row: Mapping[str, Any]) -> int:
    """Enter a token (account_id, name, token_hash, acts as a list, made_at, until); return its number."""
    return _add(connection, _TOKEN, {**row, "acts": json.dumps(list(row["acts"]))})


def token(connection: Connection, token_hash: str) -> dict[str, Any] | None:
    """Return a token by its hash, whether it still holds or not; `acts` decoded."""
    found = _one(connection, _TOKEN, token_hash)
    return found and found | {"acts": json.loads(found["acts"])}


def tokens(connection: Connection, account: int | None = None) -> list[dict[str, Any]]:
    """Return tokens, the newest first: of one account, or of all; `acts` decoded."""
    wanted = select(_TOKEN).order_by(_TOKEN.c.id.desc())
    if account is not None:
        wanted = wanted.where(_TOKEN.c.account_id == account)
    return [dict(row._mapping) | {"acts": json.loads(row.acts)} for row in connection.execute(wanted)]


def end_token(connection: Connection, number: int, at: int) -> bool:
    """End a token; return whether it held."""
    where = (_TOKEN.c.id == number) & _TOKEN.c.ended_at.is_(None)
    return connection.execute(update(_TOKEN).where(where).values(ended_at=at)).rowcount > 0


def used_token(connection: Connection, number: int, at: int) -> None:
    """Record that a token was used."""
    connection.execute(update(_TOKEN).where(_TOKEN.c.id == number).values(used_at=at))

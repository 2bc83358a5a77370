"""The outbox as the worker sees it: what waits, what is being sent, what was told, and what was given up.

A row is `settled` once `sent_at` stands in it. One that is not waits for `next_at`; without `next_at` it waits for
nothing where it has no `failure`, and for a person where it has one. Whoever sends a row holds it until `next_at`.
"""

from __future__ import annotations

import json
import zlib
from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, and_, or_, select, text, update

from storage.tables import metadata

_OUTBOX = metadata.tables["outbox"]
_KEY = zlib.crc32(b"ostiary outbox")
_OPEN = _OUTBOX.c.sent_at.is_(None)
_UNTOUCHED = and_(_OUTBOX.c.next_at.is_(None), _OUTBOX.c.failure.is_(None))


def lock(connection: Connection) -> None:
    """Let no other transaction share out rows until this one ends; on SQLite one that writes is alone anyway."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _KEY})


def due(connection: Connection, at: int, kinds: str | Collection[str], limit: int = 5000) -> list[dict[str, Any]]:
    """Return open rows whose moment has come, oldest first; `kinds` are names, or one pattern of LIKE."""
    named = _OUTBOX.c.kind.like(kinds) if isinstance(kinds, str) else _OUTBOX.c.kind.in_(kinds)
    where = and_(_OPEN, named, or_(_OUTBOX.c.next_at <= at, _UNTOUCHED))
    return _rows(connection.execute(select(_OUTBOX).where(where).order_by(_OUTBOX.c.id).limit(limit)))


def row(connection: Connection, number: int) -> dict[str, Any] | None:
    """Return a row, or None."""
    found = _rows(connection.execute(select(_OUTBOX).where(_OUTBOX.c.id == number)))
    return found[0] if found else None


def numbered(connection: Connection, key: str) -> int | None:
    """Return the number of the row of a key, or None."""
    return connection.scalar(select(_OUTBOX.c.id).where(_OUTBOX.c.key == key))


def told(connection: Connection, event: int) -> set[tuple[str, int | None]]:
    """Return (receiver, actor; None: a channel or a program) of the messages in which an event really was told."""
    begun = select(_OUTBOX.c.at).where(_OUTBOX.c.id == event).scalar_subquery()
    sent = and_(_OUTBOX.c.kind.like("send:%"), _OUTBOX.c.sent_at.is_not(None), _OUTBOX.c.failure.is_(None))
    found = _rows(connection.execute(select(_OUTBOX).where(and_(sent, _OUTBOX.c.at >= begun))))
    return {(r["kind"].partition(":")[2], r["payload"]["to"]) for r in found if event in r["payload"]["events"]}


def rows(connection: Connection, numbers: Collection[int]) -> list[dict[str, Any]]:
    """Return the rows of these numbers, in order."""
    return _rows(connection.execute(select(_OUTBOX).where(_OUTBOX.c.id.in_(numbers)).order_by(_OUTBOX.c.id)))


def since(connection: Connection, at: int, kinds: str) -> list[dict[str, Any]]:
    """Return all rows of a pattern of kinds that were entered from a moment on, settled ones too."""
    where = and_(_OUTBOX.c.at >= at, _OUTBOX.c.kind.like(kinds))
    return _rows(connection.execute(select(_OUTBOX).where(where).order_by(_OUTBOX.c.id)))


def unsettled(connection: Connection) -> list[dict[str, Any]]:
    """Return all open rows, oldest first."""
    return _rows(connection.execute(select(_OUTBOX).where(_OPEN).order_by(_OUTBOX.c.id)))


def sent_to(connection: Connection, receivers: Collection[str], limit: int) -> list[dict[str, Any]]:
    """Return the last messages to some receivers that were told, or were given up as needless, the latest first."""
    kinds = [f"send:{name}" for name in receivers]
    where = and_(_OUTBOX.c.sent_at.is_not(None), _OUTBOX.c.kind.in_(kinds))
    return _rows(connection.execute(select(_OUTBOX).where(where).order_by(_OUTBOX.c.id.desc()).limit(limit)))


def claim(connection: Connection, at: int, until: int, without: Collection[str] = ()) -> dict[str, Any] | None:
    """Take the oldest row that is to be sent (`send:RECEIVER`) and hold it until a moment; None where there is none.

    `without` are kinds that are passed over. `attempts` counts this one, and is the proof that the row is still held.
    """
    where = and_(_OPEN, _OUTBOX.c.kind.like("send:%"), or_(_OUTBOX.c.next_at <= at, _UNTOUCHED))
    chosen = select(_OUTBOX).where(and_(where, _OUTBOX.c.kind.not_in(without))).order_by(_OUTBOX.c.id).limit(1)
    while found := _rows(connection.execute(chosen)):
        held = found[0] | {"attempts": found[0]["attempts"] + 1, "next_at": until}
        if _change(connection, found[0], attempts=held["attempts"], next_at=until):
            return held
    return None


def settle(connection: Connection, held: dict[str, Any], at: int, why: str | None = None) -> bool:
    """Mark a row as told, or as needed no more (`why`); False where another worker took it over meanwhile."""
    return _change(connection, held, sent_at=at, next_at=None, failure=why)


def give_back(connection: Connection, held: dict[str, Any], failure: str, next_at: int) -> bool:
    """Let a row be sent again at a moment."""
    return _change(connection, held, failure=failure, next_at=next_at)


def give_up(connection: Connection, held: dict[str, Any], failure: str) -> bool:
    """Let a row wait for a person."""
    return _change(connection, held, failure=failure, next_at=None)


def postpone(connection: Connection, numbers: Collection[int], next_at: int) -> None:
    """Let rows wait until a moment."""
    connection.execute(update(_OUTBOX).where(and_(_OPEN, _OUTBOX.c.id.in_(numbers))).values(next_at=next_at))


def retry(connection: Connection, number: int) -> bool:
    """Let a row that was given up be tried again at once; False where it is none of those."""
    ended = and_(_OPEN, _OUTBOX.c.id == number, _OUTBOX.c.failure.is_not(None), _OUTBOX.c.next_at.is_(None))
    return connection.execute(update(_OUTBOX).where(ended).values(failure=None, attempts=0)).rowcount > 0


def _change(connection: Connection, known: dict[str, Any], **values: Any) -> bool:
    """Change a row only as it is known: whoever claims it meanwhile counts an attempt, and with it owns the row."""
    where = and_(_OPEN, _OUTBOX.c.id == known["id"], _OUTBOX.c.attempts == known["attempts"])
    return connection.execute(update(_OUTBOX).where(where).values(values)).rowcount > 0


def _rows(found: Iterable[Any]) -> list[dict[str, Any]]:
    return [dict(r._mapping) | {"payload": json.loads(r.payload)} for r in found]

"""Acts that are done once: a key is taken before the act, and its answer kept beside it, in the same transaction."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, delete, insert, select, update
from sqlalchemy.exc import IntegrityError

from storage.tables import metadata

_ONCE = metadata.tables["done_once"]


def done(connection: Connection, key: str) -> dict[str, Any] | None:
    """Return what was done with a key (digest, status, answer, at), or None."""
    found = connection.execute(select(_ONCE).where(_ONCE.c.key == key)).first()
    return None if found is None else dict(found._mapping)


def take(connection: Connection, key: str, digest: str, at: int) -> bool:
    """Take a key for an act in this transaction; return False where somebody has it."""
    try:
        with connection.begin_nested():
            connection.execute(insert(_ONCE).values(key=key, digest=digest, status=0, answer=None, at=at))
    except IntegrityError:
        return False
    return True


def answer(connection: Connection, key: str, status: int, body: str | None) -> None:
    """Keep what an act answered."""
    connection.execute(update(_ONCE).where(_ONCE.c.key == key).values(status=status, answer=body))


def forget(connection: Connection, key: str) -> None:
    """Let go of a key whose act was not done."""
    connection.execute(delete(_ONCE).where((_ONCE.c.key == key) & (_ONCE.c.status == 0)))

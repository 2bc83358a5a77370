"""One run at a time on a store: a lock file beside SQLite, an advisory lock on PostgreSQL."""

from __future__ import annotations

import fcntl
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from model.errors import ConfigError, Unavailable
from storage.store import Store

_BUSY = "another run is under way on this database: wait until it ends, and run the same command again"
_KEY = zlib.crc32(b"ostiary run")


@contextmanager
def run_lock(store: Store) -> Iterator[None]:
    """Hold the run lock of a store; it ends with the process. Raises Unavailable if it is held."""
    if store.path is not None:
        with _lock_file(store.path.with_name(store.path.name + ".lock")) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Unavailable(_BUSY) from None
            yield
        return
    if store.is_sqlite:
        yield
        return
    with store.session() as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": _KEY}):
            raise Unavailable(_BUSY)
        try:
            yield
        finally:
            try:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": _KEY})
            except DBAPIError:
                connection.invalidate()  # the session is lost, and the lock with it


def _lock_file(path: Path) -> IO[str]:
    try:
        return path.open("w")
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written ({error.strerror}); make the database's folder writable"
        ) from error

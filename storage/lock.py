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
_SCHEDULED = "another process runs the schedules of this database at this moment"
_KEY = zlib.crc32(b"ostiary run")
_SCHEDULE_KEY = zlib.crc32(b"ostiary schedule")


@contextmanager
def run_lock(store: Store) -> Iterator[None]:
    """Hold the run lock of a store; it ends with the process. Raises Unavailable if it is held."""
    with _held(store, "lock", _KEY, _BUSY):
        yield


@contextmanager
def schedule_lock(store: Store) -> Iterator[None]:
    """Hold what lets one process at a time run due scans; it ends with the process. Raises Unavailable if it is held.

    It is held around the run lock: who has it knows that what is marked as running was cut off.
    """
    with _held(store, "schedule-lock", _SCHEDULE_KEY, _SCHEDULED):
        yield


@contextmanager
def _held(store: Store, suffix: str, key: int, busy: str) -> Iterator[None]:
    if store.path is not None:
        with _lock_file(store.path.with_name(f"{store.path.name}.{suffix}")) as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise Unavailable(busy) from None
            yield
        return
    if store.is_sqlite:
        yield
        return
    with store.session() as connection:
        if not connection.scalar(text("SELECT pg_try_advisory_lock(:key)"), {"key": key}):
            raise Unavailable(busy)
        try:
            yield
        finally:
            try:
                connection.execute(text("SELECT pg_advisory_unlock(:key)"), {"key": key})
            except DBAPIError:
                connection.invalidate()  # the session is lost, and the lock with it


def _lock_file(path: Path) -> IO[str]:
    try:
        return path.open("w")
    except OSError as error:
        raise ConfigError(
            f"{path} cannot be written ({error.strerror}); make the database's folder writable"
        ) from error

"""Opening a store: SQLite in WAL mode by default, PostgreSQL by URL."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, NoSuchModuleError, OperationalError

from model.errors import ConfigError


class Store:
    """One company's database.

    `read()` gives a connection that sees one consistent state; `write()` one transaction, committed at its end and
    rolled back on an error. On SQLite a write takes the lock at once, so that it never fails half-way for want of it.
    """

    def __init__(self, url: str) -> None:
        """Open the database at an SQLAlchemy URL. Raises ConfigError where it cannot be opened."""
        self.url = _parse(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            _make_private(self.url)
        self.engine: Engine = create_engine(self.url)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)

    @property
    def path(self) -> Path | None:
        """The database file, or None for PostgreSQL and databases in memory."""
        name = self.url.database
        return Path(name).absolute() if self.is_sqlite and name and name != ":memory:" else None

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Yield a connection for reading."""
        with _explained(self), self.engine.connect() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection inside one transaction."""
        with _explained(self), self.engine.connect().execution_options(ostiary_write=True) as connection:
            with connection.begin():
                yield connection

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """Yield a writer for a run: one connection, so that temporary tables last, and many short transactions."""
        with _explained(self), self.engine.connect().execution_options(ostiary_write=True) as connection:
            yield Writer(self, connection)

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()


class Writer:
    """One connection that writes in short transactions."""

    def __init__(self, store: Store, connection: Connection) -> None:
        """Take over a connection that no transaction runs on."""
        self._store, self._connection = store, connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield the connection inside one transaction. Raises ConfigError where the database or its disk refuses."""
        with _explained(self._store), self._connection.begin():
            yield self._connection


def _parse(url: str) -> URL:
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise ConfigError(
            f"--db {url.split('@')[-1]!r} is no database URL; use sqlite:///PATH or postgresql://USER@HOST/NAME"
        ) from None
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ConfigError(f"--db: {backend} is not supported; use sqlite:///PATH or postgresql://USER@HOST/NAME")
    return parsed


def _make_private(url: URL) -> None:
    """Create the folder and the file so that only the owner can read what people did."""
    if not url.database or url.database == ":memory:":
        return
    path = Path(url.database)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        os.close(os.open(path, os.O_CREAT | os.O_RDWR, 0o600))
    except OSError as error:
        raise ConfigError(
            f"the database {path} cannot be opened ({error.strerror}); choose another with --db sqlite:///PATH"
        ) from error


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # transactions are begun by `_begin_sqlite`, not by the driver
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000", "cache_size=-32000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("ostiary_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _explained(store: Store) -> Iterator[None]:
    """Turn what a database says of a bad place, a full disk or a wrong password into what a person can do."""
    try:
        yield
    except (OperationalError, DatabaseError, NoSuchModuleError) as error:
        said = str(getattr(error, "orig", error)).strip().splitlines()
        reason = said[0] if said else type(error).__name__
        where = store.path or f"{store.url.host}/{store.url.database}"
        if "disk" in reason or "full" in reason:
            raise ConfigError(f"{where}: {reason}; free some space and run the same command again") from error
        if isinstance(error, OperationalError) or "not a database" in reason:
            raise ConfigError(f"{where}: {reason}") from error
        raise


__all__ = ["Connection", "Store", "Writer"]

"""Opening a store: SQLite in WAL mode by default, PostgreSQL by URL."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DatabaseError, DBAPIError, OperationalError

from model.errors import ConfigError, OstiaryError, Unavailable
from storage import recalled

#: So many connections there are at most, beside those that are kept open.
_MOST = 30
_USE = "use sqlite:///PATH or postgresql://USER@HOST/NAME"
#: What a database says that passes, and what a person does about it.
_PASSING = (
    (("disk", "full", "No space"), "free some space and run the same command again"),
    (("locked",), "another command writes to it: run the same command again when that has ended"),
)
#: What it says where the call is wrong.
_REMEDIES = (
    (("readonly", "unable to open"), "make the file and its folder writable, or choose another database with --db"),
    (("not a database", "malformed"), "restore a backup, or choose another database with --db"),
    (("authentication", "password"), "check the user and the password of --db"),
    (("does not exist",), "make it (createdb), or choose another database with --db"),
)
_REMEDY = "check --db and that the database runs and can be reached"


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
        in_memory = self.is_sqlite and self.url.database in {None, "", ":memory:"}
        # Whoever has one may need another beside it: nobody is to wait for one that only waiters could give back.
        self.engine: Engine = create_engine(self.url, **({} if in_memory else {"max_overflow": _MOST}))
        _leave_stops_unsaid(self.engine)
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", _begin_sqlite)
        event.listen(self.engine, "begin", recalled.forget)

    @property
    def path(self) -> Path | None:
        """The database file, or None for PostgreSQL and databases in memory."""
        name = self.url.database
        return Path(name).absolute() if self.is_sqlite and name and name != ":memory:" else None

    @contextmanager
    def read(self, *, recalls: bool = False) -> Iterator[Connection]:
        """Yield a connection for reading. One that `recalls` is asked the same only once (storage/recalled.py)."""
        # On PostgreSQL each statement would see a state of its own.
        level: dict[str, Any] = {} if self.is_sqlite else {"isolation_level": "REPEATABLE READ"}
        if recalls:
            level[recalled.OPTION] = {}
        with _explained(self), self._connected().execution_options(**level) as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Yield a connection inside one transaction."""
        options = {"ostiary_write": True}
        with _explained(self), self._connected().execution_options(**options) as connection, connection.begin():
            yield connection

    @contextmanager
    def writer(self) -> Iterator[Writer]:
        """Yield a writer for a run: one connection, so that temporary tables last, and many short transactions."""
        with _explained(self), self._connected().execution_options(ostiary_write=True) as connection:
            yield Writer(self, connection)

    def session(self) -> Connection:
        """Return a connection to PostgreSQL outside of any transaction; the caller closes it. Raises ConfigError."""
        with _explained(self):
            return self._connected().execution_options(isolation_level="AUTOCOMMIT")

    def close(self) -> None:
        """Close all connections."""
        self.engine.dispose()

    def _connected(self) -> Connection:
        try:
            return self.engine.connect()
        except DBAPIError as error:
            raise _told(self, error.orig) from error


class Writer:
    """One connection that writes in short transactions."""

    def __init__(self, store: Store, connection: Connection) -> None:
        """Take over a connection that no transaction runs on."""
        self._store, self._connection = store, connection

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Yield the connection inside one transaction. Raises Unavailable where the disk refuses."""
        with _explained(self._store), self._connection.begin():
            yield self._connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Yield another connection, which sees one consistent state and keeps nobody from writing."""
        with self._store.read() as connection:
            yield connection


def _leave_stops_unsaid(engine: Engine) -> None:
    """Keep the pool from printing a traceback where Ctrl-C comes while it closes a connection; it passes that on."""
    log = engine.pool.logger
    if isinstance(log, logging.Logger):
        log.addFilter(_is_no_stop)


def _is_no_stop(record: logging.LogRecord) -> bool:
    return not (record.exc_info and isinstance(record.exc_info[1], KeyboardInterrupt))


def _parse(url: str) -> URL:
    """Return the parsed URL. What is none is not quoted: it may hold a password anywhere."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise ConfigError(f"--db: that is no database URL; {_USE}") from None
    backend = parsed.get_backend_name()
    if backend == "postgresql":
        return parsed.set(drivername="postgresql+psycopg")
    if backend != "sqlite":
        raise ConfigError(f"--db: {backend} is not supported; {_USE}")
    if parsed.host is not None:
        raise ConfigError("--db: a path on this machine has three slashes in front, an absolute one four; " + _USE)
    return parsed.set(drivername="sqlite")


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
    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "busy_timeout=15000", "cache_size=-8000"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("ostiary_write")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


@contextmanager
def _explained(store: Store) -> Iterator[None]:
    """Turn what a database says of a bad place, a full disk or a wrong password into what a person can do."""
    try:
        yield
    except DatabaseError as error:
        if isinstance(error, OperationalError) or "not a database" in str(error.orig) or "malformed" in str(error.orig):
            raise _told(store, error.orig) from error
        raise
    except store.engine.dialect.loaded_dbapi.OperationalError as error:  # bulk writes speak to the driver itself
        raise _told(store, error) from error


def _told(store: Store, error: BaseException | None) -> OstiaryError:
    """Return an error that says where, why and what to do, of a class that tells whether it passes by itself.

    A password that the database's words hold is left out.
    """
    said = str(error).strip().splitlines()
    reason = said[0] if said else type(error).__name__
    passwords = (store.url.password, store.url.query.get("password"))
    for password in filter(None, passwords):
        reason = reason.replace(str(password), "***")
    where = store.path or f"{store.url.host or 'localhost'}/{store.url.database or ''}"
    passing, lasting = (_remedy(known, reason) for known in (_PASSING, _REMEDIES))
    if lasting is None and passing is not None:
        return Unavailable(f"{where}: {reason}; {passing}")
    return ConfigError(f"{where}: {reason}; {lasting or _REMEDY}")


def _remedy(known: Iterable[tuple[tuple[str, ...], str]], reason: str) -> str | None:
    return next((remedy for words, remedy in known if any(word in reason for word in words)), None)


__all__ = ["Connection", "Store", "Writer"]

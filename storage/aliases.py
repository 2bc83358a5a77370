"""The aliases that decisions left in a store, read by the database's own driver: `identify` starts without the ORM."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from model.errors import ConfigError

#: Aliases that no later decision took back, in order.
_STANDING = (
    "SELECT d.id, d.at, d.detail FROM decision d WHERE d.kind = 'alias' AND NOT EXISTS"
    " (SELECT 1 FROM decision u WHERE u.kind = 'undo' AND u.object = 'decision:' || CAST(d.id AS TEXT)) ORDER BY d.id"
)


def standing_aliases(url: str) -> list[dict[str, Any]]:
    """Return id, at (milliseconds) and detail (JSON) of the aliases in force; none where there is no database yet.

    `url` is the database's, as --db takes it. Raises ConfigError where it cannot be read.
    """
    if url.startswith("postgresql"):
        rows = _of_postgresql(re.sub(r"^postgresql\+\w+:", "postgresql:", url))
    else:
        rows = (
            _of_sqlite(Path(url.removeprefix("sqlite:///").partition("?")[0])) if url.startswith("sqlite:///") else []
        )
    return [{"id": number, "at": at, "detail": detail} for number, at, detail in rows]


def _of_sqlite(path: Path) -> Sequence[tuple[int, int, str]]:
    if not path.is_file() or not path.stat().st_size:
        return []
    try:
        connection = sqlite3.connect(f"file:{quote(str(path.absolute()))}?mode=ro", uri=True, timeout=15)
        try:
            known = connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'decision'").fetchone()
            return connection.execute(_STANDING).fetchall() if known else []
        finally:
            connection.close()
    except sqlite3.Error as error:
        raise ConfigError(f"{path}: {error}; restore a backup, or choose another database with --db") from None


def _of_postgresql(url: str) -> Sequence[tuple[int, int, str]]:
    import psycopg  # noqa: PLC0415 (only where the database is PostgreSQL)

    try:
        with psycopg.connect(url, connect_timeout=5) as connection:
            known = connection.execute("SELECT to_regclass('decision')").fetchone()
            return connection.execute(_STANDING).fetchall() if known and known[0] else []
    except psycopg.Error:  # what the driver says may hold the password
        raise ConfigError(
            "--db: the aliases of decisions cannot be read; check that the database can be reached"
        ) from None

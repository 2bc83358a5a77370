"""The shape of a store: made and migrated by Alembic, from the first table on."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import inspect, text

from model.errors import ConfigError

if TYPE_CHECKING:
    from alembic.config import Config
    from sqlalchemy import Connection

    from storage.store import Store

_FOLDER = Path(__file__).parent / "migrations"
#: The revision that this version of Ostiary reads and writes; a test compares it with the newest file.
HEAD = "0016"


def upgrade(store: Store, revision: str = "head") -> bool:
    """Bring a store to this version's shape, in one transaction; return whether anything had to be done.

    Raises ConfigError where a newer version of Ostiary wrote the store.
    """
    with store.write() as connection:
        current = _current(connection)
        if current == HEAD:
            return False
        if current is not None and current > HEAD:
            raise ConfigError(
                f"this database was written by a newer version of Ostiary (schema {current}, this one knows {HEAD});"
                " install that version, or use another database with --db"
            )
        # Alembic takes half a second to import: only where there is something to do.
        from alembic import command  # noqa: PLC0415

        command.upgrade(_config(connection), revision)
    return True


def is_current(store: Store) -> bool:
    """Whether a store has this version's shape."""
    with store.read() as connection:
        return _current(connection) == HEAD


def size_of(connection: Connection) -> int:
    """Return how many bytes the database takes."""
    if connection.dialect.name == "sqlite":
        sql = "SELECT page_count * page_size FROM pragma_page_count(), pragma_page_size()"
    else:
        sql = "SELECT pg_database_size(current_database())"
    return int(connection.scalar(text(sql)) or 0)


def _current(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    found = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return None if found is None else str(found)


def _config(connection: Connection) -> Config:
    from alembic.config import Config  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(_FOLDER).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config

"""Alembic's environment: migrates over the connection that `storage.schema` hands in."""

import sqlmodel  # noqa: F401 (its types may stand in a revision)
from alembic import context

from storage.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

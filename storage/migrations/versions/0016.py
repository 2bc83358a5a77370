"""The index of the list of findings holds all that counting them reads: SQLite then opens no finding for it."""

from alembic import op
from sqlalchemy import text

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_NAME, _OF_ALL = "ix_finding_listed", ["state", "verdict", "severity", "customer_severity", "watched", "tool_id"]


def upgrade() -> None:
    op.drop_index(_NAME, table_name="finding")
    _create([*_OF_ALL, "valid_to"])


def downgrade() -> None:
    op.drop_index(_NAME, table_name="finding")
    _create(_OF_ALL)


def _create(columns: list[str]) -> None:
    where = text("valid_to IS NULL")
    op.create_index(_NAME, "finding", columns, unique=False, sqlite_where=where, postgresql_where=where)

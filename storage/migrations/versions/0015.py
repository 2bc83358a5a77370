"""An index by which the list of findings is counted and paged, the worst first."""

from alembic import op
from sqlalchemy import text

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index(
        "ix_finding_listed",
        "finding",
        ["state", "verdict", "severity", "customer_severity", "watched", "tool_id"],
        unique=False,
        sqlite_where=text("valid_to IS NULL"),
        postgresql_where=text("valid_to IS NULL"),
    )


def downgrade() -> None:
    op.drop_index("ix_finding_listed", table_name="finding")

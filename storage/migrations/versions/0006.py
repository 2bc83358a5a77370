"""Connections: which right a tool holds on which system, derived from grants."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "connection",
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("tool_id", "system", "held", "scopes")),
        sa.Column("scope_class", sa.Text(), nullable=False),
        *(sa.Column(name, sa.Text(), nullable=True) for name in ("reach", "held_to", "consent")),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("people", "sources", "grants")),
        sa.Column("first_seen", sa.BigInteger(), nullable=False),
        sa.Column("last_used", sa.BigInteger(), nullable=True),
        *(sa.Column(name, sa.SmallInteger(), nullable=True) for name in ("stale", "orphaned", "over_broad")),
        sa.PrimaryKeyConstraint("tool_id", "system", "held"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("connection")

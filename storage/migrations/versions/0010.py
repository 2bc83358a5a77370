"""Waivers: until which day a finding is accepted. Marks: by what a tool was judged."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("finding", sa.Column("waived_until", sa.Text(), nullable=True))
    op.create_table(
        "judged_mark",
        sa.Column("tool_id", sa.Text(), nullable=False),
        sa.Column("mark", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tool_id"),
    )


def downgrade() -> None:
    op.drop_table("judged_mark")
    op.drop_column("finding", "waived_until")

"""Indexes for pages: the cases of a tool, and the last run that read a stream."""

from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_review_case_tool", "review_case", ["tool_id"], unique=False)
    op.drop_index("ix_coverage_stream", table_name="coverage")
    op.create_index("ix_coverage_stream", "coverage", ["stream_id", "run_id"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_coverage_stream", table_name="coverage")
    op.create_index("ix_coverage_stream", "coverage", ["stream_id"], unique=False)
    op.drop_index("ix_review_case_tool", table_name="review_case")

"""What is derived from it."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "actor_person",
        sa.Column("actor_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("person_id", sa.Integer(), nullable=False),
        sa.Column("how", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=True),
        sa.Column("marketing", sa.SmallInteger(), nullable=True),
        sa.PrimaryKeyConstraint("actor_id", "valid_from"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_actor_person_person", "actor_person", ["person_id"], unique=False)
    op.create_table(
        "figures",
        sa.Column("tool_id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("people", sa.Integer(), nullable=False),
        sa.Column("people_ever", sa.Integer(), nullable=False),
        sa.Column("people_marketing", sa.Integer(), nullable=False),
        sa.Column("people_placed", sa.Integer(), nullable=False),
        sa.Column("first_seen", sa.BigInteger(), nullable=True),
        sa.Column("last_seen", sa.BigInteger(), nullable=True),
        sa.Column("sources", sa.Text(), nullable=False),
        sa.Column("spend_12m", sa.Text(), nullable=False),
        sa.Column("spend_total", sa.Text(), nullable=False),
        sa.Column("bought_marketing", sa.Text(), nullable=False),
        sa.Column("bought_placed", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("tool_id"),
    )
    op.create_table(
        "link",
        sa.Column("identity_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("valid_from", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("valid_to", sa.BigInteger(), nullable=True),
        sa.Column("tool_id", sa.Text(), nullable=True),
        sa.Column("matcher", sa.Text(), nullable=True),
        sa.Column("matched", sa.Text(), nullable=True),
        sa.Column("confidence", sa.Float(), nullable=True),
        sa.Column("catalog_version", sa.Text(), nullable=True),
        sa.Column("why", sa.Text(), nullable=False),
        sa.Column("counterparty", sa.Text(), nullable=True),
        sa.Column("merchant_of_record", sa.Text(), nullable=True),
        sa.Column("imitates", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("identity_id", "valid_from"),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_link_tool", "link", ["tool_id"], unique=False)
    op.create_table(
        "tool",
        sa.Column("id", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("vendor", sa.Text(), nullable=True),
        sa.Column("category", sa.Text(), nullable=True),
        sa.Column("marketing", sa.SmallInteger(), nullable=True),
        sa.Column("provisional", sa.SmallInteger(), nullable=False),
        sa.Column("noise", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "usage",
        sa.Column("stream_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("month", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("identity_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("actor_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("method", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("successes", sa.Integer(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("second_factor", sa.Integer(), nullable=False),
        sa.Column("days", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("stream_id", "month", "identity_id", "actor_id", "method"),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    op.drop_table("usage")
    op.drop_table("tool")
    op.drop_index("ix_link_tool", table_name="link")
    op.drop_table("link")
    op.drop_table("figures")
    op.drop_index("ix_actor_person_person", table_name="actor_person")
    op.drop_table("actor_person")

"""What people enter: forecasts that were kept, hours that were spent, outcomes."""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None


def _serial() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), autoincrement=True, nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def upgrade() -> None:
    op.create_table(
        "forecast",
        *(_serial(), _big("at"), _text("tool_id"), _text("by"), _text("currency", nullable=True)),
        *(_big("quote", nullable=True), _big("low"), _big("likely"), _big("high"), _text("given"), _text("points")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "forecast_actual",
        *(_serial(), _big("at"), _text("tool_id"), _text("point")),
        sa.Column("minutes", sa.Integer(), nullable=False),
        *(_text("factor"), _big("cost"), _text("currency", nullable=True), _text("by")),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_table(
        "outcome",
        *(_serial(), _big("at"), _text("tool_id")),
        sa.Column("month", sa.Integer(), nullable=False),
        *(_big(name, nullable=True) for name in ("leads", "reach", "revenue")),
        _text("currency", nullable=True),
        sa.Column("actor_id", sa.Integer(), nullable=False),
        _text("by"),
        sa.PrimaryKeyConstraint("id"),
    )
    for table in ("forecast", "forecast_actual", "outcome"):
        op.create_index(f"ix_{table}_tool", table, ["tool_id"])


def downgrade() -> None:
    for table in ("outcome", "forecast_actual", "forecast"):
        op.drop_index(f"ix_{table}_tool", table_name=table)
        op.drop_table(table)

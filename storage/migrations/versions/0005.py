"""Figures without what facts derive: who is Marketing's, and which money is."""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    for name in ("people_marketing", "people_placed", "bought_marketing", "bought_placed"):
        op.drop_column("figures", name)


def downgrade() -> None:
    for name in ("people_marketing", "people_placed"):
        op.add_column("figures", sa.Column(name, sa.Integer(), nullable=False, server_default="0"))
    for name in ("bought_marketing", "bought_placed"):
        op.add_column("figures", sa.Column(name, sa.Text(), nullable=False, server_default="{}"))

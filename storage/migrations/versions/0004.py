"""What an unknown verdict wants, as data: the facts that would settle it."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("finding", sa.Column("missing", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("finding", "missing")

"""Streams: which system they are of, whatever their source is called."""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("stream", sa.Column("system", sa.Text(), nullable=True))


def downgrade() -> None:
    op.drop_column("stream", "system")

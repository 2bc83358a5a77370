"""The web application: sessions, one-time sign-in links, tokens for programs, acts that are done once."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def _serial() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), autoincrement=True, nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _number(name: str) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=False)


_TABLES: dict[str, tuple[sa.Column[Any], ...]] = {
    "web_session": (
        *(_serial(), _text("token_hash"), _number("account_id"), _big("made_at"), _big("seen_at"), _big("ends_at")),
        *(_big("ended_at", nullable=True), _text("agent", nullable=True), _text("revealed", nullable=True)),
    ),
    "sign_in_link": (
        *(_serial(), _text("token_hash"), _number("account_id"), _big("made_at"), _big("until")),
        _big("used_at", nullable=True),
    ),
    "api_token": (
        *(_serial(), _number("account_id"), _text("name"), _text("token_hash"), _text("acts"), _big("made_at")),
        *(_big("until"), _big("ended_at", nullable=True), _big("used_at", nullable=True)),
    ),
}
_INDEXES = {
    "ux_web_session_token": ("web_session", "token_hash", True),
    "ix_web_session_account": ("web_session", "account_id", False),
    "ux_sign_in_link_token": ("sign_in_link", "token_hash", True),
    "ux_api_token_token": ("api_token", "token_hash", True),
}


def upgrade() -> None:
    for name, columns in _TABLES.items():
        op.create_table(name, *columns, sa.PrimaryKeyConstraint("id"))
    op.create_table(
        "done_once",
        *(_text("key"), _text("digest"), _number("status"), _text("answer", nullable=True), _big("at")),
        sa.PrimaryKeyConstraint("key"),
    )
    for name, (table, column, unique) in _INDEXES.items():
        op.create_index(name, table, [column], unique=unique)


def downgrade() -> None:
    for name, (table, _, _) in _INDEXES.items():
        op.drop_index(name, table_name=table)
    for name in ("done_once", *reversed(_TABLES)):
        op.drop_table(name)

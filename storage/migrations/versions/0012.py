"""The gate: accounts, delegations, what happened to cases, questions, requests, states decided on, a patient outbox."""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def _serial() -> sa.Column[int]:
    return sa.Column("id", sa.Integer(), autoincrement=True, nullable=False)


def _text(name: str, *, nullable: bool = False) -> sa.Column[str]:
    return sa.Column(name, sa.Text(), nullable=nullable)


def _big(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.BigInteger(), nullable=nullable)


def _number(name: str, *, nullable: bool = False) -> sa.Column[int]:
    return sa.Column(name, sa.Integer(), nullable=nullable)


_TABLES: dict[str, tuple[sa.Column[Any], ...]] = {
    "account": (
        *(_serial(), _number("actor_id"), _text("roles"), _text("units"), _text("token_hash", nullable=True)),
        *(_big("valid_from"), _big("valid_to", nullable=True), _big("made_at")),
    ),
    "delegation": (_serial(), _number("account_id"), _number("to_account_id"), _big("since"), _big("until")),
    "case_event": (_serial(), _number("case_id"), _big("at"), _text("by"), _text("kind"), _text("detail")),
    "question": (
        *(_serial(), _text("tool_id"), _number("case_id", nullable=True), _text("fact"), _text("asks")),
        *(_number("actor_id", nullable=True), _text("asked_by"), _big("asked_at"), _big("due_at", nullable=True)),
        *(_text("state"), _text("link_hash", nullable=True), _big("link_until", nullable=True)),
        *(_number("answer", nullable=True), _big("closed_at", nullable=True)),
    ),
    "request": (
        *(_serial(), _number("case_id"), _text("tool_id"), _text("name"), _number("account_id"), _big("at")),
        *(_text("category", nullable=True), _text("unit", nullable=True), _number("people", nullable=True)),
        *(_text("data"), _text("needs"), _big("price", nullable=True), _text("currency", nullable=True)),
        *(_text("purpose_hash"), _text("answered")),
    ),
}
_INDEXES = {
    "ux_account_actor": ("account", "actor_id", True),
    "ix_case_event_case": ("case_event", "case_id", False),
    "ix_question_tool": ("question", "tool_id", False),
    "ix_question_case": ("question", "case_id", False),
    "ix_request_case": ("request", "case_id", False),
    "ix_request_tool": ("request", "tool_id", False),
}
_CASE: tuple[sa.Column[Any], ...] = (
    *(_big("stage_at", nullable=True), _text("spent", nullable=True), _text("unit", nullable=True)),
    _number("reopens", nullable=True),
)
_OUTBOX: tuple[sa.Column[Any], ...] = (
    _big("next_at", nullable=True),
    _text("failure", nullable=True),
    _text("key", nullable=True),
)


def upgrade() -> None:
    for name, columns in _TABLES.items():
        op.create_table(name, *columns, sa.PrimaryKeyConstraint("id"))
    op.create_table("material_state", _text("digest"), _text("body"), sa.PrimaryKeyConstraint("digest"))
    op.create_table("may_apply", _text("tool_id"), _text("policies"), sa.PrimaryKeyConstraint("tool_id"))
    for name, (table, column, unique) in _INDEXES.items():
        op.create_index(name, table, [column], unique=unique)
    for added in _CASE:
        op.add_column("review_case", added)
    for added in _OUTBOX:
        op.add_column("outbox", added)
    op.create_index("ux_outbox_key", "outbox", ["key"], unique=True)


def downgrade() -> None:
    op.drop_index("ux_outbox_key", table_name="outbox")
    for name in ("key", "failure", "next_at"):
        op.drop_column("outbox", name)
    for name in ("reopens", "unit", "spent", "stage_at"):
        op.drop_column("review_case", name)
    for name, (table, _, _) in _INDEXES.items():
        op.drop_index(name, table_name=table)
    for name in ("may_apply", "material_state", *reversed(_TABLES)):
        op.drop_table(name)

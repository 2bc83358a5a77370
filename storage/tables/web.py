"""What the web application keeps: sessions, one-time sign-in links, tokens for programs, and what was done once.

Of every secret only the SHA-256 stands here. A row is ended, never removed.
"""

from sqlalchemy import Index
from sqlmodel import SQLModel

from storage.tables.columns import big, number, serial, text


class WebSession(SQLModel, table=True):
    """One browser of one account. `revealed` is a JSON object, tool id -> until when names are shown (milliseconds)."""

    __tablename__ = "web_session"
    __table_args__ = (
        Index("ux_web_session_token", "token_hash", unique=True),
        Index("ix_web_session_account", "account_id"),
    )

    id: int | None = serial()
    token_hash: str = text()
    account_id: int = number()
    made_at: int = big()
    seen_at: int = big()
    ends_at: int = big()
    ended_at: int | None = big(nullable=True)
    agent: str | None = text(nullable=True)
    revealed: str | None = text(nullable=True)


class SignInLink(SQLModel, table=True):
    """A link that signs an account in, once, until a moment."""

    __tablename__ = "sign_in_link"
    __table_args__ = (Index("ux_sign_in_link_token", "token_hash", unique=True),)

    id: int | None = serial()
    token_hash: str = text()
    account_id: int = number()
    made_at: int = big()
    until: int = big()
    used_at: int | None = big(nullable=True)


class ApiToken(SQLModel, table=True):
    """A token by which a program acts as an account. `acts` is a JSON list: what of the account's rights it has."""

    __tablename__ = "api_token"
    __table_args__ = (Index("ux_api_token_token", "token_hash", unique=True),)

    id: int | None = serial()
    account_id: int = number()
    name: str = text()
    token_hash: str = text()
    acts: str = text()
    made_at: int = big()
    until: int = big()
    ended_at: int | None = big(nullable=True)
    used_at: int | None = big(nullable=True)


class DoneOnce(SQLModel, table=True):
    """An act that was sent with a key, so that sending it again does nothing: what was asked (digest), what answered.

    `key` is `account:N/KEY`; `status` 0 means that it is being done. `answer` is a place to look, or a JSON document.
    """

    __tablename__ = "done_once"

    key: str = text(key=True)
    digest: str = text()
    status: int = number()
    answer: str | None = text(nullable=True)
    at: int = big()

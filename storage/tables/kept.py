"""What people said and did, and what is owed to the outside: never changed after the fact."""

from sqlalchemy import Index
from sqlmodel import SQLModel

from storage.tables.columns import big, number, serial, text


class Company(SQLModel, table=True):
    """The one company of this store, as configured at the last run."""

    __tablename__ = "company"

    id: int = number(key=True, default=1)
    settings: str = text()
    changed_at: int = big()


class Decision(SQLModel, table=True):
    """What a person ruled: append-only. `detail` is JSON without what people wrote; that stands in `text` by hash."""

    __tablename__ = "decision"
    __table_args__ = (Index("ix_decision_object", "object"),)

    id: int | None = serial()
    at: int = big()
    by: str = text()
    kind: str = text()
    object: str = text()
    detail: str = text()
    reason_hash: str | None = text(nullable=True)
    origin: str | None = text(nullable=True, index=True)


class Text(SQLModel, table=True):
    """Text that people wrote, by its hash, so that it can be erased while the audit chain still verifies."""

    __tablename__ = "text"

    hash: str = text(key=True)
    body: str | None = text(nullable=True)


class Audit(SQLModel, table=True):
    """The trail, chained from the first row: `mac` is the HMAC-SHA256 of the row with the previous row's mac."""

    __tablename__ = "audit"

    n: int = number(key=True)
    at: int = big()
    actor: str = text()
    act: str = text()
    object: str = text()
    detail: str = text()
    mac: str = text()


class Outbox(SQLModel, table=True):
    """What is to be sent, written in the transaction of the decision that causes it.

    `key` is one for each thing that is told once. `next_at` is when it is tried again, `failure` why it was not sent.
    """

    __tablename__ = "outbox"
    __table_args__ = (Index("ux_outbox_key", "key", unique=True),)

    id: int | None = serial()
    at: int = big()
    kind: str = text()
    payload: str = text()
    sent_at: int | None = big(nullable=True)
    attempts: int = number(default=0)
    next_at: int | None = big(nullable=True)
    failure: str | None = text(nullable=True)
    key: str | None = text(nullable=True)

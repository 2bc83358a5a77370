"""What the world said: sources, how they name people and apps, and the records they gave."""

from sqlalchemy import Index, UniqueConstraint
from sqlmodel import SQLModel

from storage.tables.columns import big, number, serial, small, text


class Source(SQLModel, table=True):
    """One connected system of the company, such as `okta:acme`."""

    __tablename__ = "source"
    __table_args__ = (UniqueConstraint("name"),)

    id: int | None = serial()
    name: str = text()


class Stream(SQLModel, table=True):
    """One kind of thing read from a source.

    `system` is whose it was when it was last read (`okta`), whatever the source is called; NULL where that was before
    it was kept.
    """

    __tablename__ = "stream"
    __table_args__ = (UniqueConstraint("source_id", "name"),)

    id: int | None = serial()
    source_id: int = number()
    name: str = text()
    mode: str = text()
    system: str | None = text(nullable=True)


class Actor(SQLModel, table=True):
    """The one table with names and addresses of people; everywhere else stands the number.

    `aliases` is a JSON list of further addresses. Number 0 stands for "the source names nobody" and has no row.
    """

    __tablename__ = "actor"
    __table_args__ = (UniqueConstraint("source_id", "native_id"),)

    id: int | None = serial()
    source_id: int = number()
    native_id: str = text()
    address: str | None = text(nullable=True)
    name: str | None = text(nullable=True)
    aliases: str | None = text(nullable=True)
    kind: str = text()


class Identity(SQLModel, table=True):
    """How a source names an app; `key` is `AppIdentity.key()`, `app` the named fields as JSON.

    Of several namings the latest registration's counts. `first_seen_at` is the start of the run that first met it: the
    moment from which its link is valid.
    """

    __tablename__ = "identity"
    __table_args__ = (UniqueConstraint("source_id", "key"),)

    id: int | None = serial()
    source_id: int = number()
    key: str = text()
    app: str = text()
    registered: int = small(default=0)
    first_seen_at: int = big()


class Record(SQLModel, table=True):
    """One version of a signal that is not a landed event. `app` and `facts` are JSON; `digest` tells versions apart."""

    __tablename__ = "record"
    __table_args__ = (
        Index("ix_record_identity", "identity_id"),
        Index("ix_record_kind", "kind", "seen_at"),
        {"sqlite_with_rowid": False},
    )

    stream_id: int = number(key=True)
    native_id: str = text(key=True)
    valid_from: int = big(key=True)
    valid_to: int | None = big(nullable=True)
    kind: str = text()
    seen_at: int = big()
    identity_id: int | None = number(nullable=True)
    actor_id: int = number()
    app: str | None = text(nullable=True)
    facts: str = text()
    amount_micros: int | None = big(nullable=True)
    currency: str | None = text(nullable=True)
    budget: str | None = text(nullable=True)
    digest: int = big()

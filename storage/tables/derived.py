"""What follows from signals, decisions and the catalogue; `ostiary rebuild` makes it anew."""

from sqlalchemy import Index
from sqlmodel import SQLModel

from storage.tables.columns import big, number, small, text


class Usage(SQLModel, table=True):
    """The monthly roll-up of landed events. `method` is the position in `model.signal.METHODS`; `days` a 31-bit map.

    `successes` and `failures` count events; first, last, second_factor and days speak of the successful ones
    (first and last of the failures where nothing succeeded).
    """

    __tablename__ = "usage"
    __table_args__ = {"sqlite_with_rowid": False}

    stream_id: int = number(key=True)
    month: int = number(key=True)
    identity_id: int = number(key=True)
    actor_id: int = number(key=True)
    method: int = small(key=True)
    successes: int = number()
    failures: int = number()
    first_at: int = big()
    last_at: int = big()
    second_factor: int = number()
    days: int = number()


class ActorPerson(SQLModel, table=True):
    """Which person an actor is: the lowest actor number among those that are one. `how` says by what they were joined.

    `marketing` is 1, 0 or NULL (no unit known); `unit` the unit's name as the directory gives it.
    """

    __tablename__ = "actor_person"
    __table_args__ = (Index("ix_actor_person_person", "person_id"), {"sqlite_with_rowid": False})

    actor_id: int = number(key=True)
    valid_from: int = big(key=True)
    valid_to: int | None = big(nullable=True)
    person_id: int = number()
    how: str = text()
    kind: str = text()
    unit: str | None = text(nullable=True)
    marketing: int | None = small(nullable=True)


class Link(SQLModel, table=True):
    """Which tool an identity is, in versions. `tool_id` NULL: nothing says that it is a tool (`why` says so)."""

    __tablename__ = "link"
    __table_args__ = (Index("ix_link_tool", "tool_id"), {"sqlite_with_rowid": False})

    identity_id: int = number(key=True)
    valid_from: int = big(key=True)
    valid_to: int | None = big(nullable=True)
    tool_id: str | None = text(nullable=True)
    matcher: str | None = text(nullable=True)
    matched: str | None = text(nullable=True)
    confidence: float | None = None
    catalog_version: str | None = text(nullable=True)
    why: str = text()
    counterparty: str | None = text(nullable=True)
    merchant_of_record: str | None = text(nullable=True)
    imitates: str | None = text(nullable=True)


class Tool(SQLModel, table=True):
    """One product in use in the company; its id is the catalogue's, or of its own where it is provisional."""

    __tablename__ = "tool"

    id: str = text(key=True)
    name: str = text()
    vendor: str | None = text(nullable=True)
    category: str | None = text(nullable=True)
    marketing: int | None = small(nullable=True)
    provisional: int = small()
    noise: str | None = text(nullable=True)
    status: str = text()


class Figures(SQLModel, table=True):
    """The figures of one tool as of the last run; people and sources are what listings show."""

    __tablename__ = "figures"

    tool_id: str = text(key=True)
    people: int = number()
    people_ever: int = number()
    first_seen: int | None = big(nullable=True)
    last_seen: int | None = big(nullable=True)
    sources: str = text()
    spend_12m: str = text()
    spend_total: str = text()


class Connection(SQLModel, table=True):
    """Which right a tool holds on which system of the company, as of the last run.

    `held` is the right. `scopes` is a JSON list of {scope, class, meaning, limit}, `people` of the numbers of the
    persons who granted it, `sources` of names, and `grants` of the newest grants, each {evidence, person, since,
    last_used, stale, left, consent}. `stale`, `orphaned` and `over_broad` are 1, 0 or NULL (not known).
    """

    __tablename__ = "connection"
    __table_args__ = {"sqlite_with_rowid": False}

    tool_id: str = text(key=True)
    system: str = text(key=True)
    held: str = text(key=True)
    scopes: str = text()
    scope_class: str = text()
    reach: str | None = text(nullable=True)
    held_to: str | None = text(nullable=True)
    consent: str | None = text(nullable=True)
    people: str = text()
    sources: str = text()
    grants: str = text()
    first_seen: int = big()
    last_used: int | None = big(nullable=True)
    stale: int | None = small(nullable=True)
    orphaned: int | None = small(nullable=True)
    over_broad: int | None = small(nullable=True)

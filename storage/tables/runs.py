"""What was read: runs, coverage, quarantine, cursors, and the landing files of events."""

from sqlalchemy import Index
from sqlmodel import SQLModel

from storage.tables.columns import big, number, serial, text


class Run(SQLModel, table=True):
    """One run of a command that reads or derives. `as_of` is the date from which its figures count back."""

    __tablename__ = "run"

    id: int | None = serial()
    command: str = text()
    started_at: int = big()
    ended_at: int | None = big(nullable=True)
    as_of: int = big()
    outcome: str | None = text(nullable=True)
    catalog_version: str | None = text(nullable=True)
    digest: str | None = text(nullable=True)


class Coverage(SQLModel, table=True):
    """What one run really read of one stream."""

    __tablename__ = "coverage"
    __table_args__ = (Index("ix_coverage_stream", "stream_id", "run_id"),)

    run_id: int = number(key=True)
    stream_id: int = number(key=True)
    status: str = text()
    window_start: int | None = big(nullable=True)
    window_end: int | None = big(nullable=True)
    read: int = number()
    stored: int = number()
    quarantined: int = number()
    gap: str | None = text(nullable=True)
    reason: str | None = text(nullable=True)
    remedy: str | None = text(nullable=True)


class Quarantine(SQLModel, table=True):
    """A record that could not be read: where it stands and why, never its content."""

    __tablename__ = "quarantine"

    id: int | None = serial()
    run_id: int = number(index=True)
    stream_id: int = number()
    file: str = text()
    number: int = number()
    reason: str = text()


class Cursor(SQLModel, table=True):
    """How far an event stream was read; moves only in the transaction that commits what was read."""

    __tablename__ = "cursor"

    stream_id: int = number(key=True)
    value: str = text()
    moved_at: int = big()
    run_id: int = number()


class LandingFile(SQLModel, table=True):
    """One immutable Parquet file of events of one stream and month, `pending` until its run committed it."""

    __tablename__ = "landing_file"
    __table_args__ = (Index("ix_landing_file_month", "stream_id", "month"),)

    name: str = text(key=True)
    stream_id: int = number()
    month: int = number()
    state: str = text()
    rows: int = number()
    bytes: int = big()
    run_id: int = number()
    lease_until: int = big()


class LandingMonth(SQLModel, table=True):
    """One month of one event stream: `dirty` until rolled up, `rolled`, or `sealed` (purged: roll-up is input)."""

    __tablename__ = "landing_month"

    stream_id: int = number(key=True)
    month: int = number(key=True)
    state: str = text()
    changed_at: int = big()


class DueRun(SQLModel, table=True):
    """What was run, or is, for one due time of one schedule; the key lets only one process take it."""

    __tablename__ = "due_run"

    schedule: str = text(key=True)
    due_at: int = big(key=True)
    spec: str = text()
    state: str = text()
    attempts: int = number()
    taken_at: int = big()
    ended_at: int | None = big(nullable=True)
    run_id: int | None = number(nullable=True)
    reason: str | None = text(nullable=True)

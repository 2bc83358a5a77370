"""Due runs: one row a schedule and due time, so that what is due once is run once, whoever looks.

States: `begun` (from when on a schedule counts; nothing ran), `running`, `waiting` (to be tried again), `interrupted`
(to be taken up again), and how it ended: `complete`, `partial`, `failed`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, select, update
from sqlalchemy.dialects import postgresql, sqlite

from storage.tables import metadata
from storage.times import from_ms, to_ms

_DUE = metadata.tables["due_run"]
_OPEN = ("running", "waiting", "interrupted")
_KEPT = timedelta(days=400)
#: How often one due run is taken up before it counts as failed: a process that dies of it would otherwise go on dying.
ATTEMPTS = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """One due run as it stands. `spec` is how the schedule was written at that time."""

    due_at: datetime
    spec: str
    state: str
    attempts: int
    taken_at: datetime
    ended_at: datetime | None
    run_id: int | None
    reason: str | None

    @property
    def is_open(self) -> bool:
        """Whether it did not come to its end."""
        return self.state in _OPEN

    @property
    def ran(self) -> bool:
        """Whether anything was run for it."""
        return self.state != "begun"


def latest(connection: Connection, schedule: str, *, ran: bool = False) -> Due | None:
    """Return the latest due run of a schedule; with `ran` the latest for which anything was run."""
    wanted = select(_DUE).where(_DUE.c.schedule == schedule).order_by(_DUE.c.due_at.desc()).limit(1)
    row = connection.execute(wanted.where(_DUE.c.state != "begun") if ran else wanted).one_or_none()
    if row is None:
        return None
    return Due(
        due_at=from_ms(row.due_at),
        spec=row.spec,
        state=row.state,
        attempts=row.attempts,
        taken_at=from_ms(row.taken_at),
        ended_at=None if row.ended_at is None else from_ms(row.ended_at),
        run_id=row.run_id,
        reason=row.reason,
    )


def begin(connection: Connection, schedule: str, spec: str, now: datetime) -> None:
    """Let a schedule count from now on: what was due before it was written, or written otherwise, is not caught up."""
    _enter(connection, schedule, spec, now, now, state="begun", attempts=0)


def take(connection: Connection, schedule: str, spec: str, due_at: datetime, now: datetime) -> int | None:
    """Take a due run that nobody took; return the number of the attempt, None where somebody did."""
    connection.execute(delete(_DUE).where((_DUE.c.schedule == schedule) & (_DUE.c.due_at < to_ms(now - _KEPT))))
    return 1 if _enter(connection, schedule, spec, due_at, now, state="running", attempts=1) else None


def retake(connection: Connection, schedule: str, due_at: datetime, now: datetime) -> int | None:
    """Take up again what did not come to its end; return the number of the attempt, None where there were enough.

    The caller holds the schedule lock: without it, what runs cannot be told from what was killed.
    """
    where = _key(schedule, due_at) & _DUE.c.state.in_(_OPEN)
    found = connection.execute(select(_DUE.c.attempts).where(where)).scalar_one_or_none()
    if found is None:
        return None
    if found >= ATTEMPTS:
        ended = {"state": "failed", "ended_at": to_ms(now)}
        connection.execute(update(_DUE).where(where).values(ended))
        return None
    again = {"state": "running", "attempts": found + 1, "taken_at": to_ms(now), "ended_at": None}
    connection.execute(update(_DUE).where(where).values(again))
    return int(found) + 1


def settle(
    connection: Connection,
    schedule: str,
    due_at: datetime,
    attempt: int,
    *,
    state: str,
    now: datetime,
    run_id: int | None = None,
    reason: str | None = None,
) -> bool:
    """Say how an attempt ended; return False where another attempt has taken its place.

    One that a person interrupted does not count as an attempt.
    """
    done = {"state": state, "ended_at": to_ms(now), "run_id": run_id, "reason": reason}
    if state == "interrupted":
        done["attempts"] = attempt - 1
    where = _key(schedule, due_at) & (_DUE.c.attempts == attempt) & (_DUE.c.state == "running")
    return connection.execute(update(_DUE).where(where).values(done)).rowcount == 1


def abandon(connection: Connection, schedule: str, before: datetime, now: datetime) -> None:
    """Mark what was cut off before a later due time as interrupted for good: the later run stands for it."""
    where = (_DUE.c.schedule == schedule) & (_DUE.c.due_at < to_ms(before)) & (_DUE.c.state == "running")
    connection.execute(update(_DUE).where(where).values({"state": "interrupted", "ended_at": to_ms(now)}))


def _key(schedule: str, due_at: datetime) -> ColumnElement[bool]:
    return (_DUE.c.schedule == schedule) & (_DUE.c.due_at == to_ms(due_at))


def _enter(
    connection: Connection, schedule: str, spec: str, due_at: datetime, now: datetime, *, state: str, attempts: int
) -> bool:
    """Enter a row; return False where there is one of that schedule and time, whoever entered it."""
    row = {
        "schedule": schedule,
        "due_at": to_ms(due_at),
        "spec": spec,
        "state": state,
        "attempts": attempts,
        "taken_at": to_ms(now),
    }
    dialect = sqlite if connection.dialect.name == "sqlite" else postgresql
    # psycopg does not count the rows of an insert; what it returns can be counted.
    entered = dialect.insert(_DUE).values(row).on_conflict_do_nothing().returning(_DUE.c.due_at)
    return connection.execute(entered).first() is not None

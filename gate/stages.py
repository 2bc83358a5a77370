"""The stages of a case: each has a clock in working days, which stands still while somebody else is waited for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from gate.working_time import WorkingTime

#: Stage -> whom it waits for; the second key waits for the side that has not signed.
WAITS: Mapping[str, str] = {"new": "security", "questions": "owner", "review": "security"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Clock:
    """Where a case stands: its stage since when, due when, and the working days that earlier visits to stages took."""

    stage: str
    since: datetime
    due_at: datetime
    spent: Mapping[str, int]


def begin(at: datetime, days: Mapping[str, int], time: WorkingTime) -> Clock:
    """Return the clock of a case that was opened just now."""
    return Clock(stage="new", since=at, due_at=time.due(at, days["new"]), spent={})


def enter(clock: Clock, stage: str, at: datetime, days: Mapping[str, int], time: WorkingTime) -> Clock:
    """Return the clock after a case went on to another stage, or back to one where it was before.

    A stage that is entered again has the days that are left of it; the same stage goes on as it was.
    """
    if stage == clock.stage:
        return clock
    gone = clock.spent.get(clock.stage, 0) + time.passed(clock.since, at)
    spent = {**clock.spent, clock.stage: gone}
    left = max(days[stage] - spent.get(stage, 0), 0)
    return Clock(stage=stage, since=at, due_at=time.due(at, left), spent=spent)


def overdue(clock: Clock, at: datetime) -> bool:
    """Return whether a stage should have ended by now."""
    return at > clock.due_at

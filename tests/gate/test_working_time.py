"""What is due in working days: weekends, holidays and zones pass for nothing."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.working_time import WorkingTime

ZONE = ZoneInfo("Europe/Berlin")
BERLIN = WorkingTime(zone="Europe/Berlin", holidays=frozenset({date(2026, 12, 25), date(2027, 1, 1)}))
MOMENTS = st.integers(0, 730 * 86_400).map(lambda s: datetime(2026, 1, 1, tzinfo=UTC) + timedelta(seconds=s))


@pytest.mark.parametrize(
    ("since", "days", "due"),
    [
        ("2026-12-21T09:00+01:00", 1, "2026-12-22"),
        ("2026-12-23T09:00+01:00", 1, "2026-12-24"),
        ("2026-12-24T09:00+01:00", 1, "2026-12-28"),
        ("2026-12-25T09:00+01:00", 0, "2026-12-28"),
        ("2026-12-26T09:00+01:00", 1, "2026-12-28"),
        ("2026-12-31T23:30+01:00", 1, "2027-01-04"),
        ("2026-12-31T23:30+00:00", 1, "2027-01-04"),
        ("2026-12-21T09:00+01:00", 10, "2027-01-06"),
    ],
)
def test_so_many_working_days_later(since, days, due):
    found = BERLIN.due(datetime.fromisoformat(since), days)

    assert (found + timedelta(milliseconds=1)).astimezone(ZONE) == datetime.combine(
        date.fromisoformat(due) + timedelta(days=1), time(), ZONE
    )


@given(MOMENTS, st.integers(0, 60))
def test_what_is_due_ends_a_working_day_and_has_passed_by_then(since, days):
    due = BERLIN.due(since, days)

    assert due > since
    assert BERLIN.passed(since, due - timedelta(milliseconds=1)) <= days
    assert BERLIN.passed(since, due) >= days


@given(MOMENTS, MOMENTS, MOMENTS)
def test_days_passed_add_up(first, second, third):
    first, second, third = sorted((first, second, third))

    assert BERLIN.passed(first, third) == BERLIN.passed(first, second) + BERLIN.passed(second, third)


def test_nothing_passes_backwards():
    assert BERLIN.passed(datetime(2026, 3, 9, tzinfo=UTC), datetime(2026, 3, 2, tzinfo=UTC)) == 0


def test_a_calendar_without_a_working_day_is_refused():
    idle = WorkingTime(weekend=frozenset(range(7)))

    with pytest.raises(ValueError, match="no working day"):
        idle.due(datetime(2026, 3, 2, tzinfo=UTC), 1)


def test_a_clock_does_not_run_backwards():
    with pytest.raises(ValueError, match="negative"):
        BERLIN.due(datetime(2026, 3, 2, tzinfo=UTC), -1)

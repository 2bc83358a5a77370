"""One clock a stage, in working days: it stands still while the other side is waited for."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from gate.rules import STAGES
from gate.stages import begin, enter, overdue
from gate.working_time import WorkingTime

DAYS = {"new": 2, "questions": 5, "review": 5, "second_key": 3}
TIME = WorkingTime(zone="Europe/Berlin")
MONDAY = datetime(2026, 6, 1, 8, tzinfo=UTC)
DAY = timedelta(days=1)


def day(moment):
    return (moment + timedelta(hours=2)).date().isoformat()


def test_a_new_case_is_due_in_its_days():
    assert day(begin(MONDAY, DAYS, TIME).due_at) == "2026-06-03"


def test_the_reviewers_clock_stands_still_while_the_owner_is_asked():
    review = enter(begin(MONDAY, DAYS, TIME), "review", MONDAY, DAYS, TIME)
    asked = enter(review, "questions", MONDAY + 2 * DAY, DAYS, TIME)
    back = enter(asked, "review", MONDAY + 14 * DAY, DAYS, TIME)

    assert day(review.due_at) == "2026-06-08"
    assert day(asked.due_at) == "2026-06-10"
    assert back.spent == {"new": 0, "review": 2, "questions": 8}
    assert day(back.due_at) == "2026-06-18"


def test_a_stage_that_has_used_up_its_days_is_due_at_once():
    review = enter(begin(MONDAY, DAYS, TIME), "review", MONDAY, DAYS, TIME)
    late = enter(enter(review, "questions", MONDAY + 20 * DAY, DAYS, TIME), "review", MONDAY + 21 * DAY, DAYS, TIME)

    assert day(late.due_at) == day(MONDAY + 21 * DAY)


def test_going_on_in_the_same_stage_changes_nothing():
    clock = begin(MONDAY, DAYS, TIME)

    assert enter(clock, "new", MONDAY + DAY, DAYS, TIME) is clock


def test_a_stage_is_overdue_after_its_last_day():
    clock = begin(MONDAY, DAYS, TIME)

    assert not overdue(clock, clock.due_at)
    assert overdue(clock, clock.due_at + timedelta(milliseconds=1))


@given(st.lists(st.tuples(st.sampled_from(STAGES), st.integers(0, 9 * 24)), max_size=12))
def test_all_days_are_counted_for_one_stage_each(steps):
    clock, at = begin(MONDAY, DAYS, TIME), MONDAY
    for stage, hours in steps:
        at += timedelta(hours=hours)
        clock = enter(clock, stage, at, DAYS, TIME)
        assert clock.due_at >= clock.since

    counted = sum(clock.spent.values()) + TIME.passed(clock.since, at)
    assert counted == TIME.passed(MONDAY, at)

"""The real clock gives an aware moment in UTC."""

from datetime import UTC, datetime, timedelta

from model.ports import SystemClock


def test_the_machines_clock_says_utc():
    now = SystemClock().now()

    assert now.utcoffset() == timedelta(0)


def test_the_machines_clock_does_not_stand_still_and_does_not_lie_in_the_past():
    before = datetime.now(UTC)

    assert before <= SystemClock().now() <= datetime.now(UTC)

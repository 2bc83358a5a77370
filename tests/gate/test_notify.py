"""Who receives what, and when nobody is disturbed: in the company's zone, also where its clocks are set."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gate.notify import EVENTS, Notify, Reach, Recipient

BERLIN = "Europe/Berlin"

NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)


def at(day, clock):
    return datetime.combine(date.fromisoformat(day), time.fromisoformat(clock), UTC)


@pytest.mark.parametrize(
    ("moment", "until"),
    [
        (("2026-07-01", "17:59"), None),
        (("2026-07-01", "18:00"), ("2026-07-02", "05:00")),
        (("2026-07-01", "23:30"), ("2026-07-02", "05:00")),
        (("2026-07-02", "04:59"), ("2026-07-02", "05:00")),
        (("2026-07-02", "05:00"), None),
    ],
)
def test_quiet_hours_over_midnight_end_in_the_morning_of_the_zone(moment, until):
    notify = Notify(quiet=(time(20), time(7)), zone=BERLIN)

    assert notify.quiet_until(at(*moment)) == (at(*until) if until else None)


def test_quiet_hours_within_a_day_end_on_it():
    notify = Notify(quiet=(time(12), time(13, 30)))

    assert notify.quiet_until(at("2026-07-01", "12:30")) == at("2026-07-01", "13:30")
    assert notify.quiet_until(at("2026-07-01", "13:30")) is None
    assert notify.quiet_until(at("2026-07-01", "11:59")) is None


def test_without_quiet_hours_everybody_may_be_told_at_any_time():
    assert Notify().quiet_until(at("2026-07-01", "03:00")) is None


@given(
    moment=st.integers(0, 365 * 86_400).map(lambda seconds: NEW_YEAR + timedelta(seconds=seconds)),
    begin=st.times(),
    end=st.times(),
    zone=st.sampled_from([BERLIN, "UTC", "America/New_York", "Asia/Kolkata"]),
)
def test_quiet_hours_end_within_a_day_and_nobody_is_quiet_when_they_have_ended(moment, begin, end, zone):
    if begin == end:
        return
    notify = Notify(quiet=(begin, end), zone=zone)

    until = notify.quiet_until(moment)

    if until is not None:
        assert moment < until <= moment + timedelta(hours=26)
        assert until.astimezone(ZoneInfo(zone)).time() == end or until.astimezone(ZoneInfo(zone)).fold


@pytest.mark.parametrize(
    ("quiet", "wanted"),
    [(None, "08:00"), ((time(20), time(9, 30)), "09:30"), ((time(20), time(7)), "08:00")],
)
def test_what_is_too_much_for_a_day_waits_for_the_next_one_past_the_quiet_hours(quiet, wanted):
    notify = Notify(quiet=quiet, digest_at=time(8))

    assert notify.next_digest(at("2026-07-01", "15:00")) == at("2026-07-02", wanted)


def test_a_day_is_the_companys():
    assert Notify(zone="Asia/Tokyo").day(at("2026-07-01", "15:30")) == date(2026, 7, 2)


@pytest.mark.parametrize(
    ("units", "unit", "wanted"),
    [
        ((), None, True),
        ((), "Sales", True),
        (("Marketing",), " marketing ", True),
        (("/Sales/Marketing",), "/sales/marketing/web", True),
        (("Marketing",), "Marketing-Ops", False),
        (("Marketing",), "Sales", False),
        (("Marketing",), None, False),
    ],
)
def test_a_receiver_of_a_unit_is_told_of_its_cases_alone(units, unit, wanted):
    one = Recipient(name="slack", reach=Reach.CHANNEL, events=frozenset(EVENTS), units=units)

    assert one.wants("case_opened", unit) is wanted


def test_a_receiver_is_told_of_the_events_it_names():
    one = Recipient(name="slack", reach=Reach.CHANNEL, events=frozenset({"decided"}))

    assert one.wants("decided", None)
    assert not one.wants("case_opened", None)

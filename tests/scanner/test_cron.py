"""How schedules are written: crontab's days of the week, fields, periods."""

from __future__ import annotations

from contextlib import suppress
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scanner.cron import fields, period, weekdays

DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("*", "*"),
        ("0", "sun"),
        ("7", "sun"),
        ("1", "mon"),
        ("1-5", "mon,tue,wed,thu,fri"),
        ("5-7", "sun,fri,sat"),
        ("0-3", "sun,mon,tue,wed"),
        ("fri-mon", "sun,mon,fri,sat"),
        ("6,0", "sun,sat"),
        ("*/2", "sun,tue,thu,sat"),
        ("1-5/2", "mon,wed,fri"),
        ("1/3", "mon,thu"),
        ("mon,3", "mon,wed"),
        ("0-7", "sun,mon,tue,wed,thu,fri,sat"),
        ("2-2", "tue"),
    ],
)
def test_days_of_the_week_are_those_of_a_crontab(field, names):
    assert weekdays(field) == names


@pytest.mark.parametrize("field", ["8", "-1", "mo", "1-", "1//2", "1/0", "", "1,,2", "monday"])
def test_what_is_no_day_is_told(field):
    with pytest.raises(ValueError, match="a day of the week is 0 to 7"):
        weekdays(field)


@given(st.sets(st.integers(0, 6), min_size=1))
def test_a_list_of_numbers_and_the_list_of_its_names_are_the_same(numbers):
    assert weekdays(",".join(map(str, numbers))) == weekdays(",".join(DAYS[n] for n in numbers))


@given(st.integers(0, 6), st.integers(0, 6))
def test_a_range_of_days_goes_from_its_first_to_its_last_over_the_end_of_the_week(first, last):
    found = weekdays(f"{DAYS[first]}-{DAYS[last]}").split(",")

    assert {DAYS[first], DAYS[last]} <= set(found)
    assert len(found) == (last - first) % 7 + 1


@given(st.text(max_size=12) | st.text("0123456789*/-, mhdonsat", max_size=12))
def test_any_text_is_read_or_refused_and_what_is_read_is_well_formed(text):
    with suppress(ValueError):
        assert set(weekdays(text).split(",")) <= {*DAYS, "*"}
    with suppress(ValueError):
        assert period(text) > timedelta(0)
    with suppress(ValueError):
        assert len(fields(text)) == 5


def test_five_fields_are_taken_apart_by_name():
    assert fields(" 15 3 * 1,7 Mon ") == {
        "minute": "15",
        "hour": "3",
        "day": "*",
        "month": "1,7",
        "day_of_week": "mon",
    }


@pytest.mark.parametrize("text", ["", "0 3 * *", "0 0 3 * * *", "@daily"])
def test_another_number_of_fields_is_told_with_an_example(text):
    with pytest.raises(ValueError, match=r"instead of five: .*cron: 0 3 \* \* \*"):
        fields(text)


def test_a_day_of_the_month_and_of_the_week_together_are_refused():
    with pytest.raises(ValueError, match="leave one of the two"):
        fields("0 3 1 * 1")


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("90m", timedelta(minutes=90)),
        ("6h", timedelta(hours=6)),
        (" 1 D ", timedelta(days=1)),
    ],
)
def test_a_period_has_a_number_and_a_unit(text, found):
    assert period(text) == found


@pytest.mark.parametrize("text", ["", "6", "h", "0h", "-1h", "1.5h", "6 hours", "1h30m", "6s", "²h"])
def test_what_is_no_period_is_told(text):
    with pytest.raises(ValueError, match="such as 90m, 6h or 1d"):
        period(text)

"""Times and days: every spelling that vendors write, and nothing else."""

from datetime import UTC, date, datetime, timedelta, timezone
from email.utils import format_datetime
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.times import OrderVotes, business_day, day_start, parse_day, parse_time
from model.errors import Malformed

BERLIN = ZoneInfo("Europe/Berlin")
NEW_YORK = ZoneInfo("America/New_York")
MOMENTS = st.datetimes(datetime(1990, 1, 2), datetime(2100, 12, 30), timezones=st.just(UTC))  # noqa: DTZ001 (bounds are naive)
DAYS = st.dates(date(1990, 1, 1), date(2089, 12, 31))
JUNK = st.one_of(st.text(), st.integers(), st.floats(), st.none(), st.booleans(), st.binary(), st.lists(st.integers()))


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2022-09-13T05:22:43Z", "2022-09-13T05:22:43+00:00"),
        ("2022-09-13T05:22:43z", "2022-09-13T05:22:43+00:00"),
        ("2022-09-13 05:22:43", "2022-09-13T05:22:43+00:00"),
        ("  2022-09-13T05:22:43  ", "2022-09-13T05:22:43+00:00"),
        ("2022-09-13T05:22:43.4Z", "2022-09-13T05:22:43.400000+00:00"),
        ("2022-09-13T05:22:43.429Z", "2022-09-13T05:22:43.429000+00:00"),
        ("2022-09-13T05:22:43.1234567Z", "2022-09-13T05:22:43.123456+00:00"),
        ("2022-09-13T05:22:43.123456789", "2022-09-13T05:22:43.123456+00:00"),
        ("2022-09-13T05:22:43,429Z", "2022-09-13T05:22:43.429000+00:00"),
        ("2022-09-13T05:22:43+00:00", "2022-09-13T05:22:43+00:00"),
        ("2022-09-13T05:22:43.000+0000", "2022-09-13T05:22:43+00:00"),
        ("2022-09-13T05:22:43-0730", "2022-09-13T12:52:43+00:00"),
        ("2022-09-13T05:22:43 +02:00", "2022-09-13T03:22:43+00:00"),
        ("2022-09-13T05:22Z", "2022-09-13T05:22:00+00:00"),
        ("2022-09-13 05:22:43 UTC", "2022-09-13T05:22:43+00:00"),
        ("2022/09/13 05:22:43", "2022-09-13T05:22:43+00:00"),
        ("2024-12-17 00:00:00000000", "2024-12-17T00:00:00+00:00"),
        ("20220913052243.429", "2022-09-13T05:22:43.429000+00:00"),
        ("20220913052243", "2022-09-13T05:22:43+00:00"),
        ("20220913", "2022-09-13T00:00:00+00:00"),
        ("1/9/2007 10:41:00 AM +01:00", "2007-01-09T09:41:00+00:00"),
        ("9/1/2022, 10:41:00 PM", "2022-09-01T22:41:00+00:00"),
        ("9/1/2022 12:00:00 AM", "2022-09-01T00:00:00+00:00"),
        ("9/1/2022 12:00:00 PM", "2022-09-01T12:00:00+00:00"),
        ("Mon Aug 28 08:04:30 2023", "2023-08-28T08:04:30+00:00"),
        ("Mon Aug 28 08:04:30 UTC 2023", "2023-08-28T08:04:30+00:00"),
        ("Mon, 28 Aug 2023 08:04:30 GMT", "2023-08-28T08:04:30+00:00"),
        ("2026-03-02", "2026-03-02T00:00:00+00:00"),
        ("Mar 2, 2026 10:00 AM", "2026-03-02T10:00:00+00:00"),
        ("March 2, 2026 at 10:00 p.m.", "2026-03-02T22:00:00+00:00"),
        ("02-Mar-2026", "2026-03-02T00:00:00+00:00"),
        (1661774670, "2022-08-29T12:04:30+00:00"),
        (1661774670123, "2022-08-29T12:04:30.123000+00:00"),
        (1661774670123456, "2022-08-29T12:04:30.123456+00:00"),
        (1661774670123456789, "2022-08-29T12:04:30.123456+00:00"),
        (1661774670.123, "2022-08-29T12:04:30.123000+00:00"),
        ("1661774670", "2022-08-29T12:04:30+00:00"),
        ("1661774670.5", "2022-08-29T12:04:30.500000+00:00"),
        ("1661774670123", "2022-08-29T12:04:30.123000+00:00"),
        ({"value": 1661774670123}, "2022-08-29T12:04:30.123000+00:00"),
        ({"value": "2022-09-13T05:22:43Z"}, "2022-09-13T05:22:43+00:00"),
    ],
)
def test_each_spelling_gives_its_moment_in_utc(written, meant):
    assert parse_time(written).isoformat() == meant


@pytest.mark.parametrize(
    "written",
    [
        *(
            "redacted",
            "...",
            "",
            " ",
            "null",
            "now",
            "12",
            "T10:00:00Z",
            "2022-09-13T25:00:00Z",
            "2022-13-01",
            "2022-02-30",
        ),
        *("2022-09-13T05:22:43+99:99", "2022-09-13x05:22:43Z", "2022-W37-2T05:22:43Z", "13/13/2022 10:00:00 AM", "1e9"),
        *("9/1/2022 13:00:00 PM", "Foo 2, 2026", "1989-12-31T23:59:59Z", "2101-01-01", "0001-01-01T00:00:00+10:00"),
        *(
            "9999-12-31T23:59:59-10:00",
            "9" * 5000,
            "2022-09-13 05:22:43 Mars",
            None,
            True,
            [],
            {},
            {"value": None},
            b"2022-09-13",
        ),
        *({"value": {"value": 1661774670}}, -1, 0, 10**30, float("nan"), float("inf"), 1e300, -1661774670.5),
    ],
)
def test_what_is_no_time_between_1990_and_2100_is_malformed(written):
    with pytest.raises(Malformed):
        parse_time(written)


def test_a_message_never_quotes_the_content():
    with pytest.raises(Malformed) as caught:
        parse_time("hunter2-secret")

    assert "hunter2" not in str(caught.value)


def test_a_time_without_offset_stands_in_the_zone_that_the_caller_assumes():
    assert parse_time("2022-09-13T05:22:43", BERLIN) == datetime(2022, 9, 13, 3, 22, 43, tzinfo=UTC)
    assert parse_time("Mar 2, 2026 10:00 AM", BERLIN) == datetime(2026, 3, 2, 9, tzinfo=UTC)
    assert parse_time("20220913052243", BERLIN) == datetime(2022, 9, 13, 3, 22, 43, tzinfo=UTC)


def test_an_offset_goes_before_the_assumed_zone():
    assert parse_time("2022-09-13T05:22:43Z", BERLIN) == datetime(2022, 9, 13, 5, 22, 43, tzinfo=UTC)
    assert parse_time(1661774670, BERLIN) == parse_time(1661774670)


@given(MOMENTS, st.integers(-14 * 60, 14 * 60))
def test_an_iso_time_comes_back_from_any_offset(moment, minutes):
    there = moment.astimezone(timezone(timedelta(minutes=minutes)))

    assert parse_time(there.isoformat()) == moment
    assert parse_time(there.isoformat(" ")) == moment
    assert parse_time(there.strftime("%Y-%m-%dT%H:%M:%S.%f%z")) == moment


@given(MOMENTS)
def test_an_epoch_comes_back_whatever_its_unit(moment):
    micros = (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)

    assert parse_time(micros * 1000) == moment
    assert parse_time(micros) == moment
    assert parse_time(str(micros // 1000)) == moment.replace(microsecond=moment.microsecond // 1000 * 1000)
    assert parse_time(f"{micros // 10**6}.{micros % 10**6:06d}") == moment


@given(MOMENTS)
def test_the_spellings_for_people_come_back_to_the_second(moment):
    whole = moment.replace(microsecond=0)

    assert parse_time(format_datetime(whole)) == whole
    assert parse_time(whole.ctime()) == whole
    assert parse_time(whole.strftime("%m/%d/%Y %I:%M:%S %p +00:00")) == whole
    assert parse_time(whole.strftime("%b %d, %Y %I:%M:%S %p")) == whole
    assert parse_time(whole.strftime("%Y%m%d%H%M%S")) == whole


@given(JUNK)
def test_whatever_comes_is_an_aware_utc_time_or_malformed(value):
    try:
        found = parse_time(value)
    except Malformed:
        return
    assert found.tzinfo is UTC
    assert 1990 <= found.year <= 2100


@pytest.mark.parametrize(
    ("written", "order", "meant"),
    [
        ("03/01/17", "dmy", date(2017, 1, 3)),
        ("03/01/17", "mdy", date(2017, 3, 1)),
        ("17-01-03", "ymd", date(2017, 1, 3)),
        ("3.1.2017", "dmy", date(2017, 1, 3)),
        ("03.01.2017.", "dmy", date(2017, 1, 3)),
        ("2017-01-03", "dmy", date(2017, 1, 3)),
        ("2017/01/03", "mdy", date(2017, 1, 3)),
        ("2017-01-03T23:59:59Z", "ymd", date(2017, 1, 3)),
        ("03/01/2017 10:41:00 AM", "dmy", date(2017, 1, 3)),
        ("20170103", "ymd", date(2017, 1, 3)),
        ("03012017", "dmy", date(2017, 1, 3)),
        ("01/02/95", "dmy", date(1995, 2, 1)),
        ("3 Jan 2017", "mdy", date(2017, 1, 3)),
        ("Jan 3, 2017", "dmy", date(2017, 1, 3)),
        ("03-JAN-17", "dmy", date(2017, 1, 3)),
        ("17-Jan-03", "ymd", date(2017, 1, 3)),
        ("2017 January 3", "dmy", date(2017, 1, 3)),
        ("3. März 2026", "dmy", date(2026, 3, 3)),
        ("3 août 2026", "dmy", date(2026, 8, 3)),
        ("3 de enero de 2026", "dmy", date(2026, 1, 3)),
        ("Tue, 3 Jan 2017", "dmy", date(2017, 1, 3)),
    ],
)
def test_a_statement_day_is_read_in_the_given_order(written, order, meant):
    assert parse_day(written, order) == meant


@pytest.mark.parametrize(
    "written", ["", "31/02/17", "17", "13/13/2017", "3 Foo 2017", "Jan Feb 2017", "01/01/1989", "1/2/3", "1/2/017"]
)
def test_what_is_no_day_is_malformed(written):
    with pytest.raises(Malformed):
        parse_day(written, "dmy")


@given(DAYS)
def test_a_day_comes_back_in_each_order(day):
    assert parse_day(day.isoformat(), "dmy") == day
    assert parse_day(day.strftime("%d/%m/%y"), "dmy") == day
    assert parse_day(day.strftime("%m-%d-%Y"), "mdy") == day
    assert parse_day(day.strftime("%y.%m.%d"), "ymd") == day
    assert parse_day(day.strftime("%d %B %Y"), "mdy") == day
    assert parse_day(day.strftime("%b %d, %y"), "mdy") == day


@given(st.text(), st.sampled_from(["ymd", "dmy", "mdy"]))
def test_whatever_a_cell_holds_is_a_day_or_malformed(text, order):
    try:
        found = parse_day(text, order)
    except Malformed:
        return
    assert 1990 <= found.year <= 2100


def votes(*cells, latest=date(2026, 12, 31)):
    found = OrderVotes(latest)
    for cell in cells:
        found.add(cell)
    return found.order()


def test_a_day_above_twelve_anywhere_settles_the_order():
    assert votes("03/01/17", "04/01/17", "13/01/17") == "dmy"
    assert votes("03/01/17", "04/01/17", "01/13/17") == "mdy"
    assert votes("2017-01-03", "2017-01-04") == "ymd"
    assert votes("17-01-31", "17-02-28", latest=date(2020, 1, 1)) == "ymd"


def test_days_that_read_both_ways_settle_nothing():
    assert votes("03/01/17", "04/01/17") is None


def test_days_that_read_the_same_both_ways_need_no_order():
    assert votes("05/05/17", "06/06/17") == "dmy"
    assert votes() == "dmy"


def test_an_order_that_needs_the_future_is_wrong():
    assert votes("03/01/2026", "01/03/2026", latest=date(2026, 2, 10)) is None
    assert votes("04/01/2026", "05/01/2026", latest=date(2026, 2, 10)) == "dmy"


def test_a_time_with_an_offset_falls_on_the_day_of_the_company():
    assert business_day("2026-03-02T23:30:00Z", "ymd", BERLIN) == date(2026, 3, 3)
    assert business_day("2026-03-02T02:30:00Z", "ymd", NEW_YORK) == date(2026, 3, 1)
    assert business_day("2026-03-02T23:30:00", "ymd", BERLIN) == date(2026, 3, 2)
    assert business_day("02/03/2026", "dmy", BERLIN) == date(2026, 3, 2)


@given(DAYS, st.sampled_from([BERLIN, NEW_YORK, ZoneInfo("UTC"), ZoneInfo("Asia/Kolkata")]))
def test_a_day_starts_at_midnight_of_the_company(day, zone):
    moment = day_start(day, zone)

    assert moment.tzinfo is UTC
    assert moment.astimezone(zone).date() == day

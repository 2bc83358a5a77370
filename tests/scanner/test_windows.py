"""Which window is read, what of it is believed, and how a mark moves: never back, never over a gap."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from connectors.live import Window
from connectors.okta_live import APPS, LOG
from scanner.windows import Mark, Marks, believed, marks, moved, plan, resumed

NOW = datetime(2026, 3, 15, 12, tzinfo=UTC)
DAY = timedelta(days=1)
BACK = 90 * DAY
moments = st.datetimes(datetime(2025, 1, 1), datetime(2027, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (bounds)


def test_the_first_window_goes_back_as_far_as_is_wanted_and_kept():
    assert plan(LOG, None, NOW, 7 * DAY)[0].since == NOW - 7 * DAY
    assert plan(LOG, None, NOW, 700 * DAY)[0].since == NOW - BACK
    assert plan(LOG, None, NOW, BACK)[1] is None


def test_a_snapshot_has_no_window_and_goes_on_only_where_it_may():
    mark = Mark(token="page 7")

    assert plan(APPS, mark, NOW, BACK)[0] == Window(since=NOW, until=NOW)
    assert plan(replace(APPS, resumes=True), mark, NOW, BACK)[0].cursor == "page 7"
    assert resumed(None, "x") == Mark(token="x")


def test_a_mark_older_than_what_is_kept_is_a_gap_and_its_token_is_void():
    window, gap = plan(LOG, Mark(begun=NOW, until=NOW - 100 * DAY, token="x"), NOW, BACK)

    assert gap == "2025-12-05T12:00:00Z/2025-12-15T12:00:00Z"
    assert (window.since, window.cursor) == (NOW - BACK, None)


def test_a_token_without_a_time_is_gone_on_from():
    window, gap = plan(LOG, Mark(begun=NOW - BACK, token="x"), NOW + DAY, BACK)

    assert (window.cursor, gap) == ("x", None)


@given(st.none() | st.builds(Mark, begun=moments, until=moments, token=st.none() | st.text(max_size=5)), moments)
def test_a_window_never_ends_before_it_begins_and_never_after_the_lag(mark, now):
    window, _ = plan(LOG, mark, now, BACK)

    assert window.since <= window.until == now - timedelta(minutes=5)
    assert window.since >= now - BACK


@given(st.lists(st.tuples(moments, st.booleans()), min_size=1, max_size=6))
def test_a_mark_never_goes_back(steps):
    mark = None
    for until, _ in steps:
        window = Window(since=until - DAY, until=until)
        before = mark
        mark = moved(mark, window, until=until, token=None, gap=False)
        assert before is None or mark.until >= before.until
        assert mark.begun <= mark.until


def test_a_mark_keeps_where_it_began_until_there_is_a_hole():
    first = moved(None, Window(since=NOW - 9 * DAY, until=NOW), until=NOW, token=None, gap=False)
    second = moved(first, Window(since=NOW - DAY, until=NOW + DAY), until=NOW + DAY, token="t", gap=False)
    third = moved(second, Window(since=NOW + 5 * DAY, until=NOW + 6 * DAY), until=NOW + 6 * DAY, token=None, gap=True)

    assert second == Mark(begun=NOW - 9 * DAY, until=NOW + DAY, token="t")
    assert third == Mark(begun=NOW + 5 * DAY, until=NOW + 6 * DAY)


def test_what_our_fast_clock_promises_is_not_believed():
    window = Window(since=NOW - DAY, until=NOW)

    assert believed(NOW, LOG, window, timedelta(hours=-5)) == NOW - timedelta(hours=5)
    assert believed(NOW, LOG, window, timedelta(hours=5)) == NOW
    assert believed(NOW, LOG, window, None) == NOW
    assert believed(NOW - DAY, LOG, window, timedelta(hours=-5)) == NOW - DAY
    assert believed(NOW, APPS, window, timedelta(hours=-5)) == NOW


@given(st.dictionaries(st.text(max_size=5), st.builds(Mark, until=st.none() | moments, token=st.none() | st.text())))
def test_marks_survive_the_store(feeds):
    held = Marks(tenant="acme", feeds=feeds)

    assert marks(held.to_text()) == held


@given(st.text())
def test_what_is_no_mark_is_none(text):
    assert marks(text) == Marks(feeds={})


def test_nothing_remembered_is_no_mark():
    assert marks(None) == marks('{"feeds": 7}') == marks('{"tenant": 7}') == Marks(feeds={})

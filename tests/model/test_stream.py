"""Coverage says the worst that happened, with its first reason, and the window of what was read."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from model.stream import Coverage, Status

moments = st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001 (bounds are naive)


@given(st.lists(st.sampled_from(list(Status))))
def test_the_worst_status_stays_whatever_comes_after_it(told):
    found = Coverage(stream="apps")

    for number, status in enumerate(told):
        found.worsen(status, f"reason {number}", f"remedy {number}")

    order = list(Status)
    worst = max((order.index(status) for status in told), default=0)
    assert order.index(found.status) == worst


@given(st.lists(st.sampled_from(list(Status)[1:]), min_size=1))
def test_the_first_reason_of_the_worst_status_is_told_with_its_own_remedy(told):
    found = Coverage(stream="apps")

    for number, status in enumerate(told):
        found.worsen(status, f"reason {number}", f"remedy {number}")

    first = told.index(found.status)
    assert (found.reason, found.remedy) == (f"reason {first}", f"remedy {first}")


def test_a_worse_status_without_a_remedy_takes_away_the_one_that_no_longer_helps():
    found = Coverage(stream="apps")
    found.worsen(Status.PARTIAL, "it breaks off", "export it again")

    found.worsen(Status.FAILED, "it is another format")

    assert found.remedy is None


def test_what_was_read_to_the_end_has_no_reason():
    found = Coverage(stream="apps")
    found.worsen(Status.COMPLETE, "nothing happened")

    assert (found.status, found.reason) == (Status.COMPLETE, None)


@given(st.lists(moments))
def test_the_window_goes_from_the_first_record_to_the_last(times):
    found = Coverage(stream="sign_ins")

    for at in times:
        found.widen(at)

    assert found.window_start == min(times, default=None)
    assert found.window_end == max(times, default=None)


def test_notes_of_one_stream_are_not_anothers():
    one, other = Coverage(stream="a"), Coverage(stream="b")
    one.notes.append("encoding windows-1252")

    assert other.notes == []


@pytest.mark.parametrize("status", list(Status))
def test_a_status_is_written_as_the_contract_names_it(status):
    assert str(status) in {"complete", "partial", "refused", "failed"}

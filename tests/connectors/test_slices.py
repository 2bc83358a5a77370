"""Long windows, cut into slices."""

import itertools
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.live import Page, Window
from connectors.slices import sliced

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
WEEK = timedelta(days=7)


def window(days, **more):
    return Window(since=BEGIN, until=BEGIN + timedelta(days=days), **more)


def read(part):
    yield Page(body=f"{part.since:%d}-{part.until:%d} 1".encode())
    yield Page(body=f"{part.since:%d}-{part.until:%d} 2".encode())


def test_the_last_page_of_each_slice_says_how_far_all_was_handed_over():
    found = list(sliced(window(16), WEEK, read))

    assert [page.body for page in found] == [
        b"01-08 1", b"01-08 2", b"08-15 1", b"08-15 2", b"15-17 1", b"15-17 2",
    ]  # fmt: skip
    assert [page.until for page in found] == [
        None, BEGIN + WEEK, None, BEGIN + 2 * WEEK, None, BEGIN + timedelta(days=16),
    ]  # fmt: skip


def test_a_probe_asks_for_one_slice():
    assert len(list(sliced(window(90, probe=True), WEEK, read))) == 2


def test_an_empty_window_is_asked_for_once():
    assert [page.until for page in sliced(window(0), WEEK, read)] == [None, BEGIN]


def test_what_breaks_off_has_said_only_what_was_whole():
    def broken(part):
        yield Page(body=b"x")
        if part.since > BEGIN:
            raise OSError

    told = []
    with pytest.raises(OSError):
        told.extend(page.until for page in _all(sliced(window(30), WEEK, broken), told))

    assert told == [BEGIN + WEEK]


def _all(pages, told):
    for page in pages:
        told.append(page.until)
    return []


@given(st.integers(1, 400), st.integers(1, 60))
def test_slices_cover_the_window_without_a_gap(days, length):
    parts = []

    def note(part):
        parts.append((part.since, part.until))
        yield Page(body=b"")

    list(sliced(window(days), timedelta(days=length), note))

    assert parts[0][0] == BEGIN
    assert parts[-1][1] == BEGIN + timedelta(days=days)
    assert all(one[1] == other[0] for one, other in itertools.pairwise(parts))

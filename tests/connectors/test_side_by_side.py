"""Chains side by side: what comes out is what reading one after the other gives, and little is held meanwhile."""

import threading

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.side_by_side import chained
from model.errors import AccessDenied, Transient


def one_after_the_other(items, calls):
    for item in items:
        for found in calls(item):
            yield item, found


def ended(findings):
    """Return what came, and the error that ended it."""
    found = []
    try:
        for one in findings:
            found.append(one)  # noqa: PERF402 (what came before an error counts)
    except (AccessDenied, Transient) as error:
        return found, str(error)
    return found, None


_LENGTHS = st.lists(st.integers(0, 6), max_size=12)


@given(
    _LENGTHS,
    st.integers(1, 5),
    st.dictionaries(st.integers(0, 11), st.integers(0, 6), max_size=3),
    st.none() | st.integers(0, 12),
)
def test_whatever_is_read_comes_as_if_it_were_read_one_after_the_other(lengths, width, failures, broken_at):
    def items():
        for at in range(len(lengths)):
            if at == broken_at:
                raise Transient("the list itself")
            yield at

    def calls(item):
        for at in range(lengths[item]):
            if failures.get(item) == at:
                raise AccessDenied(f"item {item}", "x")
            yield at

    assert ended(chained(items(), calls, width)) == ended(one_after_the_other(items(), calls))


@given(_LENGTHS, st.integers(1, 4))
def test_twice_is_once(lengths, width):
    def calls(item):
        yield from range(lengths[item])

    first = list(chained(range(len(lengths)), calls, width))

    assert list(chained(range(len(lengths)), calls, width)) == first


def test_no_more_run_at_once_than_allowed_and_that_many_do():
    lock, busy, most = threading.Lock(), [0], [0]
    gate = threading.Barrier(3, timeout=60)

    def calls(item):
        with lock:
            busy[0] += 1
            most[0] = max(most[0], busy[0])
        if item < 3:
            gate.wait()
        yield item
        with lock:
            busy[0] -= 1

    assert list(chained(range(9), calls, 3)) == [(n, n) for n in range(9)]
    assert most[0] == 3


@pytest.mark.parametrize("length", [40, 400])
def test_what_is_read_ahead_does_not_grow_with_what_there_is(length):
    width, lock, read, ahead, handed = 3, threading.Lock(), [0], [0], [0]

    def calls(item):
        for at in range(length):
            with lock:
                read[0] += 1
                ahead[0] = max(ahead[0], read[0] - handed[0])
            yield item, at

    for _ in chained(iter(range(length)), calls, width):
        with lock:
            handed[0] += 1

    # Two chains more than twice the width, two findings of each, and one in the hand of each thread and of the reader.
    assert ahead[0] <= 2 * (2 * width + 2) + width + 1


def test_items_are_taken_as_places_become_free():
    taken = []

    def items():
        for at in range(100):
            taken.append(at)
            yield at

    findings = chained(items(), lambda item: iter((item,)), 2)
    next(findings)

    assert len(taken) <= 6
    findings.close()


def test_who_leaves_early_leaves_nobody_behind():
    def calls(_item):
        while True:
            yield 1

    findings = chained(range(50), calls, 4)
    next(findings)
    findings.close()

    assert not [t for t in threading.enumerate() if t.name.startswith("ThreadPoolExecutor") and t.is_alive()]

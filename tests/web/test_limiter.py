"""Who asks too often is told so; nobody else is, and nothing is kept of those who went."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from web.limiter import _MANY, WINDOW, Limiter


class Clock:
    """Seconds that a test says."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


def test_so_many_within_a_minute_and_no_more():
    limiter = Limiter(Clock())

    assert [limiter.hit(3, "read", "ana") for _ in range(5)] == [True, True, True, False, False]


def test_a_minute_later_there_is_room_again_for_each_that_is_past():
    clock = Clock()
    limiter = Limiter(clock)
    limiter.hit(2, "ana")
    clock.now += WINDOW / 2
    limiter.hit(2, "ana")
    clock.now += WINDOW / 2

    assert [limiter.hit(2, "ana"), limiter.hit(2, "ana")] == [True, False]


def test_what_is_refused_does_not_count():
    clock = Clock()
    limiter = Limiter(clock)
    limiter.hit(1, "ana")
    clock.now += WINDOW - 1
    assert not limiter.hit(1, "ana")
    clock.now += 1

    assert limiter.hit(1, "ana")


def test_each_is_counted_alone():
    limiter = Limiter(Clock())
    limiter.hit(1, "read", "ana")

    assert limiter.hit(1, "read", "bo")
    assert limiter.hit(1, "act", "ana")
    assert not limiter.hit(1, "read", "ana")


def test_testing_counts_nothing():
    limiter = Limiter(Clock())

    assert all(limiter.test(1, "guess", "ana") for _ in range(5))
    assert limiter.hit(1, "guess", "ana")
    assert not limiter.test(1, "guess", "ana")


def test_who_has_gone_is_forgotten():
    clock = Clock()
    limiter = Limiter(clock)
    for number in range(_MANY):
        limiter.hit(1, number)
    clock.now += WINDOW
    limiter.hit(1, "ana")

    assert len(limiter._seen) == 1


def test_many_who_are_all_there_are_all_kept():
    limiter = Limiter(Clock())
    for number in range(_MANY + 10):
        limiter.hit(1, number)

    assert not limiter.hit(1, 0)


@given(st.lists(st.tuples(st.floats(0, 100), st.sampled_from("ab")), max_size=60), st.integers(1, 5))
def test_within_any_minute_nobody_is_let_through_more_often(steps, most):
    clock = Clock()
    limiter = Limiter(clock)
    through: dict[str, list[float]] = {"a": [], "b": []}
    for wait, who in steps:
        clock.now += wait
        if limiter.hit(most, who):
            through[who].append(clock.now)
            assert sum(clock.now - at < WINDOW for at in through[who]) <= most
        else:
            assert sum(clock.now - at < WINDOW for at in through[who]) == most

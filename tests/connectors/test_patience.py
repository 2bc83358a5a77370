"""How long a vendor is waited for: exactly as it says, and never for ever."""

from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.patience import Budget, Pace, Slots, asked_rest, backoff, calls_left, is_used_up, told_time

NOW = datetime(2026, 3, 2, 9, tzinfo=UTC)
SENT = format_datetime(NOW, usegmt=True)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "7"}, 7.0),
        ({"retry-after": " 0 "}, 0.0),
        ({"retry-after": format_datetime(NOW + timedelta(seconds=90), usegmt=True)}, 90.0),
        ({"retry-after": format_datetime(NOW - timedelta(seconds=90), usegmt=True)}, 0.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "soon", "x-ratelimit-reset": "12"}, 12.0),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) + 30)}, 31.0),
        ({"x-rate-limit-reset": str(int(NOW.timestamp()) - 30)}, 0.0),
        ({"x-rate-limit-limit": "0", "x-rate-limit-remaining": "0", "x-rate-limit-reset": "1"}, None),
        ({"ratelimit-reset": "5"}, 5.0),
        ({"x-rate-limit-reset": "9" * 40}, None),
        ({"x-rate-limit-reset": "-5"}, None),
        ({}, None),
    ],
)
def test_a_rest_is_what_the_answer_says(headers, seconds):
    assert asked_rest(headers, NOW) == seconds


def test_a_reset_is_counted_by_the_clock_of_the_source():
    wrong = NOW + timedelta(hours=5)

    assert asked_rest({"x-rate-limit-reset": str(int(NOW.timestamp()) + 30), "date": SENT}, wrong) == 31.0


@given(st.dictionaries(st.sampled_from(["retry-after", "x-rate-limit-reset", "date"]), st.text(max_size=30)))
def test_no_header_breaks_the_reading(headers):
    found = asked_rest(headers, NOW)

    assert found is None or found >= 0


def test_none_left_means_rest_before_the_next_call_but_not_where_the_limit_is_none():
    assert is_used_up({"x-rate-limit-remaining": "0", "x-rate-limit-limit": "100"})
    assert not is_used_up({"x-rate-limit-remaining": "1"})
    assert not is_used_up({"x-rate-limit-remaining": "0", "x-rate-limit-limit": "0"})
    assert not is_used_up({})


def test_the_time_of_an_answer_is_read_or_not_known():
    assert told_time({"date": SENT}) == NOW
    assert told_time({"date": "yesterday"}) is None
    assert told_time({}) is None


def test_waits_grow_and_stay_bounded():
    waits = [backoff(attempt, 1.0) for attempt in range(1, 12)]

    assert waits[:4] == [1.0, 2.0, 4.0, 8.0]
    assert max(waits) == 60.0
    assert backoff(3, 0.0) == 2.0


def test_a_pace_lets_so_many_through_in_so_long():
    pace = Pace(2, 10)

    assert [pace.wait(NOW) for _ in range(5)] == [0, 0, 10, 10, 20]
    assert pace.wait(NOW + timedelta(seconds=60)) == 0


def test_a_clock_that_is_set_back_does_not_stop_the_pace():
    pace = Pace(1, 10)
    pace.wait(NOW + timedelta(days=1))

    assert pace.wait(NOW) <= 10


@given(st.lists(st.floats(0, 30), max_size=40))
def test_no_window_ever_holds_more_calls_than_allowed(gaps):
    pace, now, made = Pace(5, 10), NOW, []
    for gap in gaps:
        now += timedelta(seconds=gap)
        now += timedelta(seconds=pace.wait(now))
        made.append(now.timestamp())

    assert all(made[i + 5] - made[i] >= 10 - 1e-3 for i in range(len(made) - 5))


def test_slots_narrow_when_it_was_too_much_and_widen_again():
    slots = Slots(4)

    slots.was_too_much()
    slots.was_too_much()
    slots.was_too_much()
    narrow = slots.width
    for _ in range(60):
        slots.went_well()

    assert narrow == 1
    assert slots.width == 4


def test_who_waits_for_a_slot_can_be_told_to_stop():
    slots = Slots(1)

    def stop():
        raise InterruptedError

    with slots.one(lambda: None), pytest.raises(InterruptedError), slots.one(stop):
        pass


@pytest.mark.parametrize(
    ("headers", "left"),
    [
        ({"x-rate-limit-limit": "100", "x-rate-limit-remaining": "7"}, 7),
        ({"x-ratelimit-remaining": "0"}, 0),
        ({"x-rate-limit-limit": "0", "x-rate-limit-remaining": "0"}, None),
        ({"x-rate-limit-remaining": "many"}, None),
        ({}, None),
    ],
)
def test_how_many_calls_are_left_is_what_the_answer_says(headers, left):
    assert calls_left(headers) == left


def free(slots, kind):
    """Return how many calls of a kind may begin."""
    with ExitStack() as held:
        count = 0
        while slots._is_free(kind):
            held.enter_context(slots.one(lambda: None, kind))
            count += 1
        return count


@pytest.mark.parametrize(("left", "at_once"), [(100, 4), (8, 4), (7, 3), (4, 2), (3, 1), (1, 1), (0, 1), (None, 4)])
def test_the_fewer_calls_are_left_the_fewer_run_at_once(left, at_once):
    slots = Slots(4)
    slots.told("users", 1)

    slots.told("users", left)

    assert free(slots, "users") == at_once
    assert free(slots, "apps") == 4


def test_calls_of_all_kinds_share_the_slots():
    slots = Slots(2)

    with slots.one(lambda: None, "users"):
        assert free(slots, "apps") == 1


@given(st.integers(1, 6), st.integers(0, 30), st.lists(st.booleans(), max_size=200))
def test_calls_that_are_answered_in_their_order_are_never_one_too_many(width, more, sends):
    slots, left, under_way, heard = Slots(width), width + more, [], None
    for send in sends:
        if send and heard != 0 and slots._is_free("x"):  # at 0 the client rests until the reset
            assert left > 0
            held, left = ExitStack(), left - 1
            held.enter_context(slots.one(lambda: None, "x"))
            under_way.append((held, left))
        elif under_way:
            held, heard = under_way.pop(0)
            slots.told("x", heard)
            held.close()


def test_a_budget_is_spent_and_not_renewed():
    budget = Budget(2, 1)

    assert [budget.try_again(), budget.try_again(), budget.try_again()] == [1, 2, None]
    assert [budget.rest(), budget.rest()] == [True, False]

"""Due runs: taken once, taken up again, settled; and the lock of those who run them."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from model.errors import Unavailable
from model.stream import Coverage, Status
from storage import due, runs
from storage.listings.schedule import last_run
from storage.lock import run_lock, schedule_lock
from tests.storage.filling import Filling, at

KEY, SPEC = "scan okta", "every: 6h"
NOON = at(2026, 3, 1, 12)
LATER = NOON + timedelta(minutes=3)


def take(connection, when=NOON, key=KEY):
    return due.take(connection, key, SPEC, when, LATER)


def settle(connection, attempt=1, state="complete", **rest):
    return due.settle(connection, KEY, NOON, attempt, state=state, now=LATER, **rest)


def test_what_was_never_seen_has_no_latest(connection):
    assert due.latest(connection, KEY) is None
    assert due.latest(connection, KEY, ran=True) is None


def test_a_schedule_counts_from_when_it_began_and_that_is_no_run(connection):
    due.begin(connection, KEY, SPEC, NOON)
    due.begin(connection, KEY, SPEC, NOON)

    found = due.latest(connection, KEY)
    assert (found.due_at, found.spec, found.state, found.ran, found.is_open) == (NOON, SPEC, "begun", False, False)
    assert due.latest(connection, KEY, ran=True) is None


def test_a_due_run_is_taken_once_and_settled(connection):
    assert take(connection) == 1
    assert take(connection) is None
    assert due.latest(connection, KEY).is_open

    assert settle(connection, state="partial", run_id=7, reason="x")

    found = due.latest(connection, KEY)
    assert (found.state, found.run_id, found.reason, found.is_open, found.ran) == ("partial", 7, "x", False, True)
    assert (found.taken_at, found.ended_at, found.attempts) == (LATER, LATER, 1)
    assert take(connection) is None
    assert due.retake(connection, KEY, NOON, LATER) is None


def test_schedules_do_not_stand_in_each_others_way(connection):
    assert take(connection, key="scan okta") == take(connection, key="scan google") == 1
    assert due.latest(connection, "scan entra") is None


@pytest.mark.parametrize("state", ["running", "waiting", "interrupted"])
def test_what_did_not_end_is_taken_up_again(connection, state):
    take(connection)
    if state != "running":
        settle(connection, state=state)

    attempt = due.retake(connection, KEY, NOON, LATER)

    assert attempt == (1 if state == "interrupted" else 2)
    assert due.latest(connection, KEY).state == "running"
    assert due.latest(connection, KEY).ended_at is None


def test_what_dies_again_and_again_has_failed_in_the_end(connection):
    take(connection)
    assert [due.retake(connection, KEY, NOON, LATER) for _ in range(3)] == [2, 3, None]

    assert due.latest(connection, KEY).state == "failed"
    assert due.retake(connection, KEY, NOON, LATER) is None


def test_an_attempt_whose_place_was_taken_settles_nothing(connection):
    take(connection)
    due.retake(connection, KEY, NOON, LATER)

    assert not settle(connection, attempt=1)
    assert settle(connection, attempt=2)
    assert not settle(connection, attempt=2, state="failed")
    assert due.latest(connection, KEY).state == "complete"


def test_a_run_cut_off_before_a_later_one_counts_as_interrupted(connection):
    take(connection)
    take(connection, NOON + timedelta(hours=6))

    due.abandon(connection, KEY, NOON + timedelta(hours=6), LATER)

    states = connection.execute(text("SELECT state FROM due_run ORDER BY due_at")).scalars().all()
    assert states == ["interrupted", "running"]


def test_rows_of_long_ago_are_forgotten(connection):
    take(connection, NOON - timedelta(days=500))
    take(connection, NOON - timedelta(days=300))

    take(connection)

    assert connection.scalar(text("SELECT count(*) FROM due_run")) == 2


def test_of_many_who_want_one_due_run_at_once_one_gets_it(store):
    ready = Barrier(6)

    def try_it(_number):
        ready.wait(30)
        with store.write() as connection:
            return take(connection)

    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(try_it, range(6)))

    assert sorted(found, key=str) == [1, *[None] * 5]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(times=st.lists(st.tuples(st.sampled_from(["a", "b"]), st.integers(0, 5)), max_size=20))
def test_taking_twice_is_taking_once(store, times):
    with store.write() as connection:
        connection.execute(text("DELETE FROM due_run"))
        got = [(key, n) for key, n in times if take(connection, NOON + timedelta(hours=n), key)]
        rows = connection.scalar(text("SELECT count(*) FROM due_run"))

    assert sorted(got) == sorted(set(times))
    assert rows == len(set(times))


# --- the lock ------------------------------------------------------------------------------------------------------


def test_one_at_a_time_runs_schedules_and_a_run_may_go_on_within(store):
    with schedule_lock(store):
        with pytest.raises(Unavailable, match="another process runs the schedules"), schedule_lock(store):
            pytest.fail("the lock is held")  # pragma: no cover
        with run_lock(store):
            pass

    with schedule_lock(store):
        pass


# --- what a list shows ---------------------------------------------------------------------------------------------


def test_a_schedule_that_never_ran_shows_nothing(connection):
    due.begin(connection, KEY, SPEC, NOON)

    assert set(last_run(connection, KEY, "okta").values()) == {None}


def test_the_last_run_shows_the_worst_that_became_of_a_stream(connection):
    filling = Filling(connection)
    run = runs.begin_run(connection, "scan okta", NOON, NOON)
    for source, name, status in (("okta", "a", "complete"), ("okta", "b", "refused"), ("entra", "c", "failed")):
        stream = filling.stream(source=source, name=name)
        runs.write_coverage(connection, run, stream, Coverage(stream=name, status=Status(status)))
    take(connection)
    settle(connection, state="partial", run_id=run)
    due.begin(connection, KEY, "every: 1h", LATER)

    assert last_run(connection, KEY, "okta") == {
        "due_at": "2026-03-01T12:00:00Z",
        "started_at": "2026-03-01T12:03:00Z",
        "ended_at": "2026-03-01T12:03:00Z",
        "outcome": "partial",
        "coverage": "refused",
        "run": run,
        "reason": None,
    }
    assert last_run(connection, KEY, "other")["coverage"] is None


def test_a_run_under_way_has_no_end_yet(connection):
    take(connection)

    found = last_run(connection, KEY, "okta")
    assert (found["outcome"], found["ended_at"], found["coverage"]) == ("running", None, None)

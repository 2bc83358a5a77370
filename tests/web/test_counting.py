"""Figures that are counted beside the pages: once for each state of the store, held until then, never in a request."""

import dataclasses

import pytest

from web.counting import Counting, Version


@dataclasses.dataclass
class Machine:
    """Counts how often it was asked; `waiting` are calls that a test lets run when it likes."""

    asked: int = 0
    waiting: list = dataclasses.field(default_factory=list)
    error: Exception | None = None
    now: float = 0.0
    takes: float = 0.1

    def make(self):
        self.asked += 1
        self.now += self.takes
        if self.error:
            raise self.error
        return self.asked

    def seconds(self):
        return self.now

    def run(self):
        self.waiting.pop(0)()


@pytest.fixture
def machine():
    return Machine()


@pytest.fixture
def counting(machine, desk):
    return Counting(
        machine.make,
        desk.store,
        desk.clock,
        lambda: desk.zone,
        patience=0.0,
        beside=machine.waiting.append,
        seconds=machine.seconds,
    )


def act(desk):
    with desk.store.write() as connection:
        connection.exec_driver_sql(
            "INSERT INTO decision (at, by, kind, object, detail, reason_hash)"
            " VALUES (1, 'user:a', 'noise', 'tool:x', '{}', 'h')"
        )


def test_the_first_figures_are_counted_beside_the_page(counting, machine):
    assert counting.current() is None
    assert counting.current() is None
    assert len(machine.waiting) == 1

    machine.run()

    assert counting.current().value == 1


class Bell:
    """An event that never comes, and how long it was waited for."""

    def __init__(self):
        self.waited = []

    def wait(self, seconds):
        self.waited.append(seconds)

    def clear(self):
        pass


def test_a_page_waits_for_what_is_left_of_the_time_that_counting_may_take(counting, machine):
    counting._patience, counting._done = 5.0, Bell()

    for passed in (0.0, 2.0, 10.0):
        machine.now += passed
        assert counting.current() is None

    assert counting._done.waited == [5.0, 3.0, 0.0]


def test_they_are_held_until_something_happens(counting, machine, desk):
    counting.current()
    machine.run()
    machine.takes = 0.0
    found = [counting.current() for _ in range(3)]

    assert machine.asked == 1
    assert not any(one.stale for one in found)

    machine.now += 100
    act(desk)
    assert counting.current().stale
    machine.run()
    assert (counting.current().value, counting.current().stale) == (2, False)


def test_what_takes_long_is_not_counted_anew_after_each_act(counting, machine, desk):
    machine.takes = 30.0
    counting.current()
    machine.run()
    act(desk)

    assert counting.current().stale
    assert machine.waiting == []

    machine.now += 301
    counting.current()
    assert len(machine.waiting) == 1


def test_another_day_is_another_state(counting, machine, clock):
    machine.takes = 30.0
    counting.current()
    machine.run()
    clock.at = clock.at.replace(day=1, month=12)

    counting.current()

    assert len(machine.waiting) == 1


def test_figures_that_break_down_are_said_to_and_counted_again_when_something_happens(counting, machine, desk):
    machine.error = RuntimeError("no")
    counting.current()
    machine.run()

    assert counting.failed
    assert counting.current() is None
    assert machine.waiting == []

    machine.error = None
    act(desk)
    counting.current()
    machine.run()
    assert (counting.current().value, counting.failed) == (2, False)


def test_versions_differ_by_run_and_day_alone(counting, desk):
    version = counting._version()
    act(desk)

    assert version.same_run(counting._version())
    assert isinstance(version, Version)


def test_figures_of_decisions_alone_hold_on_when_a_case_is_taken_up(machine, desk):
    counting = Counting(
        machine.make,
        desk.store,
        desk.clock,
        lambda: desk.zone,
        only_decisions=True,
        patience=0.0,
        beside=lambda call: call(),
        seconds=machine.seconds,
    )
    assert counting.current().value == 1
    with desk.store.write() as connection:
        case = connection.exec_driver_sql("SELECT id FROM review_case LIMIT 1").scalar()
        connection.exec_driver_sql(
            "INSERT INTO case_event (case_id, at, kind, by, detail) VALUES (?, 1, 'assigned', 'user:a', '{}')", (case,)
        )
    assert (counting.current().value, counting.current().stale) == (1, False)

    machine.now += 1_000
    act(desk)
    assert counting.current().value == 2

"""Due times in zones and over clock changes, and the loop: nothing twice, the missed once, the interrupted resumed."""

from __future__ import annotations

import itertools
import signal
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from apscheduler.triggers.base import BaseTrigger
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from model.errors import ConfigError, Unavailable
from scanner.schedule import Ran, Scheduler, Timetable, beats, standing
from scanner.stopping import Stop
from storage import due
from storage.lock import run_lock, schedule_lock
from storage.store import Store

BERLIN = ZoneInfo("Europe/Berlin")
START = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


class Clock:
    """A clock that stands still until it is moved."""

    def __init__(self, at=START):
        self.at = at

    def now(self):
        return self.at

    def on(self, **by):
        self.at += timedelta(**by)


def timetable(spec="every: 6h", jitter=None, zone=None, source="okta"):
    return Timetable.parsed(source, spec, jitter, zone)


def times(spec, start, count, zone=BERLIN):
    found = itertools.islice(timetable(spec, zone=zone).after(start), count)
    return [f"{at.astimezone(zone):%a %d %b %H:%M}" for at in found]


# --- due times -----------------------------------------------------------------------------------------------------


def test_cron_is_read_in_the_companys_zone():
    assert times("cron: 0 3 * * *", START, 2) == ["Tue 03 Mar 03:00", "Wed 04 Mar 03:00"]
    assert next(timetable("cron: 0 3 * * *", zone=BERLIN).after(START)) == datetime(2026, 3, 3, 2, tzinfo=UTC)


def test_zero_is_sunday_as_in_every_crontab():
    assert times("cron: 0 3 * * 0", START, 2) == ["Sun 08 Mar 03:00", "Sun 15 Mar 03:00"]
    assert times("cron: 0 3 * * 1-5", START, 5)[3:] == ["Fri 06 Mar 03:00", "Mon 09 Mar 03:00"]


def test_a_period_counts_from_midnight_utc_whenever_a_process_began():
    assert times("every: 6h", START, 3, UTC_ZONE) == ["Mon 02 Mar 12:00", "Mon 02 Mar 18:00", "Tue 03 Mar 00:00"]
    assert times("every: 6h", START + timedelta(minutes=7), 1, UTC_ZONE) == ["Mon 02 Mar 12:00"]


UTC_ZONE = ZoneInfo("UTC")


def test_a_due_time_is_not_after_itself():
    at = datetime(2026, 3, 2, 12, tzinfo=UTC)

    assert next(timetable("every: 6h").after(at)) == at + timedelta(hours=6)
    assert next(timetable("cron: 0 12 * * *").after(at)) == at + timedelta(days=1)


def test_a_night_that_has_an_hour_twice_scans_once():
    before = datetime(2026, 10, 24, 12, tzinfo=UTC)

    assert times("cron: 30 2 * * *", before, 2) == ["Sun 25 Oct 02:30", "Mon 26 Oct 02:30"]
    assert times("cron: 0 * * * *", before + timedelta(hours=11), 2) == ["Sun 25 Oct 02:00", "Sun 25 Oct 03:00"]


def test_a_night_without_that_hour_scans_all_the_same():
    before = datetime(2026, 3, 28, 12, tzinfo=UTC)

    assert times("cron: 30 2 * * *", before, 2) == ["Sun 29 Mar 03:30", "Mon 30 Mar 02:30"]


def test_an_hour_that_is_left_out_moves_nothing_else():
    before = datetime(2026, 3, 29, 0, 30, tzinfo=UTC)

    assert times("cron: 0,30 * * * *", before, 3) == ["Sun 29 Mar 03:00", "Sun 29 Mar 03:30", "Sun 29 Mar 04:00"]
    assert times("cron: 30 2 * * *", before + timedelta(minutes=45), 1) == ["Sun 29 Mar 03:30"]


def test_a_clock_change_in_between_passes_over_no_month():
    assert times("cron: 0 0 1 * *", datetime(2026, 3, 28, 12, tzinfo=UTC), 2) == [
        "Wed 01 Apr 00:00",
        "Fri 01 May 00:00",
    ]


@pytest.mark.parametrize("zone", ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"])
@given(minute=st.integers(0, 60 * 24 * 365))
def test_due_times_are_the_same_from_wherever_they_are_counted(zone, minute):
    made = timetable("cron: 20,35 2,3 * * *", zone=ZoneInfo(zone))
    moment = datetime(2026, 1, 1, tzinfo=UTC) + timedelta(minutes=minute)

    earlier = itertools.dropwhile(lambda at: at <= moment, made.after(moment - timedelta(days=4)))

    assert list(itertools.islice(made.after(moment), 3)) == list(itertools.islice(earlier, 3))


@pytest.mark.parametrize(
    ("spec", "jitter", "why"),
    [
        ("0 3 * * *", None, r'\.schedule: write "cron: 0 3'),
        ("daily: 3", None, r"\.schedule: write"),
        (6, None, r"\.schedule: a text is wanted"),
        ("cron: 0 3 * *", None, r"\.schedule: 4 fields instead of five"),
        ("cron: 0 24 * * *", None, r"\.schedule: "),
        ("cron: 61 3 * * *", None, r"\.schedule: "),
        ("cron: x 3 * * *", None, r"\.schedule: "),
        ("cron: 0 3 30 2 *", None, r"\.schedule: there is no such day"),
        ("every: 1m", None, r"\.schedule: from 5m to 31d"),
        ("every: 32d", None, r"\.schedule: from 5m to 31d"),
        ("every: 6", None, r"\.schedule: a period is"),
        ("every: 6h", "13h", r"\.jitter: from 1m to 12h"),
        ("every: 6h", 10, r"\.jitter: a text is wanted"),
        ("every: 6h", "x", r"\.jitter: a period is"),
    ],
)
def test_what_is_written_wrong_is_told_with_its_key(spec, jitter, why):
    with pytest.raises(ValueError, match=f"^{why}"):
        Timetable.parsed("okta", spec, jitter)


@given(st.integers(0, 60 * 24 * 3650), st.sampled_from(["okta", "entra", "google"]))
def test_jitter_delays_by_less_than_it_says_and_in_every_process_alike(minute, source):
    at = START + timedelta(minutes=minute)
    made = timetable("every: 6h", "10m", source=source)

    assert timedelta(0) <= made.begins(at) - at < timedelta(minutes=10)
    assert made.begins(at) == timetable("every: 6h", "10m", source=source).begins(at)


def test_jitter_keeps_sources_of_one_time_apart():
    at = datetime(2026, 3, 3, tzinfo=UTC)

    assert len({timetable("every: 6h", "2h", source=f"s{n}").begins(at) for n in range(20)}) > 15


SPECS = st.sampled_from(
    ["every: 5m", "every: 7h", "every: 3d", "cron: 0 3 * * *", "cron: */20 8-18 * * 1-5", "cron: 0 0 1 * *"]
)


@settings(max_examples=60)
@given(SPECS, st.sampled_from([None, "3m", "2h"]), st.integers(0, 60 * 24 * 60), st.integers(0, 60 * 24 * 60))
def test_the_latest_is_due_after_the_last_has_begun_and_nothing_later_has(spec, jitter, gap, offset):
    made = timetable(spec, jitter, BERLIN)
    after = START + timedelta(minutes=offset)
    now = after + timedelta(minutes=gap)

    found = made.latest(after, now)

    passed = [at for at in itertools.takewhile(lambda at: at <= now, made.after(after)) if made.begins(at) <= now]
    assert found == (passed[-1] if passed else None)


@given(SPECS, st.sampled_from([None, "2h"]), st.integers(0, 60 * 24 * 400))
def test_the_following_run_begins_after_now(spec, jitter, offset):
    now = START + timedelta(minutes=offset)

    assert timetable(spec, jitter, BERLIN).following(now) > now


# --- the loop ------------------------------------------------------------------------------------------------------


class Machine:
    """A scheduler on a store, and what it did."""

    def __init__(self, store, clock, *timetables):
        self.store, self.clock = store, clock
        self.timetables = timetables or (timetable(),)
        self.ran, self.told = [], []
        self.does = lambda _name: Ran(outcome="complete", run_id=1)
        self.stop = Stop()
        self.restart()

    def restart(self):
        jobs = {"scan": self._job}
        self.scheduler = Scheduler(self.store, self.clock, self.timetables, jobs, self.told.append, stop=self.stop)
        return self

    def _job(self, name):
        self.ran.append((name, self.clock.at))
        return self.does(name)

    def look(self, **on):
        self.clock.on(**on)
        return self.scheduler.look()

    def latest(self):
        with self.store.read() as connection:
            return due.latest(connection, self.timetables[0].key)

    @contextmanager
    def other(self):
        """Open the store as another process would."""
        store = Store(self.store.url.render_as_string(hide_password=False))
        yield store
        store.close()

    def states(self):
        with self.store.read() as connection:
            return connection.execute(text("SELECT state FROM due_run ORDER BY due_at")).scalars().all()


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def machine(either_house, clock):
    return Machine(either_house.store, clock)


def raising(error):
    def does(_name):
        raise error

    return does


def test_what_was_due_before_the_schedule_began_is_not_run(machine):
    assert machine.look() == []
    assert machine.look(hours=2) == []
    assert machine.ran == []
    assert machine.states() == ["begun"]


def test_a_source_is_read_when_it_is_due_and_once(machine):
    machine.look()

    assert machine.look(hours=3) == ["complete"]
    assert machine.look() == machine.look(minutes=1) == []
    assert machine.look(hours=6) == ["complete"]
    assert [name for name, _ in machine.ran] == ["okta", "okta"]
    assert (machine.latest().state, machine.latest().run_id) == ("complete", 1)
    assert "okta: due at 2026-03-02 12:00" in machine.told


def test_what_was_missed_is_caught_up_once(machine):
    machine.look()

    assert machine.restart().look(days=9) == ["complete"]
    assert machine.look() == []
    assert machine.latest().due_at == datetime(2026, 3, 11, 6, tzinfo=UTC)


def test_a_schedule_that_is_written_anew_counts_from_then_on(machine):
    machine.look()
    machine.timetables = (timetable("cron: 0 8 * * *"),)

    assert machine.restart().look(days=2) == []
    assert machine.look(days=1) == ["complete"]


def test_jitter_is_waited_for(either_house, clock):
    made = timetable(jitter="3h")
    machine = Machine(either_house.store, clock, made)
    machine.look()
    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    begin = made.begins(noon)

    clock.at = begin - timedelta(seconds=1)
    assert begin > noon
    assert machine.look() == []
    assert machine.look(seconds=1) == ["complete"]
    assert machine.latest().due_at == noon


def test_sources_that_are_due_at_once_are_read_one_after_the_other(either_house, clock):
    machine = Machine(either_house.store, clock, timetable(source="a"), timetable(source="b"))
    machine.look()

    assert machine.look(hours=3) == ["complete", "complete"]
    assert [name for name, _ in machine.ran] == ["a", "b"]


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(
    steps=st.lists(
        st.tuples(
            st.sampled_from([0, 1, 7, 59, 361, 2000]),
            st.integers(0, 1),
            st.sampled_from(["complete", "partial", "failed", "killed"]),
        ),
        max_size=12,
    )
)
def test_looking_twice_is_looking_once_whichever_process_looks(either_house, steps):
    with either_house.store.write() as connection:
        connection.execute(text("DELETE FROM due_run"))
    clock = Clock()
    machines = [Machine(either_house.store, clock, timetable(jitter="1h")) for _ in range(2)]
    machines[0].look()
    begun = clock.at
    completed = []

    for minutes, who, outcome in steps:
        for one in machines:
            one.does = raising(SystemExit) if outcome == "killed" else lambda _n, o=outcome: Ran(outcome=o)
        clock.on(minutes=minutes)
        looked = []
        for one in (machines[who], machines[1 - who]):
            try:
                looked += one.look()
            except SystemExit:  # like a kill: the row says that it runs
                break
        assert len(looked) <= 1
        if looked:
            completed.append(machines[0].latest().due_at)

    assert len(completed) == len(set(completed))
    assert completed == sorted(completed)
    assert all(at > begun for at in completed)


def test_while_another_command_runs_nothing_is_taken_and_it_is_tried_again(machine):
    machine.look()

    with machine.other() as other, run_lock(other):
        assert machine.look(hours=3) == machine.look(minutes=1) == []
    assert machine.states() == ["begun"]
    assert [line for line in machine.told if "another run is under way" in line] == machine.told
    assert len(machine.told) == 1
    assert machine.look(minutes=1) == ["complete"]


def test_while_another_process_runs_the_schedules_this_one_waits(machine):
    machine.look()

    with machine.other() as other, schedule_lock(other):
        assert machine.look(hours=3) == []
    assert machine.look() == ["complete"]


def test_a_job_that_is_cut_off_is_taken_up_again_at_the_next_start(machine):
    machine.look()
    machine.does = raising(KeyboardInterrupt)

    with pytest.raises(KeyboardInterrupt):
        machine.look(hours=3)

    assert machine.latest().state == "interrupted"
    machine.does = lambda _name: Ran(outcome="complete")
    assert machine.restart().look(minutes=5) == ["complete"]
    assert machine.states() == ["begun", "complete"]


def test_a_stop_passes_through_even_where_the_store_is_gone(machine, monkeypatch):
    machine.look()
    machine.does = raising(KeyboardInterrupt)

    def gone(*_given, **_rest):
        raise ConfigError("the store is gone")

    monkeypatch.setattr("scanner.schedule.due.settle", gone)

    with pytest.raises(KeyboardInterrupt):
        machine.look(hours=3)


def test_a_signal_while_the_store_is_closed_waits_until_it_is(machine, monkeypatch):
    machine.look()
    really, closed = machine.store.close, []

    def close():
        machine.stop(signal.SIGTERM, None)
        really()
        closed.append(True)

    monkeypatch.setattr(machine.store, "close", close)

    with pytest.raises(KeyboardInterrupt):
        machine.look(hours=3)

    assert closed == [True]
    assert machine.states() == ["begun", "complete"]


def test_a_signal_within_a_job_ends_it_at_once(machine):
    machine.look()
    went_on = []

    def does(_name):
        machine.stop(signal.SIGTERM, None)
        went_on.append(True)

    machine.does = does

    with pytest.raises(KeyboardInterrupt):
        machine.look(hours=3)

    assert went_on == []
    assert machine.latest().state == "interrupted"


def test_a_job_whose_process_was_killed_is_taken_up_again_but_not_for_ever(machine):
    machine.look()
    machine.does = raising(SystemExit)
    for _ in range(3):
        with pytest.raises(SystemExit):
            machine.look(hours=3 if not machine.ran else 0)

    assert machine.look() == []
    assert machine.latest().state == "failed"
    assert len(machine.ran) == 3


def test_a_later_due_run_stands_for_one_that_was_cut_off(machine):
    machine.look()
    machine.does = raising(SystemExit)
    with pytest.raises(SystemExit):
        machine.look(hours=3)

    machine.does = lambda _name: Ran(outcome="complete")
    assert machine.look(hours=6) == ["complete"]
    assert machine.states() == ["begun", "interrupted", "complete"]
    assert machine.look(minutes=1) == []


def test_what_passes_by_itself_is_tried_again_and_fails_in_the_end(machine):
    machine.look()
    machine.does = raising(Unavailable("the disk is full"))

    assert machine.look(hours=3) == ["waiting"]
    assert machine.look(minutes=1) == ["waiting"]
    assert machine.look(minutes=1) == ["failed"]
    assert machine.look(minutes=1) == []
    assert machine.latest().reason == "the disk is full"


@pytest.mark.parametrize(
    ("error", "reason"), [(ConfigError("no such source"), "no such source"), (KeyError("secret"), "KeyError")]
)
def test_a_job_that_fails_says_why_and_the_others_go_on(either_house, clock, error, reason):
    machine = Machine(either_house.store, clock, timetable(source="a"), timetable(source="b"))
    machine.look()
    machine.does = lambda name: raising(error)(name) if name == "a" else Ran(outcome="partial")

    assert machine.look(hours=3) == ["failed", "partial"]
    assert machine.latest().reason == reason
    assert f"a: failed: {reason}" in machine.told


def test_a_clock_that_was_set_back_runs_nothing_again(machine):
    machine.look()
    machine.look(hours=3)

    assert machine.look(days=-2) == []
    assert machine.look(days=2) == []
    assert len(machine.ran) == 1


def test_it_looks_at_once_and_at_each_beat(machine):
    machine.look()
    machine.clock.on(hours=3)
    machine.scheduler.run([machine.clock.on(hours=0), *[None] * 2])

    assert len(machine.ran) == 1

    def days():
        for _ in range(3):
            machine.clock.on(days=1)
            yield

    machine.scheduler.run(days())
    assert len(machine.ran) == 4


# --- where a schedule stands ---------------------------------------------------------------------------------------


def test_the_next_run_is_named_and_a_missed_one_is_overdue(machine):
    made, noon = machine.timetables[0], datetime(2026, 3, 2, 12, tzinfo=UTC)

    assert standing(made, None, START).next_at == noon
    machine.look()
    found = standing(made, machine.latest(), START)
    assert (found.next_at, found.overdue) == (noon, False)
    late = standing(made, machine.latest(), START + timedelta(days=1))
    assert (late.next_at, late.overdue) == (datetime(2026, 3, 3, 6, tzinfo=UTC), True)


def test_a_run_under_way_is_not_overdue_and_one_that_was_interrupted_is(machine):
    machine.look()
    seen = []

    def does(_name):
        seen.append(standing(machine.timetables[0], machine.latest(), machine.clock.at))
        raise KeyboardInterrupt

    machine.does = does
    with pytest.raises(KeyboardInterrupt):
        machine.look(hours=3)

    assert (seen[0].next_at, seen[0].overdue) == (datetime(2026, 3, 2, 18, tzinfo=UTC), False)
    after = standing(machine.timetables[0], machine.latest(), machine.clock.at)
    assert (after.next_at, after.overdue) == (datetime(2026, 3, 2, 12, tzinfo=UTC), True)


# --- the beat ------------------------------------------------------------------------------------------------------


class AtOnce(BaseTrigger):  # type: ignore[misc]
    """Fires at once, or never, and then a day later."""

    def __init__(self, *, fires=True):
        self.fires = fires

    def get_next_fire_time(self, previous_fire_time, now):
        return now if self.fires and previous_fire_time is None else now + timedelta(days=1)


def test_the_beat_is_apschedulers_and_ends_with_its_reader():
    with closing(beats(AtOnce())) as found:
        assert next(found) is None


def test_a_signal_reaches_who_waits_for_the_beat():
    def stop(*_given):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, stop)
    try:
        with closing(beats(AtOnce(fires=False))) as found:
            signal.setitimer(signal.ITIMER_REAL, 0.3)
            with pytest.raises(KeyboardInterrupt):
                next(found)
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)

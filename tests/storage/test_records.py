"""Records in versions: whatever comes, and however often, the same versions stand at the end."""

import dataclasses
import itertools
import random
import time
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from model.signal import Actor, AppIdentity, Signal, SignalKind
from storage import records
from storage.words import clean
from tests.storage.filling import at

START = at(2026, 1, 1)
FRESH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
_STREAMS = itertools.count(1)
SNAPSHOT, EVENTS = False, True


def signal(native="a", *, day=0, kind=SignalKind.REGISTRATION, actor=None, app=None, **facts):
    seen_at = START + timedelta(days=day)
    return Signal(stream="s", kind=kind, native_id=native, seen_at=seen_at, facts=facts, actor=actor, app=app)


def charge(native="a", amount=1_000_000, currency="EUR", **more):
    return signal(native, kind=SignalKind.CHARGE, amount_micros=amount, currency=currency, **more)


def applied(connection, stream, run_at, signals, *, events=SNAPSHOT, cut=100):
    total = records.Applied()
    rows = [records.staged(s, None, int(s.actor.native_id) if s.actor else 0, timeless=not events) for s in signals]
    for begin in range(0, len(rows), cut) if rows else ():
        one = records.apply(connection, stream, run_at, iter(rows[begin : begin + cut]), events=events)
        total = records.Applied(total.added + one.added, total.changed + one.changed)
    return total


def run(connection, stream, run_at, signals, *, events=SNAPSHOT, cut=100, close=False):
    records.forget_seen(connection)
    total = applied(connection, stream, run_at, signals, events=events, cut=cut)
    closed = records.close_unseen(connection, stream, run_at, within_actors=False) if close else 0
    return dataclasses.replace(total, closed=closed)


def versions(connection, stream, columns="native_id, valid_from, valid_to, facts, seen_at, amount_micros"):
    sql = f"SELECT {columns} FROM record WHERE stream_id = :s ORDER BY native_id, valid_from"
    return [tuple(row) for row in connection.execute(text(sql), {"s": stream})]


def in_force(connection, stream):
    sql = "SELECT native_id, kind, seen_at, facts, amount_micros, digest FROM record"
    found = connection.execute(text(f"{sql} WHERE stream_id = :s AND valid_to IS NULL ORDER BY 1"), {"s": stream})
    return [tuple(row) for row in found]


ids = st.sampled_from(["a", "b", "c", "d"])
snapshots = st.lists(st.builds(signal, ids, day=st.integers(0, 2), status=st.sampled_from("xyz")), max_size=8)
events = st.lists(
    st.one_of(
        st.builds(signal, ids, day=st.integers(0, 2), kind=st.just(SignalKind.GRANT), state=st.sampled_from("xy")),
        st.builds(charge, st.sampled_from(["m", "n"]), amount=st.integers(-3, 3), day=st.integers(0, 2)),
    ),
    max_size=8,
)
runs_of_snapshots = st.lists(st.tuples(st.booleans(), snapshots), min_size=1, max_size=4)
runs_of_events = st.lists(events, min_size=1, max_size=4)


class Model:
    """The versions as the docstring of `apply` has them, one signal at a time."""

    def __init__(self, *, events):
        self.events, self.versions = events, {}

    def run(self, run_at, signals, *, close):
        rows = [records.staged(s, None, 0, timeless=not self.events) for s in signals]
        best = {}
        for row in sorted(rows, key=lambda r: (r[2], r[-1])):
            best[row[0]] = row
        for native, row in best.items():
            history = self.versions.setdefault(native, [])
            before = history[-1] if history and history[-1][1] is None else None
            correctable = not self.events or row[1] in {"charge", "declaration"}
            if (history and not correctable) or (before and before[2][-1] == row[-1]):
                continue
            if before:
                before[1] = run_at
            history.append([run_at, None, row])
        for native, history in self.versions.items():
            if close and native not in best and history[-1][1] is None:
                history[-1][1] = run_at

    def listed(self):
        rows = [
            (native, begin, end, row[6], row[2], row[7])
            for native, history in self.versions.items()
            for begin, end, row in history
        ]
        return sorted(rows, key=lambda r: r[:2])


@FRESH
@given(runs=runs_of_snapshots, cut=st.integers(1, 4))
def test_snapshots_leave_the_versions_of_the_model(connection, runs, cut):
    stream, model = next(_STREAMS), Model(events=False)
    for run_at, (close, signals) in enumerate(runs, 1):
        run(connection, stream, run_at, signals, cut=cut, close=close)
        model.run(run_at, signals, close=close)

        assert versions(connection, stream) == model.listed()


@FRESH
@given(runs=runs_of_events, cut=st.integers(1, 4))
def test_events_leave_the_versions_of_the_model(connection, runs, cut):
    stream, model = next(_STREAMS), Model(events=True)
    for run_at, signals in enumerate(runs, 1):
        run(connection, stream, run_at, signals, cut=cut, events=EVENTS)
        model.run(run_at, signals, close=False)

        assert versions(connection, stream) == model.listed()


@pytest.mark.parametrize("kind", [SNAPSHOT, EVENTS])
@FRESH
@given(data=st.data(), seed=st.integers(0, 9), cuts=st.tuples(st.integers(1, 4), st.integers(1, 4)))
def test_order_cut_and_repetition_within_a_run_change_nothing(connection, kind, data, seed, cuts):
    before, found = data.draw(events if kind else snapshots), data.draw(events if kind else snapshots)
    again = found + found[:3]
    random.Random(seed).shuffle(again)
    told = []
    for signals, cut in ((found, cuts[0]), (again, cuts[1])):
        stream = next(_STREAMS)
        run(connection, stream, 1, before, events=kind)
        total = run(connection, stream, 2, signals, events=kind, cut=cut)
        told.append((versions(connection, stream), total))

    assert told[0] == told[1]


@pytest.mark.parametrize("kind", [SNAPSHOT, EVENTS])
@FRESH
@given(data=st.data())
def test_a_second_run_over_the_same_changes_nothing_and_nothing_is_lost(connection, kind, data):
    found = data.draw(events if kind else snapshots)
    stream = next(_STREAMS)
    first = run(connection, stream, 1, found, events=kind)
    before = versions(connection, stream)

    second = run(connection, stream, 2, found, events=kind, close=not kind)

    assert versions(connection, stream) == before
    assert second == records.Applied()
    assert {row[0] for row in before} == {s.native_id for s in found}
    assert (first.added, first.changed) == (len({s.native_id for s in found}), 0)


@pytest.mark.parametrize("cut", [1, 5])
@pytest.mark.parametrize("order", [1, -1])
def test_of_two_in_one_run_the_later_one_counts_whichever_came_first(connection, cut, order):
    early, late = charge(amount=1, day=1), charge(amount=2, day=2)

    run(connection, 1, 1, [early, late][::order], events=EVENTS, cut=cut)

    assert versions(connection, 1, "amount_micros, valid_from, valid_to") == [(2, 1, None)]


@pytest.mark.parametrize("order", [1, -1])
def test_of_two_at_the_same_time_the_larger_digest_counts(connection, order):
    pair = [signal(status="x"), signal(status="y")]
    larger = max(records.staged(s, None, 0, timeless=True)[-1] for s in pair)

    run(connection, 1, 1, pair[::order], cut=1)

    assert [row[-1] for row in in_force(connection, 1)] == [larger]


@pytest.mark.parametrize("order", [1, -1])
def test_what_returns_to_the_version_before_within_a_run_is_no_new_version(connection, order):
    run(connection, 1, 1, [signal(status="x")])

    total = run(connection, 1, 2, [signal(status="y", day=1), signal(status="x", day=2)][::order], cut=1)

    assert versions(connection, 1, "valid_from, valid_to") == [(1, None)]
    assert total == records.Applied()


def test_an_event_stays_as_first_seen_and_a_charge_is_corrected(connection):
    grant = signal(kind=SignalKind.GRANT, state="granted")
    run(
        connection, 1, 1, [grant, charge("m", 5), signal("d", kind=SignalKind.DECLARATION, status="new")], events=EVENTS
    )

    later = [dataclasses.replace(grant, facts={"state": "revoked"}), charge("m", 6)]
    later.append(signal("d", kind=SignalKind.DECLARATION, status="approved"))
    total = run(connection, 1, 2, later, events=EVENTS)

    assert (total.added, total.changed) == (0, 2)
    found = versions(connection, 1, "native_id, valid_from, valid_to")
    assert found == [("a", 1, None), ("d", 1, 2), ("d", 2, None), ("m", 1, 2), ("m", 2, None)]


def test_a_snapshot_read_at_another_time_is_no_new_version(connection):
    run(connection, 1, 1, [signal(day=1)])

    assert run(connection, 1, 2, [signal(day=9)]) == records.Applied()


def test_closing_ends_only_what_the_run_did_not_see(connection):
    run(connection, 1, 1, [signal("a"), signal("b")])
    run(connection, 2, 1, [signal("b")])

    total = run(connection, 1, 2, [signal("a"), signal("c")], close=True)

    assert total == records.Applied(added=1, changed=0, closed=1)
    assert versions(connection, 1, "native_id, valid_from, valid_to") == [("a", 1, None), ("b", 1, 2), ("c", 2, None)]
    assert versions(connection, 2, "native_id, valid_to") == [("b", None)]


def test_what_was_closed_and_comes_again_gets_a_version_of_its_own(connection):
    run(connection, 1, 1, [signal()])
    run(connection, 1, 2, [], close=True)

    total = run(connection, 1, 3, [signal()])

    assert total.added == 1
    assert versions(connection, 1, "valid_from, valid_to") == [(1, 2), (3, None)]


def test_closing_within_actors_leaves_people_alone_whom_the_file_does_not_hold(connection):
    ana, ben = Actor(native_id="1"), Actor(native_id="2")
    run(connection, 1, 1, [signal("a1", actor=ana), signal("a2", actor=ana), signal("b1", actor=ben)])
    records.forget_seen(connection)
    applied(connection, 1, 2, [signal("a1", actor=ana)])

    assert records.close_unseen(connection, 1, 2, within_actors=True) == 1
    assert [row[0] for row in in_force(connection, 1)] == ["a1", "b1"]


def test_a_run_forgets_what_the_run_before_saw(connection):
    run(connection, 1, 1, [signal("a")])
    records.forget_seen(connection)

    assert records.close_unseen(connection, 1, 2, within_actors=False) == 1


def test_the_versions_in_force_at_a_time_are_one_query(connection):
    run(connection, 1, 10, [signal("a", status="x"), signal("b")])
    run(connection, 1, 20, [signal("a", status="y")], close=True)
    run(connection, 2, 20, [signal("z")])

    def told(moment, stream=None):
        return [(row.stream_id, row.native_id, row.facts) for row in records.as_of(connection, moment, stream)]

    assert told(9) == []
    assert told(10) == told(19) == [(1, "a", '{"status": "x"}'), (1, "b", "{}")]
    assert told(20) == [(1, "a", '{"status": "y"}'), (2, "z", "{}")]
    assert told(20, 2) == [(2, "z", "{}")]


@pytest.mark.parametrize("amount", [0, -1, 2**63 - 1, -(2**63), 123_456_789_012_345_678])
def test_amounts_are_kept_to_the_millionth(connection, amount):
    run(connection, 1, 1, [charge(amount=amount, currency="JPY", cost_center="CC 1", unit="Marketing")], events=EVENTS)

    columns = "amount_micros, currency, budget, facts"
    assert versions(connection, 1, columns) == [(amount, "JPY", "CC 1", '{"cost_center": "CC 1", "unit": "Marketing"}')]


def test_the_budget_of_a_charge_is_its_unit_where_no_cost_centre_stands(connection):
    run(connection, 1, 1, [charge(unit="Marketing"), signal("p", kind=SignalKind.PERSON, unit="Sales")], events=EVENTS)

    assert versions(connection, 1, "native_id, budget") == [("a", "Marketing"), ("p", None)]


addresses = st.emails() | st.sampled_from(["ANA@Acme.Example", "@", "a@b@c", "İ@x.example", "ß@x.example"])


@given(
    pieces=st.lists(st.text(max_size=3) | addresses, min_size=1, max_size=4),
    actor=st.none() | st.builds(Actor, native_id=addresses | st.just("7"), address=st.none() | addresses),
)
def test_no_address_survives_in_a_native_id(pieces, actor):
    native = "|".join([*pieces, actor.address or "" if actor else ""]) or "x"

    kept = records.without_address(native, actor, 7)

    assert "@" not in kept
    assert kept == native if "@" not in native else kept != native
    assert records.without_address(native, actor, 7) == kept


def test_ids_that_hold_addresses_stay_apart_and_readable():
    ana = Actor(native_id="ana@acme.example")

    assert records.without_address("client1|ana@acme.example", ana, 7) == "client1|#7"
    assert records.without_address("client1|ANA@acme.example", ana, 7).startswith("sha256:")
    assert records.without_address("x@y.z|1", None, 0) != records.without_address("x@y.z|2", None, 0)


HOSTILE = st.text(min_size=1, max_size=6, alphabet=st.characters(codec=None) | st.sampled_from("\0\ud800\udfff@'\\"))


@FRESH
@given(name=HOSTILE, value=HOSTILE)
def test_hostile_text_is_kept_without_what_a_database_cannot_hold(connection, name, value):
    stream = next(_STREAMS)
    app = AppIdentity(app_id=value, label=name)
    facts = {"status": value, "scopes": (value, name)}
    found = Signal(stream="s", kind=SignalKind.REGISTRATION, native_id=name, seen_at=START, app=app, facts=facts)

    for run_at in (1, 2):
        run(connection, stream, run_at, [found])

    ((native, app_told, facts_told),) = versions(connection, stream, "native_id, app, facts")
    assert native == clean(name) or native.startswith("sha256:")
    assert clean(app_told + facts_told) == app_told + facts_told
    assert "\\u0000" not in facts_told.replace("\\\\", "")


def test_a_batch_without_rows_is_nothing(connection):
    assert records.apply(connection, 1, 1, iter(()), events=False) == records.Applied()


@pytest.mark.slow
def test_large_batches_take_no_more_than_linear_time(store):
    start = time.monotonic()
    with store.writer() as writer:
        for run_at in (1, 2, 3):
            with writer.transaction() as connection:
                records.forget_seen(connection)
            for begin in range(0, 60_000, 5000):
                rows = [signal(f"n{n}", status=str(run_at)) for n in range(begin, begin + 5000)]
                with writer.transaction() as connection:
                    total = applied(connection, 1, run_at, rows, cut=5000)
                assert total.added + total.changed == 5000
        with writer.transaction() as connection:
            assert len(versions(connection, 1)) == 180_000
    assert time.monotonic() - start < 90  # quadratic takes many minutes

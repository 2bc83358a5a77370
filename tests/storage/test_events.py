"""Landing files in the store, and the roll-up of their months."""

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from storage import derived, events
from storage.landing import Landing
from tests.storage.filling import Filling, at, ms
from tests.storage.landed import edges, event, put, rolled

NOW = at(2026, 6, 15)
MARCH = 202603
FRESH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=8)


@pytest.fixture(scope="module")
def landing():
    one = Landing()
    yield one
    one.close()


@pytest.fixture
def land(landing, store, objects):
    """Land events as a file of stream 1; return the names of the new files."""

    def make(*found, stream=1, now=NOW):
        return [new.name for new in put(landing, store, objects, stream, found, now)]

    return make


def roll(store, objects, due=None, now=NOW):
    with store.writer() as writer:
        if due is None:
            with writer.transaction() as connection:
                due = events.months(connection, "dirty")
        return list(events.roll_up(writer, objects, due, now))


def usage(store, stream=1, month=MARCH):
    with store.read() as connection:
        rows = Filling(connection).whole("usage")
    return [row[2:] for row in rows if row[:2] == (stream, month)]


def states(store):
    with store.read() as connection:
        return {(s, m): state for s, m, state, _ in Filling(connection).whole("landing_month")}


def files(store):
    with store.read() as connection:
        return {row[0]: row[3] for row in Filling(connection).whole("landing_file")}


def some(count, *, month=3, start=0):
    numbers = range(start, start + count)
    return [event(f"e{n}", ms(2026, month, 1 + n % 28), identity=1 + n % 3, actor=n % 4) for n in numbers]


def pending(store, name="1/202603/x.parquet", now=NOW):
    new = events.NewFile(name, 1, MARCH, 1, 10)
    with store.write() as connection:
        events.enter_pending(connection, [new], 1, now)
    return new


def test_landed_months_are_rolled_up_and_rolled_twice_changes_nothing(store, objects, land):
    found = some(40)
    land(*found)
    assert states(store) == {(1, MARCH): "dirty"}

    assert roll(store, objects) == [(1, MARCH, len(rolled(found)))]

    assert usage(store) == rolled(found)
    assert states(store) == {(1, MARCH): "rolled"}
    assert roll(store, objects) == []
    assert roll(store, objects, [(1, MARCH)]) == [(1, MARCH, 0)]


def test_the_same_events_landed_again_are_no_new_file(store, objects, land):
    names = land(*some(5))
    roll(store, objects)

    assert land(*some(5)) == []
    assert states(store) == {(1, MARCH): "rolled"}
    assert list(files(store)) == names


def test_a_file_falls_into_its_stream_and_month(store, land):
    land(event("a", ms(2026, 3, 31)), event("b", ms(2026, 4, 1)), stream=7)

    assert states(store) == {(7, 202603): "dirty", (7, 202604): "dirty"}
    assert {name.rsplit("/", 1)[0] for name in files(store)} == {"7/202603", "7/202604"}


@FRESH
@given(
    found=st.lists(
        st.lists(
            st.builds(event, st.sampled_from("abcdef"), st.sampled_from(edges(MARCH)), st.integers(1, 2),
                      st.integers(0, 1),
                      st.integers(0, 1), st.booleans(), st.booleans()),
            max_size=6,
        ),
        min_size=1,
        max_size=3,
    )
)  # fmt: skip
def test_after_every_file_the_months_hold_what_a_person_would_count(store, objects, land, found):
    stream = 1 + max((s for s, _ in states(store)), default=0)
    so_far = []
    for file in found:
        land(*file, stream=stream)
        so_far += file
        roll(store, objects)

        assert usage(store, stream) == rolled(so_far)


def test_rows_that_the_files_no_longer_give_are_removed(store, objects, land):
    keep, gone = land(*some(6)), land(*some(6, start=100))
    roll(store, objects)
    with store.write() as connection:
        connection.execute(text("DELETE FROM landing_file WHERE name = :n"), {"n": gone[0]})
        connection.execute(text("UPDATE usage SET successes = 77 WHERE identity_id = 1"))

    ((_, _, written),) = roll(store, objects, [(1, MARCH)])

    assert usage(store) == rolled(some(6))
    assert written > 0
    assert keep


def test_a_month_without_files_loses_its_rows(store, objects):
    with store.write() as connection:
        Filling(connection).usage(1, 5, 6, ms(2026, 3, 1))
        Filling(connection).usage(1, 5, 6, ms(2026, 4, 1))

    assert roll(store, objects, [(1, MARCH)]) == [(1, MARCH, 1)]
    assert usage(store) == []
    assert len(usage(store, month=202604)) == 1


def test_many_rows_are_written_in_several_transactions(store, objects, land, monkeypatch):
    monkeypatch.setattr(events, "_BATCH", 3)
    found = [event(f"e{n}", ms(2026, 3, 1), identity=n) for n in range(10)]
    land(*found)

    assert roll(store, objects) == [(1, MARCH, 10)]
    assert usage(store) == rolled(found)


def test_a_run_that_is_cut_off_while_writing_leaves_the_month_due(store, objects, land, monkeypatch):
    monkeypatch.setattr(events, "_BATCH", 3)
    found = [event(f"e{n}", ms(2026, 3, 1), identity=n) for n in range(10)]
    land(*found)
    with monkeypatch.context() as patched:
        patched.setattr(events, "_drop_stale", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            roll(store, objects)
    assert states(store) == {(1, MARCH): "dirty"}

    roll(store, objects)

    assert usage(store) == rolled(found)
    assert states(store) == {(1, MARCH): "rolled"}


def test_pending_files_do_not_count(store, objects, land):
    land(*some(3))
    pending(store)

    roll(store, objects)

    assert usage(store) == rolled(some(3))
    with store.read() as connection:
        assert len(events.committed(connection, 1, MARCH)) == 1


@pytest.mark.parametrize(
    ("later", "left"), [(timedelta(0), 1), (timedelta(days=1), 1), (timedelta(days=1, seconds=1), 0)]
)
def test_pending_files_are_swept_after_their_lease_and_not_before(store, objects, land, tmp_path, later, left):
    (kept,) = land(*some(3), now=NOW - timedelta(days=400))
    new = pending(store)
    (tmp_path / "x").write_bytes(b"x")
    objects.put(tmp_path / "x", new.name)

    with store.write() as connection:
        swept = events.sweep(connection, objects, NOW + later)

    assert swept == 1 - left
    assert (new.name in files(store)) == (new.name in objects.names()) == bool(left)
    assert files(store)[kept] == "committed"
    assert objects.fetch(kept)


def test_a_pending_file_that_comes_again_gets_a_new_lease(store):
    new = pending(store)
    with store.write() as connection:
        fresh = events.enter_pending(connection, [new], 2, NOW + timedelta(days=1))

        assert fresh == [new]
        assert events.sweep(connection, None, NOW + timedelta(days=1, hours=1)) == 0


def test_a_sealed_month_is_never_marked_rolled_up_or_cleared(store, objects, land):
    with store.write() as connection:
        filling = Filling(connection)
        filling.seal(1, MARCH)
        filling.usage(1, 5, 6, ms(2026, 3, 1))
        filling.usage(1, 5, 6, ms(2026, 4, 1))

    land(*some(3))
    assert states(store) == {(1, MARCH): "sealed"}
    with store.write() as connection:
        assert events.months(connection) == events.months(connection, "dirty") == []
        derived.clear(connection)

    assert roll(store, objects) == []
    assert len(usage(store)) == 1
    assert usage(store, month=202604) == []


def merge(store, objects, now=NOW, keys=((1, MARCH),)):
    with store.writer() as writer:
        return events.merge_closed(writer, objects, keys, 2, now)


def test_small_files_of_a_month_that_is_over_become_one(store, objects, land):
    names = [land(*some(4, start=n))[0] for n in range(0, 20, 2)]
    roll(store, objects)
    before = usage(store)

    assert merge(store, objects) == 10

    assert roll(store, objects, [(1, MARCH)]) == [(1, MARCH, 0)]
    assert usage(store) == before == rolled(some(22))
    (left,) = files(store)
    assert left not in names
    assert list(objects.names()) == [left]
    assert files(store)[left] == "committed"


def test_few_files_large_files_and_months_that_are_not_over_are_left(store, objects, land, monkeypatch):
    for n in range(9):
        land(*some(1, start=n))
        land(event(f"f{n}", ms(2026, 6, 1)))
    for n in range(8):
        land(event(f"g{n}", ms(2026, 2, 1)))

    assert merge(store, objects, keys=[(1, 202602), (1, 202606)]) == 0
    assert merge(store, objects, now=at(2026, 3, 31)) == 0
    with monkeypatch.context() as patched:
        patched.setattr(events, "_MERGE_BYTES", 100)
        assert merge(store, objects) == 0
    assert merge(store, objects, now=at(2026, 4, 1)) == 9


def test_files_that_hold_the_same_events_become_the_one_that_holds_all(store, objects, land):
    land(*some(12))
    for n in range(9):
        land(some(12)[n])

    assert merge(store, objects) == 10

    assert roll(store, objects, [(1, MARCH)])
    assert usage(store) == rolled(some(12))
    assert list(files(store)) == list(objects.names())
    assert len(files(store)) == 1


class Killed(BaseException):
    """Stands for a process that ends at once."""


@pytest.mark.parametrize("when", ["put", "delete"])
def test_a_merge_that_is_killed_half_way_loses_nothing(store, objects, land, monkeypatch, when):
    for n in range(10):
        land(*some(3, start=n))

    def killed(*_):
        raise Killed

    real = objects.put
    with monkeypatch.context() as patched:
        if when == "put":
            patched.setattr(objects, "put", lambda local, name: (real(local, name), killed()))
        else:
            patched.setattr(objects, "delete", killed)
        with pytest.raises(Killed):
            merge(store, objects)

    later = NOW + timedelta(days=2)
    with store.write() as connection:
        events.sweep(connection, objects, later)
    roll(store, objects, [(1, MARCH)])
    assert usage(store) == rolled(some(12))
    merge(store, objects, now=later)
    roll(store, objects, [(1, MARCH)])
    assert usage(store) == rolled(some(12))
    assert set(files(store)) <= set(objects.names())
    assert set(files(store).values()) == {"committed"}


def test_thousands_of_files_are_forgotten_at_once(store, objects):
    with store.write() as connection:
        for n in range(1200):
            new = events.NewFile(f"n{n}", 1, MARCH, 1, 1)
            events.enter_pending(connection, [new], 1, NOW)

        assert events.sweep(connection, objects, NOW + timedelta(days=2)) == 1200


def test_a_run_that_stops_asking_leaves_no_engine_behind(store, objects, land):
    land(*some(3), event("later", ms(2026, 4, 1)))
    with store.writer() as writer:
        with writer.transaction() as connection:
            due = events.months(connection)
        rolling = events.roll_up(writer, objects, due, NOW)

        assert next(rolling)[:2] == (1, MARCH)
        rolling.close()

    assert states(store) == {(1, MARCH): "rolled", (1, 202604): "dirty"}

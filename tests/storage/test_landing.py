"""Landing files: exact, slim, named by their content, and rolled up as a person would count."""

import itertools
import random
import uuid

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from storage.landing import Landing, LaneRefused, Roller, event_id
from storage.times import month_of
from tests.storage.filling import ms
from tests.storage.landed import distinct, edges, event, parts, read, rolled

FRESH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=40)
_FILES = itertools.count(1)
MONTHS = (202401, 202402, 202304, 202412)


@pytest.fixture(scope="module")
def landing():
    one = Landing()
    yield one
    one.close()


@pytest.fixture(scope="module")
def roller():
    one = Roller()
    yield one
    one.close()


@st.composite
def months_of_events(draw):
    month = draw(st.sampled_from(MONTHS))
    first, *_, last = edges(month)
    moments = st.sampled_from(edges(month)) | st.integers(first, last)
    numbers = st.integers(1, 3)
    one = st.builds(
        event,
        st.sampled_from("abcdefgh"),
        moments,
        numbers,
        st.integers(0, 2),
        st.integers(0, 5),
        st.booleans(),
        st.booleans(),
    )
    return month, draw(st.lists(st.lists(one, max_size=8), min_size=1, max_size=4))


def written(landing, folder, found):
    """Write each list of events as a file of its own; return their paths."""
    paths = []
    for events in found:
        for part in parts(landing, events):
            paths.append(folder / f"{next(_FILES)}.parquet")
            part.path.rename(paths[-1])
    return paths


@FRESH
@given(made=months_of_events())
def test_the_roll_up_is_what_a_person_would_count(landing, roller, tmp_path, made):
    _, files = made
    paths = written(landing, tmp_path, files)
    if not paths:
        return

    assert roller.roll(paths) == rolled([one for file in files for one in file])


@FRESH
@given(made=months_of_events())
def test_merged_files_give_the_same_roll_up_and_one_row_an_event(landing, roller, tmp_path, made):
    _, files = made
    paths = written(landing, tmp_path, files)
    if not paths:
        return
    everything = [one for file in files for one in file]
    target = tmp_path / f"merged{next(_FILES)}.parquet"

    name, rows, size = roller.merge(paths, target)

    assert rows == len(distinct(everything)) == len(read(target))
    assert size == target.stat().st_size
    assert len(name) == 64
    assert roller.roll([target]) == roller.roll([*paths, target]) == rolled(everything)
    assert list(roller.events([target])) == sorted(distinct(everything), key=lambda e: (e[1], uuid.UUID(e[0]).int))


@FRESH
@given(made=months_of_events(), seed=st.integers(0, 9))
def test_equal_events_give_equal_file_names_in_any_order(landing, made, seed):
    _, files = made
    found = [one for file in files for one in file]
    shuffled = list(found)
    random.Random(seed).shuffle(shuffled)

    first = [(p.month, p.name, p.rows) for p in parts(landing, found)]

    assert [(p.month, p.name, p.rows) for p in parts(landing, shuffled)] == first


def test_events_that_differ_in_anything_give_other_names(landing):
    one = event("e", ms(2026, 3, 1))
    others = [event("f", ms(2026, 3, 1)), event("e", ms(2026, 3, 1) + 1)]
    others += [(*one[:n], value, *one[n + 1 :]) for n, value in ((2, 9), (3, 9), (4, 0), (5, False), (6, True))]

    names = {parts(landing, [found])[0].name for found in [one, *others]}

    assert len(names) == 8


@pytest.mark.parametrize("month", [202301, 202302, 202402, 202304, 202312])
def test_an_event_falls_into_its_month_and_day(landing, roller, tmp_path, month):
    moments = edges(month)
    found = [event(f"e{n}", moment) for n, moment in enumerate(moments)]
    found += [event("before", moments[0] - 1), event("after", moments[-1] + 1)]

    made = {part.month: part for part in parts(landing, found)}

    assert sorted(made) == sorted({month_of(moments[0] - 1), month, month_of(moments[-1] + 1)})
    assert made[month].rows == 4
    ((*_, days),) = roller.roll([made[month].path])
    last = {202301: 31, 202302: 28, 202402: 29, 202304: 30, 202312: 31}[month]
    assert days == 1 | 1 << (last - 1)


def test_failures_alone_show_their_own_times_and_no_day(landing, roller):
    start = ms(2026, 3, 31)
    found = [event("a", start, success=False, second_factor=True), event("b", start + 5, success=False)]

    (part,) = parts(landing, found)

    assert roller.roll([part.path]) == [(1, 1, 1, 0, 2, start, start + 5, 0, 0)]


@given(st.uuids())
def test_an_id_that_is_a_uuid_is_kept_exactly_in_either_case(found):
    assert event_id(str(found)) == event_id(str(found).upper()) == str(found)


def test_ids_of_128_bits_arrive_exactly(landing):
    ids = ["00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"]
    ids += ["80000000-0000-0000-0000-000000000001", "7fffffff-ffff-ffff-8000-000000000001"]

    (part,) = parts(landing, [event(i, n) for n, i in enumerate(ids)])

    assert [row[0] for row in read(part.path)] == ids
    with duckdb.connect() as con:
        kinds = con.execute("DESCRIBE FROM read_parquet(?)", [str(part.path)]).fetchall()
    assert [(k[0], k[1]) for k in kinds] == [
        ("id", "UUID"),
        ("seen", "BIGINT"),
        ("identity", "INTEGER"),
        ("actor", "INTEGER"),
        ("method", "UTINYINT"),
        ("success", "BOOLEAN"),
        ("second_factor", "BOOLEAN"),
    ]


@pytest.mark.parametrize("native", ["7", "{00000000-0000-0000-0000-000000000000}", "0" * 32, "é", "nul\0", "\ud800"])
def test_an_id_that_is_no_uuid_becomes_one_always_the_same(native):
    assert uuid.UUID(event_id(native))
    assert event_id(native) == event_id(native)
    assert event_id(native) != event_id(native + "x")


def test_a_name_that_names_nothing_leaves_an_app_out_and_makes_an_actor_nobody(landing):
    landing.clear()
    landing.load_events(
        ("sign_ins", event_id(f"{app}{who}"), 5, app, who, 1, True, False)
        for app in ("1", "none")
        for who in ("2", "none", None)
    )
    apps, actors = landing.new_names()

    landing.number([(a, None if a == "none" else 1) for a in apps], [(a, None if a == "none" else 2) for a in actors])
    (seen,), (part,) = landing.seen(), landing.write()

    assert (seen.rows, seen.first, seen.last) == (3, 5, 5)
    assert sorted(row[2:4] for row in read(part.path)) == [(1, 0), (1, 0), (1, 2)]


def test_names_are_asked_for_once_and_those_of_a_refused_file_are_forgotten(tmp_path):
    landing = Landing()
    try:
        parts(landing, [event("a", 1, identity=1, actor=1)])
        landing.clear()
        landing.load_events([("s", event_id("b"), 1, "2", "1", 1, True, False)])
        assert landing.new_names() == (["2"], [])
        landing.clear()
        assert landing.new_names() == ([], [])
        landing.load_events([("s", event_id("c"), 1, "4", "1", 1, True, False)])
        assert landing.new_names() == (["4"], [])
        landing.clear()

        assert [part.rows for part in parts(landing, [event("c", 1, identity=1), event("d", 1, identity=3)])] == [2]
    finally:
        landing.close()
    assert not landing.folder.exists()


@pytest.mark.parametrize("kind", [Landing, Roller])
def test_where_there_is_nothing_to_ask_no_engine_is_opened(monkeypatch, kind):
    monkeypatch.setattr(duckdb, "connect", lambda **_given: pytest.fail("an engine was opened"))
    one = kind()
    if kind is Landing:
        one.clear()
        assert (one.new_names(), one.seen(), one.write()) == (([], []), [], [])

    one.close()

    assert not one.folder.exists()


def test_a_file_that_the_engine_cannot_read_is_refused(landing, tmp_path):
    with pytest.raises(LaneRefused):
        landing.load_bulk("SELECT no_such_column FROM read_json($file)", str(tmp_path / "none.json"), 0)
    landing.clear()


@pytest.mark.parametrize("folder", ["actor=5", "method=7/seen=1", "it's", "[ab]*?"])
def test_the_name_of_a_folder_says_nothing_about_the_events_in_it(landing, roller, tmp_path, folder):
    place = tmp_path / folder
    place.mkdir(parents=True)
    found = [event("a", ms(2026, 3, 1)), event("a", ms(2026, 3, 2)), event("b", ms(2026, 3, 1))]
    paths = written(landing, place, [found])

    assert roller.roll(paths) == rolled(found)
    roller.merge(paths, place / "merged.parquet")
    assert sorted(read(place / "merged.parquet")) == sorted(distinct(found))

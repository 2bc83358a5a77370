"""Many rows at once."""

import itertools

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from storage import bulk
from storage.tables import metadata

USAGE = metadata.tables["usage"]
COLUMNS = tuple(c.name for c in USAGE.columns)
TOOL = metadata.tables["tool"]
TOOL_COLUMNS = tuple(c.name for c in TOOL.columns)
FRESH = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=25)
_STREAMS = itertools.count(1)

keys = st.tuples(st.integers(202401, 202412), st.integers(1, 3), st.integers(0, 2), st.integers(0, 5))
values = st.tuples(
    st.integers(0, 2**31 - 1),
    st.integers(0, 9),
    st.integers(0, 2**62),
    st.integers(-(2**62), 2**62),
    st.integers(0, 9),
    st.integers(0, 2**31 - 1),
)


def stored(connection, stream):
    found = connection.execute(text("SELECT * FROM usage WHERE stream_id = :s"), {"s": stream})
    return {tuple(row)[1:5]: tuple(row)[5:] for row in found}


def tool(key, name="Name", vendor=None):
    return (key, name, vendor, None, None, 0, None, "new")


@FRESH
@given(batches=st.lists(st.dictionaries(keys, values, max_size=12), max_size=4))
def test_upserts_leave_what_a_dict_would_hold_and_count_what_differs(connection, batches):
    stream, model = next(_STREAMS), {}
    for batch in batches:
        differing = sum(model.get(key) != value for key, value in batch.items())

        written = bulk.upsert(connection, USAGE, COLUMNS, ((stream, *k, *v) for k, v in sorted(batch.items())))

        model |= batch
        assert written == differing
        assert stored(connection, stream) == model


def test_no_rows_write_nothing(connection):
    assert bulk.upsert(connection, USAGE, COLUMNS, iter(())) == 0


def test_an_absent_value_differs_from_a_present_one_and_equals_an_absent_one(connection):
    assert bulk.upsert(connection, TOOL, TOOL_COLUMNS, [tool("a"), tool("b", vendor="V")]) == 2

    assert bulk.upsert(connection, TOOL, TOOL_COLUMNS, [tool("a"), tool("b", vendor="V")]) == 0
    assert bulk.upsert(connection, TOOL, TOOL_COLUMNS, [tool("a", vendor="V"), tool("b")]) == 2


def test_a_table_that_is_all_key_keeps_what_is_there(connection):
    columns = ("hash",)
    text_table = metadata.tables["text"]

    assert bulk.upsert(connection, text_table, columns, [("a",), ("b",)]) == 2
    assert bulk.upsert(connection, text_table, columns, [("a",), ("c",)]) == 1


def test_rows_come_one_by_one_and_are_never_all_in_memory(connection):
    alive, most = 0, 0

    class Row(tuple):
        __slots__ = ()

        def __del__(self):
            nonlocal alive
            alive -= 1

    def rows():
        nonlocal alive, most
        for number in range(5000):
            alive += 1
            most = max(most, alive)
            yield Row((1, 202401, number, 0, 0, 1, 0, 1, 1, 0, 1))

    assert bulk.upsert(connection, USAGE, COLUMNS, rows()) == 5000
    assert most < 100


@pytest.mark.parametrize("name", ['x"; DROP TABLE tool; --', "\u202e🦊", "a\tb\\N\n", "\\.", "", "x" * 5000])
def test_text_arrives_as_it_was(connection, name):
    bulk.upsert(connection, TOOL, TOOL_COLUMNS, [tool("a", name)])

    assert connection.scalar(text("SELECT name FROM tool")) == name


def test_a_stage_holds_rows_for_the_session_and_is_made_anew(connection):
    bulk.stage(connection, "ostiary_test", TOOL, ("id", "provisional"), iter([("a", 1), ("a", 1)]))
    assert connection.scalar(text("SELECT count(*) FROM ostiary_test")) == 2

    bulk.stage(connection, "ostiary_test", TOOL, ("id", "vendor"), [("b", None)])

    assert [tuple(r) for r in connection.execute(text("SELECT id, vendor FROM ostiary_test"))] == [("b", None)]


def test_a_stage_is_nobody_elses(store):
    with store.writer() as writer, store.read() as other:
        with writer.transaction() as connection:
            bulk.stage(connection, "ostiary_test", TOOL, ("id",), [("a",)])
        names = "sqlite_master WHERE name" if store.is_sqlite else "pg_tables WHERE schemaname = 'public' AND tablename"

        assert other.scalar(text(f"SELECT count(*) FROM {names} = 'ostiary_test'")) == 0


def test_a_name_that_is_a_word_of_sql_is_quoted():
    assert bulk._update(bulk._quoted("usage"), ["order"], "sqlite") == (
        'UPDATE SET "order" = excluded."order" WHERE "usage"."order" IS NOT excluded."order"'
    )

"""The trail: whatever somebody does to its rows afterwards shows."""

import contextlib
import dataclasses
import hashlib
import hmac
import json
import random
import sqlite3
import tempfile
from pathlib import Path

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from sqlalchemy import text

from gate.audit import Broken, Head, Trail, canonical, head
from storage import kept
from storage.store import Store
from storage.tables import metadata
from tests.storage.filling import at

NOW = at(2026, 3, 1, 12)
words = st.text(max_size=5, alphabet=st.characters(exclude_categories=["Cs"]))
KEYS = st.sampled_from([None, b"k" * 32])


def chained(trail, contents):
    """Rows as `write` makes them, without a store."""
    rows, before = [], ""
    for n, (actor, act, about, detail) in enumerate(contents, 1):
        row = {"n": n, "at": n * 1000, "actor": actor, "act": act, "object": about, "detail": canonical(detail)}
        before = trail.mac(before, row)
        rows.append(row | {"mac": before})
    return rows


contents = st.lists(
    st.tuples(words, words, words, st.dictionaries(words, words | st.integers(), max_size=2)), max_size=5
)
some = contents.filter(bool)


def write(connection, trail, count=3):
    return [
        trail.write(connection, at=NOW, actor="user:ana", act="run", about=f"run:{n}", detail={"n": n})
        for n in range(count)
    ]


def test_rows_are_numbered_from_one_and_the_chain_holds(connection, trail):
    assert write(connection, trail) == [1, 2, 3]

    rows = kept.audit_rows(connection)
    assert [row["n"] for row in rows] == [1, 2, 3]
    assert [json.loads(row["detail"]) for row in rows] == [{"n": 0}, {"n": 1}, {"n": 2}]
    assert trail.verify(rows) is None
    assert head(connection) == Head(3, rows[-1]["mac"])


def test_an_empty_trail_holds_and_has_a_head(connection, trail):
    assert trail.verify([]) is None
    assert head(connection) == Head(0, "")
    assert trail.verify([], head(connection)) is None


def test_the_mac_is_what_anybody_can_compute_again():
    row = {"n": 1, "at": 2, "actor": "user:ana", "act": "run", "object": "run:1", "detail": '{"é":1}'}
    told = json.dumps(["b", 1, 2, "user:ana", "run", "run:1", '{"é":1}'], ensure_ascii=False, separators=(",", ":"))

    assert Trail(None).mac("b", row) == hashlib.sha256(told.encode()).hexdigest()
    assert Trail(b"key").mac("b", row) == hmac.new(b"key", told.encode(), hashlib.sha256).hexdigest()
    assert (Trail(None).keyed, Trail(b"key").keyed) == (False, True)


@given(KEYS, contents)
def test_an_untouched_chain_holds(key, found):
    rows = chained(Trail(key), found)

    assert Trail(key).verify(iter(rows)) is None
    assert Trail(key).verify(rows, Head(len(rows), rows[-1]["mac"] if rows else "")) is None


@given(KEYS, some, st.data())
def test_any_edit_of_a_row_is_found_at_that_row(key, found, data):
    rows = chained(Trail(key), found)
    at_row = data.draw(st.integers(0, len(rows) - 1))
    field = data.draw(st.sampled_from(["n", "at", "actor", "act", "object", "detail", "mac"]))
    value = data.draw(st.integers() if field in {"n", "at"} else words)
    assume(value != rows[at_row][field])
    rows[at_row] = rows[at_row] | {field: value}

    broken = Trail(key).verify(rows)

    assert broken is not None
    assert broken.n == at_row + 1


@given(KEYS, some, st.data())
def test_any_row_cut_out_is_found_and_at_the_end_by_the_head(key, found, data):
    rows = chained(Trail(key), found)
    noted = Head(len(rows), rows[-1]["mac"])
    begin = data.draw(st.integers(0, len(rows) - 1))
    end = data.draw(st.integers(begin + 1, len(rows)))
    left = rows[:begin] + rows[end:]

    broken = Trail(key).verify(left, noted)

    assert broken == Broken(begin + 1, broken.why)
    assert "missing" in broken.why
    if end < len(rows):
        assert Trail(key).verify(left) is not None


@given(KEYS, some, st.data())
def test_any_row_put_in_or_repeated_is_found(key, found, data):
    rows = chained(Trail(key), found)
    place = data.draw(st.integers(0, len(rows) - 1))
    extra = data.draw(st.sampled_from(rows))

    assert Trail(key).verify([*rows[:place], extra, *rows[place:]]) is not None


@given(KEYS, some.filter(lambda c: len(c) > 1), st.randoms(use_true_random=False))
def test_any_other_order_is_found(key, found, shuffler: random.Random):
    rows = chained(Trail(key), found)
    mixed = list(rows)
    shuffler.shuffle(mixed)
    assume(mixed != rows)

    assert Trail(key).verify(mixed) is not None


@given(some)
def test_a_chain_written_anew_without_the_key_is_found(found):
    forged = chained(Trail(None), found)

    assert Trail(b"k" * 32).verify(forged) == Broken(1, "row 1 was changed, or another key wrote it")
    assert Trail(b"x" * 32).verify(chained(Trail(b"k" * 32), found)) is not None


def test_a_chain_without_a_key_that_was_written_anew_is_found_by_the_head():
    noted = chained(Trail(None), [("a", "b", "c", {}), ("a", "b", "d", {})])
    forged = chained(Trail(None), [("a", "b", "x", {}), ("a", "b", "d", {})])

    assert Trail(None).verify(forged) is None
    broken = Trail(None).verify(forged, Head(2, noted[-1]["mac"]))
    assert broken == Broken(2, "row 2 is another one than the head says")


def test_a_chain_that_went_on_after_its_head_was_noted_holds():
    rows = chained(Trail(None), [("a", "b", str(n), {}) for n in range(4)])

    assert Trail(None).verify(rows, Head(2, rows[1]["mac"])) is None


@pytest.mark.parametrize("value", [b"\xff", None, 7, "é", "\ud800"])
@pytest.mark.parametrize("field", ["mac", "detail", "object"])
def test_a_value_that_no_row_can_hold_is_found_and_not_stumbled_over(field, value):
    rows = chained(Trail(None), [("a", "b", "c", {})])

    assert Trail(None).verify([rows[0] | {field: value}]) == Broken(1, "row 1 was changed, or another key wrote it")


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit SET detail = '{}' WHERE n = 2",
        "UPDATE audit SET actor = 'user:eve' WHERE n = 1",
        "DELETE FROM audit WHERE n = 1",
        "DELETE FROM audit WHERE n = 2",
        "UPDATE audit SET n = n + 10",
    ],
)
def test_what_is_done_to_the_table_is_found(connection, trail, sql):
    write(connection, trail)
    connection.execute(text(sql))

    assert trail.verify(kept.audit_rows(connection)) is not None


def test_what_a_database_cannot_hold_is_kept_as_a_mark_and_verifies(connection, trail):
    trail.write(connection, at=NOW, actor="user:\udcff", act="run", about="merchant:a\0b", detail={"x": "\ud800\0"})

    (row,) = kept.audit_rows(connection)
    assert (row["actor"], row["object"]) == ("user:\ufffd", "merchant:a\ufffdb")
    assert trail.verify([row]) is None


@given(st.dictionaries(words, words | st.integers() | st.none() | st.booleans() | st.lists(words), max_size=4))
def test_canonical_json_is_one_text_for_equal_values(found):
    told = canonical(found)

    assert canonical(dict(reversed(found.items()))) == told
    assert json.loads(told) == found
    assert told == json.dumps(found, sort_keys=True, separators=(",", ":"), ensure_ascii=False)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
def test_what_is_no_json_has_no_canonical_form(value):
    with pytest.raises(ValueError, match="JSON"):
        canonical({"x": value})


def test_a_break_is_a_value():
    assert dataclasses.astuple(Broken(2, "why")) == (2, "why")


def test_what_an_account_does_notes_the_login_beside_it_and_nothing_else_does(connection):
    trail = Trail(None, "user:ana")
    for actor in ("account:1", "user:ana", "system", "rule:FAST-01@abc"):
        trail.write(connection, at=NOW, actor=actor, act="run", about="run:1", detail={"n": 1})

    told = [json.loads(row["detail"]) for row in kept.audit_rows(connection)]
    assert told == [{"n": 1, "login": "user:ana"}, {"n": 1}, {"n": 1}, {"n": 1}]
    assert trail.verify(kept.audit_rows(connection)) is None


# --- a copy that somebody tampers with, who lacks the key ------------------------------------------------------------

_KEY = b"k" * 32
_COLUMNS = ("n", "at", "actor", "act", "object", "detail", "mac")
_VALUES = (
    st.integers(-(2**63), 2**63 - 1)
    | st.text(max_size=8)
    | st.binary(max_size=8)
    | st.none()
    | st.floats(allow_nan=False)
    | st.sampled_from(["", "0", "1", "{}", "null", "\x00", "\ufeff", "account:1"])
)


@pytest.fixture(scope="module")
def written():
    """A trail in a database file that anybody may open, and its head."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/trail.db")
        metadata.create_all(store.engine)
        with store.write() as connection:
            trail = Trail(_KEY, "user:ana")
            for n in range(7):
                trail.write(
                    connection, at=NOW, actor="account:1", act=f"act.{n % 3}", about=f"tool:{n}", detail={"n": n}
                )
            noted = head(connection)
        store.close()
        yield Path(folder) / "trail.db", noted


@contextlib.contextmanager
def copied(path):
    """A copy of which no rule of the table holds any more: whoever tampers may drop those too."""
    store = Store("sqlite://")
    with sqlite3.connect(path) as source, store.engine.connect() as connection:
        rows = source.execute(f"SELECT {', '.join(_COLUMNS)} FROM audit ORDER BY n").fetchall()
        connection.exec_driver_sql(f"CREATE TABLE audit ({', '.join(_COLUMNS)})")
        connection.exec_driver_sql(f"INSERT INTO audit VALUES ({', '.join('?' * 7)})", rows)
        yield connection
    store.close()


def rows_of(connection):
    return [tuple(row) for row in connection.exec_driver_sql("SELECT * FROM audit ORDER BY n, rowid")]


def change(connection, data):
    n, column = data.draw(st.integers(1, 7)), data.draw(st.sampled_from(_COLUMNS))
    connection.exec_driver_sql(f"UPDATE audit SET {column} = ? WHERE n = ?", (data.draw(_VALUES), n))


def delete(connection, data):
    connection.exec_driver_sql("DELETE FROM audit WHERE n = ?", (data.draw(st.integers(1, 7)),))


def cut(connection, data):
    connection.exec_driver_sql("DELETE FROM audit WHERE n > ?", (data.draw(st.integers(0, 6)),))


def swap(connection, data):
    """Let two rows change places: all they say, or all but the number."""
    one, other = data.draw(st.permutations(range(1, 8)))[:2]
    connection.exec_driver_sql("UPDATE audit SET n = 99 WHERE n = ?", (one,))
    connection.exec_driver_sql("UPDATE audit SET n = ? WHERE n = ?", (one, other))
    connection.exec_driver_sql("UPDATE audit SET n = ? WHERE n = 99", (other,))


def insert_row(connection, data):
    """Put a row in: a copy of another, or one of one's own, sealed as well as that goes without the key."""
    like = data.draw(st.integers(1, 7))
    rows = [dict(zip(_COLUMNS, found, strict=True)) for found in rows_of(connection)]
    row = rows[min(like, len(rows)) - 1] if rows else dict.fromkeys(_COLUMNS, "")
    at_n = data.draw(st.integers(0, 9))
    before = rows[at_n - 2]["mac"] if 2 <= at_n <= len(rows) + 1 else ""
    forged = row | {"n": at_n, "object": data.draw(st.sampled_from([row["object"], "tool:x"]))}
    if data.draw(st.booleans()):
        connection.exec_driver_sql("UPDATE audit SET n = n + 1 WHERE typeof(n) = 'integer' AND n >= ?", (at_n,))
    if data.draw(st.booleans()):
        key_of_ones_own = data.draw(st.sampled_from([None, b"", b"x" * 32]))
        with contextlib.suppress(TypeError, ValueError):  # bytes that were put into a row can be sealed by nobody
            forged["mac"] = Trail(key_of_ones_own).mac(str(before), forged)
    values = tuple(forged[name] for name in _COLUMNS)
    connection.exec_driver_sql(f"INSERT INTO audit VALUES ({', '.join('?' * 7)})", values)


def seal_again(connection, _data):
    """Compute all macs anew, without the key."""
    before = ""
    for row in [dict(zip(_COLUMNS, found, strict=True)) for found in rows_of(connection)]:
        with contextlib.suppress(TypeError, ValueError):
            before = Trail(None).mac(before, row)
        connection.exec_driver_sql("UPDATE audit SET mac = ? WHERE n IS ?", (before, row["n"]))


TAMPERING = st.lists(
    st.sampled_from([change, change, delete, cut, swap, insert_row, seal_again]), min_size=1, max_size=4
)


@settings(max_examples=300, deadline=None)
@given(TAMPERING, st.data())
def test_whatever_is_done_to_a_copy_without_the_key_is_found_by_the_head(written, acts, data):
    path, noted = written
    with copied(path) as connection:
        before = rows_of(connection)
        for act in acts:
            act(connection, data)
        tampered = rows_of(connection)
        broken = Trail(_KEY).verify(kept.audit_rows(connection), noted)

    same = [[(type(v), v) for v in row] for row in tampered] == [[(type(v), v) for v in row] for row in before]
    assert (broken is None) == same, (acts, tampered)


@given(st.binary(min_size=1, max_size=4), st.sampled_from(_COLUMNS[2:]))
def test_bytes_that_are_no_text_are_found_where_they_were_put(written, value, column):
    path, noted = written
    assume(not value.isascii())
    with copied(path) as connection:
        connection.exec_driver_sql(f"UPDATE audit SET {column} = CAST(? AS TEXT) WHERE n = 3", (value,))
        broken = Trail(_KEY).verify(kept.audit_rows(connection), noted)

    assert broken == Broken(3, "row 3 was changed, or another key wrote it")


def test_what_is_written_after_a_head_was_noted_and_cut_again_is_not_found(written):
    """Nothing inside the database can show that: whoever needs to know notes heads often, and elsewhere."""
    path, _ = written
    with copied(path) as connection:
        noted = Head(3, rows_of(connection)[2][-1])
        connection.exec_driver_sql("DELETE FROM audit WHERE n > 4")
        assert Trail(_KEY).verify(kept.audit_rows(connection), noted) is None
        connection.exec_driver_sql("DELETE FROM audit WHERE n > 2")
        assert Trail(_KEY).verify(kept.audit_rows(connection), noted) is not None

"""One list in memory: found by key, sorted, searched, and with other rows in its place."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.rows import Kind, Rows

EUR = "EUR"
OWN = Kind("id", lambda row: f"{row['name']} {row['owner'] or ''}", lambda row: (-row["people"], row["id"]))
GIVEN = Kind("id", OWN.text)


def tool(key, name=None, *, people=0, owner=None, tags=(), cost=None):
    money = [] if cost is None else [{"currency": EUR, "amount_micros": cost}]
    return {"id": key, "name": name or key, "people": people, "owner": owner, "tags": [*tags], "cost": money}


@pytest.fixture
def tools():
    return Rows(
        OWN,
        [
            tool("b", "beta Mail", people=3, owner="Ana", tags=["x", "y"], cost=5),
            tool("a", "Alpha", people=9, tags=["x"], cost=7),
            tool("c", "gamma mails", people=3, owner="bo"),
        ],
    )


def ids(rows):
    return [row["id"] for row in rows]


def test_rows_stand_in_the_order_of_their_place(tools):
    assert ids(tools) == ["a", "b", "c"]
    assert (len(tools), ids(tools[1:]), tools[0]["name"]) == (3, ["b", "c"], "Alpha")


def test_rows_without_a_place_stand_as_they_are_given(tools):
    assert ids(Rows(GIVEN, [tools[2], tools[0]])) == ["c", "a"]


def test_a_row_is_found_by_its_key(tools):
    assert tools.get("c") is tools[2]
    assert tools.get("z") is None


def test_all_words_are_sought_in_whatever_case(tools):
    assert ids(tools.search("MAIL")) == ["b", "c"]
    assert ids(tools.search("  mails  ana ")) == ["b"]
    assert ids(tools.search("")) == ["a", "b", "c"]
    assert ids(tools.search("mail", [tools[2], tools[0]])) == ["c"]
    assert tools.search("nothing") == []


def test_rows_are_sorted_by_a_field_and_what_is_unknown_stands_last_either_way(tools):
    assert ids(tools.by("name")) == ["a", "b", "c"]
    assert ids(tools.by("owner")) == ["b", "c", "a"]
    assert ids(tools.by("owner", descending=True)) == ["c", "b", "a"]
    assert ids(tools.by("tags", descending=True)) == ["b", "a", "c"]
    assert ids(tools.by("cost")) == ["c", "b", "a"]


def test_rows_are_grouped_and_counted_by_a_field_and_by_each_of_a_list(tools):
    assert ids(tools.grouped("people")[3]) == ["b", "c"]
    assert {tag: ids(rows) for tag, rows in tools.grouped("tags").items()} == {"x": ["a", "b"], "y": ["b"]}
    assert tools.counts("tags") == Counter(x=2, y=1)


def test_the_list_before_stays_as_it_was(tools):
    other = tools.changed({"a": tool("a", "Another", people=1), "b": None, "d": tool("d", people=4)})

    assert (ids(tools), ids(other)) == (["a", "b", "c"], ["d", "c", "a"])
    assert (ids(tools.search("alpha")), other.search("alpha"), ids(other.search("another"))) == (["a"], [], ["a"])
    assert other.get("b") is None


def test_rows_that_say_the_same_again_make_no_other_list(tools):
    again = {"a": {**tools.get("a")}, "z": None}

    assert tools.changed(again) is tools
    assert tools.changed(again | {"b": None}) is not tools


def test_groups_of_the_list_before_stay_as_they_were(tools):
    before = tools.grouped("people")
    other = tools.changed({"a": tool("a", people=3)})

    assert (ids(before[9]), ids(before[3])) == (["a"], ["b", "c"])
    assert {people: ids(rows) for people, rows in other.grouped("people").items()} == {3: ["a", "b", "c"]}


def test_only_a_list_that_sorts_itself_takes_single_rows(tools):
    with pytest.raises(TypeError):
        Rows(GIVEN, [*tools]).changed({})


def test_other_rows_take_the_place_of_a_list_that_is_given_in_order(tools):
    rows = Rows(GIVEN, [*tools])
    fresh = [rows[2], tool("a", "Another"), tool("d", "Delta")]

    other = rows.anew(fresh, {"a", "b", "d"})

    assert ids(other) == ["c", "a", "d"]
    assert (ids(other.search("another")), ids(other.search("delta")), other.get("b")) == (["a"], ["d"], None)
    assert (ids(other.by("name")), rows.get("b")) == (["a", "d", "c"], tools[1])


ROWS = st.builds(
    tool,
    st.sampled_from("abcdefgh"),
    st.sampled_from(["Mail", "mail", "ZETA", "ä"]),
    people=st.integers(0, 3),
    owner=st.sampled_from([None, "Ana", "bo"]),
    tags=st.lists(st.sampled_from("xyz"), max_size=3),
    cost=st.sampled_from([None, 0, 5]),
)
GROUPS = ("name", "owner", "people", "tags")
FIELDS = ("name", "owner", "people", "tags", "cost")


@given(
    first=st.lists(ROWS, unique_by=lambda row: row["id"]),
    steps=st.lists(st.dictionaries(st.sampled_from("abcdefgh"), st.one_of(st.none(), ROWS)), max_size=4),
)
def test_a_list_with_changed_rows_is_the_list_that_is_made_of_them(first, steps):
    rows, known = Rows(OWN, first), {row["id"]: row for row in first}
    for changed in steps:
        for name in FIELDS:
            rows.by(name)
        for name in GROUPS:
            rows.grouped(name)
        fresh = {key: row and {**row, "id": key} for key, row in changed.items()}
        rows = rows.changed(fresh)
        known = {key: row for key, row in {**known, **fresh}.items() if row is not None}
    anew = Rows(OWN, known.values())

    assert [*rows] == [*anew]
    for name in FIELDS:
        assert (rows.by(name), rows.by(name, descending=True)) == (anew.by(name), anew.by(name, descending=True))
    for name in GROUPS:
        assert rows.grouped(name) == anew.grouped(name)
    assert rows.search("mail ana") == anew.search("mail ana")
    assert all(rows.get(key) == anew.get(key) for key in "abcdefgh")


def test_many_changed_rows_are_sorted_anew_when_they_are_asked_for():
    rows = Rows(OWN, [tool(f"t{n:03}", people=n) for n in range(300)])
    rows.by("people")

    other = rows.changed({f"t{n:03}": tool(f"t{n:03}", people=300 - n) for n in range(200)})

    assert ids(other.by("people"))[:2] == ["t199", "t198"]

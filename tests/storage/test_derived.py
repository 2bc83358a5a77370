"""What is derived: in versions, and nothing written that is the same."""

import pytest

from model.signal import SignalKind
from model.stream import Mode
from storage import derived
from tests.storage.filling import at, ms


def link(tool="a", **more):
    row = dict.fromkeys(derived.LINK_COLUMNS) | {"tool_id": tool, "matcher": "domain", "why": "It says so."}
    return row | {"catalog_version": "1"} | more


def place(person=1, **more):
    return {"person_id": person, "how": "own", "kind": "person", "unit": None, "marketing": None} | more


def versions(filling, columns="identity_id, valid_from, valid_to, tool_id", table="link"):
    return filling.rows(f"SELECT {columns} FROM {table} ORDER BY 1, 2")


def test_a_first_link_is_valid_from_birth_and_a_change_from_now(connection, filling):
    assert derived.write_links(connection, {1: link(), 2: link(), 3: link()}, {1: 5, 2: 6}, 10) == []

    assert derived.write_links(connection, {1: link("b"), 2: link(), 3: link()}, {1: 5, 2: 6}, 20) == [1]

    assert versions(filling) == [(1, 5, 20, "a"), (1, 20, None, "b"), (2, 6, None, "a"), (3, 10, None, "a")]


def test_what_is_the_same_is_no_new_version_and_is_not_written(connection, filling):
    derived.write_links(connection, {1: link()}, {1: 5}, 10)

    assert derived.write_links(connection, {1: link()}, {1: 5}, 20) == []
    assert derived.write_links(connection, {1: link(why="Otherwise.", catalog_version="2")}, {1: 5}, 30) == []

    columns = "valid_from, valid_to, why, catalog_version"
    assert versions(filling, columns) == [(5, None, "Otherwise.", "2")]


def test_two_changes_in_one_moment_leave_the_later_one(connection, filling):
    derived.write_links(connection, {1: link()}, {1: 5}, 10)
    for tool in ("b", "c"):
        derived.write_links(connection, {1: link(tool)}, {1: 5}, 20)

    assert versions(filling) == [(1, 5, 20, "a"), (1, 20, None, "c")]


def test_what_is_gone_leaves_its_history_and_goes_on_from_there(connection, filling):
    derived.write_links(connection, {1: link()}, {1: 5}, 10)
    derived.write_links(connection, {1: link("b")}, {1: 5}, 20)

    derived.write_links(connection, {}, {}, 30)
    assert versions(filling) == [(1, 5, 20, "a")]

    derived.write_links(connection, {1: link("b")}, {1: 5}, 40)
    assert versions(filling) == [(1, 5, 20, "a"), (1, 20, None, "b")]


def test_clearing_and_deriving_anew_gives_the_same_rows(connection, filling):
    births = {1: 5, 2: 6}
    derived.write_links(connection, {1: link(), 2: link()}, births, 10)
    derived.write_links(connection, {1: link("b"), 2: link()}, births, 20)
    derived.write_places(connection, {1: place(), 2: place()}, {1: 0, 2: 0}, 10)
    derived.write_places(connection, {1: place(), 2: place(unit="Marketing", marketing=1)}, {1: 0, 2: 0}, 20)
    filling.tool()
    before = filling.whole("link"), filling.whole("actor_person")

    derived.clear(connection)
    assert filling.whole("tool") == filling.whole("figures") == []
    assert [row[2] for row in filling.whole("link")] == [20]
    derived.write_links(connection, {1: link("b"), 2: link()}, births, 30)
    derived.write_places(connection, {1: place(), 2: place(unit="Marketing", marketing=1)}, {1: 0, 2: 0}, 30)

    assert (filling.whole("link"), filling.whole("actor_person")) == before


@pytest.mark.parametrize(
    "change", [{"person": 9}, {"how": "mail"}, {"kind": "service"}, {"unit": "x"}, {"marketing": 1}]
)
def test_a_person_that_changes_gets_a_version(connection, filling, change):
    derived.write_places(connection, {7: place()}, {7: 0}, 10)

    assert derived.write_places(connection, {7: place(**change)}, {7: 0}, 20) == [7]
    assert versions(filling, "valid_from, valid_to", "actor_person") == [(0, 20), (20, None)]


def tool(key, name="Name", **more):
    row = {"vendor": None, "category": None, "marketing": None, "provisional": 0, "noise": None, "status": "new"}
    return {"id": key, "name": name} | row | more


def test_only_tools_that_differ_are_written(connection, filling):
    assert derived.replace_tools(connection, [tool("a"), tool("b"), tool("c")]) == 3

    assert derived.replace_tools(connection, [tool("a"), tool("b", "New"), tool("d")]) == 3
    assert derived.replace_tools(connection, [tool("a"), tool("b", "New"), tool("d")]) == 0

    assert [row[:2] for row in filling.whole("tool")] == [("a", "Name"), ("b", "New"), ("d", "Name")]


def test_thousands_of_tools_are_replaced_at_once(connection, filling):
    derived.replace_tools(connection, [tool(f"t{n}") for n in range(1500)])

    assert derived.replace_tools(connection, []) == 1500


def test_births_are_those_of_identities_and_actors_have_none(connection, filling):
    app, ana = filling.app(app_id="0oa1", born=7), filling.actor("ana")

    assert derived.births(connection, "identity") == {app: 7}
    assert derived.births(connection, "actor") == {ana: 0}


def test_evidence_is_software_unless_charges_alone_speak(connection, filling):
    charged, granted, used, silent = (filling.app(app_id=name) for name in ("charged", "granted", "used", "silent"))
    filling.charge(charged, at(2026, 1, 1), 5, mcc="5734")
    filling.record(filling.stream(), at(2026, 1, 1), identity=granted, mode=Mode.EVENTS, kind=SignalKind.GRANT)
    filling.usage(filling.stream(), used, 0, ms(2026, 1, 1))

    found = {row.id: (row.source, row.key, row.software, row.mcc) for row in derived.evidence(connection)}

    assert found == {
        charged: ("okta:acme", "app_id:charged", 0, "5734"),
        granted: ("okta:acme", "app_id:granted", 1, None),
        used: ("okta:acme", "app_id:used", 1, None),
    }
    assert silent not in found


def test_known_actors_come_with_what_the_directory_says_last(connection, filling):
    ana, ben = filling.actor("ana", address="ana@acme.example"), filling.actor("ben")
    users = filling.stream(name="users", mode=Mode.SNAPSHOT)
    for day, native in ((1, "x"), (3, "y"), (2, "z")):
        person = {"actor": ana, "kind": SignalKind.PERSON, "native_id": native, "facts": {"title": str(day)}}
        filling.record(users, at(2026, 1, day), **person)

    found = {row["id"]: (row["address"], row["facts"]) for row in derived.known_actors(connection)}

    assert found == {ana: ("ana@acme.example", '{"title": "3"}'), ben: (None, None)}


def test_links_in_force_come_with_their_identity(connection, filling):
    app = filling.app(app_id="0oa1", label="Quillfox")
    filling.link(app, "a", until=5)
    filling.link(app, "b", since=5)

    (row,) = derived.links(connection)

    assert (row.tool_id, row.source, row.key) == ("b", "okta:acme", "app_id:0oa1")

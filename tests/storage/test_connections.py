"""Connections in the store: written where they differ, and listed with names in the place of numbers."""

import json

import pytest
from sqlalchemy import insert, text

from storage import connections as kept
from storage.listings import connections as listings
from storage.tables import metadata

ROW = {
    "tool_id": "quillfox",
    "system": "mail",
    "held": "read",
    "scopes": json.dumps(
        [{"scope": "gmail.readonly", "class": "high", "meaning": "Read every message", "limit": None}]
    ),
    "scope_class": "high",
    "reach": "self",
    "held_to": None,
    "consent": "user",
    "people": "[1]",
    "sources": '["google:acme"]',
    "grants": json.dumps(
        [
            {
                "evidence": "signal:google:acme/tokens/1",
                "person": 1,
                "since": 0,
                "last_used": None,
                "stale": None,
                "left": False,
                "consent": "user",
            }
        ]
    ),
    "first_seen": 0,
    "last_used": None,
    "stale": None,
    "orphaned": 0,
    "over_broad": 0,
}
OTHER = ROW | {"system": "files", "held": "full", "scope_class": "critical", "over_broad": 1}
UNKNOWN = ROW | {"system": "unknown", "held": "unknown", "scope_class": "unrated", "reach": None, "people": "[]"}

ANA = {"id": 1, "source_id": 1, "native_id": "a", "address": "ana@x.example", "kind": "person"}
ANA_IS = {"actor_id": 1, "valid_from": 0, "person_id": 1, "how": "own", "kind": "person"}


def write(store, *rows, tools=("quillfox",)):
    with store.write() as connection:
        return kept.write_connections(connection, tools, rows)


def listed(store):
    with store.read() as connection:
        return listings.connections(connection)


def test_rows_are_made_equal_and_tools_that_differ_are_counted(store):
    assert write(store, ROW, OTHER) == 1
    assert write(store, OTHER, ROW) == 0
    assert write(store, ROW | {"stale": 1}) == 1
    assert [(row["system"], row["stale"]) for row in listed(store)] == [("mail", True)]


def test_rows_of_other_tools_stay_as_they_are(store):
    write(store, ROW)
    write(store, ROW | {"tool_id": "other"}, tools=("other",))

    assert write(store, tools=("quillfox",)) == 1
    with store.read() as connection:
        assert kept.connected_tools(connection) == {"other"}


def test_the_gravest_comes_first_and_unrated_before_medium(store):
    write(store, ROW | {"scope_class": "medium"}, OTHER, UNKNOWN)

    assert [row["scope_class"] for row in listed(store)] == ["critical", "unrated", "medium"]


def test_what_is_unknown_is_none_and_never_a_word(store):
    write(store, UNKNOWN)
    (row,) = listed(store)

    assert (row["system"], row["right"], row["reach"], row["stale"], row["owner"]) == (None, None, None, None, None)
    assert row["granted_by"] == []


@pytest.mark.parametrize(("stored", "shown"), [(None, None), (0, False), (1, True)])
def test_a_mark_is_true_false_or_unknown(store, stored, shown):
    write(store, ROW | {"orphaned": stored})

    assert listed(store)[0]["orphaned"] is shown


def test_a_person_nobody_can_name_any_more_stays_a_number(store):
    write(store, ROW)

    assert listed(store)[0]["granted_by"] == ["person 1"]


def test_a_person_is_shown_by_address(store):
    with store.write() as connection:
        connection.execute(text("INSERT INTO source (id, name) VALUES (1, 'google:acme')"))
        connection.execute(insert(metadata.tables["actor"]), ANA)
        connection.execute(insert(metadata.tables["actor_person"]), ANA_IS)
    write(store, ROW)
    with store.read() as connection:
        (row,) = listings.of_tool(connection, "quillfox")

    assert row["granted_by"] == ["ana@x.example"]
    assert row["grants"][0]["person"] == "ana@x.example"
    assert row["grants"][0]["since"] == "1970-01-01T00:00:00Z"
    assert row["rated"][0]["meaning"] == "Read every message"


def test_only_the_tools_own_connections_are_on_its_page(store):
    write(store, ROW)
    write(store, ROW | {"tool_id": "other"}, tools=("other",))
    with store.read() as connection:
        assert [row["tool_id"] for row in listings.of_tool(connection, "other")] == ["other"]


def test_rows_of_another_moment_stand_in_for_those_of_the_last_run(store):
    write(store, ROW)
    with store.read() as connection:
        assert [row["system"] for row in listings.connections(connection, [OTHER])] == ["files"]
        assert listings.connections(connection, []) == []


def test_persons_are_numbers_where_names_are_not_asked_for(store):
    write(store, ROW)
    with store.write() as connection:
        connection.execute(insert(metadata.tables["source"]), {"id": 1, "name": "google:acme"})
        connection.execute(insert(metadata.tables["actor"]), ANA)
        connection.execute(insert(metadata.tables["actor_person"]), ANA_IS)
    with store.read() as connection:
        (named,) = listings.of_tool(connection, "quillfox")
        (numbered,) = listings.of_tool(connection, "quillfox", named=False)
        (listed_row,) = listings.connections(connection, named=False)

    assert (named["granted_by"], named["grants"][0]["person"]) == (["ana@x.example"], "ana@x.example")
    assert (numbered["granted_by"], numbered["grants"][0]["person"]) == (["person 1"], "person 1")
    assert listed_row["granted_by"] == ["person 1"]


def test_a_system_that_nobody_knows_stands_after_those_that_are_known(store):
    write(store, ROW | {"system": "moon"}, ROW)

    assert [row["system"] for row in listed(store)] == ["mail", "moon"]


def test_what_a_tool_holds_is_read_without_anybodys_name(store):
    write(store, ROW, OTHER)
    write(store, ROW | {"tool_id": "other"}, tools=("other",))

    with store.read() as connection:
        found = kept.held_by(connection, "quillfox")

    assert [(row["system"], row["held"], row["reach"]) for row in found] == [
        ("files", "full", "self"),
        ("mail", "read", "self"),
    ]
    assert found[0]["sources"] == ["google:acme"]
    assert "people" not in found[0]

"""The demo's connections equal the list that was written by hand from its stories."""

from datetime import datetime
from zoneinfo import ZoneInfo

import pytest

from scanner.demo import COMPANY
from scanner.demo.company import who
from storage.listings import connections
from tests.scanner.demo.expected_connections import CONNECTIONS, OWNED, SIGN_IN
from tests.scanner.demo.expected_findings import PROVISIONAL

ZONE = ZoneInfo(COMPANY.timezone)


@pytest.fixture(scope="session")
def rows(demo):
    with demo.store.read() as connection:
        return connections.connections(connection)


@pytest.fixture(scope="session")
def called(listed):
    """Tool id -> how the expectations call it."""
    provisional = {(name, source): word for word, (name, source) in PROVISIONAL.items()}
    return {
        row["id"]: next(
            (provisional[row["name"], s] for s in row["sources"] if (row["name"], s) in provisional), row["id"]
        )
        for row in listed
    }


def month(moment):
    return f"{datetime.fromisoformat(moment).astimezone(ZONE):%Y-%m}"


def test_every_right_of_the_stories_is_listed_and_no_other(rows, called):
    found = {(called[row["tool_id"]], row["system"], row["right"]) for row in rows if row["system"] != "sign_in"}

    assert found == {(e.tool, e.system, e.right) for e in CONNECTIONS}


@pytest.mark.parametrize("expected", CONNECTIONS, ids=lambda e: f"{e.tool}-{e.system}-{e.right}")
def test_each_is_as_its_story_has_it(rows, called, expected):
    (row,) = [
        r
        for r in rows
        if (called[r["tool_id"]], r["system"], r["right"]) == (expected.tool, expected.system, expected.right)
    ]

    assert row["scope_class"] == expected.scope_class
    assert (len(row["granted_by"]), row["consent"]) == (expected.people, "user")
    assert month(row["first_seen"]) == expected.since
    marks = (row["over_broad"], row["orphaned"], row["stale"])
    assert marks == (expected.over_broad, expected.orphaned, expected.stale)


def test_who_learns_only_who_somebody_is(rows, called):
    assert {called[row["tool_id"]] for row in rows if row["system"] == "sign_in"} == SIGN_IN


def test_the_owner_is_the_one_of_the_companys_list(rows, called):
    owners = {called[row["tool_id"]]: row["owner"] for row in rows if row["system"] != "sign_in"}

    assert {tool for tool, owner in owners.items() if owner} == set(OWNED)
    assert {tool: owners[tool] for tool in OWNED} == {t: who(name)[0].address for t, name in OWNED.items()}


def test_jonas_has_left_and_stands_behind_what_is_orphaned(rows):
    orphaned = [row for row in rows if row["orphaned"]]

    assert {name for row in orphaned if row["system"] != "sign_in" for name in row["granted_by"]} == {
        who("jonas")[0].address
    }


def test_the_gravest_come_first(rows):
    order = ["critical", "high", "unrated", "medium", "low"]

    assert [order.index(row["scope_class"]) for row in rows] == sorted(order.index(r["scope_class"]) for r in rows)


def test_the_facts_count_what_the_rows_mark(demo, rows):
    zapier = {
        row["name"]: row["value"]
        for row in demo.rows(
            "SELECT name, value FROM fact WHERE tool_id = 'zapier' AND valid_to IS NULL AND name LIKE 'connections.%'"
        )
    }

    assert (zapier["connections.over_broad"], zapier["connections.orphaned"]) == ("1", "2")
    assert zapier["connections.stale"] is None

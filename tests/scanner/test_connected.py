"""Connections as the store keeps them."""

import json

from scanner import connected
from tests.scanner.facts.worlds import GMAIL, ago, person, token, tool, world

COLUMNS = {
    *("tool_id", "system", "held", "scopes", "scope_class", "reach", "held_to", "consent", "people", "sources"),
    *("grants", "first_seen", "last_used", "stale", "orphaned", "over_broad"),
}


def row_of(subject, **changed):
    (row,) = connected.rows([subject.id], world(subject, **changed))
    return row


def test_a_row_has_every_column_and_persons_are_numbers():
    row = row_of(tool(token(2, GMAIL, days=9), token(1, GMAIL, days=3)), people=(person(1), person(2)))

    assert set(row) == COLUMNS
    assert (row["tool_id"], row["system"], row["held"]) == ("quillfox", "mail", "read")
    assert json.loads(row["people"]) == [1, 2]
    assert (row["first_seen"], row["last_used"], row["stale"]) == (ago(9), None, None)
    assert (row["orphaned"], row["over_broad"]) == (0, 0)


def test_what_a_scope_means_is_kept_with_it():
    (scope,) = json.loads(row_of(tool(token(1, GMAIL)))["scopes"])

    assert (scope["scope"], scope["class"], scope["limit"]) == (GMAIL, "high", None)
    assert "mailbox" in scope["meaning"]


def test_a_scope_in_no_table_has_no_meaning():
    row = row_of(tool(token(1, "https://strange.example/a")))

    assert json.loads(row["scopes"]) == [
        {"scope": "https://strange.example/a", "class": "unrated", "meaning": None, "limit": None}
    ]
    assert (row["system"], row["held"], row["over_broad"]) == ("unknown", "unknown", None)


def test_the_newest_grants_are_kept_and_every_person():
    row = row_of(tool(*(token(number, GMAIL, days=number) for number in range(1, 61))))
    grants = json.loads(row["grants"])

    assert len(json.loads(row["people"])) == 60
    assert [grant["person"] for grant in grants] == list(range(1, 51))
    assert all(grant["evidence"].startswith("signal:google:acme/tokens/") for grant in grants)


def test_tools_without_a_grant_have_no_row():
    subject = tool()

    assert list(connected.rows([subject.id], world(subject))) == []

"""What a message needs to know: addresses of people who are several, questions, and sources that refuse."""

from __future__ import annotations

import pytest

from storage import letters
from tests.storage.filling import T


def test_a_person_is_reached_at_the_own_address_before_those_of_the_same_person(connection, filling):
    bare, other = filling.actor("1"), filling.actor("2", "google:acme", address="ana@example.com")
    filling.person(bare)
    filling.person(other, person=bare)
    own = filling.actor("3", address="bo@example.com")

    assert letters.address_of(connection, bare) == "ana@example.com"
    assert letters.address_of(connection, own) == "bo@example.com"


def test_somebody_without_an_address_is_not_reached(connection, filling):
    assert letters.address_of(connection, filling.actor("1")) is None
    assert letters.address_of(connection, 999) is None


def test_a_tool_is_found_by_its_id(connection, filling):
    filling.tool(vendor="Acme")

    assert letters.tool(connection, "quillfox")["vendor"] == "Acme"
    assert letters.tool(connection, "other") is None


def test_those_are_waited_for_who_have_not_answered(connection, filling):
    for number, (state, actor) in enumerate([("open", 7), ("open", 7), ("answered", 8), ("open", None)], 1):
        row = {"tool_id": "t", "case_id": 5, "fact": "data.personal", "asks": "owner", "asked_by": "account:1"}
        filling.insert("question", id=number, asked_at=1, state=state, actor_id=actor, **row)

    assert letters.asked(connection, 5) == [7]
    assert letters.asked(connection, 6) == []


@pytest.fixture
def read(connection, filling):
    """Let a run read streams of sources with a status each."""

    def ran(run, **statuses):
        for name, status in statuses.items():
            stream = filling.stream(f"{name}:acme", "sign_ins")
            row = {"run_id": run, "stream_id": stream, "status": status, "read": 0, "stored": 0, "quarantined": 0}
            connection.execute(T["coverage"].insert().values(row))

    return ran


def test_a_source_refuses_since_the_first_run_of_its_present_refusals(connection, read):
    read(1, okta="refused", google="complete")
    read(2, okta="complete")
    read(3, okta="refused", google="partial")
    read(4, okta="refused")

    assert letters.refused_sources(connection) == [("okta:acme", 3)]


def test_a_source_that_gave_in_refuses_no_more(connection, read):
    read(1, okta="refused")
    read(2, okta="complete")

    assert letters.refused_sources(connection) == []


def test_a_second_refusal_of_the_same_source_is_a_new_one(connection, read, filling):
    read(1, okta="refused")
    stream = filling.stream("okta:acme", "apps")
    row = {"run_id": 2, "stream_id": stream, "status": "refused", "read": 0, "stored": 0, "quarantined": 0}
    connection.execute(T["coverage"].insert().values(row))

    assert letters.refused_sources(connection) == [("okta:acme", 2)]
